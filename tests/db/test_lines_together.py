"""Lines of a statement are applied in sets and in pieces, and do exactly what each would do after those before it.

Copies of a database take the same random statements: one in sets, one line by line, and one in pieces that commit,
after each of which a worker ends and another goes on. Every row of every table is the same then, but for what is random
in ids: which of two was made first is the same, too.
"""

import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core import direct_debits
from brim.core.direct_debits.file_pieces import MOST_IN_PIECE
from brim.core.direct_debits.file_reading import MOST_TOGETHER
from brim.core.push.references import RETURN_BODY, new_reference, reference_of
from brim.core.rails.ach import TransferPolicy
from brim.core.time import OwnerTime
from brim.core.topups import NotTogetherError, plan_topup, read_config_versions, write_topups
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_money import COMPANY, NO_ACCOUNT, PAYS, PLATFORM, RETURNS_AT_ONCE, LiveMoney
from tests.support.postgres import PostgresForTests
from tests.support.push_house import FRIEND, MONDAY, NUMBER, House, pays
from tests.support.statement_writers import Account, Entry, bai2, camt053, camt054
from tests.support.whole_database import everything

SEEDS = range(2)
DAYS = 3
CLOSED = "acct_closed"
_BALANCES = re.compile(rb"<Bal>.*</Bal>")


class Prepared(NamedTuple):
    """A house before its statements came: its database's name, references, and traces of debits that came back."""

    template: str
    house: House
    references: list[tuple[str, int | None]]
    opened: int
    traces: list[tuple[str, int]]
    returned: list[tuple[str, int]]
    batches: list[tuple[int, int]]


@pytest_asyncio.fixture
async def prepared(postgres: PostgresForTests, tmp_path: Path) -> AsyncIterator[Prepared]:
    name = await postgres.create_database()
    database = await Database.connect(postgres.urls_of(name).service)
    live = LiveMoney(database, tmp_path)
    house = await House(live).open(transfers_over=TransferPolicy.SUSPEND)
    for account in ("acct_other", CLOSED):
        await rows(
            database,
            "INSERT INTO accounts (account, platform, created) VALUES ($1, $2, 1)",
            account,
            PLATFORM.account,
        )
    references: list[tuple[str, int | None]] = []
    opened = 0
    for owner in (FRIEND, PLATFORM.account, "acct_other", CLOSED):
        references.append(((await house.instructions(owner=owner)).reference, None))
        expected = [await house.instructions(owner=owner, amount=each) for each in range(1_000, 8_000, 250)]
        references += [(each.reference, each.amount) for each in expected]
        opened += 0 if owner == CLOSED else 1 + len(expected)
    await rows(
        database,
        "INSERT INTO owner_terms (account, livemode, version, is_closed) VALUES ($1, true, 1, true)"
        " ON CONFLICT (account, livemode) DO UPDATE SET is_closed = true, version = owner_terms.version + 1",
        CLOSED,
    )
    for number in (RETURNS_AT_ONCE, NO_ACCOUNT, PAYS):
        source = await live.bank_account(number)
        for amount in range(10_001, 10_006):
            await live.create(source, amount)
    await _wait_for_returns(live)
    found = await rows(database, "SELECT trace, amount, return_code FROM ach_entries ORDER BY trace")
    batches = await rows(database, "SELECT number, total_debit FROM ach_batches ORDER BY number")
    await database.close()
    yield Prepared(
        name,
        house,
        references,
        opened,
        [(each["trace"], each["amount"]) for each in found],
        [(each["trace"], each["amount"]) for each in found if each["return_code"] is not None],
        [(each["number"], each["total_debit"]) for each in batches],
    )
    await postgres.drop_database(name)


async def _wait_for_returns(live: LiveMoney) -> None:
    """Let the bank return debits, and keep its statements from being read."""
    for _ in range(12):
        live.now_ms += 12 * 3_600_000
        await live.work()
        await live.advance_bank()
        for path in (live.folder / "from-bank").iterdir():
            if path.read_bytes().startswith(b"01,"):
                path.unlink()
        await live.work()


