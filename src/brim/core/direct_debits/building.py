"""Makes files: in one transaction entries get their traces, and the exact bytes are stored.

What is sent later is these bytes. A second reader counts them before they may leave. Whoever is interrupted leaves
nothing: either the file stands with all that is in it, or its entries still wait.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import structlog

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import corrections, dishonors
from brim.core.direct_debits import entry_store, file_store, prenote_store, reading_store
from brim.core.direct_debits.announcing import announce_file
from brim.core.direct_debits.applying import LAPSED, refuse_unfit, withdraw
from brim.core.direct_debits.claiming import may_leave
from brim.core.direct_debits.disputing import report_missed
from brim.core.direct_debits.encoding import Header, OutgoingCredit, encode_file, fits, wrong_with
from brim.core.direct_debits.entry_store import Group
from brim.core.direct_debits.fitting import Fitting, credits_within_cap, dishonors_within_cap, within_cap, within_lines
from brim.core.direct_debits.messages import encode_message, fits_collection, place_collections
from brim.core.direct_debits.microdeposit_entries import with_amounts
from brim.core.direct_debits.microdeposit_rules import leaving
from brim.core.direct_debits.positions import place_credits, place_dishonors, place_entries, place_refusals
from brim.core.direct_debits.refunding import hold_refunds, put_refunds_in_file
from brim.core.direct_debits.representing import end_late, is_too_late
from brim.core.direct_debits.reversing import hold_reversals, put_reversals_in_file
from brim.core.direct_debits.rules import APPROVED_BY_PROFILE, FILE_PREFIX, AchFile, Entry, EntryStatus, FileStatus
from brim.core.direct_debits.trouble import done_or_listed
from brim.core.events import EventType, Renderers
from brim.core.originators import Originator, OriginatorStatus, list_originators, read_account_number
from brim.core.rails.ach import (
    OriginatorProfile,
    approvals_needed,
    date_of_file_made,
    entry_cap_of_file_made,
    local_time,
    usable_ms,
)
from brim.core.rails.ach.nacha import FieldError
from brim.core.rails.sepa import MessageError
from brim.core.time import ClockAdvancingError, OwnerTime, lock_owner_time
from brim.core.topups import NewDate, hold_pending, reschedule
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""File id modifiers in the order of their use: at most 36 files of an originator in a day. Source: Nacha, record 1."""

_ANY_AMOUNT: Final = 2**63 - 1
_REFERENCE_LENGTH: Final = 8
_LOGGED: Final = 10

_log = structlog.get_logger()


class TooManyFilesError(RuntimeError):
    """An originator has made as many files in a day as there are modifiers; the rest waits until tomorrow."""


async def build_due(database: Database, vault: Vault, renderers: Renderers, *, now_ms: int, ids: IdFactory) -> int:
    """Make the files that are due, one transaction each; return how many were made.

    Those by a test clock too, while it stands: it makes its files on its way, but for those that waited for a person.

    Raises:
        DatabaseUnavailableError: nothing is known of the file under way; the next call finds out.
    """
    async with database.connection() as conn:
        groups = await entry_store.groups_with_queued_entries(conn)
        overdue = [Group(*whose, None) for whose in await corrections.overdue_refusals(conn, now_ms=now_ms)]
        owners = await entry_store.groups_with_what_is_due(conn, now_ms=now_ms)
        groups += [group for group in dict.fromkeys([*overdue, *owners]) if group not in groups]
    made = 0
    for group in groups:

        async def work(conn: Conn, group: Group = group) -> AchFile | None:
            moment = await _lock_time(conn, group, owner=owners.get(group), now_ms=now_ms, ids=ids)
            return None if moment is None else await build_file(conn, vault, renderers, group, moment=moment)

        file = await done_or_listed(
            database,
            work,
            renderers,
            scope=group.scope,
            cause=group.originator,
            doing=f"make the next file of {group.originator}",
            now_ms=now_ms,
            ids=ids,
        )
        made += file is not None
    return made


async def _lock_time(
    conn: Conn, group: Group, *, owner: AccountScope | None, now_ms: int, ids: IdFactory
) -> OwnerTime | None:
    """Return the current moment in a group's time; None if its clock is advancing, or nothing waits.

    `owner` has the clock if only a dishonor, a reversal or a refund waits.
    """
    if group.test_clock is None:
        return OwnerTime(now_ms, ids)
    waiting = await entry_store.list_queued_topups(conn, group, limit=1, cap=_ANY_AMOUNT)
    if waiting:
        ((owner, _),) = waiting
    if owner is None:
        return None
    try:
        moment = await lock_owner_time(conn, owner, now_ms=now_ms, ids=ids)
    except ClockAdvancingError:
        return None
    return moment if moment.test_clock == group.test_clock else None


