"""Instructions by which an account is paid, and what becomes of a transfer that comes: decided without a database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from brim.base.errors import BrimError, KeptRefusalError
from brim.base.scope import AccountScope
from brim.core.bank_accounts import NumberRange, parse_number_range
from brim.core.ledger import EntryLine, JournalEntry, Posting, bank_ledger_account, suspense_ledger_account
from brim.core.rails.ach import OriginatorProfile, TransferPayers, TransferPolicy

INSTRUCTIONS_PREFIX: Final = "fi_"
TRANSFER_PREFIX: Final = "itr_"
PAYER_PREFIX: Final = "kpay_"
SOURCE_TYPE: Final = "incoming_transfer"
"""What the ledger calls what a transfer in suspense posts."""
CURRENCY: Final = "usd"
"""What instructions are given for: the currency of the bank accounts of originators."""
MAX_NOTE: Final = 1_000


class TransferStatus(StrEnum):
    """The status of an incoming transfer."""

    CREDITED = "credited"
    """It is a top-up."""
    SUSPENDED = "suspended"
    """It is in suspense until a person decides, or the rest of an expected amount has come."""
    RETURNING = "returning"
    """It is to be sent back; the statement does not show that yet."""
    RETURNED = "returned"
    """A statement shows that it went back."""
    RECALLED = "recalled"
    """The bank has taken it back."""
    ITEMIZED = "itemized"
    """The bank has listed the payments in it, and each is a transfer of its own."""


class SuspenseReason(StrEnum):
    """Why a transfer is in suspense."""

    NO_REFERENCE = "no_reference"
    DAMAGED_REFERENCE = "damaged_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    SEVERAL_REFERENCES = "several_references"
    SEVERAL_PAYMENTS = "several_payments"
    """The bank has booked several payments as one line, and not each of them names the reference."""
    CURRENCY = "currency"
    SHORT = "short"
    OVER = "over"
    ALREADY_PAID = "already_paid"
    LATE = "late"
    ACCOUNT_CLOSED = "account_closed"
    AMOUNT = "amount"
    UNKNOWN_NUMBER = "unknown_number"
    """It was sent to a virtual account number of the range that nobody has."""
    NUMBER_ENDED = "number_ended"
    """It was sent to the virtual account number of an account that has ended."""
    UNKNOWN_PAYER = "unknown_payer"
    """The account is paid by known payers only, and this is none of them."""
    NO_PAYER = "no_payer"
    """The account is paid by known payers only, and the statement does not say who has paid."""
    CONFLICT = "conflict"
    """The virtual account number is one account's, and the reference, or another number, another's."""


class Proposal(StrEnum):
    """What somebody wants done with a transfer in suspense."""

    ASSIGN = "assign"
    SEND_BACK = "send_back"


class InstructionsStatus(StrEnum):
    """How far instructions for one expected amount are paid; lasting ones are always open."""

    OPEN = "open"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    EXPIRED = "expired"


class Policy(msgspec.Struct, frozen=True):
    """What becomes of transfers that are not exactly what was expected. The defaults are those of test mode."""

    short: TransferPolicy = TransferPolicy.SUSPEND
    over: TransferPolicy = TransferPolicy.SUSPEND
    late: TransferPolicy = TransferPolicy.CREDIT
    payers: TransferPayers = TransferPayers.ANY
    numbers: NumberRange | None = None
    """The virtual account numbers of the bank account."""


def policy_of(profile: OriginatorProfile) -> Policy:
    """Return what an originator's profile says."""
    return Policy(
        short=profile.transfers_short,
        over=profile.transfers_over,
        late=profile.transfers_late,
        payers=profile.transfers_payers,
        numbers=numbers_of(profile),
    )


def numbers_of(profile: OriginatorProfile) -> NumberRange | None:
    """Return the virtual account numbers of a profile, which was checked when it was written."""
    return parse_number_range(profile.transfers_numbers) if profile.transfers_numbers else None


class Payer(msgspec.Struct, frozen=True, kw_only=True):
    """Who has sent money, as a statement says: a name, and a bank account by its last digits and its fingerprint."""

    name: str | None = None
    last4: str | None = None
    fingerprint: str | None = None


