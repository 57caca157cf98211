"""Corrections in the database."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.corrections.rules import Correction, CorrectionFilters, CorrectionStatus, Notice
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_COLUMNS: Final = tuple(name for name in Correction.__struct_fields__ if name not in {"scope", "status"})


async def is_known(conn: Conn, notice: Notice) -> bool:
    """Tell whether a notification of change was received before."""
    found: bool = await conn.fetchval(
        _SQL["is_known"],
        notice.scope.account,
        notice.scope.livemode,
        notice.topup,
        notice.number,
        notice.change_code,
        notice.trace,
    )
    return found


async def insert_correction(conn: Conn, correction: Correction, sealed: bytes) -> None:
    """Write a notification of change and what became of it."""
    await conn.execute(
        _SQL["insert_correction"],
        correction.scope.account,
        correction.scope.livemode,
        correction.status,
        sealed,
        *(getattr(correction, name) for name in _COLUMNS),
    )


async def lock_correction(conn: Conn, scope: AccountScope, correction_id: str) -> Correction | None:
    """Return a correction that nobody else can change until the transaction ends."""
    record = await conn.fetchrow(_SQL["lock_correction"], scope.account, scope.livemode, correction_id)
    return _from_record(record) if record else None


async def update_correction(conn: Conn, correction: Correction) -> None:
    """Write what became of a correction that the transaction holds."""
    await conn.execute(
        _SQL["update_correction"],
        correction.scope.account,
        correction.scope.livemode,
        correction.id,
        correction.status,
        correction.break_id,
        correction.refusal_code,
        correction.refusal_file,
        correction.refusal_trace,
        correction.ended_ms,
        correction.ended_by,
    )


async def has_unsettled(conn: Conn, scope: AccountScope, topup: str) -> bool:
    """Tell whether a notification of change about a platform's top-up, or prenote, is open or refused."""
    found: bool = await conn.fetchval(_SQL["has_unsettled"], scope.account, scope.livemode, topup)
    return found


async def find_corrected_source(conn: Conn, scope: AccountScope, topup: str) -> tuple[AccountScope, str] | None:
    """Return whose bank account, and which, was corrected because of a platform's top-up or prenote."""
    record = await conn.fetchrow(_SQL["find_corrected_source"], scope.account, scope.livemode, topup)
    return (AccountScope(record["owner"], scope.livemode), record["funding_source"]) if record else None


async def fetch_corrections(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Correction]:
    """Return a platform's corrections by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_corrections"], scope.account, scope.livemode, ids)
    return {record["id"]: _from_record(record) for record in records}


async def page_corrections(
    conn: Conn, scope: AccountScope, place: Window, filters: CorrectionFilters
) -> Page[Correction]:
    """Return a page of a platform's corrections."""
    statement, more = "page_corrections", []
    if filters.topup is not None:
        statement, more = "page_corrections_of_topup", [filters.topup]
    elif filters.funding_source is not None:
        statement, more = "page_corrections_of_source", [filters.funding_source]
    elif filters.status is CorrectionStatus.OPEN:
        statement = "page_open_corrections"
    records = await conn.fetch(
        _SQL[statement],
        scope.account,
        scope.livemode,
        place.low,
        place.high,
        place.newest_first,
        place.wanted,
        filters.owner,
        filters.status,
        filters.bank_file,
        *more,
    )
    return page_of((_from_record(record) for record in records), place)


async def hold_refusals(
    conn: Conn, scope: AccountScope, originator: str, *, limit: int
) -> list[tuple[Correction, bytes]]:
    """Return refused corrections that no file has, with what is sealed of them; nobody else can change them."""
    records = await conn.fetch(_SQL["hold_refusals"], scope.account, scope.livemode, originator, limit)
    return [(_from_record(record), record["sealed"]) for record in records]


async def originators_with_refusals(conn: Conn, *, before_ms: int) -> list[tuple[AccountScope, str]]:
    """Return the originators, of all platforms, with refusals that have waited since before a moment."""
    records = await conn.fetch(_SQL["originators_with_refusals"], before_ms)
    return [(AccountScope(record["account"], record["livemode"]), record["originator"]) for record in records]


async def requeue_refusals(conn: Conn, scope: AccountScope, file_id: str) -> None:
    """Take the refusals in a file out of it."""
    await conn.execute(_SQL["requeue_refusals"], scope.account, scope.livemode, file_id)


class CountedCorrections(NamedTuple):
    """How many notifications of change came about a platform's entries, and how many of them are open."""

    notifications: int
    unsettled: int


async def count_corrections(conn: Conn, scope: AccountScope, *, first_id: str, most: int) -> CountedCorrections:
    """Count a platform's newest notifications of change from an id on, `most` at most."""
    record = await conn.fetchrow(_SQL["count_corrections"], scope.account, scope.livemode, first_id, most)
    return CountedCorrections(record["notifications"], record["unsettled"])


def _from_record(record: Mapping[str, Any]) -> Correction:
    return Correction(
        scope=AccountScope(record["account"], record["livemode"]),
        status=CorrectionStatus(record["status"]),
        **{name: record[name] for name in _COLUMNS},
    )
