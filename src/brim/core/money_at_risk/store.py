"""Reads of debits whose money is usable, of pending ones, and of the two clocks of a top-up."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.money_at_risk.rules import PendingDebits, Sum, UsableDebits
from brim.core.rails import FILE_RAILS
from brim.core.topups import Topup
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)
_AFTER_ALL: Final = "~"


class Clocks(NamedTuple):
    """When the money of a top-up became usable, and when a statement of the bank booked it; Unix seconds."""

    usable: int | None = None
    booked: int | None = None


async def fetch_usable_debits(
    conn: Conn, scope: AccountScope, *, since_file: str, limit: int
) -> tuple[list[UsableDebits], bool]:
    """Return a platform's usable debits in files from an id on, of so many entries; and whether these were all."""
    records = await conn.fetch(_SQL["usable_debits"], scope.account, scope.livemode, since_file, _AFTER_ALL, limit)
    found = [
        UsableDebits(
            owner=record["owner"],
            funding_source=record["funding_source"],
            currency=record["currency"],
            originator=record["originator"],
            sec_code=record["sec_code"],
            effective_date=record["effective_date"],
            is_booked=record["is_booked"],
            sum=Sum(record["amount"], record["topups"]),
        )
        for record in records
        if record["owner"] is not None
    ]
    return found, records[0]["is_complete"]


async def fetch_pending_debits(conn: Conn, scope: AccountScope, *, limit: int) -> tuple[list[PendingDebits], bool]:
    """Return what is pending by a bank's files of a platform, of so many top-ups; and whether these were all."""
    records = await conn.fetch(_SQL["pending_debits"], scope.account, scope.livemode, limit, list(FILE_RAILS))
    found = [
        PendingDebits(
            currency=record["currency"],
            originator=record["originator"],
            status=record["status"],
            effective_date=record["effective_date"],
            hold_days=record["hold_days"],
            due_ms=record["due_ms"],
            sum=Sum(record["amount"], record["topups"]),
        )
        for record in records
        if record["currency"] is not None
    ]
    return found, records[0]["is_complete"]


async def fetch_clocks(conn: Conn, scope: AccountScope, topups: Sequence[Topup]) -> dict[str, Clocks]:
    """Return the two clocks of an account's top-ups, by id."""
    records = await conn.fetch(
        _SQL["read_clocks"],
        scope.account,
        scope.livemode,
        [topup.id for topup in topups],
        [topup.balance_transaction for topup in topups],
    )
    return {
        record["topup"]: Clocks(record["usable"], None if record["booked_ms"] is None else record["booked_ms"] // 1000)
        for record in records
    }
