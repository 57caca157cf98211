"""Returns and their dishonors in the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.ids import first_id_at
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.dishonors.rules import OPEN_FOR_S, RETURN_PREFIX, AchReturn, ReturnFilters, ReturnStatus
from brim.core.rails.ach import ANSWER_DAYS
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_RECEIVED: Final = (
    *("id", "owner", "originator", "topup", "number", "bank_file", "break_id", "code", "original_trace"),
    *("original_rdfi", "trace", "amount", "sec_code", "settled_on", "debited_on", "is_applied"),
    *("dishonorable_until_ms", "received_ms"),
)
_APPLIED: Final = (
    *("owner", "originator", "topup", "number", "bank_file", "original_rdfi", "amount", "sec_code", "settled_on"),
    *("debited_on", "dishonorable_until_ms"),
)
_CHANGING: Final = (
    *("status", "dishonor_code", "information", "dishonored_ms", "dishonored_by", "leaves_ms", "file", "batch"),
    *("dishonor_trace", "booked_on", "booked_by", "final_ms", "contest_code", "contest_trace", "contested_ms"),
    *("taken_by", "ended_ms"),
)
_COLUMNS: Final = tuple(name for name in AchReturn.__struct_fields__ if name not in {"scope", "status"})
_ANSWERED_WITHIN: Final = timedelta(days=ANSWER_DAYS)


async def insert_return(conn: Conn, received: AchReturn, sealed: bytes | None) -> bool:
    """Write a return; tell whether it is new."""
    found = await conn.fetchval(
        _SQL["insert_return"],
        received.scope.account,
        received.scope.livemode,
        received.status,
        sealed,
        *(getattr(received, name) for name in _RECEIVED),
    )
    return found is not None


async def lock_same_return(conn: Conn, received: AchReturn) -> AchReturn | None:
    """Return the return that was noted with the same traces and code, which nobody else can change meanwhile."""
    scope = received.scope
    record = await conn.fetchrow(
        _SQL["lock_same_return"], scope.account, scope.livemode, received.original_trace, received.code, received.trace
    )
    return _from_record(record) if record else None


async def write_applied(conn: Conn, applied: AchReturn, sealed: bytes) -> None:
    """Write what is known of a return that the transaction holds and that is applied now."""
    values = (getattr(applied, name) for name in _APPLIED)
    scope = applied.scope
    await conn.execute(_SQL["write_applied"], scope.account, scope.livemode, applied.id, sealed, *values)


async def lock_return(conn: Conn, scope: AccountScope, return_id: str) -> AchReturn | None:
    """Return a return that nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_return"], scope.account, scope.livemode, return_id)
    return _from_record(record) if record else None


async def update_return(conn: Conn, changed: AchReturn) -> None:
    """Update a return that the transaction holds."""
    values = (getattr(changed, name) for name in _CHANGING)
    await conn.execute(_SQL["update_return"], changed.scope.account, changed.scope.livemode, changed.id, *values)


async def has_earlier_return(conn: Conn, found: AchReturn) -> bool:
    """Tell whether another return of the same presentment was received before."""
    scope = found.scope
    is_there: bool = await conn.fetchval(
        _SQL["has_earlier_return"], scope.account, scope.livemode, found.topup or "", found.number, found.id
    )
    return is_there


