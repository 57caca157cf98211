"""Counts what is sent and returned, keeps the guards, and lets two people lift one for a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from brim.base.actor import Actor
from brim.base.ids import IdFactory, Ids
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.events import BY_ITSELF, Event, EventType, Renderers, insert_events, new_event
from brim.core.originators import Originator, check_not_key, check_person, find_originator, name_of
from brim.core.rails.ach import local_day
from brim.core.return_rates import store
from brim.core.return_rates.rules import (
    LONGEST_OVERRIDE_DAYS,
    WINDOW_DAYS,
    Counts,
    Guard,
    Level,
    NoOverrideError,
    Override,
    OverrideEndError,
    OverrideStatus,
    RateKind,
    changed_guards,
    kinds_of,
)
from brim.core.return_rates.store import CountedOwner, DayCount, Whose
from brim.core.time import OwnerTime
from brim.platform.database import Conn, Database

ALL: Final = ""
"""The owner under which all accounts of an originator are counted together."""
MOST_SHOWN: Final = 200
_DAY_MS: Final = 24 * 60 * 60 * 1000
COUNTS_KEPT_DAYS: Final = 2 * WINDOW_DAYS
_KIND_OF_LEVEL: Final = {
    Level.CLEAR: EventType.RETURN_RATE_CLEARED,
    Level.WARNED: EventType.RETURN_RATE_WARNED,
    Level.REACHED: EventType.RETURN_RATE_LIMIT_REACHED,
}


class ReturnRates(NamedTuple):
    """What has come back through an originator, of all accounts (`owner` is empty) or of one.

    `guards` has the rates that are near their limits or have reached them, `asked` and `override` what two people do
    about that.
    """

    originator: Originator
    owner: str
    counts: Counts
    guards: Sequence[Guard]
    asked: Override | None
    override: Override | None


class ReturnedDebit(NamedTuple):
    """A debit that came back: whose, on which day of the originator, and why."""

    owner: str
    day: date
    return_code: str


async def count_sent(
    conn: Conn,
    originator: Originator,
    sent: Mapping[tuple[str, date], int],
    *,
    renderers: Renderers,
    now_ms: int,
    ids: Ids,
) -> None:
    """Count debits that have left, by account and the day on which they settle, in the caller's transaction.

    Negative numbers take back what was counted and did not happen: the bank has rejected it.
    """
    counts = [DayCount(owner, day, debits=number) for (owner, day), number in sent.items()]
    await _count(conn, originator, counts, renderers=renderers, now_ms=now_ms, ids=ids)


async def count_returned(
    conn: Conn,
    originator: Originator,
    returned: Sequence[ReturnedDebit],
    *,
    renderers: Renderers,
    now_ms: int,
    ids: Ids,
) -> None:
    """Count debits that came back, in the caller's transaction."""
    sums: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for debit in returned:
        kinds = kinds_of(debit.return_code)
        for place, kind in enumerate(RateKind):
            sums[debit.owner, debit.day][place] += kind in kinds
    counts = [
        DayCount(owner, day, unauthorized=unauthorized, administrative=administrative, returned=together)
        for (owner, day), (unauthorized, administrative, together) in sums.items()
    ]
    await _count(conn, originator, counts, renderers=renderers, now_ms=now_ms, ids=ids)


async def _count(
    conn: Conn,
    originator: Originator,
    counts: Sequence[DayCount],
    *,
    renderers: Renderers,
    now_ms: int,
    ids: Ids,
) -> None:
    if not counts:
        return
    whose = Whose(originator.scope, originator.id)
    together: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for count in counts:
        for place, number in enumerate(count[2:]):
            together[count.day][place] += number
    await store.add_counts(conn, whose, [*counts, *(DayCount(ALL, day, *sums) for day, sums in together.items())])
    owners = sorted({ALL, *(count.owner for count in counts)})
    await _watch(conn, originator, owners, renderers=renderers, now_ms=now_ms, ids=ids)


