"""The deterministic simulation (tests/support/simulation): a seed repeats, promises are kept, and defects are found.

`make simulate` runs 10,000 days of it.
"""

import asyncio
import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from brim.base.errors import DatabaseUnavailableError
from brim.platform.database import Database
from tests.support.cutting import cutting
from tests.support.figures import Figures
from tests.support.postgres import PostgresForTests
from tests.support.simulation.conductor import Conductor, Start
from tests.support.simulation.loop import QuietLoop
from tests.support.simulation.mutants import MUTANTS
from tests.support.simulation.run import Plan, simulate
from tests.support.simulation.trace import Trace

DAYS = 6
SEEDS = range(3)
ROUGHNESS = 2.5
MOST_SEEDS = 12
"""How many seeds a defect may take to be found; each was found by the third one at the latest (docs/reliability.md)."""
RARE = {"acknowledged_before_the_commit"}
"""What 320 days have not found: few commits of forced outcomes and cancels fail before PostgreSQL hears of them."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.slow
def test_a_seed_repeats_each_step_and_each_byte(postgres: PostgresForTests, tmp_path: Path) -> None:
    plan = Plan(7, DAYS, to_the_end=False)
    first, again = (simulate(postgres, plan, trace=tmp_path / name) for name in ("first", "again"))
    assert (tmp_path / "first").read_text() == (tmp_path / "again").read_text()
    assert (first.digest, first.steps) == (again.digest, again.steps)
    assert simulate(postgres, Plan(8, 1, to_the_end=False)).digest != first.digest


async def _wait_for_each_other(postgres: PostgresForTests, seed: int) -> tuple[list[str], str]:
    """Lock two things in opposite orders, and return how each of two transactions ended, and the trace's hash."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuietLoop)
    with loop.outside():
        name = await postgres.create_database()
    conductor = Conductor(loop, random.Random(seed), trace := Trace(Path()))
    await conductor.connect(postgres.urls_of(name).owner)
    ends: list[str] = []

    async def lock(database: Database, *keys: int) -> None:
        try:
            async with database.transaction() as conn:
                for key in keys:
                    await conn.execute("SELECT pg_advisory_xact_lock($1)", key)
            ends.append("committed")
        except DatabaseUnavailableError as error:
            ends.append(type(error.__cause__).__name__)

    async with cutting(postgres.urls_of(name).service) as proxy:
        proxy.gate = conductor
        database = await Database.connect(proxy.url, timeout_s=600.0)
        await conductor.run([Start("one", lambda: lock(database, 1, 2)), Start("other", lambda: lock(database, 2, 1))])
        await database.close()
    await conductor.close()
    with loop.outside():
        await postgres.drop_database(name)
    return ends, trace.digest


def test_transactions_that_wait_for_each_other_end_as_postgresql_ends_them(postgres: PostgresForTests) -> None:
    found: set[tuple[str, ...]] = set()
    for seed in range(6):
        with asyncio.Runner(loop_factory=QuietLoop) as runner:
            ends, digest = runner.run(_wait_for_each_other(postgres, seed))
            assert runner.run(_wait_for_each_other(postgres, seed)) == (ends, digest)
        found.add(tuple(sorted(ends)))
    assert found == {("DeadlockDetectedError", "committed"), ("committed", "committed")}


@pytest.mark.slow
def test_whatever_fails_promises_are_kept(postgres: PostgresForTests, figures: Figures) -> None:
    for seed in SEEDS:
        outcome = simulate(postgres, Plan(seed, DAYS, roughness=ROUGHNESS))
        assert not outcome.problems, str(outcome)
        faults = sum(count for what, count in outcome.counts.items() if what.startswith("fault"))
        figures.count("simulation: steps", outcome.steps)
        figures.count("simulation: faults", faults)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MUTANTS.keys() - RARE))
def test_a_broken_promise_is_found(postgres: PostgresForTests, figures: Figures, name: str) -> None:
    steps = 0
    for seed in range(MOST_SEEDS):
        plan = Plan(seed, DAYS, roughness=ROUGHNESS, to_the_end=False)
        outcome = simulate(postgres, plan, broken=MUTANTS[name]())
        steps += outcome.steps
        if outcome.problems:
            return figures.tell(f"{name}: found by seed {seed} on day {outcome.days}, after {steps} steps in all")
    pytest.fail(f"{MOST_SEEDS} seeds have not found {name}")
