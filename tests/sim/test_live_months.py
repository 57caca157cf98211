"""Months of live money by chance against the bank's own books: nothing is lost, and nothing is credited twice.

`make months` lives through 1,000 of them; MONTHS says how many, and MONTHS_SEED from which seed on.
"""

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from brim.platform.database import Database
from tests.sim.live_month import Month
from tests.support.figures import Figures
from tests.support.postgres import PostgresForTests

MONTHS = int(os.environ["MONTHS"]) if "MONTHS" in os.environ else None


@pytest.mark.slow
@pytest.mark.skipif(MONTHS is not None, reason="many months are asked for")
@pytest.mark.parametrize("seed", range(4))
async def test_after_a_month_every_account_has_what_the_bank_keeps_of_it(
    database: Database, tmp_path: Path, figures: Figures, seed: int
) -> None:
    found = await Month(database, tmp_path, seed).run()
    figures.count("live months: top-ups", sum(count for what, count in found.items() if what.startswith("top-ups")))


@pytest.mark.skipif(MONTHS is None, reason="make months")
async def test_after_many_months_every_account_has_what_the_bank_keeps_of_it(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    first, found, failed, began = int(os.environ.get("MONTHS_SEED", "0")), Counter[str](), [], time.monotonic()
    for seed in range(first, first + (MONTHS or 0)):
        name = await postgres.create_database()
        database = await Database.connect(postgres.urls_of(name).service)
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            found += await Month(database, folder, seed).run()
        except AssertionError as error:
            failed.append(f"seed {seed}: {error}")
            print(failed[-1], flush=True)
        finally:
            await database.close()
            await postgres.drop_database(name)
        if (seed - first) % 10 == 9:
            took = time.monotonic() - began
            print(
                f"{seed - first + 1} months, {len(failed)} failed, {took:.0f} s: {dict(sorted(found.items()))}",
                flush=True,
            )
    assert not failed, "\n".join(failed[:5])
