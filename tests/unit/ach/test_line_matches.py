"""What a line of a statement is about, to the cent: the parts of matching that look nothing up."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import line_matching
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.known_names import KnownNames
from brim.core.direct_debits.line_match import MOST_FEE, LineMatch
from brim.core.direct_debits.line_matching import AskedLine, accounts_in, asked_line, may_take_back, transfer_texts
from brim.core.direct_debits.rules import Entry, EntryStatus
from brim.core.dishonors import AchReturn
from brim.core.push.references import RETURN_BODY, new_reference
from brim.core.rails.ach import ACH, Transfers
from brim.core.rails.sepa import SEPA
from brim.core.reconciliation import MatchKind, StatementLineRow, facts_of
from brim.core.reconciliation.formats import LineStatus, StatementLine, TransactionDetail
from brim.core.refunds import Refund
from brim.core.reversals import Reversal, ReversalStatus

SCOPE = AccountScope("acct_p", livemode=True)
DAY = date(2026, 11, 30)
TRACE = "123456780000001"
OTHER_TRACE = "123456780000002"
REFERENCE, RETURN_REFERENCE = new_reference("tu_1"), new_reference("tu_1", length=RETURN_BODY)


def _line(amount: int, *, currency: str = "usd", **changes: Any) -> StatementLine:
    return StatementLine(
        position=1, where="1", amount_minor=amount, currency=currency, booking_date=DAY, value_date=DAY,
        status=LineStatus.BOOKED, type_code="475", **changes,
    )  # fmt: skip


def _row(line: StatementLine, **changes: Any) -> StatementLineRow:
    row = StatementLineRow(
        id="stl_1", scope=SCOPE, bank_account="ba_1", line_key="k", bank_file="bf_1", position=1, booked_on=DAY,
        amount=line.amount_minor, currency=line.currency, type_code="475", bank_reference=None, reference=None,
        description=line.text, matched_kind=None, matched=None, created_ms=1,
    )  # fmt: skip
    return msgspec.structs.replace(row, **changes)


def _entry(*, amount: int = 1_000, originator: str = "or_1", code: int = 27, **changes: Any) -> Entry:
    return Entry(
        scope=SCOPE, topup="tu_1", number=2, owner="acct_o", originator=originator, test_clock=None,
        status=EntryStatus.CONFIRMED, amount=amount, hold_days=1, transaction_code=code, sec_code="PPD",
        routing_number="", last4="", sealed=b"", receiver_name="", claimed_ms=1, trace=TRACE, **changes,
    )  # fmt: skip


def _reversal(*, originator: str = "or_1", amount: int = 1_000, requested_ms: int = 1) -> Reversal:
    return Reversal(
        scope=SCOPE, id="arv_1", owner="acct_o", originator=originator, topup="tu_1", number=1, reason=None,
        amount=amount, original_trace="", debited_on=DAY, sec_code="PPD", company_name=None, company_id=None,
        status=next(iter(ReversalStatus)), requested_by="", requested_ms=requested_ms, sendable_until_ms=1, leaves_ms=1,
        trace=TRACE,
    )  # fmt: skip


def _refund(*, amount: int = 1_000) -> Refund:
    return Refund(
        scope=SCOPE, id="re_1", owner="acct_o", originator="or_1", topup="tu_1", number=1, amount=amount,
        debited_on=DAY, sec_code="PPD", requested_by="", requested_ms=1, leaves_ms=1, balance_transaction="",
        trace=TRACE,
    )  # fmt: skip


def _dishonored(*, originator: str = "or_1", amount: int = 1_000) -> AchReturn:
    status: Any = "dishonored"
    return AchReturn(
        scope=SCOPE, id="art_1", owner="acct_o", originator=originator, topup="tu_1", number=1, bank_file="",
        break_id=None, code="R01", original_trace=OTHER_TRACE, original_rdfi="", trace="", amount=amount,
        sec_code="PPD", settled_on=DAY, debited_on=DAY, is_applied=True, status=status, dishonorable_until_ms=1,
        received_ms=1, dishonor_trace=TRACE,
    )  # fmt: skip


def _asked(
    line: StatementLine,
    *,
    entries: Sequence[Entry] = (),
    credits_: Sequence[Any] = (),
    dishonored: AchReturn | None = None,
    batch: FoundBatch | None = None,
    unbooked: frozenset[int] = frozenset(),
    takes_transfers: bool = False,
    rail: str = ACH,
    **row: Any,
) -> AskedLine:
    """Ask about a line where these names are known, and transfers are not taken."""

    async def nothing(*_: object) -> list[object]:
        return []

    by_trace: dict[str, list[Entry]] = {TRACE: [], OTHER_TRACE: []}
    for entry in entries:
        by_trace[entry.trace or ""].append(entry)
    known = KnownNames(
        entries=by_trace,
        batches={7: [batch] if batch else [], 8: []},
        dishonored={TRACE: dishonored} if dishonored else {},
        returned=(),
        reversals=[each for each in credits_ if isinstance(each, Reversal)],
        refunds=[each for each in credits_ if isinstance(each, Refund)],
    )
    currency = "usd" if rail == ACH else "eur"
    profile = SimpleNamespace(
        currency=currency, rail=rail, transfers=Transfers.ON if takes_transfers else Transfers.OFF,
        company_id="1234567890 ", transfers_short=None, transfers_over=None, transfers_late=None, transfers_payers=None,
        transfers_numbers=None,
    )  # fmt: skip
    originator = SimpleNamespace(scope=SCOPE, id="or_1", profile=profile)
    reading: Any = SimpleNamespace(
        originator=originator, known=known, conn=SimpleNamespace(fetch=nothing), vault=None, unbooked=unbooked,
        ids=IdFactory(), now_ms=1,
    )  # fmt: skip
    return asked_line(reading, line, _row(line, **row))


# Batches.


def _batch(**changes: Any) -> FoundBatch:
    batch = FoundBatch(
        file="ach_1", number=7, sec_code="PPD", total_debit=5_000, total_credit=0, effective_date=DAY,
        status="acknowledged", settled_by=None, company_id="1234567890",
    )  # fmt: skip
    return msgspec.structs.replace(batch, **changes)


def _paid_out(**changes: Any) -> FoundBatch:
    return _batch(description="REVERSAL", total_debit=0, total_credit=3_000, **changes)


async def _about(amount: int, text: str, batch: FoundBatch | None) -> LineMatch | None:
    return await line_matching._find_batch(_asked(_line(amount, text=text), batch=batch))


async def test_a_line_with_the_reference_and_total_of_a_batch_books_it() -> None:
    for batch, amount in ((_batch(), 5_000), (_paid_out(), -3_000)):
        expected = LineMatch(kind=MatchKind.BATCH, id="ach_1/7", batch=batch)
        assert await _about(amount, "ref 1234567890-0000007.", batch) == expected


async def test_a_batch_is_booked_once_and_for_its_total_to_the_cent() -> None:
    for amount in (4_999, 5_001):
        found = await _about(amount, "1234567890-0000007", _batch())
        assert found is not None
        assert (found.kind, found.id, found.batch) == (MatchKind.BATCH, "ach_1/7", None)
        assert found.problem == f"The bank booked ${amount / 100:.2f} for batch 7, which is of $50.00."
    settled = await _about(5_000, "1234567890-0000007", _batch(settled_by="ba_1/k"))
    assert settled == LineMatch(kind=MatchKind.BATCH, id="ach_1/7", problem="Batch 7 was already booked.")


async def test_a_rejected_batch_that_is_booked_is_for_a_person() -> None:
    rejected = _batch(status="rejected")
    found = await _about(5_000, "1234567890-0000007", rejected)
    assert found is not None
    assert (found.kind, found.id, found.batch) == (MatchKind.BATCH, "ach_1/7", None)
    assert found.booked_though_rejected == rejected
    assert "which it has rejected" in (found.problem or "")


async def test_a_batch_that_is_not_there_is_named() -> None:
    assert await _about(5_000, "1234567890-0000008", None) == LineMatch(
        problem="The line refers to the unknown batch 8."
    )
    both = await _about(5_000, "9999999999-0000007 1234567890-0000007", _batch())
    assert both is not None
    assert both.batch == _batch()


async def test_another_companys_batch_is_none_of_ours_but_for_reversals_that_left_under_that_name() -> None:
    assert await _about(5_000, "9999999999-0000007", _batch()) is None
    assert await _about(5_000, "9999999999-0000007", _batch(company_id="9999999999")) is None
    assert await _about(5_000, "9999999999-0000008", None) is None
    assert await _about(-3_000, "9999999999-0000007", _paid_out()) is None
    theirs = _paid_out(company_id="9999999999")
    for company in ("9999999999", "1234567890"):
        found = await _about(-3_000, f"{company}-0000007", theirs)
        assert found is not None
        assert found.batch == theirs


async def test_a_debit_books_no_batch_that_brings_money() -> None:
    assert await _about(-5_000, "1234567890-0000007", _batch()) is None
    assert await _about(-5_000, "1234567890-0000008", None) is None
    nothing = await _about(0, "1234567890-0000007", _batch())
    assert nothing is not None
    assert nothing.problem is not None
    assert await _about(5_000, "1234567890-000007", _batch()) is None


# Returned entries.


@pytest.mark.parametrize(
    ("booked", "code", "is_matched"),
    [
        (-1_000, None, True),
        (-1_000, "R01", True),
        (-1_001, None, False),  # a fee is only expected with a return that a file has brought
        (-1_001, "R01", True),
        (-6_000, "R01", True),  # 50.00 more is the largest fee
        (-6_001, "R01", False),
        (-999, "R01", False),
        (-999, None, False),
    ],
)
async def test_a_returned_debit_is_of_its_amount_and_a_fee_at_most(
    booked: int, code: str | None, *, is_matched: bool
) -> None:
    entry = _entry(return_code=code)
    found = await line_matching._find_returned_entry(_asked(_line(booked, text=TRACE), entries=[entry]))
    assert found is not None
    assert (found.kind, found.id) == (MatchKind.RETURN, "tu_1/2")
    assert found.entry == (entry if is_matched else None)
    assert (found.problem is None) is is_matched
    if found.problem:
        assert found.problem.endswith(f"${-booked / 100:,.2f} for the return of a debit of $10.00.")


def test_the_largest_fee_is_fifty_dollars() -> None:
    assert MOST_FEE == 5_000


@pytest.mark.parametrize(("booked", "is_matched"), [(1_000, True), (999, False), (1_001, False)])
async def test_a_credit_of_ours_that_comes_back_has_its_own_amount(booked: int, *, is_matched: bool) -> None:
    entry = _entry(code=22, return_code="R01")
    found = await line_matching._find_returned_entry(_asked(_line(booked, text=TRACE), entries=[entry]))
    assert found is not None
    assert found.entry == (entry if is_matched else None)
    assert found.problem == (None if is_matched else "The bank returns a different amount than was sent.")
    assert (found.kind, found.id) == (MatchKind.RETURN, "tu_1/2")


async def test_a_debit_takes_back_a_debit_and_a_credit_brings_back_a_credit() -> None:
    debit, credit = _entry(code=27), _entry(code=22)
    for booked, entry in ((-1_000, debit), (1_000, credit)):
        found = await line_matching._find_returned_entry(_asked(_line(booked, text=TRACE), entries=[credit, debit]))
        assert found == LineMatch(kind=MatchKind.RETURN, id="tu_1/2", entry=entry)
    assert await line_matching._find_returned_entry(_asked(_line(1_000, text=TRACE), entries=[debit])) is None
    assert await line_matching._find_returned_entry(_asked(_line(0, text=TRACE), entries=[debit])) is None
    assert await line_matching._find_returned_entry(_asked(_line(-1_000, text="123"), entries=[debit])) is None


async def test_of_two_entries_with_one_trace_it_is_that_of_the_originator_whose_bank_says_so() -> None:
    entries = [_entry(originator="or_2"), _entry()]
    found = await line_matching._find_returned_entry(_asked(_line(-1_000, text=TRACE), entries=entries))
    assert found is not None
    assert found.entry == entries[1]


async def test_the_first_trace_that_is_known_decides() -> None:
    entry = msgspec.structs.replace(_entry(), trace=OTHER_TRACE)
    asked = _asked(_line(-1_000, text=f"{TRACE} {OTHER_TRACE}"), entries=[entry])
    assert asked.traces == (TRACE, OTHER_TRACE)
    found = await line_matching._find_returned_entry(asked)
    assert found is not None
    assert found.entry == entry


# Reversals, refunds and dishonored returns.


@pytest.mark.parametrize(
    ("credit", "booked", "kind"),
    [
        (_reversal(), -1_000, MatchKind.REVERSAL),
        (_reversal(), 1_000, MatchKind.REVERSAL_RETURN),
        (_refund(), -1_000, MatchKind.REFUND),
        (_refund(), 1_000, MatchKind.REFUND_RETURN),
    ],
)
async def test_a_line_with_the_trace_of_a_credit_pays_it_or_brings_it_back(
    credit: Any, booked: int, kind: MatchKind
) -> None:
    asked = _asked(_line(booked, text=TRACE), credits_=[credit])
    assert await line_matching._find_credit(asked) == LineMatch(kind=kind, id=credit.id, credit=credit)
    for wrong in (booked - 1, booked + 1):
        found = await line_matching._find_credit(_asked(_line(wrong, text=TRACE), credits_=[credit]))
        assert found is not None
        assert (found.kind, found.id, found.credit) == (kind, credit.id, None)
        assert f"for {credit.id}, which is of $10.00." in (found.problem or "")


async def test_a_line_of_nothing_brings_nothing_and_is_wrong() -> None:
    found = await line_matching._find_credit(_asked(_line(0, text=TRACE), credits_=[_refund()]))
    assert found is not None
    assert found.kind is MatchKind.REFUND_RETURN
    dishonored = await line_matching._find_dishonored_return(_asked(_line(0, text=TRACE), dishonored=_dishonored()))
    assert dishonored is not None
    assert dishonored.kind is MatchKind.DISHONOR


@pytest.mark.parametrize(("booked", "kind"), [(1_000, MatchKind.DISHONOR), (-1_000, MatchKind.CONTEST)])
async def test_the_money_of_a_dishonored_return_comes_and_is_taken_again(booked: int, kind: MatchKind) -> None:
    dishonored = _dishonored()
    asked = _asked(_line(booked, text=TRACE), dishonored=dishonored)
    found = await line_matching._find_dishonored_return(asked)
    assert found == LineMatch(kind=kind, id="art_1", dishonored=dishonored)
    for wrong in (booked - 1, booked + 1):
        found = await line_matching._find_dishonored_return(_asked(_line(wrong, text=TRACE), dishonored=dishonored))
        assert found is not None
        assert (found.kind, found.id, found.dishonored) == (kind, "art_1", None)
        assert "for art_1, which is for $10.00." in (found.problem or "")
    assert await line_matching._find_dishonored_return(_asked(_line(booked, text=TRACE))) is None


async def test_what_another_originator_has_under_the_same_trace_is_left_where_there_is_an_own_one() -> None:
    theirs, mine = _dishonored(originator="or_2"), _dishonored()
    line = _line(1_000, text=TRACE)
    find = line_matching._find_dishonored_return
    assert await find(_asked(line, dishonored=theirs)) is not None
    assert await find(_asked(line, dishonored=theirs, credits_=[_reversal()])) is None
    assert await find(_asked(line, dishonored=theirs, credits_=[_reversal(originator="or_2")])) is not None
    assert await find(_asked(line, dishonored=mine, credits_=[_reversal()])) is not None
    assert await find(_asked(line, dishonored=theirs, entries=[_entry(code=22)])) is None
    assert await find(_asked(line, dishonored=theirs, entries=[_entry(code=27)])) is not None
    assert await find(_asked(line, dishonored=mine, entries=[_entry(code=22)])) is not None
    find = line_matching._find_credit
    assert await find(_asked(line, credits_=[_reversal(originator="or_2")], entries=[_entry(code=22)])) is None
    assert await find(_asked(line, credits_=[_reversal(originator="or_2")], entries=[_entry(code=27)])) is not None
    assert await find(_asked(line, credits_=[_reversal()], entries=[_entry(code=22)])) is not None
    assert await find(_asked(line)) is None


# Which rule decides.


async def test_the_rules_of_a_rail_are_asked_about_lines_in_its_currency_alone() -> None:
    entry = _entry()
    match = line_matching.match_asked
    assert (await match(_asked(_line(-1_000, text=TRACE), entries=[entry]))).entry == entry
    other = await match(_asked(_line(-1_000, currency="eur", text=TRACE), entries=[entry]))
    assert other == LineMatch(problem="The line is in EUR, and ACH moves US dollars alone.")
    sepa = _asked(_line(1_000, currency="usd", text="x"), rail=SEPA)
    assert await match(sepa) == LineMatch(problem="The line is in USD, and SEPA moves euros alone.")


async def test_a_line_about_nothing_is_told_with_its_type_and_words() -> None:
    match = line_matching.match_asked
    said = "This line matches nothing in the books: 475"
    assert await match(_asked(_line(5, text="rent"))) == LineMatch(problem=f"{said} rent")
    assert await match(_asked(_line(5))) == LineMatch(problem=said)
    nameless = msgspec.structs.replace(_line(5), type_code="")
    assert await match(_asked(nameless)) == LineMatch(problem="This line matches nothing in the books")


def _payments(*amounts: int) -> tuple[TransactionDetail, ...]:
    return tuple(TransactionDetail(amount_minor=amount, currency="usd", text=f"p{amount}") for amount in amounts)


async def test_an_entry_of_several_payments_is_about_each_unless_it_is_one_thing_as_a_whole() -> None:
    entry = _entry(return_code="R01")
    whole = _asked(_line(-1_000, text=TRACE, details=_payments(-400, -600)), entries=[entry])
    assert (await line_matching.match_asked(whole)).entry == entry
    wrong = _asked(_line(-900, text=TRACE, details=_payments(-400, -500)), entries=[entry])
    assert len(wrong.payments) == 2
    assert await line_matching.match_asked(wrong) == LineMatch(payments=wrong.payments)
    alone = _asked(_line(-900, text=TRACE), entries=[entry])
    assert (await line_matching.match_asked(alone)).kind is MatchKind.RETURN
    unknown = _asked(_line(-900, text="x", details=_payments(-400, -500)))
    assert await line_matching.match_asked(unknown) == LineMatch(payments=unknown.payments)


@pytest.mark.parametrize("amount", [1_000, -1_000])
@pytest.mark.parametrize("is_announced", [True, False])
@pytest.mark.parametrize("is_said", [True, False])
@pytest.mark.parametrize("reference", [None, "b1"])
async def test_payments_that_may_be_known_are_left_to_a_person(
    amount: int, *, is_announced: bool, is_said: bool, reference: str | None
) -> None:
    """Only where money comes, and only if the bank's own reference does not tell both apart."""
    line = _line(amount, text="two", details=_payments(amount - 1, 1))
    asked = _asked(line, bank_reference=reference)
    elsewhere = {facts_of(asked.plain)} if is_said else set()
    found = await line_matching.match_new(asked, elsewhere=elsewhere, is_announced=is_announced)
    may_be_known = amount > 0 and (is_announced or (is_said and reference is None))
    assert found.payments == (() if may_be_known else asked.payments)
    assert (found.problem is not None) is may_be_known
    if found.problem:
        assert found.problem.startswith("A notification listed" if is_announced else "Another file has")
        assert found.problem.endswith(" it: two")
        nameless = msgspec.structs.replace(asked, plain=msgspec.structs.replace(asked.plain, description=""))
        found = await line_matching.match_new(
            nameless, elsewhere=elsewhere | {facts_of(nameless.plain)}, is_announced=is_announced
        )
        assert found.problem is not None
        assert found.problem.endswith(" it")