async def build_file(  # noqa: PLR0915  one flat way from what waits to the file
    conn: Conn, vault: Vault, renderers: Renderers, group: Group, *, moment: OwnerTime
) -> AchFile | None:
    """Make the next file of a group in the caller's transaction; None when there is nothing to put into one.

    Args:
        conn: the transaction.
        vault: opens the account numbers, and seals the file.
        renderers: write what events show.
        group: whose entries.
        moment: when, in the time of the group.

    Raises:
        TooManyFilesError: the originator has no modifier left for another file of the day.
        FieldError, MessageError: an entry does not fit a file; nothing was written.
    """
    counters = await file_store.lock_counters(conn, group.scope, group.originator)
    if counters is None or await reading_store.is_reading_awaited(conn, (group.scope, group.originator)):
        return None  # what is unread may say what must not go out
    profile = (originator := counters.originator).profile
    if not await _is_any_active(conn, originator):
        await _hold_disputed(conn, vault, renderers, group, profile, moment=moment)
        await _hold_credits(conn, vault, renderers, group, profile, moment=moment)
        return None
    effective_date = date_of_file_made(profile, moment.now_ms)
    taken, refusals, disputed, credits_ = await _hold_fitting(
        conn, vault, renderers, group, profile, effective_date, moment=moment
    )
    is_due = any(refusal.has_waited(moment.now_ms) for refusal in refusals)
    is_due = is_due or any(dishonor.is_due(moment.now_ms) for dishonor in disputed)
    if not taken and not is_due and not any(credit.is_due(moment.now_ms) for credit in credits_):
        return None
    made = local_time(profile, moment.now_ms)
    modifier = await _next_modifier(conn, group, made.date())
    header = Header(
        made=made,
        modifier=modifier,
        effective_date=effective_date,
        reference=(file_id := moment.new_id(FILE_PREFIX))[-_REFERENCE_LENGTH:].upper(),
    )
    if profile.sepa is None:
        entries, batches = place_entries(taken, file_id, header, originator, counters.next_trace, counters.next_batch)
    else:
        entries, batches = place_collections(taken, file_id, header, originator, counters.next_batch)
    numbers = {entry.topup: vault.open(entry.sealed, place=entry.place).decode() for entry in entries}
    told, last = await place_refusals(conn, vault, refusals, header, originator, counters, entries, batches)
    batches += last
    offsets = sum(batch.offset_trace is not None for batch in batches)
    before = len(entries) + offsets + len(told)
    back, last = place_dishonors(disputed, header, originator, counters, before, len(batches))
    batches += last
    credited, last = place_credits(credits_, header, originator, counters, before + len(back), len(batches))
    batches += last
    has_offset = any(batch.offset_trace is not None for batch in batches)
    has_own = has_offset or profile.sepa is not None
    own_account = await read_account_number(conn, vault, originator) if has_own else ""
    try:
        if profile.sepa is None:
            content = encode_file(profile, header, batches, entries, numbers, told, back, credited, own_account)
        else:
            content = encode_message(originator, file_id, header, batches, entries, numbers, own_account)
    except (FieldError, MessageError):
        unfit = [entry for entry in entries if not _fits(originator, entry, numbers[entry.topup])]
        if not unfit:
            raise
        await refuse_unfit(conn, unfit, renderers=renderers, moment=moment)
        return await build_file(conn, vault, renderers, group, moment=moment)
    held_because = wrong_with(content, batches, entries, told, back, credited)
    amounts = [entry.amount for entry in entries] + [dishonor.found.amount for dishonor in disputed]
    amounts += [credit.amount for credit in credits_]
    needed = approvals_needed(profile, total=sum(amounts), largest_entry=max(amounts, default=0))
    if credits_:  # money leaves: somebody who has not requested it looks at it, whatever the limits are
        needed = max(needed, 1)
    is_approved = needed == 0 and held_because is None
    file = AchFile(
        scope=group.scope,
        id=file_id,
        originator=group.originator,
        test_clock=group.test_clock,
        status=FileStatus.APPROVED if is_approved else FileStatus.BUILT,
        name=profile.file_name.format(date=f"{made:%Y%m%d}", time=f"{made:%H%M}", modifier=modifier, id=file_id),
        file_date=made.date(),
        file_time=f"{made:%H%M}",
        modifier=modifier,
        effective_date=header.effective_date,
        entry_count=before + len(back) + sum(batch.entry_count for batch in last),
        total_debit=sum(batch.total_debit for batch in batches),
        total_credit=sum(batch.total_credit for batch in batches),
        byte_count=len(content),
        sha256=hashlib.sha256(content).digest(),
        held_because=held_because,
        built_ms=moment.now_ms,
        approved_ms=moment.now_ms if is_approved else None,
        approved_by=APPROVED_BY_PROFILE if is_approved else None,
        approvals_needed=needed,
        currency=profile.currency,
    )
    await file_store.insert_file(conn, file, batches, vault.seal(content, place=file.place))
    if entries:
        await entry_store.put_in_file(conn, entries)
    await corrections.put_refusals_in_file(conn, file_id, [(each.refusal, each.trace) for each in told])
    placed = [(each.dishonor, each.batch, each.trace) for each in back]
    await dishonors.put_dishonors_in_file(conn, file_id, placed)
    await put_reversals_in_file(conn, file_id, credited)
    await put_refunds_in_file(conn, vault, file_id, credited)
    await file_store.move_counters(conn, group, traces=file.entry_count, batches=len(batches))
    await _promise(conn, renderers, profile, entries, header, moment)
    await announce_file(conn, renderers, file, *_told_of(file), now_ms=moment.now_ms, ids=moment.ids)
    _log.info("ach file built", file=file.id, entries=file.entry_count, total=file.total_debit, held=held_because)
    return file


