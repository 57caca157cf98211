"""Pending top-ups for tests, made as the service makes them, and what the books say afterwards."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from brim.api.framework.errors import render_error
from brim.api.resources.topups.wire import topup_json
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.core.direct_debits import check_not_collected
from brim.core.events.rules import DEFAULT_API_VERSION, EventType
from brim.core.events.rules import Event as EventRow
from brim.core.idempotency.rules import KeyClaim
from brim.core.idempotency.service import RequestContext
from brim.core.integrity.books import verify_books
from brim.core.ledger.sealing import seal_entries, verify_chain
from brim.core.rails import FAILURES, Rails, Return, SandboxRail
from brim.core.rails.sandbox.bank_accounts import PAYMENT_METHOD_SCENARIOS, SOURCE_SCENARIOS
from brim.core.topups.rules import Topup
from brim.core.topups.service import cancel_topup, force_outcome
from brim.core.topups.store import NewTopup, insert_topups
from brim.platform.database import Conn, Database
from tests.support.audits import TESTER

NOW_MS = 1_700_000_000_000
LATER_MS = NOW_MS + 10_000
AFTERWARDS_MS = LATER_MS + 1_000
"""When a request comes that follows a settlement at `LATER_MS`."""
RAIL = SandboxRail(settle_after_s=1.0)
RAILS = Rails([RAIL])
OWNER = AccountScope("acct_books", livemode=False)
OTHER_OWNER = AccountScope("acct_other", livemode=False)
EMPTY_BOOKS = (
    "TRUNCATE topups, journal_entries, journal_entry_lines, bank_confirmations, holds, balances, balance_transactions,"
    " balance_activity,"
    " events, idempotency_keys, entry_seals, chain_heads, unsealed_entries, test_clocks, owner_terms"
)
"""What only the tables' owner may do: begin again."""
_PATIENCE_S = 30.0


def new_topup(
    ids: IdFactory,
    *,
    amount: int = 1000,
    source: str | None = None,
    payment_method: str | None = None,
    scope: AccountScope = OWNER,
    currency: str = "usd",
    now_ms: int = NOW_MS,
    key: str | None = None,
) -> NewTopup:
    """Return a pending top-up with its event, ready to insert."""
    topup_id = ids.new_at("tu_", now_ms)
    scenario = SOURCE_SCENARIOS[source] if source else None
    if payment_method:
        scenario = PAYMENT_METHOD_SCENARIOS[payment_method]
    plan = RAIL.plan(currency=currency, scenario=scenario, settlement_days=None, now_ms=now_ms, is_frozen=False)
    topup = Topup(
        scope=scope,
        id=topup_id,
        amount=amount,
        currency=currency,
        created=created_of(topup_id),
        source=source,
        payment_method=payment_method,
        expected_availability_date=plan.expected_availability_date,
        due_ms=plan.due_ms,
        rail=RAIL.name,
        scenario=scenario,
        calendar=plan.calendar,
    )
    event = EventRow(
        scope=scope,
        id=ids.new_at("evt_", now_ms),
        type=EventType.TOPUP_CREATED,
        created=topup.created,
        api_version=DEFAULT_API_VERSION,
        object_id=topup.id,
        payload=topup_json(topup),
        request_id="req_books",
        idempotency_key=key,
    )
    return NewTopup(topup, event, KeyClaim(key=key, fingerprint=bytes(32)) if key else None)


async def create(database: Database, news: Sequence[NewTopup]) -> list[str]:
    """Insert top-ups and return their ids, in order."""
    if not news:
        return []
    async with database.connection() as conn:
        await insert_topups(conn, news, now_ms=NOW_MS)
    return [new.topup.id for new in news]


async def cancel(database: Database, topup_id: str, *, scope: AccountScope = OWNER) -> bool:
    """Cancel a top-up as its account's request does; tell whether it was still pending."""
    ids = IdFactory()
    result = await cancel_topup(
        database,
        _request(scope, ids),
        topup_id,
        ids=ids,
        renderers=WIRE_FORMATS,
        render=_render,
        render_error=render_error,
        check_not_collected=check_not_collected,
    )
    return result.status == HTTPStatus.OK  # a refusal because of the status is an answer too


async def reverse(database: Database, topup_id: str, *, scope: AccountScope = OWNER) -> None:
    """Return a succeeded top-up as its account's request to a test helper does."""
    ids = IdFactory()
    await force_outcome(
        database,
        _request(scope, ids),
        topup_id,
        Return("account_closed", FAILURES["account_closed"]),
        ids=ids,
        renderers=WIRE_FORMATS,
        render=_render,
        render_error=render_error,
    )


def _request(scope: AccountScope, ids: IdFactory) -> RequestContext:
    return RequestContext(
        scope=scope,
        claim=None,
        request_id="req_books",
        api_version=DEFAULT_API_VERSION,
        now_ms=AFTERWARDS_MS,
        by=TESTER,
        ids=ids,
    )


async def _render(_conn: Conn, topup: Topup) -> bytes:
    return topup_json(topup)


async def assert_books_hold(database: Database) -> None:
    """Assert that the books prove themselves, and that the chain holds before and after all that waits is sealed."""
    assert (await verify_books(database)).differences == []
    async with asyncio.timeout(_PATIENCE_S):  # what the session of a killed worker holds is free in a moment
        while (report := await verify_chain(database)).unsealed:
            assert report.differences == []
            await seal_entries(database)
    assert report.differences == []


async def rows(database: Database, query: str, *arguments: Any) -> list[dict[str, Any]]:
    """Return what a query finds."""
    async with database.connection() as conn:
        return [dict(record) for record in await conn.fetch(query, *arguments)]


async def execute(database: Database, *statements: str) -> None:
    """Run statements, as somebody would who goes past the service."""
    async with database.connection() as conn:
        for statement in statements:
            await conn.execute(statement)
