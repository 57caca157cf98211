"""What an ODFI and the ACH operator check before they process a file.

A count, hash or total that is wrong rejects the file; what concerns one batch rejects that batch; what concerns one
entry comes back as a return of the operator. Source: Nacha Operating Rules, appendix two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from brim.bank.banking_days import add_banking_days, on_or_after
from brim.bank.nacha_reader import REFUSALS, Batch, Entry, Fault, NachaFile

DAYS_AHEAD: Final = 5
"""Banking days that the bank keeps an entry before its effective date; beyond that the batch is rejected."""

MICRO_ENTRIES: Final = "ACCTVERIFY"
"""The entry description of micro-entries."""
MOST_MICRO_CENTS: Final = 99
_SERVICE_CLASSES: Final = {"200", "220", "225"}
_ADDENDA_ALLOWED: Final = {"PPD": 1, "CCD": 1, "WEB": 1, "TEL": 0, REFUSALS: 1}
_CODES: Final = {
    *("22", "23", "27", "28", "32", "33", "37", "38", "42", "43", "47", "48", "52", "53"),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What bank and originator agreed: the bank's routing number, the originator's account and company ids.

    Where files are `balanced`, each batch moves on the originator's account what it moves on those of others.
    """

    routing: str
    account: str
    company_ids: tuple[str, ...]
    balanced: bool = False

    def is_offset(self, entry: Entry) -> bool:
        """Tell whether an entry is on the originator's own account."""
        return entry.routing == self.routing and entry.account == self.account


def inspect_file(file: NachaFile, agreement: Agreement) -> Fault | None:
    """Return what rejects the whole file, if anything does."""
    if file.fault:
        return file.fault
    if file.destination != agreement.routing:
        return Fault("DESTINATION", f"the file is for {file.destination}, this bank is {agreement.routing}")
    if creation_day(file) is None:
        return Fault("CREATION_DATE", f"the file creation date {file.date} isn't a date")
    if reason := wrong_micro_entries(file, agreement):
        return Fault("MICRO_ENTRIES", reason)
    numbers = [batch.number for batch in file.batches]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        return Fault("BATCH_NUMBER", "the batch numbers do not ascend")
    return None


def wrong_micro_entries(file: NachaFile, agreement: Agreement) -> str | None:
    """Return what is wrong with the micro-entries of a file, if anything is.

    Source: Nacha Operating Rules, micro-entries: credits below one dollar, debits that do not exceed the credits to the
    same account, all on one day.
    """
    batches = [batch for batch in file.batches if batch.description == MICRO_ENTRIES]
    if len({batch.effective for batch in batches}) > 1:
        return "micro-entries do not settle on one day"
    balance: dict[tuple[str, str], int] = {}
    for entry in (entry for batch in batches for entry in batch.entries if not agreement.is_offset(entry)):
        if entry.is_credit and entry.amount > MOST_MICRO_CENTS:
            return f"trace {entry.trace} credits {entry.amount} cents"
        receiver = (entry.routing, entry.account)
        balance[receiver] = balance.get(receiver, 0) + (entry.amount if entry.is_credit else -entry.amount)
    return next(
        (f"account {account} is debited more than credited" for (_, account), left in balance.items() if left < 0), None
    )


def inspect_batch(batch: Batch, file: NachaFile, agreement: Agreement, processing_day: date) -> Fault | None:
    """Return what rejects a batch of a file that is in order itself, if anything does."""
    return next(_faults(batch, file, agreement, processing_day), None)


