"""What a NACHA file that has left says of what it presents. Pure."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from brim.core.direct_debits.encoding import OFFSET_ID, REFUSAL_CLASS
from brim.core.direct_debits.entry_store import KnownTopup
from brim.core.direct_debits.microdeposit_rules import MICRODEPOSIT_DESCRIPTION
from brim.core.direct_debits.rules import (
    CHECKING_CREDIT,
    SAVINGS_CREDIT,
    Batch,
)
from brim.core.rails.ach import (
    RETRY_DESCRIPTION,
    REVERSAL_DESCRIPTION,
    nacha,
)
from brim.core.rails.ach.nacha import BatchHeader, DishonourAddenda, EntryDetail, FileReport
from brim.core.topups import Status


class FileDebit(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a file that has left, and its batch."""

    batch: BatchHeader
    detail: EntryDetail
    dishonor: DishonourAddenda | None = None

    @property
    def is_refusal(self) -> bool:
        """Whether it tells a bank that its notification of change is refused, and moves nothing."""
        return self.batch.standard_entry_class_code == REFUSAL_CLASS

    @property
    def presents(self) -> bool:
        """Whether it presents a top-up or a prenote."""
        return not (self.is_refusal or self.dishonor or self.is_offset or self.is_reversal or self.is_refund)

    @property
    def is_retry(self) -> bool:
        """Whether it presents a returned debit again."""
        return self.batch.company_entry_description.strip() == RETRY_DESCRIPTION

    @property
    def is_offset(self) -> bool:
        """Whether it moves on the originator's account what its batch moves on those of others."""
        return self.individual_id == OFFSET_ID

    @property
    def is_microdeposit(self) -> bool:
        """Whether it is one of the entries whose amounts the holder of a bank account states."""
        return self.batch.company_entry_description.strip() == MICRODEPOSIT_DESCRIPTION

    @property
    def is_reversal(self) -> bool:
        """Whether it takes a debit back."""
        return self.batch.company_entry_description.strip() == REVERSAL_DESCRIPTION and not self.is_offset

    @property
    def is_refund(self) -> bool:
        """Whether it pays a debit back that was right."""
        return self.is_credit and not (self.is_offset or self.is_reversal or self.is_microdeposit)

    @property
    def is_credit(self) -> bool:
        """Whether it pays money to somebody else."""
        return int(self.detail.transaction_code) in {CHECKING_CREDIT, SAVINGS_CREDIT}

    @property
    def unknown_reason(self) -> str:
        """Why a person has to look at it, if nothing in the database is what it presents."""
        if self.is_microdeposit:
            return "it is a micro-deposit that is not in this database, which verifies no bank account"
        if not self.detail.amount_cents:
            return "it is a prenote that is not in this database, so its result verifies no bank account"
        return "its top-up is not in this database, so its money will arrive without one"

    @property
    def individual_id(self) -> str:
        """By what it names what it presents."""
        return self.detail.individual_identification_number.strip()


def debits_of(content: bytes) -> Iterator[FileDebit]:
    """Yield the entries of a file that can be read."""
    for item in nacha.entries(io.BytesIO(content), lenient=False):
        if item.batch is not None and item.entry is not None:
            told = next((each for each in item.entry.addenda if isinstance(each, DishonourAddenda)), None)
            yield FileDebit(batch=item.batch, detail=item.entry.detail, dishonor=told)


def find_presented(debit: FileDebit, topups: Mapping[str, Sequence[KnownTopup]]) -> KnownTopup | None:
    """Return the top-up of a debit: the one with its individual id, or for a retry the one that waits for it.

    A micro-deposit belongs to the set with its id; which entry of that it is, its amount tells.
    """
    fitting = [
        topup
        for topup in topups.get(debit.individual_id, ())
        if (topup.amount == debit.detail.amount_cents or debit.is_microdeposit)
        and (debit.is_retry or topup.root is None)
    ]
    if len(fitting) > 1:
        fitting = [topup for topup in fitting if topup.status is Status.PENDING]
    return fitting[0] if len(fitting) == 1 else None


def batches_in(report: FileReport) -> list[Batch]:
    """Return the batches of a file."""
    return [
        Batch(
            number=batch.header.batch_number,
            sec_code=batch.header.standard_entry_class_code,
            effective_date=read_day(batch.header.effective_entry_date),
            entry_count=batch.totals.entries,
            total_debit=batch.totals.debits_cents,
            total_credit=batch.totals.credits_cents,
            company_name=batch.header.company_name.strip(),
            company_id=batch.header.company_identification.strip(),
            description=batch.header.company_entry_description.strip(),
        )
        for batch in report.batches
        if batch.header is not None
    ]


def read_day(text: str) -> date:
    """Return a day as NACHA files write it, `YYMMDD`."""
    return datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007  a day, not a moment
