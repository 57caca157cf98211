"""Which rails there are, as data."""

from typing import Final

import msgspec


class RailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One rail. `is_confirmed` says that its bank confirms by a statement what it collected and took back."""

    name: str
    livemode: bool
    is_confirmed: bool


RAILS: Final = (RailEntry(name="sandbox", livemode=False, is_confirmed=False),)
"""The rails. A new one is a folder beside this module and a row here."""

CONFIRMED_RAILS: Final = tuple(entry.name for entry in RAILS if entry.is_confirmed)
"""The rails whose top-ups are clearing until a bank's statement confirms them."""