def _fits(originator: Originator, entry: Entry, number: str) -> bool:
    if originator.profile.sepa is not None:
        return fits_collection(entry, number, originator)
    return fits(entry, number)


async def _hold_fitting(
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    group: Group,
    profile: OriginatorProfile,
    effective_date: date,
    *,
    moment: OwnerTime,
) -> Fitting:
    """Return what a group's next file takes of what waits, held: dishonors, reversals and refunds before debits."""
    queued = await _hold_fit(conn, vault, renderers, group, profile, effective_date, moment=moment)
    refusals = await corrections.hold_refusals(conn, vault, group.scope, group.originator)
    waiting = await _hold_disputed(conn, vault, renderers, group, profile, moment=moment)
    credits_ = await _hold_credits(conn, vault, renderers, group, profile, moment=moment)
    disputed = dishonors_within_cap(waiting, profile.file_cap)
    left = profile.file_cap - sum(dishonor.found.amount for dishonor in disputed)
    most = entry_cap_of_file_made(profile, moment.now_ms)
    credits_ = credits_within_cap([each for each in credits_ if each.amount <= most], left)
    left -= sum(credit.amount for credit in credits_)
    fitting = within_lines(profile, within_cap(queued, left), refusals, disputed, credits_)
    return await _whole_sets(conn, group.scope, fitting)


async def _hold_fit(
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    group: Group,
    profile: OriginatorProfile,
    effective_date: date,
    *,
    moment: OwnerTime,
) -> list[Entry]:
    """Return a group's queued entries that may leave on a day, held; those that no longer may leave the queue.

    Top-ups fail whose mandate has lapsed. Micro-deposits have their amounts.
    """
    cap = entry_cap_of_file_made(profile, moment.now_ms)
    queued = await _hold_queued(conn, group, profile, cap)
    while unfit := await _unfit_to_leave(conn, vault, queued):
        _log.warning("ach entries withdrawn", entries=[entry.topup for entry in unfit][:_LOGGED])
        await withdraw(conn, unfit, moment=moment)
        queued = await _hold_queued(conn, group, profile, cap)
    if lapsed := await _lapsed(conn, queued, effective_date):
        await refuse_unfit(conn, lapsed, failure=LAPSED, renderers=renderers, moment=moment)
        queued = [entry for entry in queued if entry not in lapsed]
    if late := [entry for entry in queued if is_too_late(entry, effective_date)]:
        await end_late(conn, late, renderers=renderers, moment=moment)
        queued = [entry for entry in queued if entry not in late]
    return await with_amounts(conn, vault, queued)


async def _is_any_active(conn: Conn, originator: Originator) -> bool:
    """Tell whether entries of an originator can leave: through it, or anew through one that is active in its place."""
    if originator.status is OriginatorStatus.ACTIVE:
        return True
    others = await list_originators(conn, originator.scope)
    of_rail = [other for other in others if other.profile.rail == originator.profile.rail]
    return any(other.status is OriginatorStatus.ACTIVE for other in of_rail)


