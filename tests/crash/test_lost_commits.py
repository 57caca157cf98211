"""The commit whose answer is lost, hundreds of times: the client asks again, and nothing is doubled or lost.

Every second commit that writes something reaches PostgreSQL, is made durable there, and its connection is cut before
the service hears of it. Clients try again under the same idempotency key as the official SDKs do, workers just again.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Final

import pytest

from brim.base.scope import AccountScope
from brim.core.integrity.books import verify_books
from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Outcome, Return, Succeed
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.clockwork import Clockwork, Reply
from tests.support.cutting import Fault, Trip, cutting
from tests.support.figures import Figures
from tests.support.long_form import long_form
from tests.support.patience import until_answered

LOSSES: Final = long_form(1_000, short=200)
CLIENTS: Final = 16
PROCESSES: Final = 2
SEED: Final = 20261122
NOW_MS: Final = 1_795_305_600_000  # 2026-11-22 00:00 UTC
OWNERS: Final = [AccountScope(f"acct_{name}", livemode=False) for name in ("first", "second", "third")]
CURRENCIES: Final = ["usd", "eur", "jpy"]
_LATER_MS: Final = 1_000_000  # by then, all that was made is due
WAITS: Final = "btok_us_verified_pending"
SUCCEEDS: Final = Succeed()
FAILS: Final = Fail("no_account", FAILURES["no_account"])
RETURNS: Final = Return("account_closed", FAILURES["account_closed"])


@dataclass(frozen=True)
class Course:
    """A life to lead: what pays, what a client then forces or calls off, and where it ends."""

    end: str
    source: str | None = WAITS
    forced: tuple[Outcome, ...] = ()
    is_canceled: bool = False


COURSES: Final = [
    Course("pending"),
    Course("canceled", is_canceled=True),
    Course("succeeded", forced=(SUCCEEDS,)),
    Course("failed", forced=(FAILS,)),
    Course("reversed", forced=(SUCCEEDS, RETURNS)),
    Course("succeeded", source=None),
    Course("failed", source="btok_us_verified_noAccount"),
    Course("reversed", source="btok_us_verified_reversed"),
]
HISTORY: Final = {
    "pending": ["created"],
    "canceled": ["created", "canceled"],
    "failed": ["created", "failed"],
    "succeeded": ["created", "succeeded"],
    "reversed": ["created", "succeeded", "reversed"],
}


@dataclass(frozen=True)
class Life:
    """A top-up as its client was told of it."""

    key: str | None
    topup_id: str
    scope: AccountScope
    amount: int
    currency: str
    end: str


class Losses:
    """A rule that loses about every second commit, until there were enough."""

    def __init__(self, randomness: random.Random, enough: int) -> None:
        self._randomness = randomness
        self._enough = enough
        self.lost = 0

    def __call__(self, trip: Trip) -> Fault | None:
        if self.are_enough or not trip.commits or self._randomness.random() < 0.5:
            return None
        self.lost += 1
        return Fault.AFTER

    @property
    def are_enough(self) -> bool:
        return self.lost >= self._enough


@dataclass
class Clients:
    """Clients of a few processes, a worker in each, and what they were told."""

    processes: list[Clockwork]
    workers: list[Clockwork]
    losses: Losses
    courses: list[Course]
    have_keys: bool = True
    lives: list[Life] = field(default_factory=list)
    outages: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=count)

    async def lead_lives(self) -> None:
        """Lead one life after the other until enough commits were lost."""
        while not self.losses.are_enough:
            await self._lead_a_life(next(self.numbers))

    async def _lead_a_life(self, number: int) -> None:
        course, brim = self.courses[number % len(self.courses)], self.processes[number % PROCESSES]
        scope, currency = OWNERS[number % len(OWNERS)], CURRENCIES[number % 5 % 3]
        key, amount = f"life-{number}" if self.have_keys else None, 100 + number
        create = partial(brim.create, scope, amount=amount, currency=currency, source=course.source, key=key)
        topup_id = (await self._ask("create", create))["id"]
        if course.is_canceled:
            reply = await self._ask("cancel", partial(brim.cancel, scope, topup_id, key=f"cancel-{number}"))
            assert reply["status"] == "canceled"
        for step, outcome in enumerate(course.forced):
            force = partial(brim.force, scope, topup_id, outcome, key=f"force-{number}-{step}")
            reply = await self._ask("forced outcome", force)
        if course.forced:
            assert reply["status"] == course.end
        if course.source != WAITS:
            await self.settle_once(self.workers[number % PROCESSES])
        self.lives.append(Life(key, topup_id, scope, amount, currency, course.end))

    async def _ask(self, kind: str, request: Callable[[], Awaitable[Reply]]) -> Reply:
        return await until_answered(request, lambda: self.outages.update([kind]))

    async def settle_once(self, worker: Clockwork) -> int:
        """Let a worker settle what is due, a little later than the last time."""
        worker.now_ms += 2_000
        return await until_answered(worker.settle, lambda: self.outages.update(["settlement"]))


async def check_lives(database: Database, lives: list[Life]) -> None:
    """Compare what clients were told with what is there: each top-up once, with each of its events once."""
    created = await rows(database, "SELECT idempotency_key, object_id FROM events WHERE type = 'topup.created'")
    assert Counter((row["idempotency_key"], row["object_id"]) for row in created) == Counter(
        (life.key, life.topup_id) for life in lives
    )
    topups = await rows(database, "SELECT id, status, amount, currency FROM topups")
    assert sorted((row["id"], row["status"], row["amount"], row["currency"]) for row in topups) == sorted(
        (life.topup_id, life.end, life.amount, life.currency) for life in lives
    )
    announced = await rows(database, "SELECT object_id, type FROM events WHERE type LIKE 'topup.%'")
    assert Counter((row["object_id"], row["type"]) for row in announced) == Counter(
        (life.topup_id, f"topup.{status}") for life in lives for status in HISTORY[life.end]
    )


async def check_balances(database: Database, lives: list[Life]) -> None:
    """Compare the balances with the sums of what clients were told."""
    expected: Counter[tuple[str, str]] = Counter()
    for life in lives:
        expected[life.scope.account, life.currency] += life.amount if life.end == "succeeded" else 0
    balances = await rows(database, "SELECT account, currency, available FROM balances")
    assert {(row["account"], row["currency"]): row["available"] for row in balances} == expected


@asynccontextmanager
async def losing_clients(
    url: str, *, enough: int, courses: list[Course], have_keys: bool = True
) -> AsyncIterator[Clients]:
    """Yield clients of some processes whose way to PostgreSQL loses commits."""
    losses = Losses(random.Random(SEED), enough)
    async with cutting(url) as proxy:
        proxy.obey(losses)
        databases = [await Database.connect(proxy.url) for _ in range(PROCESSES)]
        processes = [Clockwork(database, now_ms=NOW_MS) for database in databases]
        workers = [Clockwork(database, now_ms=NOW_MS + _LATER_MS) for database in databases]
        try:
            yield Clients(processes, workers, losses, courses, have_keys)
        finally:
            for database in databases:
                await database.close()


async def lead_lives(clients: Clients) -> None:
    """Let all clients lead lives, and settle what is due after them."""
    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(clients.lead_lives())
    while sum([await clients.settle_once(worker) for worker in clients.workers]):
        pass


@pytest.mark.slow
@pytest.mark.long_form
async def test_commits_whose_answer_is_lost_double_and_lose_nothing(
    service_url: str, database: Database, figures: Figures
) -> None:
    began = time.monotonic()
    async with losing_clients(service_url, enough=LOSSES, courses=COURSES) as clients:
        await lead_lives(clients)
    lost, outages, seconds = clients.losses.lost, clients.outages, time.monotonic() - began
    alone = outages.total() - outages["create"]  # all but creates, many of which may share a commit
    assert lost == LOSSES
    await check_lives(database, clients.lives)
    figures.tell(f"{lost} commits lost in {seconds:.0f} s, {lost - alone} of them of creates; 0 doubled, 0 lost")
    await check_balances(database, clients.lives)
    assert (await verify_books(database)).differences == []


async def test_clients_without_keys_double_their_top_ups_and_the_check_sees_it(
    service_url: str, database: Database
) -> None:
    async with losing_clients(service_url, enough=5, courses=[Course("pending")], have_keys=False) as clients:
        await lead_lives(clients)
    (found,) = await rows(database, "SELECT count(*) AS topups FROM topups")
    assert found["topups"] == len(clients.lives) + clients.outages["create"]
    with pytest.raises(AssertionError):
        await check_lives(database, clients.lives)
