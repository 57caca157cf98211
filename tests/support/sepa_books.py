"""What a month of SEPA comes to, by what clients were told and by the bank's own books; none of it is Brim's.

What an account has of a top-up is its amount where the bank has booked its collection and not taken it back, else
nothing. What was created after a backup from which the database was restored is nobody's: the bank's money of it is
in breaks.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec

from tests.support.live_books import Made


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """A collection that the bank has booked; `reason` is that with which it has taken it back, None if it has not.

    `made_on` is the day of its message, `returned_on` the day of the statement that takes it back.
    """

    end_to_end_id: str
    amount: int
    mandate: str
    made_on: date
    reason: str | None = None
    returned_on: date | None = None


class SepaBooks(msgspec.Struct, frozen=True):
    """What the bank's own file says."""

    collected: list[Collected]
    balance: int
    waiting: int
    """How much is due some day: messages to be read, batches to be booked, collections that come back."""
    coming_back: int
    """How many collections come back some day."""


class StoredSepa(msgspec.Struct, frozen=True, kw_only=True):
    """What the service's database says: statuses, and sums by top-up and by account (cents)."""

    statuses: Mapping[str, str]
    credited: Mapping[str, int]
    at_bank: Mapping[str, int]
    clearing: Mapping[str, int]
    balances: Mapping[str, int]
    credits: Mapping[str, int]
    """How often a top-up's money was given to its account, by top-up."""
    operating: int
    unexplained: int
    """The sum of what breaks say that nothing explains."""
    breaks: Sequence[tuple[str, str]]
    """Kind and detail of each break."""
    after_md01: Sequence[str]
    """Top-ups that are in a message which was made after MD01 had ended their mandate."""


def read_sepa_bank(folder: Path) -> SepaBooks:
    """Return what a bank has in its books."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        (balance,) = bank.execute("SELECT coalesce(sum(amount), 0) FROM lines").fetchone()
        (coming_back,) = bank.execute("SELECT count(*) FROM outcomes WHERE trace IS NULL").fetchone()
        (waiting,) = bank.execute(
            "SELECT (SELECT count(*) FROM deliveries WHERE content IS NOT NULL AND read_at > (SELECT now FROM bank))"
            " + (SELECT count(*) FROM batches WHERE status = 'accepted')"
        ).fetchone()
        found = bank.execute(
            "SELECT e.trace, e.amount, e.individual_id, substr(f.name, 1, 8),"
            " (SELECT o.code FROM outcomes AS o WHERE o.entry = e.id AND o.trace IS NOT NULL),"
            " (SELECT l.day FROM lines AS l WHERE l.kind = 'debit_return' AND l.customer_reference = e.trace)"
            " FROM entries AS e JOIN batches AS b ON b.id = e.batch JOIN files AS f ON f.id = b.file"
            " WHERE b.status = 'settled' ORDER BY e.id"
        ).fetchall()
    collected = [
        Collected(
            end_to_end_id=name,
            amount=amount,
            mandate=mandate,
            made_on=date.fromisoformat(made_on),
            reason=reason,
            returned_on=returned_on and date.fromisoformat(returned_on),
        )
        for name, amount, mandate, made_on, reason, returned_on in found
    ]
    return SepaBooks(collected, balance, waiting + coming_back, coming_back)


def read_settled(folder: Path) -> list[str]:
    """Return the end-to-end ids of what the bank has booked and not planned to take back."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        found = bank.execute(
            "SELECT e.trace FROM entries AS e JOIN batches AS b ON b.id = e.batch WHERE b.status = 'settled'"
            " AND NOT EXISTS (SELECT 1 FROM outcomes AS o WHERE o.entry = e.id) ORDER BY e.id"
        ).fetchall()
    return [row[0] for row in found]


