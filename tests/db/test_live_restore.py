"""An older database, and files that have left since: nothing goes out twice, whatever it does not know."""

import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.sepa import iban_of
from brim.core import direct_debits, originators
from brim.core.direct_debits.service import read_bytes
from brim.core.line_settlements import Proposal, propose_settlement
from brim.core.rails.ach import Microdeposits, Offset, ProfileError, SecCode
from brim.core.rails.sepa import SequenceType
from brim.core.reconciliation import fetch_lines
from brim.platform.database import Conn
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, rows
from tests.support.houses import Houses
from tests.support.live_money import HOLD_TOPUPS, OPERATOR, PLATFORM, TRY_ENTRIES, LiveMoney, at
from tests.support.postgres import PostgresForTests
from tests.support.sepa_money import SepaMoney, batch_line, find_all
from tests.support.waiting import while_held


@pytest_asyncio.fixture
async def houses(postgres: PostgresForTests, tmp_path: Path) -> AsyncIterator[Houses]:
    houses = Houses(postgres, tmp_path)
    yield houses
    await houses.remove()


async def _compare(
    live: LiveMoney, originator: str, *, without_list: bool = False, given: Sequence[tuple[str, bytes]] = ()
) -> direct_debits.Comparison:
    async def work(conn: Conn) -> direct_debits.Comparison:
        return await direct_debits.compare_sent(
            conn,
            live.vault,
            WIRE_FORMATS,
            PLATFORM,
            originator,
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
            without_list=without_list,
            given=[direct_debits.GivenFile(*each) for each in given],
        )

    return await live.database.transact(work)


@pytest.mark.parametrize("offset", [Offset.NONE, Offset.CHECKING])
async def test_after_a_restore_files_are_held_until_what_has_left_is_compared_and_no_debit_goes_out_twice(
    houses: Houses, offset: Offset
) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    live.bank_flags = ("--balanced",) if offset is Offset.CHECKING else ()
    originator = await live.open(offset=offset)
    sources = [await live.bank_account() for _ in range(4)]
    first = await live.create(sources[0], 1_000)
    await live.until("2026-12-01 17:00")
    leaves, is_canceled = await live.create(sources[1], 2_000), await live.create(sources[2], 4_000)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    unknown = await live.create(sources[3], 8_000)
    await live.until("2026-12-02 17:00")  # it leaves with those two, and the bank answers
    assert (await live.topup(unknown))["due_ms"] == at("2026-12-08 09:00")
    await houses.close_all()

    live.move_to(await houses.connect(old))
    new = await live.create(sources[3], 16_000)
    assert await live.cancel(is_canceled)  # here it has not been handed over
    await live.until("2026-12-03 18:00")
    held = await rows(live.database, "SELECT * FROM ach_files WHERE held_because LIKE '%compare%' ORDER BY built_ms")
    assert [(row["status"], row["total_debit"]) for row in held] == [("approved", 2_000), ("approved", 16_000)]
    assert await _left(live) == {1_000: 1, 2_000: 1, 4_000: 1, 8_000: 1}

    found = await _compare(live, originator.id)
    assert (found.files, found.entries, found.voided, found.breaks) == (1, 3, 2, 2)
    again = await _compare(live, originator.id)
    assert (again.files, again.entries, again.voided, again.breaks) == (0, 0, 0, 0)
    await live.until("2026-12-12 12:00")
    assert await _left(live) == {1_000: 1, 2_000: 1, 4_000: 1, 8_000: 1, 16_000: 1}
    traces = [
        row["trace"] for row in await rows(live.database, "SELECT trace FROM ach_entries WHERE trace IS NOT NULL")
    ]
    assert len(set(traces)) == len(traces) == 4
    assert {each: (await live.topup(each))["status"] for each in (first, leaves, is_canceled, new)} == {
        first: "succeeded",
        leaves: "succeeded",
        is_canceled: "canceled",
        new: "succeeded",
    }
    breaks = await rows(live.database, "SELECT kind, amount FROM breaks ORDER BY kind, amount")
    assert [(row["kind"], row["amount"]) for row in breaks] == [
        ("line_amount", 8_000),  # the bank has booked a batch of which 8,000 belong to no top-up
        ("unknown_debit", 4_000),
        ("unknown_debit", 8_000),
    ]
    ledger = await live.ledger()
    assert (ledger["bank:operating"], ledger["balance:available"]) == (23_000, -19_000)
    assert ledger["funding:clearing"] == -4_000


