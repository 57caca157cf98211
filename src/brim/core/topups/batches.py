"""The batches that requests share: creations by lane, what creates look up, retrieves by id, and pages of lists.

Creates that arrive while a write is under way wait together and become one statement in one transaction; nobody
is answered before that commit is durable. Retrieves share a query in the same way, and so do lists and what creates
look up of bank accounts.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

from brim.base.batch import Batcher
from brim.base.clock import Clock
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.base.paging import Page
from brim.base.scope import AccountScope
from brim.core import idempotency
from brim.core.funding import FundingSource, fetch_funding_sources_of
from brim.core.idempotency import KeptReply, RequestContext
from brim.core.originators import (
    CapError,
    CollectionTerms,
    Debit,
    MandateUnusableError,
    OneOff,
    add_exposures,
    find_collection_terms,
    take_one_offs,
)
from brim.core.topups import list_store as lists
from brim.core.topups import retry_store
from brim.core.topups import store as topups
from brim.core.topups.list_store import TopupListQuery
from brim.core.topups.retry_rules import RetriedAlreadyError, RetryRefusedError, refused_as_dishonored
from brim.core.topups.rules import DuplicateTopupError, Topup
from brim.core.topups.store import NewTopup, Refusal
from brim.platform import lanes
from brim.platform.database import Conn, Database, halved, retried
from brim.platform.telemetry.tracing import traced

Created: TypeAlias = KeptReply | Refusal | None
"""What became of a create: None when it was written, the kept answer when its key had one already, or that the
configuration it was made under has changed."""

Item = TypeVar("Item")
Result = TypeVar("Result")
ObserveBatch: TypeAlias = Callable[[str, int], None]
RecordCreate: TypeAlias = Callable[[Conn], Awaitable[None]]
"""Writes who made a top-up, in the transaction that makes it."""

_OF_ONE: Final = (CapError, DuplicateTopupError, MandateUnusableError, RetriedAlreadyError, RetryRefusedError)
"""What is wrong with one top-up of a batch."""

# So small that the requests of a busy moment fall into several batches: PostgreSQL works on one while the replies of
# the one before are written. With 64 clients in one batch, each waits for the other (docs/performance.md).
MAX_BATCH: Final = 32
# A last resort, for what pages ask: the API takes no more requests than it answers soon (`http/admission.py`).
MAX_WAITING: Final = 20_000


class Batches:
    """One process's shared batches. Make it inside the running event loop.

    Each kind has one batch under way at a time, on a connection of its own: two would halve the batches and double
    what each costs. `announce` is called whenever there are new events.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        observe: ObserveBatch = lambda _kind, _size: None,
        *,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._observe = observe
        self._announce = announce
        self._creations: dict[int, Batcher[NewTopup, Created]] = {
            lane: self._batcher("create", self._create) for lane in lanes.LANES
        }
        self._sources = self._batcher("funding", fetch_funding_sources_of)
        self._collections = self._batcher("collection", self._find_collections)
        self._retrievals = self._batcher("retrieve", topups.fetch_topups)
        self._lists = self._batcher("list", lists.list_topups_many)

    @property
    def waiting(self) -> int:
        """Items that queue for a batch."""
        reads = self._sources.waiting + self._collections.waiting + self._retrievals.waiting + self._lists.waiting
        return reads + sum(lane.waiting for lane in self._creations.values())

    async def find_kept(self, context: RequestContext) -> KeptReply | None:
        """Return the answer that a request's key has already, if it has a key and the key an answer."""
        if context.claim is None:
            return None
        async with self._database.connection() as conn:
            return await idempotency.find_kept(conn, context)

    async def create(self, new: NewTopup) -> Created:
        """Write a top-up, durably, together with those that arrive meanwhile.

        Raises:
            OverloadedError: too many creates wait already.
            DatabaseUnavailableError: nothing is known of the write; a retry under the same key finds out.
        """
        return await traced("commit", self._creations[lanes.lane_of(new.topup.scope.account)].submit(new))

    async def create_alone(self, new: NewTopup, record: RecordCreate) -> Created:
        """Write a top-up durably, in a transaction of its own that holds what `record` writes too.

        Raises:
            DayCapError, SourceCapError: too much is asked for.
            DuplicateTopupError: it looks like a duplicate of another top-up.
            RetriedAlreadyError: it retries what another top-up has begun to retry meanwhile.
            RetryRefusedError: a return of what it retries was dishonored meanwhile.
            DatabaseUnavailableError: nothing is known of the write; a retry under the same key finds out.
        """

        async def work(conn: Conn) -> Created | BaseException:
            lost = await self._insert(conn, [new])
            if not lost:
                await record(conn)
            (outcome,) = await _outcomes(conn, [new], lost)
            return outcome

        created = await self._database.transact(work)
        self._announce()
        if isinstance(created, BaseException):
            raise created
        return created

    async def find_source(self, scope: AccountScope, funding_id: str) -> FundingSource | None:
        """Return an account's bank account on file, a detached one too, by a query shared as `retrieve`'s is."""
        return await self._sources.submit((scope, funding_id))

    async def find_collection(self, scope: AccountScope, funding_source: str, param: str, rail: str) -> CollectionTerms:
        """Return by whom a live debit of a bank account, named in a parameter, is collected; the query is shared, too.

        Raises:
            LiveModeNotReadyError, RailStoppedError, NotAuthorizedError, ReturnRateError: it is not.
        """
        return await self._collections.submit(Debit(scope=scope, funding_source=funding_source, param=param, rail=rail))

    async def _find_collections(self, conn: Conn, debits: Sequence[Debit]) -> Sequence[CollectionTerms | BrimError]:
        return await find_collection_terms(conn, debits, now_ms=self._clock())

    async def retrieve(self, scope: AccountScope, topup_id: str) -> Topup | None:
        """Return a top-up as it is now, or None, by a query shared with those that ask meanwhile."""
        return await self._retrievals.submit((scope, topup_id))

    async def list_page(self, query: TopupListQuery) -> Page[Topup]:
        """Return a page of top-ups, by a query shared with those that list meanwhile."""
        return await self._lists.submit(query)

    def _batcher(
        self,
        kind: str,
        work: Callable[[Conn, Sequence[Item]], Awaitable[Sequence[Result | BaseException]]],
    ) -> Batcher[Item, Result]:
        """Return a batcher that does its work on a connection of its own."""
        held = self._database.hold()

        async def run(items: Sequence[Item]) -> Sequence[Result | BaseException]:
            async with held.connection() as conn:
                return await work(conn, items)

        return Batcher(
            run,
            max_batch=MAX_BATCH,
            max_waiting=MAX_WAITING,
            on_batch=lambda size: self._observe(kind, size),
        )

    async def _create(self, conn: Conn, batch: Sequence[NewTopup]) -> Sequence[Created | BaseException]:
        """Write a batch; a row whose data breaks it fails alone."""

        async def write(part: Sequence[NewTopup]) -> Sequence[Created | BaseException]:
            return await self._create_together(conn, part)

        async def fail(_new: NewTopup, error: Exception) -> Sequence[Created | BaseException]:
            return [error]

        return await halved(write, batch, alone=fail, caused_by=_OF_ONE)

    async def _insert(self, conn: Conn, batch: Sequence[NewTopup]) -> dict[str, Refusal]:
        """Write a batch; what is capped is counted in the same transaction, so that a cap undoes it all.

        Raises:
            DayCapError, SourceCapError: too much is asked for; alone in a batch, that is the top-up's answer.
            MandateUnusableError: another one has the one collection of a mandate, perhaps of the same batch.
            DuplicateTopupError: one looks like a duplicate of another top-up, perhaps of the same batch.
            RetriedAlreadyError: one retries what another top-up has begun to retry meanwhile.
            RetryRefusedError: a return of what one retries was dishonored meanwhile.
        """
        if not any(new.exposures for new in batch):
            return await topups.insert_topups(conn, batch, now_ms=self._clock())
        retried_ones = {(new.topup.scope, new.retry.retry_of) for new in batch if new.retry}
        async with conn.transaction():
            for scope, topup in sorted(retried_ones):  # nobody dishonors a return of theirs meanwhile
                await topups.lock_topup(conn, scope, topup)
            lost = await topups.insert_topups(conn, batch, now_ms=self._clock())
            await add_exposures(
                conn, [exposure for new in batch if new.event.id not in lost for exposure in new.exposures]
            )
            await take_one_offs(
                conn,
                [each for new in batch if new.event.id not in lost for each in _one_off(new)],
                param="source",
            )
            await _write_retries(conn, [new for new in batch if new.retry and new.event.id not in lost])
            await _check_twins(conn, [new for new in batch if new.twin_window_minutes and new.event.id not in lost])
        return lost

    async def _create_together(self, conn: Conn, batch: Sequence[NewTopup]) -> Sequence[Created | BaseException]:
        """Write a batch in one transaction, then read the answers of those whose key had one."""
        lost = await retried(lambda: self._insert(conn, batch))
        self._announce()
        return await _outcomes(conn, batch, lost)


