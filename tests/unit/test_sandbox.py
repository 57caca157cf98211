import pytest

from brim.domain.topups import Owner, Topup
from brim.rails import sandbox
from brim.rails.rail import Fail, Outcome, Plan, Rail, Succeed, Wait
from brim.rails.sandbox import SandboxRail

NOW_MS = 1_700_000_000_250
RAIL: Rail = SandboxRail(settle_after_s=1.5)
FAILURES = {
    "noAccount": "no_account",
    "accountClosed": "account_closed",
    "insufficientFunds": "insufficient_funds",
    "debitNotAuthorized": "debit_not_authorized",
    "invalidCurrency": "invalid_currency",
}
WAITING = {"btok_us_verified_pending", "pm_usBankAccount_processing"}


def outcome_of(*, source: str | None = None, payment_method: str | None = None, livemode: bool = False) -> Outcome:
    topup = Topup(
        owner=Owner("acct_1", livemode),
        id="tu_1",
        amount=1,
        currency="usd",
        created=1,
        source=source,
        payment_method=payment_method,
    )
    return RAIL.outcome(topup)


@pytest.mark.parametrize(("suffix", "code"), FAILURES.items())
def test_a_failing_token_and_its_payment_method_fail_with_the_documented_code(suffix: str, code: str) -> None:
    by_source = outcome_of(source=f"btok_us_verified_{suffix}")
    by_payment_method = outcome_of(payment_method=f"pm_usBankAccount_{suffix}")
    assert isinstance(by_source, Fail)
    assert by_source.code == code
    assert by_payment_method == by_source


def test_every_failure_has_a_sentence_of_its_own() -> None:
    messages = [
        outcome.message for token in sandbox.SOURCE_OUTCOMES if isinstance(outcome := outcome_of(source=token), Fail)
    ]
    assert len(messages) == len(set(messages)) == len(FAILURES)
    assert all(message.endswith(".") for message in messages)


@pytest.mark.parametrize("token", ["btok_us_verified", "btok_us_verified_reversed"])
def test_a_verified_or_later_reversed_source_succeeds(token: str) -> None:
    assert outcome_of(source=token) == Succeed()


@pytest.mark.parametrize("payment_method", ["pm_usBankAccount_success", "pm_usBankAccount_dispute"])
def test_a_good_or_later_disputed_payment_method_succeeds(payment_method: str) -> None:
    assert outcome_of(payment_method=payment_method) == Succeed()


def test_the_default_funding_source_succeeds() -> None:
    assert outcome_of() == Succeed()


def test_pending_ids_wait_and_are_never_due() -> None:
    assert outcome_of(source="btok_us_verified_pending") == Wait()
    assert outcome_of(payment_method="pm_usBankAccount_processing") == Wait()
    for token in sandbox.SOURCE_OUTCOMES:
        plan = RAIL.plan(source=token, payment_method=None, now_ms=NOW_MS)
        assert (plan.settle_due_ms is None) == (token in WAITING)
    for payment_method in sandbox.PAYMENT_METHOD_OUTCOMES:
        plan = RAIL.plan(source=None, payment_method=payment_method, now_ms=NOW_MS)
        assert (plan.settle_due_ms is None) == (payment_method in WAITING)


def test_a_top_up_is_due_after_the_setting_and_expected_in_that_second() -> None:
    plan = RAIL.plan(source=None, payment_method=None, now_ms=NOW_MS)
    assert plan == Plan(settle_due_ms=NOW_MS + 1500, expected_availability_date=(NOW_MS + 1500) // 1000)


def test_a_top_up_that_waits_for_ever_has_a_date_all_the_same() -> None:
    plan = RAIL.plan(source="btok_us_verified_pending", payment_method=None, now_ms=NOW_MS)
    assert plan.expected_availability_date == (NOW_MS + 1500) // 1000


def test_live_money_is_never_settled_by_the_sandbox() -> None:
    assert outcome_of(livemode=True) == Wait()
    assert outcome_of(livemode=True, source="btok_us_verified") == Wait()


def test_ids_that_are_not_test_ids_are_unknown() -> None:
    assert sandbox.is_known_source("btok_us_verified_noAccount")
    assert not sandbox.is_known_source("btok_us_verified_noaccount")
    assert not sandbox.is_known_source("pm_usBankAccount_success")
    assert sandbox.is_known_payment_method("pm_usBankAccount_success")
    assert not sandbox.is_known_payment_method("btok_us_verified")
    assert not sandbox.is_known_payment_method("")
