"""Test clocks: an account's test mode lives in frozen time, and moves when it is told to.

A request moves a clock's target only; the worker takes the clock there in steps, one transaction each, in which
everything due happens in order and at its own time. Until it has arrived, nobody else acts in that time.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from brim.base.errors import NotInLiveModeError, ResourceMissingError
from brim.base.ids import FrozenIds, IdFactory
from brim.base.scope import AccountScope
from brim.core import audit, events, legal_holds, time
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, Actor, ActorKind, ObjectType
from brim.core.due import DueQueue, in_order
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, new_event
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.core.installation import InstallationKind, find_kind
from brim.core.test_clocks import store as clocks
from brim.core.time import (
    KEPT_S,
    ClockExistsError,
    OwnerTime,
    TestClock,
    check_advance,
    check_frozen_time,
    find_clock,
    standing_at,
)
from brim.platform.database import Conn, Database

MAX_STEP: Final = 500
"""The most that one step of a clock takes in hand."""

PREFIX: Final = "clock_"
_DELETE_ENDED: Final = Actor(kind=ActorKind.JOB, name="test clocks")


async def create_clock(
    database: Database,
    attempt: RequestContext,
    *,
    frozen_time: int,
    name: str | None,
    queues: Sequence[DueQueue],
    ids: IdFactory,
    renderers: Renderers,
    render_error: RenderError,
) -> Result:
    """Freeze the time of an account's test mode, in a rehearsal of its live mode too; return the clock's reply.

    Raises:
        NotInLiveModeError: the attempt is a live one, and the installation does not only rehearse.
        FrozenTimeError: no bank's calendar reaches that time.
        ClockExistsError: the account has a clock.
    """
    await _check_may_freeze(database, attempt.scope)
    check_frozen_time(frozen_time)

    async def work(conn: Conn) -> bytes:
        clock_id = ids.new_at(PREFIX, attempt.now_ms)
        clock = TestClock(
            scope=attempt.scope,
            id=clock_id,
            name=name,
            created=ids.newest_second,
            deletes_after=ids.newest_second + KEPT_S,
            frozen_time=frozen_time,
            since_ms=attempt.now_ms,
        )
        if not await clocks.insert_clock(conn, clock):
            existing = await time.read_clock(conn, attempt.scope)
            raise ClockExistsError(existing.id if existing else "")
        await _adopt(conn, clock, queues)
        await record(conn, attempt, Action.TEST_CLOCK_MADE, ObjectType.TEST_CLOCK, clock_id, after=clock)
        return await _changed(conn, clock, EventType.CLOCK_CREATED, attempt, ids=ids, renderers=renderers)

    return await run_once(database, attempt, work, render_error=render_error)


async def advance_clock(
    database: Database,
    attempt: RequestContext,
    clock_id: str,
    *,
    frozen_time: int,
    queues: Sequence[DueQueue],
    ids: IdFactory,
    renderers: Renderers,
    render_error: RenderError,
) -> Result:
    """Send a clock on its way and return its reply; a worker takes it there.

    Raises:
        ResourceMissingError: the account has no such clock.
        FrozenTimeError: it cannot go there.
        ClockAdvancingError: it is on its way already.
    """

    async def work(conn: Conn) -> bytes:
        clock = await _lock(conn, attempt.scope, clock_id)
        check_advance(clock, frozen_time)
        await _adopt(conn, clock, queues)  # creates that were under way when the clock was made
        moving = msgspec.structs.replace(clock, target_frozen_time=frozen_time, since_ms=attempt.now_ms)
        await clocks.move_clock(conn, moving)
        kind = ObjectType.TEST_CLOCK
        await record(conn, attempt, Action.TEST_CLOCK_ADVANCED, kind, clock_id, before=clock, after=moving)
        return await _changed(conn, moving, EventType.CLOCK_ADVANCING, attempt, ids=ids, renderers=renderers, at=clock)

    return await run_once(database, attempt, work, render_error=render_error)


async def delete_clock(
    database: Database,
    attempt: RequestContext,
    clock_id: str,
    *,
    queues: Sequence[DueQueue],
    ids: IdFactory,
    renderers: Renderers,
) -> None:
    """Let an account's test mode return to real time; what it waits for keeps its date.

    Raises:
        ResourceMissingError: the account has no such clock.
    """

    async def work(conn: Conn) -> None:
        clock = await _lock(conn, attempt.scope, clock_id)
        await _delete(
            conn, clock, queues, now_ms=attempt.now_ms, ids=ids, renderers=renderers, cause=attempt.cause, by=attempt.by
        )

    await database.transact(work)


async def retrieve_clock(database: Database, scope: AccountScope, clock_id: str) -> TestClock:
    """Return a clock as it is now: its `frozen_time` moves while it advances.

    Raises:
        ResourceMissingError: the account has no such clock.
    """
    clock = await find_clock(database, scope)
    if clock is None or clock.id != clock_id:
        raise _missing(clock_id)
    return clock


async def _check_may_freeze(database: Database, scope: AccountScope) -> None:
    """Let pass whose time may be frozen: test mode, and live mode where no money is real."""
    if not scope.livemode:
        return
    async with database.connection() as conn:
        if await find_kind(conn) is not InstallationKind.REHEARSAL:
            raise NotInLiveModeError


async def _lock(conn: Conn, scope: AccountScope, clock_id: str) -> TestClock:
    clock = await clocks.lock_clock(conn, scope, clock_id)
    if clock is None:
        raise _missing(clock_id)
    return clock


def _missing(clock_id: str) -> ResourceMissingError:
    return ResourceMissingError("test clock", clock_id, param="test_clock", in_path=True)


async def _changed(
    conn: Conn,
    clock: TestClock,
    event_type: EventType,
    attempt: RequestContext,
    *,
    ids: IdFactory,
    renderers: Renderers,
    at: TestClock | None = None,
) -> bytes:
    """Announce what a request did to a clock, at the time it stands at (or stood, `at`); return its reply."""
    moment = standing_at(at or clock, now_ms=attempt.now_ms, ids=ids)
    return await _announce(conn, clock, event_type, moment, attempt.cause, renderers)


async def _announce(
    conn: Conn, clock: TestClock, event_type: EventType, moment: OwnerTime, cause: Cause, renderers: Renderers
) -> bytes:
    """Write a clock's event, and make its account's terms new; return what the event shows."""
    await bump_config_version(conn, clock.scope)
    payload = renderers.payload(event_type, clock)
    await events.insert_events(conn, [new_event(clock.scope, event_type, clock.id, payload, moment, cause)])
    return payload


async def _adopt(conn: Conn, clock: TestClock, queues: Sequence[DueQueue]) -> None:
    for queue in queues:
        await queue.adopt(conn, clock.scope, clock.id)


async def _delete(
    conn: Conn,
    clock: TestClock,
    queues: Sequence[DueQueue],
    *,
    now_ms: int,
    ids: IdFactory,
    cause: Cause,
    by: Actor,
    renderers: Renderers,
) -> None:
    for queue in queues:
        await queue.release(conn, clock.scope)
    await clocks.delete_clock(conn, clock)
    await audit.record(
        conn,
        by,
        Action.TEST_CLOCK_DELETED,
        object_type=ObjectType.TEST_CLOCK,
        object_id=clock.id,
        before=clock,
        scope=clock.scope,
        now_ms=now_ms,
        ids=ids,
    )
    moment = standing_at(clock, now_ms=now_ms, ids=ids)
    await _announce(conn, clock, EventType.CLOCK_DELETED, moment, cause, renderers)


async def delete_ended_clock(
    database: Database, *, queues: Sequence[DueQueue], now_ms: int, ids: IdFactory, renderers: Renderers
) -> int:
    """Remove one clock whose days are over, unless its account is under a legal hold; return how many went, 0 or 1."""

    async def work(conn: Conn) -> int:
        await legal_holds.keep_holds_out(conn)
        clock = await clocks.claim_ended(conn, now_s=now_ms // 1000)
        if clock is None:
            return 0
        await _delete(
            conn, clock, queues, now_ms=now_ms, ids=ids, renderers=renderers, cause=BY_ITSELF, by=_DELETE_ENDED
        )
        return 1

    return await database.transact(work)


async def step_clock(
    database: Database,
    *,
    queues: Sequence[DueQueue],
    now_ms: int,
    ids: IdFactory,
    renderers: Renderers,
    limit: int = MAX_STEP,
) -> int:
    """Take one clock that is on its way one step further; return how many steps were taken, 0 or 1.

    A step is up to `limit` things of the queues, each done at the moment at which it is due, or the arrival. Any number
    of workers may do this at once: a clock is moved by one of them at a time, so that everything happens in order.

    Raises:
        DatabaseUnavailableError: the step is not known to be taken; the same call may simply be made again.
    """

    async def work(conn: Conn) -> tuple[int, Sequence[Callable[[], None]]]:
        clock = await clocks.claim_advancing(conn)
        if clock is None or clock.target_frozen_time is None:
            return 0, []
        frozen_ids = FrozenIds(ids, real_ms=now_ms, since_ms=clock.since_ms, by_bank=True)
        until_ms = clock.target_frozen_time * 1000
        claimed = [await queue.claim_by_clock(conn, clock.scope, until_ms=until_ms, limit=limit) for queue in queues]
        step = [
            (item, OwnerTime(at_ms, frozen_ids, clock.id))
            for item, at_ms in in_order(claimed, limit=limit, from_ms=clock.frozen_time * 1000)
        ]
        if not step:
            await _arrive(conn, clock, frozen_ids, renderers, now_ms=now_ms)
            return 1, []
        reached = msgspec.structs.replace(clock, frozen_time=step[-1][1].now_ms // 1000)
        await clocks.move_clock(conn, reached)
        return 1, [
            await queue.work_off(conn, list(together))
            for queue, together in groupby(step, key=lambda each: each[0].queue)
        ]

    taken, after_commit = await database.transact(work)
    for call in after_commit:
        call()
    return taken


async def _arrive(conn: Conn, clock: TestClock, ids: FrozenIds, renderers: Renderers, *, now_ms: int) -> None:
    """Let a clock stand still where it was sent to: nothing more is due there."""
    target = clock.target_frozen_time or clock.frozen_time
    arrived = msgspec.structs.replace(clock, frozen_time=target, target_frozen_time=None, since_ms=now_ms)
    await clocks.move_clock(conn, arrived)
    moment = OwnerTime(target * 1000, ids, clock.id)
    await _announce(conn, arrived, EventType.CLOCK_READY, moment, BY_ITSELF, renderers)
