"""Settlement in the database: claim what is due, write its end with everything that belongs to it.

The statements here gather several accounts, so they are one lane's: on plain PostgreSQL that is everybody, and one
`FOR UPDATE SKIP LOCKED` claims it. A cluster reads what is due without a lock and settles lane by lane; because
`settle_topups` writes only for rows that are still pending, it is right there too.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from brim.domain.events import Event
from brim.domain.ledger import BalanceTransaction, Transfer
from brim.domain.topups import Topup
from brim.store.database import Conn
from brim.store.sql import load_queries
from brim.store.topups import topup_from_record

_SQL: Final = load_queries("settlement")


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """A top-up at its end, the event that says so, and, when the money arrived, what the books say."""

    topup: Topup
    event: Event
    transfer: Transfer | None = None
    line: BalanceTransaction | None = None


async def claim_due(conn: Conn, *, now_ms: int, limit: int) -> list[Topup]:
    """Return up to `limit` top-ups due by now, earliest first; nobody else can change them in this transaction."""
    return [topup_from_record(record) for record in await conn.fetch(_SQL["claim_due_topups"], now_ms, limit)]


async def write_settlements(conn: Conn, settlements: Sequence[Settlement]) -> int:
    """Write the ends of pending top-ups in one statement; return how many were still pending and so were written."""
    written: int = await conn.fetchval(_SQL["settle_topups"], *settlement_arrays(settlements))
    return written


async def postpone(conn: Conn, topups: Sequence[tuple[Topup, int | None]]) -> None:
    """Set when pending top-ups are asked about again (Unix milliseconds); None for never by itself."""
    rows = [(topup.owner.account, topup.owner.livemode, topup.id, due_ms) for topup, due_ms in topups]
    await conn.execute(_SQL["postpone_topups"], *_columns(rows))


def settlement_arrays(settlements: Sequence[Settlement]) -> Iterable[list[Any]]:
    """Return the arguments of `settle_topups`, in the statement's order."""
    return _columns(
        [(*_end(each.topup), *_booking(each.transfer), *_line(each.line), *_event(each.event)) for each in settlements]
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> Iterable[list[Any]]:
    """Return rows, of which there is at least one, as one array for each column."""
    return map(list, zip(*rows, strict=True))


def _end(topup: Topup) -> tuple[Any, ...]:
    return (
        topup.owner.account,
        topup.owner.livemode,
        topup.id,
        topup.status,
        topup.balance_transaction,
        topup.failure_code,
        topup.failure_message,
    )


def _booking(transfer: Transfer | None) -> tuple[Any, ...]:
    if transfer is None:
        return (None,) * 6
    return (
        transfer.id,
        transfer.kind,
        transfer.debit_account,
        transfer.credit_account,
        transfer.amount,
        transfer.created,
    )


def _line(line: BalanceTransaction | None) -> tuple[Any, ...]:
    """Return a line's own columns; its id, currency, description and type are its top-up's and its transfer's."""
    if line is None:
        return (None,) * 5
    return (line.amount, line.fee, line.net, line.available_on, line.created)


def _event(event: Event) -> tuple[Any, ...]:
    return (
        event.id,
        event.type,
        event.created,
        event.api_version,
        event.request_id,
        event.idempotency_key,
        event.payload.decode(),
    )
