"""What the next file takes: by when, for which day, and how much."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.entry_store import Total
from brim.core.originators import (
    DayUse,
    Originator,
    OriginatorStatus,
    in_charge,
    list_day_uses,
    list_originators,
)
from brim.core.push import NumbersLeft, count_numbers_left
from brim.core.rails.ach import effective_date_of, local_day, next_cutoff_ms
from brim.core.time import read_clock
from brim.platform.database import Conn, Database

_LOOKED_AT: Final = 20_000
"""How many due top-ups are looked at: who asks wants to know soon, and whether there is more."""

_LISTED: Final = 10


class Cutoff(msgspec.Struct, frozen=True):
    """A cut-off of an originator, and the day on which what goes out with it settles."""

    cutoff_ms: int
    effective_date: date


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What the next file takes of a platform's money.

    `now_ms` is the platform's time, kept by `test_clock` if that is not None. Without an active originator `originator`
    and `cutoff` are None, and nothing is `due`. `uses` are the accounts that have asked for most today, `numbers` the
    virtual account numbers of which the least part is left.
    """

    now_ms: int
    test_clock: str | None
    originator: Originator | None
    cutoff: Cutoff | None
    due: Total
    is_complete: bool
    queued: Total
    uses: Sequence[DayUse]
    numbers: NumbersLeft | None = None


async def read_outlook(database: Database, scope: AccountScope, *, now_ms: int) -> Outlook:
    """Return what the next file takes of a platform's money."""
    async with database.connection() as conn:
        moment_ms, clock = await read_now(conn, scope, now_ms=now_ms)
        queued = await entry_store.sum_queued_entries(conn, scope)
        of_ach = [each for each in await list_originators(conn, scope) if each.profile.sepa is None]
        found = in_charge(of_ach)
        originator = found if found is not None and found.status is OriginatorStatus.ACTIVE else None
        cutoff = next_cutoffs(originator, now_ms=moment_ms, count=1)[0] if originator else None
        due, is_complete, uses = Total(0, 0), True, []
        numbers = await count_numbers_left(conn, scope, now_ms=now_ms)
        if originator is not None and cutoff is not None:
            due, is_complete = await entry_store.sum_due_topups(conn, scope, until_ms=cutoff.cutoff_ms, most=_LOOKED_AT)
            day = local_day(originator.profile, moment_ms)
            uses = await list_day_uses(conn, scope, day, limit=_LISTED)
    return Outlook(
        now_ms=moment_ms,
        test_clock=clock,
        originator=originator,
        cutoff=cutoff,
        due=due,
        is_complete=is_complete,
        queued=queued,
        uses=uses,
        numbers=min(numbers, key=lambda each: each.left / each.size, default=None),
    )


async def read_now(conn: Conn, scope: AccountScope, *, now_ms: int) -> tuple[int, str | None]:
    """Return what time it is for an account, and the test clock that keeps it, if any."""
    clock = await read_clock(conn, scope)
    return (clock.frozen_time * 1000, clock.id) if clock else (now_ms, None)


def next_cutoffs(originator: Originator, *, now_ms: int, count: int) -> list[Cutoff]:
    """Return an originator's next cut-offs after a moment, in order."""
    found: list[Cutoff] = []
    moment_ms = now_ms
    while len(found) < count:
        moment_ms = next_cutoff_ms(originator.profile, moment_ms)
        found.append(Cutoff(moment_ms, effective_date_of(originator.profile, moment_ms)))
    return found