# Where names are looked for.


def test_references_of_ours_may_be_in_the_banks_fields_and_in_the_payers_only_where_the_line_is_a_payment() -> None:
    detail = TransactionDetail(instruction_id="f" * 3, transaction_id="g" * 3, text="h" * 3)
    line = _line(
        1, customer_reference="a", end_to_end_id="b", payment_information_id="c", entry_reference="d", text="e",
        details=(detail,),
    )  # fmt: skip
    assert _asked(line).texts == ("a", "b", "c", "d", "e")
    assert _asked(line, parent="stl_0").texts == ("a", "b", "c", "d", "e", "fff", "ggg", "hhh")
    assert [_asked(_line(amount)).is_coming for amount in (-1, 0, 1)] == [False, True, True]


def test_traces_have_fifteen_digits() -> None:
    assert _asked(_line(1, text=f"x{TRACE}y", end_to_end_id=OTHER_TRACE)).traces == (OTHER_TRACE, TRACE)
    assert _asked(_line(1, text=TRACE[:14])).traces == ()


def test_a_payers_reference_is_looked_for_in_each_payment_first_and_then_in_the_line() -> None:
    detail = TransactionDetail(
        creditor_reference="1", text="2", end_to_end_id="3", counterparty_name="4", creditor_account="9"
    )
    line = _line(
        1, customer_reference="5", end_to_end_id="", payment_information_id="6", entry_reference="7", text="8",
        details=(detail, TransactionDetail(text="x")),
    )  # fmt: skip
    assert transfer_texts(line) == ("1", "2", "3", "4", "x", "5", "6", "7", "8")
    assert accounts_in(line) == ("9",)


