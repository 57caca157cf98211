"""Months of statements by chance, each written in three formats by a model of a bank, and read back.

`make statement-months` lives through 1,000; STATEMENT_MONTHS says how many, and MONTHS_SEED from which seed on.
"""

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
from tests.sim.statement_month import StatementMonth
from tests.support.bank_books import Format
from tests.support.postgres import PostgresForTests

MONTHS = int(os.environ["STATEMENT_MONTHS"]) if "STATEMENT_MONTHS" in os.environ else None
PATIENCE_S: Final = 120.0


@pytest.mark.skipif(MONTHS is not None, reason="many months are asked for")
@pytest.mark.parametrize("kind", list(Format))
async def test_what_a_bank_books_in_a_month_is_matched_and_the_rest_is_open(
    database: Database, tmp_path: Path, kind: Format
) -> None:
    """One whose files come out of order and cut off, and in which a recall comes before its transfer."""
    found = await StatementMonth(database, tmp_path, 22, kind).run()
    assert found["lines"] > 10
    assert found["taken back before they came"]


@pytest.fixture
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.skipif(MONTHS is None, reason="make statement-months")
@pytest.mark.usefixtures("_quiet")
async def test_what_a_bank_books_in_many_months_is_matched(postgres: PostgresForTests, tmp_path: Path) -> None:
    first, began = int(os.environ.get("MONTHS_SEED", "0")), time.monotonic()
    found, failed = Counter[str](), list[str]()
    for seed in range(first, first + (MONTHS or 0)):
        for kind in Format:
            name = await postgres.create_database()
            urls = postgres.urls_of(name)
            database = await Database.connect(
                urls.service, max_connections=3, timeout_s=PATIENCE_S, plans_kept_s=PATIENCE_S
            )
            folder = tmp_path / f"{seed}-{kind}"
            folder.mkdir()
            try:
                found.update(
                    {
                        f"{kind}: {what}": n
                        for what, n in (await StatementMonth(database, folder, seed, kind).run()).items()
                    }
                )
            except AssertionError as error:
                failed.append(str(error))
                print(failed[-1], flush=True)
            finally:
                await database.close()
                await postgres.drop_database(name)
                shutil.rmtree(folder)
        if (seed - first + 1) % 10 == 0:
            took = time.monotonic() - began
            print(
                f"{seed - first + 1} months, {len(failed)} failed, {took:.0f} s: {dict(sorted(found.items()))}",
                flush=True,
            )
    assert not failed, "\n".join(failed[:5])
