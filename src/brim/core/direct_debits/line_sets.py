"""Lines of a statement that are applied as a set, in a few statements, each as it would be alone after those before it.

A set has only lines of which none changes what another is about or what becomes of it: transfers that are one top-up
as a whole, or that name nobody; debits that came back and whose return was applied; and what nothing explains. It ends
before the first other line. What is looked up for a set is not used for the next one, and its rows are held in the
order of `direct_debits`: clocks, instructions, configurations, then balances.
"""

from collections.abc import Callable, Container, Sequence
from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.direct_debits.file_reading import FileReading
from brim.core.direct_debits.line_match import LineMatch
from brim.core.direct_debits.line_matching import asked_line, look_up_names, match_new, may_take_back, named_by
from brim.core.direct_debits.line_rows import NewLine
from brim.core.direct_debits.recalls import find_recalled
from brim.core.direct_debits.rules import Entry
from brim.core.dishonors import list_returns_of_topups
from brim.core.events import BY_ITSELF, Event, EventType, insert_events, new_event
from brim.core.ledger import Posting
from brim.core.push import PlannedTransfer, TransferSet, policy_of, write_transfers
from brim.core.reconciliation import (
    Break,
    BreakKind,
    NewBreak,
    StatementLineRow,
    find_line_keys,
    insert_lines,
    new_break,
    open_breaks,
)
from brim.core.time import OwnerTime, lock_owner_times
from brim.core.topups import (
    BankConfirmation,
    BankStep,
    NewConfirmation,
    NotTogetherError,
    PlannedConfirmation,
    PlannedTopup,
    plan_confirmations,
    write_confirmations,
    write_topups,
)

TOO_FEW: Final = 3
"""Lines for which the statements of a set are not worth it."""


async def apply_together(reading: FileReading, lines: Sequence[NewLine], *, elsewhere: Container[object]) -> int:
    """Apply the first of some lines as a set; return how many, all of which are new, and none where they are few.

    The line behind them has to be applied alone, or begins the next set.
    """
    count = len(lines)
    while count >= TOO_FEW:
        try:
            async with reading.conn.transaction():
                return await _apply(reading, lines[:count], elsewhere)
        except NotTogetherError as error:
            count = error.position
    return 0


class _Planned(msgspec.Struct, kw_only=True):
    """What is written for a set, each in the order of its lines.

    `topup_lines` are the positions of the lines of top-ups. Events are inserted in the order of lines, which is that in
    which they are numbered; the payloads of balances and breaks are filled in once these are written.
    """

    rows: list[StatementLineRow] = []
    transfers: list[PlannedTransfer] = []
    topups: list[PlannedTopup] = []
    topup_lines: list[int] = []
    breaks: list[tuple[Break, Event]] = []
    confirmations: list[NewConfirmation] = []
    postings: list[Posting] = []
    events: list[Event] = []


async def _apply(reading: FileReading, lines: Sequence[NewLine], elsewhere: Container[object]) -> int:
    matches = await _matches(reading, lines, elsewhere)
    if len(matches) < TOO_FEW:
        return 0
    planned = await _plan(reading, lines, matches)
    if len(planned.rows) < TOO_FEW:
        raise NotTogetherError(0)  # what was held for it is released
    await _write(reading, planned)
    return len(planned.rows)


async def _matches(reading: FileReading, lines: Sequence[NewLine], elsewhere: Container[object]) -> list[LineMatch]:
    """Return what the first lines are about, up to one that has to be applied alone."""
    scope, bank_account = reading.originator.scope, reading.originator.profile.bank_account
    taken = set(await find_line_keys(reading.conn, scope, bank_account, [each.row.line_key for each in lines]))
    asked = [asked_line(reading, each.line, each.row) for each in lines]
    reading.known = await look_up_names(reading, asked)
    matches: list[LineMatch] = []
    try:
        for each, question in zip(lines, asked, strict=True):
            if each.row.line_key in taken or may_take_back(each.line):
                break
            match = await match_new(question, elsewhere=elsewhere, is_announced=each.is_announced)
            if not _may_join(match):
                break
            taken.add(each.row.line_key)
            matches.append(match)
    finally:
        reading.known = None
    return matches


def _may_join(match: LineMatch) -> bool:
    """Tell whether a line may be one of a set, as far as its match tells."""
    if match.transfer is not None:
        return True
    if match.entry is not None:
        is_plain = match.problem is None and match.return_code is None and not match.entry.is_microdeposit
        return is_plain and match.entry.return_code is not None
    return match.id is None and match.problem is not None and not match.payments


async def _plan(reading: FileReading, lines: Sequence[NewLine], matches: Sequence[LineMatch]) -> _Planned:
    """Return what is written for the first lines, up to one that has to be applied alone; hold what it depends on."""
    conn, scope = reading.conn, reading.originator.scope
    rows = [
        msgspec.structs.replace(each.row, matched_kind=match.kind, matched=match.id)
        for each, match in zip(lines, matches, strict=False)
    ]
    transfers = [
        msgspec.structs.replace(match.transfer, row=row)
        for row, match in zip(rows, matches, strict=True)
        if match.transfer is not None
    ]
    entries = [match.entry for match in matches if match.entry is not None]
    policy = policy_of(reading.originator.profile)
    found = await TransferSet.find(conn, scope, transfers, policy=policy) if transfers else None
    owners = {entry.owner_scope for entry in entries}
    if found is not None:
        owners |= {scope, *found.owners}
    moments = await lock_owner_times(conn, owners, now_ms=reading.now_ms, ids=reading.ids)
    if found is not None:
        await found.hold(conn)
    confirmed = await _confirmed(reading, rows, matches) if entries else {}
    planned, next_transfer = _Planned(), iter(transfers)
    for each, row, match in zip(lines, rows, matches, strict=False):
        if found is not None and match.transfer is not None:
            line = next(next_transfer)
            transfer = found.plan(line, policy=policy, renderers=reading.renderers, moments=moments)
            if transfer is None:
                break
            _add_transfer(planned, transfer)
        elif match.entry is not None:
            confirm = confirmed.pop(_name(match.entry), None)
            if confirm is None:
                break
            confirmation = confirm(moments[match.entry.owner_scope])
            planned.confirmations.append(confirmation.new)
            planned.postings.append(confirmation.posting)
        else:
            _add_break(reading, planned, row, match.problem or "", reference=named_by(reading, each.line, row))
        planned.rows.append(row)
    recalled = await find_recalled(reading, [each.transfer for each in planned.transfers])
    if recalled:  # each is taken back by itself
        raise NotTogetherError(next(position for position, match in enumerate(matches) if match.id in recalled))
    return planned


