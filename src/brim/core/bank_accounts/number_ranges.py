"""Ranges of account numbers that a bank has allotted: virtual account numbers, which all belong to one bank account.

A range is written by its first and last number (`4400000000-4400009999`), or by a prefix and the length of its numbers
(`440000/10`). Its numbers are those of a US bank, or IBANs, whose check digits are computed: source ISO 13616. In a
prefix of IBANs they are written `00`, as they differ from number to number.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

import msgspec
from stdnum import iban as iban_numbers
from stdnum import numdb
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

SHORTEST_NUMBER: Final = 8
"""Digits of a virtual account number: a shorter one would be found in texts that name an amount or a day."""
LONGEST_NUMBER: Final = 17
"""Source: Nacha, the DFI account number has up to 17 positions."""
LARGEST_RANGE: Final = 1_000_000_000
_LONGEST_IBAN: Final = 34
_COUNTRY: Final = 2
_CHECK_DIGITS: Final = 2
_MOST_FOUND: Final = 50
_MOST_CHARACTERS: Final = 2_000
_FIRST_AND_LAST: Final = re.compile(r"([0-9A-Z]{1,34})-([0-9A-Z]{1,34})")
_PREFIX_AND_LENGTH: Final = re.compile(r"([0-9A-Z]{1,33})/([0-9]{1,2})")
_DIGITS: Final = re.compile(r"[0-9]+")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_WORD: Final = re.compile(r"[0-9A-Z]+")
_LOOKS_LIKE_IBAN: Final = re.compile(r"(?=([A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}))")
_SQUEEZED: Final = re.compile(r"[\s./-]")
_IBAN_LENGTHS: Final = range(15, _LONGEST_IBAN + 1)


class NumberRangeError(Exception):
    """The text is no range; the sentence says why."""


class NumberRange(msgspec.Struct, frozen=True, kw_only=True):
    """A range of account numbers, by the first and the last of their bodies, which have one length.

    A body is the number, or an IBAN without its check digits. Bodies of a range differ in their last digits only.
    """

    first: str
    last: str
    is_iban: bool = False

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self._count(self.last) - self._count(self.first) + 1

    def left_after(self, body: str) -> int:
        """Return how many bodies of the range come after one."""
        return self._count(self.last) - self._count(body)

    def after(self, body: str, *, by: int = 1) -> str | None:
        """Return the body so many after one of the range; None after the last."""
        if self.left_after(body) < by:
            return None
        return self._shared + f"{self._count(body) + by:0{self._digits}d}"

    def number(self, body: str) -> str:
        """Return the account number of a body."""
        return _iban_of(body) if self.is_iban else body

    def __contains__(self, number: object) -> bool:
        """Tell whether an account number, without blanks, is in the range."""
        if not isinstance(number, str) or is_iban(number) is not self.is_iban:
            return False
        body = number[:_COUNTRY] + number[_COUNTRY + _CHECK_DIGITS :] if self.is_iban else number
        return len(body) == len(self.first) and self.first <= body <= self.last

    def overlaps(self, other: "NumberRange") -> bool:
        """Tell whether a number is in both."""
        return (
            (self.is_iban, len(self.first)) == (other.is_iban, len(other.first))
            and self.first <= other.last
            and other.first <= self.last
        )

    @property
    def _digits(self) -> int:
        """How many digits at their end differ."""
        return len(self.first) - _shared_length(self.first, self.last)

    @property
    def _shared(self) -> str:
        return self.first[: -self._digits]

    def _count(self, body: str) -> int:
        return int(body[-self._digits :])


def parse_number_range(text: str) -> NumberRange:
    """Return the range that a text describes.

    Raises:
        NumberRangeError: it describes none.
    """
    plain = plain_number(text)
    if match := _FIRST_AND_LAST.fullmatch(plain):
        return _checked(*_bodies(match[1], match[2]))
    if match := _PREFIX_AND_LENGTH.fullmatch(plain):
        prefix, free = match[1], int(match[2]) - len(match[1])
        if free < 1:
            raise NumberRangeError("the prefix leaves no digits: numbers must be longer than the prefix.")
        first, last = prefix + "0" * free, prefix + "9" * free
        if not prefix[:1].isalpha():
            return _checked(first, last, is_iban=False)
        if prefix[_COUNTRY : _COUNTRY + _CHECK_DIGITS] != "00":
            raise NumberRangeError(
                "write the check digits of a prefix of IBANs as 00: they differ from one to another."
            )
        ends = [each[:_COUNTRY] + each[_COUNTRY + _CHECK_DIGITS :] for each in (first, last)]
        if not all(is_iban(_iban_of(each)) for each in ends):
            raise NumberRangeError("no IBANs begin like this or have that length.")
        return _checked(ends[0], ends[1], is_iban=True)
    raise NumberRangeError("write it as FIRST-LAST, or as PREFIX/LENGTH.")


def _bodies(first: str, last: str) -> tuple[str, str, bool]:
    if not first[:1].isalpha():
        return first, last, False
    for number in (first, last):
        if not is_iban(number):
            raise NumberRangeError(f"{number} isn't an IBAN: its length, its structure or its check digits are wrong.")
    ends = [each[:_COUNTRY] + each[_COUNTRY + _CHECK_DIGITS :] for each in (first, last)]
    return ends[0], ends[1], True


def _checked(first: str, last: str, is_iban: bool) -> NumberRange:  # noqa: FBT001  what two callers have found out
    if len(first) != len(last):
        raise NumberRangeError("the first and the last number must have the same length.")
    if first > last:
        raise NumberRangeError("the first number is above the last one.")
    found = NumberRange(first=first, last=last, is_iban=is_iban)
    shared = _shared_length(first, last)
    if not (is_iban or (_DIGITS.fullmatch(first) and _DIGITS.fullmatch(last))):
        raise NumberRangeError("account numbers have digits only.")
    if not is_iban and not SHORTEST_NUMBER <= len(first) <= LONGEST_NUMBER:
        raise NumberRangeError(f"account numbers have {SHORTEST_NUMBER} to {LONGEST_NUMBER} digits.")
    if not (_DIGITS.fullmatch(first[shared:]) and _DIGITS.fullmatch(last[shared:])):
        raise NumberRangeError("the numbers may differ in their last digits only.")
    if found.size > LARGEST_RANGE:
        raise NumberRangeError(f"it has more than {LARGEST_RANGE:,} numbers.")
    return found


def _shared_length(first: str, last: str) -> int:
    """Return how many characters two texts of one length begin with together, all but the last at most."""
    return next((at for at in range(len(first)) if first[at] != last[at]), len(first) - 1)


def plain_number(number: str) -> str:
    """Return an account number, or what is made of such, without blanks and in capitals."""
    return "".join(number.upper().split())


def is_iban(number: str) -> bool:
    """Tell whether a text, without blanks and in capitals, is an IBAN."""
    if not _IBAN.fullmatch(number):
        return False
    try:
        iban_numbers.validate(number, check_country=False)
    except ValidationError:
        return False
    return True


@cache
def _has_ibans(country: str) -> bool:
    """Tell whether the IBANs of a country are known: most letters before digits in a text are no country's."""
    return bool(numdb.get("iban").info(country)[0][1])


def _iban_of(body: str) -> str:
    """Return the IBAN of a country and a number in it."""
    country, number = body[:_COUNTRY], body[_COUNTRY:]
    return country + str(mod_97_10.calc_check_digits(number + country)) + number


def find_numbers(texts: Iterable[str]) -> list[str]:
    """Return what in texts may be an account number, each once: whole words of 8 to 17 digits, and IBANs.

    IBANs may be written in groups. Of a longer text the rest is not looked at.
    """
    found: dict[str, None] = {}
    for text in texts:
        upper = text[:_MOST_CHARACTERS].upper()
        for word in _WORD.findall(upper):
            if word.isdigit() and SHORTEST_NUMBER <= len(word) <= LONGEST_NUMBER:
                found[word] = None
        for start in _LOOKS_LIKE_IBAN.findall(_SQUEEZED.sub("", upper)):
            if not _has_ibans(start[:_COUNTRY]):
                continue
            found.update(dict.fromkeys(start[:length] for length in _IBAN_LENGTHS if is_iban(start[:length])))
    return list(found)[:_MOST_FOUND]