async def test_after_a_restore_a_prenote_that_has_left_is_known_and_verifies_without_going_out_again(
    houses: Houses,
) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    known, lost = [await live.bank_account(verified=False) for _ in range(2)]
    prenote = await live.prenote(known)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.prenote(lost)
    await live.until("2026-12-01 17:00")
    await houses.close_all()

    live.move_to(await houses.connect(old))
    await live.until("2026-12-02 10:00")  # it is due here too, and its file is held
    assert await _left(live) == {0: 2}
    found = await _compare(live, originator.id)
    assert (found.files, found.entries, found.voided, found.breaks) == (1, 2, 1, 1)
    await live.until("2026-12-07 09:00")
    await live.until("2026-12-08 12:00")
    assert await _left(live) == {0: 2}
    (row,) = await rows(live.database, "SELECT id, status, ended_ms FROM prenotes")
    assert (row["id"], row["status"]) == (prenote, "verified")
    (entry,) = await rows(live.database, "SELECT status, file FROM ach_entries")
    assert entry["status"] == "released"
    (found_break,) = await rows(live.database, "SELECT kind, amount, detail FROM breaks")
    assert (found_break["kind"], found_break["amount"]) == ("unknown_debit", 0)
    assert "a prenote that is not in this database" in found_break["detail"]
    await assert_books_hold(live.database)


async def test_after_a_restore_micro_deposits_that_have_left_are_known_by_their_amounts(houses: Houses) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open(microdeposits=Microdeposits.CREDITS_AND_DEBIT)
    known, lost = [await live.bank_account(verified=False) for _ in range(2)]
    started = await live.microdeposits(known)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.microdeposits(lost)
    await live.until("2026-12-01 17:00")
    amounts = (await live.amounts())[:2]
    await houses.close_all()

    live.move_to(await houses.connect(old))
    await live.until("2026-12-02 10:00")  # they are due here too, and their file is held
    found = await _compare(live, originator.id)
    assert (found.files, found.entries, found.voided, found.breaks) == (1, 6, 1, 3)
    entries = await rows(
        live.database, "SELECT number, transaction_code, amount, status FROM ach_entries ORDER BY number"
    )
    assert [tuple(each.values()) for each in entries] == [
        (1, 22, 0, "in_file"),
        (2, 22, 0, "in_file"),
        (3, 27, 0, "in_file"),
    ]
    assert "error" not in await live.state(known, *amounts)
    await live.until("2026-12-08 12:00")
    assert len(await live.amounts()) == 4  # those of before, and no others
    (row,) = await rows(live.database, "SELECT id, status FROM prenotes")
    assert tuple(row.values()) == (started, "verified")


async def test_who_compares_holds_all_top_ups_before_any_entry(houses: Houses) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    await live.create(await live.bank_account(), 1_000)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.until("2026-12-01 17:00")
    await houses.close_all()

    live.move_to(await houses.connect(old))
    await live.create(await live.bank_account(), 2_000)
    await live.until("2026-12-02 18:00")  # here both are in files that are held, and given up now
    url = houses.server.urls_of(old).owner

    async def compare() -> None:
        assert (await _compare(live, originator.id)).voided == 2

    await while_held(live.database, url, HOLD_TOPUPS, compare, TRY_ENTRIES)


async def test_a_list_whose_last_line_was_torn_loses_neither_that_file_nor_the_next(houses: Houses) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    await live.open()
    listing = houses.folder / "to-bank" / ".brim-sent"
    listing.write_bytes(b"achf_torn\tabc")
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT id, status FROM ach_files")
    assert file["status"] == "acknowledged"
    assert list(direct_debits.read_sent_lists(houses.folder / "to-bank")) == [file["id"]]
    await assert_books_hold(live.database)


async def test_a_copy_that_is_missing_keeps_everything_held(houses: Houses) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    (houses.folder / "to-bank" / ".brim-sent").write_text("achf_000000000000000000000000\tabc\tFILE.ach\n")
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    with pytest.raises(direct_debits.CompareError):
        await _compare(live, originator.id)
    await live.until("2026-12-02 17:00")
    assert await _left(live) == {}


