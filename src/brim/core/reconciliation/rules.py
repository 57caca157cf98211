"""A line of a statement as it is kept, and a break: what does not match."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.scope import AccountScope

BREAK_PREFIX: Final = "brk_"
STATEMENT_PREFIX: Final = "stmt_"
LINE_PREFIX: Final = "bsl_"
LINE_BREAKS: Final = ("unmatched_line", "line_amount")
"""The kinds of breaks that say that a stored line, or a part of its amount, is not posted."""


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
    TRANSFER = "incoming_transfer"
    TRANSFER_BACK = "incoming_transfer_back"


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
    """An acknowledgment of a file that is not known, or that counts otherwise."""
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
    came; `matched` is the id of what it was matched to, None where it is a break; `statement` is the one that brought
    it, None for a notification. `parent` is the line of the entry whose payment it is, `remittance` the payer's text.
    """

    id: str
    statement: str | None = None
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
    parent: str | None = None
    remittance: str | None = None


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
    statement: str | None = None


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A break as it is listed; times are Unix milliseconds.

    `line` is the id of the line that it is about, `statement` that of its statement, where there is one.
    """

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
    statement: str | None = None
    line: str | None = None
    assigned_to: str | None = None
    note: str | None = None


class LineStatus(StrEnum):
    """What became of a line."""

    POSTED = "posted"
    """The matcher found what it is about, and all of it is in the ledger."""
    OPEN = "open"
    """Nobody knows yet what it is, or what a part of its amount is."""
    PROPOSED = "proposed"
    """A person has proposed what it is; it waits for another one."""
    SETTLED = "settled"
    """A person has said what it is, and it is in the ledger."""
    EXPLAINED = "explained"
    """Its break was resolved with a reason: nothing is posted for it."""


TAKEN_KINDS: Final = frozenset({BreakKind.LINE, BreakKind.STATEMENT})
"""The kinds of breaks whose lines may be taken in."""
TAKEN_IN: Final = "Taken in: "
"""How the resolution begins of a break whose lines were."""


class BankStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it was taken, in minor units; `new_count` lines of its `line_count` were not known before.

    `open_breaks` are those about it or its lines, counted up to `MOST_COUNTED`; `open_amount` is what these lines leave
    open; `gap` is the open break that says that one before it is missing. Until all of its file is applied
    (`is_applied`), lines of it may be missing.
    """

    id: str
    bank_account: str
    currency: str
    bank_file: str
    number: str
    first_day: date
    last_day: date
    opening: int
    closing: int
    line_count: int
    new_count: int | None
    place: str
    replaced_by: str | None
    created_ms: int
    open_breaks: int = 0
    open_amount: int = 0
    gap: str | None = None
    is_applied: bool = True


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with what became of it: its break, and the settlement that is proposed or posted for it."""

    id: str
    statement: str | None
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
    matched_kind: str | None
    matched: str | None
    created_ms: int
    parent: str | None
    remittance: str | None
    break_id: str | None
    break_amount: int | None
    break_is_open: bool | None
    settlement: str | None
    settlement_status: str | None

    def unmatched(self, scope: AccountScope) -> StatementLineRow:
        """Return it as the matcher has it, matched to nothing."""
        return StatementLineRow(
            id=self.id,
            statement=self.statement,
            scope=scope,
            bank_account=self.bank_account,
            line_key=self.line_key,
            bank_file=self.bank_file,
            position=self.position,
            booked_on=self.booked_on,
            amount=self.amount,
            currency=self.currency,
            type_code=self.type_code,
            bank_reference=self.bank_reference,
            reference=self.reference,
            description=self.description,
            matched_kind=None,
            matched=None,
            created_ms=self.created_ms,
            parent=self.parent,
            remittance=self.remittance,
        )

    @property
    def status(self) -> LineStatus:
        """What became of it."""
        if self.break_id is None:
            return LineStatus.POSTED
        if self.settlement is not None:
            return LineStatus.PROPOSED if self.settlement_status == "proposed" else LineStatus.SETTLED
        return LineStatus.OPEN if self.break_is_open else LineStatus.EXPLAINED

    @property
    def unposted(self) -> int:
        """How much of its amount is in no entry of the ledger, signed."""
        if self.status in {LineStatus.POSTED, LineStatus.SETTLED}:
            return 0
        return self.amount if self.break_amount is None else self.break_amount


MOST_COUNTED: Final = 1_000
"""Breaks of a statement that are counted."""


class StatementFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which statements: all given filters hold.

    Their period overlaps the days, both included; `is_open` tells whether breaks about them are open.
    """

    bank_account: str | None = None
    currency: str | None = None
    bank_file: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    is_in_force: bool | None = None
    is_open: bool | None = None