class Writer:
    """Writes random statements of one bank account, each with lines about what those before it were about."""

    def __init__(self, prepared: Prepared, seed: int) -> None:
        self._prepared = prepared
        self._random = random.Random(seed)
        self._wild = (0.04, 0.15, 0.5)[seed % 3]
        """How many lines end a set, about."""
        opened = prepared.references[: prepared.opened]
        self._lasting = [named for named, expected in opened if expected is None]
        self._fresh = self._random.sample([each for each in opened if each[1] is not None], len(opened) - 3)
        self._returns = self._random.sample(prepared.returned, len(prepared.returned))
        self._opening = 0
        self._paid: list[tuple[str, int]] = []
        self._lines = 0

    def day(self, number: int) -> bytes:
        """Return the statement of a day."""
        entries = tuple(self._entry() for _ in range(self._random.randint(20, 90)))
        day = MONDAY + timedelta(number)
        account = Account(NUMBER, "usd", self._opening, entries, day)
        self._opening += account.booked
        return bai2([account]) if self._random.random() < 0.7 else camt053([account])

    def days(self, *numbers: int) -> bytes:
        """Return a file with the statements of days."""
        accounts = []
        for number in numbers:
            entries = tuple(self._entry() for _ in range(self._random.randint(10, 40)))
            accounts.append(Account(NUMBER, "usd", self._opening, entries, MONDAY + timedelta(number)))
            self._opening += accounts[-1].booked
        return bai2(accounts)

    def notified(self, number: int) -> list[bytes]:
        """Return notifications of a day, and its statement, which books otherwise what they say.

        One notifies payments one by one that are booked together, the other together what is booked one by one. At last
        come entries without balances, which nothing places, and again with their payments.
        """
        day, references = MONDAY + timedelta(number), [named for named, _ in self._prepared.references]
        batches = [
            tuple((self._random.choice([500, 700]), named) for named in self._random.sample(references, 4))
            for _ in range(6)
        ]
        alone = [Entry(amount, text=(named,)) for batch in batches[:3] for amount, named in batch[:3]]
        together = [Entry(sum(each for each, _ in batch), text=("COLLECTED",), parts=batch) for batch in batches[3:]]
        booked = [Entry(sum(each for each, _ in batch), text=("BATCH",), parts=batch) for batch in batches[:3]]
        booked += [Entry(amount, text=(named,)) for batch in batches[3:] for amount, named in batch]
        booked += [self._entry() for _ in range(20)]
        self._random.shuffle(booked)
        notifications = [camt054([Account(NUMBER, "usd", 0, tuple(each), day)]) for each in (alone, together)]
        account = Account(NUMBER, "usd", self._opening, tuple(booked), day)
        self._opening += account.booked
        parted = [Entry(sum(each for each, _ in batch), f"P{at}", parts=batch) for at, batch in enumerate(batches)]
        plain = [Entry(each.amount, each.reference) for each in parted]
        unplaced = [
            _BALANCES.sub(b"", camt053([Account(NUMBER, "usd", 0, tuple(each), day)])) for each in (plain, parted)
        ]
        return [*notifications, camt053([account]), *unplaced]

    def _plain(self, reference: str) -> Entry:
        """Return a line that may be one of a set, if no other before it was about the same."""
        pick = self._random
        kind = pick.choice(["expected", "expected", "lasting", "nobody", "fee", "returned"])
        if kind == "expected" and self._fresh:
            named, expected = self._fresh.pop()
            return Entry(expected or 0, reference, text=(f"RENT {named}",))
        if kind == "returned" and self._returns:
            trace, amount = self._returns.pop()
            return Entry(-amount - pick.choice([0, 0, 250]), reference, text=(f"RETURN {trace}",))
        if kind == "nobody":
            return Entry(pick.choice([1_000, 2_000, 3_250, 777]), reference, text=("FROM SOMEBODY",))
        if kind == "fee":
            return Entry(-pick.choice([100, 150]), reference, text=("FEE",))
        return Entry(pick.choice([500, 1_000]), reference, text=(pick.choice(self._lasting),))

    def _entry(self) -> Entry:  # noqa: C901, PLR0911  one branch for each kind of line
        pick, self._lines = self._random, self._lines + 1
        reference = f"B{self._lines}" if pick.random() > self._wild else pick.choice(["", f"B{pick.randrange(200)}"])
        named, expected = pick.choice(self._prepared.references)
        kind = pick.random()
        if pick.random() > self._wild:
            return self._plain(reference)
        if kind < 0.4:
            amount = expected or pick.choice([500, 1_000, 2_000])
            self._paid.append((named, amount))
            return Entry(amount, reference, text=(pick.choice(["RENT ", "rent/", ""]) + named,))
        if kind < 0.5:  # a part, or too much, or another currency's sign
            amount = max((expected or 900) + pick.choice([-400, 300, -1]), 1)
            self._paid.append((named, amount))
            return Entry(amount, reference, text=(named,))
        if kind < 0.58:
            return Entry(pick.choice([1_000, 2_000, 3_250, 777]), reference, text=("FROM SOMEBODY",))
        if kind < 0.63:  # damaged
            at = pick.randrange(4, 15)
            damaged = named[:at] + named[at + 1] + named[at] + named[at + 2 :]
            return Entry(expected or 650, reference, text=(damaged,))
        if kind < 0.66:
            return Entry(expected or 650, reference, text=(reference_of(f"{pick.randrange(10**6):012}"),))
        if kind < 0.69:
            return Entry(expected or 650, reference, text=(f"{named} {pick.choice(self._prepared.references)[0]}",))
        if kind < 0.76:
            return Entry(-pick.choice([100, 150]), reference, text=("FEE",))
        if kind < 0.9:
            trace, amount = pick.choice(self._prepared.traces)
            fee = pick.choice([0, 0, 0, 250, -1])
            return Entry(-(amount + fee), reference, text=(f"RETURN {trace}",))
        if kind < 0.93 and self._prepared.batches:
            number, total = pick.choice(self._prepared.batches)
            text = f"{COMPANY}-{number:07}" if pick.random() < 0.8 else f"INVOICE-{number + 500:07}"
            return Entry(total, reference, text=(text,))
        if kind < 0.96 and self._paid:
            named, amount = pick.choice(self._paid)
            if pick.random() < 0.4:  # by the reference under which the platform would send it back
                line = f"{PLATFORM.account}/operating/B{pick.randrange(1, self._lines)}/1"
                named = new_reference(line, length=RETURN_BODY)
            return Entry(-amount, reference, text=(f"RECALL {named}",))
        parts = tuple((pick.choice([500, 700]), each[0]) for each in pick.sample(self._prepared.references, 4))
        return Entry(sum(amount for amount, _ in parts), reference, text=("COLLECTED",), parts=parts)