def sepa_problems(
    made: Sequence[Made],
    bank: SepaBooks,
    stored: StoredSepa,
    *,
    lost: Collection[str] = frozenset(),
    unread: Mapping[str, date] = {},
) -> list[str]:
    """Return what is wrong once everything has come to its end.

    Args:
        made: everything that clients were told of, as the database in use knows it.
        bank: the bank's books.
        stored: the service's.
        lost: top-ups that were created after the backup from which the database was restored.
        unread: the last day whose cut-off came before a file of the bank was read, by name; else the day of the file.
    """
    topups = {topup.id: topup for topup in made}
    found = [f"{topup} was collected after MD01" for topup in stored.after_md01]
    known = [each for each in bank.collected if _topup_of(each) not in lost]
    found += _collected_unauthorized(known, unread)
    if unknown := topups.keys() - set(lost) ^ stored.statuses.keys():
        found.append(f"top-ups that only one side knows: {sorted(unknown)}")
    by_topup: defaultdict[str, list[Collected]] = defaultdict(list)
    for each in bank.collected:
        by_topup[_topup_of(each)].append(each)
    found += [f"the bank has collected {name}, which nobody created" for name in by_topup.keys() - topups.keys()]
    found += [f"{name} was collected {len(some)} times" for name, some in by_topup.items() if len(some) > 1]
    kept: Counter[str] = Counter()
    for topup in (each for each in made if each.id not in lost):
        worth, wrong = _worth(topup, by_topup[topup.id], stored)
        kept[topup.account] += worth
        found += wrong
    for account in {topup.account for topup in made}:
        if stored.balances.get(account, 0) != kept[account]:
            found.append(f"{account} has {stored.balances.get(account, 0)}, and the bank keeps {kept[account]} of its")
    if stored.operating + stored.unexplained != bank.balance:
        found.append(f"the bank has {bank.balance}, the books {stored.operating} and breaks {stored.unexplained}")
    return found


def _topup_of(collected: Collected) -> str:
    return collected.end_to_end_id.replace("-", "_", 1)


def _collected_unauthorized(collected: Sequence[Collected], unread: Mapping[str, date]) -> list[str]:
    """Return what was collected under a mandate after the statement had been read that the debtor denies it.

    Of a collection whose top-up was lost with its database nobody knows the mandate.
    """
    found = []
    for denied in (each for each in collected if each.reason == "MD01" and each.returned_on is not None):
        day = denied.returned_on or date.max
        read_on = unread.get(f"statement_{day:%Y%m%d}.xml", day)
        found += [
            f"{each.end_to_end_id} was collected on {each.made_on}, and MD01 was read on {read_on}"
            for each in collected
            if each.mandate == denied.mandate and each.made_on > read_on
        ]
    return found


def _worth(topup: Made, collected: Sequence[Collected], stored: StoredSepa) -> tuple[int, list[str]]:
    """Return what an account has of a top-up, and what is wrong with it."""
    status, problems = stored.statuses.get(topup.id, "missing"), []
    bank = sum(each.amount for each in collected if each.reason is None)
    if any(each.amount != topup.amount for each in collected):
        problems.append(f"{topup.id} is of {topup.amount}, and was collected as {[each.amount for each in collected]}")
    if any(kind == "unknown_debit" and topup.id in detail for kind, detail in stored.breaks):
        return 0, problems  # it was ended here after its collection had left: a break says so
    if topup.is_canceled:
        expected = {"canceled"}
        problems += [f"{topup.id} was canceled and collected"] if collected else []
    elif bank:
        expected = {"succeeded"}
    else:
        expected = {"failed", "reversed"} if collected else {"failed"}
    if status not in expected:
        problems.append(f"{topup.id} is {status}, and by the bank's books {' or '.join(sorted(expected))}")
    for what, amounts in (("credited", stored.credited), ("at the bank", stored.at_bank)):
        if amounts.get(topup.id, 0) != bank:
            problems.append(f"{topup.id} has {amounts.get(topup.id, 0)} {what}, and the bank keeps {bank}")
    if stored.clearing.get(topup.id, 0):
        problems.append(f"{topup.id} has {stored.clearing[topup.id]} in clearing")
    if stored.credits.get(topup.id, 0) > 1:
        problems.append(f"{topup.id} was credited {stored.credits[topup.id]} times")
    return bank, problems
