"""How the dashboard writes amounts and times, reads typed amounts, and draws a balance."""

import re
from html import unescape

import pytest

from brim.base.currency import CURRENCIES
from brim.web.dashboard.formats import (
    AmountError,
    at_dots,
    coloured_json,
    csv_amount,
    duration,
    iso_time,
    money,
    plain_amount,
    pretty_json,
    read_amount,
    utc_date,
    utc_time,
)
from brim.web.session import initials


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert money(123_456_789, "usd") == "1,234,567.89 USD"
    assert money(5, "usd") == "0.05 USD"
    assert money(1_234, "jpy") == "1,234 JPY"
    assert money(1_234_567, "bhd") == "1,234.567 BHD"
    assert plain_amount(-1_050, "usd") == "\N{MINUS SIGN}10.50"
    assert csv_amount(-123_456, "usd") == "-1234.56"


@pytest.mark.parametrize("currency", CURRENCIES)
def test_what_is_written_reads_back_as_it_was(currency: str) -> None:
    for amount in (1, 9, 10, 99, 100, 12_345, 999_999_999_999):
        assert read_amount(plain_amount(amount, currency), currency) == amount
        assert read_amount(csv_amount(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("20", "usd", 2_000), (" 20.5 ", "usd", 2_050), ("1,234", "usd", 123_400), ("0.001", "bhd", 1), ("007", "jpy", 7)],
)
def test_amounts_are_read_as_people_type_them(text: str, currency: str, amount: int) -> None:
    assert read_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *[(text, "usd") for text in ("", "x", "-1", "+1", "1e3", "1.", ".5", "1,23", "12,34.5", "1.234", "0x10", "$5")],
        *[(text, "usd") for text in ("1 000", "1.2.3", "٣", "9" * 16, "1,234,567,890,123,456")],
        ("1.0", "jpy"),
        ("1.0000", "bhd"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(AmountError):
        read_amount(text, currency)


def test_times_are_those_of_utc_whatever_the_second() -> None:
    assert utc_time(1_795_186_800) == "Nov 20, 2026, 15:00:00 UTC"
    assert iso_time(1_795_186_800) == "2026-11-20T15:00:00Z"
    assert utc_date(1_795_186_800) == "Nov 20, 2026"
    assert utc_date(10**15) == "Dec 31, 9999"
    assert utc_date(-5) == "Jan 1, 1970"


def test_an_object_is_shown_as_the_api_writes_it() -> None:
    assert pretty_json({"b": 1, "a": [None]}) == '{\n  "b": 1,\n  "a": [\n    null\n  ]\n}'


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada King Lovelace", "AL"), ("ada", "A"), ("", ""), ("Zoë  Élan", "ZÉ"), ("Ada Ada", "A")]
)
def test_a_name_has_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "under 1 ms"),
        (1, "1 ms"),
        (999, "999 ms"),
        (1000, "1.0 s"),
        (20_049, "20.0 s"),
        (0.14, "0.1 ms"),
        (12.3, "12 ms"),
    ],
)
def test_durations_have_a_unit_that_fits(milliseconds: float, text: str) -> None:
    assert duration(milliseconds) == text


def test_coloured_json_says_what_it_says_and_no_more() -> None:
    text = coloured_json({"note": "</code><script>&\"'", "amount": 12})
    plain = unescape(re.sub(r"<[^>]*>", "", text))
    assert plain == pretty_json({"note": "</code><script>&\"'", "amount": 12})
    assert "<script>" not in text


def test_a_dotted_name_breaks_after_its_dots_and_underscores_only() -> None:
    assert at_dots("brim.ach_file.created") == "brim.<wbr>ach_<wbr>file.<wbr>created"
    assert at_dots("<b>") == "&lt;b&gt;"
