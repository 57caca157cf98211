"""What a line of a statement is about: rules in order, of which the first that finds something decides.

docs/reconciliation.md prints the same table.
"""

import re
from collections.abc import Awaitable, Callable, Container, Sequence
from typing import Final, NamedTuple

import msgspec

from brim.base.currency import dollars
from brim.base.paging import PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core.bank_accounts import SHOWN_DIGITS, BankNumbers, plain_number
from brim.core.direct_debits import file_store
from brim.core.direct_debits.batch_entries import booked_for, credits_in, refunded_in
from brim.core.direct_debits.collection_lines import match_collected_batch, match_net_batch, match_returned_collection
from brim.core.direct_debits.credits import Credit, find_credit
from brim.core.direct_debits.disputing import find_in_line
from brim.core.direct_debits.file_reading import FileReading, entries_of_trace, is_anothers
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.known_names import KnownNames, look_up
from brim.core.direct_debits.line_match import MOST_FEE, WHAT_MOVES, LineMatch
from brim.core.direct_debits.line_rows import LONGEST_REFERENCE
from brim.core.direct_debits.microdeposit_entries import with_amounts
from brim.core.direct_debits.microdeposit_rules import MICRODEPOSIT_DESCRIPTION
from brim.core.direct_debits.recalls import recalled_name
from brim.core.direct_debits.rules import FILE_PREFIX, AchFile, Entry, FileStatus
from brim.core.dishonors import AchReturn
from brim.core.originators import Originator, find_originator
from brim.core.push import (
    RETURN_BODY,
    TRANSFER_PREFIX,
    Payer,
    TransferLine,
    find_account_named,
    find_references,
    find_taken_back,
    names_number,
)
from brim.core.rails.ach import ACH, REVERSAL_DESCRIPTION, Transfers
from brim.core.rails.sepa import SEPA, is_identifier
from brim.core.reconciliation import MatchKind, StatementLineRow, facts_of, payments_of
from brim.core.reconciliation.formats import StatementLine, TransactionDetail
from brim.core.reversals import Reversal
from brim.platform.database import Conn

_BATCH_REFERENCE: Final = re.compile(r"(?P<company>[0-9A-Za-z]{1,10})-(?P<batch>[0-9]{7})")
_MAY_BE_KNOWN: Final = (
    "Another file has an identical line, and neither balances nor a bank reference tell whether this one repeats it: {}"
)
_MAY_BE_ANNOUNCED: Final = (
    "A notification listed a payment of the same amount on the same day, and this line may repeat it: {}"
)
_TRACE: Final = re.compile(r"[0-9]{15}")
UNBOOKED: Final = (FileStatus.SENT, FileStatus.ACKNOWLEDGED)
_FILES_SEARCHED: Final = 30
"""Files that are sent, and as many that are acknowledged, whose batches a line without a reference may be."""
_PAID_OUT: Final = frozenset({REVERSAL_DESCRIPTION, MICRODEPOSIT_DESCRIPTION})
"""The entry descriptions of batches that the bank may book as a debit of ours."""


class AskedLine(msgspec.Struct, kw_only=True):
    """A line that is to be matched.

    `plain` is it as it would be stored, `payments` those that it lists, where they are all of it. `texts` are the
    fields in which references of ours may be, `traces` the trace numbers in them. What the payer wrote counts only in a
    line that is a payment of an entry, which the bank's own words are not about.
    """

    reading: FileReading
    line: StatementLine
    plain: StatementLineRow
    payments: tuple[StatementLine, ...]
    texts: tuple[str, ...]
    traces: tuple[str, ...]

    @property
    def is_coming(self) -> bool:
        """Whether it brings money."""
        return self.line.amount_minor >= 0


Find = Callable[[AskedLine], Awaitable[LineMatch | None]]


class LineRule(NamedTuple):
    """One thing that a line may be about: what the rule looks at, what it finds, and on which rails it is asked."""

    name: str
    rails: frozenset[str]
    looks_at: str
    finds: str
    find: Find


def asked_line(reading: FileReading, line: StatementLine, plain: StatementLineRow) -> AskedLine:
    """Return what the rules are asked about a line."""
    texts = [line.customer_reference, line.end_to_end_id, line.payment_information_id, line.entry_reference, line.text]
    if plain.parent is not None:
        texts += [text for each in line.details for text in (each.instruction_id, each.transaction_id, each.text)]
    traces = tuple(trace for text in texts for trace in _TRACE.findall(text))
    return AskedLine(
        reading=reading, line=line, plain=plain, payments=payments_of(line), texts=tuple(texts), traces=traces
    )


