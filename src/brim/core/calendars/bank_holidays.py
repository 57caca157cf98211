"""The days on which banks do not move money, by name: one function for each calendar, from a year to its holidays.

The days come from the `holidays` library and are read in one place, so that what banks do otherwise than a country
is decided here: the Federal Reserve does not move a Saturday holiday to Friday, Japan's banks close on three days
more than the nation. tests/support/bank_oracle.py works the same days out without the library.

Every question names a language, since the library else takes the process's: two servers would tell other names.
A table covers what the library knows: Federal Reserve and TARGET from 1999, all to 2099. Other years have no holidays.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from holidays import HolidayBase

HolidaysIn: TypeAlias = Callable[[int], Mapping[date, str]]
"""Answers a year's holidays, weekends included, each with its name; where two share a day, both in one text."""

_YEARS_KEPT: Final = 128
"""How many years of each calendar stay in memory: more than a test clock crosses, and a few hundred KiB at most."""

_NONE: Final[Mapping[date, str]] = MappingProxyType({})


def no_holidays(_year: int) -> Mapping[date, str]:
    """Return nothing: the calendar that knows only weekends."""
    return _NONE


@lru_cache(_YEARS_KEPT)
def federal_reserve(year: int) -> Mapping[date, str]:
    """Return the eleven holidays of the Federal Reserve Banks; a Sunday's is kept on Monday, a Saturday's is not moved.

    The library's table of the United States moves a Saturday's to Friday, as the federal government does for its own
    offices; its table of the Federal Reserve does not, and has no states' holidays or days of mourning either.

    Source: Federal Reserve, "Holidays Observed by the Federal Reserve System" (statistical release K.8).
    """
    from holidays import financial_holidays  # noqa: PLC0415  loading it takes longer than Brim does: see _frozen

    return _frozen(financial_holidays("FED", years=year, language="en_US"))


@lru_cache(_YEARS_KEPT)
def target(year: int) -> Mapping[date, str]:
    """Return the six closing days of TARGET, the same since 2002; none is moved when it falls on a weekend.

    Source: European Central Bank, "TARGET closing days" (press release of 14 December 2000).
    """
    from holidays import financial_holidays  # noqa: PLC0415  see _frozen

    return _frozen(financial_holidays("ECB", years=year))


@lru_cache(_YEARS_KEPT)
def england_and_wales(year: int) -> Mapping[date, str]:
    """Return the bank holidays of England and Wales with substitute days and those proclaimed for one year only.

    Source: gov.uk, "UK bank holidays", England and Wales.
    """
    from holidays import country_holidays  # noqa: PLC0415  see _frozen

    return _frozen(country_holidays("GB", subdiv="ENG", years=year, language="en_GB"))


@lru_cache(_YEARS_KEPT)
def japan(year: int) -> Mapping[date, str]:
    """Return Japan's national holidays with substitute and citizens' holidays, and the banks' own around New Year.

    The equinoxes of later years are computed; the government fixes each in February of the year before.

    Source: Act on National Holidays, articles 2 and 3; Banking Act, Order for Enforcement, article 5.
    """
    from holidays import country_holidays  # noqa: PLC0415  see _frozen

    of_banks = country_holidays("JP", years=year, categories="bank", language="en_US")
    of_the_nation = country_holidays("JP", years=year, categories="public", language="en_US")
    return _frozen({**of_banks, **of_the_nation})


def _frozen(table: "HolidayBase | dict[date, str]") -> Mapping[date, str]:
    """Return a table that nobody can change, without the library's habit of growing when asked for another year.

    The library is loaded by the first question about a holiday, not with the process: that takes about 100 ms, and
    without a test clock or live mode nobody asks.
    """
    return MappingProxyType(dict(table))