def test_several_payments_of_one_line_are_told_apart_also_those_that_the_bank_does_not_list() -> None:
    def payments(details: int, items: int | None) -> tuple[tuple[str, ...], ...]:
        listed = tuple(TransactionDetail(text=str(each), creditor_account="a") for each in range(details))
        return line_matching._payments_in(_line(1, details=listed, batch_items=items))

    first, second = ("", "0", "", "", "a"), ("", "1", "", "", "a")
    assert payments(0, None) == payments(1, None) == payments(1, 1) == payments(0, 1) == ()
    assert payments(2, None) == payments(2, 2) == payments(2, 1) == (first, second)
    assert payments(1, 3) == (first, (), ())
    assert payments(0, 2) == ((), ())


def test_a_debit_that_names_a_transfer_may_take_it_back() -> None:
    assert may_take_back(_line(-1, text=f"recall {REFERENCE}"))
    assert may_take_back(_line(-1, text=f"recall {RETURN_REFERENCE}"))
    assert not may_take_back(_line(0, text=REFERENCE))
    assert not may_take_back(_line(1, text=REFERENCE))
    assert not may_take_back(_line(-1, text="rent"))


def test_an_open_line_is_named_by_the_transfer_it_takes_back_or_else_by_its_references() -> None:
    def name(amount: int, text: str, **row: Any) -> str | None:
        line = _line(amount, text=text)
        return line_matching.named_by(_asked(line).reading, line, _row(line, **row))

    assert name(-1, REFERENCE, reference="r", bank_reference="b") == REFERENCE
    assert name(0, REFERENCE, reference="r", bank_reference="b") == "r"
    assert name(1, REFERENCE, reference="r", bank_reference="b") == "r"
    assert name(-1, "rent", reference="r", bank_reference="b") == "r"
    assert name(-1, "rent", bank_reference="b") == "b"
    assert name(-1, "rent") is None


