"""Settlements in the database."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.line_settlements.rules import LineSettlement, LineShare, Part, PartKind, SettlementStatus
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def insert_settlement(conn: Conn, new: LineSettlement) -> list[str]:
    """Store a proposed settlement; return those of its lines that no other one has."""
    key = new.scope.account, new.scope.livemode, new.id
    await conn.execute(
        _SQL["insert_settlement"],
        *key,
        new.bank_account,
        new.currency,
        new.amount,
        new.note,
        new.proposed_by,
        new.proposed_ms,
    )
    taken = await conn.fetch(
        _SQL["insert_settlement_lines"], *key, [each.line for each in new.lines], [each.amount for each in new.lines]
    )
    await conn.execute(
        _SQL["insert_settlement_parts"],
        *key,
        list(range(1, len(new.parts) + 1)),
        [part.kind for part in new.parts],
        [part.target for part in new.parts],
        [part.amount for part in new.parts],
    )
    return [record["line"] for record in taken]


async def lock_settlement(conn: Conn, scope: AccountScope, settlement: str) -> LineSettlement | None:
    """Return a settlement that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_settlement"], scope.account, scope.livemode, settlement)
    return (await _complete(conn, scope, [record]))[0] if record else None


async def update_settlement(conn: Conn, after: LineSettlement) -> None:
    """Write where a settlement stands now."""
    await conn.execute(
        _SQL["update_settlement"],
        after.scope.account,
        after.scope.livemode,
        after.id,
        after.status,
        after.decided_by,
        after.decided_ms,
        after.undo_note,
        after.undo_by,
        after.undo_ms,
        after.undone_by,
        after.undone_ms,
        after.one_person,
    )


async def release_lines(conn: Conn, scope: AccountScope, settlement: str) -> None:
    """Let other settlements have the lines of one."""
    await conn.execute(_SQL["release_lines"], scope.account, scope.livemode, settlement)


async def fetch_settlements(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, LineSettlement]:
    """Return a platform's settlements by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_settlements"], scope.account, scope.livemode, ids)
    return {each.id: each for each in await _complete(conn, scope, records)}


async def page_settlements(
    conn: Conn, scope: AccountScope, window: Window, status: SettlementStatus | None
) -> Page[LineSettlement]:
    """Return a page of a platform's settlements."""
    arguments = (scope.account, scope.livemode, window.low, window.high, window.newest_first, window.wanted)
    if status is None:
        records = await conn.fetch(_SQL["page_settlements"], *arguments)
    else:
        records = await conn.fetch(_SQL["page_settlements_by_status"], *arguments, status)
    return page_of(await _complete(conn, scope, records), window)


async def _complete(conn: Conn, scope: AccountScope, records: Sequence[Any]) -> list[LineSettlement]:
    key = scope.account, scope.livemode, [record["id"] for record in records]
    lines: dict[str, list[LineShare]] = defaultdict(list)
    for each in await conn.fetch(_SQL["lines_of_settlements"], *key):
        lines[each["settlement"]].append(LineShare(each["line"], each["amount"]))
    parts: dict[str, list[Part]] = defaultdict(list)
    for each in await conn.fetch(_SQL["parts_of_settlements"], *key):
        parts[each["settlement"]].append(
            Part(kind=PartKind(each["kind"]), amount=each["amount"], target=each["target"])
        )
    return [
        msgspec.convert(
            {
                **record,
                "scope": scope,
                "lines": tuple(lines[record["id"]]),
                "parts": tuple(parts[record["id"]]),
            },
            LineSettlement,
        )
        for record in records
    ]


class OtherLine(NamedTuple):
    """An open line, and what of it is open."""

    line: str
    amount: int


async def open_lines_of_amount(conn: Conn, scope: AccountScope, amount: int, currency: str) -> list[OtherLine]:
    """Return open lines that leave an amount open."""
    records = await conn.fetch(_SQL["open_lines_of_amount"], scope.account, scope.livemode, amount, currency)
    return [OtherLine(record["line"], record["amount"]) for record in records]


async def settled_before(conn: Conn, scope: AccountScope, *, type_code: str, description: str) -> dict[PartKind, int]:
    """Return how often lines of the same text were settled as what."""
    records = await conn.fetch(_SQL["settled_before"], scope.account, scope.livemode, type_code, description)
    return {PartKind(record["kind"]): record["times"] for record in records}
