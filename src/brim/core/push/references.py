"""Creditor references by ISO 11649: made, checked, found in what payers write, and what a damaged one may have been.

A reference is `RF`, two check digits and a body. By ISO 7064 (MOD 97-10) any one character that is wrong, and any two
neighbors that are exchanged, are noticed. Source: ISO 11649:2009, as in the European Payments Council's EPC142-08.
Bodies of ours have digits only, since people type them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

BODY: Final = 12
"""Digits of the body of a reference that an account is paid by."""
RETURN_BODY: Final = 13
"""Digits of the body of one that a return is known by, so that neither is taken for the other."""
_PREFIX: Final = "RF"
_CHECK_DIGITS: Final = 2
_NEIGHBORS: Final = 2
_SQUEEZED: Final = re.compile(r"[^0-9A-Z]")
_GOOD: Final = {length: re.compile(rf"(?=(RF[0-9]{{{2 + length}}}))") for length in (BODY, RETURN_BODY)}
_DAMAGED: Final = re.compile(r"(?=([A-Z0-9]{2}[A-Z0-9]{13,15}))")
_MOST_LIKE_DIGITS: Final = 12
_MOST_CANDIDATES: Final = 200
_MOST_CHARACTERS: Final = 2_000
"""Banks write a few hundred; of a longer text the rest is not looked at."""
_DIGITS: Final = "0123456789"


def reference_of(body: str) -> str:
    """Return the reference of a body of digits: `RF`, its check digits, and it."""
    return f"{_PREFIX}{98 - int(_as_number(body + _PREFIX + '00')) % 97:02d}{body}"


def new_reference(for_id: str, *, length: int = BODY) -> str:
    """Return a reference for an id: always the same one for it, and very rarely that of another."""
    number = int.from_bytes(hashlib.sha256(for_id.encode()).digest(), "big") % 10**length
    return reference_of(f"{number:0{length}d}")


def is_reference(text: str) -> bool:
    """Tell whether a text, without blanks, is a reference whose check digits are right."""
    return text[:2] == _PREFIX and text.isascii() and text.isalnum() and int(_as_number(text[4:] + text[:4])) % 97 == 1


def _as_number(text: str) -> str:
    """Return a text with letters as the numbers from 10 that the standard gives them."""
    return "".join(str(int(char, 36)) for char in text)


def written(reference: str) -> str:
    """Return a reference as people read it: in fours."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def _squeezed(texts: Iterable[str]) -> list[str]:
    """Return texts, and all of them together, without whatever is no digit and no plain letter, in capitals."""
    each = [_SQUEEZED.sub("", text[:_MOST_CHARACTERS].upper()) for text in texts if text]
    return list(dict.fromkeys([*each, "".join(each)[:_MOST_CHARACTERS]]))


def find_references(texts: Sequence[str], *, length: int = BODY) -> list[str]:
    """Return the references with right check digits that texts hold, each once.

    Blanks, slashes and small letters do not matter, nor where lines end.
    """
    found = [text for squeezed in _squeezed(texts) for text in _GOOD[length].findall(squeezed)]
    return list(dict.fromkeys(text for text in found if is_reference(text)))


class Damaged(msgspec.Struct, frozen=True):
    """What in a text may have been a reference, as it stands there, and the references that it may have been."""

    text: str
    candidates: tuple[str, ...]


def find_damaged(texts: Sequence[str]) -> Damaged | None:
    """Return what looks like a reference with one mistake in it: a wrong, missing or added character, or two exchanged.

    None where nothing does. Which of the candidates there are is for the caller to find out, and for a person to
    decide.
    """
    seen = ""
    candidates: list[str] = []
    for squeezed in _squeezed(texts):
        for text in _DAMAGED.findall(squeezed):
            tail = text[2:]
            if sum(char.isdigit() for char in tail) < _MOST_LIKE_DIGITS or not _is_begun(text):
                continue
            fitting = [each for each in _repaired(text) if is_reference(each)]
            seen = seen or (text if fitting else "")
            candidates += fitting
    unique = tuple(dict.fromkeys(candidates))[:_MOST_CANDIDATES]
    return Damaged(seen, unique) if unique else None


def _is_begun(text: str) -> bool:
    """Tell whether a text begins like a reference, at most one of its two letters being something else."""
    return text[0] == _PREFIX[0] or text[1] == _PREFIX[1]


def _repaired(text: str) -> Iterator[str]:
    """Yield what a text of at least the length of a reference less one would be with one mistake less."""
    whole = len(_PREFIX) + _CHECK_DIGITS + BODY
    exact, short, long = text[:whole], text[: whole - 1], text[: whole + 1]
    if len(exact) == whole:
        for at in range(len(_PREFIX)):
            yield exact[:at] + _PREFIX[at] + exact[at + 1 :]
        for at in range(len(_PREFIX), whole):
            yield from (exact[:at] + digit + exact[at + 1 :] for digit in _DIGITS)
        for at in range(len(_PREFIX), whole - 1):
            yield exact[:at] + exact[at + 1] + exact[at] + exact[at + _NEIGHBORS :]
        yield exact[1] + exact[0] + exact[2:]
    if len(short) == whole - 1:
        for at in range(len(_PREFIX), whole):
            yield from (short[:at] + digit + short[at:] for digit in _DIGITS)
    if len(long) == whole + 1:
        for at in range(len(_PREFIX), whole + 1):
            yield long[:at] + long[at + 1 :]
