"""What is at risk and what is to come, as a platform asks for it. Nothing here decides anything."""

from collections.abc import Sequence
from typing import Final

from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core import direct_debits, originators
from brim.core.direct_debits import FILE_PREFIX
from brim.core.money_at_risk import store
from brim.core.money_at_risk.rules import (
    HORIZON_DAYS,
    HORIZON_DAYS_OF_SEPA,
    AtRisk,
    MoneyAtRisk,
    forecast,
    sum_at_risk,
    total_by_currency,
)
from brim.core.money_at_risk.store import Clocks
from brim.core.originators import OriginatorStatus
from brim.core.topups import Topup
from brim.platform.database import Conn, Database

MOST_DEBITS: Final = 50_000
MOST_PENDING: Final = 50_000
"""What one look reads at most: about a second."""
SHOWN_SOURCES: Final = 100
_DAY_S: Final = 24 * 60 * 60


async def read_money_at_risk(
    database: Database,
    scope: AccountScope,
    *,
    now_ms: int,
    most_debits: int = MOST_DEBITS,
    most_pending: int = MOST_PENDING,
    shown_sources: int = SHOWN_SOURCES,
) -> MoneyAtRisk:
    """Return what may be taken back of the usable money of a platform's accounts, and when what is pending arrives.

    Args:
        database: where it is.
        scope: the platform's.
        now_ms: the real time; a test clock of the platform takes its place.
        most_debits: how many entries are looked at, the newest files first.
        most_pending: how many pending top-ups are.
        shown_sources: how many funding sources are listed.
    """
    async with database.connection() as conn:
        moment_ms, _ = await direct_debits.read_now(conn, scope, now_ms=now_ms)
        known = await originators.list_originators(conn, scope)
        rows, is_complete = await _read_rows(conn, scope, known, now_ms=moment_ms, most=most_debits)
        pending, arrivals_are_complete = await store.fetch_pending_debits(conn, scope, limit=most_pending)
    active = [each.profile for each in known if each.status is OriginatorStatus.ACTIVE]
    return MoneyAtRisk(
        now_ms=moment_ms,
        currencies=tuple(total_by_currency(rows)),
        sources=tuple(rows[:shown_sources]),
        more_sources=len(rows) > shown_sources,
        is_complete=is_complete,
        arrivals=tuple(
            forecast(
                pending,
                {each.id: each.profile for each in known},
                {profile.currency: profile for profile in active},
                now_ms=moment_ms,
            )
        ),
        arrivals_are_complete=arrivals_are_complete,
    )


async def total_at_risk(conn: Conn, scope: AccountScope, *, now_ms: int, most: int) -> list[AtRisk]:
    """Return what is at risk of a platform's usable money, by currency: of so many entries, the newest files first."""
    moment_ms, _ = await direct_debits.read_now(conn, scope, now_ms=now_ms)
    known = await originators.list_originators(conn, scope)
    rows, _ = await _read_rows(conn, scope, known, now_ms=moment_ms, most=most)
    return total_by_currency(rows)


async def _read_rows(
    conn: Conn, scope: AccountScope, known: Sequence[originators.Originator], *, now_ms: int, most: int
) -> tuple[list[AtRisk], bool]:
    days = HORIZON_DAYS_OF_SEPA if any(each.profile.sepa is not None for each in known) else HORIZON_DAYS
    since_file = first_id_at(FILE_PREFIX, now_ms // 1000 - days * _DAY_S)
    debits, is_complete = await store.fetch_usable_debits(conn, scope, since_file=since_file, limit=most)
    return sum_at_risk(debits, {each.id: each.profile for each in known}, now_ms=now_ms), is_complete


async def read_clocks(conn: Conn, topups: Sequence[Topup]) -> dict[str, Clocks]:
    """Return when the money of one account's top-ups became usable, and when the bank booked it, by id."""
    return await store.fetch_clocks(conn, topups[0].scope, topups) if topups else {}
