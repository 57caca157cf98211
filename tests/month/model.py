"""What should have become of top-ups, by what was created and by what is in the bank's books; none of it is Brim's."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Final

import msgspec

from brim.bank.banking_days import LocalTime, add_banking_days

HOLD_DAYS: Final = 3
LOCAL: Final = LocalTime("America/New_York")
_OPENING: Final = time(9)
_ID_LENGTH: Final = 15
"""How much of a top-up's id an entry of a file carries."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of bank account: its number, how many of a hundred top-ups it pays, and how these end."""

    number: str
    share: int
    ends: str


KINDS: Final = (
    Kind("000123456789", 76, "succeeded"),
    Kind("9801000000", 3, "succeeded"),
    Kind("9805000000", 2, "succeeded"),
    Kind("9901020000", 4, "failed"),
    Kind("000222222227", 2, "failed"),
    Kind("000111111113", 2, "failed"),
    Kind("000111111116", 2, "failed"),
    Kind("9902000000", 1, "failed"),
    Kind("9904010000", 1, "failed"),
    Kind("9920020000", 1, "failed"),
    Kind("9916030000", 1, "reversed"),
    Kind("9931040000", 2, "reversed"),
    Kind("9908050000", 1, "reversed"),
    Kind("9911060000", 1, "reversed"),
    Kind("9911120000", 1, "reversed"),
)
"""R01 to R31 and notifications of change. Returns from the third banking day on come after the hold; none ends an
authorization, since a bank account is debited all month."""


class Created(msgspec.Struct, frozen=True):
    """A top-up as its client knows it; `kind` is a place in `KINDS`."""

    id: str
    account: str
    amount: int
    kind: int
    is_canceled: bool = False


class Debit(msgspec.Struct, frozen=True):
    """An entry in the bank's books. `returned_at` is when a return was sent, in Unix seconds."""

    individual_id: str
    trace: str
    amount: int
    settled_on: date | None
    returned_at: int | None


class BankBooks(msgspec.Struct, frozen=True):
    """What the bank's own file says."""

    balance: int
    debits: list[Debit]
    accepted: list[str]
    rejected: list[str]
    """The hashes of files."""


def read_bank(folder: Path) -> BankBooks:
    """Return what a bank has in its books."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        (balance,) = bank.execute("SELECT coalesce(sum(amount), 0) FROM lines").fetchone()
        entries = bank.execute(
            "SELECT e.individual_id, e.trace, e.amount, CASE b.status WHEN 'settled' THEN b.settle_on END,"
            " CASE WHEN o.trace IS NOT NULL THEN o.due_at END FROM entries AS e JOIN batches AS b ON b.id = e.batch"
            " LEFT JOIN outcomes AS o ON o.entry = e.id AND o.action = 'return'"
        )
        debits = [
            Debit(name.strip(), trace, amount, settled and date.fromisoformat(settled), returned)
            for name, trace, amount, settled, returned in entries
        ]
        files = bank.execute("SELECT status, sha256 FROM files ORDER BY id").fetchall()
    by_status = {
        wanted: [sha256 for status, sha256 in files if status == wanted] for wanted in ("accepted", "rejected")
    }
    return BankBooks(balance, debits, **by_status)


class Stored(msgspec.Struct, frozen=True):
    """What the service's database says at the end of a day."""

    topups: Mapping[str, tuple[str, int]]
    """Status and amount by id."""
    live_entries: Mapping[str, int]
    """In how many files each top-up is that were neither given up nor rejected."""
    traces: list[str]
    sent: list[str]
    """The hashes of the files that it believes to have left."""
    ledger: Mapping[str, int]


def problems(created: Iterable[Created], bank: BankBooks, stored: Stored, *, now: int) -> list[str]:
    """Return what is wrong at the end of a banking day, when all that is due has been done and told.

    Args:
        created: everything that clients were told of.
        bank: the bank's books.
        stored: the service's.
        now: Unix seconds.
    """
    found: list[str] = []
    known = {topup.id: topup for topup in created}
    found += _differ("top-ups", "created", known, "stored", stored.topups)
    by_name = {topup_id[-_ID_LENGTH:]: topup for topup_id, topup in known.items()}
    debited: dict[str, list[Debit]] = {}
    for debit in bank.debits:
        if debit.individual_id not in by_name:
            found.append(f"the bank debited {debit.individual_id}, which nobody created")
            continue
        debited.setdefault(by_name[debit.individual_id].id, []).append(debit)
    in_hold = 0
    for topup in known.values():
        debits = debited.get(topup.id, [])
        expected = fate(topup, debits, now=now)
        found += _problems_of(topup, debits, stored, expected)
        if expected == "pending" and any(debit.settled_on for debit in debits):
            in_hold += topup.amount
    traces = Counter(stored.traces) + Counter(f"{debit.trace} at the bank" for debit in bank.debits)
    found += [f"trace {trace} was given {count} times" for trace, count in traces.items() if count != 1]
    found += _differ("files", "at the bank", [*bank.accepted, *bank.rejected], "sent by the database", stored.sent)
    operating = stored.ledger.get("bank:operating", 0)
    if operating != bank.balance:
        found.append(f"the bank's balance is {bank.balance}, the ledger's {operating}")
    clearing = stored.ledger.get("funding:clearing", 0)
    if clearing != -in_hold:
        found.append(f"clearing is {clearing}; what has settled and is in its hold is {in_hold}")
    return found


def _problems_of(topup: Created, debits: list[Debit], stored: Stored, expected: str) -> Iterator[str]:
    status, amount = stored.topups.get(topup.id, ("missing", topup.amount))
    live_entries = stored.live_entries.get(topup.id, 0)
    if len(debits) > 1:
        yield f"{topup.id} was debited {len(debits)} times"
    if any(debit.amount != topup.amount for debit in debits) or amount != topup.amount:
        yield f"{topup.id} is of {topup.amount}, stored {amount}, debited {debits}"
    if live_entries != (0 if topup.is_canceled else 1):
        yield f"{topup.id} is in {live_entries} live files"
    if status != expected:
        yield f"{topup.id} is {status}, and by the bank's books {expected}"


def fate(topup: Created, debits: list[Debit], *, now: int) -> str:
    """Return how a top-up should stand, by what the bank has in its books."""
    if topup.is_canceled:
        return "canceled"
    if not debits or debits[0].settled_on is None:
        return "pending"
    usable = LOCAL.at(add_banking_days(debits[0].settled_on, HOLD_DAYS), _OPENING)
    returned = debits[0].returned_at
    if returned is not None:
        return "failed" if returned < usable else "reversed"
    return "succeeded" if now >= usable else "pending"


def ends_otherwise(created: Iterable[Created], stored: Stored) -> list[str]:
    """Return which top-ups have not come, in the end, to what their bank accounts' numbers ask for."""
    return [
        f"{topup.id} of {KINDS[topup.kind].number} ended as {stored.topups[topup.id][0]}"
        for topup in created
        if stored.topups[topup.id][0] != ("canceled" if topup.is_canceled else KINDS[topup.kind].ends)
    ]


def _differ(what: str, one: str, some: Iterable[str], other: str, others: Iterable[str]) -> list[str]:
    first, second = Counter(iter(some)), Counter(iter(others))
    return [f"{what} {one} only: {each}" for each in first - second] + [
        f"{what} {other} only: {each}" for each in second - first
    ]
