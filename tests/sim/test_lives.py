"""Random lives of top-ups, step by step beside a plain model: `make sim` runs a million steps of it.

The seed is printed; SIM_SEED repeats a run and SIM_STEPS says how long it is. A long run may be taken in parts:
SIM_STATE names a file that keeps the seed and how far it has come, SIM_MINUTES ends a part, and the next one goes on.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from brim.base.scope import AccountScope
from brim.core.idempotency.rules import IdempotencyMismatchError
from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Outcome, Return, Succeed
from brim.platform.database import Database
from tests.sim.model import BANKING_DAY_MS, SOURCES, Model
from tests.support.books import EMPTY_BOOKS, assert_books_hold, execute, rows
from tests.support.clockwork import Clockwork, Reply
from tests.support.figures import Figures
from tests.support.long_form import long_form
from tests.support.postgres import PostgresForTests

REAL_MS = 1_795_305_600_000  # 2026-11-22 00:00 UTC
STEPS = int(os.environ.get("SIM_STEPS", long_form("6000", short="2000")))
SEED = int(os.environ.get("SIM_SEED", random.SystemRandom().randrange(2**32)))
STATE = Path(os.environ["SIM_STATE"]) if "SIM_STATE" in os.environ else None
MINUTES = float(os.environ.get("SIM_MINUTES", "inf"))
STEPS_OF_A_LIFE = 50
OWNERS = [AccountScope("acct_first", livemode=False), AccountScope("acct_second", livemode=False)]
ENDS: dict[str, Outcome] = {
    "succeeded": Succeed(),
    "failed": Fail("account_closed", FAILURES["account_closed"]),
    "reversed": Return("no_account", FAILURES["no_account"]),
}
ALLOWED = {("pending", "succeeded"), ("pending", "failed"), ("pending", "canceled"), ("succeeded", "reversed")}
Result = TypeVar("Result")
owners = st.sampled_from(OWNERS)


class Progress(msgspec.Struct):
    """How far a simulation has come: `segment` is the next number beside the seed, of some thousand steps each."""

    seed: int
    segment: int = 0
    steps: int = 0
    kinds: dict[str, int] = {}

    @classmethod
    def read(cls) -> "Progress":
        """Return where the last part of this run ended, or a new run's beginning."""
        if STATE is not None and STATE.exists():
            return msgspec.json.decode(STATE.read_bytes(), type=cls)
        return cls(SEED)

    def keep(self, *, steps: int, kinds: Counter[str]) -> None:
        """Note that a segment was run without a divergence."""
        self.segment += 1
        self.steps += steps
        self.kinds = dict((Counter(self.kinds) + kinds).most_common())
        if STATE is not None:
            fresh = STATE.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(self))
            fresh.replace(STATE)


