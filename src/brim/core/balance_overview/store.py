"""Reads of the books for looking at: what was booked for a top-up, what is on its way, and totals by day."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core.balance_overview.rules import DayTotal, InFlight
from brim.core.ledger import LedgerAccount, Transfer, TransferKind
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


class DayTotals(NamedTuple):
    """Totals by currency and day, and how many lines of the statement they come from."""

    totals: Sequence[DayTotal]
    lines: int


async def fetch_transfers(conn: Conn, scope: AccountScope, topup_id: str) -> list[Transfer]:
    """Return what was booked for a top-up, in order; nothing for one that does not exist."""
    records = await conn.fetch(_SQL["transfers_of_topup"], scope.account, scope.livemode, topup_id)
    return [_transfer_from_record(record) for record in records]


async def fetch_in_flight(conn: Conn, scope: AccountScope, *, limit: int) -> list[InFlight]:
    """Return what an account's newest pending top-ups, at most `limit`, will bring of each currency."""
    records = await conn.fetch(_SQL["in_flight"], scope.account, scope.livemode, limit)
    return [InFlight(record["currency"], record["amount"], record["topups"]) for record in records]


async def find_newest_line(conn: Conn, scope: AccountScope) -> int | None:
    """Return the Unix second of the newest line of an account's statement, None when there is none."""
    second: int | None = await conn.fetchval(_SQL["newest_line"], scope.account, scope.livemode)
    return second


async def fetch_day_totals(conn: Conn, scope: AccountScope, *, since: int, limit: int) -> DayTotals:
    """Return the totals of an account's days since a Unix second, of the newest `limit` lines of the statement."""
    records = await conn.fetch(_SQL["day_totals"], scope.account, scope.livemode, first_id_at("txn_", since), limit)
    totals = [
        DayTotal(
            currency=record["currency"],
            day=record["day"],
            received=record["received"],
            returned=record["returned"],
        )
        for record in records
    ]
    return DayTotals(totals, sum(record["lines"] for record in records))


def _transfer_from_record(record: Mapping[str, Any]) -> Transfer:
    return Transfer(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        topup=record["topup"],
        kind=TransferKind(record["kind"]),
        debit_account=LedgerAccount(record["debit_account"]),
        credit_account=LedgerAccount(record["credit_account"]),
        amount=record["amount"],
        currency=record["currency"],
        created=record["created"],
    )