class KnownPayer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may pay an account (`owner`) of a platform (`scope`), and by whose word; times are in Unix ms.

    `transfer` is the one with whose assignment they were allowed.
    """

    scope: AccountScope
    id: str
    owner: str
    name: str | None = None
    last4: str | None = None
    fingerprint: str | None = None
    transfer: str
    proposed_by: str
    approved_by: str
    one_person: bool
    created_ms: int
    ended_by: str | None = None
    ended_ms: int | None = None


def is_known(payer: Payer, known: KnownPayer) -> bool:
    """Tell whether somebody is a known payer: by the bank account where both have one, else by name.

    A name with another bank account is somebody else: anybody can write a name.
    """
    if known.ended_ms is not None:
        return False
    if payer.fingerprint and known.fingerprint:
        return payer.fingerprint == known.fingerprint
    return bool(payer.name and known.name) and _plain_name(payer.name) == _plain_name(known.name)


def _plain_name(name: str | None) -> str:
    return " ".join((name or "").casefold().split())


class FundingInstructions(msgspec.Struct, frozen=True, kw_only=True):
    """By what reference an account (`owner`) is paid on a platform's (`scope`) bank account.

    `amount` is what is expected, None for a reference that is paid any number of times. `received` is what has come and
    was not sent back or recalled. Amounts are minor units, times Unix milliseconds.
    """

    scope: AccountScope
    id: str
    owner: str
    originator: str | None
    bank_account: str
    currency: str
    reference: str
    amount: int | None = None
    expires_ms: int | None = None
    description: str | None = None
    metadata: dict[str, str] = {}
    created_ms: int
    payers: TransferPayers | None = None
    received: int = 0

    @property
    def owner_scope(self) -> AccountScope:
        """The scope of the account that is credited."""
        return AccountScope(self.owner, self.scope.livemode)

    @property
    def remaining(self) -> int | None:
        """What of the expected amount has not come."""
        return None if self.amount is None else max(self.amount - self.received, 0)

    def status(self, *, now_ms: int) -> InstructionsStatus:
        """Return how far they are paid."""
        if self.amount is None:
            return InstructionsStatus.OPEN
        if self.received >= self.amount:
            return InstructionsStatus.PAID
        if self.expires_ms is not None and now_ms > self.expires_ms:
            return InstructionsStatus.EXPIRED
        return InstructionsStatus.PARTIALLY_PAID if self.received else InstructionsStatus.OPEN


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """An account that a transfer in suspense may be for, by which of its instructions, and why."""

    account: str
    instructions: str
    because: str


class IncomingTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """A credit on a statement that somebody sent, or the part of it that is more than was expected (`part` 2).

    It belongs to the platform whose bank account it is on (`scope`); `owner` and `topup` are set once it is credited.
    `bank_account` and `line_key` name the line, whose id is `statement_line`; `ended_by` is the line that took it back.
    `number` is the virtual account number that it was sent to. `payer_...` is who has sent it; with `remember_payer`,
    approving the assignment allows them for the account.
    Times are Unix milliseconds.
    """

    scope: AccountScope
    id: str
    bank_account: str
    line_key: str
    part: int = 1
    booked_on: date
    amount: int
    currency: str
    status: TransferStatus
    reason: SuspenseReason | None = None
    instructions: str | None = None
    reference: str | None = None
    return_reference: str
    suggestions: tuple[Suggestion, ...] = ()
    owner: str | None = None
    topup: str | None = None
    handled_by: str | None = None
    note: str | None = None
    proposed: Proposal | None = None
    proposed_owner: str | None = None
    proposed_by: str | None = None
    proposed_ms: int | None = None
    decided_by: str | None = None
    decided_ms: int | None = None
    one_person: bool | None = None
    ended_by: str | None = None
    created_ms: int
    ended_ms: int | None = None
    number: str | None = None
    payer_name: str | None = None
    payer_last4: str | None = None
    payer_fingerprint: str | None = None
    remember_payer: bool | None = None
    description: str | None = None
    bank_reference: str | None = None
    statement_line: str | None = None

    @property
    def payer(self) -> Payer | None:
        """Who has sent it; None where the statement does not say."""
        found = Payer(name=self.payer_name, last4=self.payer_last4, fingerprint=self.payer_fingerprint)
        return found if found.name or found.fingerprint else None

    @property
    def line(self) -> str:
        """The line as the ledger's confirmations name it."""
        return f"{self.bank_account}/{self.line_key}"


class Part(msgspec.Struct, frozen=True):
    """A part of a line: what is credited (no `reason`), or what is put into suspense and why."""

    amount: int
    reason: SuspenseReason | None = None


def decide(  # noqa: PLR0911  a ladder of cases
    instructions: FundingInstructions, *, amount: int, currency: str, booked_on: date, policy: Policy
) -> tuple[Part, ...]:
    """Return the parts of a transfer that names instructions: one, or two where it is more than was expected.

    They add up to its amount.
    """
    if currency != instructions.currency:
        return (Part(amount, SuspenseReason.CURRENCY),)
    if instructions.amount is None:
        return (Part(amount),)
    rest = instructions.amount - instructions.received
    if rest <= 0:
        return (Part(amount, SuspenseReason.ALREADY_PAID),)
    if _is_late(instructions, booked_on) and policy.late is TransferPolicy.SUSPEND:
        return (Part(amount, SuspenseReason.LATE),)
    if amount < rest:
        return (Part(amount, None if policy.short is TransferPolicy.CREDIT else SuspenseReason.SHORT),)
    if amount == rest or policy.over is TransferPolicy.CREDIT:
        return (Part(amount),)
    return (Part(rest), Part(amount - rest, SuspenseReason.OVER))


