"""Retrieve a balance, and one line of its statement."""

from brim.domain.errors import ResourceMissingError
from brim.domain.ledger import Balance, BalanceTransaction
from brim.domain.topups import Owner
from brim.store import reads
from brim.store.database import Database


async def retrieve_balance(database: Database, owner: Owner) -> list[Balance]:
    """Return what an owner has, one entry a currency; none before the first top-up succeeded."""
    async with database.connection() as conn:
        return await reads.fetch_balances(conn, owner)


async def retrieve_balance_transaction(database: Database, owner: Owner, transaction_id: str) -> BalanceTransaction:
    """Return a balance transaction.

    Raises:
        ResourceMissingError: the owner has none of that id.
    """
    other = Owner(owner.account, not owner.livemode)
    async with database.connection() as conn:
        found = await reads.fetch_balance_transactions(conn, owner, [transaction_id])
        if not found:
            in_other_mode = await reads.fetch_balance_transactions(conn, other, [transaction_id])
            raise ResourceMissingError(
                "balance transaction",
                transaction_id,
                param="id",
                in_path=True,
                other_mode_of=owner.livemode if in_other_mode else None,
            )
    return found[transaction_id]
