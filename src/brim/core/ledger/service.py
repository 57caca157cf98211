"""Retrieve balances, balance transactions, and what was posted for something."""

from collections.abc import Sequence

from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.ledger import posting_store
from brim.core.ledger import store as ledger_store
from brim.core.ledger.rules import Balance, BalanceTransaction, BalanceTransactionFilters, JournalEntry
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors


async def retrieve_balance(database: Database, scope: AccountScope) -> list[Balance]:
    """Return what an account has, one entry a currency; none before the first top-up succeeded."""
    async with database.connection() as conn:
        return await ledger_store.fetch_balances(conn, scope)


async def list_entries(database: Database, scope: AccountScope, source: str) -> list[JournalEntry]:
    """Return what a source, such as a top-up, posted, in order; nothing for one that does not exist."""
    async with database.connection() as conn:
        return await posting_store.fetch_entries(conn, scope, source)


async def retrieve_balance_transaction(
    database: Database, scope: AccountScope, transaction_id: str
) -> BalanceTransaction:
    """Return a balance transaction.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    return await lookups.retrieve(
        database, scope, transaction_id, ledger_store.fetch_balance_transactions, kind="balance transaction"
    )


async def list_balance_transactions(
    database: Database, scope: AccountScope, filters: BalanceTransactionFilters, request: PageRequest
) -> Page[BalanceTransaction]:
    """Return a page of an account's balance transactions.

    Raises:
        ResourceMissingError: a cursor names no balance transaction of the account.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, scope, request, kind="balance transaction", exists=_balance_transaction_exists)
    return await ledger_store.list_balance_transactions(database, scope, filters, request)


async def _balance_transaction_exists(conn: Conn, scope: AccountScope, transaction_id: str) -> bool:
    return transaction_id in await ledger_store.fetch_balance_transactions(conn, scope, [transaction_id])


async def fetch_balance_transactions(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> list[BalanceTransaction]:
    """Return those of an account's balance transactions that exist."""
    found = await ledger_store.fetch_balance_transactions(conn, scope, list(ids))
    return list(found.values())