async def _move(live: LiveMoney, originator: originators.Originator, folder: Path) -> originators.Originator:
    """Let an originator send into another folder."""

    async def work(conn: Conn) -> originators.Originator:
        before = await originators.find_originator(conn, PLATFORM, originator.id)
        saved = await direct_debits.save_originator(
            conn,
            live.vault,
            PLATFORM,
            originators.ProfileChange(
                msgspec.structs.replace(before.profile, outgoing_folder=str(folder)), originator_id=originator.id
            ),
            by=TESTER,
            now_ms=live.now_ms,
            ids=live.ids,
        )
        return await originators.activate_originator(
            conn, PLATFORM, saved.id, approvers=1, by=OPERATOR, now_ms=live.now_ms, ids=live.ids
        )

    return await live.database.transact(work)


async def test_after_a_restore_what_left_another_folder_later_is_found_and_no_debit_goes_out_twice(
    houses: Houses,
) -> None:
    """The database is from before the change, so its profile names the folder whose list knows nothing of it."""
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    first, second, third = houses.folder / "to-bank", houses.folder / "second", houses.folder / "thïrd"
    sources = [await live.bank_account() for _ in range(4)]
    await live.create(sources[0], 1_000)
    await live.until("2026-12-01 17:00")
    leaves_second, leaves_third = await live.create(sources[1], 2_000), await live.create(sources[2], 4_000)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    assert await live.cancel(leaves_third)
    await _move(live, originator, second)
    await live.until("2026-12-02 17:00")
    await _move(live, originator, third)
    await live.create(sources[3], 8_000)
    await live.until("2026-12-03 17:00")
    uploaded = {*second.glob("*.ach"), *third.glob("*.ach")}
    assert len(uploaded) == 2
    for file in uploaded:  # the bank has them from there
        (first / file.name).write_bytes(file.read_bytes())
    await live.until("2026-12-03 18:00")
    assert await _left(live) == {1_000: 1, 2_000: 1, 8_000: 1}
    await houses.close_all()

    live.move_to(await houses.connect(old))
    await live.until("2026-12-04 17:00")
    (held,) = await rows(live.database, "SELECT * FROM ach_files WHERE held_because LIKE '%compare%'")
    assert held["total_debit"] == 6_000
    with pytest.raises(ProfileError, match="run brim ach compare first"):
        await _move_without_comparing(live, originator, third, held["id"])
    found = await _compare(live, originator.id)
    assert (found.files, found.entries, found.voided, found.breaks) == (2, 2, 0, 1)  # the unsent one is void
    assert found.went_on == str(third)
    await _move(live, originator, third)
    assert (await _compare(live, originator.id)).went_on is None
    await live.until("2026-12-07 17:00")
    (file,) = {*third.glob("*.ach")} - uploaded
    (first / file.name).write_bytes(file.read_bytes())
    await live.until("2026-12-14 12:00")
    assert await _left(live) == {1_000: 1, 2_000: 1, 4_000: 1, 8_000: 1}
    assert (await live.topup(leaves_second))["status"] == "succeeded"
    traces = await rows(live.database, "SELECT trace FROM ach_entries WHERE trace IS NOT NULL")
    assert len({row["trace"] for row in traces}) == len(traces) == 3


async def _move_without_comparing(live: LiveMoney, originator: originators.Originator, folder: Path, held: str) -> None:
    async with live.database.transaction() as conn:
        await direct_debits.void_file(conn, PLATFORM, held, by=TESTER, now_ms=live.now_ms, ids=live.ids)
    await _move(live, originator, folder)


async def test_the_folder_stays_while_a_file_is_on_its_way_also_after_a_crash_beside_its_commit(
    houses: Houses,
) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open(requires_approval=True)
    folder, new = houses.folder / "to-bank", houses.folder / "new"
    await live.create(await live.bank_account())
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT id, name FROM ach_files")
    with pytest.raises(ProfileError, match=f"the file {file['id']} is built"):
        await _move(live, originator, new)
    async with live.database.transaction() as conn:
        await direct_debits.approve_file(
            conn,
            PLATFORM,
            file["id"],
            sha256=None,
            approvers=1,
            renderers=WIRE_FORMATS,
            by=OPERATOR,
            now_ms=live.now_ms,
            ids=live.ids,
        )
    async with live.database.connection() as conn:
        approved = await direct_debits.find_file(conn, PLATFORM, file["id"])
        content = await read_bytes(conn, live.vault, approved)
    direct_debits.hand_over(folder, file["name"], content, file_id=file["id"], sealed=b"", originator=originator.id)
    with pytest.raises(ProfileError, match=f"the file {file['id']} is approved"):  # and perhaps it has left
        await _move(live, originator, new)
    assert not new.exists()
    await live.work()
    await _move(live, originator, new)
    assert list(direct_debits.read_sent_lists(new)) == []
    assert list(direct_debits.read_sent_lists(folder)) == [file["id"]]
    (folder / ".brim-sent").unlink()
    await _move(live, originator, folder)  # the list of the new folder is there
    (folder / ".brim-sent").unlink()
    with pytest.raises(ProfileError, match="is missing"):
        await _move(live, originator, new)


