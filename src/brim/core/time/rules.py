"""An account's time: real, or that of a test clock in which an account's test mode lives.

Source of the object: Stripe API reference, Test Clocks.
"""

from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.ids import FrozenIds, IdFactory, Ids
from brim.base.scope import AccountScope

KEPT_S: Final = 30 * 24 * 60 * 60
"""A clock goes by itself after this many real seconds. Source: Stripe, `deletes_after` of a test clock."""

EARLIEST_TIME: Final = 946_684_800
"""2000-01-01; the calendars of banks are known from about then."""

LATEST_TIME: Final = 4_102_444_799
"""The last second of 2099; the calendars of banks are computed up to about then."""

MAX_NAME: Final = 300


class TestClock(msgspec.Struct, frozen=True, kw_only=True):
    """The frozen time of an account's test mode.

    `created` and `deletes_after` are real Unix seconds; `frozen_time` and `target_frozen_time` (None unless it is
    advancing) the clock's own; `since_ms` is the real moment, in Unix milliseconds, at which it came to stand there
    or began to move.
    """

    __test__ = False  # no test case, whatever its name says

    scope: AccountScope
    id: str
    name: str | None
    created: int
    deletes_after: int
    frozen_time: int
    since_ms: int
    target_frozen_time: int | None = None

    @property
    def is_advancing(self) -> bool:
        """Whether its time moves now, and nobody but the clock may act in it."""
        return self.target_frozen_time is not None


class OwnerTime(msgspec.Struct, frozen=True):
    """A moment in an account's time: Unix milliseconds, what makes ids in it, and the clock that keeps it, if any."""

    now_ms: int
    ids: Ids
    test_clock: str | None = None

    def new_id(self, prefix: str) -> str:
        """Return an id for something that happens now."""
        return self.ids.new_at(prefix, self.now_ms)


class ClockAdvancingError(BrimError):
    """The test clock is advancing. Retry shortly."""

    def __init__(self) -> None:
        super().__init__(
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it. The test clock of this account is advancing; try again once its status is ready."
        )


class ClockExistsError(BrimError):
    """The account already has a test clock."""

    def __init__(self, clock_id: str) -> None:
        super().__init__(
            f"This account has a test clock already: {clock_id}. Its whole test mode follows that clock, so "
            f"delete it before you create another one."
        )


class FrozenTimeError(BrimError):
    """The test clock can't be set or advanced to this time."""


def check_frozen_time(frozen_time: int) -> None:
    """Let a time pass at which a clock can stand.

    Raises:
        FrozenTimeError: bank calendars do not reach there.
    """
    if not EARLIEST_TIME <= frozen_time <= LATEST_TIME:
        raise FrozenTimeError(
            f"A test clock's frozen_time must be between {EARLIEST_TIME} and {LATEST_TIME}, the years 2000 to 2099."
        )


def check_advance(clock: TestClock, frozen_time: int) -> None:
    """Let a time pass to which this clock can go.

    Raises:
        ClockAdvancingError: it is on its way already.
        FrozenTimeError: it lies behind it, or too far ahead.
    """
    if clock.is_advancing:
        raise ClockAdvancingError
    if frozen_time <= clock.frozen_time:
        raise FrozenTimeError(
            f"A test clock can only be advanced: frozen_time must be after its current time, {clock.frozen_time}."
        )
    check_frozen_time(frozen_time)


def moment_of(clock: TestClock | None, *, now_ms: int, ids: IdFactory) -> OwnerTime:
    """Return this very moment in the time of an account with that clock, or with none.

    Raises:
        ClockAdvancingError: there is no such moment while the clock moves.
    """
    if clock is None:
        return OwnerTime(now_ms, ids)
    if clock.is_advancing:
        raise ClockAdvancingError
    return standing_at(clock, now_ms=now_ms, ids=ids)


def standing_at(clock: TestClock, *, now_ms: int, ids: IdFactory) -> OwnerTime:
    """Return the moment at which a clock stands, for somebody who acts at a real one."""
    frozen_ids = FrozenIds(ids, real_ms=now_ms, since_ms=clock.since_ms)
    return OwnerTime(clock.frozen_time * 1000, frozen_ids, clock.id)
