"""Which amounts a currency allows, at every edge."""

import pytest

from brim.base.currency import CURRENCIES, MAX_AMOUNT, InvalidAmountStepError, amount_step, written_amount
from brim.core.topups.amounts import AmountTooLargeError, check_amount


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_largest_amount_passes_in_every_currency_and_one_more_does_not(currency: str) -> None:
    step = amount_step(currency)
    check_amount(MAX_AMOUNT - MAX_AMOUNT % step, currency)
    with pytest.raises(AmountTooLargeError):
        check_amount(MAX_AMOUNT + 1, currency)


@pytest.mark.parametrize("amount", [10**12, 2**63 - 1, 2**63, 10**40])
def test_thirteen_digits_and_more_are_too_large(amount: int) -> None:
    with pytest.raises(AmountTooLargeError):
        check_amount(amount, "usd")


@pytest.mark.parametrize(("amount", "currency"), [(1, "usd"), (1, "jpy"), (10, "kwd"), (100, "isk"), (100, "ugx")])
def test_the_smallest_amount_of_each_kind_of_currency_passes(amount: int, currency: str) -> None:
    check_amount(amount, currency)


@pytest.mark.parametrize(("amount", "currency"), [(1, "kwd"), (15, "bhd"), (99, "isk"), (150, "ugx")])
def test_an_amount_that_no_coin_can_pay_is_refused(amount: int, currency: str) -> None:
    with pytest.raises(InvalidAmountStepError):
        check_amount(amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1250, "usd", "$12.50"),
        (5, "eur", "€0.05"),
        (1250, "jpy", "¥1,250"),
        (1250, "kwd", "1.250 kwd"),
        (1250, "krw", "1,250 krw"),
        (MAX_AMOUNT, "gbp", "£9,999,999,999.99"),
    ],
)
def test_amounts_are_written_with_the_digits_of_their_currency(amount: int, currency: str, text: str) -> None:
    assert written_amount(amount, currency) == text