async def test_what_another_originator_has_sent_from_a_folder_that_was_left_is_its_own_business(
    houses: Houses,
) -> None:
    live = LiveMoney(await houses.connect(await houses.create()), houses.folder)
    originator = await live.open()
    first, second = houses.folder / "to-bank", houses.folder / "second"
    await _move(live, originator, second)
    await _move(live, originator, first)
    await live.create(await live.bank_account())
    direct_debits.hand_over(second, "theirs.ach", b"theirs", file_id="achf_theirs", sealed=b"", originator="orig_other")
    async with live.database.connection() as conn:
        await conn.execute(
            "INSERT INTO originators SELECT account, livemode, 'orig_other', 'suspended', version, profile, sealed,"
            " last4, next_trace, next_batch, created_ms, changed_by, activated_ms, activated_by FROM originators"
        )
    await live.until("2026-12-01 17:00")
    (file,) = await rows(live.database, "SELECT status FROM ach_files")
    assert file["status"] == "acknowledged"
    async with live.database.connection() as conn:
        await conn.execute("DELETE FROM originators WHERE id = 'orig_other'")  # as in a database from before it
    await live.create(await live.bank_account())
    await live.until("2026-12-02 17:00")
    (file,) = await rows(live.database, "SELECT status FROM ach_files WHERE held_because LIKE '%achf_theirs%'")
    assert file["status"] == "approved"


async def _left(live: LiveMoney) -> dict[int, int]:
    """Return how often the bank has taken a debit of each amount."""
    shown = json.loads(await live.bank("show", "--json", "--entries", "1000"))
    return dict(Counter(entry["amount"] for entry in shown["entries"]))


async def _restored_to_a_moment(houses: Houses, name: str) -> None:
    """Leave a database as one that began a new timeline: what it was compared in is another copy."""
    owner = await asyncpg.connect(houses.server.urls_of(name).owner)
    try:
        await owner.execute("UPDATE originators SET lineage = lineage || '9'")
    finally:
        await owner.close()


@pytest.mark.parametrize("list_is", ["there", "lost", "older"])
async def test_a_restored_database_holds_its_files_although_the_list_names_nothing_new(
    houses: Houses, list_is: str
) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    sources = [await live.bank_account() for _ in range(2)]
    await live.create(sources[0], 1_000)
    live.now_ms = at("2026-12-01 17:00")
    await live.work()  # it has left, and the bank has not answered yet
    await _restored_to_a_moment(houses, name)
    later = await live.create(sources[1], 2_000)
    await live.until("2026-12-02 17:00")
    held = await rows(live.database, "SELECT held_because FROM ach_files WHERE held_because IS NOT NULL")
    assert [row["held_because"][:26] for row in held] == ["this database was restored"]
    assert await _left(live) == {1_000: 1}
    assert not await rows(live.database, "SELECT FROM bank_files WHERE status <> 'received'")

    folder = Path(originator.profile.outgoing_folder)
    if list_is == "there":  # it has not left, and the bank may have said what must not
        assert (await _compare(live, originator.id)).voided == 1
    else:
        if list_is == "lost":
            (folder / ".brim-sent").unlink()
        else:
            (folder / ".brim-sent").write_text("")
        with pytest.raises(direct_debits.ListMissingError, match="ask the bank for all files"):
            await _compare(live, originator.id)
        assert (await _compare(live, originator.id, without_list=True)).released == 1
    await live.until("2026-12-10 12:00")
    assert await _left(live) == {1_000: 1, 2_000: 1}
    assert (await live.topup(later))["status"] == "succeeded"


