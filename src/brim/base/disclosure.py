"""What may be repeated of a request: in a refusal, in a log, on a page. Secrets come in places where none belongs.

Whoever sends JSON where a form belongs has their secrets read as names, and whoever mistakes one parameter for another
as ids. So a name is repeated only if a parameter could have it, and digits that could be a bank account's or a person's
number are hidden where no number belongs.
"""

import re
from typing import Final

HIDDEN: Final = "***"
_LONGEST_NAME: Final = 40
"""Characters of one part of a name: that of the longest which an operation knows, and a few more."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*|[0-9]{1,4}|")
"""A parameter, a path of properties, an index, or nothing between two brackets."""

_BRACKETS: Final = re.compile(r"([\[\]])")
_DIGITS: Final = re.compile(r"[0-9]{6}")
_NUMBER: Final = re.compile(
    r"(?<![\w.])(?:[0-9]{6,34}|[0-9]{3}[ -][0-9]{2}[ -][0-9]{4}|[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})(?!\w)", re.ASCII
)
"""An account's number, a social security number as people group it, an IBAN: by themselves, so no part of an id."""


def is_name(part: str) -> bool:
    """Tell whether a parameter, or what stands between brackets in its name, could be called so."""
    return len(part) <= _LONGEST_NAME and _NAME.fullmatch(part) is not None and _DIGITS.search(part) is None


def shown_name(name: str) -> str:
    """Return a parameter's full name as it may be repeated: each part that is no name is hidden."""
    return "".join(part if part in {"[", "]"} or is_name(part) else HIDDEN for part in _BRACKETS.split(name))


def without_numbers(text: str) -> str:
    """Return a text with numbers hidden that could be a bank account's or a person's."""
    return _NUMBER.sub(HIDDEN, text)