async def _watch(
    conn: Conn, originator: Originator, owners: Sequence[str], *, renderers: Renderers, now_ms: int, ids: Ids
) -> int:
    """Write and announce where the rates of owners stand now; return how many have changed their level.

    The counts of the originator are held, so nobody else does it meanwhile.
    """
    whose = Whose(originator.scope, originator.id)
    today = local_day(originator.profile, now_ms)
    sums = await store.sum_counts(conn, whose, owners, today=today)
    before = await store.list_guards(conn, whose, owners)
    found = [
        each
        for owner in owners
        for each in changed_guards(
            before, owner, sums[owner], minimum_debits=originator.profile.return_rate_minimum, now_ms=now_ms
        )
    ]
    await store.write_guards(conn, whose, [guard for guard, _ in found])
    changed = [guard for guard, was in found if guard.level is not was]
    if changed:
        moment = OwnerTime(now_ms, ids)
        await insert_events(conn, [_event(originator, guard, renderers, moment) for guard in changed])
    return len(changed)


def _event(originator: Originator, guard: Guard, renderers: Renderers, moment: OwnerTime) -> Event:
    kind = _KIND_OF_LEVEL[guard.level]
    payload = renderers.payload(kind, originator, guard)
    return new_event(originator.scope, kind, guard.owner or originator.id, payload, moment, BY_ITSELF)


