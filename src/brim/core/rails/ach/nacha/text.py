"""Text for a field of an ACH file. Nothing in the codec does this unasked."""

import re
import unicodedata
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{EN DASH}": "-",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"', "\N{EM DASH}": "-",
        "€": "EUR",
    }
)  # fmt: skip
"""What has no decomposition in Unicode and a usual spelling in ASCII."""


def to_ach_text(text: str, length: int) -> str:
    """Return text as a field of a length takes it: printable ASCII, single blanks, cut at the end.

    Accents are dropped, a few letters are spelled out, and what remains outside ASCII becomes "?".
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"[^ -~]", "?", re.sub(r"\s+", " ", plain).strip())
    return plain[:length].rstrip()