class Way(NamedTuple):
    """How statements are applied: lines of a set and of a piece, and whether another worker applies the next piece."""

    together: int = MOST_TOGETHER
    piece: int = MOST_IN_PIECE
    ends: bool = False


class Ended(Exception):  # noqa: N818  no error: a worker that is there no more
    """A worker has ended after a piece."""


async def _apply(database: Database, prepared: Prepared, contents: list[bytes], way: Way) -> int:
    """Apply files; return after how many pieces a worker has ended."""
    live = prepared.house.live
    live.move_to(database)
    originators = await rows(database, "SELECT id FROM originators")
    assert len(originators) == 1
    for path in (live.folder / "from-bank").iterdir():
        path.unlink()
    ended, is_applied = 0, True
    incoming = _worker(live, way)

    def end(_: object) -> None:
        if way.ends:
            raise Ended

    for number, content in enumerate(contents):
        (live.folder / "from-bank" / f"statement-{number}").write_bytes(content)
        await incoming.receive_all(database, now_ms=live.now_ms, ids=live.ids)
        is_applied = False
        while not is_applied:
            try:
                await incoming.apply_all(database, clock=lambda: live.now_ms, ids=live.ids, tell=end)
                is_applied = True
            except Ended:
                ended += 1
                incoming = _worker(live, way)
    waiting = await rows(database, "SELECT name FROM bank_files WHERE status = 'received'")
    assert waiting == []
    return ended


