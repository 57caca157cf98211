"""docs/recipes/add-a-rail.md works as it stands: its code is taken from the page and moves money through the books."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec
import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.integrity.books import verify_books
from brim.core.rails import RAILS, Rails, UnknownRailError
from brim.core.rails import AnsweringRail as Rail
from brim.core.topups.settlement import settle_due
from brim.platform.database import Database
from brim.platform.vault import Vault
from brim.worker.run import make_jobs
from tests.support.books import create, new_topup, rows

PAGE: Final = Path(__file__).parents[2] / "docs" / "recipes" / "add-a-rail.md"
OWNER: Final = AccountScope("acct_debits", livemode=True)
MONDAY_MS: Final = round(datetime(2026, 11, 2, 15, tzinfo=UTC).timestamp()) * 1000
NEXT_MONDAY_MS: Final = round(datetime(2026, 11, 9, 14, tzinfo=UTC).timestamp()) * 1000  # 09:00 in New York
WEDNESDAY_MS: Final = round(datetime(2026, 11, 4, 14, tzinfo=UTC).timestamp()) * 1000


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    """The page's blocks of Python, as one module."""
    module = ModuleType("recipe")
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), module.__dict__)
    return module


@pytest.fixture
def rail(recipe: ModuleType) -> Rail:
    made: Rail = recipe.DirectDebit()
    return made


async def debit(database: Database, rail: Rail, *, settlement_days: int | None = None) -> str:
    """Return a live top-up made on Monday on this rail."""
    plan = rail.plan(currency="usd", scenario=None, settlement_days=settlement_days, now_ms=MONDAY_MS, is_frozen=False)
    new = new_topup(IdFactory(), scope=OWNER, now_ms=MONDAY_MS)
    topup = msgspec.structs.replace(
        new.topup,
        due_ms=plan.due_ms,
        expected_availability_date=plan.expected_availability_date,
        rail=rail.name,
        settlement_days=plan.settlement_days,
        calendar=plan.calendar,
    )
    (topup_id,) = await create(database, [msgspec.structs.replace(new, topup=topup)])
    return topup_id


async def status(database: Database, topup_id: str) -> str:
    (row,) = await rows(database, "SELECT status FROM topups WHERE id = $1", topup_id)
    return str(row["status"])


async def balances(database: Database) -> list[int]:
    return [row["available"] for row in await rows(database, "SELECT available FROM balances")]


async def record(recipe: ModuleType, database: Database, topup_id: str, *, code: str, now_ms: int) -> bool:
    """Give one entry of a returns file to the recipe, and tell whether it was news."""
    news = await recipe.record_return(
        database, OWNER, topup_id, code, now_ms=now_ms, ids=IdFactory(), renderers=WIRE_FORMATS
    )
    return bool(news)


def test_the_registry_says_which_money_it_collects(recipe: ModuleType, rail: Rail) -> None:
    rails = Rails([rail], table=[*RAILS, recipe.ENTRY])
    assert rails.serving(livemode=True, currency="usd", funding_type="payment_method") is rail
    assert rails.serving(livemode=True, currency="eur", funding_type="payment_method") is None
    assert rails.serving(livemode=False, currency="usd", funding_type="payment_method") is None
    assert rails.named("direct_debit") is rail
    with pytest.raises(UnknownRailError):
        rails.named("sandbox")


async def test_silence_until_the_settlement_date_means_that_the_money_came(database: Database, rail: Rail) -> None:
    topup_id = await debit(database, rail)
    assert (
        await settle_due(
            database, now_ms=NEXT_MONDAY_MS - 1, ids=IdFactory(), rails=Rails([rail]), renderers=WIRE_FORMATS
        )
        == 0
    )
    assert await status(database, topup_id) == "pending"
    assert (
        await settle_due(database, now_ms=NEXT_MONDAY_MS, ids=IdFactory(), rails=Rails([rail]), renderers=WIRE_FORMATS)
        == 1
    )
    assert await status(database, topup_id) == "succeeded"
    assert await balances(database) == [1000]
    assert (await verify_books(database)).differences == []


async def test_the_workers_own_job_asks_the_rail(database: Database, rail: Rail) -> None:
    topup_id = await debit(database, rail, settlement_days=2)
    now_ms = WEDNESDAY_MS - 1
    jobs = {job.name: job for job in make_jobs(database, Rails([rail]), lambda: now_ms, WIRE_FORMATS, vault=Vault([]))}
    assert await jobs["settle"].run_once() == 0
    now_ms = WEDNESDAY_MS
    assert await jobs["settle"].run_once() == 1
    assert await status(database, topup_id) == "succeeded"
    assert (await verify_books(database)).differences == []


async def test_an_entry_before_the_settlement_date_fails_the_top_up(
    database: Database, recipe: ModuleType, rail: Rail
) -> None:
    topup_id = await debit(database, rail)
    assert await record(recipe, database, topup_id, code="no_account", now_ms=WEDNESDAY_MS)
    assert await status(database, topup_id) == "failed"
    assert (
        await settle_due(database, now_ms=NEXT_MONDAY_MS, ids=IdFactory(), rails=Rails([rail]), renderers=WIRE_FORMATS)
        == 0
    )
    assert await balances(database) == []
    assert (await verify_books(database)).differences == []


async def test_a_late_entry_takes_the_money_back_once_however_often_the_file_is_read(
    database: Database, recipe: ModuleType, rail: Rail
) -> None:
    topup_id = await debit(database, rail)
    assert (
        await settle_due(database, now_ms=NEXT_MONDAY_MS, ids=IdFactory(), rails=Rails([rail]), renderers=WIRE_FORMATS)
        == 1
    )
    later_ms = NEXT_MONDAY_MS + 86_400_000
    news = [await record(recipe, database, topup_id, code="insufficient_funds", now_ms=later_ms) for _ in range(3)]
    assert news == [True, False, False]
    assert await status(database, topup_id) == "reversed"
    assert await balances(database) == [0]
    assert not await record(recipe, database, "tu_nobodys", code="no_account", now_ms=later_ms)
    assert (await verify_books(database)).differences == []
