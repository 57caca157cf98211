"""A correction: what a notification of change asks for, and whether it can be done by itself.

A notification is applied where it is readable, changes something that belongs to the bank account, and the bank account
on file still is what its entry has presented. Whatever else it is, a person looks at it; nothing is guessed.
Source: Nacha operating rules, appendix five.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.bank_accounts import has_right_check_digit
from brim.core.funding import Corrected
from brim.core.rails.ach.nacha import CHANGE_CODES, TRANSACTION_CODES, CorrectionError, parse_correction

CORRECTION_PREFIX: Final = "corr_"
REFUSABLE_DAYS: Final = 13
"""Banking days within which a person may refuse a notification of change.

A bank takes refusals for fifteen (Nacha), and one waits for a file, and its approval, for up to two.
"""

_ACCOUNT_NUMBER: Final = re.compile(r"(?=.*[1-9])[0-9A-Za-z](?:[0-9A-Za-z -]{0,15}[0-9A-Za-z])?")
"""Up to 17 positions with a digit that is not 0. Source: Nacha, it is alphanumeric, and has blanks and hyphens."""
_ACCOUNT_TYPES: Final = frozenset({"checking", "savings"})


class CorrectionStatus(StrEnum):
    """What became of a notification of change."""

    APPLIED = "applied"
    """The bank account on file was changed by it."""
    NOTED = "noted"
    """There was nothing left to change: the bank account has it already, or was detached."""
    OPEN = "open"
    """It cannot be applied by itself: a person has to look at its break."""
    DISMISSED = "dismissed"
    """A person has looked at it, and nothing was changed."""
    REFUSED = "refused"
    """It is refused: the next file tells its bank so."""


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account as an entry has it, or as it is on file. `account_type` is checking or savings."""

    routing_number: str
    account_number: str
    account_type: str
    holder_name: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notification of change about an entry of ours, as it came.

    `scope` is the platform's, `owner` whose bank account it is; `topup` the top-up or prenote of the entry, and
    `number` which of its presentments. `trace` is the notification's own, `original_trace` the entry's. `objection` is
    why it must not be applied whatever it says, None where nothing is against it. `is_of_credit` tells that the entry
    was a credit, so that a corrected transaction code is one of credits.
    """

    scope: AccountScope
    owner: AccountScope
    funding_source: str
    originator: str | None
    topup: str
    number: int
    bank_file: str | None
    change_code: str
    corrected_data: str
    original_trace: str | None
    trace: str
    presented: Presented
    objection: str | None = None
    is_of_credit: bool = False


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """A notification of change and what became of it; times are Unix milliseconds.

    `corrected` names what it has changed: `account_number`, `routing_number`, `account_type`, `holder_name`. Those that
    begin with `new_` are None where it was not applied; `reason` says why it was not.
    """

    scope: AccountScope
    id: str
    owner: str
    funding_source: str
    originator: str | None
    topup: str
    number: int
    bank_file: str | None
    change_code: str
    original_trace: str | None
    trace: str
    status: CorrectionStatus
    reason: str | None
    corrected: list[str]
    routing_number: str
    last4: str
    fingerprint: str
    account_type: str | None
    new_routing_number: str | None = None
    new_last4: str | None = None
    new_fingerprint: str | None = None
    new_account_type: str | None = None
    break_id: str | None = None
    refusal_code: str | None = None
    refusal_file: str | None = None
    refusal_trace: str | None = None
    received_ms: int
    ended_ms: int | None = None
    ended_by: str | None = None

    @property
    def place(self) -> str:
        """What its secrets are sealed for."""
        return f"correction/{self.scope.account}/{self.scope.livemode}/{self.id}"


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a correction that only the service reads: what the bank wrote, and what was on file before."""

    corrected_data: str
    account_number: str
    holder_name: str | None


class CorrectionFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which corrections: all given filters hold."""

    owner: str | None = None
    status: CorrectionStatus | None = None
    funding_source: str | None = None
    topup: str | None = None
    bank_file: str | None = None


class UnusableCorrectionError(ValueError):
    """A notification of change cannot be applied by itself."""


class NotOpenError(KeptRefusalError):
    """The correction has already ended, so it can no longer be refused."""

    def __init__(self, correction: Correction) -> None:
        super().__init__(f"The correction {correction.id} is {correction.status}; only an open one can be refused.")


class TooLateToRefuseError(KeptRefusalError):
    """The period for refusing the correction is over."""

    def __init__(self, correction: Correction) -> None:
        super().__init__(
            f"The correction {correction.id} came more than {REFUSABLE_DAYS} banking days ago, so it can no "
            f"longer be refused. Resolve its break."
        )


def wanted_of(change_code: str, corrected_data: str, *, is_of_credit: bool = False) -> Corrected:
    """Return what a notification of change asks for, about a debit or about a credit.

    Raises:
        UnusableCorrectionError: it says nothing that could be changed, or something that cannot be.
    """
    code = CHANGE_CODES.get(change_code)
    if code is None:
        raise UnusableCorrectionError(f"The change code {change_code} is unknown.")
    if not code.parts:
        raise UnusableCorrectionError(f"{change_code} ({code.title.lower()}) doesn't concern the bank account.")
    try:
        found = parse_correction(change_code, corrected_data)
    except CorrectionError as error:
        raise UnusableCorrectionError(f"{str(error).replace('_', ' ').capitalize()}.") from None
    if found.individual_identification_number is not None:
        raise UnusableCorrectionError("The individual identification number was assigned by Brim and is correct.")
    if found.routing_number is not None and not has_right_check_digit(found.routing_number):
        raise UnusableCorrectionError("The corrected routing number isn't valid.")
    if found.account_number is not None and not _ACCOUNT_NUMBER.fullmatch(found.account_number):
        raise UnusableCorrectionError("The corrected account number isn't valid.")
    return Corrected(
        routing_number=found.routing_number,
        account_number=found.account_number,
        account_type=_account_type(found.transaction_code, is_of_credit=is_of_credit),
        holder_name=found.individual_name,
    )


def _account_type(transaction_code: str | None, *, is_of_credit: bool) -> str | None:
    """Return the kind of account that a corrected transaction code means."""
    if transaction_code is None:
        return None
    code = TRANSACTION_CODES[transaction_code]
    if code.is_debit is is_of_credit:
        kind = "debits" if is_of_credit else "credits"
        raise UnusableCorrectionError(f"The corrected transaction code {transaction_code} is for {kind}.")
    if code.account not in _ACCOUNT_TYPES:
        kind = code.account.replace("_", " ")
        raise UnusableCorrectionError(
            f"The corrected transaction code {transaction_code} is for a {kind} account, which cannot be debited here."
        )
    return code.account


def changes_of(wanted: Corrected, *, presented: Presented, on_file: Presented) -> Corrected:
    """Return what of a correction is left to change: nothing of what is on file already.

    Raises:
        UnusableCorrectionError: the bank account on file is not what the entry has presented, so that nobody knows
            which of the two is right.
    """
    left: dict[str, str] = {}
    for name in Corrected.__struct_fields__:
        value, was, now = getattr(wanted, name), getattr(presented, name), getattr(on_file, name)
        if value is None or value == now:
            continue
        if was != now:
            what = name.replace("_", " ")
            raise UnusableCorrectionError(
                f"The {what} on file has changed since this entry was created, and the bank corrects it to something "
                "else."
            )
        left[name] = value
    return Corrected(**left)


def names_in(corrected: Corrected) -> list[str]:
    """Return what a correction changes, by name."""
    return [name for name in Corrected.__struct_fields__ if getattr(corrected, name) is not None]
