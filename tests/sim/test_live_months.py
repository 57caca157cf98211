"""Months of live money by chance against the bank's own books: nothing is lost, and nothing is credited twice.

`make months` lives through 1,000 of them; MONTHS says how many, and MONTHS_SEED from which seed on.
"""

import asyncio
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import structlog

from brim.platform.database import Database
from tests.sim.live_month import Month
from tests.support.figures import Figures
from tests.support.postgres import PostgresForTests

MONTHS = int(os.environ["MONTHS"]) if "MONTHS" in os.environ else None
AT_ONCE: Final = 2
SHORT: Final = 26
"""How many days of a month an ordinary test lives through: as much as it has time for."""
PATIENCE_S: Final = 120.0


@pytest.mark.slow
@pytest.mark.skipif(MONTHS is not None, reason="many months are asked for")
@pytest.mark.parametrize("seed", range(4))
async def test_after_a_month_every_account_has_what_the_bank_keeps_of_it(
    database: Database, tmp_path: Path, figures: Figures, seed: int
) -> None:
    found = await Month(database, tmp_path, seed, days=SHORT).run()
    figures.count("live months: top-ups", sum(count for what, count in found.items() if what.startswith("top-ups")))


@pytest.fixture
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.skipif(MONTHS is None, reason="make months")
@pytest.mark.usefixtures("_quiet")
async def test_after_many_months_every_account_has_what_the_bank_keeps_of_it(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    first = int(os.environ.get("MONTHS_SEED", "0"))
    seeds, found, failed, began = iter(range(first, first + (MONTHS or 0))), Counter[str](), [], time.monotonic()
    opening = asyncio.Lock()

    async def live_through(seed: int) -> Counter[str]:
        name = await postgres.create_database()
        database = await Database.connect(
            postgres.urls_of(name).service, max_connections=3, timeout_s=PATIENCE_S, plans_kept_s=PATIENCE_S
        )
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            return await Month(database, folder, seed).run(opening)
        finally:
            await database.close()
            await postgres.drop_database(name)
            shutil.rmtree(folder)

    async def work() -> None:
        """Take one month after the other: while one waits for PostgreSQL, another goes on."""
        for seed in seeds:
            try:
                found.update(await live_through(seed))
            except AssertionError as error:
                failed.append(f"seed {seed}: {error}")
                print(failed[-1], flush=True)
            done["months"] += 1
            if done["months"] % 10 == 0 or done["months"] == MONTHS:
                took = time.monotonic() - began
                told = dict(sorted(found.items()))
                print(f"{done['months']} months, {len(failed)} failed, {took:.0f} s: {told}", flush=True)

    done = Counter[str]()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    assert not failed, "\n".join(failed[:5])