async def look_up_names(reading: FileReading, asked: Sequence[AskedLine]) -> KnownNames:
    """Return what the names in lines belong to, looked up for all of them at once."""
    originator = reading.originator
    if originator.profile.rail == SEPA:
        names = [name for each in asked if is_identifier(name := each.line.end_to_end_id.strip())]
        return await look_up(
            reading.conn, originator.scope, originator.id, traces=list(dict.fromkeys(names)), batches=()
        )
    traces = dict.fromkeys(trace for each in asked for trace in each.traces)
    texts = (text for each in asked for text in each.texts)
    batches = dict.fromkeys(int(found["batch"]) for text in texts for found in _BATCH_REFERENCE.finditer(text))
    return await look_up(reading.conn, originator.scope, originator.id, traces=list(traces), batches=list(batches))


async def match_line(reading: FileReading, line: StatementLine, plain: StatementLineRow) -> LineMatch:
    """Return what a line is about: something that we have sent, a transfer from somebody, or one that goes back."""
    return await match_asked(asked_line(reading, line, plain))


async def match_new(asked: AskedLine, *, elsewhere: Container[object], is_announced: bool) -> LineMatch:
    """Return what a line that is not stored yet is about.

    A credit that may be known (it is said `elsewhere`, or `is_announced`) is left to a person.
    """
    match, plain = await match_asked(asked), asked.plain
    is_said = not plain.bank_reference and facts_of(plain) in elsewhere
    if not (is_said or is_announced):
        return match
    is_credit = match.transfer is not None or (bool(match.payments) and asked.is_coming)
    problem = _MAY_BE_ANNOUNCED if is_announced else _MAY_BE_KNOWN
    return LineMatch(problem=problem.format(plain.description).removesuffix(": ")) if is_credit else match


async def match_asked(asked: AskedLine) -> LineMatch:
    """Return what the first rule finds that finds anything.

    An entry of several payments is about all of them, unless it is one thing as a whole.
    """
    profile = asked.reading.originator.profile
    is_in_currency = asked.line.currency == profile.currency
    for rule in RULES:
        if rule.rails and not (is_in_currency and profile.rail in rule.rails):
            continue
        found = await rule.find(asked)
        if found is None:
            continue
        is_wrong = found.problem is not None and found.kind not in {None, MatchKind.BATCH}
        return LineMatch(payments=asked.payments) if asked.payments and is_wrong else found
    return await _unexplained(asked)


async def _unexplained(asked: AskedLine) -> LineMatch:
    line, profile = asked.line, asked.reading.originator.profile
    if line.currency != profile.currency:
        return LineMatch(problem=f"The line is in {line.currency.upper()}, and {WHAT_MOVES[profile.rail]}.")
    words = f"{line.type_code} {line.text}".strip()
    recalled = None if asked.is_coming else recalled_name(profile, transfer_texts(line))
    account = recalled and await find_account_named(asked.reading.conn, asked.plain.scope, recalled)
    if account:
        return LineMatch(problem=f"Recall for {account}, with no matching transfer: {words}")
    return LineMatch(problem=f"This line matches nothing in the books: {words}".removesuffix(": "))


async def _find_batch(asked: AskedLine) -> LineMatch | None:
    for text in asked.texts:
        for found in _BATCH_REFERENCE.finditer(text):
            matched = await _match_batch(asked.reading, asked.line, found["company"], int(found["batch"]))
            if matched is not None:
                return matched
    return None


async def _find_dishonored_return(asked: AskedLine) -> LineMatch | None:
    """Match a dishonored return, unless another originator's has the trace that names something of this one's, too."""
    reading, whose = asked.reading, asked.reading.originator
    if reading.known is not None:
        dishonored = reading.known.find_in_line(asked.traces, is_coming=asked.is_coming)
    else:
        dishonored = await find_in_line(reading.conn, whose.scope, asked.traces, is_coming=asked.is_coming)
    if dishonored is None:
        return None
    credit = await _credit_in(asked)
    is_own = credit is not None and credit.originator == whose.id
    if is_own and dishonored.originator != whose.id:
        return None
    if await is_anothers(reading, dishonored.originator, asked.traces, is_credit=asked.is_coming):
        return None
    return _match_dishonor(asked.line, dishonored)


async def _find_credit(asked: AskedLine) -> LineMatch | None:
    reading, credit = asked.reading, await _credit_in(asked)
    if credit is None or await is_anothers(reading, credit.originator, asked.traces, is_credit=asked.is_coming):
        return None
    return _match_credit(asked.line, credit)


