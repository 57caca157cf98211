"""What is due in the database: claim it, or put it off.

The statements here gather several accounts, so they are one lane's: on plain PostgreSQL that is everybody, and one
`FOR UPDATE SKIP LOCKED` claims it. A cluster reads what is due lane by lane.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.topups.rules import Topup
from brim.core.topups.store import topup_from_record
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "settlement")


class OfRails(NamedTuple):
    """The rails whose top-ups are meant: those named, or all but those named, unknown ones among them."""

    names: Sequence[str]
    are_meant: bool


async def claim_due(conn: Conn, rails: OfRails, *, now_ms: int, limit: int) -> list[Topup]:
    """Return up to `limit` top-ups of rails due by now, earliest first; nobody else can change them meanwhile."""
    records = await conn.fetch(_SQL["claim_due_topups"], list(rails.names), rails.are_meant, now_ms, limit)
    return [topup_from_record(record) for record in records]


async def postpone(conn: Conn, topups: Sequence[tuple[Topup, int | None]]) -> None:
    """Set when top-ups are asked about again (Unix milliseconds of their time); None for never by itself."""
    rows = [(topup.scope.account, topup.scope.livemode, topup.id, topup.status, due_ms) for topup, due_ms in topups]
    await conn.execute(_SQL["postpone_topups"], *columns(rows))


async def reschedule(conn: Conn, rows: Sequence[tuple[AccountScope, str, int, int | None, str | None]]) -> None:
    """Write when top-ups are asked about again (Unix milliseconds), their date (Unix seconds) and their clock."""
    flat = [(scope.account, scope.livemode, *rest) for scope, *rest in rows]
    await conn.execute(_SQL["reschedule_topups"], *columns(flat))


async def set_scenario(conn: Conn, topup: Topup, scenario: str | None) -> None:
    """Write what the counterparty of a top-up plays from now on, which the transaction holds."""
    await conn.execute(_SQL["set_scenario"], topup.scope.account, topup.scope.livemode, topup.id, scenario)


async def lock_pending(conn: Conn, wanted: Sequence[tuple[AccountScope, str]]) -> list[Topup]:
    """Return those of the named top-ups that are pending; nobody else can change them in this transaction."""
    rows = sorted((scope.account, scope.livemode, topup_id) for scope, topup_id in wanted)
    return [topup_from_record(record) for record in await conn.fetch(_SQL["lock_pending_topups"], *columns(rows))]


async def forget_exceptions(conn: Conn, *, job: str) -> int:
    """Remove the exceptions of a job whose top-ups are not due at the time that was noted; return how many."""
    forgotten: int = await conn.fetchval(_SQL["forget_settlement_exceptions"], job)
    return forgotten


async def settlement_lag_ms(conn: Conn, *, now_ms: int) -> int:
    """Return how long the top-up that waits longest in real time has been due, 0 when none is."""
    due_ms: int | None = await conn.fetchval(_SQL["earliest_due"])
    return 0 if due_ms is None else max(now_ms - due_ms, 0)


async def adopt_topups(conn: Conn, scope: AccountScope, clock_id: str) -> None:
    """Let a clock keep the time of those of an account's top-ups that wait for something in real time."""
    await conn.execute(_SQL["adopt_topups"], scope.account, scope.livemode, clock_id)


async def release_topups(conn: Conn, scope: AccountScope) -> None:
    """Let what waits for something in the time of an account's clock wait for the same date in real time."""
    await conn.execute(_SQL["release_topups"], scope.account, scope.livemode)


async def claim_by_clock(conn: Conn, scope: AccountScope, rails: OfRails, *, until_ms: int, limit: int) -> list[Topup]:
    """Return up to `limit` top-ups of rails that an account's clock makes due by then (its Unix milliseconds)."""
    records = await conn.fetch(
        _SQL["claim_due_by_clock"],
        scope.account,
        scope.livemode,
        until_ms,
        limit,
        list(rails.names),
        rails.are_meant,
    )
    return [topup_from_record(record) for record in records]
