"""Which requests a process works on when more come than it can do: those that it can answer soon.

A long queue serves nobody better, and lets everybody wait. So the time that requests take is measured. When even the
quickest of a moment took longer than the target, no more are worked on at once than the process finished within that
time, measured too (Little's law); when it is quick again, the bound rises step by step. A few are always worked on,
however slow the database is.

Whoever finds no place is held for a moment, which costs nothing: the connection asks for nothing else meanwhile. The
last to come is the first to get a place, since it is the likeliest to be waited for still; whoever got none in time is
refused. So those that are served are served soon, however many there are. Refusals cost time as well: where they are
many for what is answered, they come later.

No account's flood takes the places of others: one that has few requests under way goes beyond the bound.
Source: RFC 8289 (CoDel) for the smallest delay of an interval as the measure.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from math import inf
from time import monotonic
from typing import Final, Protocol

from brim.http.message import Reply

TARGET_S: Final = 0.2
"""What the quickest request may take: several times what a busy process needs, little of a client's patience."""

INTERVAL_S: Final = 0.1
ALWAYS: Final = 128
"""Worked on at once in any case: as many as the connections of a few client libraries."""

MOST: Final = 1_000
"""Worked on at once where nothing was measured yet: what comes first of a flood takes no more memory than that."""

HELD_S: Final = 0.75
"""For which a request may get a place: with the target, less than a second. Then it is refused."""

HELD_LONGEST_S: Final = 5.0
"""Where refusals at once would take too much of the time that answers need."""

REFUSALS_AN_ANSWER: Final = 0.5
"""A refusal costs about a fifth of a create, so that these take less than a tenth of a process's time."""

REFUSALS_A_SECOND: Final = 200
"""In any case, even where nothing is answered."""

_MOST_SAVED: Final = 200.0
_LOOK_EVERY_S: Final = 0.01
HELD_BYTES: Final = 16 * 1024 * 1024
"""Of the bodies of all that are held."""

_RISE: Final = 1.1
_SHARED: Final = 0.5
"""Part of the bound that is shared among accounts: whoever has less than a share goes beyond the bound."""


class Guest(Protocol):
    """A connection whose request is held."""

    @property
    def is_gone(self) -> bool:
        """Whether nobody waits there any more."""
        ...

    def take_place(self, ticket: "Ticket") -> None:
        """Have the request worked on."""
        ...

    def refuse(self, reply: Reply) -> None:
        """Answer the request with a refusal."""
        ...


class Ticket:
    """A request that is worked on; `leave` when its reply is there."""

    __slots__ = ("_admission", "is_beyond", "owner", "since_s")

    def __init__(self, admission: "Admission", owner: Hashable, since_s: float, *, is_beyond: bool) -> None:
        self._admission = admission
        self.owner = owner
        self.since_s = since_s
        self.is_beyond = is_beyond

    def leave(self) -> None:
        """Give the place back; once only."""
        self._admission.leave(self)


class Held:
    """A request that waits for a place."""

    __slots__ = ("guest", "owner", "refusal", "size", "until_s")

    def __init__(self, guest: Guest, owner: Hashable, refusal: Reply, size: int, until_s: float) -> None:
        self.guest = guest
        self.owner = owner
        self.refusal = refusal
        self.size = size
        self.until_s = until_s


