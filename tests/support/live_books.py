"""What a month of live money comes to, by what clients were told and by the bank's own books; none of it is Brim's.

A wrong return, which names another entry or amount, or comes a second time, moves nothing of a customer's: the
statement's lines of it and of its dishonor are breaks. One that names another account keeps its top-up pending, since
the bank has taken the money and no return says why.

What an account has of a top-up is what the bank keeps of its debit less what a reversal or refunds have paid back.
Where the bank has moved money that nobody can be credited or debited with, `clearing` has it, and a break has to name
it.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Final

import msgspec

from brim.bank.banking_days import RETURNS, LocalTime, add_banking_days

HOLD_DAYS: Final = 3
LOCAL: Final = LocalTime("America/New_York")
MAY_COME_AGAIN: Final = {"R01", "R09"}
_CREDITS: Final = {"22", "32"}
_CENTS: Final = 100
"""A micro-deposit is of less."""
_OPENING: Final = time(9)
_ID_LENGTH: Final = 15
_DAY_LENGTH: Final = len("20261201")


class Made(msgspec.Struct):
    """A top-up as its client knows it; `root` is the one whose debit it presents again, if it does."""

    id: str
    account: str
    amount: int
    is_canceled: bool = False
    retry_of: str | None = None
    is_reversed: bool = False
    """Whether a reversal of its debit was requested."""


class Refunded(msgspec.Struct, kw_only=True):
    """A refund as who has requested it knows it; no two of a top-up and its retries are of the same amount (cents)."""

    id: str
    topup: str
    account: str
    amount: int
    is_canceled: bool = False


class Verifying(msgspec.Struct):
    """Micro-deposits as who has sent for them knows them; `is_verified` once the holder was told so."""

    id: str
    account: str
    source: str
    number: str
    is_verified: bool = False
    wrong: int = 0
    """How often other amounts were stated."""


class Presentment(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that the bank has settled, and what came of it; `returned_on` is None if it was not returned."""

    individual_id: str
    account: str
    trace: str
    amount: int
    settled_on: date
    code: str | None = None
    returned_on: date | None = None
    is_money_back: bool = False
    is_contested: bool = False
    is_of_other_account: bool = False
    is_credit: bool = False
    sent_on: date | None = None
    """The day on which its file was made."""
    is_second_back: bool = False
    """Whether the return came twice, and the bank has given back the money of the second."""

    @property
    def kept(self) -> int:
        """How much of it is with the originator in the end, or with the holder if it is a credit."""
        if self.returned_on is None or (self.is_money_back and not self.is_contested):
            return self.amount
        return 0


class BankBooks(msgspec.Struct, frozen=True):
    """What the bank's own file says."""

    presentments: list[Presentment]
    balance: int
    is_quiet: bool
    """Whether nothing is due any more."""
    sent_twice: list[str]
    """Individual identification numbers with two live debits at once."""
    reversals: list[Presentment] = []
    """Credits that take a debit back, under the individual identification number of the debit."""
    microdeposits: list[Presentment] = []
    """Credits and debits that verify a bank account."""
    refunds: list[Presentment] = []
    """Credits that pay a debit back, under the individual identification number of the debit."""


