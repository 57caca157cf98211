"""Which amounts a currency allows, once both are known."""

from typing import Final

from brim.base.currency import MAX_AMOUNT, InvalidAmountStepError, amount_step, exponent
from brim.base.errors import BrimError

_SYMBOLS: Final = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


class AmountTooLargeError(BrimError):
    """The amount has too many digits."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"Amount must be no more than {written(MAX_AMOUNT, currency)}")


def written(amount_minor: int, currency: str) -> str:
    """Return an amount as people write it, such as `$12.50`, `¥1,250` or `1.250 kwd`."""
    digits = exponent(currency)
    whole, minor = divmod(amount_minor, 10**digits)
    number = f"{whole:,}.{minor:0{digits}d}" if digits else f"{whole:,}"
    symbol = _SYMBOLS.get(currency)
    return symbol + number if symbol else f"{number} {currency}"


def check_amount(amount_minor: int, currency: str) -> None:
    """Let a positive amount pass that a top-up in that currency may have.

    Raises:
        AmountTooLargeError: when it has more than twelve digits.
        InvalidAmountStepError: when the currency has no coin for its last digits.
    """
    if amount_minor > MAX_AMOUNT:
        raise AmountTooLargeError(currency)
    step = amount_step(currency)
    if amount_minor % step:
        raise InvalidAmountStepError(amount_minor, currency, step)
