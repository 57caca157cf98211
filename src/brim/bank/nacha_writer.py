"""Writes a bank's returns and notifications of change as a NACHA file, record by record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from brim.bank.nacha_reader import BLOCK, RECORD


@dataclass(frozen=True, slots=True)
class ReturnedEntry:
    """An entry on its way back: what it was, why it comes back, and the trace its bank gives it.

    Its fields are in the order by which batches are formed. `contested_on` is the day of the return whose dishonor is
    contested, as records have it.
    """

    notification: bool
    returning_bank: str
    company_name: str
    company_id: str
    sec: str
    description: str
    trace: str
    code: str
    text: str
    original_trace: str
    original_rdfi: str
    transaction_code: str
    account: str
    amount: int
    individual_id: str
    name: str
    discretionary: str
    contested_on: str = ""

    @property
    def batch_key(self) -> tuple[bool, str, str, str, str, str]:
        """What all entries of one batch have in common."""
        return (
            self.notification,
            self.returning_bank,
            self.company_name,
            self.company_id,
            self.sec,
            self.description,
        )

    @property
    def is_credit(self) -> bool:
        """Whether the entry that comes back paid its receiver."""
        return self.transaction_code[1] in "234"


@dataclass(frozen=True, slots=True)
class Correspondents:
    """Who sends the file and who gets it: routing number, the originator's field of ten characters, its name."""

    routing: str
    originator: str
    originator_name: str


@dataclass(slots=True)
class _Sum:
    count: int = 0
    routing_hash: int = 0
    debit: int = 0
    credit: int = 0

    def add(self, other: "_Sum") -> None:
        self.count += other.count
        self.routing_hash += other.routing_hash
        self.debit += other.debit
        self.credit += other.credit

    def fields(self, width: int) -> str:
        return f"{self.count:0{width}}{self.routing_hash % 10**10:010}{self.debit:012}{self.credit:012}"


def write_returns(entries: Iterable[ReturnedEntry], between: Correspondents, made: datetime) -> bytes:
    """Return the file of a day's returns; entries of one batch must stand together."""
    header = f"101{between.originator:>10} {between.routing}{made:%y%m%d%H%M}A094101"
    records = [f"{header}{between.originator_name:23.23}{'REHEARSAL BANK':23}{'':8}"]
    total, batches = _Sum(), 0
    for batches, (_, group) in enumerate(groupby(entries, lambda entry: entry.batch_key), 1):
        total.add(_write_batch(records, list(group), between.routing, batches, made))
    blocks = -(-(len(records) + 1) // BLOCK)
    records.append(f"9{batches:06}{blocks:06}{total.fields(8)}{'':39}")
    records.extend("9" * RECORD for _ in range(blocks * BLOCK - len(records)))
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def _write_batch(records: list[str], entries: list[ReturnedEntry], routing: str, number: int, made: datetime) -> _Sum:
    first, found = entries[0], _Sum()
    sec = "COR" if first.notification else first.sec
    records.append(
        f"5200{first.company_name:16.16}{'':20}{first.company_id:10}{sec}{first.description:10.10}{'':6}"
        f"{made:%y%m%d}{made:%j}1{first.returning_bank}{number:07}"
    )
    for entry in entries:
        records.extend(_entry_records(entry, routing))
        amount = 0 if entry.notification else entry.amount
        found.add(_Sum(2, int(routing[:8]), 0 if entry.is_credit else amount, amount if entry.is_credit else 0))
    records.append(f"8200{found.fields(6)}{first.company_id:10}{'':25}{first.returning_bank}{number:07}")
    return found


def _entry_records(entry: ReturnedEntry, routing: str) -> Iterator[str]:
    """Yield an entry and its addenda; the transaction code is that of a return, 21 or 26 and so on."""
    code = entry.transaction_code[0] + ("1" if entry.is_credit else "6")
    amount = 0 if entry.notification else entry.amount
    yield (
        f"6{code}{routing}{entry.account:17.17}{amount:010}{entry.individual_id:15.15}{entry.name:22.22}"
        f"{entry.discretionary:2.2}1{entry.trace}"
    )
    if entry.notification:
        yield (
            f"798{entry.code}{entry.original_trace}{'':6}{entry.original_rdfi}{entry.text:29.29}{'':15}{entry.trace}"
        )
    else:
        yield (
            f"799{entry.code}{entry.original_trace}{entry.contested_on:6.6}{entry.original_rdfi}{entry.text:44.44}"
            f"{entry.trace}"
        )
