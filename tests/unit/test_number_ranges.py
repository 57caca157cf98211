"""Ranges of virtual account numbers: what is one, the numbers in it in order, and numbers that texts name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from brim.core.bank_accounts import NumberRangeError, find_numbers, is_iban, parse_number_range


@pytest.mark.parametrize(
    ("text", "first", "last", "size"),
    [
        ("4400000000-4400009999", "4400000000", "4400009999", 10_000),
        ("440000/10", "4400000000", "4400009999", 10_000),
        ("4400 0000 - 4400 0005", "44000000", "44000005", 6),
        ("00000001-00000001", "00000001", "00000001", 1),
        ("DE00500105175407/22", "DE16500105175407000000", "DE90500105175407999999", 1_000_000),
        ("gb00nwbk601613/22", "GB80NWBK60161300000000", "GB54NWBK60161399999999", 100_000_000),
        ("DE89370400440532013000-DE62370400440532013001", "DE89370400440532013000", "DE62370400440532013001", 2),
    ],
)
def test_a_range_has_a_first_and_a_last_number(text: str, first: str, last: str, size: int) -> None:
    found = parse_number_range(text)
    assert (found.number(found.first), found.number(found.last), found.size) == (first, last, size)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "FIRST-LAST"),
        ("4400", "FIRST-LAST"),
        ("44000000-440000000", "the same length"),
        ("44000009-44000000", "above the last"),
        ("4400000-4400009", "8 to 17 digits"),
        ("440000/6", "no digits"),
        ("1/17", "more than 1,000,000,000"),
        ("44A00000-44A00009", "digits only"),
        ("DE89370400440532013001-DE89370400440532013002", "isn't an IBAN"),
        ("DE5050010517/22", "check digits of a prefix"),
        ("DE0050010517/23", "no IBANs begin like this"),
        ("GB80NWBK60161300000000-GB55NWBL60161399999999", "isn't an IBAN"),
    ],
)
def test_what_is_no_range_is_refused(text: str, says: str) -> None:
    with pytest.raises(NumberRangeError, match=says):
        parse_number_range(text)


@given(first=st.integers(10**9, 10**10 - 1), size=st.integers(1, 40))
def test_numbers_follow_each_other_until_the_last(first: int, size: int) -> None:
    last = min(first + size - 1, 10**10 - 1)
    numbers = parse_number_range(f"{first}-{last}")
    found, body = [], numbers.first
    while True:
        found.append(numbers.number(body))
        assert numbers.left_after(body) == numbers.size - len(found)
        following = numbers.after(body)
        if following is None:
            break
        body = following
    assert found == [str(each) for each in range(first, last + 1)]
    assert all(each in numbers for each in found)
    assert str(first - 1) not in numbers
    assert str(last + 1) not in numbers


@given(position=st.integers(0, 999_999), by=st.integers(1, 1_000_000))
def test_numbers_of_a_range_of_ibans_are_ibans_in_it(position: int, by: int) -> None:
    numbers = parse_number_range("DE00500105175407/22")
    body = "DE500105175407" + f"{position:06d}"
    number = numbers.number(body)
    assert iban.validate(number) == number
    assert number in numbers
    following = numbers.after(body, by=by)
    assert (following is None) == (position + by > 999_999)
    assert following is None or following == f"DE500105175407{position + by:06d}"


def test_ranges_overlap_where_a_number_is_in_both() -> None:
    one = parse_number_range("4400/10")
    assert one.overlaps(parse_number_range("4400999999-4500000000"))
    assert not one.overlaps(parse_number_range("4401/10"))
    assert not one.overlaps(parse_number_range("4400/11"))


def test_numbers_are_found_in_texts_however_ibans_are_written() -> None:
    texts = ["SEPA CREDIT de89 3704 0044 0532 0130 00 RENT", "TO 4400000123/REF 12", "AMOUNT 1234567 ON 20261201X"]
    assert find_numbers(texts) == ["DE89370400440532013000", "4400000123"]
    assert not is_iban("DE89370400440532013001")
    assert find_numbers(["1234567890123456789"]) == []
