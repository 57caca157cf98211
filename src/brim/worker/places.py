"""The places of one worker for deliveries under way, and how many of them who may take.

Endpoints are of three classes, and each class has places that no other can take: whatever those do that fail or never
answer, a new one finds a place, and so do those that are well. An account has a quarter of a class's places at most,
and for endpoints that are well a quarter of all, but no more than 64. A platform, which makes accounts freely, has half
of them with all its accounts, and three quarters of those for endpoints that are well. What somebody waits to see sent
has places beside all of these. No clock, no database.
"""

from collections import Counter
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

_MOST_OF_ACCOUNT: Final = 64
"""Deliveries that all endpoints of one account are sent at a time, where that is no more than its part."""


class Standing(StrEnum):
    """How an endpoint does."""

    WELL = "well"  # it answered well the last time
    NEW = "new"  # it was never tried, or has not answered the first time yet
    FAILING = "failing"
    WANTED_NOW = "wanted now"  # however it does: somebody waits to see what it answers


class Party(NamedTuple):
    """Whose endpoint it is: an account, and its platform, which is itself where it has none."""

    account: str
    platform: str


class _Share(msgspec.Struct, frozen=True):
    """How many places a class, a platform's endpoints of it, and an account's may have at most."""

    all: int
    platform: int
    account: int


def _shares(total: int) -> dict[Standing, _Share]:
    """Return the share of each class: a quarter is for new ones alone, an eighth at least for failing ones."""

    def part(count: int, numerator: int, denominator: int) -> int:
        return max(count * numerator // denominator, 1)

    well, new, failing, wanted = part(total, 5, 8), part(total, 1, 4), part(total, 1, 4), part(total, 1, 8)
    account = min(_MOST_OF_ACCOUNT, part(total, 1, 4))
    return {
        Standing.WELL: _Share(well, part(well, 3, 4), account),
        Standing.NEW: _Share(new, part(new, 1, 2), part(new, 1, 4)),
        Standing.FAILING: _Share(failing, part(failing, 1, 2), part(failing, 1, 4)),
        Standing.WANTED_NOW: _Share(wanted, part(wanted, 1, 2), part(wanted, 1, 4)),
    }


class Places:
    """Who has how many of the places.

    Args:
        total: how many there are, without those for what somebody waits for: an eighth more.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._tried = max(total - max(total // 4, 1), 1)  # for those that are well or fail; the rest is for new ones
        self._shares = _shares(total)
        self._taken: Counter[Standing] = Counter()
        self._of_platforms: Counter[tuple[Standing, str]] = Counter()
        self._of_accounts: Counter[tuple[Standing, str]] = Counter()

    @property
    def free(self) -> int:
        """How many of them nobody has."""
        return self._total - self._taken.total() + self._taken[Standing.WANTED_NOW]

    @property
    def most(self) -> int:
        """How many may be taken in all, those for what somebody waits for among them."""
        return self._total + self._shares[Standing.WANTED_NOW].all

    def taken_by(self, standing: Standing, account: str) -> int:
        """Return how many places of a class an account has."""
        return self._of_accounts[standing, account]

    def room(self, standing: Standing, party: Party) -> int:
        """Return how many more places an account's endpoints of a class may take."""
        share = self._shares[standing]
        rooms = [
            share.all - self._taken[standing],
            share.platform - self._of_platforms[standing, party.platform],
            share.account - self._of_accounts[standing, party.account],
        ]
        if standing is not Standing.WANTED_NOW:
            rooms.append(self.free if standing is Standing.NEW else min(self.free, self._room_of_tried()))
        return max(min(rooms), 0)

    def take(self, standing: Standing, party: Party, count: int = 1) -> None:
        """Take so many places, or with a negative number give them back."""
        self._taken[standing] += count
        for counter, key in (
            (self._of_platforms, (standing, party.platform)),
            (self._of_accounts, (standing, party.account)),
        ):
            counter[key] += count
            if not counter[key]:
                del counter[key]

    def _room_of_tried(self) -> int:
        return self._tried - self._taken[Standing.WELL] - self._taken[Standing.FAILING]
