"""Makes files: in one transaction entries get their traces, and the exact bytes are stored.

What is sent later is these bytes. A second reader counts them before they may leave. Whoever is interrupted leaves
nothing: either the file stands with all that is in it, or its entries still wait.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec
import structlog

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import corrections, dishonors, reversals
from brim.core.ach import entry_store, file_store, prenote_store
from brim.core.ach.announcing import announce_file
from brim.core.ach.applying import refuse_unfit, withdraw
from brim.core.ach.claiming import may_leave
from brim.core.ach.disputing import report_missed
from brim.core.ach.encoding import (
    REFUSAL_CLASS,
    Header,
    OutgoingReversal,
    PlacedDishonor,
    PlacedRefusal,
    PlacedReversal,
    encode_file,
    fits,
    wrong_with,
)
from brim.core.ach.entry_store import Group
from brim.core.ach.file_store import Counters
from brim.core.ach.microdeposit_entries import with_amounts
from brim.core.ach.microdeposit_rules import MICRODEPOSIT_DESCRIPTION, batch_kind, leaving
from brim.core.ach.representing import end_late, is_too_late
from brim.core.ach.reversing import hold_reversals, put_reversals_in_file
from brim.core.ach.rules import APPROVED_BY_PROFILE, FILE_PREFIX, AchFile, Batch, Entry, EntryStatus, FileStatus
from brim.core.ach.trouble import done_or_listed
from brim.core.events import EventType, Renderers
from brim.core.originators import Originator, OriginatorStatus, list_originators, read_account_number
from brim.core.rails.ach import (
    RETRY_DESCRIPTION,
    REVERSAL_DESCRIPTION,
    Offset,
    OriginatorProfile,
    approvals_needed,
    date_of_file_made,
    entry_cap_of_file_made,
    local_time,
    usable_ms,
)
from brim.core.rails.ach.nacha import FieldError, trace_number
from brim.core.time import ClockAdvancingError, OwnerTime, lock_owner_time
from brim.core.topups import NewDate, hold_pending, reschedule
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

MODIFIERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""File id modifiers in the order of their use: at most 36 files of an originator in a day. Source: Nacha, record 1."""