def read_bank(folder: Path) -> BankBooks:
    """Return what a bank has in its books."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        (balance,) = bank.execute("SELECT coalesce(sum(amount), 0) FROM lines").fetchone()
        (waiting,) = bank.execute(
            "SELECT (SELECT count(*) FROM outcomes WHERE trace IS NULL)"
            " + (SELECT count(*) FROM deliveries WHERE content IS NOT NULL AND read_at > (SELECT now FROM bank))"
            " + (SELECT count(*) FROM batches WHERE status = 'accepted')"
            " + (SELECT count(*) FROM dishonors WHERE contest_at IS NOT NULL AND contest_trace IS NULL)"
        ).fetchone()
        settled = bank.execute(
            "SELECT e.id, e.individual_id, e.account, e.trace, e.amount, b.settle_on, e.code, b.description, f.name"
            " FROM entries AS e JOIN batches AS b ON b.id = e.batch JOIN files AS f ON f.id = b.file"
            " WHERE b.status = 'settled' AND e.amount > 0"
            " AND NOT EXISTS (SELECT 1 FROM dishonors AS d WHERE d.entry = e.id) ORDER BY e.id"
        ).fetchall()
        returns = bank.execute(
            "SELECT r.entry, r.trace, r.code, r.original_trace, r.account, r.amount, r.sent_on, d.contest_trace,"
            " b.status = 'settled' FROM returned AS r LEFT JOIN dishonors AS d ON d.returned = r.trace"
            " LEFT JOIN entries AS e ON e.id = d.entry LEFT JOIN batches AS b ON b.id = e.batch ORDER BY r.trace"
        ).fetchall()
    by_entry: dict[int, list[tuple[object, ...]]] = {}
    for row in returns:
        by_entry.setdefault(row[0], []).append(row)
    found: dict[str, list[Presentment]] = {"REVERSAL": [], "ACCTVERIFY": [], "REFUND": [], "": []}
    for entry, individual_id, account, trace, amount, settle_on, code_of_entry, description, file in settled:
        made = Presentment(
            individual_id=individual_id.strip(),
            account=account,
            trace=trace,
            amount=amount,
            settled_on=date.fromisoformat(settle_on),
            sent_on=date.fromisoformat(file[:_DAY_LENGTH]),
            is_credit=code_of_entry in _CREDITS,
        )
        for _, _, code, named, of_account, returned, sent_on, contest, is_back in by_entry.get(entry, []):
            if not returned:
                continue
            if (named, returned) != (trace, amount):
                continue
            if made.returned_on is not None:
                made = msgspec.structs.replace(made, is_second_back=bool(is_back) and contest is None)
                continue
            made = msgspec.structs.replace(
                made,
                code=str(code),
                returned_on=date.fromisoformat(str(sent_on)),
                is_money_back=bool(is_back),
                is_contested=contest is not None,
                is_of_other_account=of_account != account,
            )
        found.get(description.strip(), found[""]).append(made)
    live: Counter[str] = Counter(each.individual_id for each in found[""] if each.kept)
    sent_twice = [name for name, count in live.items() if count > 1]
    return BankBooks(
        found[""], balance, not waiting, sent_twice, found["REVERSAL"], found["ACCTVERIFY"], found["REFUND"]
    )


def read_acknowledgements(folder: Path) -> list[bytes]:
    """Return what a bank has to say of each file that it has read, whether that was sent or lost."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        return [bytes(row[0]) for row in bank.execute("SELECT acknowledgement FROM files ORDER BY id")]


def read_amounts(folder: Path, set_id: str) -> list[int]:
    """Return what the credits of a set of micro-deposits have brought their holder, oldest first."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        found = bank.execute(
            "SELECT e.amount FROM entries AS e JOIN batches AS b ON b.id = e.batch WHERE b.status = 'settled'"
            " AND trim(e.individual_id) = ? AND e.code IN ('22', '32') ORDER BY e.id",
            (set_id[-_ID_LENGTH:],),
        )
        return [row[0] for row in found]


def read_credits(folder: Path) -> list[str]:
    """Return the traces of all that was paid to a holder, oldest first."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        found = bank.execute(
            "SELECT e.trace FROM entries AS e JOIN batches AS b ON b.id = e.batch WHERE b.status = 'settled'"
            " AND e.code IN ('22', '32') AND NOT EXISTS (SELECT 1 FROM dishonors AS d WHERE d.entry = e.id)"
            " ORDER BY e.id"
        )
        return [row[0] for row in found]


