"""What an entry may be, what it does to the running balances, and what a top-up posts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.core.ledger import AVAILABLE, CHART, FUNDING_CLEARING, BalanceTransactionType, chart_account
from brim.core.ledger.chart import RESERVED, NormalSide, Overdraft, bank_ledger_account, suspense_ledger_account
from brim.core.ledger.hold_rules import POST_STEP, RESERVE_STEP, VOID_STEP, Hold, HoldStatus
from brim.core.ledger.rules import (
    MAX_LINES,
    Balance,
    BalanceChange,
    EntryLine,
    InsufficientFundsError,
    InvalidEntryError,
    JournalEntry,
    Posting,
    balance_change,
    check_entry,
    numbered_step,
)
from brim.core.topups.posting import POSTED_AT, SOURCE_TYPE, posting_of
from brim.core.topups.rules import Status, Topup

OWNER = AccountScope("acct_1", livemode=True)
IDS = IdFactory()
ACCOUNTS = (AVAILABLE, RESERVED, FUNDING_CLEARING, "fees", "bank:ba_1", "suspense:ba_1")


def _line(debit: str, credit: str, amount: int = 5, currency: str = "usd") -> EntryLine:
    return EntryLine(debit_account=debit, credit_account=credit, amount=amount, currency=currency)


def _entry(*lines: EntryLine) -> JournalEntry:
    return JournalEntry(
        scope=OWNER, id="je_1", source_type="payout", source="po_1", step="payout", lines=lines, created=1
    )


LINES = st.lists(
    st.builds(
        _line,
        st.sampled_from(ACCOUNTS),
        st.sampled_from(ACCOUNTS),
        st.integers(1, 10**12),
        st.sampled_from(["usd", "eur"]),
    ),
    max_size=6,
)


def test_an_entry_has_from_one_to_a_thousand_lines_of_at_least_one_cent() -> None:
    assert MAX_LINES == 1000
    for count in (1, 2, 1000):
        check_entry(_entry(*[_line(AVAILABLE, "fees", 1)] * count))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "je_1: 0 lines"),
        ((_line(AVAILABLE, "fees"),) * 1001, "je_1: 1001 lines"),
        ((_line(AVAILABLE, "fees", 0),), "amount=0"),
        ((_line(AVAILABLE, "fees"), _line("fees", "fees")), "credit_account='fees'"),
        ((_line("cash", AVAILABLE),), "cash is not in the chart"),
        ((_line(AVAILABLE, "bank:"),), "bank: is not in the chart"),
    ],
)
def test_what_is_no_entry_is_refused_with_its_reason(lines: tuple[EntryLine, ...], why: str) -> None:
    with pytest.raises(InvalidEntryError, match=why):
        check_entry(_entry(*lines))


@given(LINES, st.sampled_from(["usd", "eur"]))
def test_a_balance_changes_by_its_credits_less_its_debits_in_its_currency(
    lines: list[EntryLine], currency: str
) -> None:
    def net(account: str) -> int:
        mine = [line for line in lines if line.currency == currency]
        credits_ = sum(line.amount for line in mine if line.credit_account == account)
        return credits_ - sum(line.amount for line in mine if line.debit_account == account)

    assert balance_change(lines, currency) == BalanceChange(available=net(AVAILABLE), reserved=net(RESERVED))


def test_nothing_changes_without_lines() -> None:
    assert balance_change([], "usd") == BalanceChange() == BalanceChange(0, 0)
    assert Balance(currency="usd", available=0).reserved == 0


def test_only_what_says_so_may_overdraw_and_is_shown() -> None:
    posting = Posting(entry=_entry(_line(AVAILABLE, "fees")))
    assert (posting.may_overdraw, posting.balance_transaction) == (False, None)


def test_the_first_step_has_no_number() -> None:
    assert [numbered_step("bank_return", number) for number in (1, 2, 3)] == [
        "bank_return", "bank_return:2", "bank_return:3"
    ]  # fmt: skip


def test_the_names_that_are_stored_and_sent_do_not_change() -> None:
    assert list(BalanceTransactionType) == [
        "topup", "topup_reversal", "topup_dishonored_return", "topup_reversal_failure", "refund", "refund_failure",
        "topup_return",
    ]  # fmt: skip
    assert (RESERVE_STEP, POST_STEP, VOID_STEP) == ("hold", "hold_posted", "hold_voided")
    assert list(HoldStatus) == ["reserved", "posted", "voided"]
    assert SOURCE_TYPE == "topup"


def test_the_chart_says_which_side_what_may_overdraw_and_what_returns_to_zero() -> None:
    by_returns, never, allowed = Overdraft.BY_RETURNS, Overdraft.NEVER, Overdraft.ALLOWED
    assert [(row.code, row.normal_side, row.overdraft, row.returns_to_zero) for row in CHART] == [
        ("balance:available", NormalSide.CREDIT, by_returns, False),
        ("balance:reserved", NormalSide.CREDIT, never, False),
        ("funding:clearing", NormalSide.DEBIT, allowed, True),
        ("payouts:clearing", NormalSide.CREDIT, allowed, True),
        ("suspense:", NormalSide.CREDIT, allowed, True),
        ("fees", NormalSide.DEBIT, allowed, False),
        ("verification", NormalSide.DEBIT, allowed, False),
        ("bank:", NormalSide.DEBIT, allowed, False),
    ]
    assert list(NormalSide) == ["debit", "credit"]
    assert list(Overdraft) == ["never", "by_returns", "allowed"]


@given(st.text(min_size=1, max_size=8))
def test_each_bank_account_has_a_ledger_account_and_a_suspense_account(bank_account: str) -> None:
    for code, family in (
        (bank_ledger_account(bank_account), "bank:"),
        (suspense_ledger_account(bank_account), "suspense:"),
    ):
        assert code == family + bank_account
        found = chart_account(code)
        assert found is not None
        assert found.code == family
    assert chart_account("bank:") is chart_account("suspense:") is chart_account("fees:" + bank_account) is None


def test_what_is_too_much_to_reserve_is_said_with_both_amounts() -> None:
    error = InsufficientFundsError(available=40, wanted=41, currency="usd")
    assert error.message == "Only $0.40 of $0.41 is available."


def test_a_hold_that_has_not_ended_has_spent_nothing() -> None:
    hold = Hold(
        scope=OWNER, id="hold_1", source_type="payout", source="po_1", amount=1, currency="usd",
        status=HoldStatus.RESERVED, created_ms=1,
    )  # fmt: skip
    assert (hold.posted, hold.ended_ms) == (None, None)


def _topup(status: Status) -> Topup:
    return Topup(
        scope=OWNER, id="tu_1", amount=1234, currency="eur", created=1, source=None, payment_method=None,
        expected_availability_date=None, due_ms=None, rail="sandbox", scenario=None, calendar=None, status=status,
        description="for May",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind", "debited", "credited", "signed", "may_overdraw"),
    [
        (Status.SUCCEEDED, "topup", "funding:clearing", "balance:available", 1234, False),
        (Status.REVERSED, "topup_reversal", "balance:available", "funding:clearing", -1234, True),
    ],
)
def test_a_top_up_posts_its_amount_to_the_balance_and_takes_it_back(
    status: Status, kind: str, debited: str, credited: str, signed: int, may_overdraw: bool
) -> None:
    entry_id, transaction_id = IDS.new_at("je_", 1_700_000_000_000), IDS.new_at("txn_", 1_700_000_050_000)
    posting = posting_of(_topup(status), entry_id=entry_id, transaction_id=transaction_id)
    entry, shown = posting.entry, posting.balance_transaction
    assert entry == JournalEntry(
        scope=OWNER, id=entry_id, source_type="topup", source="tu_1", step=kind,
        lines=(_line(debited, credited, 1234, "eur"),), created=created_of(entry_id),
    )  # fmt: skip
    assert shown is not None
    assert msgspec.structs.asdict(shown) == {
        "scope": OWNER, "id": transaction_id, "amount": signed, "net": signed, "fee": 0, "currency": "eur",
        "created": created_of(transaction_id), "available_on": created_of(transaction_id), "description": "for May",
        "source": "tu_1", "type": kind,
    }  # fmt: skip
    assert posting.may_overdraw is may_overdraw


def test_no_other_status_moves_money() -> None:
    assert set(POSTED_AT) == {Status.SUCCEEDED, Status.REVERSED}
