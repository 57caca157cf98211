"""Names and remittance information in the characters that every bank of SEPA takes.

Source: EPC130-08, 1.4, the basic set. Its counterparts follow EPC217-08: accents are dropped, Greek and Bulgarian
letters are transliterated, an ampersand becomes a plus, and what has no counterpart a full stop.
"""

# ruff: noqa: RUF001  letters that look alike are what this is about

import re
import unicodedata
from typing import Final

_OTHERS: Final = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_BLANKS: Final = re.compile(r"\s+")
_LETTERS: Final = str.maketrans("ßÆæØøŁłĐđÐðÞþŒœıĦħŦŧŊŋĸſ", "sAaOoLlDdDdTtOoiHhTtNnks")
_SIGNS: Final = str.maketrans("""&_–—‐‑~’‘ʼ`"“”„«»€{}[]<>;|\\""", """+------''''''''''E()()(),//""")
_GREEK: Final = dict(
    zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "A V G D E Z I Th I K L M N X O P R S T Y F Ch Ps O".split(), strict=True)
)
_CYRILLIC: Final = dict(
    zip(
        "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯ",
        "A B V G D E Zh Z I Y K L M N O P R S T U F H Ts Ch Sh Sht A Y Yu Ya".split(),
        strict=True,
    )
)
_CAPITALS: Final = {**_GREEK, **_CYRILLIC}
_TABLE: Final[dict[int, int | str]] = {
    **_LETTERS,
    **_SIGNS,
    **{ord(found): written for found, written in _CAPITALS.items()},
    **{ord(found.lower()): written.lower() for found, written in _CAPITALS.items()},
    ord("ς"): "s",
    ord("@"): "(at)",
}


def to_sepa_text(text: str, length: int) -> str:
    """Return a text in the basic set, of at most so many characters, without blanks at its ends or in a row.

    A text that says the same in other Unicode forms becomes the same.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(_basic(character) for character in composed)
    plain = _BLANKS.sub(" ", kept).strip()
    return plain[:length].rstrip()


def _basic(character: str) -> str:
    """Return what is written for a character: itself, its counterpart without accents, or a full stop."""
    if character.isspace():
        return " "
    if ord(character) in _TABLE:
        return character.translate(_TABLE)
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(each.translate(_TABLE) for each in parts if not unicodedata.combining(each))
    return _OTHERS.sub(".", plain)