def read_coming_back(folder: Path, until_s: int) -> set[str]:
    """Return the individual identification numbers of the debits that their bank returns by a second."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        found = bank.execute(
            "SELECT trim(e.individual_id) FROM outcomes AS o JOIN entries AS e ON e.id = o.entry"
            " WHERE o.trace IS NULL AND o.action = 'return' AND o.due_at <= ? AND e.code IN ('27', '37')",
            (until_s,),
        )
        return {row[0] for row in found}


def has_settled(folder: Path, number: str) -> bool:
    """Tell whether a bank has settled all that it has of an account number, and has some of it."""
    with closing(sqlite3.connect(f"file:{folder}/bank.sqlite3?mode=ro", uri=True)) as bank:
        found = bank.execute(
            "SELECT b.status FROM entries AS e JOIN batches AS b ON b.id = e.batch WHERE e.account = ?", (number,)
        ).fetchall()
        return bool(found) and {row[0] for row in found} == {"settled"}


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What the service's database says: statuses, and sums by top-up and by account (cents)."""

    statuses: Mapping[str, str]
    credited: Mapping[str, int]
    """What the balance has of a top-up, by its journal entries."""
    at_bank: Mapping[str, int]
    """What the bank account has of a top-up, by its journal entries."""
    clearing: Mapping[str, int]
    balances: Mapping[str, int]
    """Available and reserved together, by account."""
    credits: Mapping[str, int]
    """How often a top-up's money was given to its account, by top-up."""
    operating: int
    unexplained: int
    """The sum of the statement's lines that are breaks."""
    taken_back: frozenset[str] = frozenset()
    """Top-ups that are listed as taken back by the bank without a return that could be applied."""
    breaks: Sequence[tuple[str, str]] = ()
    """Kind and detail of each break."""
    verifying: Mapping[str, str] = {}
    """The status of each set of micro-deposits."""
    spent: Mapping[str, int] = {}
    """What micro-deposits have cost, by set."""
    refunds: Mapping[str, str] = {}
    """The status of each refund."""

    def names(self, kind: str, *words: str) -> bool:
        """Tell whether a break of a kind names one of some words."""
        return any(listed == kind and any(word in detail for word in words) for listed, detail in self.breaks)


def problems(
    made: Sequence[Made],
    bank: BankBooks,
    stored: Stored,
    *,
    refunds: Sequence[Refunded] = (),
    is_punctual: bool,
    unread: Mapping[str, date] = {},
) -> list[str]:
    """Return what is wrong once everything has come to its end.

    Args:
        made: everything that clients were told of.
        refunds: those that were requested.
        bank: the bank's books.
        stored: the service's.
        is_punctual: whether all that the bank sent was read at once and nothing kept money from being usable in time.
        unread: the last day whose cut-off came before a file of the bank was read, by name; else the day of the file.
    """
    topups = {topup.id: topup for topup in made}
    found = [f"the payer of {name} has paid twice" for name in bank.sent_twice]
    if topups.keys() != stored.statuses.keys():
        found.append(f"top-ups that only one side knows: {sorted(topups.keys() ^ stored.statuses.keys())}")
    roots = {topup_id: _root(topups, topup) for topup_id, topup in topups.items()}
    by_name = {root[-_ID_LENGTH:]: root for root in (*roots.values(), *topups)}
    presented, paid_back = _by_topup(bank.presentments, by_name), _by_topup(bank.reversals, by_name)
    unknown = {each.individual_id for each in (*bank.presentments, *bank.reversals)} - by_name.keys()
    found += [f"the bank has entries of {name}, which nobody created" for name in sorted(unknown)]
    reversed_ = {
        roots[topup.id] if roots[topup.id] in paid_back else topup.id: topup for topup in made if topup.is_reversed
    }
    found += [f"{name} was paid back, which nobody asked for" for name in paid_back if name not in reversed_]
    kept: Counter[str] = Counter()
    left: dict[str, int] = {}
    for name, some in presented.items():
        found += _presented_wrongly(name, some)
        topup = reversed_.get(name, topups[name])
        expected, left[topup.id], problem = _worth(topup, some, paid_back.get(name, []), stored)
        kept[topups[name].account] += expected
        found += problem
    listed = [topup for topup in topups.values() if _is_listed(topup, presented.get(topup.id, []), stored)]
    for topup in listed:
        kept[topup.account] += topup.amount
    paid = _pair(refunds, bank.refunds, roots)
    found += _problems_of_refunds(refunds, paid, topups, bank, stored)
    found += [
        f"the refund {refund.id} left on {credit.sent_on} with {credit.trace}, after the debit had come back"
        for refund in refunds
        for credit in paid[refund.id]
        if _left_too_late(credit, bank.presentments, unread)
    ]
    for refund in refunds:
        kept[refund.account] -= sum(each.amount for each in paid[refund.id] if each.kept or each.is_of_other_account)
    for account in {topup.account for topup in topups.values()}:
        balance = stored.balances.get(account, 0)
        if balance != kept[account]:
            found.append(f"{account} has {balance}, and the bank keeps {kept[account]} of its")
    for topup in (each for each in topups.values() if each not in listed):
        found += _problems_of(
            topup, presented.get(topup.id, []), stored, left=left.get(topup.id, 0), is_punctual=is_punctual
        )
    chains: Counter[str] = Counter()
    for topup_id, root in roots.items():
        chains[root] += stored.credited.get(topup_id, 0)
    found += [f"{root} was credited {sum_} in all" for root, sum_ in chains.items() if sum_ > topups[root].amount]
    if stored.operating + stored.unexplained != bank.balance:
        found.append(f"the bank has {bank.balance}, the books {stored.operating} and breaks {stored.unexplained}")
    return found


