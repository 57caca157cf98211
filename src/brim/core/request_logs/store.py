"""Requests as they are kept for looking at. What is written together is one lane's (see `lanes`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.paging import Page, PageRequest, Range, page_of, window_of
from brim.base.scope import AccountScope
from brim.core import legal_holds
from brim.core.request_logs.rules import BY_PAGES, PREFIX, RequestFilters, RequestRecord, RequestSource
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, fragments=legal_holds.FRAGMENTS)
_HIGHEST_STATUS: Final = 999


async def insert_request_logs(conn: Conn, records: Sequence[RequestRecord]) -> None:
    """Keep some requests."""
    await conn.execute(_SQL["insert_request_logs"], *columns([_row(record) for record in records]))


async def list_request_logs(
    conn: Conn, scope: AccountScope, filters: RequestFilters, request: PageRequest
) -> Page[RequestRecord]:
    """Return a page of an account's requests, newest first."""
    window = window_of(PREFIX, filters.created, request)
    status = filters.status or Range(None, None)
    low = 0 if status.low is None else status.low
    high = _HIGHEST_STATUS if status.high is None else status.high
    records = await conn.fetch(
        _SQL["list_request_logs"],
        *(scope.account, scope.livemode, window.low, window.high, window.newest_first, window.wanted),
        *(filters.method, filters.path, low, high, filters.request_id),
        *(filters.source and filters.source is RequestSource.DASHBOARD, BY_PAGES),
        *(filters.path_prefix, filters.api_key),
    )
    return page_of([_from_record(record) for record in records], window)


async def newest_request_logs(
    conn: Conn, owners: Sequence[AccountScope], *, after_id: str, limit: int
) -> dict[AccountScope, list[RequestRecord]]:
    """Return for each account up to `limit` of the newest requests after an id, oldest first."""
    columns_of_owners = ([scope.account for scope in owners], [scope.livemode for scope in owners])
    found: dict[AccountScope, list[RequestRecord]] = {scope: [] for scope in owners}
    for record in await conn.fetch(_SQL["newest_request_logs"], *columns_of_owners, after_id, limit):
        request = _from_record(record)
        found[request.scope].append(request)
    return {scope: sorted(requests, key=lambda request: request.id) for scope, requests in found.items()}


async def request_log_exists(conn: Conn, scope: AccountScope, record_id: str) -> bool:
    """Tell whether an account has a request of that id."""
    return bool(await conn.fetchval(_SQL["request_log_exists"], scope.account, scope.livemode, record_id))


async def owners_of_request_logs(
    conn: Conn, *, after: AccountScope | None, limit: int
) -> list[tuple[AccountScope, bool]]:
    """Return the next accounts who have requests kept, in order, and for each whether it is under a legal hold."""
    start = (after.account, after.livemode) if after else ("", False)
    records = await conn.fetch(_SQL["owners_of_request_logs"], *start, limit)
    return [(AccountScope(record["account"], record["livemode"]), record["is_held"]) for record in records]


async def delete_request_logs(conn: Conn, scope: AccountScope, *, before_id: str, most: int, limit: int) -> int:
    """Delete up to `limit` of an account's requests: those before an id, and those beyond the newest `most`."""
    command_tag: str = await conn.execute(
        _SQL["prune_request_logs"], scope.account, scope.livemode, before_id, most, limit
    )
    return int(command_tag.removeprefix("DELETE "))


async def add_request_counts(conn: Conn, counted: Sequence[tuple[Any, int]]) -> None:
    """Add what was counted, sorted, so that no two processes wait for each other; each is a `Counted` and a number."""
    rows = [(*each, number) for each, number in counted]
    await conn.execute(_SQL["add_request_counts"], *columns(rows))


async def forget_request_counts(conn: Conn, *, before: int, limit: int) -> None:
    """Delete up to `limit` counts of the hours before a Unix second, of each mode and class."""
    await conn.execute(_SQL["forget_request_counts"], before, limit)


def _row(record: RequestRecord) -> tuple[Any, ...]:
    """Return the columns in the order of the table."""
    return (
        record.scope.account,
        record.scope.livemode,
        record.id,
        record.request_id,
        record.created,
        record.method,
        record.path,
        record.status,
        record.duration_ms,
        record.api_version,
        record.idempotency_key,
        record.object_id,
        _json(record.parameters),
        _json(record.error),
        record.user_agent,
        record.api_key,
    )


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json_codec.encode_text(value)


def _from_record(record: Mapping[str, Any]) -> RequestRecord:
    return RequestRecord(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        request_id=record["request_id"],
        created=record["created"],
        method=record["method"],
        path=record["path"],
        status=record["status"],
        duration_ms=record["duration_ms"],
        api_version=record["api_version"],
        idempotency_key=record["idempotency_key"],
        object_id=record["object"],
        parameters=_value(record["parameters"]),
        error=_value(record["error"]),
        user_agent=record["user_agent"],
        api_key=record["api_key"],
    )


def _value(text: str | None) -> Any:
    return None if text is None else json_codec.decode(text)
