"""Thirty-two writers and three workers on one account: every change happens once, and the sums are exact.

The writers create, call off and force outcomes of each other's top-ups through several processes, while workers settle
the same ones. In the second run PostgreSQL refuses every fifth statement, as in deadlocks and lost serializations.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import pytest

from brim.base.scope import AccountScope
from brim.core.integrity.books import verify_books
from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Outcome, Return, Succeed
from brim.core.topups.events import EVENT_OF_STATUS
from brim.core.topups.rules import TRANSITIONS, Status
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.clockwork import Clockwork
from tests.support.cutting import Fault, Trip, cutting
from tests.support.figures import Figures
from tests.support.patience import until_answered

WRITERS: Final = 32
WORKERS: Final = 3
PROCESSES: Final = 4
ACTS: Final = 40
SEED: Final = 20261123
NOW_MS: Final = 1_795_305_600_000  # 2026-11-22 00:00 UTC
OWNER: Final = AccountScope("acct_busy", livemode=False)
CURRENCIES: Final = ["usd", "eur", "jpy"]
SOURCES: Final = [None, "btok_us_verified_noAccount", "btok_us_verified_reversed", "btok_us_verified_pending"]
FORCED: Final[dict[Status, Outcome]] = {
    Status.SUCCEEDED: Succeed(),
    Status.FAILED: Fail("no_account", FAILURES["no_account"]),
    Status.REVERSED: Return("account_closed", FAILURES["account_closed"]),
}
MOVES: Final = [Status.CANCELED, *FORCED]


class Refusals:
    """A rule that lets PostgreSQL refuse a share of all statements, as if somebody else stood in the way."""

    def __init__(self, randomness: random.Random, share: float) -> None:
        self._randomness = randomness
        self._share = share
        self.count = 0

    def __call__(self, trip: Trip) -> Fault | None:
        if not trip.is_statement or self._randomness.random() >= self._share:
            return None
        self.count += 1
        return self._randomness.choice([Fault.DEADLOCK, Fault.CONFLICT])


@dataclass
class Crowd:
    """Writers and workers on one account, and what they were told."""

    processes: list[Clockwork]
    workers: list[Clockwork]
    created: list[str] = field(default_factory=list)
    moved: list[tuple[str, Status]] = field(default_factory=list)
    outages: int = 0
    are_writing: bool = True

    async def run(self) -> None:
        """Let everybody work at the same time, until the writers are done and nothing is due any more."""
        async with asyncio.TaskGroup() as workers:
            for worker in self.workers:
                workers.create_task(self._keep_settling(worker))
            async with asyncio.TaskGroup() as writers:
                for number in range(WRITERS):
                    writers.create_task(self._write(number))
            self.are_writing = False

    async def _write(self, number: int) -> None:
        randomness = random.Random(SEED + number)
        brim = self.processes[number % PROCESSES]
        for act in range(ACTS):
            if not self.created or randomness.random() < 0.5:
                await self._create(brim, randomness, key=f"{number}-{act}")
            else:
                await self._move(brim, randomness, key=f"{number}-{act}")

    async def _create(self, brim: Clockwork, randomness: random.Random, *, key: str) -> None:
        amount, currency = randomness.randint(1, 10**6), randomness.choice(CURRENCIES)
        source = randomness.choice(SOURCES)
        create = partial(brim.create, OWNER, amount=amount, currency=currency, source=source, key=key)
        self.created.append((await until_answered(create, self._count_outage))["id"])

    async def _move(self, brim: Clockwork, randomness: random.Random, *, key: str) -> None:
        """Try to move one of the newest top-ups, over which others are most likely to quarrel."""
        topup_id, wanted = randomness.choice(self.created[-10:]), randomness.choice(MOVES)
        move = partial(brim.cancel, OWNER, topup_id, key=key)
        if wanted in FORCED:
            move = partial(brim.force, OWNER, topup_id, FORCED[wanted], key=key)
        reply = await until_answered(move, self._count_outage)
        if "error" not in reply:
            assert reply["status"] == wanted
            self.moved.append((topup_id, wanted))

    async def _keep_settling(self, worker: Clockwork) -> None:
        while await until_answered(partial(worker.settle, limit=7), self._count_outage) or self.are_writing:
            worker.now_ms += 100

    def _count_outage(self) -> None:
        self.outages += 1


@asynccontextmanager
async def crowd_on(url: str) -> AsyncIterator[Crowd]:
    """Yield writers and workers, each process with connections of its own."""
    databases = [await Database.connect(url, max_connections=6) for _ in range(PROCESSES)]
    processes = [Clockwork(database, now_ms=NOW_MS) for database in databases]
    workers = [Clockwork(database, now_ms=NOW_MS + 1_000) for database in databases[:WORKERS]]
    try:
        yield Crowd(processes, workers)
    finally:
        for database in databases:
            await database.close()


def history_of(status: Status) -> list[Status]:
    """Return the statuses on the only way to one."""
    for before, ends in TRANSITIONS.items():
        if status in ends:
            return [*history_of(before), status]
    return [status]


async def check_changes(database: Database, crowd: Crowd) -> Counter[Status]:
    """Compare what writers were told with what happened; return how many top-ups ended where."""
    topups = await rows(database, "SELECT id, status FROM topups")
    assert sorted(row["id"] for row in topups) == sorted(crowd.created)
    expected = Counter(
        (row["id"], EVENT_OF_STATUS[status]) for row in topups for status in history_of(Status(row["status"]))
    )
    events = await rows(database, "SELECT object_id, type FROM events WHERE type LIKE 'topup.%'")
    assert Counter((row["object_id"], row["type"]) for row in events) == expected
    by_writers = Counter((topup_id, EVENT_OF_STATUS[status]) for topup_id, status in crowd.moved)
    assert by_writers <= expected  # and so nobody was told of a change that somebody else was told of
    return Counter(Status(row["status"]) for row in topups)


async def check_sums(database: Database) -> None:
    """Compare each balance with the top-ups that it should consist of."""
    topups = await rows(database, "SELECT currency, amount FROM topups WHERE status = 'succeeded'")
    expected: Counter[str] = Counter()
    for row in topups:
        expected[row["currency"]] += row["amount"]
    balances = await rows(database, "SELECT currency, available FROM balances")
    assert {row["currency"]: row["available"] for row in balances} == expected


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.2], ids=["undisturbed", "every fifth statement refused"])
async def test_many_writers_on_one_account_change_each_top_up_once_and_the_sums_are_exact(
    service_url: str, database: Database, share: float, figures: Figures
) -> None:
    refusals = Refusals(random.Random(SEED), share)
    async with cutting(service_url) as proxy:
        proxy.obey(refusals)
        async with crowd_on(proxy.url) as crowd:
            await crowd.run()
    ends = await check_changes(database, crowd)
    await check_sums(database)
    assert (await verify_books(database)).differences == []
    assert ends.keys() == set(Status)
    assert bool(refusals.count) is bool(share)
    moves = f"{len(crowd.moved)} moves, {refusals.count} statements refused"
    figures.tell(f"many writers on one account: {len(crowd.created)} top-ups, {moves}, sums exact")