async def _credit_in(asked: AskedLine) -> Credit | None:
    reading, whose = asked.reading, asked.reading.originator
    if reading.known is not None:
        return reading.known.find_credit(asked.traces, originator=whose.id)
    return await find_credit(reading.conn, whose.scope, asked.traces, originator=whose.id)


async def _find_returned_entry(asked: AskedLine) -> LineMatch | None:
    reading = asked.reading
    for trace in asked.traces:
        entries = [each for each in await entries_of_trace(reading, trace) if each.is_credit is asked.is_coming]
        if entries:
            (entry,) = await with_amounts(reading.conn, reading.vault, entries[:1])
            return _match_return(asked.line, entry)
    return None


async def _find_net_batch(asked: AskedLine) -> LineMatch | None:
    return await match_net_batch(asked.reading, asked.line) if asked.line.details else None


async def _find_collected_batch(asked: AskedLine) -> LineMatch | None:
    return await match_collected_batch(asked.reading, asked.line) if asked.is_coming else None


async def _find_returned_collection(asked: AskedLine) -> LineMatch | None:
    return None if asked.is_coming else await match_returned_collection(asked.reading, asked.line)


async def _find_possible_batch(asked: AskedLine) -> LineMatch | None:
    """Leave a credit to a person that may be a batch or a transfer."""
    if asked.line.amount_minor <= 0 or not (asked.payments or _are_transfers_taken(asked)):
        return None
    texts, plain = transfer_texts(asked.line), asked.plain
    if find_references(texts) or not await _may_be_batch(asked.reading, plain):
        return None
    numbers = (*accounts_in(asked.line), *texts)
    if await names_number(asked.reading.conn, plain.scope, numbers):
        return None
    return await _unexplained(asked)


async def _find_transfer_back(asked: AskedLine) -> LineMatch | None:
    """Match a debit that takes a transfer back, also once no more transfers are taken."""
    line = asked.line
    if asked.is_coming:
        return None
    found = await find_taken_back(
        asked.reading.conn,
        asked.reading.originator.scope,
        transfer_texts(line),
        amount=-line.amount_minor,
        currency=line.currency,
        bank_account=asked.plain.bank_account,
    )
    return None if found is None else LineMatch(kind=MatchKind.TRANSFER_BACK, id=found, taken_back=found)


async def _find_payments(asked: AskedLine) -> LineMatch | None:
    return LineMatch(payments=asked.payments) if asked.payments else None


async def _find_transfer(asked: AskedLine) -> LineMatch | None:
    if asked.line.amount_minor <= 0 or not _are_transfers_taken(asked):
        return None
    transfer = await transfer_of(asked.reading, asked.line, asked.plain)
    return LineMatch(kind=MatchKind.TRANSFER, id=transfer.transfer, transfer=transfer)


async def transfer_of(reading: FileReading, line: StatementLine, row: StatementLineRow) -> TransferLine:
    """Return a line, as it is kept and as the bank wrote it, as the transfer that it is."""
    return TransferLine(
        row=row,
        texts=transfer_texts(line),
        transfer=reading.ids.new_at(TRANSFER_PREFIX, reading.now_ms),
        payments=_payments_in(line),
        payer=await _payer_of(reading, line),
        accounts=accounts_in(line),
    )


_ACH: Final = frozenset({ACH})
_SEPA: Final = frozenset({SEPA})
_ALL: Final = frozenset[str]()
"""Of whatever rail an originator is, and also for a line in another currency than its rail moves."""
RULES: Final = (
    LineRule(
        "batch",
        _ACH,
        "a batch reference, `COMPANY-BATCH`, in the bank's references or text, and the total",
        "a collected or paid-out batch",
        _find_batch,
    ),
    LineRule(
        "dishonored return",
        _ACH,
        "a trace number of 15 digits in the same places, and the amount",
        "a dishonored return whose money is credited, or debited again after a contest",
        _find_dishonored_return,
    ),
    LineRule(
        "reversal or refund",
        _ACH,
        "a trace number, and the amount",
        "a reversal or refund that is paid or returned",
        _find_credit,
    ),
    LineRule(
        "returned entry",
        _ACH,
        "a trace number, and the amount, with up to $50.00 more as the bank's fee",
        "a returned debit or micro-deposit",
        _find_returned_entry,
    ),
    LineRule(
        "batch less returns",
        _SEPA,
        "the listed payments: all collections of one batch, and returned collections",
        "the batch as one line, and each returned collection as another",
        _find_net_batch,
    ),
    LineRule(
        "collected batch",
        _SEPA,
        "for a credit: the payment information id, or the end-to-end id of a single collection, and the total",
        "a batch of collections",
        _find_collected_batch,
    ),
    LineRule(
        "returned collection",
        _SEPA,
        "for a debit: the end-to-end id, and the amount, with up to €50.00 more as the banks' charges",
        "a returned or refunded collection",
        _find_returned_collection,
    ),
    LineRule(
        "possible batch",
        _ALL,
        "for a credit that names no account: the amount, and unbooked batches",
        "nothing: a person decides whether it is a batch of that total or a transfer",
        _find_possible_batch,
    ),
    LineRule(
        "recalled transfer",
        _ALL,
        "for a debit: a creditor or return reference, or virtual account number, the amount and the bank account",
        "the only possible transfer",
        _find_transfer_back,
    ),
    LineRule(
        "payments",
        _ALL,
        "the listed payments, if they are complete",
        "each payment, matched as a separate line",
        _find_payments,
    ),
    LineRule(
        "transfer",
        _ALL,
        "any other credit, if the originator accepts transfers",
        "a transfer, credited by its virtual account number or creditor reference, or put into suspense",
        _find_transfer,
    ),
)
"""What a line may be about, in the order in which it is asked."""


