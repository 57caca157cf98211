"""A statement that a person imports posts once another person has approved it, whatever statement says so."""

import asyncio
import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.actor import Actor, ActorKind
from brim.core import direct_debits
from brim.core.direct_debits import (
    BankFile,
    BankFileSeenOtherwiseError,
    BankFileStateError,
    Outcome,
    Preview,
    Previews,
)
from brim.core.gauges import Gauges
from brim.core.operators import Role
from brim.core.originators import Originator, SecondPersonError, list_originators
from brim.core.reconciliation import BankAccountName, lock_bank_account
from brim.core.statement_mappings import find_mapping, mapping_of
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, execute, rows
from tests.support.csv_statements import Line, csv_file, simple
from tests.support.live_money import PAYS, PLATFORM, LiveMoney
from tests.support.people import add
from tests.support.push_house import FRIEND, MONDAY, NUMBER, House, pays
from tests.support.statement_writers import Account, Entry, bai2, camt053, camt054

TUESDAY = MONDAY + timedelta(1)
KEY = Actor(kind=ActorKind.API_KEY, id="mk_1", name="key")


class Office:
    """A platform with operators, who import what a bank is said to have sent."""

    def __init__(self, house: House, originator: Originator, people: list[Actor]) -> None:
        self.house = house
        self.live = house.live
        self.database = house.database
        self.originator = originator
        self.people = people

    @property
    def when(self) -> dict[str, Any]:
        return {"now_ms": self.live.now_ms, "ids": self.live.ids}

    async def approvers(self) -> int:
        (found,) = await rows(self.database, "SELECT count(*) FROM operators WHERE disabled_ms IS NULL")
        return int(found["count"])

    async def bring(self, content: bytes, *, by: Actor | None = None, name: str = "monday.bai") -> BankFile:
        """Import a file by hand, and let the worker work."""
        async with self.database.transaction() as conn:
            taken = await direct_debits.store_bank_file(
                conn,
                self.live.vault,
                WIRE_FORMATS,
                self.originator,
                name,
                content,
                by=by or self.people[0],
                approvers=await self.approvers(),
                **self.when,
            )
        await self.live.work()
        return await self.file(taken.file.id)

    async def file(self, file_id: str) -> BankFile:
        return await direct_debits.retrieve_bank_file(self.database, PLATFORM, file_id)

    async def preview(self, file_id: str) -> Preview:
        return await Previews(self.database, self.live.vault, WIRE_FORMATS).preview(PLATFORM, file_id, **self.when)

    async def approve(self, file: BankFile, *, by: Actor | None = None, works: bool = True, **seen: Any) -> BankFile:
        wanted: dict[str, Any] = {"sha256": file.sha256, "mapping": None, "expected_status": file.status, **seen}
        async with self.database.transaction() as conn:
            await direct_debits.approve_bank_file(
                conn,
                self.live.vault,
                WIRE_FORMATS,
                PLATFORM,
                file.id,
                **wanted,
                by=by or self.people[1],
                approvers=await self.approvers(),
                **self.when,
            )
        if works:
            await self.live.work()
            await assert_books_hold(self.database)
        return await self.file(file.id)

    async def reject(self, file_id: str, *, by: Actor | None = None) -> BankFile:
        async with self.database.transaction() as conn:
            return await direct_debits.reject_bank_file(
                conn,
                WIRE_FORMATS,
                PLATFORM,
                file_id,
                reason="Forged.",
                by=by or self.people[1],
                approvers=2,
                **self.when,
            )

    async def lines(self) -> list[int]:
        found = await rows(self.database, "SELECT amount FROM statement_lines ORDER BY booked_on, amount")
        return [row["amount"] for row in found]

    async def audited(self) -> list[tuple[str, str]]:
        found = await rows(
            self.database, "SELECT action, actor_kind FROM audit_log WHERE action LIKE 'bank_file%' ORDER BY id"
        )
        return [(row["action"].partition(".")[2], row["actor_kind"]) for row in found]

    async def disable(self, *people: Actor) -> None:
        for person in people:
            await execute(self.database, f"UPDATE operators SET disabled_ms = 1 WHERE id = '{person.id}'")