def _worth(
    topup: Made, debits: Sequence[Presentment], credits_: Sequence[Presentment], stored: Stored
) -> tuple[int, int, list[str]]:
    """Return what an account has of a debit, what is left in clearing of it, and what is wrong.

    The bank's money is the account's, unless a break says why nobody can be credited or debited with it: the holder was
    paid twice, the return of the reversal named another account, or both came back and the debit's return was improper.
    """
    money = sum(each.kept for each in debits) - sum(each.kept for each in credits_)
    traces = [each.trace for each in (*debits, *credits_)]
    if any(each.is_of_other_account for each in credits_):
        is_named = stored.names("unmatched_return", *(each.trace for each in credits_))
        return 0, -money, [] if is_named else [f"the reversal of {topup.id} came back, and no break says so"]
    if any(each.is_second_back and not each.kept for each in debits) and stored.names("paid_twice", *traces):
        return 0, -money - topup.amount, []
    if money < 0:
        is_named = stored.names("paid_twice", *traces) or (
            any(each.is_of_other_account for each in debits) and stored.names("unmatched_return", *traces)
        )
        return 0, -money, [] if is_named else [f"the holder of {topup.id} was paid twice, and no break says so"]
    if credits_ and any(each.is_money_back for each in debits) and stored.names("failed_reversal", topup.id):
        return 0, -money, []
    return money, 0, []


def _is_listed(topup: Made, presented: Sequence[Presentment], stored: Stored) -> bool:
    """Tell whether a top-up is listed as taken back: its return names another account, which a person has settled."""
    return topup.id in stored.taken_back and any(each.is_of_other_account for each in presented)


def _by_topup(entries: Iterable[Presentment], by_name: Mapping[str, str]) -> dict[str, list[Presentment]]:
    found: dict[str, list[Presentment]] = {}
    for each in entries:
        if each.individual_id in by_name:
            found.setdefault(by_name[each.individual_id], []).append(each)
    return found


def _root(topups: Mapping[str, Made], topup: Made) -> str:
    while topup.retry_of is not None:
        topup = topups[topup.retry_of]
    return topup.id


def _presented_wrongly(name: str, some: list[Presentment]) -> list[str]:
    """Return what is wrong with how often a debit was presented: only after R01 and R09, and three times at most."""
    early = [each for each in some[:-1] if each.code not in MAY_COME_AGAIN]
    found = [f"{name} was presented again after {each.code}" for each in early]
    return [*found, f"{name} was presented {len(some)} times"] if len(some) > 3 else found


def _problems_of(
    topup: Made, presented: list[Presentment], stored: Stored, *, left: int, is_punctual: bool
) -> list[str]:
    status, found = stored.statuses.get(topup.id, "missing"), []
    credited, clearing = stored.credited.get(topup.id, 0), stored.clearing.get(topup.id, 0)
    if clearing != left:
        found.append(f"{clearing} of {topup.id} ({status}) is still clearing, and {left} should be")
    if credited != stored.at_bank.get(topup.id, 0) + clearing:
        found.append(
            f"{topup.id} ({status}) has {credited} in the balance and {stored.at_bank.get(topup.id, 0)} at the bank"
        )
    if credited not in {0, topup.amount} or stored.credits.get(topup.id, 0) > 2:
        found.append(f"{topup.id} of {topup.amount} was credited {credited}, {stored.credits.get(topup.id, 0)} times")
    if status not in fates(topup, presented, is_punctual=is_punctual, is_retry=topup.retry_of is not None):
        found.append(f"{topup.id} is {status}, and by the bank's books {presented}")
    return found


