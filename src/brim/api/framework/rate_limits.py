"""How many requests a second one key may make, and for one account: token buckets in this process's memory.

A bucket is one number: the moment at which it will be full again. That makes a check two look-ups and a comparison, and
a bucket that is full needs no memory at all. Source: Stripe's documentation of rate limits, and the generic cell rate
algorithm (ITU-T I.371), which is a token bucket kept in this form.
"""

from typing import Final

import msgspec

from brim.api.framework.errors import RateLimitedError
from brim.base.scope import AccountScope
from brim.core.access import ApiKey

MAX_BUCKETS: Final = 10_000
"""Of one kind in memory. Beyond it those that are full again are forgotten, then those that were made first."""

_ROUNDING_S: Final = 1e-6
"""So that the sum of a bucket's tokens is not lost in the last digit of a number."""


class RateLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Requests a second of one account, and of one key, in each mode; 0 for no limit. Reads and writes count apart."""

    live: int = 0
    test: int = 0


class RateLimiter:
    """The buckets of one process.

    Args:
        limits: what they hold; each holds a second's worth.
    """

    def __init__(self, limits: RateLimits) -> None:
        self._rates = {True: limits.live, False: limits.test}
        self._buckets: dict[bool, _Buckets] = {False: _Buckets(), True: _Buckets()}  # by whether a request writes

    def take(self, key: ApiKey, scope: AccountScope, *, writes: bool, now_s: float) -> None:
        """Take a token from the key's bucket and from the account's.

        Args:
            key: who asks.
            scope: the account that is asked for, and its mode.
            writes: whether the request may change something.
            now_s: seconds on a clock that is never set.

        Raises:
            RateLimitedError: one of the two is empty; then neither is touched.
        """
        rate = self._rates[scope.livemode]
        if rate and not self._buckets[writes].take((key.hash, scope), rate=rate, now_s=now_s):
            raise RateLimitedError


class _Buckets:
    """Buckets by name, each with the second at which it is full again; one that is full is not here."""

    def __init__(self) -> None:
        self._full_at: dict[object, float] = {}

    def take(self, names: tuple[object, object], *, rate: int, now_s: float) -> bool:
        """Take a token from each of two buckets; False where one is empty."""
        first, second = (max(self._full_at.get(name, 0.0), now_s) for name in names)
        latest = now_s + 1.0 - 1.0 / rate + _ROUNDING_S
        if first > latest or second > latest:
            return False
        if len(self._full_at) >= MAX_BUCKETS:
            self._forget(now_s)
        self._full_at[names[0]] = first + 1.0 / rate
        self._full_at[names[1]] = second + 1.0 / rate
        return True

    def _forget(self, now_s: float) -> None:
        """Forget all that are full again; where that is less than half, those that were made first as well."""
        kept = {name: full_at for name, full_at in self._full_at.items() if full_at > now_s}
        surplus = len(kept) - MAX_BUCKETS // 2
        for name in list(kept)[: max(surplus, 0)]:
            del kept[name]
        self._full_at = kept
