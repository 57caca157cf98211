"""Amounts in statement files, to integer minor units. No floating point anywhere."""

import re
from typing import Final

from brim.base.currency import CURRENCIES, exponent

_KNOWN: Final = {code: code for code in CURRENCIES}
_DECIMAL: Final = re.compile(r"\+?([0-9]{1,18})(?:\.([0-9]{0,17}))?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
MAX_MINOR: Final = 10**18 - 1
"""Eighteen digits, the most that ISO 20022 and BAI2 have for an amount: it fits a BIGINT, and so does a sum of nine."""

# Where a bank's files have other decimals than the wire. Source: ISO 4217, list one; Stripe's currency documentation.
_BANK_EXPONENTS: Final = {"isk": 0, "ugx": 0, "mga": 2}


class UnreadableAmountError(Exception):
    """The text is no amount of the currency, which the sentence says."""


def currency_of(text: str) -> str:
    """Return the lower-case code of a currency that Brim has minor units for.

    Raises:
        UnreadableAmountError: when it has none.
    """
    code = _KNOWN.get(text.strip().lower())
    if code is None or not text.isascii():
        raise UnreadableAmountError(f"{text[:20]!r} isn't a currency that Brim knows")
    return code


def minor_of_decimal(text: str, currency: str) -> int:
    """Return an amount like `105678.50` in minor units.

    Raises:
        UnreadableAmountError: when it is no such amount, or has more decimals than the currency.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise UnreadableAmountError(f"{text[:40]!r} isn't an amount")
    digits = exponent(currency)
    fraction = (match[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise UnreadableAmountError(f"{text[:40]!r} has more decimals than {currency.upper()}")
    return _bounded(int(match[1] + fraction.ljust(digits, "0")))


def minor_of_integer(text: str, currency: str) -> int:
    """Return a signed amount without a decimal point, as BAI2 writes it, in minor units.

    Raises:
        UnreadableAmountError: when it is no such amount.
    """
    if not _INTEGER.fullmatch(text):
        raise UnreadableAmountError(f"{text[:40]!r} isn't an amount")
    shift = exponent(currency) - _BANK_EXPONENTS.get(currency, exponent(currency))
    amount = int(text)
    if shift >= 0:
        return _bounded(amount * _power(shift))
    whole, rest = divmod(abs(amount), _power(-shift))
    if rest:
        raise UnreadableAmountError(f"{text!r} has more decimals than {currency.upper()}")
    return whole if amount >= 0 else -whole


def is_integer(text: str) -> bool:
    """Tell whether a text is a signed integer of at most eighteen digits."""
    return _INTEGER.fullmatch(text) is not None


def _power(digits: int) -> int:
    return int("1" + "0" * digits)


def _bounded(amount: int) -> int:
    if abs(amount) > MAX_MINOR:
        raise UnreadableAmountError("the amount has more than eighteen digits")
    return amount


def written(amount_minor: int, currency: str) -> str:
    """Return an amount for a sentence: `105678.50 SEK`."""
    digits = exponent(currency) if currency else 2
    sign = "-" if amount_minor < 0 else ""
    whole, rest = divmod(abs(amount_minor), _power(digits))
    point = f".{rest:0{digits}d}" if digits else ""
    return f"{sign}{whole}{point} {currency.upper()}".strip()
