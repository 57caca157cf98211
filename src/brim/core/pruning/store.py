"""Deletes what need not be kept for ever. Each statement is one small step of one lane (see `lanes`)."""

from typing import Any, Final

import msgspec

from brim.core import legal_holds
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=legal_holds.FRAGMENTS)


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


def _looked(record: Any) -> Looked:
    return Looked(record["looked"], record["gone"], record["last_ms"])
