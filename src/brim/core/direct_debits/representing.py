"""Presents a returned debit again: its top-up stays pending, and fails only with the last return.

Between two presentments nothing of the top-up is at the bank: the newest entry is the returned one, and the top-up is
due at the cut-off of the next. What was planned stays planned, whatever becomes of the profile meanwhile.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from brim.core.direct_debits import entry_store
from brim.core.direct_debits.entry_store import ClaimTerms
from brim.core.direct_debits.rules import Entry, EntryStatus, NoCollectionError, RetryStanding
from brim.core.events import BY_ITSELF, EventType, Renderers, insert_events, new_event
from brim.core.rails import DEFAULT_FAILURE, DEFAULT_RETURN, FAILURES, Fail
from brim.core.rails.ach import (
    MOST_RETRIES,
    OriginatorProfile,
    effective_date_of,
    last_retry_day,
    retry_cutoff_ms,
    usable_ms,
)
from brim.core.rails.ach.nacha import RETURN_CODES, Retry
from brim.core.rails.sepa import find_reason
from brim.core.time import OwnerTime
from brim.core.topups import Change, NewDate, Status, Topup, follow, lock_topup, read_links, reschedule, write_changes
from brim.platform.database import Conn

_TOO_LATE = "could_not_process"
_NACHA: Final = re.compile(r"R[0-9]{2}")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An entry's position among the presentments of one debit, as in the fields of `Entry`."""

    retry: int = 0
    retry_of: str | None = None
    original_date: date | None = None


def is_retried(code: str) -> bool:
    """Tell whether the rules allow a debit returned with a code to be presented again unchanged."""
    known = RETURN_CODES.get(code)
    return known is not None and known.retry is Retry.TWICE


def next_place(terms: ClaimTerms) -> Place:
    """Return the position of the entry that is to be queued.

    An entry that the bank has returned counts; one that goes out again because its file was rejected has the place that
    it had.
    """
    if terms.number is None:
        return Place(retry=terms.linked_retry or 0, retry_of=terms.linked_root, original_date=terms.linked_date)
    retry = terms.retry or 0
    if terms.entry_status is not EntryStatus.RETURNED:
        return Place(retry=retry, retry_of=terms.retry_of, original_date=terms.original_date)
    return Place(retry=retry + 1, retry_of=terms.retry_of, original_date=terms.original_date or terms.effective_date)


def check_same_company(place: Place, terms: ClaimTerms) -> None:
    """Check that a debit is presented for the first time, or by the company that presented it before.

    Raises:
        NoCollectionError: another company would present it again, which the rules do not allow.
    """
    if not place.retry or terms.returned_originator is None:
        return
    known = (terms.returned_company_name, terms.returned_company_id)
    is_same = None in known or known == (terms.company_name, terms.company_id)
    if terms.returned_originator != terms.originator or not is_same:
        raise NoCollectionError(
            "a returned debit must be re-presented by the same originator, under the same company name and ID, and "
            "the active originator now differs. Cancel it."
        )


