"""Changes when pending top-ups are asked about again, and tells when what was promised of them is another date."""

from collections.abc import Sequence

import msgspec

from brim.base.scope import AccountScope
from brim.core.events import BY_ITSELF, EventType, Renderers, insert_events, new_event
from brim.core.rails import PresentAgain
from brim.core.time import OwnerTime
from brim.core.topups import settlement_store as store
from brim.core.topups.rules import Topup
from brim.platform.database import Conn


class NewDate(msgspec.Struct, frozen=True, kw_only=True):
    """When a pending top-up is asked about again (Unix milliseconds), and from when its money should be usable."""

    scope: AccountScope
    topup: str
    due_ms: int
    expected_availability_date: int
    test_clock: str | None


async def reschedule(conn: Conn, dates: Sequence[NewDate], moment: OwnerTime, *, renderers: Renderers) -> None:
    """Write new dates of top-ups in the caller's transaction; those that are not pending any more are left alone."""
    by_id = {(date.scope, date.topup): date for date in dates}
    events = []
    rows = []
    for topup in await store.lock_pending(conn, list(by_id)):
        date = by_id[topup.scope, topup.id]
        rows.append((topup.scope, topup.id, date.due_ms, date.expected_availability_date, date.test_clock))
        if date.expected_availability_date != topup.expected_availability_date:
            after = msgspec.structs.replace(topup, expected_availability_date=date.expected_availability_date)
            kind = EventType.TOPUP_RESCHEDULED
            events.append(new_event(topup.scope, kind, topup.id, renderers.payload(kind, after), moment, BY_ITSELF))
    if rows:
        await store.reschedule(conn, rows)
    if events:
        await insert_events(conn, events)


async def present_again(
    conn: Conn, topup: Topup, presented: PresentAgain, moment: OwnerTime, *, renderers: Renderers
) -> None:
    """Reschedule a pending top-up, which the transaction holds, for its next answer, and announce the new date."""
    await store.set_scenario(conn, topup, presented.scenario)
    date = NewDate(
        scope=topup.scope,
        topup=topup.id,
        due_ms=presented.due_ms,
        expected_availability_date=presented.expected_availability_date,
        test_clock=topup.test_clock,
    )
    await reschedule(conn, [date], moment, renderers=renderers)


async def hold_pending(conn: Conn, topups: Sequence[tuple[AccountScope, str]]) -> None:
    """Hold those of the named top-ups that are pending until the caller's transaction ends."""
    if topups:
        await store.lock_pending(conn, topups)


async def wake(conn: Conn, topups: Sequence[tuple[AccountScope, str]], *, now_ms: int) -> None:
    """Ask at once about pending top-ups whose money should have been usable before, in the caller's transaction.

    Those in the time of a test clock are asked about again when their clock gets there.
    """
    if not topups:
        return
    waiting = [topup for topup in await store.lock_pending(conn, topups) if _is_late(topup, now_ms)]
    if waiting:
        await store.reschedule(
            conn,
            [(topup.scope, topup.id, now_ms, topup.expected_availability_date, topup.test_clock) for topup in waiting],
        )


async def ask_again(conn: Conn, topups: Sequence[tuple[AccountScope, str]], moment: OwnerTime) -> None:
    """Make those of the named top-ups that are pending due at a moment of their time, in the caller's transaction.

    What was promised of them stays.
    """
    if not topups:
        return
    rows = [
        (topup.scope, topup.id, moment.now_ms, topup.expected_availability_date, moment.test_clock)
        for topup in await store.lock_pending(conn, topups)
    ]
    if rows:
        await store.reschedule(conn, rows)


def _is_late(topup: Topup, now_ms: int) -> bool:
    expected = topup.expected_availability_date
    return topup.test_clock is None and expected is not None and expected * 1000 <= now_ms