async def fetch_returns(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, AchReturn]:
    """Return a platform's returns by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_returns"], scope.account, scope.livemode, ids)
    return {record["id"]: _from_record(record) for record in records}


async def page_returns(conn: Conn, scope: AccountScope, place: Window, filters: ReturnFilters) -> Page[AchReturn]:
    """Return a page of a platform's returns."""
    statement, more, status = "page_returns", [], filters.status
    if filters.undecided_ms is not None:
        status = ReturnStatus.RETURNED
        first = first_id_at(RETURN_PREFIX, max(filters.undecided_ms // 1000 - OPEN_FOR_S, 0))
        place = msgspec.structs.replace(place, low=max(place.low, first))
    if filters.topup is not None:
        statement, more = "page_returns_of_topup", [filters.topup]
    elif filters.file is not None:
        statement, more = "page_returns_in_file", [filters.file]
    elif status is not None:
        statement, more = "page_returns_of_status", [status.value]
    records = await conn.fetch(
        _SQL[statement],
        scope.account,
        scope.livemode,
        place.low,
        place.high,
        place.newest_first,
        place.wanted,
        filters.bank_file,
        filters.undecided_ms,
        status,
        *more,
    )
    return page_of((_from_record(record) for record in records), place)


async def hold_dishonors(
    conn: Conn, scope: AccountScope, originator: str, *, limit: int
) -> list[tuple[AchReturn, bytes]]:
    """Return the dishonors for an originator's next file, with their sealed records, locked."""
    records = await conn.fetch(_SQL["hold_dishonors"], scope.account, scope.livemode, originator, limit)
    return [(_from_record(record), record["sealed"]) for record in records]


async def requeue_dishonors(
    conn: Conn,
    scope: AccountScope,
    file_id: str,
    batches: Sequence[int] | None = None,
    *,
    resubmitted_by: str | None = None,
) -> Sequence[str]:
    """Remove the dishonors of a file, or of batches of it, from it; return which.

    `resubmitted_by` is who wants them to go out again, None where they go out anyway.
    """
    records = await conn.fetch(
        _SQL["requeue_dishonors"], scope.account, scope.livemode, file_id, batches, resubmitted_by
    )
    return [record["id"] for record in records]


async def who_resubmitted(conn: Conn, scope: AccountScope, file_id: str) -> frozenset[str]:
    """Return who let dishonors in a file go out again."""
    records = await conn.fetch(_SQL["who_resubmitted"], scope.account, scope.livemode, file_id)
    return frozenset(record["resubmitted_by"] for record in records)


async def list_in_file(conn: Conn, scope: AccountScope, file_id: str, *, batch: int | None = None) -> list[AchReturn]:
    """Return the returns whose dishonor is in a file, or in a batch of it."""
    records = await conn.fetch(_SQL["list_in_file"], scope.account, scope.livemode, file_id, batch)
    return [_from_record(record) for record in records]


async def find_by_dishonor_trace(conn: Conn, scope: AccountScope, traces: Sequence[str]) -> list[AchReturn]:
    """Return the returns whose dishonor has one of some traces."""
    records = await conn.fetch(_SQL["find_by_dishonor_trace"], scope.account, scope.livemode, traces)
    return [_from_record(record) for record in records]


async def find_by_original_trace(conn: Conn, scope: AccountScope, traces: Sequence[str]) -> list[AchReturn]:
    """Return the returns that name one of some entries, the newest first."""
    records = await conn.fetch(_SQL["find_by_original_trace"], scope.account, scope.livemode, traces)
    return [_from_record(record) for record in records]


async def list_returns_of_topups(conn: Conn, scope: AccountScope, topups: Sequence[str]) -> list[AchReturn]:
    """Return the returns of the debits of some top-ups."""
    records = await conn.fetch(_SQL["list_returns_of_topups"], scope.account, scope.livemode, list(topups))
    return [_from_record(record) for record in records]


async def list_money_back(conn: Conn, *, now_ms: int) -> list[AchReturn]:
    """Return the returns, of all platforms, whose money is back and may be final."""
    return [_from_record(record) for record in await conn.fetch(_SQL["list_money_back"], now_ms)]


async def list_unanswered(conn: Conn, *, now_ms: int) -> list[AchReturn]:
    """Return the returns, of all platforms, whose dishonor has left and may be answered no more."""
    left_by = datetime.fromtimestamp(now_ms // 1000, UTC).date() - _ANSWERED_WITHIN
    return [_from_record(record) for record in await conn.fetch(_SQL["list_unanswered"], now_ms, left_by)]


async def list_played_returns(conn: Conn, *, now_ms: int, limit: int) -> list[AchReturn]:
    """Return the returns of test mode whose dishonor comes to its next step by a moment of real time."""
    return [_from_record(record) for record in await conn.fetch(_SQL["list_played_returns"], now_ms, limit)]


async def claim_played_returns(conn: Conn, owner: AccountScope, *, until_ms: int, limit: int) -> list[AchReturn]:
    """Return those of an account whose dishonor comes to its next step by a moment of its clock, held."""
    records = await conn.fetch(_SQL["claim_played_returns"], owner.account, owner.livemode, until_ms, limit)
    return [_from_record(record) for record in records]


async def forget_records(conn: Conn, *, before_ms: int, limit: int) -> int:
    """Erase the records of returns that could no longer be dishonored by a moment; return how many."""
    return len(await conn.fetch(_SQL["forget_records"], before_ms, limit))


class Undecided(NamedTuple):
    """How many returns can be dishonored, and the earliest deadline among them (Unix milliseconds)."""

    returns: int
    first_ms: int | None


async def count_undecided(conn: Conn, scope: AccountScope, *, now_ms: int, most: int) -> Undecided:
    """Count a platform's returns that can be dishonored now, among the newest `most`."""
    first = first_id_at(RETURN_PREFIX, max(now_ms // 1000 - OPEN_FOR_S, 0))
    record = await conn.fetchrow(_SQL["count_undecided"], scope.account, scope.livemode, now_ms, first, most)
    return Undecided(record["undecided"], record["first_ms"])


def _from_record(record: Mapping[str, Any]) -> AchReturn:
    return AchReturn(
        scope=AccountScope(record["account"], record["livemode"]),
        status=ReturnStatus(record["status"]),
        **{name: record[name] for name in _COLUMNS},
    )