def has_passed(place: Place, *, now_ms: int) -> bool:
    """Tell whether it is certainly too late to present a debit again, whatever day it is at its bank."""
    if place.original_date is None:
        return False
    return datetime.fromtimestamp(now_ms // 1000, UTC).date() > last_retry_day(place.original_date)


def is_too_late(entry: Entry, effective_date: date) -> bool:
    """Tell whether an entry that is presented again would settle too late."""
    return entry.original_date is not None and effective_date > last_retry_day(entry.original_date)


def failure_of(code: str) -> tuple[str, str]:
    """Return the wire's failure code and message for a return code of Nacha's, or a reason code of ISO 20022."""
    reason = find_reason(code)
    if reason is not None:
        return reason.failure_code, FAILURES[reason.failure_code]
    if not _NACHA.fullmatch(code):
        return DEFAULT_FAILURE, FAILURES[DEFAULT_FAILURE]
    found = RETURN_CODES.get(code)
    failure_code = (found.failure_code if found else None) or DEFAULT_RETURN
    return failure_code, FAILURES.get(failure_code, FAILURES[DEFAULT_RETURN])


def late_failure(return_code: str | None) -> Fail:
    """Return how a top-up fails if its debit cannot be presented again in time: with its last return."""
    if return_code is not None:
        return Fail(*failure_of(return_code))
    return Fail(_TOO_LATE, "The returned debit can no longer be re-presented in time.")


async def present_again(
    conn: Conn,
    entry: Entry,
    topup: Topup,
    *,
    code: str,
    profile: OriginatorProfile,
    renderers: Renderers,
    moment: OwnerTime,
) -> bool:
    """Plan the next presentment of a pending top-up whose newest entry was returned; return whether there is one.

    The caller's transaction holds both. Events tell the account the return code and the new expected date.
    """
    original = entry.original_date or entry.effective_date
    if not is_retried(code) or original is None or entry.retry >= MOST_RETRIES:
        return False
    cutoff_ms = retry_cutoff_ms(profile, retry=entry.retry + 1, returned_ms=moment.now_ms, original=original)
    if cutoff_ms is None:
        return False
    expected = usable_ms(profile, effective_date_of(profile, cutoff_ms), entry.hold_days) // 1000
    date_ = NewDate(
        scope=topup.scope,
        topup=topup.id,
        due_ms=cutoff_ms,
        expected_availability_date=expected,
        test_clock=moment.test_clock,
    )
    links = (await read_links(conn, topup.scope, [topup.id]))[topup.id]
    standing = RetryStanding(
        retry_of=links.retry_of,
        retried_by=links.retried_by,
        retries=entry.retry,
        return_code=code,
        next_presentment_ms=cutoff_ms,
        last_day=last_retry_day(original),
    )
    after = msgspec.structs.replace(topup, expected_availability_date=expected, due_ms=cutoff_ms)
    kind = EventType.TOPUP_RETRY_SCHEDULED
    payload = renderers.payload(kind, after, standing)
    await insert_events(conn, [new_event(topup.scope, kind, topup.id, payload, moment, BY_ITSELF)])
    await reschedule(conn, [date_], moment, renderers=renderers)
    return True


async def end_late(conn: Conn, entries: Sequence[Entry], *, renderers: Renderers, moment: OwnerTime) -> None:
    """Fail top-ups whose debits would settle again too late; the transaction holds their queued entries.

    Nothing of these was sent, so they are taken out of the queue.
    """
    for entry in entries:
        returned = await entry_store.last_return(conn, entry)
        topup = await lock_topup(conn, entry.owner_scope, entry.topup)
        if topup is None or topup.status is not Status.PENDING:
            continue
        transition = follow(topup, late_failure(returned), moment, BY_ITSELF, renderers=renderers)
        if transition is not None:
            await write_changes(conn, [Change(transition, topup, moment, BY_ITSELF)], renderers=renderers)
    await entry_store.withdraw_entries(conn, entries)


def standing_of(topup: Topup, entries: Sequence[Entry]) -> RetryStanding:
    """Return how often a top-up's debit was presented again and whether it will be, by its entries in order."""
    newest = entries[-1] if entries else None
    returned = next((entry for entry in reversed(entries) if entry.return_code is not None), None)
    original = None
    if newest is not None and (newest.retry or (returned is not None and is_retried(returned.return_code or ""))):
        original = newest.original_date or newest.effective_date
    is_waiting = topup.status is Status.PENDING and newest is not None and newest.status is EntryStatus.RETURNED
    return RetryStanding(
        retries=newest.retry if newest else 0,
        return_code=returned.return_code if returned else None,
        next_presentment_ms=topup.due_ms if is_waiting else None,
        last_day=last_retry_day(original) if original else None,
    )