async def _hold_disputed(
    conn: Conn, vault: Vault, renderers: Renderers, group: Group, profile: OriginatorProfile, *, moment: OwnerTime
) -> list[dishonors.Dishonor]:
    """Return the dishonors that the next file of a group can take, held; those that are too late are given up."""
    waiting, missed = await dishonors.hold_dishonors(
        conn, vault, group.scope, group.originator, profile, now_ms=moment.now_ms
    )
    await report_missed(conn, renderers, missed, now_ms=moment.now_ms, ids=moment.ids)
    return waiting


async def _hold_credits(
    conn: Conn, vault: Vault, renderers: Renderers, group: Group, profile: OriginatorProfile, *, moment: OwnerTime
) -> list[OutgoingCredit]:
    """Return the credits that the next file of a group can take, held: reversals, whose time is short, then refunds."""
    found = []
    for hold in (hold_reversals, hold_refunds):
        found += await hold(
            conn, vault, renderers, group.scope, group.originator, profile, test_clock=group.test_clock, moment=moment
        )
    return found


async def _hold_queued(conn: Conn, group: Group, profile: OriginatorProfile, cap: int) -> list[Entry]:
    """Return the entries that a group's next file can take, held after what they belong to; none above the cap."""
    most = {"limit": profile.max_file_entries, "cap": cap}
    waiting = await entry_store.list_queued_topups(conn, group, **most)
    await hold_pending(conn, waiting)
    await prenote_store.hold_prenotes(conn, waiting)
    held = {topup for _, topup in waiting}
    return [entry for entry in await entry_store.lock_queued_entries(conn, group, **most) if entry.topup in held]


async def _unfit_to_leave(conn: Conn, vault: Vault, queued: Sequence[Entry]) -> list[Entry]:
    """Return those of queued entries that would not be queued so now.

    They may have waited for long: for an approval, for a stop to be lifted, for a bank that refused their first file.
    """
    sources = await entry_store.read_sources(conn, queued)
    wanted = [(entry.owner_scope, entry.topup, sources[entry.topup]) for entry in queued if entry.topup in sources]
    terms = await entry_store.read_claim_terms(conn, wanted)
    return [entry for entry in queued if entry.topup not in terms or not may_leave(vault, entry, terms[entry.topup])]


async def _lapsed(conn: Conn, queued: Sequence[Entry], effective_date: date) -> list[Entry]:
    """Return those of queued entries whose mandates will have lapsed on the day of the collection."""
    lapses = await entry_store.read_lapses(conn, queued)
    return [
        entry
        for entry in queued
        if (lapse := lapses.get(entry.authorization_id or "")) is not None and lapse < effective_date
    ]


def _told_of(file: AchFile) -> Iterator[EventType]:
    """Yield what is told of a file that was just made."""
    yield EventType.ACH_FILE_CREATED
    if file.status is FileStatus.APPROVED:
        yield EventType.ACH_FILE_APPROVED
    if file.held_because is not None:
        yield EventType.ACH_FILE_HELD


async def _whole_sets(conn: Conn, scope: AccountScope, fitting: Fitting) -> Fitting:
    """Return what fits without micro-deposits that cannot leave together; a debit alone is refused for good."""
    taken = fitting.entries
    sets = sorted({entry.topup for entry in taken if entry.is_microdeposit})
    waiting: dict[str, set[int]] = defaultdict(set)
    for entry in await entry_store.list_entries_of_topups(conn, scope, sets) if sets else ():
        if entry.status is EntryStatus.QUEUED:
            waiting[entry.topup].add(entry.number)
    found = leaving(taken, waiting)
    if found.alone:
        await entry_store.refuse_entries(conn, found.alone)
    return fitting._replace(entries=found.entries)


async def _next_modifier(conn: Conn, group: Group, file_date: date) -> str:
    used = await file_store.modifiers_used(conn, group, file_date)
    for modifier in MODIFIERS:
        if modifier not in used:
            return modifier
    raise TooManyFilesError(f"{group.originator} has made {len(MODIFIERS)} files on {file_date}")


async def _promise(
    conn: Conn,
    renderers: Renderers,
    profile: OriginatorProfile,
    entries: Sequence[Entry],
    header: Header,
    moment: OwnerTime,
) -> None:
    """Write when the money of entries is usable; where that is another date than was promised, tell it."""
    usable = {days: usable_ms(profile, header.effective_date, days) for days in {e.hold_days for e in entries}}
    dates = [
        NewDate(
            scope=entry.owner_scope,
            topup=entry.topup,
            due_ms=usable[entry.hold_days],
            expected_availability_date=usable[entry.hold_days] // 1000,
            test_clock=entry.test_clock,
        )
        for entry in entries
        if not entry.verifies
    ]
    if dates:
        await reschedule(conn, dates, moment, renderers=renderers)
