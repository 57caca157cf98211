"""Legal holds in the database. They are the whole installation's, and few."""

from typing import Any, Final

from brim.base.paging import Page, PageRequest, page_of, window_of
from brim.core.legal_holds.rules import HOLD_PREFIX, HoldKind, LegalHold
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def keep_holds_out(conn: Conn) -> None:
    """Let no hold be placed until the caller's transaction ends."""
    await conn.execute(_SQL["keep_holds_out"])


async def await_pruning(conn: Conn) -> None:
    """Wait until nobody keeps holds out, and let nobody until the caller's transaction ends."""
    await conn.execute(_SQL["await_pruning"])


async def account_exists(conn: Conn, account: str) -> bool:
    """Tell whether there is an account of that id, deleted or not."""
    return bool(await conn.fetchval(_SQL["account_exists"], account))


async def insert_hold(conn: Conn, hold: LegalHold) -> None:
    """Add a hold."""
    await conn.execute(
        _SQL["insert_hold"],
        *(hold.id, hold.kind.value, hold.account, hold.reason, hold.reference, hold.placed_ms, hold.placed_by),
    )


async def lift_hold(conn: Conn, hold_id: str, *, by: str, now_ms: int) -> LegalHold | None:
    """End a hold and return it as it is then; None when none of that id is in force."""
    record = await conn.fetchrow(_SQL["lift_hold"], hold_id, now_ms, by)
    return _hold(record) if record else None


async def find_hold(conn: Conn, hold_id: str) -> LegalHold | None:
    """Return the hold with this id, lifted or not."""
    record = await conn.fetchrow(_SQL["find_hold"], hold_id)
    return _hold(record) if record else None


async def list_holds(conn: Conn, request: PageRequest) -> Page[LegalHold]:
    """Return a page of all holds, newest first."""
    window = window_of(HOLD_PREFIX, None, request)
    records = await conn.fetch(_SQL["list_holds"], window.low, window.high, window.newest_first, window.wanted)
    return page_of([_hold(record) for record in records], window)


async def hold_over(conn: Conn, account: str) -> str | None:
    """Return the id of a hold in force over an account, or over the installation when none is named."""
    hold: str | None = await conn.fetchval(_SQL["hold_over"], account)
    return hold


def _hold(record: Any) -> LegalHold:
    return LegalHold(
        id=record["id"],
        kind=HoldKind(record["kind"]),
        account=record["account"],
        reason=record["reason"],
        reference=record["reference"],
        placed_ms=record["placed_ms"],
        placed_by=record["placed_by"],
        lifted_ms=record["lifted_ms"],
        lifted_by=record["lifted_by"],
    )