def fates(topup: Made, presented: list[Presentment], *, is_punctual: bool, is_retry: bool) -> set[str]:
    """Return how a top-up may stand in the end, by what the bank has in its books."""
    if topup.is_canceled or topup.is_reversed:
        return {"canceled"} if topup.is_canceled else {"failed", "reversed"}
    if is_retry or not presented:  # a retry may be presented under the name of another one; what was not sent may fail
        return {"succeeded", "failed", "reversed", "canceled"} if is_retry else {"failed", "canceled"}
    last = presented[-1]
    if last.returned_on is None:
        return {"succeeded", "failed", "reversed"} if len(presented) > 1 else {"succeeded"}
    if last.is_of_other_account:
        return {"succeeded"} if last.kept else {"pending"}
    if not is_punctual:
        return {"failed", "reversed"}
    usable = LOCAL.at(add_banking_days(last.settled_on, HOLD_DAYS), _OPENING)
    return {"failed"} if LOCAL.at(last.returned_on, RETURNS) < usable else {"reversed"}


def _pair(
    refunds: Sequence[Refunded], credits_: Sequence[Presentment], roots: Mapping[str, str]
) -> dict[str, list[Presentment]]:
    """Return the credits of each refund: those of its amount under the name of its top-up, or of a chain's first."""
    names = {each.id: {each.topup[-_ID_LENGTH:], roots[each.topup][-_ID_LENGTH:]} for each in refunds}
    return {
        each.id: [one for one in credits_ if one.individual_id in names[each.id] and one.amount == each.amount]
        for each in refunds
    }


def _left_too_late(credit: Presentment, debits: Iterable[Presentment], unread: Mapping[str, date]) -> bool:
    """Tell whether a refund left although the return of its debit had been read, or the statement if that is wrong."""
    before = [
        each for each in debits if each.individual_id == credit.individual_id and each.settled_on < credit.settled_on
    ]
    if not before or before[-1].returned_on is None or credit.sent_on is None:
        return False
    day = before[-1].returned_on
    name = f"{'statement' if before[-1].is_of_other_account else 'returns'}_{day:%Y%m%d}"
    return credit.sent_on > max((until for file, until in unread.items() if file.startswith(name)), default=day)


def _problems_of_refunds(
    refunds: Sequence[Refunded],
    paid: Mapping[str, Sequence[Presentment]],
    topups: Mapping[str, Made],
    bank: BankBooks,
    stored: Stored,
) -> Iterable[str]:
    if {each.id for each in refunds} != stored.refunds.keys():
        yield f"refunds that only one side knows: {sorted({each.id for each in refunds} ^ stored.refunds.keys())}"
    asked = {credit.trace for some in paid.values() for credit in some}
    yield from (f"{each} pays a refund that nobody asked for" for each in bank.refunds if each.trace not in asked)
    held: Counter[str] = Counter()
    for refund in refunds:
        yield from _problems_of_refund(refund, paid[refund.id], stored)
        held[refund.topup] += sum(each.kept for each in paid[refund.id])
        yield from _unsaid(refund, paid[refund.id], bank, stored)
    yield from (
        f"{topup} of {topups[topup].amount} was refunded {amount}"
        for topup, amount in held.items()
        if amount > topups[topup].amount
    )


