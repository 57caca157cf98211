"""Arithmetic of routing numbers: the check digit and the entry hash."""

import re
from functools import lru_cache
from typing import Final

_WEIGHTS: Final = (3, 7, 1, 3, 7, 1, 3, 7)
"""Source: American Bankers Association; Nacha operating rules, appendix three, "check digit"."""

_ROUTING_NUMBER: Final = re.compile("[0-9]{9}")

HASH_MODULUS: Final = 10**10
"""The entry hash keeps the low ten digits. Source: Nacha operating rules, appendix three."""


@lru_cache(maxsize=4096)  # a file has few banks and many entries
def check_digit(identification: str) -> str:
    """Return the ninth digit of a routing number from its first eight."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, identification, strict=True))
    return str(-total % 10)


def is_routing_number(text: str) -> bool:
    """Tell whether these are nine digits of which the last checks the others."""
    return _ROUTING_NUMBER.fullmatch(text) is not None and check_digit(text[:8]) == text[8]
