"""Pending top-ups for tests, made as the service makes them, and what the books say afterwards."""

import asyncio
from collections.abc import Sequence
from typing import Any

from brim.api.resources.topups.wire import topup_json
from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION, EventType
from brim.core.events.rules import Event as EventRow
from brim.core.idempotency.rules import KeyClaim
from brim.core.integrity.books import verify_books
from brim.core.ledger.sealing import seal_entries, verify_chain
from brim.core.rails import Rails, SandboxRail
from brim.core.rails.sandbox.bank_accounts import PAYMENT_METHOD_SCENARIOS, SOURCE_SCENARIOS
from brim.core.topups.rules import Topup
from brim.core.topups.store import NewTopup, insert_topups
from brim.platform.database import Database

NOW_MS = 1_700_000_000_000
LATER_MS = NOW_MS + 10_000
RAIL = SandboxRail(settle_after_s=1.0)
RAILS = Rails([RAIL])
OWNER = AccountScope("acct_books", livemode=False)
OTHER_OWNER = AccountScope("acct_other", livemode=False)
EMPTY_BOOKS = (
    "TRUNCATE topups, journal_entries, journal_entry_lines, bank_confirmations, holds, balances, balance_transactions,"
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


async def cancel(database: Database, topup_id: str) -> bool:
    """Cancel a top-up by hand, guarded as a client's request is; tell whether it was still pending."""
    async with database.transaction() as conn:
        canceled = await conn.fetchrow(
            "UPDATE topups SET status = 'canceled', due_ms = NULL"
            " WHERE id = $1 AND status = 'pending' RETURNING account, livemode",
            topup_id,
        )
        if canceled is None:
            return False
        await conn.execute(
            "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
            " VALUES ($1, $2, 'evt_canceled_' || $3, 1, 'topup.canceled', $3, '', '{}')",
            *canceled,
            topup_id,
        )
    return True


async def reverse(database: Database, topup_id: str) -> None:
    """Take a succeeded top-up back by hand, with everything that belongs to it."""
    async with database.transaction() as conn:
        reversed_row = await conn.fetchrow(
            "UPDATE topups SET status = 'reversed', failure_code = 'account_closed'"
            " WHERE id = $1 AND status = 'succeeded' RETURNING account, livemode, id, amount, currency",
            topup_id,
        )
        await conn.execute(
            "INSERT INTO journal_entries ("
            " account, livemode, id, source, step, debit_account, credit_account, amount, currency, created) VALUES"
            " ($1, $2, 'je_reversal', $3, 'topup_reversal', 'balance:available', 'funding:clearing', $4, $5, 1)",
            *reversed_row,
        )
        await conn.execute("INSERT INTO unsealed_entries VALUES ($1, $2, 'je_reversal')", *reversed_row[:2])
        await conn.execute(
            "INSERT INTO balance_transactions"
            " VALUES ($1, $2, 'txn_reversal', -$4::bigint, 0, -$4::bigint, 1, 1, $5, NULL, $3, 'topup_reversal')",
            *reversed_row,
        )
        await conn.execute(
            "UPDATE balances SET available = available - $4"
            " WHERE account = $1 AND livemode = $2 AND currency = $5 AND $3::text IS NOT NULL",
            *reversed_row,
        )
        await conn.execute(
            "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
            " VALUES ($1, $2, 'evt_reversal', 1, 'topup.reversed', $3, '', '{}')",
            *reversed_row[:3],
        )


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