class Admission:
    """Requests of one kind in one process.

    Args:
        clock: seconds on a clock that is never set.

    Attributes:
        refused: how many were refused so far.
        under_way: how many are worked on.
        limit: how many may be before others wait.
        delay_s: what the quickest request of the last interval took.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.refused = 0
        self.under_way = 0
        self.limit: float = MOST
        self.delay_s = 0.0
        self._beyond = 0  # of those under way, who came in when the bound was reached
        self._of_owner: dict[Hashable, int] = {}
        self._held: deque[Held] = deque()
        self._held_bytes = 0
        self._began_s = self._left_s = clock()  # the latter: when one was answered last, or came to find nobody
        self._answered = 0
        self._quickest_s = inf
        self._may_refuse = _MOST_SAVED
        self._saved_s = self._began_s  # since when what may be refused is counted

    @property
    def held(self) -> int:
        """How many wait for a place."""
        return len(self._held)

    def enter(self, owner: Hashable) -> Ticket | None:
        """Return the ticket of a request that may be worked on now; None where there is no place.

        Args:
            owner: whose it is, as far as that is known before it is looked at.
        """
        now_s = self._clock()
        self._judge(now_s)
        is_beyond = self.under_way >= self.limit
        if is_beyond and not self._has_share(owner):
            return None
        return self._seat(owner, now_s, is_beyond=is_beyond)

    def hold(self, guest: Guest, owner: Hashable, refusal: Reply, size: int) -> Held | None:
        """Let a request wait for a place, and its guest be told; None where there is no room, and it is refused."""
        if self._held_bytes + size > HELD_BYTES:
            self.refused += 1
            return None
        if not self._held:
            asyncio.get_running_loop().call_later(HELD_S, self._refuse_late)
        held = Held(guest, owner, refusal, size, self._clock() + HELD_S)
        self._held.append(held)
        self._held_bytes += size
        return held

    def refuse(self) -> None:
        """Count a request that is refused at once."""
        self.refused += 1

    def leave(self, ticket: Ticket) -> None:
        """Count a request that was answered, and give its place to the last one that came."""
        now_s = self._clock()
        rest = self._of_owner[ticket.owner] - 1
        if rest:
            self._of_owner[ticket.owner] = rest
        else:
            del self._of_owner[ticket.owner]
        self.under_way -= 1
        self._beyond -= ticket.is_beyond
        self._answered += 1
        self._may_refuse = min(self._may_refuse + REFUSALS_AN_ANSWER, _MOST_SAVED)
        self._left_s = now_s
        self._quickest_s = min(self._quickest_s, now_s - ticket.since_s)
        self._judge(now_s)
        while self._held and self.under_way < self.limit and self._held[-1].until_s > now_s:
            held = self._held.pop()
            self._held_bytes -= held.size
            if not held.guest.is_gone:
                held.guest.take_place(self._seat(held.owner, now_s, is_beyond=False))

    def measure(self) -> float:
        """Return what the quickest request of the last interval took."""
        self._judge(self._clock())
        return self.delay_s

    def _seat(self, owner: Hashable, now_s: float, *, is_beyond: bool) -> Ticket:
        if not self.under_way:
            self._left_s = now_s
        self._of_owner[owner] = self._of_owner.get(owner, 0) + 1
        self.under_way += 1
        self._beyond += is_beyond
        return Ticket(self, owner, now_s, is_beyond=is_beyond)

    def _has_share(self, owner: Hashable) -> bool:
        """Tell whether an owner has so few requests under way that one more may go beyond the bound."""
        mine = self._of_owner.get(owner, 0)
        share = _SHARED * self.limit / (len(self._of_owner) + (not mine))
        return mine < share and self._beyond < self.limit

    def _judge(self, now_s: float) -> None:
        """Set the bound by what was measured, when an interval is over."""
        elapsed_s = now_s - self._began_s
        if elapsed_s < INTERVAL_S:
            return
        if self._answered:
            self.delay_s = self._quickest_s
        else:
            self.delay_s = now_s - self._left_s if self.under_way else 0.0
        if self.delay_s <= TARGET_S:
            self.limit = min(self.limit * _RISE, MOST)
        elif self.under_way > ALWAYS:
            self.limit = min(max(self._answered / elapsed_s * TARGET_S, ALWAYS), MOST)
        self._began_s = now_s
        self._answered = 0
        self._quickest_s = inf

    def _refuse_late(self) -> None:
        """Refuse those that have been held for long enough, as many as may be; come again for the others."""
        now_s = self._clock()
        self._may_refuse = max(0.0, self._may_refuse + REFUSALS_A_SECOND * min(now_s - self._saved_s, 1.0))
        self._saved_s = now_s
        while self._held and self._held[0].until_s <= now_s:
            is_busy = 2 * self.under_way > self.limit
            if is_busy and self._may_refuse < 1 and now_s < self._held[0].until_s + HELD_LONGEST_S - HELD_S:
                break
            late = self._held.popleft()
            self._held_bytes -= late.size
            if not late.guest.is_gone:
                self.refused += 1
                self._may_refuse -= is_busy
                late.guest.refuse(late.refusal)
        if self._held:
            asyncio.get_running_loop().call_later(max(self._held[0].until_s - now_s, _LOOK_EVERY_S), self._refuse_late)
