"""Top-ups by SEPA under races: two workers, a report beside a statement, and a mandate that ends while it is used."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from brim.bank.sepa import iban_of
from brim.core import originators
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.sepa_money import SepaMoney, batch_line, berlin, find_all, return_line

BATCH = "CstmrDrctDbtInitn/PmtInf/PmtInfId"
ENDS = "CstmrDrctDbtInitn/PmtInf/DrctDbtTxInf/PmtId/EndToEndId"


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> SepaMoney:
    return SepaMoney(database, tmp_path)


@pytest_asyncio.fixture
async def other(live: SepaMoney, service_url: str) -> AsyncIterator[SepaMoney]:
    """A second worker beside the first: another process of the same installation."""
    database = await Database.connect(service_url, max_connections=8, timeout_s=20.0, application="other")
    twin = SepaMoney(database, live.folder)
    twin.vault = live.vault
    twin.move_to(database)
    yield twin
    await database.close()


async def _read_at_once(*processes: SepaMoney) -> None:
    """Let processes read what has come, and then all of them apply it at the same time."""
    for process in processes:
        await process.incoming.receive_all(process.database, now_ms=process.now_ms, ids=process.ids)

    async def apply(process: SepaMoney) -> int:
        return await process.incoming.apply_all(process.database, clock=lambda: process.now_ms, ids=process.ids)

    await asyncio.gather(*(apply(process) for process in (*processes, *processes)))


async def test_two_workers_at_once_collect_and_take_back_everything_once(live: SepaMoney, other: SepaMoney) -> None:
    await live.rehearse()
    ends = {"succeeded": "NL91ABNA0417164300", "failed": iban_of("AC01", 0), "reversed": iban_of("MD06", 8)}
    made = {
        await live.create(await live.iban(iban), 100 + number): (status, 100 + number)
        for number, (status, iban) in enumerate([*ends.items()] * 4)
    }
    for moment in ("2026-12-01 17:00", "2026-12-02 23:30", "2026-12-09 09:00", "2026-12-10 23:30"):
        live.now_ms = other.now_ms = berlin(moment)
        for _ in range(2):
            await asyncio.gather(live.work(), other.work(), live.work(), other.work())
            await live.advance_bank()
        await asyncio.gather(live.work(), other.work())
    (counts,) = await rows(
        live.database,
        "SELECT count(*) AS entries, count(DISTINCT trace) AS traces, count(DISTINCT file) AS files FROM ach_entries",
    )
    assert counts == {"entries": 12, "traces": 12, "files": 1}
    assert {topup: (await live.topup(topup))["status"] for topup in made} == {
        topup: status for topup, (status, _) in made.items()
    }
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    kept = sum(amount for status, amount in made.values() if status == "succeeded")
    ledger = await live.ledger()
    assert (ledger["bank:operating"], ledger["funding:clearing"], ledger["balance:available"]) == (kept, 0, -kept)
    await assert_books_hold(live.database)


async def _collected(live: SepaMoney) -> tuple[list[str], list[str], str]:
    await live.open()
    made = [await live.create(await live.iban(), amount) for amount in (1_000, 2_000)]
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    live.reads_at_once = False
    return made, find_all(message, ENDS), find_all(message, BATCH)[0]


@pytest.mark.parametrize("is_gross", [False, True])
async def test_a_report_and_the_statement_at_once_neither_credit_nor_fail_anything_twice(
    live: SepaMoney, other: SepaMoney, is_gross: bool
) -> None:
    """Whichever is applied first. A statement that comes first books less than is known yet: a person settles that."""
    made, ends, batch = await _collected(live)
    other.now_ms = live.now_ms = berlin("2026-12-02 16:00")
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    if is_gross:
        back = (-1_000, return_line(ends[0], "AC01"))
        await live.state((3_000, batch_line(batch, 2)), back, day="2026-12-02")
    else:
        await live.state((2_000, batch_line(batch)), day="2026-12-02")
    await _read_at_once(live, other)
    statuses = [(await live.topup(each))["status"] for each in made]
    assert statuses == ["failed", "pending"]
    breaks = await rows(live.database, "SELECT kind, amount FROM breaks")
    posted = (await live.ledger()).get("bank:operating", 0)
    if breaks:
        assert not is_gross
        assert [tuple(each.values()) for each in breaks] == [("line_amount", 2_000)]
    assert posted == (0 if breaks else 2_000)
    await assert_books_hold(live.database)


async def test_reports_and_statements_that_two_workers_read_are_applied_once(live: SepaMoney, other: SepaMoney) -> None:
    made, ends, batch = await _collected(live)
    other.now_ms = live.now_ms = berlin("2026-12-02 16:00")
    await live.report("<GrpSts>PART</GrpSts>", batch=(batch, ""), rejected={ends[0]: "AC01"})
    await _read_at_once(live, other)
    await live.state((2_000, batch_line(batch)), day="2026-12-02")
    await _read_at_once(live, other)
    await live.state((-2_000, return_line(ends[1], "AM04")), day="2026-12-03")
    await _read_at_once(live, other)
    assert [(await live.topup(each))["status"] for each in made] == ["failed", "failed"]
    assert await live.ledger() == {"bank:operating": 0, "funding:clearing": 0}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_nothing_is_collected_under_a_mandate_that_ends_while_top_ups_are_created(
    live: SepaMoney, other: SepaMoney
) -> None:
    await live.open()
    source = await live.iban()
    await live.create(source, 1_000)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    live.reads_at_once = False
    other.now_ms = live.now_ms = berlin("2026-12-02 16:00")
    await live.state((1_000, batch_line(find_all(message, BATCH)[0])), day="2026-12-02")
    await _read_at_once(live)
    await live.state((-1_000, return_line(find_all(message, ENDS)[0], "MD01")), day="2026-12-02")
    wanted = [process.create(source, 100 + number) for number in range(6) for process in (live, other)]
    *found, _ = await asyncio.gather(*wanted, _read_at_once(live), return_exceptions=True)
    refused = [each for each in found if not isinstance(each, str)]
    assert {type(each) for each in refused} <= {originators.NotAuthorizedError}
    with pytest.raises(originators.NotAuthorizedError):
        await live.create(source, 5_000)
    await live.pass_time("2026-12-02 17:00")
    await live.pass_time("2026-12-03 17:00")
    assert live.sent() == [message]
    pending = {each for each in found if isinstance(each, str)}
    assert {row["id"] for row in await rows(live.database, "SELECT id FROM topups WHERE status = 'pending'")} == pending
    assert [await live.cancel(each) for each in pending] == [True] * len(pending)
    await assert_books_hold(live.database)
