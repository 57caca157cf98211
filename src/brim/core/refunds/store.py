"""Refunds in the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.rails.ach import ANSWER_DAYS
from brim.core.refunds.rules import FailureReason, Refund, RefundFilters, RefundStatus
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_CHANGING: Final = (
    *("status", "failure_reason", "failure_balance_transaction", "transaction_code", "routing_number", "last4"),
    *("receiver_name", "sealed", "file", "batch", "trace", "settled_on", "settled_by", "return_code", "return_trace"),
    *("returned_by", "canceled_by", "ended_ms"),
)
_DECODED: Final = frozenset({"scope", "status", "failure_reason", "metadata"})
_COLUMNS: Final = tuple(name for name in Refund.__struct_fields__ if name not in _DECODED)
_ANSWERED_WITHIN: Final = timedelta(days=ANSWER_DAYS)
_decode_metadata: Final = json_codec.decoder(dict[str, str])


async def insert_refund(conn: Conn, requested: Refund) -> None:
    """Write a refund that is in no file."""
    await conn.execute(
        _SQL["insert_refund"],
        requested.scope.account,
        requested.scope.livemode,
        requested.id,
        requested.status,
        requested.owner,
        requested.originator,
        requested.topup,
        requested.number,
        requested.amount,
        requested.description,
        json_codec.encode_text(requested.metadata) if requested.metadata else None,
        requested.debited_on,
        requested.sec_code,
        requested.requested_by,
        requested.requested_ms,
        requested.leaves_ms,
        requested.balance_transaction,
    )


async def lock_refund(conn: Conn, scope: AccountScope, refund_id: str) -> Refund | None:
    """Return a refund, which nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_refund"], scope.account, scope.livemode, refund_id)
    return _from_record(record) if record else None


async def lock_refunds_of(conn: Conn, scope: AccountScope, topup: str) -> list[Refund]:
    """Return the refunds of a top-up, which nobody else can change until the transaction ends."""
    records = await conn.fetch(_SQL["lock_refunds_of_topup"], scope.account, scope.livemode, topup)
    return [_from_record(record) for record in records]


async def find_of_topups(conn: Conn, scope: AccountScope, topups: Sequence[str]) -> dict[str, list[Refund]]:
    """Return the refunds of a platform's top-ups, by top-up, the oldest first; those without any are left out."""
    found: dict[str, list[Refund]] = defaultdict(list)
    for record in await conn.fetch(_SQL["find_of_topups"], scope.account, scope.livemode, list(topups)):
        found[record["topup"]].append(_from_record(record))
    return dict(found)


async def update_refund(conn: Conn, changed: Refund) -> None:
    """Update a refund that the transaction holds."""
    values = (getattr(changed, name) for name in _CHANGING)
    await conn.execute(_SQL["update_refund"], changed.scope.account, changed.scope.livemode, changed.id, *values)


async def fetch_refunds(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Refund]:
    """Return a platform's refunds by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_refunds"], scope.account, scope.livemode, ids)
    return {record["id"]: _from_record(record) for record in records}


async def page_refunds(conn: Conn, scope: AccountScope, place: Window, filters: RefundFilters) -> Page[Refund]:
    """Return a page of a platform's refunds."""
    statement, more = "page_refunds", []
    if filters.topup is not None:
        statement, more = "page_refunds_of_topup", [filters.topup]
    elif filters.file is not None:
        statement, more = "page_refunds_in_file", [filters.file]
    elif filters.status is not None:
        statement, more = "page_refunds_of_status", [filters.status.value]
    records = await conn.fetch(
        _SQL[statement],
        scope.account,
        scope.livemode,
        place.low,
        place.high,
        place.newest_first,
        place.wanted,
        filters.status,
        filters.file,
        *more,
    )
    return page_of((_from_record(record) for record in records), place)


async def hold_waiting(
    conn: Conn, scope: AccountScope, originator: str, *, test_clock: str | None, cap: int, limit: int
) -> list[Refund]:
    """Return the refunds for an originator's next file in the time of a clock, or in real time, locked.

    None is larger than an entry of the file may be (`cap`).
    """
    records = await conn.fetch(_SQL["hold_waiting"], scope.account, scope.livemode, originator, limit, test_clock, cap)
    return [_from_record(record) for record in records]


async def list_over_caps(conn: Conn) -> list[tuple[Refund, int]]:
    """Return the refunds that wait and are larger than a cap of their profile, and the version of that."""
    records = await conn.fetch(_SQL["list_over_caps"])
    return [(_from_record(record), record["version"]) for record in records]


async def list_unanswered(conn: Conn, *, now_ms: int) -> list[Refund]:
    """Return the refunds, of all platforms, that have left and that a statement should have booked by now."""
    left_by = datetime.fromtimestamp(now_ms // 1000, UTC).date() - _ANSWERED_WITHIN
    return [_from_record(record) for record in await conn.fetch(_SQL["list_unanswered"], left_by)]


async def requeue_refunds(
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    batches: Sequence[int] | None = None,
    *,
    resubmitted_by: str | None = None,
) -> Sequence[str]:
    """Remove the refunds of a file, or of batches of it, from it; return which.

    `resubmitted_by` is who wants them to go out again, None where they go out anyway.
    """
    records = await conn.fetch(_SQL["requeue_refunds"], scope.account, scope.livemode, file_id, batches, resubmitted_by)
    return [record["id"] for record in records]


async def who_resubmitted(conn: Conn, scope: AccountScope, file_id: str) -> frozenset[str]:
    """Return who let refunds in a file go out again."""
    records = await conn.fetch(_SQL["who_resubmitted"], scope.account, scope.livemode, file_id)
    return frozenset(record["resubmitted_by"] for record in records)


async def list_in_file(conn: Conn, scope: AccountScope, file_id: str, *, batch: int | None = None) -> list[Refund]:
    """Return the refunds in a file, or in a batch of it."""
    records = await conn.fetch(_SQL["list_in_file"], scope.account, scope.livemode, file_id, batch)
    return [_from_record(record) for record in records]


async def hold_in_file(conn: Conn, scope: AccountScope, file_id: str) -> list[Refund]:
    """Return the refunds in a file, locked."""
    records = await conn.fetch(_SQL["hold_in_file"], scope.account, scope.livemode, file_id)
    return [_from_record(record) for record in records]


async def find_by_trace(conn: Conn, scope: AccountScope, traces: Sequence[str]) -> list[Refund]:
    """Return the refunds with one of some traces, the newest first."""
    records = await conn.fetch(_SQL["find_by_trace"], scope.account, scope.livemode, traces)
    return [_from_record(record) for record in records]


def _from_record(record: Mapping[str, Any]) -> Refund:
    metadata, reason = record["metadata"], record["failure_reason"]
    return Refund(
        scope=AccountScope(record["account"], record["livemode"]),
        status=RefundStatus(record["status"]),
        failure_reason=None if reason is None else FailureReason(reason),
        metadata=_decode_metadata(metadata) if metadata else {},
        **{name: record[name] for name in _COLUMNS},
    )
