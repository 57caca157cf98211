"""Whether a top-up whose debit was returned may be retried by another one. Pure.

Source: Nacha's operating rules, as banks publish them: on reinitiated entries (R01 and R09 only, twice, within 180
days, the same amount), on corrected ones (R11, within 60 days of the return), and that other entries may be sent again
only once the cause has been remedied.
"""

from datetime import date, timedelta
from typing import Final

import msgspec

from brim.base.currency import dollars
from brim.core.rails.ach import MOST_RETRIES, last_retry_day
from brim.core.rails.ach.nacha import RETURN_CODES, Retry, ReturnCode
from brim.core.rails.sepa import REASONS
from brim.core.topups import RetryKind, RetryRefusedError

CORRECTED_DAYS: Final = 60
"""Days from an R11 return (not in accordance with the authorization) within which a corrected debit may be sent."""

NEVER_AUTHORIZED: Final = frozenset({"R05", "R07", "R10", "R29", "R51"}) | {
    code for code, reason in REASONS.items() if reason.is_unauthorized
}
"""Returns that say the account holder did not authorize the debit, or revoked the authorization."""
_NEVER: Final = frozenset({"R14", "R15", "R16", "R17", "R24", "R90"})
"""Returns whose cause cannot be remedied by another bank account: a death, a freeze, suspected fraud, a duplicate."""
_REPLACEABLE: Final = frozenset({"R02"})
"""Codes after which the same debit is never sent again, but another bank account may be debited."""


class ReturnFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a top-up whose newest debit was returned, and about the one that would retry it.

    Attributes:
        topup: the one that was returned.
        code: its return code.
        returned: the day of the return.
        original: the day on which the debit first settled.
        retries: how often it was presented again.
        amount: how much it was, in cents.
        wanted: how much the retry is, in cents.
        today: the day it is.
        is_same_account: whether the retry debits the same bank account.
        is_corrected: whether that was corrected since.
        is_authorized_anew: whether its holder has authorized debits since.
        by_person: whether a person requests it, not a program.
    """

    topup: str
    code: str
    returned: date
    original: date
    retries: int
    amount: int
    wanted: int
    today: date
    is_same_account: bool
    is_corrected: bool
    is_authorized_anew: bool
    by_person: bool


def may_be_retried(code: str) -> bool:
    """Tell whether a top-up whose debit was returned with a code may be retried at all, once its cause is remedied."""
    known = RETURN_CODES.get(code)
    if known is None or code in NEVER_AUTHORIZED | _NEVER:
        return False
    return known.retry is not Retry.NEVER or code in _REPLACEABLE


def kind_of_retry(facts: ReturnFacts) -> RetryKind:
    """Return what allows a top-up to be retried.

    Raises:
        RetryRefusedError: nothing does.
    """
    known = RETURN_CODES.get(facts.code)
    if known is None:
        raise _refused(facts, None, "that code is unknown, so the debit can't be sent again.")
    if facts.code in NEVER_AUTHORIZED:
        reason = (
            "the account holder did not authorize it, so it can't be sent again. Under a new authorization, create "
        )
        raise _refused(facts, known, reason + "a new top-up.")
    if not may_be_retried(facts.code):
        raise _refused(facts, known, "a debit returned with that code can't be sent again.")
    if known.retry is Retry.TWICE:
        return _reinitiated(facts, known)
    if known.retry is Retry.CORRECTED:
        return _corrected(facts, known)
    if known.retry is Retry.NEW_AUTHORISATION:
        if not facts.is_authorized_anew:
            raise _refused(facts, known, "record a new authorization from the account holder first.")
        return RetryKind.REAUTHORIZED
    if facts.is_same_account and not facts.is_corrected:
        raise _refused(facts, known, "correct the bank account first, or use another one.")
    return RetryKind.REMEDIED


def _reinitiated(facts: ReturnFacts, known: ReturnCode) -> RetryKind:
    if not facts.is_same_account:
        return RetryKind.REMEDIED
    last = last_retry_day(facts.original)
    if facts.retries >= MOST_RETRIES:
        raise _refused(facts, known, "its debit was already re-presented twice, the maximum.")
    if facts.today >= last:
        reason = f"it first settled on {facts.original} and could settle again within 180 days, until {last}."
        raise _refused(facts, known, reason)
    if facts.wanted != facts.amount:
        raise _refused(facts, known, f"its debit must be re-presented for the same amount, {dollars(facts.amount)}.")
    return RetryKind.REINITIATED


def _corrected(facts: ReturnFacts, known: ReturnCode) -> RetryKind:
    last = facts.returned + timedelta(days=CORRECTED_DAYS)
    if facts.today > last:
        raise _refused(facts, known, f"a corrected debit could be sent within 60 days of its return, until {last}.")
    if not facts.by_person:
        reason = "a person has to find the cause and send a corrected debit from its page; API keys can't."
        raise _refused(facts, known, reason)
    return RetryKind.CORRECTED


def _refused(facts: ReturnFacts, known: ReturnCode | None, reason: str) -> RetryRefusedError:
    meaning = f" ({known.title})" if known else ""
    return RetryRefusedError(facts.topup, f"its debit was returned with {facts.code}{meaning}; {reason}")
