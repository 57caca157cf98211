"""Previews of top-ups: nothing is written, and nothing is promised that nobody promises."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from brim.api.framework.errors import render_error
from brim.api.resources.funding.wire import payment_method_json, source_json, token_json
from brim.api.resources.rendering import availability_of
from brim.api.resources.topups.wire import preview_json
from brim.base.errors import DatabaseUnavailableError
from brim.base.scope import AccountScope
from brim.core.bank_accounts.rules import BankNumbers
from brim.core.funding.service import NewPaymentMethod, create_payment_method
from brim.core.funding.tokens import NewBankToken, NewSource, create_source, create_token
from brim.core.rails import Rails
from brim.core.rails.protocol import Instruction, Outcome, Plan, Wait
from brim.core.time.rules import ClockAdvancingError
from brim.core.topups.rules import NoFundingSourceError
from brim.platform.database import Database
from tests.support.books import execute
from tests.support.clockwork import Clockwork

REAL_MS: Final = 1_795_305_600_000  # 2026-11-22 00:00 UTC
OWNER: Final = AccountScope("acct_preview", livemode=False)
NUMBERS: Final = BankNumbers("110000000", "000123456789")
NOON: Final = int(datetime(2026, 7, 1, 16, tzinfo=UTC).timestamp())  # a Wednesday, noon in New York
DAY_S: Final = 86_400


@pytest_asyncio.fixture
async def brim(database: Database) -> Clockwork:
    return Clockwork(database, now_ms=REAL_MS)


@pytest_asyncio.fixture
async def reading(brim: Clockwork, service_url: str) -> AsyncIterator[Clockwork]:
    """Another process on the same database, to which PostgreSQL refuses whatever writes or locks a row."""
    database = await Database.connect(f"{service_url}&default_transaction_read_only=on")
    yield Clockwork(database, now_ms=brim.now_ms)
    await database.close()


async def make_everything_that_pays(brim: Clockwork) -> list[dict[str, str]]:
    """Return how a top-up names each kind of bank account on file."""
    create: dict[str, Any] = {"ids": brim.ids, "render_error": render_error}
    method = await create_payment_method(
        brim.database, brim.secrets, brim.context(OWNER), NewPaymentMethod(numbers=NUMBERS),
        render=payment_method_json, **create,
    )  # fmt: skip
    source = await create_source(
        brim.database, brim.secrets, brim.context(OWNER), NewSource(token="btok_us_verified"),
        render=source_json, **create,
    )  # fmt: skip
    token = await create_token(
        brim.database, brim.secrets, brim.context(OWNER), NewBankToken(numbers=NUMBERS), render=token_json, **create
    )
    return [
        {},
        {"payment_method": brim.id_in(method)},
        {"source": brim.id_in(source)},
        {"source": brim.id_in(token)},
        {"source": "btok_us_verified_pending"},
        {"payment_method": "pm_usBankAccount_reversed"},
    ]


async def test_a_preview_neither_writes_nor_locks_anything(brim: Clockwork, reading: Clockwork) -> None:
    named = await make_everything_that_pays(brim)
    with pytest.raises(DatabaseUnavailableError) as refused:
        await execute(reading.database, "SELECT FROM bank_tokens FOR UPDATE")
    assert isinstance(refused.value.__cause__, asyncpg.ReadOnlySQLTransactionError)
    expected = (REAL_MS + 1000) // 1000
    for parameters in named:
        assert (await reading.preview(OWNER, **parameters)).expected_availability_date == expected, parameters


async def test_a_token_promises_what_its_source_would(brim: Clockwork) -> None:
    await brim.freeze(OWNER, NOON)
    (token,) = [each for each in await make_everything_that_pays(brim) if each.get("source", "").startswith("btok_0")]
    told = await brim.preview(OWNER, **token)
    created = await brim.create(OWNER, source=token["source"])
    assert told.expected_availability_date == created["expected_availability_date"]
    assert (told.scenario, told.due_ms) == (None, created["expected_availability_date"] * 1000)


async def test_while_a_clock_is_on_its_way_there_is_no_moment_to_ask_about(brim: Clockwork) -> None:
    clock_id = await brim.freeze(OWNER, NOON)
    assert (await brim.preview(OWNER)).created == NOON
    await brim.send(OWNER, clock_id, NOON + DAY_S)
    with pytest.raises(ClockAdvancingError):
        await brim.preview(OWNER)
    while await brim.step():
        pass
    assert (await brim.preview(OWNER)).created == NOON + DAY_S


async def test_live_money_needs_a_bank_account_that_is_named_or_the_default(brim: Clockwork) -> None:
    with pytest.raises(NoFundingSourceError):
        await brim.preview(AccountScope(OWNER.account, livemode=True))


class SilentRail:
    """A rail that carries money and does not say when it arrives."""

    name = "sandbox"

    def plan(self, **_question: object) -> Plan:
        return Plan(expected_availability_date=None, due_ms=None)

    def outcome(self, _instruction: Instruction, *, now_ms: int) -> Outcome:  # noqa: ARG002  the protocol's
        return Wait()


async def test_where_the_rail_promises_no_date_that_is_said(brim: Clockwork) -> None:
    brim.rails = Rails([SilentRail()])
    topup = await brim.preview(OWNER, currency="eur")
    assert msgspec.json.decode(preview_json(topup, availability_of(topup))) == {
        "object": "brim.availability_preview",
        "availability": None,
        "currency": "eur",
        "livemode": False,
        "reason": "rail_promises_no_date",
    }
    assert (await brim.create(OWNER, currency="eur"))["expected_availability_date"] is None