def _one_off(new: NewTopup) -> list[OneOff]:
    """Return the one-off mandate whose collection a top-up is, if it is."""
    return [] if new.one_off is None else [(new.topup.scope, new.one_off, new.topup.id)]


async def _write_retries(conn: Conn, batch: Sequence[NewTopup]) -> None:
    """Write what top-ups retry that are written; what they retry is held.

    Raises:
        RetriedAlreadyError: another one retries the same; the caller's transaction must not commit.
        RetryRefusedError: a return of what one retries was dishonored; nor must it then.
    """
    retries = [(new.topup.scope, new.topup.id, new.retry, new.topup.created * 1000) for new in batch if new.retry]
    if not retries:
        return
    dishonored = await retry_store.find_dishonored(conn, {(scope, retry.retry_of) for scope, _, retry, _ in retries})
    written = await retry_store.insert_retries(conn, retries)
    for _, topup, retry, _ in retries:
        if topup not in written:
            raise RetriedAlreadyError(retry.retry_of, None)
        if retry.retry_of in dishonored:
            raise refused_as_dishonored(retry.retry_of, dishonored[retry.retry_of])


async def _check_twins(conn: Conn, batch: Sequence[NewTopup]) -> None:
    """Let top-ups pass that look like no other one; they are written, and what counts their debits is held.

    Raises:
        DuplicateTopupError: one looks like another; the caller's transaction must not commit.
    """
    twins = await topups.find_twins(conn, batch) if batch else {}
    for new in batch:
        if new.topup.id in twins:
            raise DuplicateTopupError(twins[new.topup.id], window_minutes=new.twin_window_minutes)


async def _outcomes(
    conn: Conn, batch: Sequence[NewTopup], lost: Mapping[str, Refusal]
) -> Sequence[Created | BaseException]:
    """Return what became of each of a batch, with the answers of those whose key had one."""
    if not lost:
        return [None] * len(batch)
    taken = [new for new in batch if lost.get(new.event.id) is Refusal.KEY_TAKEN]
    keys = [(new.topup.scope, new.claim.key) for new in taken if new.claim]
    kept = await idempotency.fetch_replies(conn, keys) if keys else []
    # A key that lost and is gone was pruned in between, a day old: its request is new again, so try again.
    answers = {new.event.id: reply or DatabaseUnavailableError() for new, reply in zip(taken, kept, strict=True)}
    return [answers.get(new.event.id) or lost.get(new.event.id) for new in batch]
