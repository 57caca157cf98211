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
from brim.http.intake import source_of

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
        if rate and not self._buckets[writes].take(key.hash, scope, every_s=1.0 / rate, holds_s=1.0, now_s=now_s):
            raise RateLimitedError

    def take_of_key(self, key: ApiKey, *, writes: bool, now_s: float) -> None:
        """Take a token from the key's bucket alone, before it is looked up whom it may act for.

        Raises:
            RateLimitedError: it is empty.
        """
        self._take_one(key.hash, livemode=key.livemode, writes=writes, now_s=now_s)

    def take_of_account(self, scope: AccountScope, *, writes: bool, now_s: float) -> None:
        """Take a token from the account's bucket, after one from the key's.

        Raises:
            RateLimitedError: it is empty.
        """
        self._take_one(scope, livemode=scope.livemode, writes=writes, now_s=now_s)

    def _take_one(self, name: object, *, livemode: bool, writes: bool, now_s: float) -> None:
        rate = self._rates[livemode]
        if rate and not self._buckets[writes].take(name, every_s=1.0 / rate, holds_s=1.0, now_s=now_s):
            raise RateLimitedError


class AddressLimiter:
    """The buckets of clients that have no key, by address; an IPv6 client counts as its network.

    Args:
        most: tokens of each bucket.
        within_s: seconds in which an empty one is full again.
    """

    def __init__(self, most: int, within_s: float) -> None:
        self._every_s = within_s / most
        self._holds_s = within_s
        self._buckets = _Buckets()

    def take(self, address: str | None, *, now_s: float) -> bool:
        """Take a token from a client's bucket; False where it is empty. Who comes by no network has no limit."""
        if address is None:
            return True
        return self._buckets.take(source_of(address), every_s=self._every_s, holds_s=self._holds_s, now_s=now_s)


class _Buckets:
    """Buckets by name, each with the second at which it is full again; one that is full is not here."""

    def __init__(self) -> None:
        self._full_at: dict[object, float] = {}

    def take(self, *names: object, every_s: float, holds_s: float, now_s: float) -> bool:
        """Take a token from each bucket; False where one is empty, and then from none.

        Args:
            names: of the buckets.
            every_s: after how many seconds there is another token.
            holds_s: how many seconds' worth a bucket holds.
            now_s: seconds on a clock that is never set.
        """
        full_at = [max(self._full_at.get(name, 0.0), now_s) for name in names]
        if max(full_at) > now_s + holds_s - every_s + _ROUNDING_S:
            return False
        if len(self._full_at) >= MAX_BUCKETS:
            self._forget(now_s)
        for name, second in zip(names, full_at, strict=True):
            self._full_at[name] = second + every_s
        return True

    def _forget(self, now_s: float) -> None:
        """Forget all that are full again; where that is less than half, those that were made first as well."""
        kept = {name: full_at for name, full_at in self._full_at.items() if full_at > now_s}
        surplus = len(kept) - MAX_BUCKETS // 2
        for name in list(kept)[: max(surplus, 0)]:
            del kept[name]
        self._full_at = kept