def _worker(live: LiveMoney, way: Way) -> direct_debits.Incoming:
    return direct_debits.Incoming(live.secrets, live.vault, WIRE_FORMATS, together=way.together, piece=way.piece)


async def test_lines_in_sets_and_in_pieces_do_what_each_does_by_itself(
    prepared: Prepared, postgres: PostgresForTests
) -> None:
    for seed in SEEDS:  # more were run by hand
        writer = Writer(prepared, seed)
        contents = [writer.day(number) for number in range(DAYS)]
        contents.insert(2, contents[0] + b"\n")  # the bank sends a day again
        contents += [*writer.notified(DAYS), writer.days(DAYS + 1, DAYS + 2)]
        alone, _ = await _books_after(prepared, postgres, contents, Way(together=1))
        assert len(alone["statement_lines"]) > 60
        for way in (Way(), Way(piece=11, ends=seed % 2 == 0)):
            found, ended = await _books_after(prepared, postgres, contents, way)
            assert ended > 15 or not way.ends
            for table, expected in alone.items():
                assert found[table] == expected, f"seed {seed}, {way}: {table}"


async def _books_after(
    prepared: Prepared, postgres: PostgresForTests, contents: list[bytes], way: Way
) -> tuple[dict[str, list[str]], int]:
    """Return everything in a copy of the prepared database that has taken statements, and how often a worker ended."""
    name = await postgres.create_database(template=prepared.template)
    database = await Database.connect(postgres.urls_of(name).service)
    try:
        await rows(database, "UPDATE originators SET lineage = database_lineage()")
        ended = await _apply(database, prepared, contents, way)
        await assert_books_hold(database)
        return await everything(database), ended
    finally:
        await database.close()
        await postgres.drop_database(name)


async def test_a_set_leaves_an_account_below_zero_to_its_line(house: House) -> None:
    """What brings a balance back above zero is told once, by the line that does."""
    lasting = await house.instructions()
    await house.book(pays(50, lasting.reference))
    await rows(house.database, "UPDATE balances SET available = -150 WHERE account = $1", FRIEND)
    house.live.incoming = direct_debits.Incoming(house.live.secrets, house.live.vault, WIRE_FORMATS)
    await house.send(bai2([Account(NUMBER, "usd", 50, tuple(pays(100, lasting.reference) for _ in range(9)), MONDAY)]))
    told = await rows(
        house.database, "SELECT type FROM events WHERE account = $1 AND type LIKE 'brim.negative_balance.%'", FRIEND
    )
    assert [row["type"] for row in told] == ["brim.negative_balance.recovered"]
    assert await house.balance() == 750
    assert len(await house.states()) == 10


async def test_what_was_planned_is_undone_where_a_configuration_has_changed(house: House) -> None:
    """A set that finds another version of an account's configuration than it was planned by writes nothing."""
    scope = AccountScope(FRIEND, livemode=True)
    moment = OwnerTime(house.live.now_ms, house.live.ids)
    planned = [
        plan_topup(
            scope,
            amount=amount,
            currency="usd",
            description=None,
            metadata={},
            bank_account="operating",
            reference=f"operating/{amount}",
            config_version=version,
            renderers=WIRE_FORMATS,
            moment=moment,
        )
        for amount, version in ((100, await _version(house, scope)), (200, 99))
    ]
    with pytest.raises(NotTogetherError) as refused:
        async with house.database.transaction() as conn:
            await write_topups(conn, planned, renderers=WIRE_FORMATS)
    assert refused.value.position == 1
    assert await rows(house.database, "SELECT id FROM topups") == []


async def _version(house: House, scope: AccountScope) -> int:
    async with house.database.connection() as conn:
        return (await read_config_versions(conn, [scope]))[scope].version


@pytest_asyncio.fixture
async def house(database: Database, tmp_path: Path) -> House:
    return await House(LiveMoney(database, tmp_path)).open()
