"""Return counts, guards and overrides in the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.scope import AccountScope
from brim.core.return_rates.rules import Counts, Guard, Level, Override, OverrideStatus, RateKind
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)


class Whose(NamedTuple):
    """An originator of a platform."""

    scope: AccountScope
    originator: str


class DayCount(NamedTuple):
    """What is counted of an owner (an account, or all of them: '') in a day."""

    owner: str
    day: date
    debits: int = 0
    unauthorized: int = 0
    administrative: int = 0
    returned: int = 0


class CountedOwner(NamedTuple):
    """An owner of whom something was counted."""

    whose: Whose
    owner: str


async def add_counts(conn: Conn, whose: Whose, counts: Sequence[DayCount]) -> None:
    """Add to what is counted; each owner and day stands there once, and whoever counts waits for others who do."""
    await conn.execute(_SQL["add_return_counts"], *_key(whose), *columns(sorted(counts)))


async def sum_counts(conn: Conn, whose: Whose, owners: Sequence[str], *, today: date) -> dict[str, Counts]:
    """Return what was counted in the sixty days until today, or until the newest day that was counted, by owner."""
    records = await conn.fetch(_SQL["sum_return_counts"], *_key(whose), owners, today)
    return {
        record["owner"]: Counts(
            debits=record["debits"],
            unauthorized=record["unauthorized"],
            administrative=record["administrative"],
            returned=record["returned"],
        )
        for record in records
    }


async def list_counted_owners(conn: Conn, after: CountedOwner | None, *, since: date, limit: int) -> list[CountedOwner]:
    """Return owners who got something back since a day, in order, after a place."""
    place = (*_key(after.whose), after.owner) if after else ("", False, "", "")
    records = await conn.fetch(_SQL["list_counted_owners"], *place, since, limit)
    return [
        CountedOwner(Whose(AccountScope(record["account"], record["livemode"]), record["originator"]), record["owner"])
        for record in records
    ]


async def list_guards(conn: Conn, whose: Whose, owners: Sequence[str]) -> list[Guard]:
    """Return the rates of owners that are not clear."""
    records = await conn.fetch(_SQL["list_return_guards"], *_key(whose), owners)
    return [_guard_from_record(record) for record in records]


async def list_originator_guards(conn: Conn, whose: Whose, *, limit: int) -> list[Guard]:
    """Return all rates that are not clear, those of the originator itself first."""
    records = await conn.fetch(_SQL["list_originator_guards"], *_key(whose), limit)
    return [_guard_from_record(record) for record in records]


async def write_guards(conn: Conn, whose: Whose, guards: Sequence[Guard]) -> None:
    """Write where rates stand; those that are clear are forgotten."""
    kept = [guard for guard in guards if guard.level is not Level.CLEAR]
    gone = [(guard.owner, guard.kind) for guard in guards if guard.level is Level.CLEAR]
    if kept:
        rows = [(each.owner, each.kind, each.level, each.debits, each.returns, each.since_ms) for each in kept]
        await conn.execute(_SQL["write_return_guards"], *_key(whose), *columns(sorted(rows)))
    if gone:
        await conn.execute(_SQL["delete_return_guards"], *_key(whose), *columns(sorted(gone)))


async def count_guards(conn: Conn) -> dict[Level, int]:
    """Return how many rates stand at each level, of all platforms."""
    return {Level(record["level"]): record["count"] for record in await conn.fetch(_SQL["count_return_guards"])}


async def lock_override(conn: Conn, whose: Whose, owner: str, status: OverrideStatus) -> Override | None:
    """Return an override, held until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_override"], *_key(whose), owner, status)
    return _override_from_record(record) if record else None


async def write_override(conn: Conn, whose: Whose, override: Override) -> None:
    """Write an override, in the place of the one of its owner and status."""
    await conn.execute(
        _SQL["write_override"],
        *_key(whose),
        override.owner,
        override.status,
        override.reason,
        override.until_ms,
        override.asked_by,
        override.asked_ms,
        override.approved_by,
        override.approved_ms,
        override.one_person,
    )


async def delete_override(conn: Conn, whose: Whose, owner: str, status: OverrideStatus) -> None:
    """Forget an override."""
    await conn.execute(_SQL["delete_override"], *_key(whose), owner, status)


async def list_overrides(conn: Conn, whose: Whose, *, limit: int) -> list[Override]:
    """Return what is asked for and what is approved, for the originator itself first."""
    records = await conn.fetch(_SQL["list_overrides"], *_key(whose), limit)
    return [_override_from_record(record) for record in records]


def _key(whose: Whose) -> tuple[str, bool, str]:
    return whose.scope.account, whose.scope.livemode, whose.originator


def _guard_from_record(record: Mapping[str, Any]) -> Guard:
    return Guard(
        owner=record["owner"],
        kind=RateKind(record["kind"]),
        level=Level(record["level"]),
        debits=record["debits"],
        returns=record["returns"],
        since_ms=record["since_ms"],
    )


def _override_from_record(record: Mapping[str, Any]) -> Override:
    return msgspec.convert(dict(record), Override)
