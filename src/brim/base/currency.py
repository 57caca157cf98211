"""Currencies: which are accepted, how many minor digits they have, which amounts they allow.

Source: Stripe's currency documentation (zero-decimal, three-decimal and special cases) and the list in
the wire's own error text, whose order is kept because the text is compared by people's tests.
"""

from typing import Final

from brim.base.errors import BrimError

CURRENCIES: Final[tuple[str, ...]] = tuple(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf
    clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr
    ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr
    mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd
    shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar
    zmw usdc btn ghs eek lvl svc vef ltl sll mro
    """.split()
)
ZERO_DECIMAL: Final = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL: Final = frozenset("bhd jod kwd omr tnd".split())
# Written with two decimals on the wire, but only whole units exist. Source: Stripe, "special cases".
WHOLE_UNITS_ONLY: Final = frozenset("isk ugx".split())
_KNOWN: Final = frozenset(CURRENCIES)
_SYMBOLS: Final = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}

MAX_AMOUNT: Final = 999_999_999_999
"""The largest amount in minor units: twelve digits, our decision where the vendor publishes none."""


class InvalidCurrencyError(BrimError):
    """The currency isn't supported."""

    def __init__(self, given: str, *, param: str = "currency") -> None:
        super().__init__(
            f"Invalid currency: {given}. Stripe currently supports these currencies: {', '.join(CURRENCIES)}"
        )
        self.param = param


class InvalidAmountStepError(BrimError):
    """The amount isn't valid for this currency's decimals."""

    def __init__(self, amount_minor: int, currency: str, step: int) -> None:
        super().__init__(f"Invalid amount: {amount_minor}. Amounts in {currency} must be a multiple of {step}.")


def parse_currency(text: str, *, param: str = "currency") -> str:
    """Return the lower-case ISO code for what a client sent as `param`.

    Raises:
        InvalidCurrencyError: when it is none of `CURRENCIES`.
    """
    code = text.lower()
    if code not in _KNOWN or not text.isascii():  # the Kelvin sign's lower case is an ordinary k
        raise InvalidCurrencyError(text, param=param)
    return code


def exponent(currency: str) -> int:
    """Return how many digits of an amount in `currency` are minor ones: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def decimal(amount_minor: int, currency: str, *, grouping: str = "", minus: str = "-") -> str:
    """Return an amount as a decimal in major units, such as `-1234.50`; `grouping` sets thousands apart."""
    digits = exponent(currency)
    whole, minor = divmod(abs(amount_minor), 10**digits)
    text = f"{whole:,}".replace(",", grouping)
    return (minus if amount_minor < 0 else "") + (f"{text}.{minor:0{digits}d}" if digits else text)


def written_amount(amount_minor: int, currency: str) -> str:
    """Return an amount as people write it, such as `$12.50`, `¥1,250` or `1.250 kwd`."""
    number = decimal(abs(amount_minor), currency, grouping=",")
    symbol = _SYMBOLS.get(currency)
    return f"{'-' if amount_minor < 0 else ''}{symbol + number if symbol else f'{number} {currency}'}"


def dollars(cents: int) -> str:
    """Return an amount of what knows no other currency, as all of ACH, such as `$12.50`."""
    return written_amount(cents, "usd")


def amount_step(currency: str) -> int:
    """Return the number that every amount in `currency` must be a multiple of: 1, 10 or 100."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_UNITS_ONLY else 1
