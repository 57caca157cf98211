"""An entry and a file: their states, and the one table of the moves that a file may make."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from brim.base.errors import BrimError, KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.rails.ach import MANDATES, REVERSAL_DESCRIPTION
from brim.core.rails.sepa import SequenceType

FILE_PREFIX: Final = "achf_"
BANK_FILE_PREFIX: Final = "bankf_"
BANK_FILE_STATUSES: Final = ("received", "awaiting_approval", "applied", "held", "rejected")
REJECTED_BY_REPORT: Final = "pain.002/"
"""How the trace of what was never made begins: the bank's status report has rejected it."""
NO_REASON: Final = "no reason given"
"""Stands for the code of a return or rejection of SEPA's for which the bank names none."""
APPROVED_BY_PROFILE: Final = "profile"
"""The approver recorded for a file that needs no approval."""
CHECKING_DEBIT: Final = 27
SAVINGS_DEBIT: Final = 37
"""Transaction codes of a debit. Source: Nacha's file format, record 6."""
CHECKING_PRENOTE: Final = 28
SAVINGS_PRENOTE: Final = 38
"""Transaction codes of a prenote to a debit, whose amount is zero. Source: Nacha's file format, record 6."""
INDIVIDUAL_ID_LENGTH: Final = 15
"""The length of an entry's individual identification number. Source: Nacha's file format, record 6."""
CHECKING_CREDIT: Final = 22
SAVINGS_CREDIT: Final = 32
"""Transaction codes of a credit: a micro-deposit, a reversal, a refund, or the offset of a batch of debits.

Source: Nacha's file format, record 6.
"""
MICRODEPOSITS_PREFIX: Final = "mdep_"


class EntryStatus(StrEnum):
    """Where one presentment of a top-up stands."""

    QUEUED = "queued"
    """Claimed at its cut-off; the next file takes it."""
    IN_FILE = "in_file"
    """It has a trace, and its bytes are stored."""
    CONFIRMED = "confirmed"
    """The bank has said that it was taken, as the originator's profile demands."""
    RELEASED = "released"
    """Its money is usable, or it was reversed."""
    RETURNED = "returned"
    """The bank has sent it back."""
    REFUSED = "refused"
    """It does not fit a file, and its top-up has failed; nothing of it was sent."""
    REJECTED = "rejected"
    """The bank refused the file or the batch that it was in, and processed nothing of it."""


class FileStatus(StrEnum):
    """Where a file stands."""

    BUILT = "built"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"
    REJECTED = "rejected"
    VOIDED = "voided"
    """It was never sent, and its entries wait for another file."""


FILE_TRANSITIONS: Final[dict[FileStatus, frozenset[FileStatus]]] = {
    FileStatus.BUILT: frozenset({FileStatus.APPROVED, FileStatus.VOIDED}),
    FileStatus.APPROVED: frozenset({FileStatus.SENT, FileStatus.VOIDED}),
    FileStatus.SENT: frozenset({FileStatus.ACKNOWLEDGED, FileStatus.SETTLED, FileStatus.REJECTED}),
    FileStatus.ACKNOWLEDGED: frozenset({FileStatus.SETTLED, FileStatus.REJECTED}),
    FileStatus.SETTLED: frozenset({FileStatus.ACKNOWLEDGED, FileStatus.SENT}),  # people undo that a line was its batch
    FileStatus.REJECTED: frozenset(),
    FileStatus.VOIDED: frozenset(),
}


