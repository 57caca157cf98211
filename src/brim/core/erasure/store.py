"""Erasure in the database. It speaks as the tables' owner; the service has no part in it."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.erasure.rules import Erasure, Kept, Target
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_decode_counts: Final = json_codec.decoder(dict[str, int])

Row: TypeAlias = Any
"""A row by its columns' names."""

REMOVED: Final = (
    "external_accounts", "default_funding_sources", "bank_tokens", "webhook_deliveries", "webhook_attempts",
    "webhook_endpoints", "cli_sessions", "cli_devices", "idempotency_keys", "due_exceptions",
)  # fmt: skip
"""Tables whose rows go with an account; sessions before devices, which they refer to."""


async def find_erasure(conn: Conn, target: Target) -> Erasure | None:
    """Return how far the erasure of a target has got; None where there is none."""
    return _erasure(await conn.fetchrow(_SQL["find_erasure"], *_key(target)))


async def lock_erasure(conn: Conn, target: Target) -> Erasure | None:
    """Return the same, held until the transaction ends."""
    return _erasure(await conn.fetchrow(_SQL["lock_erasure"], *_key(target)))


async def list_erasures(conn: Conn) -> list[Erasure]:
    """Return all erasures."""
    return [found for row in await conn.fetch(_SQL["list_erasures"]) if (found := _erasure(row))]


async def begin_erasure(conn: Conn, target: Target, kept: Sequence[Kept], *, now_ms: int) -> None:
    """Write that an erasure begins."""
    await conn.execute(_SQL["begin_erasure"], *_key(target), json_codec.encode_text(kept), now_ms)


async def note_progress(conn: Conn, erasure: Erasure) -> None:
    """Write how far an erasure has got."""
    await conn.execute(
        _SQL["note_progress"],
        *_key(erasure.target),
        erasure.step,
        json_codec.encode_text(erasure.counts),
        json_codec.encode_text(erasure.kept),
        erasure.ended_ms,
    )


async def is_owner(conn: Conn) -> bool:
    """Tell whether this connection acts as the owner of the tables."""
    record = await conn.fetchrow(_SQL["may_change"], "audit_log")
    return record is not None and bool(record["is_owner"])


@asynccontextmanager
async def may_change(conn: Conn, table: str) -> AsyncIterator[None]:
    """Let the caller's transaction change `audit_log` or `statement_lines`; nothing of that outlives it."""
    record = await conn.fetchrow(_SQL["may_change"], table)
    if not record["lacks_right"]:
        yield
        return
    await conn.execute(_SQL["lock_rights"])
    await conn.execute(_SQL[f"open_{table}"])
    yield
    await conn.execute(_SQL[f"close_{table}"])


async def read_subject(conn: Conn, account: str) -> Row | None:
    """Return what decides whether an account may be erased; None where there is no such account."""
    return await conn.fetchrow(_SQL["read_subject"], account)


async def has_open_breaks(conn: Conn, platform: AccountScope) -> bool:
    """Tell whether a platform has breaks that nobody has settled."""
    return bool(await conn.fetchval(_SQL["count_open_breaks"], platform.account, platform.livemode))


async def page(conn: Conn, table: str, scope: AccountScope, after: str, limit: int, *filters: Any) -> list[Row]:
    """Return the next rows of a table, by its `page_` statement."""
    rows: list[Row] = await conn.fetch(_SQL[f"page_{table}"], scope.account, scope.livemode, after, limit, *filters)
    return rows


async def page_audit_log(conn: Conn, after: str, limit: int) -> list[Row]:
    """Return the next lines of the audit log."""
    rows: list[Row] = await conn.fetch(_SQL["page_audit_log"], after, limit)
    return rows


async def read_entries(conn: Conn, platform: AccountScope, ids: Sequence[str]) -> list[Row]:
    """Return how top-ups and prenotes were presented to the bank."""
    rows: list[Row] = await conn.fetch(_SQL["read_entries"], platform.account, platform.livemode, ids)
    return rows


async def read_refunds(conn: Conn, platform: AccountScope, topups: Sequence[str]) -> list[str]:
    """Return the refunds of a platform's top-ups."""
    records = await conn.fetch(_SQL["read_refunds"], platform.account, platform.livemode, topups)
    return [record["id"] for record in records]


async def read_events_of(conn: Conn, scope: AccountScope, objects: Sequence[str]) -> list[Row]:
    """Return the events of objects that are no new top-ups."""
    rows: list[Row] = await conn.fetch(_SQL["read_events_of"], scope.account, scope.livemode, objects)
    return rows


async def write(conn: Conn, statement: str, scope: AccountScope, *arguments: Any) -> int:
    """Run a statement that changes an account's rows; return how many it changed."""
    return _count(await conn.execute(_SQL[statement], scope.account, scope.livemode, *arguments))


async def remove(conn: Conn, table: str, scope: AccountScope, limit: int) -> int:
    """Remove up to so many rows of an account; return how many there were."""
    return await write(conn, f"remove_{table}", scope, limit)


async def erase_audit_log(conn: Conn, lines: Iterable[tuple[str, str | None, str | None, str | None, bool]]) -> int:
    """Write what is left of lines: id, detail, before, after, and whether the address goes."""
    columns = [list(column) for column in zip(*lines, strict=True)]
    return _count(await conn.execute(_SQL["erase_audit_log"], *columns)) if columns else 0


async def erase_account(conn: Conn, account: str, details: str) -> int:
    """Forget what an account said of itself, but for these details."""
    return _count(await conn.execute(_SQL["erase_account"], account, details))


async def remove_cli_pairings(conn: Conn, account: str) -> int:
    """Remove logins of the official CLI."""
    return _count(await conn.execute(_SQL["remove_cli_pairings"], account))


def _key(target: Target) -> tuple[str, bool, str]:
    return target.account, target.livemode, target.id


def _erasure(record: Row | None) -> Erasure | None:
    if record is None:
        return None
    return Erasure(
        Target(record["account"], record["target"], record["livemode"]),
        record["step"],
        _decode_counts(record["counts"]),
        json_codec.decode(record["kept"], type=tuple[Kept, ...]),
        record["began_ms"],
        record["ended_ms"],
    )


def _count(tag: str) -> int:
    return int(tag.rpartition(" ")[2])
