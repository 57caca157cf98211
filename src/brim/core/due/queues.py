"""What a queue of due work is to a clock that moves through it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

from brim.base.scope import AccountScope
from brim.core.time import OwnerTime
from brim.platform.database import Conn

AfterCommit: TypeAlias = Callable[[], None]


class DueItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is due at `due_ms` (Unix milliseconds of its account's time); `key` orders equal moments.

    `work` is what its queue has to do, and nobody else's to read.
    """

    queue: "DueQueue"
    due_ms: int
    key: str
    work: Any


class DueQueue(Protocol):
    """Work of one kind that is due later: its rows, and what is to be done with them."""

    async def adopt(self, conn: Conn, scope: AccountScope, clock_id: str) -> None:
        """Let a test clock keep the time of what waits in real time for an account."""
        ...

    async def release(self, conn: Conn, scope: AccountScope) -> None:
        """Give what waits in the time of an account's clock back to real time; its dates stay."""
        ...

    async def claim_by_clock(self, conn: Conn, scope: AccountScope, *, until_ms: int, limit: int) -> Sequence[DueItem]:
        """Return what an account's clock makes due by then, in order, held until the transaction ends."""
        ...

    def brings_ms(self, item: DueItem, *, now_ms: int) -> int | None:
        """Return when the first thing is due that doing an item at this moment brings about; None for nothing."""
        ...

    async def work_off(self, conn: Conn, items: Sequence[tuple[DueItem, OwnerTime]]) -> AfterCommit:
        """Do items of this queue that are held, each at its moment; one that cannot be done is noted and put off.

        Returns what is to be called once the transaction has committed.
        """
        ...


def in_order(claimed: Iterable[Sequence[DueItem]], *, limit: int, from_ms: int) -> Iterator[tuple[DueItem, int]]:
    """Yield what several queues have claimed with its moments, up to where something else would come first.

    That is where the step itself brings something about that is due earlier, or where a queue that was cut off at
    `limit` may hold more.

    Args:
        claimed: what each queue has, in its order.
        limit: how many each was asked for.
        from_ms: the clock's time; what was due before happens then.
    """
    sequences = list(claimed)
    end = min((_order(items[-1]) for items in sequences if len(items) >= limit), default=None)
    first_brought_ms: int | None = None
    merged = sorted((item for items in sequences for item in items), key=_order)
    for item in merged[:limit]:
        now_ms = max(item.due_ms, from_ms)
        if first_brought_ms is not None and now_ms >= first_brought_ms:
            return
        if end is not None and _order(item) > end:
            return
        brought_ms = item.queue.brings_ms(item, now_ms=now_ms)
        if brought_ms is not None:
            first_brought_ms = brought_ms if first_brought_ms is None else min(first_brought_ms, brought_ms)
        yield item, now_ms


def _order(item: DueItem) -> tuple[int, str]:
    return item.due_ms, item.key