@pytest_asyncio.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    house = await House(LiveMoney(database, tmp_path)).open()
    names = ("maker", "checker", "third")
    people = [await add(database, f"{name}@example.com", Role.FINANCE) for name in names]
    async with database.connection() as conn:
        (originator,) = await list_originators(conn, PLATFORM)
    actors = [Actor(kind=ActorKind.OPERATOR, id=person.id, name=person.email) for person in people]
    return Office(house, originator, actors)


def statement(*entries: Entry, opening: int = 0, on: Any = MONDAY, number: str = NUMBER) -> bytes:
    return bai2([Account(number, "usd", opening, entries, on)])


async def test_an_imported_statement_makes_no_balance_before_another_person_has_approved_it(office: Office) -> None:
    wanted = await office.house.instructions()
    content = statement(pays(12_345, wanted.reference), Entry(-250, "F1", text=("FEE",)))
    file = await office.bring(content)
    assert (file.status, file.kind, file.imported_by) == ("awaiting_approval", "statement", office.people[0].id)
    assert (await office.lines(), await office.house.balance()) == ([], 0)
    maker, checker, _ = office.people
    cli = Actor(kind=ActorKind.CLI, name="root")
    for actor, sentence in ((maker, "You imported this file"), (KEY, "API key"), (cli, "There are operators")):
        with pytest.raises(SecondPersonError, match=sentence):
            await office.approve(file, by=actor)
    for seen in ({"sha256": b"x"}, {"mapping": "stmap_x/1"}):
        with pytest.raises(BankFileSeenOtherwiseError):
            await office.approve(file, **seen)
    with pytest.raises(BankFileStateError):
        await office.approve(file, expected_status="rejected")
    approved = await office.approve(file)
    assert (approved.status, approved.approved_by, approved.one_person) == ("applied", checker.id, False)
    assert (await office.lines(), await office.house.balance()) == ([-250, 12_345], 12_345)
    with pytest.raises(BankFileStateError, match="is applied, and cannot be approved"):
        await office.approve(file)
    with pytest.raises(BankFileStateError, match="is applied, and cannot be previewed"):
        await office.preview(file.id)
    with pytest.raises(BankFileStateError, match="is applied, and cannot be rejected"):
        await office.reject(file.id)
    assert await office.audited() == [("imported", "operator"), ("approved", "operator")]


async def test_what_the_bank_itself_brings_is_applied_and_needs_nobody(office: Office) -> None:
    """The same bytes come through the channel while they wait, and again after somebody has rejected them."""
    waiting = await office.bring(statement(Entry(700, "A1")))
    await office.house.send(statement(Entry(700, "A1")))
    delivered = await office.file(waiting.id)
    assert (delivered.status, delivered.approved_by, delivered.delivered_ms) == ("applied", None, office.live.now_ms)
    tuesday = statement(Entry(-100, "B1"), opening=700, on=TUESDAY)
    refused = await office.bring(tuesday, name="tuesday.bai")
    await office.reject(refused.id)
    assert await office.lines() == [700]
    await office.house.send(tuesday)
    assert ((await office.file(refused.id)).status, await office.lines()) == ("applied", [700, -100])
    await assert_books_hold(office.database)
    assert await office.audited() == [
        ("imported", "operator"),
        ("delivered", "job"),
        ("imported", "operator"),
        ("rejected", "operator"),
        ("delivered", "job"),
    ]


async def test_where_there_is_one_person_a_statement_is_applied_at_once_and_says_so(office: Office) -> None:
    maker, checker, third = office.people
    waiting = await office.bring(statement(Entry(700, "A1")))
    await office.disable(checker, third)
    file = await office.bring(statement(Entry(-50, "B1"), opening=700, on=TUESDAY), name="tuesday.bai")
    assert (file.status, file.one_person, file.imported_by) == ("applied", True, maker.id)
    approved = await office.approve(waiting, by=maker)
    assert (approved.status, approved.one_person) == ("applied", True)
    assert await office.lines() == [700, -50]
    await assert_books_hold(office.database)


