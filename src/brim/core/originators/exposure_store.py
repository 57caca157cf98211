"""Counts what is asked for in the database, and refuses what is beyond a cap."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.originators.exposures import Exposure, ExposureKind
from brim.core.originators.rules import DayCapError, SourceCapError
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)


class DayUse(NamedTuple):
    """How much an account has asked for in a day, in cents."""

    account: str
    amount: int


async def list_day_uses(conn: Conn, scope: AccountScope, day: date, *, limit: int) -> list[DayUse]:
    """Return the accounts of a platform that have asked for most in a day of its originator, the first one most."""
    records = await conn.fetch(_SQL["list_day_exposures"], scope.account, scope.livemode, day.isoformat(), limit)
    return [DayUse(record["account"], record["amount"]) for record in records]


async def add_exposures(conn: Conn, exposures: Iterable[Exposure]) -> None:
    """Count debits in the caller's transaction, which has to be undone when a cap is exceeded.

    Raises:
        DayCapError, SourceCapError: what was counted is more than the cap; the caller's transaction must not commit.
    """
    added: Counter[tuple[str, bool, ExposureKind, str]] = Counter()
    caps: dict[tuple[str, bool, str, str], tuple[int, str]] = {}
    for exposure in exposures:
        key = (exposure.scope.account, exposure.scope.livemode, exposure.kind, exposure.key)
        added[key] += exposure.amount
        least = min(exposure.cap, caps[key][0]) if key in caps else exposure.cap
        caps[key] = (least, exposure.currency)
    if not added:
        return
    rows = [(*key, added[key]) for key in sorted(added)]
    for record in await conn.fetch(_SQL["add_exposures"], *columns(rows)):
        account, livemode, kind, name, amount = record
        cap, currency = caps[account, livemode, kind, name]
        if amount > cap:
            left = max(cap - (amount - added[account, livemode, ExposureKind(kind), name]), 0)
            error = DayCapError if kind == ExposureKind.DAY else SourceCapError
            raise error(cap, left, currency)


async def reduce_source_exposures(conn: Conn, ended: Mapping[tuple[AccountScope, str], int]) -> None:
    """Take off what is no longer pending, by account and bank account, in the caller's transaction."""
    if not ended:
        return
    rows = sorted((scope.account, scope.livemode, source, amount) for (scope, source), amount in ended.items())
    await conn.execute(_SQL["reduce_source_exposures"], *columns(rows))