# Transfers.


async def test_a_credit_is_a_transfer_where_these_are_taken() -> None:
    for amount, takes_transfers, is_transfer in (
        (1, True, True),
        (0, True, False),
        (-1, True, False),
        (1, False, False),
    ):
        found = await line_matching._find_transfer(_asked(_line(amount, text="x"), takes_transfers=takes_transfers))
        assert (found is not None) is is_transfer
        if found is not None:
            assert found.transfer is not None
            assert (found.kind, found.id, found.transfer.texts) == (MatchKind.TRANSFER, found.transfer.transfer, ("x",))


async def test_a_credit_of_the_total_of_an_unbooked_batch_is_for_a_person_unless_it_names_an_account() -> None:
    find, unbooked = line_matching._find_possible_batch, frozenset({1_000})
    said = LineMatch(problem="This line matches nothing in the books: 475 x")
    assert await find(_asked(_line(1_000, text="x"), unbooked=unbooked, takes_transfers=True)) == said
    payments = _payments(400, 600)
    assert await find(_asked(_line(1_000, text="x", details=payments), unbooked=unbooked)) == said
    for line in (
        _line(999, text="x"),
        _line(1_001, text="x"),
        _line(1_000, text=REFERENCE),
        _line(1_000, text="x", currency="eur"),
    ):
        assert await find(_asked(line, unbooked=unbooked, takes_transfers=True)) is None
    assert await find(_asked(_line(1_000, text="x"), unbooked=unbooked)) is None
    for amount in (0, -1_000):
        asked = _asked(_line(amount, text="x"), unbooked=frozenset({amount}), takes_transfers=True)
        assert await find(asked) is None
    assert await find(_asked(_line(1, text="x"), unbooked=frozenset({1}), takes_transfers=True)) is not None


