"""Deletes what need not be kept for ever. Each statement is one small step of one lane (see `lanes`)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec

from brim.core import legal_holds
from brim.core.pruning.rules import Due, Kind
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=legal_holds.FRAGMENTS)
_DAY_LENGTH: Final = len("2026-12-01")
"""A sum of a day may have its rail behind the day."""


class Looked(msgspec.Struct, frozen=True):
    """What one step came to: how many rows it looked at, how many of them went, and the age of the last one."""

    looked: int
    gone: int
    last_ms: int | None


async def delete_idempotency_keys(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` idempotency keys made in a time (Unix milliseconds), and delete those that are not held."""
    return _looked(await conn.fetchrow(_SQL["prune_idempotency_keys"], from_ms, before_ms, limit))


async def delete_events(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` events numbered in a time (Unix milliseconds), and delete those that are not held.

    All that hangs on them goes with them. What they were about is added to `pruned_events`, in the same transaction.
    """
    return _looked(await conn.fetchrow(_SQL["prune_events"], from_ms, before_ms, limit))


async def delete_api_keys(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` API keys that ended in a time, and delete those that are not held."""
    return _looked(await conn.fetchrow(_SQL["prune_api_keys"], from_ms, before_ms, limit))


async def delete_bank_tokens(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` bank account tokens made in a time, and delete those that are not held."""
    return _looked(await conn.fetchrow(_SQL["prune_bank_tokens"], from_ms, before_ms, limit))


async def delete_exposures(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` sums of days in a time, and delete those that are not held."""
    arguments = (_day(from_ms).isoformat(), _day(before_ms).isoformat(), limit)
    record = await conn.fetchrow(_SQL["prune_exposures"], *arguments)
    last = record["last_day"]
    return _looked_at_days(record, date.fromisoformat(last[:_DAY_LENGTH]) if last else None)


async def delete_return_counts(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` counts of returns of days in a time, and delete those that are not held."""
    record = await conn.fetchrow(_SQL["prune_return_counts"], _day(from_ms), _day(before_ms), limit)
    return _looked_at_days(record, record["last_day"])


async def forget_ach_file_bytes(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` files built in a time, and forget the bytes of those that are done with and not held."""
    return _looked(await conn.fetchrow(_SQL["prune_ach_file_bytes"], from_ms, before_ms, limit))


async def forget_bank_file_bytes(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` files received in a time, and forget the bytes of those that were applied and not held."""
    return _looked(await conn.fetchrow(_SQL["prune_bank_file_bytes"], from_ms, before_ms, limit))


async def delete_reports(conn: Conn, from_ms: int, before_ms: int, limit: int) -> Looked:
    """Look at up to `limit` report runs that ended in a time, and delete those that are not held, with their files."""
    return _looked(await conn.fetchrow(_SQL["prune_reports"], from_ms, before_ms, limit))


async def count_due(conn: Conn, before_ms: Mapping[Kind, int], *, most: int) -> list[Due]:
    """Return how much of each kind is older than a time, among the `most` youngest of these."""
    records = await conn.fetch(
        _SQL["count_due"],
        before_ms[Kind.ENDED_KEYS],
        before_ms[Kind.BANK_TOKENS],
        _day(before_ms[Kind.EXPOSURES]).isoformat(),
        before_ms[Kind.ACH_FILE_BYTES],
        before_ms[Kind.IDEMPOTENCY_KEYS],
        before_ms[Kind.EVENTS],
        most,
        _day(before_ms[Kind.RETURN_COUNTS]),
        before_ms[Kind.REPORTS],
    )
    return [Due(Kind(record["kind"]), record["due"], record["held"]) for record in records]


def _day(at_ms: int) -> date:
    """Return the UTC day of a time; the first of all days for what lies before 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date() if at_ms > 0 else date.min


def _looked_at_days(record: Any, last: date | None) -> Looked:
    """Return what a step came to over rows that have a day each, of which `last` is the youngest."""
    last_ms = None if last is None else (last - date(1970, 1, 1)) // timedelta(milliseconds=1)
    return Looked(record["looked"], record["gone"], last_ms)


def _looked(record: Any) -> Looked:
    return Looked(record["looked"], record["gone"], record["last_ms"])
