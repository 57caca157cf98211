"""Retrieve a balance, and one line of its statement."""

from brim.base.scope import Owner
from brim.domain.ledger import Balance, BalanceTransaction
from brim.platform import lookups
from brim.platform.database import Database
from brim.store import reads


async def retrieve_balance(database: Database, owner: Owner) -> list[Balance]:
    """Return what an owner has, one entry a currency; none before the first top-up succeeded."""
    async with database.connection() as conn:
        return await reads.fetch_balances(conn, owner)


async def retrieve_balance_transaction(database: Database, owner: Owner, transaction_id: str) -> BalanceTransaction:
    """Return a balance transaction.

    Raises:
        ResourceMissingError: the owner has none of that id.
    """
    return await lookups.retrieve(
        database, owner, transaction_id, reads.fetch_balance_transactions, kind="balance transaction"
    )
