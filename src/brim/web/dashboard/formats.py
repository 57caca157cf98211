"""How the dashboard writes amounts and times, and reads the amounts that people type.

Amounts are written by the currency's own number of decimals and never by a browser's idea of them, so that what a page
shows is what the books say.
"""

import math
import re
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.data import JsonLexer

from brim.base import json_codec
from brim.base.currency import decimal, exponent

_AMOUNT: Final = re.compile(r"(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,3}))?", re.ASCII)
_MINUS: Final = "\N{MINUS SIGN}"
_FORMATTER: Final = HtmlFormatter(nowrap=True)
_TIME_LIMIT: Final = 253_402_300_799
"""The last second of the year 9999: beyond, there is no date to write."""


class AmountError(ValueError):
    """A text is no amount in its currency; the message is for whoever typed it."""


def money(amount_minor: int, currency: str) -> str:
    """Return an amount for people, such as `1,234.50 USD`."""
    return f"{plain_amount(amount_minor, currency)} {currency.upper()}"


def plain_amount(amount_minor: int, currency: str) -> str:
    """Return an amount without its currency, thousands set apart, such as `1,234.50`."""
    return decimal(amount_minor, currency, grouping=",", minus=_MINUS)


def csv_amount(amount_minor: int, currency: str) -> str:
    """Return an amount for programs that calculate, such as `-1234.50`."""
    return decimal(amount_minor, currency)


def read_amount(text: str, currency: str) -> int:
    """Return the minor units of an amount as people type it, such as `1,234.5`.

    Raises:
        AmountError: it is no amount, or has more decimals than the currency.
    """
    match = _AMOUNT.fullmatch(text.strip())
    digits = exponent(currency)
    if match is None:
        example = "1234" if digits == 0 else f"1234.{'50'.ljust(digits, '0')}"
        raise AmountError(f"Enter an amount, such as {example}.")
    whole, decimals = match[1].replace(",", ""), match[2] or ""
    if len(decimals) > digits:
        counted = "no decimals" if digits == 0 else f"at most {digits} decimals"
        raise AmountError(f"{currency.upper()} has {counted}.")
    return int(whole + decimals.ljust(digits, "0"))


def example_amount(currency: str) -> str:
    """Return an amount as people would type it in a currency, such as `20.00`, or `2000` where it has no decimals."""
    digits = exponent(currency)
    return f"20.{'0' * digits}" if digits else "2000"


def amount_step(currency: str) -> str:
    """Return the smallest amount of a currency as forms want it, such as `0.01`."""
    digits = exponent(currency)
    return f"0.{'1'.rjust(digits, '0')}" if digits else "1"


def utc_time(second: int) -> str:
    """Return a Unix second in UTC, such as `Nov 22, 2026, 05:35:00 UTC`."""
    return f"{utc_date(second)}, {_moment(second):%H:%M:%S} UTC"


def iso_time(second: int) -> str:
    """Return a Unix second for programs, such as `2026-11-22T05:35:00Z`."""
    return _moment(second).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_date(second: int) -> str:
    """Return the day of a Unix second in UTC, such as `Nov 22, 2026`."""
    moment = _moment(second)
    return f"{moment:%b} {moment.day}, {moment.year}"


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(max(0, min(second, _TIME_LIMIT)), UTC)


def pretty_json(value: object) -> str:
    """Return an object as the API writes it: JSON with two-space indent."""
    return json_codec.pretty(json_codec.encode(value)).decode().removesuffix("\n")


def coloured_json(value: object) -> Markup:
    """Return an object as `pretty_json` does, marked up; the colours are the stylesheet's."""
    text = highlight(pretty_json(value), JsonLexer(), _FORMATTER).rstrip("\n")
    return Markup(text)  # noqa: S704  Pygments escapes what it is given


def at_dots(name: str) -> Markup:
    """Return a dotted name, such as an event's type, that a narrow column breaks after a dot or an underscore only."""
    return Markup("<wbr>").join(re.findall(r"[^._]+[._]*|[._]+", name))


def duration(milliseconds: float) -> str:
    """Return how long something took, for people, such as `2.4 ms`, `84 ms` or `1.2 s`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    if milliseconds >= 10 or isinstance(milliseconds, int):
        return f"{milliseconds:.0f} ms" if milliseconds else "under 1 ms"
    return f"{milliseconds:.1f} ms"


def percent(share: float) -> str:
    """Return a share as a percentage that is rounded down, so that only all of it is 100%."""
    return f"{math.floor(share * 1000) / 10:g}%"
