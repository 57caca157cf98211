"""Reversals in the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.rails.ach import ANSWER_DAYS
from brim.core.reversals.rules import Reversal, ReversalFilters, ReversalReason, ReversalStatus
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_REQUESTED: Final = (
    *("id", "owner", "originator", "topup", "number", "reason", "amount", "original_trace", "debited_on", "sec_code"),
    *("company_name", "company_id", "requested_by", "requested_ms", "sendable_until_ms", "leaves_ms"),
    *("file", "batch", "trace"),
)
_CHANGING: Final = (
    *("status", "file", "batch", "trace", "settled_on", "settled_by", "return_code", "return_trace", "returned_by"),
    *("is_credited", "ended_ms"),
)
_ANSWERED_WITHIN: Final = timedelta(days=ANSWER_DAYS)
_COLUMNS: Final = tuple(name for name in Reversal.__struct_fields__ if name not in {"scope", "status", "reason"})


async def insert_reversal(conn: Conn, requested: Reversal) -> bool:
    """Write a reversal; tell whether it is the first of its top-up."""
    found = await conn.fetchval(
        _SQL["insert_reversal"],
        requested.scope.account,
        requested.scope.livemode,
        requested.status,
        *(getattr(requested, name) for name in _REQUESTED),
    )
    return found is not None


async def lock_reversal_of(conn: Conn, scope: AccountScope, topup: str) -> Reversal | None:
    """Return the reversal of a top-up's debit, which nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_reversal_of_topup"], scope.account, scope.livemode, topup)
    return _from_record(record) if record else None


async def find_of_topups(conn: Conn, scope: AccountScope, topups: Sequence[str]) -> dict[str, Reversal]:
    """Return the reversals of the debits of a platform's top-ups, by top-up."""
    records = await conn.fetch(_SQL["find_of_topups"], scope.account, scope.livemode, topups)
    return {record["topup"]: _from_record(record) for record in records}


async def update_reversal(conn: Conn, changed: Reversal) -> None:
    """Update a reversal that the transaction holds."""
    values = (getattr(changed, name) for name in _CHANGING)
    await conn.execute(_SQL["update_reversal"], changed.scope.account, changed.scope.livemode, changed.id, *values)


async def fetch_reversals(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Reversal]:
    """Return a platform's reversals by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_reversals"], scope.account, scope.livemode, ids)
    return {record["id"]: _from_record(record) for record in records}


async def page_reversals(conn: Conn, scope: AccountScope, place: Window, filters: ReversalFilters) -> Page[Reversal]:
    """Return a page of a platform's reversals."""
    statement, more = "page_reversals", []
    if filters.file is not None:
        statement, more = "page_reversals_in_file", [filters.file]
    elif filters.status is not None:
        statement, more = "page_reversals_of_status", [filters.status.value]
    records = await conn.fetch(
        _SQL[statement],
        scope.account,
        scope.livemode,
        place.low,
        place.high,
        place.newest_first,
        place.wanted,
        filters.status,
        *more,
    )
    return page_of((_from_record(record) for record in records), place)


async def hold_waiting(
    conn: Conn, scope: AccountScope, originator: str, *, test_clock: str | None, limit: int
) -> list[Reversal]:
    """Return the reversals for an originator's next file in the time of a clock, or in real time, locked."""
    records = await conn.fetch(_SQL["hold_waiting"], scope.account, scope.livemode, originator, limit, test_clock)
    return [_from_record(record) for record in records]


async def list_over_caps(conn: Conn) -> list[tuple[Reversal, int]]:
    """Return the reversals that wait and are larger than a cap of their profile, and the version of that."""
    records = await conn.fetch(_SQL["list_over_caps"])
    return [(_from_record(record), record["version"]) for record in records]


async def list_unanswered(conn: Conn, *, now_ms: int) -> list[Reversal]:
    """Return the reversals, of all platforms, that have left and that a statement should have booked by now."""
    left_by = datetime.fromtimestamp(now_ms // 1000, UTC).date() - _ANSWERED_WITHIN
    return [_from_record(record) for record in await conn.fetch(_SQL["list_unanswered"], left_by)]


async def requeue_reversals(
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    batches: Sequence[int] | None = None,
    *,
    resubmitted_by: str | None = None,
) -> Sequence[str]:
    """Remove the reversals of a file, or of batches of it, from it; return which.

    `resubmitted_by` is who wants them to go out again, None where they go out anyway.
    """
    records = await conn.fetch(
        _SQL["requeue_reversals"], scope.account, scope.livemode, file_id, batches, resubmitted_by
    )
    return [record["id"] for record in records]


async def who_resubmitted(conn: Conn, scope: AccountScope, file_id: str) -> frozenset[str]:
    """Return who let reversals in a file go out again."""
    records = await conn.fetch(_SQL["who_resubmitted"], scope.account, scope.livemode, file_id)
    return frozenset(record["resubmitted_by"] for record in records)


async def list_in_file(conn: Conn, scope: AccountScope, file_id: str, *, batch: int | None = None) -> list[Reversal]:
    """Return the reversals in a file, or in a batch of it."""
    records = await conn.fetch(_SQL["list_in_file"], scope.account, scope.livemode, file_id, batch)
    return [_from_record(record) for record in records]


async def hold_in_file(conn: Conn, scope: AccountScope, file_id: str) -> list[Reversal]:
    """Return the reversals in a file, locked."""
    records = await conn.fetch(_SQL["hold_in_file"], scope.account, scope.livemode, file_id)
    return [_from_record(record) for record in records]


async def find_by_trace(conn: Conn, scope: AccountScope, traces: Sequence[str]) -> list[Reversal]:
    """Return the reversals with one of some traces, the newest first."""
    records = await conn.fetch(_SQL["find_by_trace"], scope.account, scope.livemode, traces)
    return [_from_record(record) for record in records]


async def find_superseded(conn: Conn, scope: AccountScope, reversals: Sequence[Reversal]) -> dict[str, bool]:
    """Return those of some reversals, by id, whose debit must not be paid back now, and whether that is certain.

    It is not while the break of a return that could not be applied is open.
    """
    ids = [each.id for each in reversals]
    records = await conn.fetch(_SQL["find_superseded"], scope.account, scope.livemode, ids) if ids else []
    return {record["id"]: record["is_certain"] for record in records}


def _from_record(record: Mapping[str, Any]) -> Reversal:
    return Reversal(
        scope=AccountScope(record["account"], record["livemode"]),
        status=ReversalStatus(record["status"]),
        reason=None if record["reason"] is None else ReversalReason(record["reason"]),
        **{name: record[name] for name in _COLUMNS},
    )
