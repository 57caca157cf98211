"""Bank numbers and verification: what a bank could have, what is shown of it, and how guesses are counted."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.base.scope import AccountScope
from brim.core.bank_accounts.rules import (
    AccountNumberInvalidError,
    BankNumbers,
    Guess,
    RoutingNumberInvalidError,
    Verification,
    check_account_number,
    check_routing_number,
)
from brim.core.funding.documented import documented_payment_method
from brim.core.funding.rules import (
    ATTEMPTS,
    AlreadyVerifiedError,
    FundingSource,
    MicrodepositsNotSentError,
    TooManyAttemptsError,
    check_can_be_guessed,
    judged,
)
from brim.core.rails.sandbox import SandboxBankAccounts
from brim.core.rails.sandbox.bank_accounts import (
    ACCOUNT_NUMBER_SCENARIOS,
    PAYMENT_METHOD_SCENARIOS,
    SOURCE_SCENARIOS,
    TOKEN_NUMBERS,
)
from brim.core.rails.sandbox.scenarios import SCENARIOS

DIGITS = st.text("0123456789", min_size=8, max_size=8)


def check_digit(eight: str) -> str:
    """Return the ninth digit of a routing number, computed as the printed rule says it: step by step."""
    total = 0
    for index, digit in enumerate(eight):
        total += (3, 7, 1)[index % 3] * int(digit)
    return str((10 - total % 10) % 10)


def method_in(verification: Verification, *, attempts_left: int = ATTEMPTS, livemode: bool = False) -> FundingSource:
    found = documented_payment_method(AccountScope("acct_1", livemode), "pm_1", verification=verification)
    return judged_times(found, ATTEMPTS - attempts_left) if attempts_left < ATTEMPTS else found


def judged_times(source: FundingSource, times: int) -> FundingSource:
    for _ in range(times):
        source = judged(source, Guess.WRONG)
    return source


@pytest.mark.parametrize("number", ["110000000", "021000021", "011401533", "322271627"])
def test_routing_numbers_of_real_banks_pass(number: str) -> None:
    assert check_routing_number(number, param="p") == number


@given(DIGITS)
def test_one_ninth_digit_of_ten_is_right(eight: str) -> None:
    passing = []
    for ninth in "0123456789":
        with suppress(RoutingNumberInvalidError):
            passing.append(check_routing_number(eight + ninth, param="p"))
    assert passing == ([eight + check_digit(eight)] if int(eight) else [])


@given(DIGITS.filter(lambda eight: int(eight) > 0), st.integers(0, 8), st.integers(1, 9))
def test_one_digit_mistyped_is_noticed(eight: str, place: int, step: int) -> None:
    number = eight + check_digit(eight)
    wrong = str((int(number[place]) + step) % 10)
    with pytest.raises(RoutingNumberInvalidError):
        check_routing_number(number[:place] + wrong + number[place + 1 :], param="p")


@given(st.text(max_size=20))
def test_an_account_number_is_one_to_seventeen_digits_and_never_repeated(text: str) -> None:
    if text.isascii() and text.isdecimal() and len(text) <= 17:
        assert check_account_number(text, param="p") == text
    else:
        with pytest.raises(AccountNumberInvalidError) as caught:
            check_account_number(text, param="p")
        assert caught.value.message == AccountNumberInvalidError("p").message


@given(st.text("0123456789", min_size=9, max_size=17))
def test_the_text_of_numbers_shows_the_last_four_digits_only(number: str) -> None:
    assert repr(BankNumbers("110000000", number)) == f"BankNumbers('110000000', '...{number[-4:]}')"


def test_the_third_wrong_guess_is_the_last() -> None:
    source = method_in(Verification.PENDING)
    assert judged_times(source, 2).verification is Verification.PENDING
    last = judged_times(source, 3)
    assert (last.verification, last.attempts_left) == (Verification.FAILED, 0)
    with pytest.raises(TooManyAttemptsError):
        check_can_be_guessed(last)
    assert judged(judged_times(source, 2), Guess.RIGHT).verification is Verification.VERIFIED


@pytest.mark.parametrize("guess", [Guess.ONE_TOO_MANY, Guess.TOO_LATE])
def test_some_guesses_fail_at_once(guess: Guess) -> None:
    after = judged(method_in(Verification.PENDING), guess)
    assert (after.verification, after.attempts_left) == (Verification.FAILED, 0)


def test_there_is_not_always_something_to_guess() -> None:
    check_can_be_guessed(method_in(Verification.PENDING))
    with pytest.raises(AlreadyVerifiedError):
        check_can_be_guessed(method_in(Verification.VERIFIED))
    for found in (method_in(Verification.FAILED), method_in(Verification.PENDING, livemode=True)):
        with pytest.raises(MicrodepositsNotSentError):
            check_can_be_guessed(found)


@given(st.integers(1, 99), st.integers(1, 99))
def test_only_the_documented_amounts_mean_anything_in_any_order(first: int, second: int) -> None:
    known = {(32, 45): Guess.RIGHT, (10, 11): Guess.ONE_TOO_MANY, (40, 41): Guess.TOO_LATE}
    expected = known.get((min(first, second), max(first, second)), Guess.WRONG)
    assert (
        SandboxBankAccounts().judge_amounts((first, second))
        is SandboxBankAccounts().judge_amounts((second, first))
        is expected
    )


def test_every_test_id_plays_a_scenario_that_there_is() -> None:
    for table in (SOURCE_SCENARIOS, PAYMENT_METHOD_SCENARIOS, ACCOUNT_NUMBER_SCENARIOS):
        assert set(table.values()) <= set(SCENARIOS)
    for token, number in TOKEN_NUMBERS.items():
        assert ACCOUNT_NUMBER_SCENARIOS[number] == SOURCE_SCENARIOS[token]
