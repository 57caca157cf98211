"""Walks along tables in ranges of keys, so that no statement takes long."""

from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)

Key: TypeAlias = tuple[str, bool, str]
"""Account, livemode and id (or idempotency key) of a row: where it stands in its table's order."""

START: Final[Key] = ("", False, "")
"""Before every key."""

_LAST_ID: Final = "\U0010ffff" * 700
"""After every key: longer than an index takes, of the last character there is."""

END: Final[Key] = (_LAST_ID, True, "")
"""After every key: no account begins with Unicode's last character."""


class Walk(StrEnum):
    """The tables whose keys are walked in ranges."""

    TOPUPS = "topups"
    ENTRIES = "entries"
    ENTRY_LINES = "entry_lines"
    EVENTS = "events"
    IDEMPOTENCY_KEYS = "idempotency_keys"


class Range(msgspec.Struct, frozen=True):
    """The keys after `after`, up to and with `until`."""

    after: Key
    until: Key


def bounds_of(span: Range) -> tuple[Any, ...]:
    """Return a range as statements take it.

    That is two accounts, between which all others are whole, and arrays of parts of accounts: account, livemode, the
    key after which a part begins (None: with the first) and its last key.
    """
    (first, first_mode, after), (last, last_mode, until) = span.after, span.until
    if (first, first_mode) == (last, last_mode):
        parts: list[tuple[Any, ...]] = [(first, first_mode, after, until)]
    else:
        whole = [(first, True)] if first != last and not first_mode else []
        whole += [(last, False)] if first != last and last_mode else []
        parts = [
            (first, first_mode, after, _LAST_ID),
            *((account, livemode, None, _LAST_ID) for account, livemode in whole),
            (last, last_mode, None, until),
        ]
    return first, last, *map(list, zip(*parts, strict=True))


async def prefer_ranges(conn: Conn) -> None:
    """Make this transaction's plans read ranges of keys rather than whole tables."""
    await conn.execute(_SQL["prefer_ranges"])


async def estimate_rows(conn: Conn) -> int:
    """Return about how many rows all walks together will read; 0 when the planner has no idea yet."""
    rows: int = await conn.fetchval(_SQL["estimate_rows"])
    return rows


async def range_end(conn: Conn, walk: Walk, after: Key, size: int) -> Key:
    """Return the key that ends a range of `size` rows, or `END` when no more than that are left."""
    record = await conn.fetchrow(_SQL[f"{walk}_range_end"], *after, size - 1)
    return tuple(record) if record else END


async def count_after(conn: Conn, walk: Walk, after: Key, size: int) -> int:
    """Return how many rows there are after a key, counted up to `size`: those of a last range."""
    count: int = await conn.fetchval(_SQL[f"{walk}_count_after"], *after, size)
    return count