def _are_transfers_taken(asked: AskedLine) -> bool:
    return asked.reading.originator.profile.transfers is not Transfers.OFF


def may_take_back(line: StatementLine) -> bool:
    """Tell whether a line is a debit that names a transfer."""
    texts = transfer_texts(line)
    return line.amount_minor < 0 and bool(find_references(texts) or find_references(texts, length=RETURN_BODY))


def named_by(reading: FileReading, line: StatementLine, row: StatementLineRow) -> str | None:
    """Return what an open line refers to: the transfer that a debit takes back, or else what its references say."""
    recalled = recalled_name(reading.originator.profile, transfer_texts(line)) if row.amount < 0 else None
    return recalled or row.reference or row.bank_reference


async def _may_be_batch(reading: FileReading, plain: StatementLineRow) -> bool:
    """Tell whether a batch that no statement has booked has a line's total: a person says which of both it is."""
    if reading.unbooked is None:
        found = await unbooked_batches(reading.conn, plain.scope, plain.bank_account)
        reading.unbooked = frozenset(batch.total_debit for _, _, batch in found if batch.total_debit)
    return plain.currency == reading.originator.profile.currency and plain.amount in reading.unbooked


async def unbooked_batches(
    conn: Conn, scope: AccountScope, bank_account: str
) -> list[tuple[Originator, AchFile, FoundBatch]]:
    """Return the batches of a bank account, in the newest files that left, that no statement has booked."""
    found: list[tuple[Originator, AchFile, FoundBatch]] = []
    for status in UNBOOKED:
        window = window_of(FILE_PREFIX, None, PageRequest(limit=_FILES_SEARCHED))
        for file in (await file_store.page_files(conn, scope, window, status=status)).items:
            originator = await find_originator(conn, scope, file.originator)
            if originator.profile.bank_account != bank_account:
                continue
            batches = await file_store.list_batches(conn, scope, file.id)
            found += [(originator, file, each) for each in batches if each.is_unbooked]
    return found


def transfer_texts(line: StatementLine) -> tuple[str, ...]:
    """Return where a payer's reference may be, the fields that are for it first."""
    details = [text for each in line.details for text in _texts_of(each)]
    mine = (line.customer_reference, line.end_to_end_id, line.payment_information_id, line.entry_reference, line.text)
    return tuple(text for text in (*details, *mine) if text)


async def _payer_of(reading: FileReading, line: StatementLine) -> Payer | None:
    """Return who has sent the money of a line; None where it does not say, or names several."""
    said = {(each.counterparty_name, each.counterparty_account) for each in line.details}
    if len(said) != 1:
        return None
    name, account = said.pop()
    plain = plain_number(account)
    if not name and not plain:
        return None
    return Payer(
        name=name[:LONGEST_REFERENCE] or None,
        last4=plain[-SHOWN_DIGITS:] or None,
        fingerprint=await reading.correcting.secrets.fingerprint(BankNumbers("", plain)) if plain else None,
    )


def accounts_in(line: StatementLine) -> tuple[str, ...]:
    """Return the account numbers that the payments of a line were sent to, where the format has them apart."""
    return tuple(each.creditor_account for each in line.details if each.creditor_account)


def _texts_of(payment: TransactionDetail) -> tuple[str, ...]:
    return payment.creditor_reference, payment.text, payment.end_to_end_id, payment.counterparty_name


def _payments_in(line: StatementLine) -> tuple[tuple[str, ...], ...]:
    """Return where the reference of each payment may be, where the bank has booked several as one line."""
    unnamed = max((line.batch_items or 0) - len(line.details), 0)
    payments = (*((*_texts_of(each), each.creditor_account) for each in line.details), *((),) * unnamed)
    return payments if len(payments) > 1 else ()


