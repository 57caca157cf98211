"""Statements as CSV go the way of every other: placed by their balances, posted once, and held where they are wrong."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest_asyncio

from brim.core import direct_debits
from brim.core.reconciliation.formats import Verdict
from brim.core.statement_mappings import SavedMapping, find_mapping, mapping_of
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, execute, rows
from tests.support.csv_statements import Line, csv_file, simple
from tests.support.live_money import PLATFORM, LiveMoney
from tests.support.statement_writers import Account, Entry, bai2

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 12, day) for day in (7, 8, 9))
FEE = Line(MONDAY, -250, ("FEE",))
WIRE = Line(TUESDAY, 9_900, ("WIRE",))
RENT = Line(WEDNESDAY, -5_000, ("=RENT",))


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    live = LiveMoney(database, tmp_path)
    await live.open()
    return live


async def save(live: LiveMoney, **changes: Any) -> SavedMapping:
    """Save the mapping of the bank account."""
    when: dict[str, Any] = {"by": TESTER, "now_ms": live.now_ms, "ids": live.ids}
    wanted = mapping_of(simple(**changes))
    async with live.database.transaction() as conn:
        before = await find_mapping(conn, PLATFORM, "operating")
        if before is None:
            return await direct_debits.create_statement_mapping(conn, PLATFORM, "operating", wanted, **when)
        return await direct_debits.update_statement_mapping(conn, PLATFORM, before.id, simple(**changes), **when)


async def send(live: LiveMoney, name: str, content: bytes) -> None:
    (live.folder / "from-bank" / name).write_bytes(content)
    await live.work()
    await assert_books_hold(live.database)


async def posted(live: LiveMoney) -> list[tuple[date, int]]:
    found = await rows(live.database, "SELECT booked_on, amount FROM statement_lines ORDER BY booked_on, amount")
    return [(row["booked_on"], row["amount"]) for row in found]


async def open_breaks(live: LiveMoney) -> list[tuple[str, str]]:
    """Return the open breaks, but for those of lines that nothing explains."""
    found = await rows(
        live.database,
        "SELECT kind, detail FROM breaks WHERE resolved_ms IS NULL AND detail NOT LIKE 'This line match%' ORDER BY id",
    )
    return [(row["kind"], row["detail"]) for row in found]


async def statuses(live: LiveMoney) -> list[str]:
    found = await rows(live.database, "SELECT status FROM bank_files ORDER BY id")
    return [row["status"] for row in found]


def said(*lines: Line) -> list[tuple[date, int]]:
    return [(line.on, line.amount) for line in lines]


async def test_days_that_come_again_overlap_or_in_another_format_are_posted_once(live: LiveMoney) -> None:
    await save(live)
    await send(live, "monday.csv", csv_file(simple(), 10_000, [FEE, FEE]))
    await send(live, "monday-again.csv", csv_file(simple(), 10_000, [FEE, FEE], quote_all=True))
    assert await posted(live) == said(FEE, FEE)
    await send(live, "tuesday.csv", csv_file(simple(), 9_500, [WIRE]))
    await send(live, "week.csv", csv_file(simple(), 10_000, [FEE, FEE, WIRE, RENT]))
    assert await posted(live) == said(FEE, FEE, WIRE, RENT)
    entries = (Entry(-5_000, text=("=RENT",)),)
    await send(live, "wednesday.bai", bai2([Account("9876543210", "usd", 19_400, entries, WEDNESDAY)]))
    assert await posted(live) == said(FEE, FEE, WIRE, RENT)
    assert await open_breaks(live) == []


async def test_a_corrected_day_posts_what_is_new_and_lists_what_is_gone(live: LiveMoney) -> None:
    await save(live)
    await send(live, "monday.csv", csv_file(simple(), 10_000, [FEE]))
    more = Line(MONDAY, -700, ("FEE TOO",))
    await send(live, "monday-2.csv", csv_file(simple(), 10_000, [FEE, more]))
    assert sorted(await posted(live)) == sorted(said(FEE, more))
    assert await open_breaks(live) == []


async def test_lines_with_keys_need_no_balances(live: LiveMoney) -> None:
    fields = {"balance_column": None, "key_column": "Id"}
    await save(live, **fields)
    lines = [Line(MONDAY, -250, ("FEE",), key=f"K{n}") for n in range(4)]
    for name, some in (("a.csv", lines[:3]), ("b.csv", lines[1:]), ("c.csv", lines)):
        await send(live, name, csv_file(simple(**fields), 0, some))
    assert await posted(live) == said(*lines)


async def test_a_file_that_waits_for_a_mapping_is_read_once_it_is_right(live: LiveMoney) -> None:
    content = csv_file(simple(), 10_000, [FEE, RENT])
    await send(live, "5-monday.csv", b"5" + content)
    await send(live, "monday.csv", content)
    assert await statuses(live) == ["held", "held"]
    assert [kind for kind, _ in await open_breaks(live)] == ["held_file", "held_file"]
    assert all("its bank account has no mapping" in detail for _, detail in await open_breaks(live))
    await save(live, date_format="YYYY-MM-DD", ignored_columns=["5Date"])
    await live.work()
    assert (await statuses(live), await posted(live)) == (["held", "held"], [])
    await save(live)
    await live.work()
    await assert_books_hold(live.database)
    assert (await statuses(live), await posted(live)) == (["held", "applied"], said(FEE, RENT))
    assert [kind for kind, _ in await open_breaks(live)] == ["held_file"]
    resolved = await rows(live.database, "SELECT resolution FROM breaks WHERE kind = 'held_file' AND resolved_ms > 0")
    assert [row["resolution"] for row in resolved] == ["The file was read by the mapping of its bank account."]


async def test_what_is_wrong_holds_the_file_with_its_row_and_column(live: LiveMoney) -> None:
    await save(live)
    await send(live, "monday.csv", csv_file(simple(), 10_000, [FEE, WIRE]).replace(b"99.00", b"99,00"))
    ((kind, detail),) = await open_breaks(live)
    assert (kind, await posted(live)) == ("held_file", [])
    assert detail.startswith("monday.csv is held: row 3: It has 5 cells, and the header has 4.")
    (found,) = await rows(live.database, "SELECT findings FROM bank_files")
    assert '"csv_columns"' in found["findings"]


async def test_a_file_whose_break_somebody_has_resolved_is_not_read_again(live: LiveMoney) -> None:
    await send(live, "monday.csv", csv_file(simple(), 10_000, [FEE]))
    await execute(live.database, "UPDATE breaks SET resolved_ms = 1, resolved_by = 'op_1', resolution = 'By hand.'")
    await save(live)
    await live.work()
    assert (await statuses(live), await posted(live)) == (["held"], [])


async def test_a_statement_of_another_bank_account_is_not_posted(live: LiveMoney) -> None:
    fields = {"account_column": "Account"}
    await save(live, **fields)
    await send(live, "other.csv", csv_file(simple(**fields), 0, [FEE], account="1111"))
    assert [kind for kind, _ in await open_breaks(live)] == ["unmatched_line"]
    await send(live, "ours.csv", csv_file(simple(**fields), 0, [FEE], account="0009876543210"))
    assert await posted(live) == said(FEE)


async def test_a_preview_stores_nothing(live: LiveMoney) -> None:
    content = csv_file(simple(), 10_000, [FEE])
    async with live.database.connection() as conn:
        without = await direct_debits.preview_statement(conn, PLATFORM, "operating", content, {})
        file = await direct_debits.preview_statement(conn, PLATFORM, "operating", content, simple())
        nacha = await direct_debits.preview_statement(conn, PLATFORM, "operating", b"101 x", simple())
    assert [each.verdict for each in (without, file, nacha)] == [Verdict.HOLD, Verdict.ACCEPT, Verdict.HOLD]
    assert (await statuses(live), await posted(live)) == ([], [])
    assert await rows(live.database, "SELECT id FROM statement_mappings") == []


async def test_versions_are_counted_and_kept_in_the_audit_log(live: LiveMoney) -> None:
    first = await save(live)
    assert (await save(live)).version == first.version == 1
    assert (await save(live, footer_rows=1)).version == 2
    found = await rows(
        live.database, "SELECT action, before, after FROM audit_log WHERE object_type = 'statement_mapping' ORDER BY id"
    )
    assert [row["action"] for row in found] == ["statement_mapping.created", "statement_mapping.updated"]
    assert '"footer_rows": 1' in found[1]["after"] or '"footer_rows":1' in found[1]["after"]