async def test_what_is_rejected_is_known_and_a_third_person_may_approve_it(office: Office) -> None:
    maker, checker, third = office.people
    content = statement(Entry(700, "A1"))
    file = await office.bring(content)
    with pytest.raises(SecondPersonError):
        await office.reject(file.id, by=KEY)
    rejected = await office.reject(file.id)
    assert (rejected.status, rejected.reject_reason, rejected.rejected_by) == ("rejected", "Forged.", checker.id)
    again = await office.bring(content, by=third)
    assert (again.id, again.status, again.imported_by) == (file.id, "rejected", maker.id)
    for actor in (maker, checker):
        with pytest.raises(SecondPersonError):
            await office.approve(again, by=actor)
    assert (await office.approve(again, by=third)).status == "applied"
    assert await office.lines() == [700]


async def test_returns_and_acknowledgements_wait_for_nobody(office: Office) -> None:
    assert (await office.bring(b"101 no file\n", name="returns.ach")).status == "held"
    acknowledged = await office.bring(b"file_id_modifier,level,status\n", name="ack.csv")
    assert (acknowledged.kind, acknowledged.status) == ("acknowledgement", "held")


async def test_of_two_approvers_at_once_one_is_told_that_it_waits_no_more(office: Office) -> None:
    file = await office.bring(statement(Entry(700, "A1")))
    acts = [office.approve(file, by=person, works=False) for person in office.people[1:]]
    found = await asyncio.gather(*acts, office.reject(file.id), return_exceptions=True)
    assert sum(isinstance(each, BankFile) for each in found) == 1
    assert sum(isinstance(each, BankFileStateError) for each in found) == 2
    await office.live.work()
    await assert_books_hold(office.database)


async def test_a_mapping_that_changes_makes_the_approval_void(office: Office) -> None:
    """Before the approval it is refused; between the approval and the worker it is taken back."""
    content = csv_file(simple(), 0, [Line(MONDAY, 700, ("WIRE",))])
    file = await office.bring(content, name="monday.csv")
    unread = await office.preview(file.id)
    assert (unread.verdict, unread.mapping, unread.findings[0].code) == ("hold", None, "csv_no_mapping")
    with pytest.raises(BankFileSeenOtherwiseError, match="no mapping"):
        await office.approve(file)
    await _save(office)
    seen = (await office.preview(file.id)).mapping
    await _save(office, ignored_columns=["Other"])
    with pytest.raises(BankFileSeenOtherwiseError, match="Check the preview again"):
        await office.approve(file, mapping=seen)
    second = (await office.preview(file.id)).mapping
    await office.approve(file, mapping=second, works=False)
    await _save(office, ignored_columns=["Another"])
    with pytest.raises(asyncpg.CheckViolationError, match="which has changed"):
        await rows(office.database, "UPDATE bank_files SET status = 'applied' RETURNING id")
    await office.live.work()
    waits = await office.file(file.id)
    assert (waits.status, waits.approved_by, await office.lines()) == ("awaiting_approval", None, [])
    third = (await office.preview(file.id)).mapping
    assert (await office.approve(waits, mapping=third)).status == "applied"
    assert await office.lines() == [700]
    assert [action for action, _ in await office.audited()] == ["imported", "approved", "approval_voided", "approved"]


async def test_a_file_that_was_held_waits_for_another_approval_when_it_is_read_again(office: Office) -> None:
    await _save(office, date_format="YYYY-MM-DD")
    content = csv_file(simple(), 0, [Line(MONDAY, 700, ("WIRE",))])
    file = await office.bring(content, name="monday.csv")
    held = await office.approve(file, mapping=(await office.preview(file.id)).mapping)
    assert held.status == "held"
    await _save(office)  # the version before would do the same to the table
    again = await office.file(file.id)
    assert (again.status, again.approved_by) == ("awaiting_approval", None)
    assert (await office.approve(again, mapping=(await office.preview(file.id)).mapping)).status == "applied"
    assert await office.lines() == [700]


async def _save(office: Office, **changes: Any) -> None:
    async with office.database.transaction() as conn:
        before = await find_mapping(conn, PLATFORM, "operating")
        by: dict[str, Any] = {"by": TESTER, **office.when}
        if before is None:
            wanted = mapping_of(simple(**changes))
            await direct_debits.create_statement_mapping(conn, PLATFORM, "operating", wanted, **by)
        else:
            await direct_debits.update_statement_mapping(conn, PLATFORM, before.id, simple(**changes), **by)


