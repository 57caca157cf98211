"""What a settlement of lines says, how it goes from one status to the next, and what it posts. Pure.

The parts of a settlement add up to what its lines leave open. A line may have several parts (a bank's fee taken off),
and several lines may share them; lines that add up to nothing need no part.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.ledger import FEES, EntryLine, JournalEntry, bank_ledger_account, suspense_ledger_account
from brim.core.reconciliation.formats.amounts import written

SETTLEMENT_PREFIX: Final = "lset_"
SOURCE_TYPE: Final = "line_settlement"
STEP: Final = "line_settlement"
UNDO_STEP: Final = "line_settlement_undone"
MOST_LINES: Final = 100
"""Lines of one settlement, and parts of one."""


class SettlementStatus(StrEnum):
    """Where a settlement stands."""

    PROPOSED = "proposed"
    """Somebody says what lines are; nothing is posted before another person agrees."""
    POSTED = "posted"
    REJECTED = "rejected"
    """Another person did not agree, or who proposed it has withdrawn it. The lines are open."""
    UNDO_PROPOSED = "undo_proposed"
    """It is posted, and somebody says that it is wrong."""
    UNDONE = "undone"
    """A counter entry was posted. The lines are open again."""


LIVE: Final = frozenset({SettlementStatus.PROPOSED, SettlementStatus.POSTED, SettlementStatus.UNDO_PROPOSED})
"""While a settlement stands there, no other can have its lines."""


class PartKind(StrEnum):
    """What a part of a settlement is posted to."""

    FEES = "fees"
    """What the bank charges, or pays as interest."""
    SUSPENSE = "suspense"
    """Money at the bank that nothing explains yet."""
    BATCH = "ach_batch"
    """A batch of an ACH file, whose top-ups it confirms."""
    RETURN = "ach_return"
    """A returned debit, whose money the bank has taken back."""
    TRANSFER = "transfer"
    """A transfer from a customer: all of one line, which is credited by its reference, or in suspense."""
    TRANSFER_BACK = "transfer_back"
    """A transfer that went back, or that the bank took back."""
    REFUND = "refund"
    """A refund that the bank has paid by itself."""


POSTED_HERE: Final = frozenset({PartKind.FEES, PartKind.SUSPENSE})
"""The parts that a settlement posts itself; `direct_debits` posts the others."""
UNDONE: Final = POSTED_HERE | {PartKind.BATCH}
"""The parts that can be undone."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a settlement: minor units, signed as the line is: above zero where money came.

    `target` names a batch (`achf_.../1`), a debit (`tu_.../1`), a transfer that went back (`itr_...`), or a refund.
    """

    kind: PartKind
    amount: int
    target: str | None = None


class LineShare(msgspec.Struct, frozen=True):
    """How much of a line a settlement settles: all that is open, in signed minor units."""

    line: str
    amount: int


class LineSettlement(msgspec.Struct, frozen=True, kw_only=True):
    """A settlement as it is kept; times are Unix milliseconds. `one_person`: nobody else could confirm it."""

    scope: AccountScope
    id: str
    bank_account: str
    currency: str
    amount: int
    status: SettlementStatus
    note: str
    proposed_by: str
    proposed_ms: int
    decided_by: str | None = None
    decided_ms: int | None = None
    undo_note: str | None = None
    undo_by: str | None = None
    undo_ms: int | None = None
    undone_by: str | None = None
    undone_ms: int | None = None
    one_person: bool = False
    lines: tuple[LineShare, ...] = ()
    parts: tuple[Part, ...] = ()


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says that open lines (ids, of one bank account and currency) are, and why."""

    lines: tuple[str, ...]
    parts: tuple[Part, ...]
    note: str


class LinesDifferError(BrimError):
    """Lines of different bank accounts or currencies cannot be settled together."""

    def __init__(self) -> None:
        super().__init__("The lines belong to different bank accounts or currencies. Settle them separately.")


class NotSettledByPartsError(BrimError):
    """The parts don't add up to the open amount of the lines."""

    def __init__(self, wanted: int, found: int, currency: str) -> None:
        super().__init__(
            f"The lines leave {written(wanted, currency)} open, and the parts add up to {written(found, currency)}."
        )


class LineTakenError(BrimError):
    """The statement line isn't open: it is posted, explained, or in another settlement."""

    def __init__(self, line: str) -> None:
        super().__init__(f"The line {line} is no longer open. Reload it.")


class MatchedSettlementError(BrimError):
    """The settlement names returned debits, transfers, refunds or a batch that has changed, so it can't be undone."""

    def __init__(self, settlement: str, why: str) -> None:
        super().__init__(f"The settlement {settlement} cannot be undone: {why}")


class SettlementStateError(BrimError):
    """The settlement's status doesn't allow this."""

    def __init__(self, found: LineSettlement, wanted: str) -> None:
        super().__init__(f"The settlement {found.id} is {found.status}, and cannot be {wanted}.")


def check_undone(settlement: LineSettlement) -> None:
    """Let a settlement pass whose parts can be undone.

    Raises:
        MatchedSettlementError: it says that a top-up was taken back or refunded, or that a line is a transfer.
    """
    for part in settlement.parts:
        if part.kind not in UNDONE:
            raise MatchedSettlementError(settlement.id, _WHY_NOT[part.kind])


_WHY_NOT: Final = {
    PartKind.RETURN: "a returned debit has failed or reversed its top-up.",
    PartKind.TRANSFER: "the transfer is a top-up, or two people have moved it out of suspense. Send it back instead.",
    PartKind.TRANSFER_BACK: "the returned transfer is no longer in suspense, or its top-up is reversed.",
    PartKind.REFUND: "the refund has been paid.",
}


def check_parts(lines: Sequence[LineShare], parts: Sequence[Part], currency: str) -> int:
    """Return what lines leave open together.

    Raises:
        NotSettledByPartsError: the parts add up to something else.
    """
    wanted, found = sum(line.amount for line in lines), sum(part.amount for part in parts)
    if wanted != found:
        raise NotSettledByPartsError(wanted, found, currency)
    return wanted


def entry_of(settlement: LineSettlement, *, entry_id: str, created: int, is_undo: bool = False) -> JournalEntry | None:
    """Return what a settlement posts, or the counter entry of that; None where it has no parts."""
    lines = tuple(_lines(settlement, is_undo=is_undo))
    if not lines:
        return None
    return JournalEntry(
        scope=settlement.scope,
        id=entry_id,
        source_type=SOURCE_TYPE,
        source=settlement.id,
        step=UNDO_STEP if is_undo else STEP,
        lines=lines,
        created=created,
    )


def _lines(settlement: LineSettlement, *, is_undo: bool) -> Iterator[EntryLine]:
    bank = bank_ledger_account(settlement.bank_account)
    for part in settlement.parts:
        if part.kind not in POSTED_HERE:
            continue
        other = FEES if part.kind is PartKind.FEES else suspense_ledger_account(settlement.bank_account)
        is_coming = (part.amount > 0) is not is_undo
        debit, credit = (bank, other) if is_coming else (other, bank)
        yield EntryLine(
            debit_account=debit, credit_account=credit, amount=abs(part.amount), currency=settlement.currency
        )
