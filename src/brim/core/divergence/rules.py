"""What a restore has undone, as it is told."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.scope import AccountScope

_ID: Final = re.compile(r"\b(?:evt|tu)_[0-9A-Za-z]{24}\b")


class Kind(StrEnum):
    """What is told of."""

    EVENT = "event"
    TOPUP = "topup"
    TOPUP_STATUS = "topup status"


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the other copy has and this one has not.

    `sent` counts the endpoints that an event was sent to there, received or not.
    """

    kind: Kind
    scope: AccountScope
    id: str
    detail: str
    sent: int = 0


def ids_in(lines: Iterable[str]) -> set[str]:
    """Return the ids of events and top-ups that stand in a text of any kind: logs, exports, a client's journal."""
    return {found for line in lines for found in _ID.findall(line)}
