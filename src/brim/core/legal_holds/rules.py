"""A legal hold: what it covers, why, and for how long it was in force."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError

HOLD_PREFIX: Final = "lh_"
INSTALLATION: Final = ""
"""In place of an account, where a hold covers all of them."""

LONGEST_TEXT: Final = 500


class HoldKind(StrEnum):
    """What a hold covers."""

    ACCOUNT = "account"
    """One account, in both modes."""
    PLATFORM = "platform"
    """An account and all below it, those that are created later too."""
    INSTALLATION = "installation"
    """All accounts, and what belongs to none."""


class LegalHold(msgspec.Struct, frozen=True, kw_only=True):
    """One hold. `account` is empty for the installation; `lifted_ms` (Unix milliseconds) is None while in force."""

    id: str
    kind: HoldKind
    account: str
    reason: str
    reference: str | None
    placed_ms: int
    placed_by: str
    lifted_ms: int | None = None
    lifted_by: str | None = None

    @property
    def covers(self) -> str:
        """What is held, in words."""
        if self.kind is HoldKind.INSTALLATION:
            return "the installation"
        return f"{self.account} and connected accounts" if self.kind is HoldKind.PLATFORM else self.account


class LegalHoldError(BrimError):
    """A legal hold covers the data to erase."""

    def __init__(self, account: str, hold: str) -> None:
        whose = f"The account {account}" if account else "The installation"
        super().__init__(f"{whose} is under the legal hold {hold}: its data can't be erased until the hold is lifted.")


class HoldLiftedError(BrimError):
    """The legal hold has already been lifted."""

    def __init__(self, hold: str) -> None:
        super().__init__(f"The legal hold {hold} was already lifted.")


class HoldTextError(BrimError):
    """A text of the legal hold is missing, too long, or contains unprintable characters."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The {name} of a legal hold must have 1 to {LONGEST_TEXT} printable characters.")
        self.param = name


def check_text(name: str, text: str) -> str:
    """Return a text without blanks around it.

    Raises:
        HoldTextError: it cannot be kept.
    """
    stripped = text.strip()
    if not stripped or not stripped.isprintable() or len(stripped) > LONGEST_TEXT:
        raise HoldTextError(name)
    return stripped
