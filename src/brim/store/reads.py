"""Reads what settlement wrote: balances, balance transactions and events, by owner and id."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base.scope import Owner
from brim.domain.ledger import Balance, BalanceTransaction, TransferKind
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries("brim.store.queries", "reads")


async def fetch_balances(conn: Conn, owner: Owner) -> list[Balance]:
    """Return what an owner has of each currency that was ever booked, by currency."""
    records = await conn.fetch(_SQL["balances"], owner.account, owner.livemode)
    return [Balance(currency=record["currency"], available=record["available"]) for record in records]


async def fetch_balance_transactions(conn: Conn, owner: Owner, ids: Sequence[str]) -> dict[str, BalanceTransaction]:
    """Return an owner's balance transactions by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_balance_transactions"], owner.account, owner.livemode, ids)
    return {record["id"]: _balance_transaction_from_record(record) for record in records}


def _balance_transaction_from_record(record: Mapping[str, Any]) -> BalanceTransaction:
    return BalanceTransaction(
        owner=Owner(record["account"], record["livemode"]),
        id=record["id"],
        amount=record["amount"],
        available_on=record["available_on"],
        created=record["created"],
        currency=record["currency"],
        description=record["description"],
        fee=record["fee"],
        net=record["net"],
        source=record["source"],
        type=TransferKind(record["type"]),
    )