def _problems_of_refund(refund: Refunded, paid: Sequence[Presentment], stored: Stored) -> Iterable[str]:
    """Tell what is wrong with how a refund ended: by what the bank has paid, and whether it got that back."""
    if len(paid) > 1:
        yield f"the refund {refund.id} was paid {len(paid)} times"
    cost, left = 0, 0
    statuses = {"canceled"} if refund.is_canceled else {"failed"}
    if refund.is_canceled and paid:
        yield f"the refund {refund.id} was canceled, and the bank has paid it"
    for credit in paid[:1]:
        if credit.is_of_other_account:
            cost, left, statuses = refund.amount, refund.amount, {"succeeded"}
            if not stored.names("unmatched_return", credit.trace):
                yield f"the refund {refund.id} came back for another account, and no break says so"
        elif credit.kept:
            cost, statuses = refund.amount, {"succeeded"}
        elif not stored.names("failed_refund", refund.id):
            yield f"the refund {refund.id} came back, and no break says so"
    status = stored.refunds.get(refund.id, "missing")
    if status not in statuses:
        yield f"the refund {refund.id} is {status}, canceled: {refund.is_canceled}, and the bank has {list(paid)}"
    books = tuple(each.get(refund.id, 0) for each in (stored.credited, stored.at_bank, stored.clearing))
    if books != (-cost, left - cost, -left):
        yield f"the refund {refund.id} ({status}) has cost {cost}, {left} of it came back, and the books say {books}"


def _unsaid(refund: Refunded, paid: Sequence[Presentment], bank: BankBooks, stored: Stored) -> Iterable[str]:
    """Tell that a holder has more than they have paid, by a refund that no break names."""
    for credit in paid:
        if not credit.kept:
            continue
        name = credit.individual_id
        some = [each for each in bank.presentments if each.individual_id == name]
        back = [each.kept for each in (*bank.reversals, *bank.refunds) if each.individual_id == name]
        is_said = (
            stored.names("paid_twice", refund.id, credit.trace)
            or refund.topup in stored.taken_back
            or stored.names("unmatched_return", *(each.trace for each in some if each.is_of_other_account))
        )
        if sum(each.kept for each in some) < sum(back) and not is_said:
            yield f"the holder of {refund.topup} was paid more than they have paid, and no break names {refund.id}"


def problems_of_verifying(sets: Sequence[Verifying], bank: BankBooks, stored: Stored) -> list[str]:
    """Return what is wrong with micro-deposits once everything has come to its end."""
    by_name = {each.id[-_ID_LENGTH:]: each for each in sets}
    sent: dict[str, list[Presentment]] = {name: [] for name in by_name}
    found = []
    for entry in bank.microdeposits:
        if entry.individual_id in sent:
            sent[entry.individual_id].append(entry)
        else:
            found.append(f"the bank has micro-deposits of {entry.individual_id}, which nobody sent for")
    for name, some in sent.items():
        found += [f"{by_name[name].id}: {problem}" for problem in _wrong_with_set(by_name[name], some, stored)]
    return found


def _wrong_with_set(set_: Verifying, sent: Sequence[Presentment], stored: Stored) -> Iterable[str]:
    credited = [each for each in sent if each.is_credit]
    debited = [each for each in sent if not each.is_credit]
    if sent and (len(credited), len(debited)) not in {(2, 0), (2, 1)}:
        yield f"{len(credited)} credits and {len(debited)} debits were sent"
    if any(not 0 < each.amount < _CENTS for each in credited) or len({each.settled_on for each in sent}) > 1:
        yield f"not small, or not together: {sent}"
    if debited and sum(each.amount for each in debited) != sum(each.amount for each in credited):
        yield f"the debit is not the sum of the credits: {sent}"
    cost = sum(each.kept for each in credited) - sum(each.kept for each in debited)
    if stored.spent.get(set_.id, 0) != cost or stored.at_bank.get(set_.id, 0) != -cost:
        yield f"it has cost {cost}, and the books say {stored.spent.get(set_.id, 0)}, {stored.at_bank.get(set_.id, 0)}"
    status = stored.verifying.get(set_.id, "missing")
    if status not in _fates_of_set(set_, sent):
        yield f"is {status} after {set_.wrong} wrong amounts, verified: {set_.is_verified}, and at the bank {sent}"


def _fates_of_set(set_: Verifying, sent: Sequence[Presentment]) -> set[str]:
    if any(each.returned_on is not None and not each.is_of_other_account for each in sent):
        return {"failed"}
    if set_.is_verified:
        return {"verified"}
    return {"failed"} if sent else {"failed", "canceled"}