def _is_late(instructions: FundingInstructions, booked_on: date) -> bool:
    """Tell whether the bank booked a transfer on a day that begins after instructions have expired."""
    if instructions.expires_ms is None:
        return False
    begins = datetime(booked_on.year, booked_on.month, booked_on.day, tzinfo=UTC)
    return int(begins.timestamp() * 1000) > instructions.expires_ms


class SuspenseStep(StrEnum):
    """What a transfer in suspense posts. The names are those of the steps."""

    RECEIVED = "transfer_suspended"
    """It came: the bank account has more, and suspense owes it."""
    ASSIGNED = "transfer_assigned"
    """It is a top-up from now on, whose own entries bring it to the bank account again."""
    RETURNED = "transfer_returned"
    """It left the bank account, or is there as other transfers."""


STEPS: Final[dict[TransferStatus, SuspenseStep]] = {
    TransferStatus.CREDITED: SuspenseStep.ASSIGNED,
    TransferStatus.RETURNED: SuspenseStep.RETURNED,
    TransferStatus.RECALLED: SuspenseStep.RETURNED,
    TransferStatus.ITEMIZED: SuspenseStep.RETURNED,
}
"""What else one that was in suspense has posted when it has come to a status."""


def may_itemize(transfer: IncomingTransfer) -> bool:
    """Tell whether the payments in a transfer may take its place: it is in suspense, and nobody has decided on it."""
    is_open = transfer.status is TransferStatus.SUSPENDED and transfer.proposed is None
    return is_open and transfer.instructions is None


def suspense_posting(transfer: IncomingTransfer, step: SuspenseStep, *, entry_id: str, created: int) -> Posting:
    """Return what a step of a transfer in suspense posts, in the books of its platform."""
    bank, suspense = bank_ledger_account(transfer.bank_account), suspense_ledger_account(transfer.bank_account)
    debit, credit = (bank, suspense) if step is SuspenseStep.RECEIVED else (suspense, bank)
    line = EntryLine(debit_account=debit, credit_account=credit, amount=transfer.amount, currency=transfer.currency)
    entry = JournalEntry(
        scope=transfer.scope,
        id=entry_id,
        source_type=SOURCE_TYPE,
        source=transfer.id,
        step=step,
        lines=(line,),
        created=created,
    )
    return Posting(entry=entry)


def the_one(found: Sequence[Any]) -> Any | None:
    """Return what is the only one of its kind; None where there is none, or a tie."""
    return found[0] if len(found) == 1 else None


class TransfersOffError(KeptRefusalError):
    """No originator of the platform accepts transfers."""

    def __init__(self) -> None:
        super().__init__(
            "This platform's originator does not take incoming transfers: set transfers in its profile to on, and "
            "have it activated."
        )


class InstructionsCurrencyError(BrimError):
    """Funding instructions aren't available in this currency."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"Funding instructions are available in {CURRENCY} only, not in {currency}.")


class ExpiryError(BrimError):
    """Permanent instructions can't expire, and others can't expire in the past."""


class NotSuspendedError(KeptRefusalError):
    """The transfer isn't in suspense."""

    def __init__(self, transfer: IncomingTransfer) -> None:
        super().__init__(f"The transfer {transfer.id} is {transfer.status}, and not in suspense.")


class NoPayerError(KeptRefusalError):
    """The statement doesn't name the payer, so the payer can't be remembered."""

    def __init__(self, transfer: IncomingTransfer) -> None:
        super().__init__(f"The statement doesn't name the payer of {transfer.id}, so the payer can't be remembered.")


class AlreadyProposedError(KeptRefusalError):
    """A proposal for the transfer must be approved or declined first."""

    def __init__(self, transfer: IncomingTransfer) -> None:
        super().__init__(
            f"{transfer.proposed_by} has proposed to {_WORDS[transfer.proposed or Proposal.ASSIGN]} {transfer.id}: "
            "approve or decline that first."
        )


class NotProposedError(KeptRefusalError):
    """Nothing is proposed for the transfer, or the proposal has changed."""

    def __init__(self, transfer: IncomingTransfer) -> None:
        super().__init__(
            f"There is no proposal for the transfer {transfer.id}."
            if transfer.proposed is None
            else f"The proposal for the transfer {transfer.id} has changed. Retrieve it again."
        )


class CannotAssignError(KeptRefusalError):
    """The transfer can't be credited to the account."""

    def __init__(self, transfer: IncomingTransfer, reason: str) -> None:
        super().__init__(f"The transfer {transfer.id} cannot be assigned: {reason}")


_WORDS: Final = {Proposal.ASSIGN: "assign", Proposal.SEND_BACK: "send back"}
