"""Ids that sort in the order they were made, and the random parts of keys and requests.

An object id is a prefix and 24 base62 characters: 8 of time (milliseconds), 4 of a counter, 12 random.
Base62 digits are in ASCII order, so `ORDER BY id COLLATE "C"` is the order of creation and a range of
`created` is a range of ids: no index on `created` is needed. Source of the outer shape: `tu_` and 24
alphanumerics in Stripe's published samples.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from brim.base.clock import Clock, system_clock_ms

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE: Final = len(ALPHABET)
_PAIR_COUNT: Final = _BASE * _BASE
_PAIRS: Final = [a + b for a in ALPHABET for b in ALPHABET]
_POOL_BYTES: Final = 4096
_CHARACTER_OF_BYTE: Final = bytes(ord(ALPHABET[byte % _BASE]) for byte in range(256))
# From the largest multiple of 62 up, random bytes are dropped, so that no character is favoured.
_UNFAIR: Final = bytes(range(256 // _BASE * _BASE, 256))
_COUNTER_LIMIT: Final = _PAIR_COUNT * _PAIR_COUNT
TIME_CHARS: Final = 8
BODY_CHARS: Final = 24


class _RandomPool:
    """Random base62 characters, drawn from the operating system a few kilobytes at a time."""

    __slots__ = ("_characters", "_next", "source")

    def __init__(self) -> None:
        self.source: Callable[[int], bytes] = os.urandom
        self._characters = ""
        self._next = 0

    def take(self, count: int) -> str:
        start, self._next = self._next, self._next + count
        if self._next > len(self._characters):
            drawn = self.source(max(_POOL_BYTES, 2 * count))
            self._characters = drawn.translate(_CHARACTER_OF_BYTE, _UNFAIR).decode("ascii")
            start, self._next = 0, count
        return self._characters[start : self._next]

    def clear(self) -> None:
        self._characters, self._next = "", 0


_pool = _RandomPool()
os.register_at_fork(after_in_child=_pool.clear)


def random_bytes(count: int) -> bytes:
    """Return random bytes from the operating system's source."""
    return _pool.source(count)


def random_base62(length: int) -> str:
    """Return `length` random base62 characters from the operating system's source."""
    return _pool.take(length)


@contextmanager
def randomness_from(source: Callable[[int], bytes]) -> Iterator[None]:
    """Draw this process's random characters and bytes from another source meanwhile: a simulation repeats its own."""
    before, _pool.source = _pool.source, source
    _pool.clear()
    try:
        yield
    finally:
        _pool.source = before
        _pool.clear()


def encode_time(milliseconds: int) -> str:
    """Return the 8 characters that stand for a time, in sorting order.

    Args:
        milliseconds: since the Unix epoch; 0 up to the year 8888.
    """
    high, low = divmod(milliseconds, _COUNTER_LIMIT)
    return _encode_four(high) + _encode_four(low)


def _encode_four(number: int) -> str:
    high, low = divmod(number, _PAIR_COUNT)
    return _PAIRS[high] + _PAIRS[low]


def decode_time(body: str) -> int:
    """Return the milliseconds written in the first 8 characters of an id's body (the part after the prefix)."""
    value = 0
    for char in body[:TIME_CHARS]:
        value = value * _BASE + ALPHABET.index(char)
    return value


def created_of(object_id: str) -> int:
    """Return the Unix second in which an id was made: the `created` of its object."""
    return decode_time(object_id.rpartition("_")[2]) // 1000


def first_id_at(prefix: str, second: int) -> str:
    """Return a text that sorts at or before every id made from that Unix second on, and after all earlier ones."""
    limit = _COUNTER_LIMIT * _COUNTER_LIMIT - 1
    return prefix + encode_time(min(max(second * 1000, 0), limit))