def _faults(batch: Batch, file: NachaFile, agreement: Agreement, processing_day: date) -> Iterator[Fault]:
    for name, text in (("name", batch.company_name), ("identification", batch.company_id)):
        if not text:
            yield Fault("BLANK_COMPANY_FIELD", f"the company {name} is blank")
    if not batch.description:
        yield Fault("BLANK_COMPANY_FIELD", "the company entry description is blank")
    if batch.company_id not in agreement.company_ids:
        yield Fault("UNKNOWN_COMPANY", f"no company {batch.company_id} originates here")
    if batch.odfi != agreement.routing[:8]:
        yield Fault("ODFI", f"the originating bank is {batch.odfi}, this bank is {agreement.routing[:8]}")
    if batch.sec not in _ADDENDA_ALLOWED:
        yield Fault("SEC_CODE", f"entries of class {batch.sec} are not agreed")
    if not batch.entries:
        yield Fault("EMPTY_BATCH", "the batch has no entries")
    yield from _class_faults(batch)
    yield from _trace_faults(batch, agreement)
    for entry in batch.entries:
        yield from _entry_faults(entry, batch, agreement)
    yield from _offset_faults(batch, agreement)
    effective = effective_day(batch)
    asked_on = max(processing_day, on_or_after(creation_day(file) or processing_day))
    if effective and effective > add_banking_days(asked_on, DAYS_AHEAD):
        yield Fault("EFFECTIVE_DATE_TOO_FAR", f"the effective date {effective} is over {DAYS_AHEAD} banking days ahead")


def _offset_faults(batch: Batch, agreement: Agreement) -> Iterator[Fault]:
    own = [entry for entry in batch.entries if agreement.is_offset(entry)]
    credited = sum(entry.amount for entry in own if entry.is_credit)
    debited = sum(entry.amount for entry in own if not entry.is_credit)
    debits, credits_ = batch.totals.debit - debited, batch.totals.credit - credited
    if agreement.balanced and (debits, credits_) != (credited, debited):
        yield Fault(
            "UNBALANCED",
            f"the batch debits {debits} cents and credits {credits_}; the company is credited {credited} and debited "
            f"{debited}",
        )


def _class_faults(batch: Batch) -> Iterator[Fault]:
    if batch.service_class not in _SERVICE_CLASSES:
        yield Fault("SERVICE_CLASS", f"service class {batch.service_class} is not 200, 220 or 225")
    if len({entry.dishonor is None for entry in batch.entries}) > 1:
        yield Fault("MIXED_BATCH", "dishonored returns need a batch of their own")
    kinds = {entry.is_credit for entry in batch.entries}
    if (batch.service_class == "220" and False in kinds) or (batch.service_class == "225" and True in kinds):
        yield Fault(
            "SERVICE_CLASS", f"a batch of service class {batch.service_class} has entries of the other direction"
        )


def _trace_faults(batch: Batch, agreement: Agreement) -> Iterator[Fault]:
    last = ""
    for entry in batch.entries:
        if not entry.trace.startswith(agreement.routing[:8]):
            yield Fault("TRACE_PREFIX", f"trace {entry.trace} does not begin with {agreement.routing[:8]}")
        if entry.trace <= last:
            yield Fault("TRACE_ORDER", f"trace {entry.trace} does not follow {last}")
        last = entry.trace


def _entry_faults(entry: Entry, batch: Batch, agreement: Agreement) -> Iterator[Fault]:
    if entry.addenda > _ADDENDA_ALLOWED.get(batch.sec, 1) or entry.bad_addenda:
        yield Fault("ADDENDA", f"the addenda of trace {entry.trace} are not as class {batch.sec} has them")
    if entry.has_addenda != bool(entry.addenda):
        yield Fault("ADDENDA", f"trace {entry.trace} and its addenda indicator disagree")
    if agreement.is_offset(entry) and not agreement.balanced:
        yield Fault("OFFSET", f"trace {entry.trace} is on the company's own account: the bank makes the offset itself")


def operator_return(entry: Entry) -> str | None:
    """Return the reason for which the ACH operator itself returns an entry, if it does; never a dishonored return."""
    if entry.dishonor is not None:
        return None
    if not valid_routing(entry.routing):
        return "R13"
    if entry.code not in _CODES or not entry.account or not entry.name:
        return "R26"
    if entry.is_prenote != (entry.amount == 0):
        return "R19"
    return None


def valid_routing(number: str) -> bool:
    """Return whether the last of nine digits is the check digit of the others."""
    if len(number) != 9 or not number.isdigit():
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, (3, 7, 1) * 3, strict=True)) % 10 == 0


def creation_day(file: NachaFile) -> date | None:
    """Return the day on which the file says it was made."""
    return _day(file.date)


def effective_day(batch: Batch) -> date | None:
    """Return the effective entry date; None if it is no date."""
    return _day(batch.effective)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
