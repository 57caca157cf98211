"""Reads events and top-ups in the order of their keys, and looks up which of them there are."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)

START: Final = ("", False, "")
"""Before the first key."""


class EventRow(NamedTuple):
    """An event: whose, which, of what, and about which object."""

    scope: AccountScope
    id: str
    type: str
    object_id: str

    @property
    def key(self) -> tuple[str, bool, str]:
        """Where it stands in the order."""
        return (self.scope.account, self.scope.livemode, self.id)


class TopupRow(NamedTuple):
    """A top-up: whose, which, how much, and how it stands."""

    scope: AccountScope
    id: str
    amount: int
    currency: str
    status: str

    @property
    def key(self) -> tuple[str, bool, str]:
        """Where it stands in the order."""
        return (self.scope.account, self.scope.livemode, self.id)


async def page_events(conn: Conn, after: tuple[str, bool, str], limit: int) -> list[EventRow]:
    """Return the events after a key, in order."""
    records = await conn.fetch(_SQL["page_events"], *after, limit)
    return [EventRow(AccountScope(*record[:2]), *record[2:]) for record in records]


async def page_topups(conn: Conn, after: tuple[str, bool, str], limit: int) -> list[TopupRow]:
    """Return the top-ups after a key, in order."""
    records = await conn.fetch(_SQL["page_topups"], *after, limit)
    return [TopupRow(AccountScope(*record[:2]), *record[2:]) for record in records]


async def known_events(conn: Conn, rows: Sequence[EventRow]) -> set[str]:
    """Return the ids of those events that are here."""
    return {str(record["id"]) for record in await conn.fetch(_SQL["known_events"], *_keys(rows))}


async def known_topups(conn: Conn, rows: Sequence[TopupRow]) -> dict[str, str]:
    """Return how those top-ups stand that are here, by id."""
    return {record["id"]: record["status"] for record in await conn.fetch(_SQL["known_topups"], *_keys(rows))}


async def count_sent(conn: Conn, rows: Sequence[EventRow]) -> dict[str, int]:
    """Return to how many endpoints each event was sent, by id."""
    return {record["id"]: record["sent"] for record in await conn.fetch(_SQL["count_sent"], *_keys(rows))}


def _keys(rows: Sequence[EventRow] | Sequence[TopupRow]) -> tuple[list[str], list[bool], list[str]]:
    return [r.scope.account for r in rows], [r.scope.livemode for r in rows], [r.id for r in rows]