async def test_no_top_up_succeeds_while_a_statement_waits(office: Office) -> None:
    """What waits may say that the money does not come; `--complete` counts once it is approved."""
    live = office.live
    file = await office.bring(statement(Entry(700, "A1")))
    waiting = await direct_debits.state_all_imported(
        live.database, office.originator, by=office.people[0], **office.when
    )
    assert waiting == file.id
    topup = await live.create(await live.bank_account(PAYS))
    await live.until("2026-12-09 10:00")
    assert (await live.topup(topup))["status"] == "pending"
    stuck = await rows(live.database, "SELECT error FROM due_exceptions WHERE object_id = $1", topup)
    assert [f"the imported statement {file.id} awaits" in row["error"] for row in stuck] == [True]
    await office.reject(file.id)
    await live.until("2026-12-09 22:00")
    assert (await live.topup(topup))["status"] == "succeeded"


async def test_a_statement_that_waits_is_missing_until_it_is_approved(office: Office) -> None:
    """The bank's own channel brings the day after it: the gap is a break, which the approval closes."""
    await office.house.send(statement(Entry(-100, "A1"), opening=1_000))
    waits = await office.bring(statement(Entry(-50, "B1"), opening=900, on=TUESDAY))
    await office.house.send(statement(Entry(-25, "C1"), opening=850, on=TUESDAY + timedelta(1)))
    assert sorted(await office.house.breaks()) == ["statement_gap", "unmatched_line", "unmatched_line"]
    (shown,) = (await office.preview(waits.id)).statements
    assert (shown.place, shown.new_count, shown.questions) == ("continues", 1, ())
    await office.approve(waits)
    assert set(await office.house.breaks()) == {"unmatched_line"}
    assert await office.lines() == [-100, -50, -25]


async def test_a_preview_shows_what_is_posted_then_and_writes_nothing(office: Office) -> None:
    wanted = await office.house.instructions()
    once = await office.house.instructions(amount=500)
    await office.house.send(statement(Entry(-100, "K1", text=("KNOWN",)), opening=1_000))
    entries = (
        pays(2_000, wanted.reference, reference="T1"),
        pays(300, "from a stranger", reference="T2"),
        pays(500, once.reference, reference="T3"),
        pays(500, once.reference, reference="T4"),
        Entry(-250, "F1", text=("FEE",)),
    )
    tuesday = Account(NUMBER, "usd", 900, entries, TUESDAY)
    monday = Account(NUMBER, "usd", 1_000, (Entry(-100, "K1", text=("KNOWN",)),), MONDAY)
    other = Account("111", "usd", 0, (Entry(5, "O1"),), TUESDAY)
    after = Account(NUMBER, "usd", 3_950, (Entry(-50, "F2", text=("FEE",)),), TUESDAY + timedelta(1))
    file = await office.bring(bai2([monday, tuesday, other, after]))
    before = await _everything(office)
    found = await office.preview(file.id)
    assert await _everything(office) == before
    assert (found.verdict, found.is_matched, found.mapping, found.line_count) == ("accept", True, None, 8)
    placed = [(each.place, each.is_ours, each.new_count, each.opening, each.closing) for each in found.statements]
    assert placed == [
        ("repeats", True, 0, 1_000, 900),
        ("continues", True, 5, 900, 3_950),
        (None, False, None, 0, 5),
        ("continues", True, 1, 3_950, 3_900),
    ]
    assert [(each.amount, each.outcome, each.account) for each in found.lines] == [
        (-100, Outcome.KNOWN, None),
        (2_000, Outcome.POSTED, FRIEND),
        (300, Outcome.POSTED, None),
        (500, Outcome.POSTED, FRIEND),
        (500, Outcome.POSTED, FRIEND),
        (-250, Outcome.OPEN, None),
        (5, Outcome.NOT_POSTED, None),
        (-50, Outcome.OPEN, None),
    ]
    assert found.lines[2].problem == "It goes into suspense: no reference."
    assert found.lines[4].problem == "It goes into suspense: already paid."
    await office.approve(file)
    new = [each.amount for each in found.lines if each.outcome in {Outcome.POSTED, Outcome.OPEN}]
    assert sorted(await office.lines()) == sorted([-100, *new])
    assert await office.house.balance() == 2_500