def _name(entry: Entry) -> tuple[AccountScope, str, int]:
    return entry.owner_scope, entry.topup, entry.number


async def _confirmed(
    reading: FileReading, rows: Sequence[StatementLineRow], matches: Sequence[LineMatch]
) -> dict[tuple[AccountScope, str, int], Callable[[OwnerTime], PlannedConfirmation]]:
    """Return what posts each debit that came back, by its entry; those are left out of which more is to be done.

    That is where the step was confirmed, the amount is wrong, or a dishonor of a return that was not applied waits for
    it.
    """
    first: dict[tuple[AccountScope, str, int], BankConfirmation] = {}
    for row, match in zip(rows, matches, strict=True):
        if match.entry is not None:
            first.setdefault(
                _name(match.entry),
                BankConfirmation(
                    scope=match.entry.owner_scope,
                    topup=match.entry.topup,
                    step=BankStep.RETURN,
                    number=match.entry.number,
                    bank_account=row.bank_account,
                    amount=-row.amount,
                    reference=f"{row.bank_account}/{row.line_key}",
                ),
            )
    topups = sorted({topup for _, topup, _ in first})
    returns = await list_returns_of_topups(reading.conn, reading.originator.scope, topups)
    waiting = {(each.topup, each.number) for each in returns if not each.is_applied}
    plans = await plan_confirmations(reading.conn, list(first.values()))
    return {
        name: plan
        for name, plan in zip(first, plans, strict=True)
        if plan is not None and (name[1], name[2]) not in waiting
    }


def _add_transfer(planned: _Planned, transfer: PlannedTransfer) -> None:
    planned.transfers.append(transfer)
    planned.postings += transfer.postings
    if transfer.topup is not None:
        planned.topups.append(transfer.topup)
        planned.topup_lines.append(len(planned.rows))
        planned.events += transfer.topup.events
    planned.events.append(transfer.event)


def _add_break(
    reading: FileReading, planned: _Planned, row: StatementLineRow, problem: str, *, reference: str | None
) -> None:
    new = NewBreak(
        scope=row.scope,
        kind=BreakKind.LINE,
        cause=f"{row.bank_account}/{row.line_key}",
        detail=problem,
        bank_file=reading.file.id,
        amount=row.amount,
        currency=row.currency,
        reference=reference,
    )
    moment = OwnerTime(reading.now_ms, reading.ids)
    listed = new_break(new, now_ms=reading.now_ms, ids=reading.ids)
    event = new_event(row.scope, EventType.BREAK_OPENED, listed.id, b"", moment, BY_ITSELF)
    planned.breaks.append((listed, event))
    planned.events.append(event)


async def _write(reading: FileReading, planned: _Planned) -> None:
    """Write a set, in the order in which a line by itself is written.

    Raises:
        NotTogetherError: something has changed since it was planned, or two things have one key.
    """
    conn, scope, renderers = reading.conn, reading.originator.scope, reading.renderers
    if await insert_lines(conn, planned.rows) < len(planned.rows):
        raise NotTogetherError(0)
    written = dict[str, Event]()
    if planned.topups:
        try:
            available = await write_topups(conn, planned.topups, renderers=renderers)
        except NotTogetherError as error:
            raise NotTogetherError(planned.topup_lines[error.position]) from error
        written |= {event.id: event for event in available}
    confirmations = [*(each.confirmation for each in planned.topups), *planned.confirmations]
    if confirmations and not await write_confirmations(conn, confirmations):
        raise NotTogetherError(0)
    if planned.postings:
        await ledger.post_entries(conn, planned.postings)
    if planned.transfers and not await write_transfers(conn, scope, planned.transfers):
        raise NotTogetherError(0)
    listed_before = set[str]()
    if planned.breaks:
        told = await _write_breaks(reading, planned.breaks)
        listed_before = {event.id for _, event in planned.breaks} - told.keys()
        written |= told
    events = [written.get(event.id, event) for event in planned.events if event.id not in listed_before]
    if events:
        await insert_events(conn, events)


async def _write_breaks(reading: FileReading, breaks: Sequence[tuple[Break, Event]]) -> dict[str, Event]:
    """List breaks, and return the events of those that were not listed before, by their ids."""
    scope = reading.originator.scope
    opened = await open_breaks(reading.conn, scope, [listed for listed, _ in breaks])
    reading.breaks += len(opened)
    told = {}
    for listed, event in breaks:
        if listed.id in opened:
            payload = reading.renderers.payload(event.type, scope, opened[listed.id])
            told[event.id] = msgspec.structs.replace(event, payload=payload)
    return told
