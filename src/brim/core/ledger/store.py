"""Balances and balance transactions in the database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from brim.base.paging import Page, PageRequest, page_of, window_of
from brim.base.scope import AccountScope
from brim.core.ledger.rules import Balance, BalanceTransaction, BalanceTransactionFilters, BalanceTransactionType
from brim.platform.database import Conn, Database
from brim.platform.pages import fetch_ids
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def fetch_balances(conn: Conn, scope: AccountScope) -> list[Balance]:
    """Return what an account has of each currency that was ever posted, by currency."""
    records = await conn.fetch(_SQL["balances"], scope.account, scope.livemode)
    return [Balance(**record) for record in records]


async def fetch_balance_transactions(
    conn: Conn, scope: AccountScope, ids: Sequence[str]
) -> dict[str, BalanceTransaction]:
    """Return an account's balance transactions by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_balance_transactions"], scope.account, scope.livemode, ids)
    return {record["id"]: _balance_transaction_from_record(record) for record in records}


def _balance_transaction_from_record(record: Mapping[str, Any]) -> BalanceTransaction:
    return BalanceTransaction(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        amount=record["amount"],
        available_on=record["available_on"],
        created=record["created"],
        currency=record["currency"],
        description=record["description"],
        fee=record["fee"],
        net=record["net"],
        source=record["source"],
        type=record["type"],
    )


async def list_balance_transactions(
    database: Database, scope: AccountScope, filters: BalanceTransactionFilters, request: PageRequest
) -> Page[BalanceTransaction]:
    """Return a page of an account's balance transactions; there are no payouts, so a payout filter finds none."""
    if filters.payout is not None:
        return Page(items=[], has_more=False)
    window = window_of("txn_", filters.created, request)
    name, *values = _balance_transaction_walk(filters)
    async with database.connection() as conn:
        ids = await fetch_ids(conn, _SQL[name], scope, window, values)
        found = await fetch_balance_transactions(conn, scope, ids)
    return page_of(found.values(), window)


def _balance_transaction_walk(filters: BalanceTransactionFilters) -> tuple[str, *tuple[Any, ...]]:
    """Return the statement whose index serves the filters, and what it takes beside the window.

    Currency and type together walk the one of the two that leaves less out: every return has an earlier credit
    of its currency, and most credits have no return.
    """
    currency, kind = filters.currency, filters.type
    if filters.source is not None:
        return "balance_transaction_ids_by_source", currency, kind, filters.source
    if currency is not None and kind in {None, BalanceTransactionType.TOPUP}:
        return "balance_transaction_ids_by_currency", currency, kind
    if kind is not None:
        return "balance_transaction_ids_by_type", currency, kind
    return ("balance_transaction_ids_by_key",)


async def lock_balances(conn: Conn, wanted: Iterable[tuple[AccountScope, str]]) -> dict[AccountScope, dict[str, int]]:
    """Return every balance of the accounts named, minor units by currency, held until the caller's transaction ends.

    Those named by account and currency are there even if they were not before.
    """
    keys = sorted(set(wanted))
    await conn.execute(
        _SQL["open_balances"],
        [scope.account for scope, _ in keys],
        [scope.livemode for scope, _ in keys],
        [currency for _, currency in keys],
    )
    owners = sorted({scope for scope, _ in keys})
    records = await conn.fetch(
        _SQL["lock_balances"], [scope.account for scope in owners], [scope.livemode for scope in owners]
    )
    held: dict[AccountScope, dict[str, int]] = {scope: {} for scope in owners}
    for record in records:
        held[AccountScope(record["account"], record["livemode"])][record["currency"]] = record["available"]
    return held