class Lives(RuleBasedStateMachine):
    """Two accounts, their clocks, and everything that can befall a top-up."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    owner_database: ClassVar[Database]
    first: ClassVar[Clockwork]
    second: ClassVar[Clockwork]
    steps: ClassVar[int] = 0
    kinds: ClassVar[Counter[str]] = Counter()

    topups = Bundle("topups")
    keys = Bundle("keys")

    @initialize()
    def begin(self) -> None:
        self.run(execute(self.owner_database, EMPTY_BOOKS))
        self.model = Model(now_ms=REAL_MS)
        for process in (self.first, self.second):
            process.begin_anew(REAL_MS)
        self.clock_ids: dict[AccountScope, str] = {}

    def run(self, work: Awaitable[Result]) -> Result:
        async def awaited() -> Result:
            return await work

        return self.runner.run(awaited())

    def _count(self, kind: str) -> None:
        type(self).steps += 1
        self.kinds[kind] += 1

    @rule(
        target=topups,
        scope=owners,
        amount=st.integers(1, 10**9),
        currency=st.sampled_from(["usd", "eur", "jpy"]),
        source=st.sampled_from(SOURCES),
        by_second=st.booleans(),
    )
    def create(self, scope: AccountScope, amount: int, currency: str, source: str | None, by_second: bool) -> str:
        self._count("create")
        process = self.second if by_second else self.first
        reply = self.run(process.create(scope, amount=amount, currency=currency, source=source))
        return self._created(reply, scope, amount, currency, source)

    def _created(self, reply: Reply, scope: AccountScope, amount: int, currency: str, source: str | None) -> str:
        topup_id: str = reply["id"]
        assert reply["created"] == self.model.time_of(scope) // 1000
        topup = self.model.create(topup_id, scope, amount=amount, currency=currency, source=source)
        if topup.due_ms is not None:
            assert reply["expected_availability_date"] == topup.due_ms // 1000
        return topup_id

    @rule(
        target=keys,
        scope=owners,
        amount=st.integers(1, 10**9),
        source=st.sampled_from(SOURCES),
        racers=st.integers(1, 4),
    )
    def create_under_a_key(
        self, scope: AccountScope, amount: int, source: str | None, racers: int
    ) -> tuple[str, Reply]:
        """Equal requests at one moment, from two processes: one top-up, one reply."""
        self._count("create under a key")
        key = f"key-{self.steps}"
        wanted: dict[str, Any] = {"amount": amount, "currency": "usd", "source": source, "key": key}

        async def race() -> list[Reply]:
            processes = [self.first, self.second] * 2
            return list(await asyncio.gather(*(process.create(scope, **wanted) for process in processes[:racers])))

        replies = self.run(race())
        assert all(reply == replies[0] for reply in replies)
        self._created(replies[0], scope, amount, "usd", source)
        return key, replies[0]

    @rule(kept=keys, by_second=st.booleans())
    def retry(self, kept: tuple[str, Reply], by_second: bool) -> None:
        """The first reply again, whatever has become of the top-up."""
        self._count("retry")
        key, reply = kept
        topup = self.model.topups[reply["id"]]
        process = self.second if by_second else self.first
        wanted: dict[str, Any] = {"amount": topup.amount, "currency": topup.currency, "source": topup.source}
        assert self.run(process.create(topup.scope, key=key, **wanted)) == reply

    @rule(kept=keys)
    def use_a_key_for_something_else(self, kept: tuple[str, Reply]) -> None:
        self._count("mismatch")
        key, reply = kept
        topup = self.model.topups[reply["id"]]
        with pytest.raises(IdempotencyMismatchError):
            self.run(self.first.create(topup.scope, amount=topup.amount + 1, source=topup.source, key=key))

    @rule(topup_id=topups)
    def cancel(self, topup_id: str) -> None:
        self._count("cancel")
        topup = self.model.topups[topup_id]
        reply = self.run(self.first.cancel(topup.scope, topup_id))
        self._check_move(topup_id, "canceled", reply)

    @rule(topup_id=topups, status=st.sampled_from(sorted(ENDS)))
    def force(self, topup_id: str, status: str) -> None:
        self._count(f"force {status}")
        topup = self.model.topups[topup_id]
        reply = self.run(self.second.force(topup.scope, topup_id, ENDS[status]))
        self._check_move(topup_id, status, reply)

    def _check_move(self, topup_id: str, wanted: str, reply: Reply) -> None:
        topup = self.model.topups[topup_id]
        if (topup.status, wanted) in ALLOWED:
            assert reply["status"] == wanted
            self.model.end(topup, wanted)
        else:
            assert f"because it has a status of {topup.status}" in reply["error"]["message"]

    @rule(seconds=st.sampled_from([0, 1, 1, 2, 3, 60]), limit=st.integers(1, 5))
    def let_real_time_pass(self, seconds: int, limit: int) -> None:
        self._count("real time")
        self.model.now_ms += seconds * 1000
        for process in (self.first, self.second):
            process.now_ms = self.model.now_ms

        async def settle(process: Clockwork) -> None:
            while await process.settle(limit=limit):
                pass

        async def race() -> None:
            await asyncio.gather(settle(self.first), settle(self.second))
            await settle(self.first)  # what the other held when this one looked

        self.run(race())
        self.model.settle()

    @precondition(lambda self: len(self.model.clocks) < len(OWNERS))
    @rule(days=st.integers(-400, 4000), data=st.data())
    def freeze(self, days: int, data: st.DataObject) -> None:
        self._count("freeze")
        scope = data.draw(st.sampled_from([scope for scope in OWNERS if scope not in self.model.clocks]))
        frozen_time = self.model.now_ms // 1000 + days * 86400
        self.clock_ids[scope] = self.run(self.first.freeze(scope, frozen_time))
        self.model.freeze(scope, frozen_time)

    @precondition(lambda self: self.model.clocks)
    @rule(seconds=st.sampled_from([1, 3600, 86400, 3 * 86400, 10 * 86400, 70 * 86400]), data=st.data())
    def advance(self, seconds: int, data: st.DataObject) -> None:
        self._count("advance")
        scope = data.draw(st.sampled_from(sorted(self.model.clocks)))
        target = self.model.clocks[scope] + seconds
        self.run(self.second.advance(scope, self.clock_ids[scope], target, limit=data.draw(st.integers(1, 6))))
        self.model.advance(scope, target)

    @precondition(lambda self: self.model.clocks)
    @rule(data=st.data())
    def thaw(self, data: st.DataObject) -> None:
        self._count("thaw")
        scope = data.draw(st.sampled_from(sorted(self.model.clocks)))
        self.run(self.first.thaw(scope, self.clock_ids.pop(scope)))
        self.model.thaw(scope)

    @rule(topup_id=topups, moves=st.lists(st.sampled_from(["canceled", *ENDS]), min_size=2, max_size=4))
    def race(self, topup_id: str, moves: list[str]) -> None:
        """Several moves at one moment: those that the table allows one after the other happen, each once."""
        self._count("race")
        topup = self.model.topups[topup_id]

        async def move(number: int, wanted: str) -> Reply:
            process = (self.first, self.second)[number % 2]
            if wanted == "canceled":
                return await process.cancel(topup.scope, topup_id)
            return await process.force(topup.scope, topup_id, ENDS[wanted])

        async def at_once() -> list[Reply]:
            return list(await asyncio.gather(*(move(number, wanted) for number, wanted in enumerate(moves))))

        replies = self.run(at_once())
        won = [wanted for wanted, reply in zip(moves, replies, strict=True) if "error" not in reply]
        assert len(won) == len(set(won))
        for wanted in sorted(won, key=["succeeded", "failed", "canceled", "reversed"].index):
            assert (topup.status, wanted) in ALLOWED
            self.model.end(topup, wanted)
        assert won or not any((topup.status, wanted) in ALLOWED for wanted in moves)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        self.run(self._compare())

    async def _compare(self) -> None:
        found = await rows(
            self.database,
            "SELECT id, status, due_ms, test_clock IS NOT NULL AS is_frozen FROM topups ORDER BY id",
        )
        expected = [
            {"id": topup_id, "status": topup.status, "due_ms": topup.due_ms, "is_frozen": topup.is_frozen}
            for topup_id, topup in sorted(self.model.topups.items())
        ]
        assert found == expected
        balances = await rows(self.database, "SELECT account, currency, available FROM balances")
        in_books = {
            (AccountScope(row["account"], livemode=False), row["currency"]): row["available"] for row in balances
        }
        assert {key: sum_ for key, sum_ in in_books.items() if sum_} == {
            key: sum_ for key, sum_ in self.model.balances.items() if sum_
        }
        events = await rows(
            self.database,
            "SELECT account, type, count(*) AS n FROM events WHERE type LIKE 'topup.%' GROUP BY account, type",
        )
        announced = {(AccountScope(row["account"], livemode=False), row["type"]): row["n"] for row in events}
        assert announced == dict(self.model.events)

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self.run(assert_books_hold(self.database))


def _simulate(number: int) -> None:
    """Run lives of up to `STEPS_OF_A_LIFE` steps each, the same ones for the same number."""
    run_state_machine_as_test(
        seed(number)(Lives),
        settings=settings(
            max_examples=20,
            stateful_step_count=STEPS_OF_A_LIFE,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


async def _new_process(database: Database) -> Clockwork:
    return Clockwork(database, now_ms=REAL_MS, settle_after_s=BANKING_DAY_MS / 1000)


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.timeout(600 + STEPS // 10)
def test_every_life_is_as_the_model_says(postgres: PostgresForTests, figures: Figures) -> None:
    progress = Progress.read()
    figures.tell(f"simulated with SIM_SEED={progress.seed} SIM_STEPS={STEPS} from segment {progress.segment}")
    ends_at = time.monotonic() + MINUTES * 60
    with asyncio.Runner() as runner:
        name = runner.run(postgres.create_database())
        urls = postgres.urls_of(name)
        Lives.runner = runner
        Lives.database = runner.run(Database.connect(urls.service, timeout_s=120.0))
        Lives.owner_database = runner.run(Database.connect(urls.owner, timeout_s=120.0))
        Lives.first, Lives.second = (runner.run(_new_process(Lives.database)) for _ in range(2))
        while progress.steps < STEPS and time.monotonic() < ends_at:
            Lives.steps, Lives.kinds = 0, Counter()
            _simulate(progress.seed + progress.segment)
            progress.keep(steps=Lives.steps, kinds=Lives.kinds)
        runner.run(Lives.database.close())
        runner.run(Lives.owner_database.close())
        runner.run(postgres.drop_database(name))
    figures.tell(f"{progress.steps} steps in {progress.segment} segments, 0 divergences: {progress.kinds}")
