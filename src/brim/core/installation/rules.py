"""The kinds of installation, and which banks each may deal with."""

from enum import StrEnum
from typing import Final

from brim.base.errors import BrimError

REHEARSAL_ROUTING_NUMBERS: Final = frozenset({"990000013"})
"""Routing numbers of the bank that is played: the check digit is right, and no bank has a number that begins with 99.

Source: American Bankers Association, routing number policy: the first two digits are 00 to 12, 21 to 32, 61 to 72, 80.
"""


REHEARSAL_BICS: Final = frozenset({"BRIMDEF0XXX"})
"""BICs of the bank that is played. Source: ISO 9362, a 0 in the eighth place is for tests."""


class InstallationKind(StrEnum):
    """What an installation is for."""

    STANDARD = "standard"
    """Live money is real."""
    REHEARSAL = "rehearsal"
    """Live money is made up: the only bank is `brim bank`, and test clocks keep the time of live mode too."""


class NotARehearsalError(BrimError):
    """The setting asks for a rehearsal, and the database belongs to an installation that is none."""

    def __init__(self) -> None:
        super().__init__(
            "This installation was created without --rehearsal and can't become a rehearsal, because it may "
            "contain real bank details. Leave out --rehearsal (BRIM_REHEARSAL), or create a new installation "
            "with another --data-dir or an empty database."
        )


def wrong_with_bank(kind: InstallationKind, routing_number: str) -> str | None:
    """Return what forbids an installation of a kind to deal with the bank of a routing number; None for nothing."""
    is_played = routing_number in REHEARSAL_ROUTING_NUMBERS
    if kind is InstallationKind.REHEARSAL and not is_played:
        numbers = ", ".join(sorted(REHEARSAL_ROUTING_NUMBERS))
        return f"this is a rehearsal, whose only bank is the one that brim bank plays: {numbers}."
    if kind is InstallationKind.STANDARD and is_played:
        return "it is the number of the rehearsal's bank, which takes no real money."
    return None


def wrong_with_bic(kind: InstallationKind, bic: str) -> str | None:
    """Return what forbids an installation of a kind to deal with the bank of a BIC; None for nothing."""
    is_played = bic in REHEARSAL_BICS
    if kind is InstallationKind.REHEARSAL and not is_played:
        bics = ", ".join(sorted(REHEARSAL_BICS))
        return f"this is a rehearsal, whose only bank is the one that brim bank plays: {bics}."
    if kind is InstallationKind.STANDARD and is_played:
        return "it is the BIC of the rehearsal's bank, which takes no real money."
    return None
