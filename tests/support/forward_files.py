"""Files as an originator would write them, by hand and without Brim: the tests say what is in each field."""

from collections.abc import Sequence
from dataclasses import dataclass

ROUTING = "990000013"
COMPANY = "1234567890"
RECEIVER = "231380104"


@dataclass(frozen=True)
class Sent:
    """An entry to be written; its trace is the ODFI's eight digits and a number."""

    account: str = "12345678"
    amount: int = 10_00
    code: str = "27"
    routing: str = RECEIVER
    number: int | None = None
    name: str = "Jane Receiver"
    individual_id: str = "ID1"


@dataclass(frozen=True)
class SentBatch:
    """A batch to be written."""

    entries: Sequence[Sent]
    number: int = 1
    effective: str = "261201"
    service_class: str = "225"
    company: str = COMPANY
    company_name: str = "BRIM TEST"
    description: str = "TOPUP"
    sec: str = "PPD"
    odfi: str = ROUTING[:8]


def trace(number: int, odfi: str = ROUTING[:8]) -> str:
    return f"{odfi}{number:07}"


def nacha(
    *batches: SentBatch, date: str = "261130", time: str = "1500", modifier: str = "A", reference: str = "REF00001"
) -> bytes:
    """Return a file; entries are numbered through from 1 on where they have no number."""
    names = f"{'REHEARSAL BANK':23}{'BRIM TEST':23}"
    lines = [f"101 {ROUTING}{COMPANY}{date}{time}{modifier}094101{names}{reference:8}"]
    next_number = 1
    total_count = total_hash = total_debit = total_credit = 0
    for batch in batches:
        lines.append(
            f"5{batch.service_class}{batch.company_name:16}{'':20}{batch.company:10}{batch.sec}{batch.description:10}"
            f"{'':6}{batch.effective}{'':3}1{batch.odfi}{batch.number:07}"
        )
        count = routing_hash = debit = credit = 0
        for entry in batch.entries:
            number = entry.number if entry.number is not None else next_number
            next_number = number + 1
            lines.append(
                f"6{entry.code}{entry.routing}{entry.account:17}{entry.amount:010}{entry.individual_id:15}"
                f"{entry.name:22}  0{trace(number, batch.odfi)}"
            )
            count += 1
            routing_hash += int(entry.routing[:8])
            if entry.code[1] in "234":
                credit += entry.amount
            else:
                debit += entry.amount
        lines.append(
            f"8{batch.service_class}{count:06}{routing_hash % 10**10:010}{debit:012}{credit:012}"
            f"{batch.company:10}{'':25}{batch.odfi}{batch.number:07}"
        )
        total_count += count
        total_hash += routing_hash
        total_debit += debit
        total_credit += credit
    blocks = -(-(len(lines) + 1) // 10)
    lines.append(
        f"9{len(batches):06}{blocks:06}{total_count:08}{total_hash % 10**10:010}"
        f"{total_debit:012}{total_credit:012}{'':39}"
    )
    lines += ["9" * 94] * (blocks * 10 - len(lines))
    assert all(len(line) == 94 for line in lines)
    return "".join(f"{line}\r\n" for line in lines).encode()
