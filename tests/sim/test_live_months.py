"""Months of live money by chance against the bank's own books: nothing is lost, and nothing is credited twice.

`make months` lives through 1,000 of them; MONTHS says how many, MONTHS_SEED from which seed on, and MONTHS_RAIL by
which rail, `ach` or `sepa`. Every fourth of SEPA waits thirteen months for what comes back.
"""

import asyncio
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import structlog

from brim.core.rails.ach import ACH
from brim.core.rails.sepa import SEPA
from brim.platform.database import Database
from tests.sim.sepa_month import SepaMonth
from tests.support.figures import Figures
from tests.support.houses import Houses
from tests.support.live_money import LiveMoney
from tests.support.live_month import Month
from tests.support.postgres import PostgresForTests
from tests.support.sepa_money import SepaMoney

MONTHS = int(os.environ["MONTHS"]) if "MONTHS" in os.environ else None
RAIL = os.environ.get("MONTHS_RAIL", ACH)
AT_ONCE: Final = 2
SHORT: Final = 26
"""How many days of a month an ordinary test lives through: as much as it has time for."""
SHORT_SEPA: Final = 10
PATIENCE_S: Final = 120.0


@pytest.mark.slow
@pytest.mark.skipif(MONTHS is not None, reason="many months are asked for")
@pytest.mark.parametrize("seed", range(4))
async def test_after_a_month_every_account_has_what_the_bank_keeps_of_it(
    database: Database, tmp_path: Path, figures: Figures, seed: int
) -> None:
    found = await Month(LiveMoney(database, tmp_path), seed, days=SHORT).run()
    figures.count("live months: top-ups", sum(count for what, count in found.items() if what.startswith("top-ups")))


@pytest_asyncio.fixture
async def houses(postgres: PostgresForTests, tmp_path: Path) -> AsyncIterator[Houses]:
    houses = Houses(postgres, tmp_path)
    yield houses
    await houses.remove()


@pytest.mark.slow
@pytest.mark.skipif(MONTHS is not None, reason="many months are asked for")
async def test_after_a_month_of_sepa_and_a_restore_every_account_has_what_the_bank_keeps_of_it(
    houses: Houses, figures: Figures
) -> None:
    live = SepaMoney(await houses.connect(await houses.create()), houses.folder)
    found = await SepaMonth(live, houses, 0, days=SHORT_SEPA).run()
    assert found["restores"] == 1
    figures.count("live months: top-ups by SEPA", sum(n for what, n in found.items() if what.startswith("top-ups ")))


@pytest.fixture
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


async def _ach_month(postgres: PostgresForTests, folder: Path, seed: int, opening: asyncio.Lock) -> Counter[str]:
    name = await postgres.create_database()
    database = await Database.connect(
        postgres.urls_of(name).service, max_connections=3, timeout_s=PATIENCE_S, plans_kept_s=PATIENCE_S
    )
    try:
        return await Month(LiveMoney(database, folder), seed).run(opening)
    finally:
        await database.close()
        await postgres.drop_database(name)


async def _sepa_month(postgres: PostgresForTests, folder: Path, seed: int, opening: asyncio.Lock) -> Counter[str]:
    houses = Houses(postgres, folder)
    try:
        database = await houses.connect(await houses.create())
        return await SepaMonth(SepaMoney(database, folder), houses, seed, is_long=seed % 4 == 0).run(opening)
    finally:
        await houses.remove()


@pytest.mark.skipif(MONTHS is None, reason="make months")
@pytest.mark.usefixtures("_quiet")
async def test_after_many_months_every_account_has_what_the_bank_keeps_of_it(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    first = int(os.environ.get("MONTHS_SEED", "0"))
    seeds, found, failed, began = iter(range(first, first + (MONTHS or 0))), Counter[str](), [], time.monotonic()
    opening, live_through = asyncio.Lock(), {ACH: _ach_month, SEPA: _sepa_month}[RAIL]

    async def work() -> None:
        """Take one month after the other: while one waits for PostgreSQL, another goes on."""
        for seed in seeds:
            folder = tmp_path / str(seed)
            folder.mkdir()
            try:
                found.update(await live_through(postgres, folder, seed, opening))
            except AssertionError as error:
                failed.append(f"seed {seed}: {error}")
                print(failed[-1], flush=True)
            shutil.rmtree(folder)
            done["months"] += 1
            if done["months"] % 10 == 0 or done["months"] == MONTHS:
                took = time.monotonic() - began
                told = dict(sorted(found.items()))
                print(f"{done['months']} months, {len(failed)} failed, {took:.0f} s: {told}", flush=True)

    done = Counter[str]()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    assert not failed, "\n".join(failed[:5])
