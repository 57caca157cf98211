"""Runs simulations, each from its seed."""

import asyncio
import random
import shutil
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from brim.base.ids import randomness_from
from brim.platform import database as platform_database
from tests.support.cutting import cutting
from tests.support.postgres import PostgresForTests
from tests.support.simulation.conductor import Conductor
from tests.support.simulation.loop import QuietLoop
from tests.support.simulation.oracle import Oracle, shown
from tests.support.simulation.trace import Trace
from tests.support.simulation.world import World


@dataclass(frozen=True)
class Plan:
    """What to simulate: all chance follows from the seed.

    `roughness` is how much likelier faults are than usual. `to_the_end` is whether days without faults follow, after
    which nothing may wait any more. `busy` is how many of the banks' days are busy ones.
    """

    seed: int
    days: int
    roughness: float = 1.0
    to_the_end: bool = True
    busy: float = 0.15


@dataclass
class Outcome:
    """What came of a simulation: the trace's hash and steps, what was counted, and what was wrong, on which day."""

    seed: int
    days: int = 0
    digest: str = ""
    steps: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"seed {self.seed}, day {self.days}, step {self.steps}:\n{shown(self.problems)}"


def simulate(
    postgres: PostgresForTests,
    plan: Plan,
    *,
    trace: Path | None = None,
    broken: AbstractContextManager[None] | None = None,
) -> Outcome:
    """Live through the days of a plan, until something is wrong, and return what came of it.

    Args:
        postgres: makes the database for it.
        plan: what to simulate.
        trace: a file for the readable trace.
        broken: a defect that is there meanwhile.
    """
    folder = Path(tempfile.mkdtemp(prefix="sim-"))
    try:
        with (
            broken or nullcontext(),
            randomness_from(random.Random(f"{plan.seed} ids").randbytes),
            asyncio.Runner(loop_factory=QuietLoop) as runner,
        ):
            platform_database._own_types.clear()
            return runner.run(_live_through(postgres, plan, folder, Trace(folder, trace)))
    finally:
        shutil.rmtree(folder)


async def _live_through(postgres: PostgresForTests, plan: Plan, folder: Path, trace: Trace) -> Outcome:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, QuietLoop)
    with loop.outside():
        name = await postgres.create_database()
    urls = postgres.urls_of(name)
    outcome = Outcome(plan.seed)
    conductor = Conductor(loop, random.Random(f"{plan.seed} order"), trace)
    conductor.weather.roughness = plan.roughness
    await conductor.connect(urls.owner)
    try:
        async with cutting(urls.service) as proxy:
            proxy.gate = conductor
            world = World(plan.seed, proxy.url, folder, loop, conductor, trace, busy=plan.busy)
            conductor.clock_ms = world.clock
            try:
                await world.open()
                oracle = Oracle(world)
                for day in range(plan.days):
                    is_busy = await world.day(day)
                    outcome.days = day + 1
                    outcome.problems = await oracle.check(is_thorough=is_busy)
                    if outcome.problems:
                        break
                if plan.to_the_end and not outcome.problems:
                    await world.end(plan.days)
                    outcome.problems = await oracle.check(is_thorough=True, is_last=True)
                outcome.counts = world.figures()
            finally:
                conductor.retire()
                await world.close()
    finally:
        await conductor.close()
        trace.close()
        with loop.outside():
            await postgres.drop_database(name)
    outcome.digest, outcome.steps = trace.digest, trace.steps
    return outcome
