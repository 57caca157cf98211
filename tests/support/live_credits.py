"""What tests of reversals and refunds share: a second person, and what the books and the bank say afterwards."""

import json
from typing import Any, Final

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.core import direct_debits
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney

OTHER: Final = Actor(kind=ActorKind.OPERATOR, id="op_2", name="other@example.com")
THIRD: Final = Actor(kind=ActorKind.OPERATOR, id="op_4", name="third@example.com")
APPROVED_BY: Final = "UPDATE ach_files SET status = 'approved', approved_by = $1, approved_ms = 1 WHERE id = $2"
FILE_THAT_NOBODY_APPROVES: Final = """
    INSERT INTO ach_files (
        account, livemode, id, originator, status, name, file_date, file_time, modifier, effective_date, entry_count,
        total_debit, total_credit, byte_count, sha256, built_ms, approvals_needed
    )
    SELECT
        account, livemode, 'achf_none', originator, 'built', 'none', file_date, file_time, 'Z', effective_date, 1, 0, 1,
        1, sha256, 1, 0
    FROM ach_files
    WHERE id = $1
"""


async def approve(live: LiveMoney, *, by: Actor = OTHER, approvers: int = 2) -> None:
    """Approve what waits, and let it leave; a third person has written the profile."""
    await live.work()
    await rows(live.database, "UPDATE originators SET changed_by = 'op_3'")
    for file in await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'"):
        async with live.database.transaction() as conn:
            await direct_debits.approve_file(
                conn,
                PLATFORM,
                file["id"],
                sha256=None,
                approvers=approvers,
                renderers=WIRE_FORMATS,
                by=by,
                now_ms=live.now_ms,
                ids=live.ids,
            )
    await live.work()


async def breaks(live: LiveMoney) -> list[dict[str, Any]]:
    """Return the open breaks, the oldest first."""
    return await rows(live.database, "SELECT * FROM breaks WHERE resolved_ms IS NULL ORDER BY id")


async def lines(live: LiveMoney, topup: str) -> list[tuple[str, int]]:
    """Return the types and amounts of the balance transactions of a source."""
    found = await rows(
        live.database, "SELECT type, amount FROM balance_transactions WHERE source = $1 ORDER BY id", topup
    )
    return [(row["type"], row["amount"]) for row in found]


async def assert_bank_agrees(live: LiveMoney, *, clearing: int = 0, available: int = 0) -> None:
    """Check the ledger against the bank's own books."""
    ledger = await live.ledger()
    assert ledger["bank:operating"] == int(json.loads(await live.bank("show", "--json"))["balance"])
    assert ledger["funding:clearing"] == clearing
    assert -ledger.get("balance:available", 0) == available
    await assert_books_hold(live.database)


async def records(live: LiveMoney, file_id: str) -> list[str]:
    """Return the lines of a file."""
    async with live.database.transaction() as conn:
        found = await direct_debits.find_file(conn, PLATFORM, file_id)
        return (await direct_debits.service.read_bytes(conn, live.vault, found)).decode().splitlines()


async def settle(live: LiveMoney, found: dict[str, Any], *, by: Actor = OPERATOR, approvers: int = 1) -> None:
    """Resolve a break."""
    async with live.database.transaction() as conn:
        await direct_debits.resolve_break(
            conn,
            PLATFORM,
            found["id"],
            resolution="seen",
            approvers=approvers,
            by=by,
            now_ms=live.now_ms,
            ids=live.ids,
        )
