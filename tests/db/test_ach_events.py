"""What a platform is told of its files and of breaks, with what changes."""

from pathlib import Path
from typing import Any

import msgspec
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.core import direct_debits
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def told(live: LiveMoney) -> list[tuple[str, dict[str, Any]]]:
    """Return what the platform was told of files and breaks, in order."""
    found = await rows(
        live.database,
        "SELECT type, payload::text AS payload FROM events WHERE account = $1 AND livemode "
        "AND (type LIKE 'brim.ach%' OR type LIKE 'brim.break%') ORDER BY id",
        PLATFORM.account,
    )
    return [(row["type"], msgspec.json.decode(row["payload"])) for row in found]


async def test_each_step_of_a_file_is_told(live: LiveMoney) -> None:
    await live.open()
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    await live.until("2026-12-03 12:00")
    events = await told(live)
    assert [kind.removeprefix("brim.ach_file.") for kind, _ in events] == [
        "created",
        "approved",
        "sent",
        "acknowledged",
        "settled",
    ]
    assert [shown["status"] for _, shown in events] == ["approved", "approved", "sent", "acknowledged", "settled"]
    assert len({shown["id"] for _, shown in events}) == 1
    assert events[0][1]["total_debit"] == 5_000


async def test_approval_is_told_with_its_transaction_and_a_held_file_too(live: LiveMoney) -> None:
    await live.open(requires_approval=True)
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    ((kind, shown),) = await told(live)
    assert (kind, shown["status"]) == ("brim.ach_file.created", "built")
    (live.folder / "to-bank" / ".brim-sent").write_text("achf_other\t00\tother.ach\n")
    async with live.database.connection() as conn, conn.transaction():
        await direct_debits.approve_file(
            conn,
            PLATFORM,
            shown["id"],
            sha256=bytes.fromhex(shown["sha256"]),
            approvers=1,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    await live.work()
    assert [kind for kind, _ in await told(live)][1:] == ["brim.ach_file.approved", "brim.ach_file.held"]
    assert "does not know" in (await told(live))[-1][1]["held_because"]


async def test_a_break_is_told_once(live: LiveMoney) -> None:
    await live.open()
    for name in ("one.csv", "two.csv"):
        (live.folder / "from-bank" / name).write_text("no statement of any kind " + name)
        await live.work()
    events = await told(live)
    assert [kind for kind, _ in events] == ["brim.break.opened"] * 2
    assert {shown["kind"] for _, shown in events} == {"held_file"}
    await live.work()
    assert await told(live) == events
