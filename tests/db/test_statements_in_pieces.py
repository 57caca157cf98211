"""A long statement is applied in pieces that commit, and until the last one it looks applied nowhere.

That the pieces do what one transaction would is shown by `test_lines_together`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from msgspec.structs import replace

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import DatabaseUnavailableError
from brim.base.paging import PageRequest
from brim.cli.statements import tell_progress
from brim.core import direct_debits
from brim.core.direct_debits import BankFile, Previews, statement_lines
from brim.core.direct_debits.reading_rules import UnreadBankError, check_read
from brim.core.direct_debits.reading_store import read_readings
from brim.core.integrity.books import verify_books
from brim.core.line_settlements import Part, PartKind
from brim.core.originators import list_originators
from brim.core.push import RETURN_BODY
from brim.core.push.references import new_reference
from brim.core.rails.ach import Transfers
from brim.core.reconciliation import StatementBeingAppliedError, StatementFilters, page_statements
from brim.core.reconciliation.formats import StatementFile, StatementLine, StatementMapping, read_statement
from brim.core.statement_mappings import mapping_of
from brim.platform.database import Database
from tests.support.books import assert_books_hold, execute, rows
from tests.support.csv_statements import Line, csv_file, simple
from tests.support.cutting import cutting
from tests.support.live_crashes import CrashError, Saboteur
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney
from tests.support.postgres import PostgresForTests
from tests.support.push_house import MONDAY, NUMBER, OTHER, House
from tests.support.statement_writers import Account, Entry, bai2
from tests.support.whole_database import everything

LINES = 23
PIECE = 10
COMPARED = "UPDATE originators SET lineage = database_lineage()"
EVERY = int(os.environ.get("PIECES_CRASHES_EVERY", "20"))
"""At one of how many places a connection is cut, beside each commit; 1 for all of them."""


class EndedError(Exception):
    """A worker has ended."""


def end(_file: BankFile) -> None:
    """End after a piece.

    Raises:
        EndedError: always.
    """
    raise EndedError


def worker(live: LiveMoney, *, piece: int = PIECE) -> direct_debits.Incoming:
    return direct_debits.Incoming(live.secrets, live.vault, WIRE_FORMATS, piece=piece)


def statement(reference: str, *, day: int = 0, opening: int = 0, lines: int = LINES, number: str = NUMBER) -> Account:
    """Return a day: a fee, a transfer from nobody known, then transfers that credit an account."""
    entries = [Entry(-30, f"F{day}", text=("FEE",)), Entry(40, f"N{day}", text=("FROM SOMEBODY",))]
    entries += [
        Entry(100 + each, f"L{day}-{each}", text=(f"RENT {reference}",)) for each in range(lines - len(entries))
    ]
    return Account(number, "usd", opening, tuple(entries), MONDAY + timedelta(day))


class AtCommits(Saboteur):
    """Strikes at each commit, and at one of so many other places."""

    def _strikes_at(self, place: str) -> bool:
        every = self._every
        self._every = 1 if " run COMMIT" in place else every
        try:
            return super()._strikes_at(place)
        finally:
            self._every = every


class Desk:
    """A house whose statements are applied in pieces."""

    def __init__(self, house: House, reference: str) -> None:
        self.house = house
        self.live = house.live
        self.database = house.database
        self.reference = reference

    @property
    def when(self) -> dict[str, Any]:
        return {"now_ms": self.live.now_ms, "ids": self.live.ids}

    def put(self, name: str, content: bytes) -> None:
        (self.live.folder / "from-bank" / name).write_bytes(content)

    async def apply(
        self,
        incoming: direct_debits.Incoming | None = None,
        *,
        tell: Callable[[BankFile], None] | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> int:
        """Let a worker read and apply what is there."""
        incoming = incoming or worker(self.live)
        await incoming.receive_all(self.database, **self.when)
        return await incoming.apply_all(
            self.database, clock=lambda: self.live.now_ms, ids=self.live.ids, tell=tell, is_stopping=is_stopping
        )

    async def begin(self, content: bytes, name: str = "monday.bai") -> BankFile:
        """Let a worker apply the first piece of a file, and end."""
        self.put(name, content)
        with pytest.raises(EndedError):
            await self.apply(tell=end)
        return await self.file(name)

    async def file(self, name: str) -> BankFile:
        (row,) = await rows(self.database, "SELECT id FROM bank_files WHERE name = $1", name)
        return await direct_debits.retrieve_bank_file(self.database, PLATFORM, row["id"])

    async def count(self) -> int:
        (row,) = await rows(self.database, "SELECT count(*) FROM statement_lines")
        return int(row["count"])

    async def statuses(self) -> list[bool]:
        """Return of each statement, the first first, whether it is shown as applied."""
        page = await page_statements(self.database, PLATFORM, PageRequest(), StatementFilters())
        return [each.is_applied for each in reversed(page.items)]


@pytest_asyncio.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    house = await House(LiveMoney(database, tmp_path)).open(transfers=Transfers.ON)
    return Desk(house, (await house.instructions()).reference)


async def test_a_statement_of_which_a_part_is_applied_looks_applied_nowhere(desk: Desk) -> None:
    file = await desk.begin(bai2([statement(desk.reference)]))
    assert (file.status, file.kind, file.lines_applied, file.line_count) == ("received", "statement", PIECE, LINES)
    assert (await desk.count(), await desk.statuses()) == (PIECE, [False])
    (originator,) = await rows(desk.database, "SELECT id FROM originators")
    whose = (PLATFORM, originator["id"])
    async with desk.database.connection() as conn:
        reading = (await read_readings(conn, [whose]))[whose]
    with pytest.raises(UnreadBankError, match=r"monday\.bai from the bank is stored and not applied"):
        check_read(reading, since_ms=desk.live.now_ms, now_ms=desk.live.now_ms, by_clock=False)
    await assert_books_hold(desk.database)
    assert await desk.apply() == 1
    file = await desk.file("monday.bai")
    assert (file.status, file.lines_applied, file.line_count, file.applying_to) == ("applied", None, None, None)
    assert (await desk.count(), await desk.statuses()) == (LINES, [True])
    assert await desk.house.balance() == sum(100 + each for each in range(LINES - 2))
    await assert_books_hold(desk.database)


async def test_a_difference_is_found_between_the_pieces_too(desk: Desk) -> None:
    await desk.begin(bai2([statement(desk.reference)]))
    assert (await verify_books(desk.database)).differences == []
    await execute(desk.database, "UPDATE breaks SET amount = amount - 1 WHERE kind = 'unmatched_line'")
    assert [each.row for each in (await verify_books(desk.database)).differences] != []


async def test_nothing_else_is_settled_of_a_bank_account_before_the_last_piece(desk: Desk) -> None:
    await desk.begin(bai2([statement(desk.reference)]))
    (line,) = await rows(desk.database, "SELECT id FROM statement_lines WHERE amount = -30")
    said = "is being applied to operating: 10 of its 23 lines so far"
    with pytest.raises(StatementBeingAppliedError, match=said):
        await desk.house.settle(line["id"], Part(kind=PartKind.FEES, amount=-30))
    async with desk.database.connection() as conn:
        (originator,) = await list_originators(conn, PLATFORM)
    async with desk.database.transaction() as conn:
        waiting = await direct_debits.store_bank_file(
            conn,
            desk.live.vault,
            WIRE_FORMATS,
            originator,
            "tuesday.bai",
            bai2([statement(desk.reference, day=1, lines=4)]),
            by=OPERATOR,
            approvers=2,
            **desk.when,
        )
    previews = Previews(desk.database, desk.live.vault, WIRE_FORMATS)
    with pytest.raises(StatementBeingAppliedError, match=said):
        await previews.preview(PLATFORM, waiting.file.id, **desk.when)
    await desk.apply()
    assert (await previews.preview(PLATFORM, waiting.file.id, **desk.when)).is_matched
    await desk.house.settle(line["id"], Part(kind=PartKind.FEES, amount=-30))
    await assert_books_hold(desk.database)


async def test_what_the_bank_sends_meanwhile_waits_for_the_last_piece(desk: Desk) -> None:
    """The next day, and the day again with a line more: neither is placed beside a part of what is known."""
    monday = statement(desk.reference)
    more = Account(NUMBER, "usd", 0, (*monday.entries, Entry(7, "M", text=("MORE",))), MONDAY)
    tuesday = statement(desk.reference, day=1, opening=more.booked, lines=5)
    await desk.begin(bai2([monday]), "c.bai")
    desk.put("a.bai", bai2([more]))
    desk.put("b.bai", bai2([tuesday]))
    # An earlier name comes first of what is stored at the same moment, and finds the account taken.
    await execute(desk.database, "UPDATE bank_files SET received_ms = received_ms + 1 WHERE name = 'c.bai'")
    incoming = worker(desk.live)
    with pytest.raises(EndedError):
        await desk.apply(incoming, tell=end)
    assert [(await desk.file(name)).status for name in ("a.bai", "b.bai", "c.bai")] == ["received"] * 3
    assert await desk.count() == 2 * PIECE
    while await desk.apply():
        pass
    assert [(await desk.file(name)).status for name in ("a.bai", "b.bai", "c.bai")] == ["applied"] * 3
    assert await desk.count() == LINES + 1 + 5
    assert [row["place"] for row in await rows(desk.database, "SELECT place FROM bank_statements ORDER BY id")] == [
        "first",
        "replaces",
        "continues",
    ]
    assert await desk.house.breaks() == ["unmatched_line"] * 2
    await assert_books_hold(desk.database)


@pytest.mark.parametrize("by_return_reference", [False, True])
async def test_what_goes_back_in_the_same_statement_is_never_usable_between_pieces(
    desk: Desk, by_return_reference: bool
) -> None:
    """What names the same keeps its order: instructions that expect an amount take the first that comes.

    The reference by which a transfer was sent back is known before it comes only after a restore.
    """
    owner = PLATFORM.account
    other = (await desk.house.instructions(owner=owner)).reference
    back = new_reference(f"{owner}/operating/C1/1", length=RETURN_BODY) if by_return_reference else other
    entries = [Entry(500, "C1", text=(other,)), Entry(700, "C2", text=(f"RENT {other}",))]
    entries += [Entry(100 + each, f"L{each}", text=(desk.reference,)) for each in range(12)]
    entries += [Entry(-500, "R1", text=(f"RECALL {back}",))]
    entries += [Entry(300 + each, f"M{each}", text=(desk.reference,)) for each in range(4)]
    desk.put("monday.bai", bai2([Account(NUMBER, "usd", 0, tuple(entries), MONDAY)]))
    balances = list[tuple[int, int]]()
    pieces = 0
    while True:
        try:
            await desk.apply(worker(desk.live, piece=5), tell=end)
            break
        except EndedError:
            pieces += 1
            balances.append((await desk.house.balance(), await desk.house.balance(owner)))
    usable = [100 + each for each in range(12)] + [300 + each for each in range(4)]
    assert balances == [(sum(usable[: 5 * piece]), 0) for piece in range(1, pieces + 1)]
    assert pieces == 3  # then what is left of the others, and the credits with what takes one of them back
    assert (await desk.house.balance(), await desk.house.balance(owner)) == (sum(usable), 700)
    found = await rows(desk.database, "SELECT line_key FROM statement_lines ORDER BY id")
    assert [row["line_key"] for row in found] == [entry.reference for entry in entries]
    await assert_books_hold(desk.database)


@pytest.mark.parametrize("position", [3, LINES - 3])
async def test_a_recall_that_came_before_takes_its_transfer_back_in_whichever_piece_that_is(
    desk: Desk, position: int
) -> None:
    recalled = 100 + position
    recall = (Entry(-recalled, "R1", text=(f"RECALL {desk.reference}",)),)
    desk.put("friday.bai", bai2([Account(NUMBER, "usd", 0, recall, MONDAY - timedelta(3))]))
    assert await desk.apply() == 1
    desk.put("monday.bai", bai2([statement(desk.reference, opening=-recalled)]))
    assert await desk.apply() == 1
    assert await desk.house.balance() == sum(100 + each for each in range(LINES - 2)) - recalled
    assert ("recalled", None, recalled) in await desk.house.states()
    assert await desk.house.breaks() == ["unmatched_line"]  # the fee
    await assert_books_hold(desk.database)


async def test_a_worker_that_is_told_to_stop_leaves_the_next_piece_to_another(desk: Desk) -> None:
    """One that is not told so after all goes on from memory, unless another has gone on meanwhile."""
    desk.put("monday.bai", bai2([statement(desk.reference)]))
    first, second = worker(desk.live, piece=5), worker(desk.live, piece=5)
    for number, incoming in enumerate((first, first, second, first), 1):
        assert await desk.apply(incoming, is_stopping=lambda: True) == 0
        assert await desk.count() == 5 * number
    assert await desk.apply(second) == 1
    assert (await desk.count(), (await desk.file("monday.bai")).status) == (LINES, "applied")
    assert await desk.house.balance() == sum(100 + each for each in range(LINES - 2))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda lines: lines[:-1], id="a line less"),
        pytest.param(lambda lines: [*lines[1:], lines[0]], id="another order"),
        pytest.param(lambda lines: [replace(each, text=each.text + "!") for each in lines], id="other words"),
    ],
)
async def test_a_reader_that_reads_otherwise_by_now_guesses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, other: Callable[[list[StatementLine]], list[StatementLine]]
) -> None:
    await desk.begin(bai2([statement(desk.reference)]))

    def read(content: bytes, *, mapping: StatementMapping | None = None) -> StatementFile:
        found = read_statement(content, mapping=mapping)
        (day,) = found.statements
        return replace(found, statements=[replace(day, lines=other(list(day.lines)))])

    with monkeypatch.context() as context:
        context.setattr(statement_lines, "read_statement", read)
        assert await desk.apply() == 0
    assert (await desk.count(), (await desk.file("monday.bai")).status) == (PIECE, "received")
    (said,) = await rows(desk.database, "SELECT detail FROM breaks WHERE kind = 'failed_work'")
    assert "differently from the version that has applied a part of it" in said["detail"]
    assert await desk.apply() == 1
    assert await desk.count() == LINES


async def test_who_imports_it_by_a_command_is_told_how_far_it_is(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.put("monday.bai", bai2([statement(desk.reference)]))
    assert await desk.apply(tell=tell_progress) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"monday.bai: {applied} of {LINES} lines are applied ..." for applied in (10, 20)
    ]


async def test_the_database_lets_nothing_else_be_posted_or_said_of_it(desk: Desk) -> None:
    """As the version before would, whose worker takes what is left for known."""
    await desk.begin(bai2([statement(desk.reference)]))
    line = (
        "INSERT INTO statement_lines (account, livemode, bank_account, line_key, bank_file, position, booked_on,"
        " amount, currency, type_code, description, created_ms) SELECT account, livemode, bank_account,"
        " line_key || 'x', 'bf_x', position, booked_on, amount, currency, type_code, '', 1 FROM statement_lines"
    )
    placed = (
        "INSERT INTO bank_statements (account, livemode, id, bank_account, currency, bank_file, number, first_day,"
        " last_day, opening, closing, line_count, content, place, created_ms) SELECT account, livemode, 'stmt_x',"
        " bank_account, currency, 'bf_x', number, first_day, last_day, opening, closing, 1, sha256(''), place, 1"
        " FROM bank_statements"
    )
    for sql, constraint in (
        ("UPDATE bank_files SET status = 'applied'", "bank_files_applying_not_applied"),
        ("UPDATE bank_files SET status = 'held'", "bank_files_applying_not_applied"),
        ("UPDATE bank_files SET sealed = NULL", "bank_files_applying_not_applied"),
        ("UPDATE bank_files SET lines_applied = NULL", "bank_files_applying_whole"),
        (line, "statements_one_at_a_time"),
        (placed, "statements_one_at_a_time"),
    ):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await execute(desk.database, sql)
        assert refused.value.constraint_name == constraint


async def test_csv_goes_on_by_the_mapping_by_which_it_was_begun(desk: Desk) -> None:
    """It was approved by that; another one would read other lines, or none."""
    async with desk.database.transaction() as conn:
        (originator,) = await list_originators(conn, PLATFORM)
        made = await direct_debits.create_statement_mapping(
            conn, PLATFORM, "operating", mapping_of(simple()), by=OPERATOR, **desk.when
        )
        lines = [Line(MONDAY, 100 + each, (f"RENT {desk.reference}",)) for each in range(LINES)]
        brought: Any = {"by": OPERATOR, "approvers": 2, **desk.when}
        taken = await direct_debits.store_bank_file(
            conn, desk.live.vault, WIRE_FORMATS, originator, "monday.csv", csv_file(simple(), 0, lines), **brought
        )
    approved: Any = {"sha256": taken.file.sha256, "mapping": f"{made.id}/{made.version}", "expected_status": None}
    async with desk.database.transaction() as conn:
        await direct_debits.approve_bank_file(
            conn, desk.live.vault, WIRE_FORMATS, PLATFORM, taken.file.id, **approved, approvers=2, by=OTHER, **desk.when
        )
    with pytest.raises(EndedError):
        await desk.apply(tell=end)
    async with desk.database.transaction() as conn:
        changed = simple(booking_date_column="Day")
        await direct_debits.update_statement_mapping(conn, PLATFORM, made.id, changed, by=OPERATOR, **desk.when)
    await desk.apply()
    file = await desk.file("monday.csv")
    assert (file.status, file.approved_by, file.approved_mapping) == ("applied", OTHER.id, f"{made.id}/1")
    assert (await desk.count(), await desk.house.balance()) == (LINES, sum(100 + each for each in range(LINES)))


class Copies:
    """Copies of a database in which a file of two statements waits, to be applied by workers in one way or another."""

    def __init__(self, postgres: PostgresForTests, name: str, live: LiveMoney) -> None:
        self._postgres = postgres
        self._name = name
        self._live = live

    @classmethod
    async def prepare(cls, postgres: PostgresForTests, folder: Path) -> "Copies":
        name = await postgres.create_database()
        async with connected(postgres.urls_of(name).service) as database:
            live = LiveMoney(database, folder)
            house = await House(live).open()
            desk = Desk(house, (await house.instructions()).reference)
            monday = statement(desk.reference, lines=14)
            desk.put("monday.bai", bai2([monday, statement(desk.reference, day=1, opening=monday.booked, lines=5)]))
            await live.incoming.receive_all(database, **desk.when)
        return cls(postgres, name, live)

    async def halfway(self) -> "Copies":
        """Return copies of a database in which a part of the file is applied."""
        copy = await self._postgres.create_database(template=self._name)
        async with connected(self._postgres.urls_of(copy).service) as database:
            await rows(database, COMPARED)
            with pytest.raises(EndedError):
                await self.applying(database, tell=end)
        return Copies(self._postgres, copy, self._live)

    async def after(
        self, work: Callable[[str], Awaitable[int]], *, is_compared: bool = True
    ) -> tuple[dict[str, list[str]], int]:
        """Return everything in a copy after some work, and what that returns."""
        copy = await self._postgres.create_database(template=self._name)
        try:
            async with connected(self._postgres.urls_of(copy).service) as direct:
                await rows(direct, COMPARED if is_compared else "SELECT 1")
                count = await work(self._postgres.urls_of(copy).service)
                await assert_books_hold(direct)
                return await everything(direct), count
        finally:
            await self._postgres.drop_database(copy)

    def applying(self, database: Database, *, waits: bool = True, tell: Any = None) -> Awaitable[int]:
        self._live.move_to(database)
        incoming = worker(self._live, piece=6)
        return incoming.apply_all(database, clock=lambda: self._live.now_ms, ids=self._live.ids, waits=waits, tell=tell)

    async def calmly(self, url: str) -> int:
        async with connected(url) as database:
            return await self.applying(database)

    async def restored(self, url: str) -> int:
        """Go on in a restored database: not before what has left was compared."""
        async with connected(url) as database:
            assert await self.applying(database) == 0
            await rows(database, COMPARED)
            return await self.applying(database)

    async def at_once(self, url: str) -> int:
        async with connected(url) as first, connected(url) as second, connected(url) as third:
            each = [self.applying(first), self.applying(second), self.applying(third, waits=False)]
            return sum(await asyncio.gather(*each))

    async def struck(self, url: str) -> int:
        """Cut the connection at each place in turn; return how often a worker has ended by that."""
        saboteur, crashes, is_applied = AtCommits(strikes=True, every=EVERY), 0, False
        async with cutting(url) as proxy, connected(proxy.url) as database:
            proxy.obey(saboteur.judge)
            while not is_applied:
                try:
                    with saboteur.armed():
                        await self.applying(database)
                    is_applied = True
                except (DatabaseUnavailableError, CrashError):
                    crashes += 1
        for moment in ("before", "after"):
            assert sum(place.startswith(f"{moment} run COMMIT") for place in saboteur.struck) > 2
        return crashes


async def test_workers_that_end_anywhere_or_work_at_once_or_elsewhere_apply_each_line_once(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    copies = await Copies.prepare(postgres, tmp_path)
    expected, applied = await copies.after(copies.calmly)
    assert applied == 1
    at_once, applied = await copies.after(copies.at_once)
    assert applied == 1
    halfway = await copies.halfway()
    restored, applied = await halfway.after(halfway.restored, is_compared=False)
    assert applied == 1
    struck, crashes = await copies.after(copies.struck)
    assert crashes > 15
    for table, its in expected.items():
        assert struck[table] == its, table
        assert restored[table] == its, table
        if table != "new_events":  # each connection takes places for many events at a time
            assert at_once[table] == its, table


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Database]:
    database = await Database.connect(url, max_connections=2, timeout_s=20.0)
    try:
        yield database
    finally:
        await database.close()
