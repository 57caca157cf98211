import pytest

from brim.base.scope import AccountScope
from brim.core.rails import SandboxRail
from brim.core.rails.failures import FAILURES as SENTENCES
from brim.core.rails.protocol import AnsweringRail, Fail, Outcome, Plan, PresentAgain, Return, Succeed, Wait
from brim.core.rails.sandbox.bank_accounts import PAYMENT_METHOD_SCENARIOS, SOURCE_SCENARIOS
from brim.core.rails.sandbox.scenarios import SCENARIOS
from brim.core.topups.rules import Status, Topup
from brim.core.topups.transitions import instruction_of

NOW_MS = 1_700_000_000_250
RAIL: AnsweringRail = SandboxRail(settle_after_s=1.5)
FAILURES = {
    "noAccount": "no_account",
    "accountClosed": "account_closed",
    "insufficientFunds": "insufficient_funds",
    "debitNotAuthorized": "debit_not_authorized",
    "invalidCurrency": "invalid_currency",
}


def topup_of(scenario: str | None, *, status: Status = Status.PENDING, livemode: bool = False) -> Topup:
    return Topup(
        scope=AccountScope("acct_1", livemode),
        id="tu_1",
        amount=1,
        currency="usd",
        created=1,
        rail="sandbox",
        scenario=scenario,
        status=status,
    )


def outcome_of(scenario: str | None, *, status: Status = Status.PENDING, livemode: bool = False) -> Outcome:
    return RAIL.outcome(instruction_of(topup_of(scenario, status=status, livemode=livemode)), now_ms=NOW_MS)


def plan_of(scenario: str | None) -> Plan:
    return RAIL.plan(currency="usd", scenario=scenario, settlement_days=None, now_ms=NOW_MS, is_frozen=False)


@pytest.mark.parametrize(("suffix", "code"), FAILURES.items())
def test_a_failing_token_and_its_payment_method_fail_with_the_documented_code(suffix: str, code: str) -> None:
    scenario = SOURCE_SCENARIOS[f"btok_us_verified_{suffix}"]
    assert PAYMENT_METHOD_SCENARIOS[f"pm_usBankAccount_{suffix}"] == scenario
    assert outcome_of(scenario) == Fail(code, SENTENCES[code])


def test_every_failure_has_a_sentence_of_its_own() -> None:
    assert len(set(SENTENCES.values())) == len(SENTENCES)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
    assert list(SENTENCES) == sorted(SENTENCES)


def test_every_id_plays_a_scenario_that_exists() -> None:
    assert {*SOURCE_SCENARIOS.values(), *PAYMENT_METHOD_SCENARIOS.values()} == set(SCENARIOS)


@pytest.mark.parametrize("scenario", [SOURCE_SCENARIOS["btok_us_verified"], None])
def test_plain_success_succeeds_for_good(scenario: str | None) -> None:
    assert outcome_of(scenario) == Succeed()
    assert outcome_of(scenario, status=Status.SUCCEEDED) == Wait()


@pytest.mark.parametrize(
    ("token", "days", "code"),
    [
        ("btok_us_verified_reversed", 2, "insufficient_funds"),
        ("btok_us_verified_reversedLate", 60, "debit_not_authorized"),
    ],
)
def test_a_returning_source_succeeds_first_and_is_returned_days_of_the_setting_later(
    token: str, days: int, code: str
) -> None:
    scenario = SOURCE_SCENARIOS[token]
    assert outcome_of(scenario) == Succeed(return_due_ms=NOW_MS + days * 1500)
    assert outcome_of(scenario, status=Status.SUCCEEDED) == Return(code, SENTENCES[code])


def test_a_disputed_payment_method_is_returned_for_want_of_authorization() -> None:
    scenario = PAYMENT_METHOD_SCENARIOS["pm_usBankAccount_dispute"]
    assert isinstance(outcome_of(scenario), Succeed)
    assert outcome_of(scenario, status=Status.SUCCEEDED) == Return(
        "debit_not_authorized", SENTENCES["debit_not_authorized"]
    )


def test_only_what_waits_for_ever_is_never_due() -> None:
    for scenario in SCENARIOS:
        waits = scenario == "pending"
        assert (outcome_of(scenario) == Wait()) == waits
        assert (plan_of(scenario).due_ms is None) == waits


def test_a_top_up_is_due_after_the_setting_and_expected_in_that_second() -> None:
    assert plan_of(None) == Plan(due_ms=NOW_MS + 1500, expected_availability_date=(NOW_MS + 1500) // 1000)


def test_a_top_up_that_waits_for_ever_has_a_date_all_the_same() -> None:
    assert plan_of("pending").expected_availability_date == (NOW_MS + 1500) // 1000


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_live_money_is_never_settled_by_the_sandbox(scenario: str | None) -> None:
    assert outcome_of(scenario, livemode=True) == Wait()


@pytest.mark.parametrize(("suffix", "then"), [("fileRejected", None), ("fileRejectedFails", "insufficient_funds")])
def test_what_was_in_a_rejected_file_is_presented_again_and_has_its_answer_a_day_later(
    suffix: str, then: str | None
) -> None:
    scenario = SOURCE_SCENARIOS[f"btok_us_verified_{suffix}"]
    assert PAYMENT_METHOD_SCENARIOS[f"pm_usBankAccount_{suffix}"] == scenario
    due_ms = NOW_MS + 1500
    assert outcome_of(scenario) == PresentAgain(due_ms, due_ms // 1000, then)
    assert outcome_of(then) == (Succeed() if then is None else Fail(then, SENTENCES[then]))
    assert outcome_of(scenario, status=Status.SUCCEEDED) == Wait()  # somebody forced it