_PAID: Final = (pays(100, "Rent"), pays(900, "Invoice"))
_UNNAMED: Final = re.sub(rb"<Bal>.*?</Bal>", b"", camt053([Account(NUMBER, "usd", 0, _PAID, MONDAY)], summary=False))
_PARTS: Final = ((100, "E1"), (900, "E2"))
_SAID, _NOTIFIED = "Another file has an identical line", "A notification listed a payment"


@pytest.mark.parametrize(
    ("known", "imported", "shown"),
    [
        pytest.param(
            _UNNAMED,
            _UNNAMED.replace(b"<Id>S1</Id>", b"<Id>S2</Id>"),
            [(100, _SAID), (900, _SAID)],
            id="what-another-file-says",
        ),
        pytest.param(
            camt054([Account(NUMBER, "usd", 0, (Entry(1_000, "N1", parts=_PARTS),), MONDAY)]),
            camt053([Account(NUMBER, "usd", 0, (Entry(100, "B1"), Entry(900, "B2"), Entry(55, "B3")), MONDAY)]),
            [(100, _NOTIFIED), (900, _NOTIFIED), (55, "It goes into suspense")],
            id="what-was-notified-together",
        ),
        pytest.param(
            camt054([Account(NUMBER, "usd", 0, _PAID, MONDAY)]),
            camt053([Account(NUMBER, "usd", 0, (Entry(1_000, "B1", parts=_PARTS),), MONDAY)]),
            [(1_000, ""), (100, _NOTIFIED), (900, _NOTIFIED)],
            id="what-was-notified-one-by-one",
        ),
    ],
)
async def test_a_preview_shows_what_may_be_known_already(
    office: Office, known: bytes, imported: bytes, shown: list[tuple[int, str]]
) -> None:
    await office.house.send(known)
    file = await office.bring(imported, name="monday.xml")
    found = (await office.preview(file.id)).lines
    assert [each.amount for each in found] == [amount for amount, _ in shown]
    for each, (_, says) in zip(found, shown, strict=True):
        assert (each.problem or "").startswith(says), each
    before = await office.house.suspense()
    await office.approve(file)
    assert await office.house.breaks() == ["unmatched_line"] * 2
    assert await office.house.suspense() - before == sum(each.amount for each in found if each.amount == 55)


async def test_a_preview_shows_that_a_transfer_was_taken_back_before_it_comes(office: Office) -> None:
    wanted = await office.house.instructions()
    await office.house.send(statement(pays(-500, f"RECALL {wanted.reference}"), opening=560, on=TUESDAY))
    file = await office.bring(statement(pays(500, wanted.reference), pays(60, wanted.reference)))
    found = (await office.preview(file.id)).lines
    assert [bool(each.problem and "recalls it" in each.problem) for each in found] == [True, False]
    await office.approve(file)
    assert await office.house.states() == [("credited", None, 60), ("recalled", None, 500)]
    assert await office.house.breaks() == []


async def test_what_waits_for_an_approval_is_told_and_counted(office: Office) -> None:
    first, second, third = [await office.bring(statement(Entry(-amount, "F1"))) for amount in (1, 2, 3)]
    read = await Gauges(office.database, lambda: office.live.now_ms + 5_000, data_dir=office.live.folder).read()
    figures = {each.name: dict(each.samples) for each in read if "approval" in each.name}
    assert figures == {
        "brim_bank_files_awaiting_approval": {(PLATFORM.account,): 3},
        "brim_bank_file_approval_oldest_seconds": {(PLATFORM.account,): 5},
    }
    await office.reject(first.id)
    await office.approve(second)
    await office.house.send(statement(Entry(-3, "F1")))
    told = await rows(
        office.database,
        "SELECT type, object_id, payload ->> 'status' AS status FROM events WHERE type LIKE 'brim.bank_file%'",
    )
    assert {(row["type"].rpartition(".")[2], row["object_id"], row["status"]) for row in told} == {
        *(("awaiting_approval", each.id, "awaiting_approval") for each in (first, second, third)),
        ("rejected", first.id, "rejected"),
        ("approved", second.id, "received"),
        ("delivered", third.id, "received"),
    }


async def _everything(office: Office) -> list[Any]:
    tables = ("bank_files", "statement_lines", "bank_statements", "breaks", "journal_entries", "topups", "audit_log")
    return [await rows(office.database, f"SELECT t::text AS row FROM {table} AS t ORDER BY 1") for table in tables]