@pytest.mark.parametrize("rail", ["ach", "sepa"])
async def test_after_a_restore_nothing_leaves_before_what_the_bank_has_sent_meanwhile_is_read(
    houses: Houses, rail: str
) -> None:
    """It says that the holder has authorized nothing, so what waits at the restore must not be collected."""
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    if rail == "sepa":
        live = SepaMoney(await houses.connect(name), houses.folder)
        originator = await live.rehearse()
        source = await live.iban(iban_of("MD01", 5))
    else:
        originator = await live.open()
        source = await live.bank_account("9907050000")
    first = await live.create(source, 1_000)
    await live.until("2026-12-05 12:00")
    second = await live.create(source, 2_000)
    await live.create(await (live.iban() if isinstance(live, SepaMoney) else live.bank_account()), 4_000)
    await _restored_to_a_moment(houses, name)
    live.now_ms = at("2026-12-10 20:00")
    await live.advance_bank()  # it has the return by now
    live.now_ms += 86_400_000
    await live.work()
    assert (await _compare(live, originator.id)).voided == 1
    for _ in range(2):  # another process than the one that reads
        await direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
        await direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids)
    files = await rows(live.database, "SELECT status, total_debit FROM ach_files WHERE status <> 'voided'")
    assert [row["total_debit"] for row in files] == [1_000]
    live.now_ms += 10_000
    await live.work()
    assert (await live.topup(first))["status"] == "failed"
    (reason,) = await rows(live.database, "SELECT end_reason FROM authorizations WHERE ended_ms IS NOT NULL")
    assert reason["end_reason"] in {"returned with R07", "returned with MD01"}
    files = await rows(live.database, "SELECT status, total_debit FROM ach_files WHERE status <> 'voided' ORDER BY id")
    assert [row["total_debit"] for row in files] == [1_000, 4_000]
    assert (await live.topup(second))["status"] == "pending"  # and is listed as stuck


