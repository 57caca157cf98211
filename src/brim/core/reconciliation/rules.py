"""A line of a statement as it is kept, and a break: what does not match."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.scope import AccountScope

BREAK_PREFIX: Final = "brk_"
STATEMENT_PREFIX: Final = "stmt_"


class MatchKind(StrEnum):
    """What a line was matched to."""

    BATCH = "ach_batch"
    RETURN = "ach_return"
    DISHONOR = "ach_dishonor"
    CONTEST = "ach_contest"
    REVERSAL = "ach_reversal"
    REVERSAL_RETURN = "ach_reversal_return"
    REFUND = "refund"
    REFUND_RETURN = "refund_return"


class BreakKind(StrEnum):
    """What does not match."""

    LINE = "unmatched_line"
    """A line of a statement that nothing explains."""
    LINE_AMOUNT = "line_amount"
    """A line names something of ours, with another amount."""
    TAKEN_BACK = "taken_back"
    """The bank has taken back a debit whose top-up has succeeded, and no return that was applied says why."""
    RETURN = "unmatched_return"
    """A return of a debit that is not known, or not in a state to come back."""
    ITEM = "unreadable_item"
    """An item of a file that could not be read."""
    ACKNOWLEDGEMENT = "unmatched_acknowledgement"
    """An acknowledgement of a file that is not known, or that counts otherwise."""
    REJECTED = "rejected_file"
    """The bank refused a file, or a batch of it."""
    FAILED_WORK = "failed_work"
    """A file could not be made, sent or applied, for a reason of this installation."""
    SILENCE = "silent_bank"
    """A file that the bank has not answered in time."""
    CORRECTION = "unusable_correction"
    """A notification of change that cannot be applied by itself."""
    DISHONOR = "unsettled_dishonor"
    """A dishonored return that has not left in time, or whose money moves as the books do not expect it."""
    REVERSAL = "failed_reversal"
    """A reversal that has not left in time, or that was returned although its debit was, too."""
    REFUND = "failed_refund"
    """A refund that was returned, that fits no file, or that no statement books: the customer was not paid."""
    PAID_TWICE = "paid_twice"
    """A debit was returned or rejected after its reversal or a refund had left: the customer may have it twice."""
    SENT = "unknown_debit"
    """A debit has left whose top-up is not in this database, or not where it could have been debited."""
    STATEMENT = "unposted_statement"
    """A statement of a bank account that is not posted, because its balances or the bank say that it is not right."""
    GAP = "statement_gap"
    """A statement was posted that does not open where another closed: one is missing, or wrong."""
    WITHDRAWN = "withdrawn_line"
    """A line was posted that a later statement of the same days does not have any more."""
    FILE = "held_file"
    """A file from the bank whose controls fail, or that cannot be read."""


class StatementLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One booked line of a bank account (`bank_account` is its name in the ledger).

    `line_key` names it, so that it counts once however often it is read; `amount` is signed cents, positive where money
    came; `matched` is the id of what it was matched to, None where it is a break.
    """

    scope: AccountScope
    bank_account: str
    line_key: str
    bank_file: str
    position: int
    booked_on: date
    amount: int
    currency: str
    type_code: str
    bank_reference: str | None
    reference: str | None
    description: str
    matched_kind: MatchKind | None
    matched: str | None
    created_ms: int


class NewBreak(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not match. `cause` names it, so that it is listed once; `raw` is what the bank sent of it."""

    scope: AccountScope
    kind: BreakKind
    cause: str
    detail: str
    bank_file: str | None = None
    amount: int | None = None
    currency: str | None = None
    reference: str | None = None
    raw: str | None = None


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A break as it is listed; times are Unix milliseconds."""

    id: str
    kind: str
    cause: str
    bank_file: str | None
    amount: int | None
    currency: str | None
    reference: str | None
    detail: str
    raw: str | None
    opened_ms: int
    resolved_ms: int | None = None
    resolved_by: str | None = None
    resolution: str | None = None