class Amendment(NamedTuple):
    """What banks are told of a mandate that was amended: what they knew it by, and whether it is of a new account."""

    former_reference: str | None = None
    is_of_new_account: bool = False
    former_creditor_identifier: str | None = None
    former_creditor_name: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One presentment of a top-up to the bank: the n-th (`number`); or that of a prenote, whose id is in `topup` then.

    Micro-deposits have several at once: their credits have the numbers 1 and 2, the debit 3. Their `amount` is 0 in the
    database, where it is kept as a secret elsewhere (`microdeposits`).

    `scope` is the platform's, `owner` the account of the top-up. `amount` is in cents; `hold_days` are the banking days
    from settlement until the money is usable. `sealed` is the account number, encrypted for this entry. What it gets
    with its file is None before: `file`, `batch`, `trace` and `effective_date`. `retry` says which
    re-presentment of a returned debit it is, from 1; 0 for a first presentment; `retry_of` is the top-up of
    that debit, where it is another one, and `original_date` the day on which that debit settled.

    A collection by SEPA has the mandate it is under, and its sequence type; `former_reference` and what follows is what
    it tells banks of the mandate's amendments. Its `sec_code` is CORE or B2B, its account number an IBAN, and its
    `trace` the end-to-end id.
    """

    scope: AccountScope
    topup: str
    number: int
    owner: str
    originator: str
    test_clock: str | None
    status: EntryStatus
    amount: int
    hold_days: int
    transaction_code: int
    sec_code: str
    routing_number: str
    last4: str
    sealed: bytes
    receiver_name: str
    claimed_ms: int
    effective_date: date | None = None
    file: str | None = None
    batch: int | None = None
    trace: str | None = None
    confirmed_by: str | None = None
    confirmed_ms: int | None = None
    return_code: str | None = None
    return_trace: str | None = None
    returned_ms: int | None = None
    change_code: str | None = None
    retry: int = 0
    retry_of: str | None = None
    original_date: date | None = None
    mandate_reference: str | None = None
    mandate_signed_on: date | None = None
    authorization_id: str | None = None
    sequence_type: str | None = None
    former_reference: str | None = None
    is_of_new_account: bool = False
    former_creditor_identifier: str | None = None
    former_creditor_name: str | None = None

    @property
    def amendment(self) -> Amendment | None:
        """What it tells banks of its mandate's amendments, if there is something."""
        found = Amendment(
            self.former_reference, self.is_of_new_account, self.former_creditor_identifier, self.former_creditor_name
        )
        return None if found == Amendment() else found

    @property
    def is_one_off(self) -> bool:
        """Whether it is the one collection of its mandate."""
        return self.sequence_type == SequenceType.ONE_OFF

    @property
    def is_sepa(self) -> bool:
        """Whether it is collected by SEPA."""
        return self.sec_code in MANDATES

    @property
    def was_rejected(self) -> bool:
        """Whether the bank has rejected it alone, so that it books nothing of it."""
        return (self.return_trace or "").startswith(REJECTED_BY_REPORT)

    @property
    def is_prenote(self) -> bool:
        """Whether it moves nothing, and asks whether the bank account is there."""
        return self.transaction_code in {CHECKING_PRENOTE, SAVINGS_PRENOTE}

    @property
    def is_microdeposit(self) -> bool:
        """Whether it is one of the entries whose amounts the holder of a bank account states."""
        return self.topup.startswith(MICRODEPOSITS_PREFIX)

    @property
    def verifies(self) -> bool:
        """Whether it is no top-up's, and only verifies a bank account."""
        return self.is_prenote or self.is_microdeposit

    @property
    def is_credit(self) -> bool:
        """Whether the holder of the bank account gets its amount."""
        return self.transaction_code in {CHECKING_CREDIT, SAVINGS_CREDIT}

    @property
    def is_debit(self) -> bool:
        """Whether it takes its amount from the holder of the bank account."""
        return self.transaction_code in {CHECKING_DEBIT, SAVINGS_DEBIT}

    @property
    def individual_id(self) -> str:
        """The individual identification number, by which banks know the debit; a retry has the original's."""
        return (self.retry_of or self.topup)[-INDIVIDUAL_ID_LENGTH:]

    @property
    def owner_scope(self) -> AccountScope:
        """Whose top-up it is."""
        return AccountScope(self.owner, self.scope.livemode)

    @property
    def place(self) -> str:
        """What its account number is sealed for."""
        return f"ach_entry/{self.scope.account}/{self.scope.livemode}/{self.topup}/{self.number}"


class RetryStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The re-presentments of a top-up whose debit was returned, or may be.

    `retries` is how often its debit was presented again, by it and by the top-ups that it retries; `return_code` is the
    newest return's; `next_presentment_ms` is the cut-off at which it goes out again, None where it does not wait for
    that; `last_day` is the last day on which it may settle again, None where the rules do not let it.
    """

    retry_of: str | None = None
    retried_by: str | None = None
    retries: int = 0
    return_code: str | None = None
    next_presentment_ms: int | None = None
    last_day: date | None = None


class AchFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way to the bank, without its bytes.

    `sha256` is of the plain bytes; totals are in cents of `currency`; `file_date`, `file_time` (HHMM) and `modifier`
    tell it from the originator's others; `held_because` says why it is not sent though it is approved.
    `approvals_needed` is by the limits of the profile when it was built; None in a file of an earlier version.
    """

    scope: AccountScope
    id: str
    originator: str
    test_clock: str | None
    status: FileStatus
    name: str
    file_date: date
    file_time: str
    modifier: str
    effective_date: date
    entry_count: int
    total_debit: int
    total_credit: int
    byte_count: int
    sha256: bytes
    held_because: str | None = None
    built_ms: int
    approved_ms: int | None = None
    approved_by: str | None = None
    sent_ms: int | None = None
    acknowledged_ms: int | None = None
    settled_ms: int | None = None
    rejected_ms: int | None = None
    reject_reason: str | None = None
    voided_ms: int | None = None
    approvals_needed: int | None = None
    currency: str = "usd"

    @property
    def place(self) -> str:
        """What its bytes are sealed for."""
        return f"ach_file/{self.scope.account}/{self.scope.livemode}/{self.id}"


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A person's approval of the bytes (`sha256`) of a file, the first or the second (`number`).

    `prepared_by` are those who had prepared what the file does by then. `one_person` says that nobody else could
    approve it: no second operator handled live money.
    """

    number: int
    approved_by: str
    approved_ms: int
    sha256: bytes
    prepared_by: tuple[str, ...]
    one_person: bool


def count_missing(file: AchFile, approvals: Sequence[Approval]) -> int:
    """Return how many people have yet to approve the bytes of a file; if there is only one person, one suffices."""
    of_its_bytes = [approval for approval in approvals if approval.sha256 == file.sha256]
    if any(approval.one_person for approval in of_its_bytes):
        return 0
    if file.approvals_needed is None:
        return 0 if file.approved_by == APPROVED_BY_PROFILE else max(0, 1 - len(of_its_bytes))
    return max(0, file.approvals_needed - len(of_its_bytes))


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of a file: entries of one class that settle on one day. Totals are in cents.

    `description` is the entry description, and `company_name` and `company_id` say who debits; None where it is as the
    profile has it. `offset_trace` is the trace of the entry on the originator's account that balances it, and that is
    counted; None without one. `has_credits` says that it credits the receivers, as micro-deposits, reversals
    and refunds do.
    """

    number: int
    sec_code: str
    effective_date: date
    entry_count: int
    total_debit: int
    total_credit: int = 0
    company_name: str | None = None
    company_id: str | None = None
    description: str | None = None
    offset_trace: str | None = None
    has_credits: bool = False

    @property
    def is_sepa(self) -> bool:
        """Whether it is of collections by SEPA; its description is their sequence type then."""
        return self.sec_code in MANDATES

    @property
    def is_of_reversals(self) -> bool:
        """Whether its entries take debits back, so that its offset is a debit."""
        return self.description == REVERSAL_DESCRIPTION


class FileStateError(KeptRefusalError):
    """The file's status doesn't allow this."""

    def __init__(self, file: AchFile, reason: str) -> None:
        super().__init__(f"The file {file.id} is {file.status}: {reason}.")


class UnexpectedStatusError(KeptRefusalError):
    """The file's status has changed since you saw it."""

    def __init__(self, file: AchFile, expected: FileStatus) -> None:
        super().__init__(f"The file {file.id} is {file.status}, not {expected}. Retrieve it again first.")


class FileChangedError(BrimError):
    """The file's bytes differ from those that were approved or stored, so it isn't sent."""

    def __init__(self, file_id: str, reason: str) -> None:
        super().__init__(f"The file {file_id} is held: {reason}")
        self.reason = reason


class BytesForgottenError(BrimError):
    """The file's content was removed at the end of its retention period."""

    def __init__(self, file_id: str) -> None:
        super().__init__(
            f"The content of the file {file_id} was removed at the end of its retention period. Its hash, totals "
            f"and entries are kept."
        )


class NotConfirmedError(BrimError):
    """The money of a top-up should be usable by now, and the bank has not confirmed it."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            f"The bank has not confirmed the debit in {entry.file} (trace number {entry.trace}); the top-up stays "
            "pending."
        )


class TakenBackError(BrimError):
    """The bank's statement says that a debit was taken back, and no return has come that says why."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            f"The bank has reversed the debit in {entry.file} (trace number {entry.trace}), and no return explains it; "
            "the top-up stays pending."
        )


class UnclearReturnError(BrimError):
    """Something waits only for its time, and what may be its return could not be applied.

    Args:
        break_id: lists that return.
        what: what waits, in words.
        otherwise: what to do if the return does mean it.
    """

    def __init__(self, break_id: str, *, what: str, otherwise: str) -> None:
        super().__init__(
            f"A return that could not be applied seems to be for this {what}: see {break_id} (brim breaks "
            f"list). Resolve the break if it isn't; if it is, {otherwise}."
        )


class NoCollectionError(BrimError):
    """A top-up is due for a file, and none can be made for it now."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This top-up can't be put in a file now: {reason}")


class TooLateToCancelError(KeptRefusalError):
    """The top-up's debit has been handed over for collection."""

    def __init__(self) -> None:
        super().__init__(
            "This top-up could not be canceled because its debit has been handed over for collection at the cut-off."
        )


def moved(file: AchFile, wanted: FileStatus, **changes: object) -> AchFile:
    """Return a file in its next state.

    Raises:
        FileStateError: the table does not allow it.
    """
    if wanted not in FILE_TRANSITIONS[file.status]:
        raise FileStateError(file, f"it cannot become {wanted}")
    return msgspec.structs.replace(file, status=wanted, **changes)