async def test_a_debit_is_about_no_transfer_that_was_not_found_and_a_credit_about_none_at_all() -> None:
    for amount in (-1, 0, 1):
        assert await line_matching._find_transfer_back(_asked(_line(amount, text="x"))) is None


async def test_who_pays_is_known_where_all_payments_say_the_same() -> None:
    async def fingerprint(numbers: Any) -> str:
        return f"of {numbers.routing_number}{numbers.account_number}"

    secrets = SimpleNamespace(fingerprint=fingerprint)
    reading = cast("Any", SimpleNamespace(correcting=SimpleNamespace(secrets=secrets)))

    async def payer(*said: tuple[str, str]) -> Any:
        details = tuple(
            TransactionDetail(counterparty_name=name, counterparty_account=account) for name, account in said
        )
        return await line_matching._payer_of(reading, _line(1, details=details))

    assert await payer() is None
    assert await payer(("", "")) is None
    assert await payer(("Ann", "1"), ("Ben", "1")) is None
    both = await payer(("Ann", "DE02 1203 0000"), ("Ann", "DE02 1203 0000"))
    assert (both.name, both.last4, both.fingerprint) == ("Ann", "0000", "of DE0212030000")
    named, numbered = await payer(("Ann", "")), await payer(("", "12345"))
    assert (named.name, named.last4, named.fingerprint) == ("Ann", None, None)
    assert (numbered.name, numbered.last4) == (None, "2345")