async def test_an_older_database_learns_that_a_returned_debit_was_presented_again(houses: Houses) -> None:
    """Two copies: one from before the return was known, one from when the re-presentment waited."""
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open(retry_schedule=("+1",))
    topup = await live.create(await live.bank_account("9510100000"), 1_000)
    await live.until("2026-12-01 17:05")
    await live.until("2026-12-03 17:05", step_hours=24)
    await houses.close_all()
    unreturned = await houses.create(template=name)
    live.move_to(await houses.connect(name))
    await live.until("2026-12-06 17:05", step_hours=24)
    await houses.close_all()
    waiting = await houses.create(template=name)
    live.move_to(await houses.connect(name))
    await live.until("2026-12-07 17:05")
    await houses.close_all()
    left_ms = live.now_ms
    for copy in (unreturned, waiting):
        live.move_to(await houses.connect(copy))
        live.now_ms = left_ms
        await live.work()
        assert (await _compare(live, originator.id)).breaks == 0
        await live.work()
        entries = await rows(live.database, "SELECT number, retry, return_code FROM ach_entries ORDER BY number")
        assert [tuple(each.values()) for each in entries] == [(1, 0, "R01"), (2, 1, None)]
        assert (await live.topup(topup))["status"] == "pending"
        (counted,) = await rows(live.database, "SELECT sum(returned) AS n FROM return_counts WHERE owner = ''")
        assert counted["n"] == 1
        await houses.close_all()
    live.move_to(await houses.connect(unreturned))
    await live.until("2026-12-12 12:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await _left(live) == {1_000: 2}
    assert await live.ledger() == {"bank:operating": 1_000, "funding:clearing": 0, "balance:available": -1_000}
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


async def test_an_older_database_knows_the_retry_of_a_reversed_topup_by_the_original(houses: Houses) -> None:
    name = await houses.create()
    live = LiveMoney(await houses.connect(name), houses.folder)
    originator = await live.open(hold_days=1)
    first = await live.create(await live.bank_account("9510100000"), 1_000)
    await live.until("2026-12-01 17:05")
    await live.until("2026-12-04 17:05", step_hours=24)
    retry = await live.create(None, 1_000, retry_of=first)
    await houses.close_all()
    old = await houses.create(template=name)
    live.move_to(await houses.connect(name))
    await live.until("2026-12-07 17:05", step_hours=24)
    await houses.close_all()
    live.move_to(await houses.connect(old))
    await live.work()
    assert (await _compare(live, originator.id)).breaks == 0
    (entry,) = await rows(live.database, "SELECT retry, retry_of FROM ach_entries WHERE topup = $1", retry)
    assert tuple(entry.values()) == (1, first)
    await live.until("2026-12-12 12:00")
    assert [(await live.topup(each))["status"] for each in (first, retry)] == ["reversed", "succeeded"]
    assert await rows(live.database, "SELECT detail FROM breaks") == []
    await assert_books_hold(live.database)


def _collected_by_sepa(found: direct_debits.Comparison) -> tuple[int, int, int, int]:
    return found.files, found.entries, found.voided, found.breaks


async def test_after_a_restore_messages_of_sepa_are_held_until_what_has_left_is_compared(houses: Houses) -> None:
    """As by ACH above: a collection that the bank has rejected meanwhile fails, and none is collected twice."""
    name = await houses.create()
    live = SepaMoney(await houses.connect(name), houses.folder)
    originator = await live.rehearse()
    sources = [await live.iban() for _ in range(4)]
    first = await live.create(sources[0], 1_000)
    await live.through("2026-12-01 18:00")
    leaves, is_canceled = await live.create(sources[1], 2_000), await live.create(sources[2], 4_000)
    rejected = await live.create(await live.iban(iban_of("AC01", 0)), 500)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.create(sources[3], 8_000)
    await live.through("2026-12-02 18:00")  # it leaves with those three, and the bank answers
    await houses.close_all()

    live.move_to(await houses.connect(old))
    new = await live.create(sources[3], 32_000)
    assert await live.cancel(is_canceled)  # here it has not been handed over
    await live.through("2026-12-03 18:00")
    held = await rows(live.database, "SELECT * FROM ach_files WHERE held_because LIKE '%compare%' ORDER BY built_ms")
    assert [(row["status"], row["total_debit"]) for row in held] == [("approved", 2_500), ("approved", 32_000)]
    assert await _left(live) == {1_000: 1, 2_000: 1, 4_000: 1, 8_000: 1}

    assert _collected_by_sepa(await _compare(live, originator.id)) == (1, 4, 2, 2)
    assert _collected_by_sepa(await _compare(live, originator.id)) == (0, 0, 0, 0)
    mandates = await rows(live.database, "SELECT mandate_reference, mandate_signed_on, trace FROM ach_entries")
    assert all(row["mandate_reference"] and row["mandate_signed_on"] for row in mandates)
    await live.through("2026-12-16 12:00", step_hours=24)
    assert await _left(live) == {1_000: 1, 2_000: 1, 4_000: 1, 8_000: 1, 32_000: 1}
    traces = [row["trace"] for row in await rows(live.database, "SELECT trace FROM ach_entries")]
    assert len(set(traces)) == len(traces) == 5
    ends = {first: "succeeded", leaves: "succeeded", is_canceled: "canceled", rejected: "failed", new: "succeeded"}
    assert {each: (await live.topup(each))["status"] for each in ends} == ends
    breaks = await rows(live.database, "SELECT kind, amount, currency FROM breaks ORDER BY kind, amount")
    assert [tuple(row.values()) for row in breaks] == [
        ("line_amount", 8_000, "eur"),  # the bank has booked a batch of which 8,000 belong to no top-up
        ("unknown_debit", 4_000, "eur"),
        ("unknown_debit", 8_000, "eur"),
    ]
    assert await live.ledger() == {
        "bank:operating": 39_000, "balance:available": -35_000, "funding:clearing": -4_000
    }  # fmt: skip


async def test_after_a_restore_a_batch_is_settled_by_hand_for_what_the_bank_books(houses: Houses) -> None:
    """Of a collection whose top-up is lost the money is in suspense; the rest of its batch is confirmed."""
    name = await houses.create()
    live = SepaMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    sources = await live.iban(), await live.iban()
    kept = await live.create(sources[0], 1_000)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.create(sources[1], 8_000)
    await live.pass_time("2026-12-01 17:00")
    await houses.close_all()
    live.move_to(await houses.connect(old))
    assert (await _compare(live, originator.id)).entries == 2
    await live.pass_time("2026-12-02 16:00")
    await live.state((8_990, ""), day="2026-12-02")

    matches = direct_debits.HandMatches(live.database, live.vault, WIRE_FORMATS)
    async with live.database.transaction() as conn:
        (line,) = (await fetch_lines(conn, PLATFORM, [await conn.fetchval("SELECT id FROM statement_lines")])).values()
        (suggested,) = await matches.suggest(conn, PLATFORM, line)
        batch, suspense, fee = suggested.parts
        assert [part.amount for part in suggested.parts] == [1_000, 8_000, -10]
        told: dict[str, Any] = {"bank_account": "operating", "currency": "eur"}
        assert await matches.find_parts(conn, PLATFORM, batches=[batch.target or ""], **told) == (batch,)
        proposal = Proposal(lines=(line.id,), parts=(batch, suspense, fee), note="As the bank says.")
        said: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
        await propose_settlement(conn, PLATFORM, proposal, matches=matches, approvers=1, **said)
    assert await live.ledger() == {
        "bank:operating": 8_990, "fees": 10, "funding:clearing": -1_000, "suspense:operating": -8_000
    }  # fmt: skip
    await live.pass_time("2026-12-09 09:00")
    assert (await live.topup(kept))["status"] == "succeeded"
    await assert_books_hold(live.database)


async def test_after_a_restore_mandates_stand_as_what_has_left_has_used_them(houses: Houses) -> None:
    """One-off ones are not collected under again, others lapse later, and of an amendment banks are told once."""
    name = await houses.create()
    live = SepaMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    one_off: dict[str, Any] = {"sequence_type": SequenceType.ONE_OFF}
    of_b2b: dict[str, Any] = {"sec_code": SecCode.B2B, "confirmed_ms": live.now_ms}
    kept, lost = await live.iban(reference="M-1", **one_off, **of_b2b), await live.iban(reference="M-2", **one_off)
    b2b = await live.iban(reference="M-3", **of_b2b)
    amended = await live.iban(reference="M-4")
    for source, amount in ((kept, 1_000), (b2b, 2_000), (amended, 4_000)):
        await live.create(source, amount)
    moment: dict[str, Any] = {"by": OPERATOR, "now_ms": live.now_ms, "ids": live.ids}
    async with live.database.transaction() as conn:
        mandate = await conn.fetchval("SELECT id FROM authorizations WHERE mandate_reference = 'M-4'")
        await originators.amend_mandate(conn, PLATFORM, mandate, mandate_reference="M-5", funding_source=None, **moment)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    unknown = await live.create(lost, 8_000)
    await live.pass_time("2026-12-01 17:00")
    (message,) = live.sent()
    await houses.close_all()

    live.move_to(await houses.connect(old))
    again, later = await live.create(lost, 8_000), await live.create(amended, 16_000)
    await live.pass_time("2026-12-01 18:00")
    found = await _compare(live, originator.id)
    assert (found.files, found.entries, found.breaks) == (1, 4, 1)
    entries = await rows(
        live.database,
        "SELECT e.amount, u.mandate_reference, e.sec_code, e.sequence_type, e.former_reference FROM ach_entries AS e "
        "JOIN authorizations AS u ON u.id = e.authorization_id WHERE e.file IS NOT NULL ORDER BY amount",
    )
    assert [tuple(row.values()) for row in entries] == [
        (1_000, "M-1", "B2B", "OOFF", None), (2_000, "M-3", "B2B", "RCUR", None), (4_000, "M-5", "CORE", "RCUR", "M-4")
    ]  # fmt: skip
    mandates = await rows(
        live.database, "SELECT mandate_reference, used_by, lapses_on::text FROM authorizations ORDER BY 1"
    )
    assert [(row["mandate_reference"], row["lapses_on"]) for row in mandates if row["lapses_on"]] == [
        ("M-1", "2029-12-02"), ("M-2", "2029-12-01"), ("M-3", "2029-12-02"), ("M-5", "2029-12-02")
    ]  # fmt: skip
    assert {row["mandate_reference"]: row["used_by"] for row in mandates}["M-2"] == unknown
    await live.pass_time("2026-12-02 16:00")
    names = find_all(message, "CstmrDrctDbtInitn/PmtInf/PmtInfId")
    sums = find_all(message, "CstmrDrctDbtInitn/PmtInf/CtrlSum")
    lines = [(int(each.replace(".", "")), batch_line(batch, 1)) for batch, each in zip(names, sums, strict=True)]
    await live.state(*lines, day="2026-12-02")
    ended = await rows(live.database, "SELECT mandate_reference, end_reason FROM authorizations WHERE ended_ms > 0")
    assert [tuple(row.values()) for row in ended] == [("M-1", "collected")]
    told = await rows(live.database, "SELECT presented_on FROM mandate_amendments")
    assert [row["presented_on"] for row in told] == [date(2026, 12, 2)]
    await live.pass_time("2026-12-03 17:00")
    (sent,) = live.sent()[1:]
    assert find_all(sent, "CstmrDrctDbtInitn/PmtInf/DrctDbtTxInf/InstdAmt") == ["160.00"]
    assert find_all(sent, "CstmrDrctDbtInitn/PmtInf/DrctDbtTxInf/DrctDbtTx/MndtRltdInf/AmdmntInd") == []
    assert (await live.topup(again))["status"] == (await live.topup(later))["status"] == "pending"


@pytest.mark.parametrize("was_built", [False, True])
async def test_a_message_whose_list_is_lost_is_given_by_hand(houses: Houses, was_built: bool) -> None:
    """The backup is from before its message was made, or from when it waited for its approval."""
    name = await houses.create()
    live = SepaMoney(await houses.connect(name), houses.folder)
    originator = await live.open(requires_approval=True)
    topup = await live.create(await live.iban(), 1_000)
    if was_built:
        await live.pass_time("2026-12-01 17:00")
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.pass_time("2026-12-01 17:00")
    await _approve(live)
    (message,) = live.sent()
    await houses.close_all()
    live.move_to(await houses.connect(old))
    folder = houses.folder / "to-bank"
    shutil.rmtree(folder / ".brim-sent.d")
    (folder / ".brim-sent").unlink()

    with pytest.raises(direct_debits.ListMissingError):
        await _compare(live, originator.id)
    wrong = message.replace(b"10.00", b"10.01", 1)
    for content, why in ((b"101 no message", "only SEPA messages"), (wrong, "cannot be read")):
        with pytest.raises(direct_debits.CompareError, match=why):
            await _compare(live, originator.id, without_list=True, given=[("it.xml", content)])
    assert direct_debits.read_sent_lists(folder) == {}
    given = [("it.xml", message)]
    found = await _compare(live, originator.id, without_list=True, given=given)
    assert (found.files, found.entries) == ((0, 0) if was_built else (1, 1))
    assert (await _compare(live, originator.id, given=given)).files == 0
    (file,) = await rows(live.database, "SELECT id, status FROM ach_files")
    assert file["status"] == ("built" if was_built else "sent")
    assert list(direct_debits.read_sent_lists(folder)) == [file["id"]]
    await live.pass_time("2026-12-02 17:00")  # what may have left is not given up
    if was_built:
        await _approve(live)
    assert set(live.sent()) == {message}
    await live.report("<GrpSts>ACCP</GrpSts>")
    await live.pass_time("2026-12-02 20:00")
    await live.state((1_000, batch_line(find_all(message, "CstmrDrctDbtInitn/PmtInf/PmtInfId")[0])), day="2026-12-02")
    await live.pass_time("2026-12-09 09:00")
    assert (await live.topup(topup))["status"] == "succeeded"
    assert await rows(live.database, "SELECT detail FROM breaks WHERE kind <> 'silent_bank'") == []
    await assert_books_hold(live.database)


async def test_a_collection_that_went_out_again_is_in_the_later_message_whichever_is_given_first(
    houses: Houses,
) -> None:
    """Else it would stand in the rejected one, and could be resubmitted: collected a second time."""
    name = await houses.create()
    live = SepaMoney(await houses.connect(name), houses.folder)
    originator = await live.open()
    topup = await live.create(await live.iban(), 1_000)
    await houses.close_all()
    old = await houses.create(template=name)  # the backup
    live.move_to(await houses.connect(name))
    await live.pass_time("2026-12-01 17:00")
    await live.report("<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>")
    assert await live.resubmit() == 1
    await live.pass_time("2026-12-02 17:00")
    first, second = live.sent()
    await houses.close_all()

    live.move_to(await houses.connect(old))
    folder = houses.folder / "to-bank"
    shutil.rmtree(folder / ".brim-sent.d")
    (folder / ".brim-sent").unlink()
    found = await _compare(live, originator.id, without_list=True, given=[("second.xml", second), ("first.xml", first)])
    assert (found.files, found.breaks) == (2, 0)
    (entry,) = await rows(live.database, "SELECT topup, file FROM ach_entries")
    assert (entry["topup"], entry["file"]) == (topup, max(direct_debits.read_sent_lists(folder)))
    await live.pass_time("2026-12-02 18:00")
    (rejected,) = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'rejected'")
    assert await live.resubmit(rejected["id"]) == 0


async def _approve(live: LiveMoney) -> None:
    for file in await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built'"):
        async with live.database.transaction() as conn:
            await direct_debits.approve_file(
                conn,
                PLATFORM,
                file["id"],
                sha256=None,
                approvers=1,
                renderers=WIRE_FORMATS,
                by=OPERATOR,
                now_ms=live.now_ms,
                ids=live.ids,
            )
    await live.work()