class IdFactory:
    """Makes ids that strictly increase within this process, even when the clock steps back.

    One factory serves all kinds of object, so ids of one request (a top-up and its event) sort alike.
    """

    __slots__ = ("_clock", "_counter", "_milliseconds", "_time_text")

    def __init__(self, clock: Clock = system_clock_ms) -> None:
        self._clock = clock
        self._milliseconds = -1
        self._counter = 0
        self._time_text = ""

    @classmethod
    def after(cls, milliseconds: int, count: int) -> "IdFactory":
        """Return one whose first id follows a moment that `tick` has returned."""
        ids = cls()
        ids._milliseconds, ids._counter, ids._time_text = milliseconds, count, encode_time(milliseconds)
        return ids

    @property
    def newest_second(self) -> int:
        """The Unix second written in the id made last: the `created` of its object."""
        return self._milliseconds // 1000

    def new(self, prefix: str) -> str:
        """Return a new id such as `tu_0VcPmP1k0000x4Yb0sT9aLq2`."""
        return self.new_at(prefix, self._clock())

    def new_at(self, prefix: str, now_ms: int) -> str:
        """Return a new id for an object made at `now_ms`, or a moment later if newer ids exist already."""
        _, counter = self.tick(now_ms)
        return prefix + self._time_text + _encode_four(counter) + _pool.take(12)

    def tick(self, now_ms: int) -> tuple[int, int]:
        """Return a moment and a count within it: `now_ms` and 0, or what follows all that was returned before."""
        if now_ms <= self._milliseconds:
            self._counter += 1
            if self._counter < _COUNTER_LIMIT:
                return self._milliseconds, self._counter
            now_ms = self._milliseconds + 1
        self._milliseconds = now_ms
        self._counter = 0
        self._time_text = encode_time(now_ms)
        return now_ms, 0


class FrozenIds:
    """Makes ids for a time that stands still, or runs at a clock's own pace; their order is that of their making.

    Ids of one second are told apart by the real time since the clock came to stand there, or began to move. The first
    half of a second is the bank's and the second half people's, because whatever was due by a second has happened
    before anybody acts in it.

    Args:
        ids: those of real time, from which the order is taken.
        real_ms: the real time now.
        since_ms: the real time at which the clock came to stand, or began to move.
        by_bank: whether they are for what happens while it moves.
    """

    __slots__ = ("_half", "_ids", "_real_ms", "_second", "_since_ms")

    def __init__(self, ids: IdFactory, *, real_ms: int, since_ms: int, by_bank: bool = False) -> None:
        self._ids = ids
        self._real_ms = real_ms
        self._since_ms = since_ms
        self._half = 0 if by_bank else _HALF_SECOND
        self._second = 0

    @property
    def newest_second(self) -> int:
        """The Unix second written in the id made last: the `created` of its object."""
        return self._second

    def new_at(self, prefix: str, now_ms: int) -> str:
        """Return a new id for an object made in the second of `now_ms`."""
        milliseconds, count = self._ids.tick(self._real_ms)
        elapsed = max(milliseconds - self._since_ms, 0)
        position = self._half + min(elapsed * _PER_MILLISECOND + count, _HALF_SECOND - 1)
        high, low = divmod(position, _PAIR_COUNT)
        fraction_ms, counter = divmod(high, _COUNTER_LIMIT)
        self._second = now_ms // 1000
        return (
            prefix
            + encode_time(self._second * 1000 + fraction_ms)
            + _encode_four(counter)
            + _PAIRS[low]
            + _pool.take(10)
        )


Ids: TypeAlias = IdFactory | FrozenIds
"""What makes ids in an account's time, real or frozen."""

_HALF_SECOND: Final = 500 * _COUNTER_LIMIT * _PAIR_COUNT
_PER_MILLISECOND: Final = 4096
"""Places for each real millisecond: what half a second holds lasts for eighty days, and a clock goes after thirty."""


def new_request_id() -> str:
    """Return a fresh `req_` id: 14 random characters, as many as the vendor's. Source: recorded headers."""
    return "req_" + _pool.take(14)