TRACES: Final = 10**7
"""Traces have seven digits; after these the first is used again."""
BATCH_NUMBERS: Final = TRACES - 1
"""Batch numbers have seven digits too, and begin with 1."""
_ANY_AMOUNT: Final = 2**63 - 1
_DESCRIPTIONS: Final = {1: RETRY_DESCRIPTION, 2: MICRODEPOSIT_DESCRIPTION, 3: MICRODEPOSIT_DESCRIPTION}
"""The entry descriptions of batches that have one of their own, by `batch_kind`."""
_REFERENCE_LENGTH: Final = 8
_BLOCK: Final = 10
"""Lines per block; the last block is filled up. Source: Nacha's file format, blocking factor."""
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
        disputed = await dishonors.originators_with_dishonors(conn, now_ms=now_ms)
        reversing = await reversals.originators_with_reversals(conn, now_ms=now_ms)
        owners = {Group(each.scope, each.originator, each.test_clock): each.owner for each in disputed}
        owners |= {Group(each.scope, each.originator, each.test_clock): each.owner for each in reversing}
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

    `owner` has the clock if only a dishonor or a reversal waits.
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
        FieldError: an entry does not fit a file; nothing was written.
    """
    counters = await file_store.lock_counters(conn, group.scope, group.originator)
    if counters is None:
        return None
    profile = (originator := counters.originator).profile
    if not await _is_any_active(conn, originator):
        await _hold_disputed(conn, vault, renderers, group, profile, moment=moment)
        await hold_reversals(
            conn,
            vault,
            renderers,
            group.scope,
            group.originator,
            profile,
            test_clock=group.test_clock,
            moment=moment,
        )
        return None
    effective_date = date_of_file_made(profile, moment.now_ms)
    taken, refusals, disputed, reversing = await _hold_fitting(
        conn, vault, renderers, group, profile, effective_date, moment=moment
    )
    is_due = any(refusal.has_waited(moment.now_ms) for refusal in refusals)
    is_due = is_due or any(dishonor.is_due(moment.now_ms) for dishonor in disputed)
    if not taken and not is_due and not any(reversal.is_due(moment.now_ms) for reversal in reversing):
        return None
    made = local_time(profile, moment.now_ms)
    modifier = await _next_modifier(conn, group, made.date())
    header = Header(
        made=made,
        modifier=modifier,
        effective_date=effective_date,
        reference=(file_id := moment.new_id(FILE_PREFIX))[-_REFERENCE_LENGTH:].upper(),
    )
    entries, batches = _placed(taken, file_id, header, originator, counters.next_trace, counters.next_batch)
    numbers = {entry.topup: vault.open(entry.sealed, place=entry.place).decode() for entry in entries}
    told, last = await _told_to_the_bank(conn, vault, refusals, header, originator, counters, entries, batches)
    batches += last
    offsets = sum(batch.offset_trace is not None for batch in batches)
    before = len(entries) + offsets + len(told)
    back, last = _placed_back(disputed, header, originator, counters, before, len(batches))
    batches += last
    reversed_, last = _placed_reversals(reversing, header, originator, counters, before + len(back), len(batches))
    batches += last
    has_offset = any(batch.offset_trace is not None for batch in batches)
    own_account = await read_account_number(conn, vault, originator) if has_offset else ""
    try:
        content = encode_file(profile, header, batches, entries, numbers, told, back, reversed_, own_account)
    except FieldError:
        unfit = [entry for entry in entries if not fits(entry, numbers[entry.topup])]
        if not unfit:
            raise
        await refuse_unfit(conn, unfit, renderers=renderers, moment=moment)
        return await build_file(conn, vault, renderers, group, moment=moment)
    held_because = wrong_with(content, batches, entries, told, back, reversed_)
    amounts = [entry.amount for entry in entries] + [dishonor.found.amount for dishonor in disputed]
    amounts += [reversal.found.amount for reversal in reversing]
    needed = approvals_needed(profile, total=sum(amounts), largest_entry=max(amounts, default=0))
    if reversing:  # money leaves: somebody who has not requested it looks at it, whatever the limits are
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
    )
    await file_store.insert_file(conn, file, batches, vault.seal(content, place=file.place))
    if entries:
        await entry_store.put_in_file(conn, entries)
    await corrections.put_refusals_in_file(conn, file_id, [(each.refusal, each.trace) for each in told])
    placed = [(each.dishonor, each.batch, each.trace) for each in back]
    await dishonors.put_dishonors_in_file(conn, file_id, placed)
    leaving = [(each.reversal.found, each.batch, each.trace) for each in reversed_]
    await put_reversals_in_file(conn, file_id, leaving)
    await file_store.move_counters(conn, group, traces=file.entry_count, batches=len(batches))
    await _promise(conn, renderers, profile, entries, header, moment)
    await announce_file(conn, renderers, file, *_told_of(file), now_ms=moment.now_ms, ids=moment.ids)
    _log.info("ach file made", file=file.id, entries=file.entry_count, total=file.total_debit, held=held_because)
    return file


async def _hold_fitting(
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    group: Group,
    profile: OriginatorProfile,
    effective_date: date,
    *,
    moment: OwnerTime,
) -> "Fitting":
    """Return what a group's next file takes of what waits, held: dishonors and reversals before debits."""
    queued = await _hold_fit(conn, vault, renderers, group, profile, effective_date, moment=moment)
    refusals = await corrections.hold_refusals(conn, vault, group.scope, group.originator)
    waiting = await _hold_disputed(conn, vault, renderers, group, profile, moment=moment)
    reversing = await hold_reversals(
        conn, vault, renderers, group.scope, group.originator, profile, test_clock=group.test_clock, moment=moment
    )
    disputed = _dishonors_within_cap(waiting, profile.file_cap)
    left = profile.file_cap - sum(dishonor.found.amount for dishonor in disputed)
    reversing = _reversals_within_cap(reversing, left)
    left -= sum(reversal.found.amount for reversal in reversing)
    fitting = within_lines(profile, _within_cap(queued, left), refusals, disputed, reversing)
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

    Micro-deposits have their amounts.
    """
    cap = entry_cap_of_file_made(profile, moment.now_ms)
    queued = await _hold_queued(conn, group, profile, cap)
    while unfit := await _unfit_to_leave(conn, vault, queued):
        _log.warning("ach entries must not leave any more", entries=[entry.topup for entry in unfit][:_LOGGED])
        await withdraw(conn, unfit, moment=moment)
        queued = await _hold_queued(conn, group, profile, cap)
    if late := [entry for entry in queued if is_too_late(entry, effective_date)]:
        await end_late(conn, late, renderers=renderers, moment=moment)
        queued = [entry for entry in queued if entry not in late]
    return await with_amounts(conn, vault, queued)


async def _is_any_active(conn: Conn, originator: Originator) -> bool:
    """Tell whether entries of an originator can leave: through it, or anew through one that is active in its place."""
    if originator.status is OriginatorStatus.ACTIVE:
        return True
    others = await list_originators(conn, originator.scope)
    return any(other.status is OriginatorStatus.ACTIVE for other in others)


async def _hold_disputed(
    conn: Conn, vault: Vault, renderers: Renderers, group: Group, profile: OriginatorProfile, *, moment: OwnerTime
) -> list[dishonors.Dishonor]:
    """Return the dishonors that the next file of a group can take, held; those that are too late are given up."""
    waiting, missed = await dishonors.hold_dishonors(
        conn, vault, group.scope, group.originator, profile, now_ms=moment.now_ms
    )
    await report_missed(conn, renderers, missed, now_ms=moment.now_ms, ids=moment.ids)
    return waiting


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
    terms = await entry_store.read_claim_terms(conn, wanted) if wanted else {}
    return [entry for entry in queued if entry.topup not in terms or not may_leave(vault, entry, terms[entry.topup])]


def _told_of(file: AchFile) -> Iterator[EventType]:
    """Yield what is told of a file that was just made."""
    yield EventType.ACH_FILE_CREATED
    if file.status is FileStatus.APPROVED:
        yield EventType.ACH_FILE_APPROVED
    if file.held_because is not None:
        yield EventType.ACH_FILE_HELD


def _within_cap(queued: Sequence[Entry], cap: int) -> list[Entry]:
    """Return the first entries that together are within a cap; the rest waits for the next file."""
    total, taken = 0, []
    for entry in queued:
        if total + entry.amount > cap:
            break
        total += entry.amount
        taken.append(entry)
    return taken


def _dishonors_within_cap(disputed: Sequence[dishonors.Dishonor], cap: int) -> list[dishonors.Dishonor]:
    """Return the dishonors that together are within a cap, those first that have the least time.

    One that is above the cap by itself, which was lowered since its debit, holds up no other.
    """
    total, taken = 0, []
    for dishonor in sorted(disputed, key=lambda each: (each.found.dishonorable_until_ms, each.found.id)):
        if total + dishonor.found.amount <= cap:
            total += dishonor.found.amount
            taken.append(dishonor)
    return taken


def _reversals_within_cap(reversing: Sequence[OutgoingReversal], cap: int) -> list[OutgoingReversal]:
    """Return the reversals that together are within a cap, those first that have the least time."""
    total, taken = 0, []
    for reversal in sorted(reversing, key=lambda each: (each.found.sendable_until_ms, each.found.id)):
        if total + reversal.found.amount <= cap:
            total += reversal.found.amount
            taken.append(reversal)
    return taken


class Fitting(NamedTuple):
    """What one file takes of what waits."""

    entries: list[Entry]
    refusals: list[corrections.Refusal]
    disputed: list[dishonors.Dishonor]
    reversing: list[OutgoingReversal]


def within_lines(
    profile: OriginatorProfile,
    entries: Sequence[Entry],
    refusals: Sequence[corrections.Refusal],
    disputed: Sequence[dishonors.Dishonor],
    reversing: Sequence[OutgoingReversal] = (),
) -> Fitting:
    """Return what fits into a file of as many lines as a profile allows, a multiple of ten; the rest waits.

    Dishonors and reversals go first, since their time is short, then refusals, each of them in its order. File and
    batches have a header and a control each, a batch may have an offset, and refusals and dishonors have an addenda
    record each.
    """
    left = profile.max_file_lines // _BLOCK * _BLOCK - 2
    told: list[dishonors.Dishonor] = []
    classes: set[str] = set()
    for dishonor in disputed:
        sec_code = dishonor.found.sec_code
        needed = 2 if sec_code in classes else 4
        if needed <= left:
            left -= needed
            classes.add(sec_code)
            told.append(dishonor)
    taken_back: list[OutgoingReversal] = []
    batched: set[tuple[str, str | None, str | None]] = set()
    for reversal in reversing:
        needed = 1 if _batch_of(reversal) in batched else 3 + (profile.offset is not Offset.NONE)
        if needed <= left:
            left -= needed
            batched.add(_batch_of(reversal))
            taken_back.append(reversal)
    refused = list(refusals[: max(left - 2, 0) // 2])
    left -= 2 + 2 * len(refused) if refused else 0
    of_entries = len({(entry.sec_code, batch_kind(entry)) for entry in entries})
    left -= (2 if profile.offset is Offset.NONE else 3) * of_entries
    return Fitting(list(entries[: max(left, 0)]), refused, told, taken_back)


def _batch_of(reversal: OutgoingReversal) -> tuple[str, str | None, str | None]:
    """Return what the reversals of one batch have in common: the class and the company of the debits."""
    found = reversal.found
    return found.sec_code, found.company_name, found.company_id


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


def _placed(
    taken: Sequence[Entry], file_id: str, header: Header, originator: Originator, next_trace: int, next_batch: int
) -> tuple[list[Entry], list[Batch]]:
    """Return entries with their positions in a file, and the batches.

    Each class has a batch, another one for re-presentments, and one each for the credits and debits of micro-deposits.
    """
    by_class: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for entry in taken:
        by_class[entry.sec_code, batch_kind(entry)].append(entry)
    profile = originator.profile
    odfi = profile.odfi_routing_number[:8]
    placed: list[Entry] = []
    batches: list[Batch] = []
    sequence = next_trace
    for offset, (sec_code, kind) in enumerate(sorted(by_class)):
        together = by_class[sec_code, kind]
        number = (next_batch + offset - 1) % BATCH_NUMBERS + 1
        total = sum(entry.amount for entry in together)
        has_offset = bool(total) and profile.offset is not Offset.NONE
        has_credits = together[0].is_credit
        batch = Batch(
            number=number,
            sec_code=sec_code,
            effective_date=header.effective_date,
            entry_count=len(together) + has_offset,
            total_debit=total if has_offset or not has_credits else 0,
            total_credit=total if has_offset or has_credits else 0,
            company_name=profile.company_name,
            company_id=profile.company_id,
            description=_DESCRIPTIONS.get(kind, profile.entry_description),
            has_credits=has_credits,
        )
        for entry in together:
            placed.append(
                msgspec.structs.replace(
                    entry,
                    status=EntryStatus.IN_FILE,
                    file=file_id,
                    batch=number,
                    effective_date=header.effective_date,
                    trace=trace_number(odfi, sequence % TRACES),
                )
            )
            sequence += 1
        if has_offset:  # its trace follows those of the batch
            batch = msgspec.structs.replace(batch, offset_trace=trace_number(odfi, sequence % TRACES))
            sequence += 1
        batches.append(batch)
    return placed, batches


async def _told_to_the_bank(
    conn: Conn,
    vault: Vault,
    refusals: Sequence[corrections.Refusal],
    header: Header,
    originator: Originator,
    counters: Counters,
    entries: Sequence[Entry],
    batches: Sequence[Batch],
) -> tuple[list[PlacedRefusal], list[Batch]]:
    """Return refusals with their places behind the entries of a file, and their batch."""
    if not refusals:
        return [], []
    topups = sorted({refusal.correction.topup for refusal in refusals})
    found = await entry_store.list_entries_of_topups(conn, originator.scope, topups)
    presented = {(entry.topup, entry.number): entry for entry in found}
    taken_back = await reversals.find_of_topups(conn, originator.scope, topups)
    number = (counters.next_batch + len(batches) - 1) % BATCH_NUMBERS + 1
    odfi = originator.profile.odfi_routing_number[:8]
    placed = []
    before = len(entries) + sum(batch.offset_trace is not None for batch in batches)
    for offset, refusal in enumerate(refusals, counters.next_trace + before):
        entry = presented[refusal.correction.topup, refusal.correction.number]
        reversal = taken_back.get(entry.topup)
        is_of_reversal = reversal is not None and reversal.trace == refusal.correction.original_trace
        placed.append(
            PlacedRefusal(
                refusal=refusal,
                entry=entry,
                is_of_credit=entry.is_credit or is_of_reversal,
                account_number=vault.open(entry.sealed, place=entry.place).decode(),
                batch=number,
                trace=trace_number(odfi, offset % TRACES),
            )
        )
    return placed, [
        Batch(
            number=number,
            sec_code=REFUSAL_CLASS,
            effective_date=header.effective_date,
            entry_count=len(placed),
            total_debit=0,
        )
    ]


def _placed_back(
    disputed: Sequence[dishonors.Dishonor],
    header: Header,
    originator: Originator,
    counters: Counters,
    entries_before: int,
    batches_before: int,
) -> tuple[list[PlacedDishonor], list[Batch]]:
    """Return dishonors with their positions after the other entries of a file, and their batches, one per class."""
    by_class: dict[str, list[dishonors.Dishonor]] = defaultdict(list)
    for dishonor in disputed:
        by_class[dishonor.found.sec_code].append(dishonor)
    odfi = originator.profile.odfi_routing_number[:8]
    sequence = counters.next_trace + entries_before
    placed: list[PlacedDishonor] = []
    batches: list[Batch] = []
    for offset, sec_code in enumerate(sorted(by_class), counters.next_batch + batches_before):
        number = (offset - 1) % BATCH_NUMBERS + 1
        for dishonor in by_class[sec_code]:
            placed.append(PlacedDishonor(dishonor=dishonor, batch=number, trace=trace_number(odfi, sequence % TRACES)))
            sequence += 1
        batches.append(
            Batch(
                number=number,
                sec_code=sec_code,
                effective_date=header.effective_date,
                entry_count=len(by_class[sec_code]),
                total_debit=sum(dishonor.found.amount for dishonor in by_class[sec_code]),
            )
        )
    return placed, batches


def _placed_reversals(
    reversing: Sequence[OutgoingReversal],
    header: Header,
    originator: Originator,
    counters: Counters,
    entries_before: int,
    batches_before: int,
) -> tuple[list[PlacedReversal], list[Batch]]:
    """Return reversals with their positions at the end of a file, and their batches, by class and company."""
    together: dict[tuple[str, str | None, str | None], list[OutgoingReversal]] = defaultdict(list)
    for reversal in reversing:
        together[_batch_of(reversal)].append(reversal)
    profile = originator.profile
    odfi = profile.odfi_routing_number[:8]
    sequence = counters.next_trace + entries_before
    placed: list[PlacedReversal] = []
    batches: list[Batch] = []
    for offset, ((sec_code, company_name, company_id), those) in enumerate(
        together.items(), counters.next_batch + batches_before
    ):
        number = (offset - 1) % BATCH_NUMBERS + 1
        total = sum(reversal.found.amount for reversal in those)
        for reversal in those:
            placed.append(PlacedReversal(reversal=reversal, batch=number, trace=trace_number(odfi, sequence % TRACES)))
            sequence += 1
        has_offset = profile.offset is not Offset.NONE
        batch = Batch(
            number=number,
            sec_code=sec_code,
            effective_date=header.effective_date,
            entry_count=len(those) + has_offset,
            total_debit=total if has_offset else 0,
            total_credit=total,
            company_name=company_name or profile.company_name,
            company_id=company_id or profile.company_id,
            description=REVERSAL_DESCRIPTION,
            has_credits=True,
        )
        if has_offset:
            batch = msgspec.structs.replace(batch, offset_trace=trace_number(odfi, sequence % TRACES))
            sequence += 1
        batches.append(batch)
    return placed, batches


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