async def test_a_preview_holds_no_lock_and_a_large_file_is_only_read(office: Office) -> None:
    """It waits for nobody who holds its file or its bank account; of two megabytes on it tells balances alone."""
    file = await office.bring(statement(Entry(700, "A1")))
    async with office.database.transaction() as conn:
        await conn.execute("SELECT FROM bank_files FOR UPDATE")
        await lock_bank_account(conn, BankAccountName(PLATFORM, "operating", "usd"))
        assert (await asyncio.wait_for(office.preview(file.id), 5)).lines[0].outcome is Outcome.POSTED
    many = tuple(Entry(1, f"L{number}", text=("x" * 100,)) for number in range(20_000))
    large = await office.bring(statement(*many, on=TUESDAY, opening=700), name="large.bai")
    assert large.byte_count > direct_debits.PREVIEW_BYTES
    found = await office.preview(large.id)
    assert (found.is_matched, found.line_count, len(found.lines)) == (False, 20_000, direct_debits.MOST_PREVIEWED)
    assert (found.statements[0].closing, found.lines[0].outcome) == (20_700, Outcome.UNMATCHED)


async def test_the_database_refuses_every_other_way(office: Office) -> None:
    """The importer's own approval, one of other bytes, a lie about one person, and a line by itself."""
    maker, checker, _ = office.people
    file = await office.bring(statement(Entry(700, "A1")))
    own = f"approved_by = '{maker.id}', approved_ms = 1"
    others = f"approved_by = '{checker.id}', approved_ms = 1"
    lies = {
        "bank_files_imported_are_approved": (
            "status = 'received'",
            "status = 'applied'",
            f"status = 'received', {own}, approved_sha256 = sha256",
            f"status = 'received', {others}, approved_sha256 = sha256('x')",
        ),
        "bank_files_one_person_is_one": ("status = 'received', one_person = true",),
        "bank_files_approved_by_another": (
            f"{own}, approved_sha256 = sha256",
            f"{others}, approved_sha256 = sha256, rejected_by = '{checker.id}', rejected_ms = 1, reject_reason = 'x'",
        ),
        "bank_files_importer_stays": ("imported_by = NULL, status = 'received'", "imported_by = 'op_x'"),
        "bank_files_waiting_was_imported": ("kind = 'nacha'",),
    }
    for constraint, ways in lies.items():
        for way in ways:
            with pytest.raises(asyncpg.CheckViolationError) as refused:
                await rows(office.database, f"UPDATE bank_files SET {way} WHERE id = '{file.id}' RETURNING id")
            assert refused.value.constraint_name == constraint, way
    # around the status: said to be no statement, it is `applied`, and its lines are refused all the same
    await rows(office.database, "UPDATE bank_files SET kind = 'nacha', status = 'applied' RETURNING id")
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await rows(
            office.database,
            "INSERT INTO statement_lines (account, livemode, id, bank_account, line_key, bank_file, position,"
            " booked_on, amount, currency, type_code, description, created_ms)"
            " VALUES ($1, true, 'bsl_x', 'operating', 'x', $2, 0, '2026-12-07', 1, 'usd', '', '', 1) RETURNING id",
            PLATFORM.account,
            file.id,
        )
    assert refused.value.constraint_name == "statement_lines_of_approved_files"


async def test_the_version_before_imports_as_before_and_applies_no_file_that_waits(office: Office) -> None:
    """It writes neither who has imported a file nor `kind`, and takes what is `received` alone."""
    content = statement(Entry(700, "A1"))
    sha256 = hashlib.sha256(content).digest()
    await office.bring(content)
    await execute(office.database, "DELETE FROM bank_files")
    sealed = office.live.vault.seal(content, place=f"bank_file/{PLATFORM.account}/True/bankf_old")
    await rows(
        office.database,
        "INSERT INTO bank_files (account, livemode, sha256, id, originator, kind, name, status, byte_count, sealed,"
        " findings, received_ms) VALUES ($1, true, $2, 'bankf_old', $3, 'unknown', 'x', 'received', 1, $4, '[]', 1)"
        " RETURNING id",
        PLATFORM.account,
        sha256,
        office.originator.id,
        sealed,
    )
    await office.live.work()
    assert (await office.lines(), (await office.file("bankf_old")).status) == ([700], "applied")
