"""The batches that requests share: creations by lane, retrieves by id, and pages of lists.

Creates that arrive while a write is under way wait together and become one statement in one transaction; nobody
is answered before that commit is durable. Retrieves share a query in the same way, and so do lists.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from brim.domain.idempotency import KeptReply
from brim.domain.pages import Page
from brim.domain.topups import Owner, Topup
from brim.kit.batch import Batcher
from brim.kit.clock import Clock
from brim.kit.errors import BrimError, DatabaseUnavailableError
from brim.store import idempotency, lanes, lists, topups
from brim.store.database import CAUSED_BY_A_ROW, RETRYABLE, Database
from brim.store.lists import TopupListQuery
from brim.store.topups import NewTopup

Created: TypeAlias = KeptReply | None
"""What became of a create: None when it was written, the kept answer when its key had one already."""

ObserveBatch: TypeAlias = Callable[[str, int], None]

# 256 rows is where a larger batch stops being faster (docs/performance.md); the queue holds a few seconds' work.
MAX_BATCH: Final = 256
# A page has up to a hundred rows, so fewer pages go together.
MAX_LISTS: Final = 32
MAX_WAITING: Final = 20_000
_ATTEMPTS: Final = 5


class Batches:
    """One process's shared batches. Make it inside the running event loop."""

    def __init__(self, database: Database, clock: Clock, observe: ObserveBatch = lambda _kind, _size: None) -> None:
        self._database = database
        self._clock = clock
        self._observe = observe
        self._creations: dict[int, Batcher[NewTopup, Created]] = {}
        self._retrievals: Batcher[tuple[Owner, str], Topup | None] = Batcher(
            self._fetch,
            max_batch=MAX_BATCH,
            max_waiting=MAX_WAITING,
            concurrency=2,
            on_batch=lambda size: observe("retrieve", size),
        )

        self._lists: Batcher[TopupListQuery, Page[Topup]] = Batcher(
            self._list_pages,
            max_batch=MAX_LISTS,
            max_waiting=MAX_WAITING,
            concurrency=2,
            on_batch=lambda size: observe("list", size),
        )

    @property
    def waiting(self) -> int:
        """Items that queue for a batch."""
        return len(self._retrievals) + len(self._lists) + sum(len(batcher) for batcher in self._creations.values())

    async def create(self, new: NewTopup) -> Created:
        """Write a top-up, durably, together with those that arrive meanwhile.

        Raises:
            OverloadedError: too many creates wait already.
            DatabaseUnavailableError: nothing is known of the write; a retry under the same key finds out.
        """
        lane = lanes.lane_of(new.topup.owner.account)
        batcher = self._creations.get(lane) or self._open_lane(lane)
        return await batcher.submit(new)

    async def retrieve(self, owner: Owner, topup_id: str) -> Topup | None:
        """Return a top-up as it is now, or None, by a query shared with those that ask meanwhile."""
        return await self._retrievals.submit((owner, topup_id))

    async def list_page(self, query: TopupListQuery) -> Page[Topup]:
        """Return a page of top-ups, by a query shared with those that list meanwhile."""
        return await self._lists.submit(query)

    def _open_lane(self, lane: int) -> Batcher[NewTopup, Created]:
        batcher: Batcher[NewTopup, Created] = Batcher(
            self._create,
            max_batch=MAX_BATCH,
            max_waiting=MAX_WAITING,
            on_batch=lambda size: self._observe("create", size),
        )
        self._creations[lane] = batcher
        return batcher

    async def _fetch(self, wanted: Sequence[tuple[Owner, str]]) -> Sequence[Topup | None]:
        async with self._database.connection() as conn:
            return await topups.fetch_topups(conn, wanted)

    async def _list_pages(self, wanted: Sequence[TopupListQuery]) -> Sequence[Page[Topup]]:
        async with self._database.connection() as conn:
            return await lists.list_topups_many(conn, wanted)

    async def _create(self, batch: Sequence[NewTopup]) -> Sequence[Created | BaseException]:
        """Write a batch; when one row's data breaks it, halve it until that row fails alone."""
        try:
            return await self._create_together(batch)
        except (*CAUSED_BY_A_ROW, ValueError) as error:  # ValueError: a text or number the driver cannot encode
            if len(batch) == 1:
                return [error]
            middle = len(batch) // 2
            return [*await self._create(batch[:middle]), *await self._create(batch[middle:])]
        except BrimError as error:
            return [error] * len(batch)

    async def _create_together(self, batch: Sequence[NewTopup]) -> Sequence[Created | BaseException]:
        """Write a batch in one transaction, then read the answers of those whose key had one."""
        lost: frozenset[str] = frozenset()
        async with self._database.connection() as conn:
            for attempt in range(_ATTEMPTS):
                try:
                    lost = await topups.insert_topups(conn, batch, now_ms=self._clock())
                    break
                except RETRYABLE:
                    if attempt == _ATTEMPTS - 1:
                        raise DatabaseUnavailableError from None
            if not lost:
                return [None] * len(batch)
            losers = [(new.topup.owner, new.claim.key) for new in batch if new.event.id in lost and new.claim]
            kept = iter(await idempotency.fetch_replies(conn, losers))
        # A key that lost and is gone was pruned in between, a day old: its request is new again, so try again.
        return [(next(kept) or DatabaseUnavailableError()) if new.event.id in lost else None for new in batch]