async def _match_batch(  # noqa: PLR0911  a ladder of what may be wrong
    reading: FileReading, line: StatementLine, company: str, number: int
) -> LineMatch | None:
    """Match a line that names a batch; None if the company is not ours, or it takes money for what brings it.

    Reversals have the company of their debits, and refunds that of their file, which may have been another one then.
    """
    scope, profile = reading.originator.scope, reading.originator.profile
    if reading.known is not None:
        batches = reading.known.batches[number]
    else:
        batches = await file_store.find_batches_by_number(reading.conn, scope, reading.originator.id, number)
    batch = batches[0] if batches else None
    refunded = [] if batch is None else await refunded_in(reading, batch)
    is_ours = company == profile.company_id.strip()
    if batch is not None and (refunded or batch.is_of_reversals):
        is_ours = is_ours or batch.company_id == company
    if not is_ours:
        return None
    if line.amount_minor < 0 and not (batch and (refunded or batch.description in _PAID_OUT)):
        return None
    if batch is None:
        return LineMatch(problem=f"The line refers to the unknown batch {number}.")
    name = f"{batch.file}/{batch.number}"
    is_rejected = batch.status == "rejected"
    if is_rejected and not await _has_all_credits(reading, batch):
        problem = f"The bank booked batch {number}, which it has rejected: its entries may have gone out again."
        return LineMatch(kind=MatchKind.BATCH, id=name, booked_though_rejected=batch, problem=problem)
    expected = await booked_for(reading, batch)
    if expected != line.amount_minor:
        return LineMatch(
            kind=MatchKind.BATCH,
            id=name,
            problem=f"The bank booked {dollars(line.amount_minor)} for batch {number}, which is of "
            f"{dollars(expected)}.",
        )
    if batch.settled_by is not None:
        return LineMatch(kind=MatchKind.BATCH, id=name, problem=f"Batch {number} was already booked.")
    return LineMatch(kind=MatchKind.BATCH, id=name, batch=batch, booked_though_rejected=batch if is_rejected else None)


async def _has_all_credits(reading: FileReading, batch: FoundBatch) -> bool:
    """Tell whether a batch has reversals or refunds, none of which has left it to go out again."""
    found = await credits_in(reading, batch.file, batch.number)
    return bool(found) and sum(each.amount for each in found) == batch.total_credit


def _match_dishonor(line: StatementLine, dishonored: AchReturn) -> LineMatch:
    """Match a line that names a dishonored return: its money comes back, or is taken again after a contest."""
    kind = MatchKind.DISHONOR if line.amount_minor >= 0 else MatchKind.CONTEST
    if abs(line.amount_minor) != dishonored.amount:
        problem = (
            f"The bank has booked {dollars(line.amount_minor)} for {dishonored.id}, "
            f"which is for {dollars(dishonored.amount)}."
        )
        return LineMatch(kind=kind, id=dishonored.id, problem=problem)
    return LineMatch(kind=kind, id=dishonored.id, dishonored=dishonored)


def _match_credit(line: StatementLine, credit: Credit) -> LineMatch:
    """Match a line that names a reversal or refund: its money goes, or comes back because it was returned."""
    going, coming = (
        (MatchKind.REVERSAL, MatchKind.REVERSAL_RETURN)
        if isinstance(credit, Reversal)
        else (MatchKind.REFUND, MatchKind.REFUND_RETURN)
    )
    kind = coming if line.amount_minor >= 0 else going
    if abs(line.amount_minor) != credit.amount:
        problem = (
            f"The bank has booked {dollars(line.amount_minor)} for {credit.id}, which is of {dollars(credit.amount)}."
        )
        return LineMatch(kind=kind, id=credit.id, problem=problem)
    return LineMatch(kind=kind, id=credit.id, credit=credit)


def _match_return(line: StatementLine, entry: Entry) -> LineMatch:
    name = f"{entry.topup}/{entry.number}"
    fee = abs(line.amount_minor) - entry.amount
    if entry.is_credit and fee:
        return LineMatch(kind=MatchKind.RETURN, id=name, problem="The bank returns a different amount than was sent.")
    if fee and not (entry.return_code is not None and 0 < fee <= MOST_FEE):
        return LineMatch(
            kind=MatchKind.RETURN,
            id=name,
            problem=f"The bank debited {dollars(-line.amount_minor)} for the return of a debit of "
            f"{dollars(entry.amount)}.",
        )
    return LineMatch(kind=MatchKind.RETURN, id=name, entry=entry)
