"""Who did something, for people: operators by their names, which the API's objects keep as ids."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from brim.core.operators import Operator

_OPERATOR_ID: Final = re.compile(r"\bop_[0-9A-Za-z]+\b")
_AUTOMATIC: Final = {"profile": "Automatic", "compare": "brim ach compare"}


class Names(msgspec.Struct, frozen=True):
    """The names of all operators by their ids, and the id of whoever looks.

    Operators who share a name are told apart by their email addresses.
    """

    by_id: Mapping[str, str]
    you: str

    def who(self, kept: str) -> str:
        """Return who it was: an operator's name, `You`, or what was kept where that is no operator's id."""
        return "You" if kept == self.you else self.by_id.get(kept) or _AUTOMATIC.get(kept, kept)

    def is_operator(self, kept: str) -> bool:
        """Tell whether something is the id of an operator."""
        return kept in self.by_id

    def in_text(self, text: str) -> str:
        """Return a text with the names of operators in place of their ids."""
        return _OPERATOR_ID.sub(lambda match: self.by_id.get(match[0], match[0]), text)


def names_of(operators: Iterable[Operator], *, you: str) -> Names:
    """Return the names of operators for pages."""
    found = tuple(operators)
    times = Counter(operator.name for operator in found)
    return Names(
        {each.id: each.name if times[each.name] == 1 else f"{each.name} ({each.email})" for each in found}, you
    )
