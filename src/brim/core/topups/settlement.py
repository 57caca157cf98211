"""Settle what is due: ask the rail what came back for top-ups, and book it, each exactly once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import structlog

from brim.base.ids import IdFactory
from brim.core.events import BY_ITSELF, Renderers
from brim.core.jobs import note_exception, short_error
from brim.core.rails import FILE_RAILS, PresentAgain, Rails
from brim.core.time import OwnerTime
from brim.core.topups import settlement_store as settlement
from brim.core.topups.rescheduling import present_again
from brim.core.topups.rules import Status, Topup
from brim.core.topups.settlement_store import OfRails
from brim.core.topups.transitions import Change, follow, instruction_of, write_changes
from brim.platform.database import Conn, Database, halved

ObserveOutcome: TypeAlias = Callable[[Status, int], None]
"""Told how many top-ups got a status, for the metrics."""

FollowUp: TypeAlias = Callable[[Conn, Sequence[Change]], Awaitable[None]]
"""Does what else comes of changes, in the transaction that has written them."""


async def nothing_more(_conn: Conn, _written: Sequence[Change]) -> None:
    """Do nothing else."""


def in_turn(*follow_ups: FollowUp) -> FollowUp:
    """Return what does each of some things."""

    async def follow(conn: Conn, written: Sequence[Change]) -> None:
        for follow_up in follow_ups:
            await follow_up(conn, written)

    return follow


MAX_BATCH: Final = 500
JOB: Final = "settle"
"""What the job is called where stuck work is listed."""

ANSWERED_HERE: Final = OfRails(FILE_RAILS, are_meant=False)
"""All rails but those whose banks answer by files; one that this server does not know is reported here."""

_SHORTEST_PAUSE_MS: Final = 1_000
_LONGEST_PAUSE_MS: Final = 60 * 60 * 1000

_log = structlog.get_logger()


async def settle_due(
    database: Database,
    *,
    now_ms: int,
    ids: IdFactory,
    rails: Rails,
    renderers: Renderers,
    limit: int = MAX_BATCH,
    observe: ObserveOutcome = lambda _status, _count: None,
    follow_up: FollowUp = nothing_more,
) -> int:
    """Settle up to `limit` top-ups whose answer is due in real time; return how many were taken in hand.

    Top-ups of rails whose banks answer by files are not among them.

    Any number of workers may do this at once: a top-up is claimed by one and settles once. One that cannot be
    settled is put off and logged; its neighbours settle all the same. `observe` is told after the commit.

    Raises:
        DatabaseUnavailableError: nothing is known to have settled; the same call may simply be made again.
    """
    moment = OwnerTime(now_ms, ids)

    async def work(conn: Conn) -> tuple[int, Sequence[Change]]:
        due = await settlement.claim_due(conn, ANSWERED_HERE, now_ms=now_ms, limit=limit)
        return len(due), await settle(
            conn, [(topup, moment) for topup in due], rails=rails, renderers=renderers, follow_up=follow_up
        )

    taken, written = await database.transact(work)
    observe_changes(written, observe)
    return taken


def observe_changes(written: Sequence[Change], observe: ObserveOutcome) -> None:
    """Tell how many top-ups got each status."""
    for status, count in Counter(change.transition.topup.status for change in written).items():
        observe(status, count)


async def settle(
    conn: Conn,
    due: Sequence[tuple[Topup, OwnerTime]],
    *,
    rails: Rails,
    renderers: Renderers,
    follow_up: FollowUp = nothing_more,
) -> Sequence[Change]:
    """Settle top-ups that the caller's transaction holds, each at its moment; return the changes that were written.

    One that cannot be settled is put off and logged, and its neighbours settle all the same.
    """
    changes: list[Change] = []
    waiting: list[tuple[Topup, None]] = []
    again: list[tuple[Topup, PresentAgain, OwnerTime]] = []
    for topup, moment in due:
        try:
            outcome = rails.named(topup.rail).outcome(instruction_of(topup), now_ms=moment.now_ms)
            transition = follow(topup, outcome, moment, BY_ITSELF, renderers=renderers)
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not hold up the others
            await _put_off(conn, topup, error, now_ms=moment.now_ms)
            continue
        if transition:
            changes.append(Change(transition, topup, moment, BY_ITSELF))
        elif isinstance(outcome, PresentAgain):
            again.append((topup, outcome, moment))
        else:
            waiting.append((topup, None))
    if waiting:
        await settlement.postpone(conn, waiting)
    for topup, presented, moment in again:
        await present_again(conn, topup, presented, moment, renderers=renderers)
    written = await _write(conn, changes, renderers) if changes else []
    await follow_up(conn, written)
    return written


async def _write(conn: Conn, changes: Sequence[Change], renderers: Renderers) -> Sequence[Change]:
    """Write changes and return those written; one that breaks the batch is put off alone."""

    async def write(part: Sequence[Change]) -> Sequence[Change]:
        async with conn.transaction():  # a savepoint: what failed is undone, the claim stays
            await write_changes(conn, part, renderers=renderers, seal_at_once=True)
        return part

    async def put_off(change: Change, error: Exception) -> Sequence[Change]:
        await _put_off(conn, change.before, error, now_ms=change.moment.now_ms)
        return []

    return await halved(write, changes, alone=put_off)


async def _put_off(conn: Conn, topup: Topup, error: Exception, *, now_ms: int) -> None:
    """Put off a top-up that cannot be settled, so that it does not stand before the others for ever.

    The pause is as long as the top-up has existed, so it doubles from try to try, from a second on and, in real time,
    up to an hour: a clock that advances by years must not try every hour of them.
    """
    pause_ms = max(now_ms - topup.created * 1000, _SHORTEST_PAUSE_MS)
    if topup.test_clock is None:
        pause_ms = min(pause_ms, _LONGEST_PAUSE_MS)
    _log.error(
        "topup cannot be settled",
        account=topup.scope.account,
        livemode=topup.scope.livemode,
        topup=topup.id,
        error=type(error).__name__,
        reason=str(error),
        retry_in_s=pause_ms // 1000,
    )
    await settlement.postpone(conn, [(topup, now_ms + pause_ms)])
    await note_exception(
        conn,
        topup.scope,
        job=JOB,
        object_id=topup.id,
        failed_ms=now_ms,
        next_try_ms=now_ms + pause_ms,
        error=short_error(error),
    )


async def forget_exceptions(database: Database, *, job: str = JOB) -> int:
    """Forget what a job could not do with top-ups and has done since, or is not due any more; return how many."""
    async with database.connection() as conn:
        return await settlement.forget_exceptions(conn, job=job)


async def settlement_lag_ms(conn: Conn, *, now_ms: int) -> int:
    """Return how long the top-up that waits longest in real time has been due, 0 when none is."""
    return await settlement.settlement_lag_ms(conn, now_ms=now_ms)