class Watching:
    """Looks again at rates as days pass: what was sent, or came back, sixty days ago counts no more.

    Args:
        database: where.
        renderers: write what events show.
    """

    def __init__(self, database: Database, renderers: Renderers) -> None:
        self._database = database
        self._renderers = renderers
        self._after: CountedOwner | None = None

    async def run_once(self, *, now_ms: int, ids: IdFactory, limit: int) -> int:
        """Look at up to `limit` owners; return how many there were, of which `limit` says that there may be more."""
        since = datetime.fromtimestamp(now_ms // 1000, UTC).date() - timedelta(days=COUNTS_KEPT_DAYS)
        async with self._database.connection() as conn:
            found = await store.list_counted_owners(conn, self._after, since=since, limit=limit)
        self._after = found[-1] if len(found) == limit else None
        by_originator: dict[Whose, list[str]] = defaultdict(list)
        for each in found:
            by_originator[each.whose].append(each.owner)
        for whose, owners in by_originator.items():
            await self._look(whose, owners, now_ms=now_ms, ids=ids)
        return len(found)

    async def _look(self, whose: Whose, owners: Sequence[str], *, now_ms: int, ids: IdFactory) -> None:
        async def work(conn: Conn) -> None:
            originator = await find_originator(conn, whose.scope, whose.originator)
            today = local_day(originator.profile, now_ms)
            await store.add_counts(conn, whose, [DayCount(ALL, today)])  # holds what others count
            await _watch(conn, originator, owners, renderers=self._renderers, now_ms=now_ms, ids=ids)

        await self._database.transact(work)


async def list_return_rates(conn: Conn, originator: Originator, *, now_ms: int) -> list[ReturnRates]:
    """Return the rates of an originator, and of the accounts of which one stands out or is overridden."""
    whose = Whose(originator.scope, originator.id)
    guards = await store.list_originator_guards(conn, whose, limit=MOST_SHOWN)
    overrides = await store.list_overrides(conn, whose, limit=MOST_SHOWN)
    owners = sorted({ALL, *(each.owner for each in guards), *(each.owner for each in overrides)})
    return await _rates_of(conn, originator, owners, guards, overrides, now_ms=now_ms)


async def read_return_rates(conn: Conn, originator: Originator, owner: str, *, now_ms: int) -> ReturnRates:
    """Return the rates of an originator, of all accounts (`owner` is empty) or of one."""
    whose = Whose(originator.scope, originator.id)
    guards = await store.list_guards(conn, whose, [owner])
    found = [await store.lock_override(conn, whose, owner, status) for status in OverrideStatus]
    overrides = [override for override in found if override is not None]
    (rates,) = await _rates_of(conn, originator, [owner], guards, overrides, now_ms=now_ms)
    return rates


async def _rates_of(
    conn: Conn,
    originator: Originator,
    owners: Sequence[str],
    guards: Sequence[Guard],
    overrides: Sequence[Override],
    *,
    now_ms: int,
) -> list[ReturnRates]:
    whose = Whose(originator.scope, originator.id)
    sums = await store.sum_counts(conn, whose, owners, today=local_day(originator.profile, now_ms))
    by_place = {(each.owner, each.status): each for each in overrides}
    return [
        ReturnRates(
            originator,
            owner,
            sums[owner],
            [guard for guard in guards if guard.owner == owner],
            by_place.get((owner, OverrideStatus.ASKED)),
            _in_force(by_place.get((owner, OverrideStatus.APPROVED)), now_ms),
        )
        for owner in owners
    ]


def _in_force(override: Override | None, now_ms: int) -> Override | None:
    return override if override is not None and override.until_ms > now_ms else None


async def ask_for_override(  # noqa: PLR0913  what is asked for, of what, by whom
    conn: Conn,
    originator: Originator,
    owner: str,
    *,
    reason: str,
    until_ms: int,
    approvers: int,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Override:
    """Ask that debits go on although a limit is reached; another person approves it. One asked for before is replaced.

    Args:
        conn: the transaction.
        originator: whose limit.
        owner: of which account; empty for the originator's own rates.
        reason: why.
        until_ms: when it ends.
        approvers: how many operators have to do with live money.
        by: who asks.
        now_ms: the time.
        ids: makes the id of the audit entry.

    Raises:
        OverrideEndError: it ends in the past, or in more than thirty days.
        SecondPersonError: an API key asks, where several operators have to do with live money.
    """
    check_not_key(by, approvers=approvers)
    if not now_ms < until_ms <= now_ms + LONGEST_OVERRIDE_DAYS * _DAY_MS:
        raise OverrideEndError
    override = Override(
        owner=owner,
        status=OverrideStatus.ASKED,
        reason=reason,
        until_ms=until_ms,
        asked_by=name_of(by),
        asked_ms=now_ms,
    )
    await store.write_override(conn, Whose(originator.scope, originator.id), override)
    await _record(conn, by, Action.RETURN_OVERRIDE_ASKED, originator, override, now_ms=now_ms, ids=ids)
    return override


async def approve_override(
    conn: Conn,
    originator: Originator,
    owner: str,
    *,
    expected_until_ms: int,
    approvers: int,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Override:
    """Let debits go on, as somebody has asked; one in force is replaced.

    Raises:
        NoOverrideError: nobody has asked for one, or not for the one that ends at `expected_until_ms`.
        OverrideEndError: it would have ended by now.
        SecondPersonError: this actor may not approve it (`originators.check_person`).
    """
    whose = Whose(originator.scope, originator.id)
    asked = await store.lock_override(conn, whose, owner, OverrideStatus.ASKED)
    if asked is None or asked.until_ms != expected_until_ms:
        raise NoOverrideError(OverrideStatus.ASKED)
    check_person(by, prepared_by=asked.asked_by, approvers=approvers)
    if asked.until_ms <= now_ms:
        raise OverrideEndError
    approver = name_of(by)
    approved = msgspec.structs.replace(
        asked,
        status=OverrideStatus.APPROVED,
        approved_by=approver,
        approved_ms=now_ms,
        one_person=approver == asked.asked_by,
    )
    await store.delete_override(conn, whose, asked.owner, OverrideStatus.ASKED)
    await store.write_override(conn, whose, approved)
    await _record(conn, by, Action.RETURN_OVERRIDE_APPROVED, originator, approved, now_ms=now_ms, ids=ids)
    return approved


async def end_override(
    conn: Conn, originator: Originator, owner: str, *, by: Actor, now_ms: int, ids: IdFactory
) -> Override:
    """End an override at once, the one that is asked for and the one in force; return the one that counted most.

    Raises:
        NoOverrideError: there is none.
    """
    whose = Whose(originator.scope, originator.id)
    found = [await store.lock_override(conn, whose, owner, status) for status in OverrideStatus]
    there = [override for override in found if override is not None]
    if not there:
        raise NoOverrideError(OverrideStatus.APPROVED)
    for override in there:
        await store.delete_override(conn, whose, override.owner, override.status)
    await _record(conn, by, Action.RETURN_OVERRIDE_ENDED, originator, there[-1], now_ms=now_ms, ids=ids)
    return there[-1]


async def _record(
    conn: Conn,
    by: Actor,
    action: Action,
    originator: Originator,
    override: Override,
    *,
    now_ms: int,
    ids: IdFactory,
) -> None:
    whose = override.owner or "all accounts"
    await audit.record(
        conn,
        by,
        action,
        object_type=ObjectType.ORIGINATOR,
        object_id=originator.id,
        scope=originator.scope,
        detail=f"{whose}: {override.reason}",
        now_ms=now_ms,
        ids=ids,
    )
