"""A return of a debit, and its dishonor: the originating bank's answer to an improper return.

Source: Nacha operating rules, appendix four: dishonored returns (R61 to R70) and contested ones (R71 to R77).
"""

import re
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.rails.ach import returnable_until
from brim.core.rails.ach.nacha import RETURN_CODES, Stage, to_ach_text

RETURN_PREFIX: Final = "retn_"
INFORMATION_LENGTH: Final = 21
"""Characters of the information of a dishonored return. Source: Nacha, appendix four, positions 59 to 79."""

DISHONOR_CODES: Final = {code: each.title for code, each in RETURN_CODES.items() if each.stage is Stage.DISHONOUR}
"""Why a return is dishonored, by code."""

FIELD_CODES: Final = {
    "01": "account number",
    "02": "trace number of the original entry",
    "03": "amount",
    "04": "individual identification number",
    "05": "transaction code",
    "06": "company identification",
    "07": "effective entry date",
}
"""The fields that a dishonor with R69 can list as wrong. Source: Nacha, appendix four."""

_FIELDS: Final = re.compile(r"0[1-7](\*0[1-7])*")
_BY_PERMISSION: Final = frozenset({"R06", "R31"})
"""Returns whose bank claims that they were requested or permitted."""
OPEN_FOR_S: Final = 30 * 24 * 60 * 60
"""Seconds after which no return can be dishonored, whatever the holidays; how far lists look back."""


class ReturnStatus(StrEnum):
    """The status of a return."""

    RETURNED = "returned"
    """It was received and not dishonored."""
    DISHONORED = "dishonored"
    """It is dishonored: the dishonor goes out with the next file, or has gone out."""
    MISSED = "missed"
    """It was dishonored, and no file left with that in time, or the bank has never answered it."""
    MONEY_BACK = "money_back"
    """The bank has booked the money back, and the receiving bank can still contest the dishonor."""
    CONTESTED = "contested"
    """The receiving bank has contested the dishonor: the return stands."""
    ACCEPTED = "accepted"
    """The time to contest is over: the money stays."""


class AchReturn(msgspec.Struct, frozen=True, kw_only=True):
    """A return of a debit; times are Unix milliseconds, days those of the originator, `amount` is in cents.

    `topup` and `number` are of the debit, None where none is known; `is_applied` tells whether the return has failed or
    reversed the top-up, or had its debit presented again. `break_id` lists one that could not be applied. What
    begins with `dishonor`, and `information`, `leaves_ms`, `file` and `batch` are of its dishonor; `booked_on`,
    `booked_by` and `final_ms` of the money that came back, and until when it may be contested; `taken_by` is the
    statement's line that took it again. In test mode, where no bank is, `originator` and `bank_file` are empty.
    """

    scope: AccountScope
    id: str
    owner: str
    originator: str
    topup: str | None
    number: int | None
    bank_file: str
    break_id: str | None
    code: str
    original_trace: str
    original_rdfi: str
    trace: str
    amount: int
    sec_code: str
    settled_on: date
    debited_on: date | None
    is_applied: bool
    status: ReturnStatus
    dishonorable_until_ms: int
    received_ms: int
    dishonor_code: str | None = None
    information: str | None = None
    dishonored_ms: int | None = None
    dishonored_by: str | None = None
    leaves_ms: int | None = None
    file: str | None = None
    batch: int | None = None
    dishonor_trace: str | None = None
    booked_on: date | None = None
    booked_by: str | None = None
    final_ms: int | None = None
    contest_code: str | None = None
    contest_trace: str | None = None
    contested_ms: int | None = None
    taken_by: str | None = None
    ended_ms: int | None = None

    @property
    def owner_scope(self) -> AccountScope:
        """The scope of the account whose top-up it returns."""
        return AccountScope(self.owner, self.scope.livemode)

    @property
    def place(self) -> str:
        """The encryption context of its records."""
        return f"ach_return/{self.scope.account}/{self.scope.livemode}/{self.id}"


class ReturnFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which returns: all given filters hold.

    `file` is the one that has their dishonor, `undecided_ms` is for those that can still be dishonored at a moment.
    """

    status: ReturnStatus | None = None
    topup: str | None = None
    bank_file: str | None = None
    file: str | None = None
    undecided_ms: int | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about a return's debit: whether it was returned earlier, and whether it is presented again."""

    is_repeated: bool
    is_presented_again: bool


class NotDishonorableError(KeptRefusalError):
    """The return isn't in status `returned`, so it can't be dishonored."""

    def __init__(self, found: AchReturn) -> None:
        super().__init__(f"The return {found.id} is {found.status}; only one in status returned can be dishonored.")


class TooLateToDishonorError(KeptRefusalError):
    """The five banking days for dishonoring the return are over."""

    def __init__(self, found: AchReturn) -> None:
        super().__init__(
            f"The return {found.id} settled on {found.settled_on} and could be dishonored for five banking days, "
            "until the last cut-off of the fifth. Ask your bank what can be done outside the network."
        )


class UnfitDishonorError(KeptRefusalError):
    """The code doesn't fit the return."""

    def __init__(self, code: str, reason: str, *, param: str = "code") -> None:
        super().__init__(f"{code} ({DISHONOR_CODES[code].lower()}) does not fit: {reason}")
        self.param = param


def check_dishonor(found: AchReturn, standing: Standing, code: str, information: str | None) -> None:
    """Check that the code of a dishonor fits its return.

    Raises:
        UnfitDishonorError: it does not; the sentence says why.
    """
    reason = unfit_reason(found, standing, code)
    if reason is not None:
        raise UnfitDishonorError(code, reason)
    text = information or ""
    if code == "R69" and not is_field_list(text):
        known = ", ".join(f"{number} {name}" for number, name in FIELD_CODES.items())
        reason = f"the information must list the wrong fields, such as 01*03 ({known})."
        raise UnfitDishonorError(code, reason, param="information")
    if code == "R62" and not text:
        reason = "the information must identify the entry that corrected the erroneous one."
        raise UnfitDishonorError(code, reason, param="information")
    if to_ach_text(text, INFORMATION_LENGTH) != text:
        reason = f"the information must be at most {INFORMATION_LENGTH} ASCII characters."
        raise UnfitDishonorError(code, reason, param="information")


def unfit_reason(found: AchReturn, standing: Standing, code: str) -> str | None:
    """Return why a return cannot be dishonored with a code, None if it can."""
    if standing.is_presented_again:
        return "the debit is re-presented after this return, which accepts the return."
    if code == "R61":
        return None if found.topup is None else "it is for returns of entries that aren't yours; this entry is yours."
    if found.topup is None:
        return "it returns no known debit of yours; use R61."
    if code == "R67":
        return None if standing.is_repeated else "no earlier return of this debit was received."
    if code == "R70":
        title = "it is for returns that claim you requested or permitted them (R06, R31)"
        return None if found.code in _BY_PERMISSION else f"{title}; this one is {found.code}."
    return _not_late(found) if code == "R68" else None


def _not_late(found: AchReturn) -> str | None:
    """Return why a return is not untimely, None if it is."""
    known = RETURN_CODES[found.code]
    limit = None if found.debited_on is None else returnable_until(known, found.debited_on)
    if limit is None:
        return f"returns with {found.code} have no time limit that can be computed."
    if found.settled_on > limit:
        return None
    return (
        f"a return with {found.code} of a debit that settled on {found.debited_on} is in time until {limit}, and this "
        f"one settled on {found.settled_on}."
    )


def is_field_list(text: str) -> bool:
    """Tell whether a text is a list of distinct field codes, such as `01*03`."""
    codes = text.split("*")
    return _FIELDS.fullmatch(text) is not None and len(text) <= INFORMATION_LENGTH and len(set(codes)) == len(codes)
