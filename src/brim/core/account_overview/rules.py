"""An account in a list, and what is searched for."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from brim.core.accounts import ACCOUNT_PREFIX

_WORD: Final = re.compile(r"[^\W_]+")
_ID: Final = re.compile(rf"{ACCOUNT_PREFIX}[0-9A-Za-z_-]*")
_MOST_WORDS: Final = 8


class AccountStatus(StrEnum):
    """Whether an account takes top-ups."""

    ACTIVE = "active"
    CLOSED = "closed"
    REJECTED = "rejected"


class CurrencyBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has in a currency, in its smallest unit."""

    currency: str
    available: int


class AccountSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An account with what it has in one mode; `last_activity` is its last top-up or balance transaction."""

    id: str
    name: str | None
    email: str | None
    country: str
    created: int
    status: AccountStatus
    balances: tuple[CurrencyBalance, ...]
    last_activity: int | None


def words_of(text: str) -> list[str]:
    """Return the words of a text that is searched for, in lower case; each has to begin a word of the name."""
    return _WORD.findall(text.lower())[:_MOST_WORDS]


def is_id(text: str) -> bool:
    """Tell whether a text is an account's id, or the beginning of one."""
    return _ID.fullmatch(text) is not None
