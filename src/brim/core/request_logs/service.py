"""Keep requests for looking at, list them, and forget them: beside the requests, never in their way."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import structlog

from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import first_id_at
from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core import legal_holds
from brim.core.request_logs import store as request_logs
from brim.core.request_logs.rules import COUNTED_S, KEPT_S, MAX_KEPT, PREFIX, RequestFilters, RequestRecord
from brim.platform.database import Conn, Database, halved
from brim.platform.lookups import check_cursors

WRITE_EVERY_S: Final = 0.1
BURST: Final = 1_000
KEPT_A_SECOND: Final = 200
"""How many requests one process keeps: so many at once, so many a second in the long run. To keep one takes about a
tenth of a millisecond of processor time, so that this is some two hundredths of a core; nobody reads faster."""

_BATCH: Final = 50
"""Requests made into records at a time: other requests wait no longer than for these."""

_OWNERS_A_STEP: Final = 100

Seen = TypeVar("Seen")

log = structlog.get_logger()


class RequestRecorder(Generic[Seen]):
    """Collects what one process answered, and writes it many at a time; what is too much is dropped and counted.

    Make it inside the running event loop.

    Args:
        database: where it is kept.
        make: returns the record of what was seen; called when it is written, so that what is dropped costs nothing.
        drop: told how many were dropped; of those that found no room, once for all of a moment.
    """

    def __init__(
        self, database: Database, make: Callable[[Seen], RequestRecord], *, drop: Callable[[int], None]
    ) -> None:
        self._database = database
        self._make = make
        self._drop = drop
        self._waiting: list[Seen] = []
        self._loop = asyncio.get_running_loop()
        self._room: float = BURST
        self._without_room = 0
        self._filled_at = self._loop.time()
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    def note(self, seen: Seen) -> None:
        """Keep what was seen, soon after this call."""
        if self._task is None:
            self._make_room()
            self._task = self._loop.create_task(self._write_soon())
        if self._room < 1:
            self._without_room += 1
            return
        self._room -= 1
        self._waiting.append(seen)

    async def flush(self) -> None:
        """Write what is waiting now, and return when all that was seen until now is written or dropped."""
        if self._without_room:
            self._drop(self._without_room)
            self._without_room = 0
        async with self._writing:
            while self._waiting:
                batch = self._waiting[:_BATCH]
                del self._waiting[:_BATCH]
                await self._write(batch)

    async def _write(self, seen: list[Seen]) -> None:
        records = [record for each in seen if (record := self._made(each)) is not None]
        try:
            async with self._database.connection() as conn:
                await self._insert(conn, records)
        except DatabaseUnavailableError:  # the requests themselves say so; nobody waits for this
            self._drop(len(records))

    def _made(self, seen: Seen) -> RequestRecord | None:
        """Return the record of what was seen; one that cannot be made costs no other its own."""
        try:
            return self._make(seen)
        except Exception:
            log.exception("request could not be logged")
            self._drop(1)
            return None

    async def _insert(self, conn: Conn, records: Sequence[RequestRecord]) -> None:
        """Keep records; one of them that breaks the statement is dropped alone.

        Raises:
            DatabaseUnavailableError: the database cannot answer now.
        """

        async def insert(part: Sequence[RequestRecord]) -> Sequence[None]:
            await request_logs.insert_request_logs(conn, part)
            return []

        async def drop(record: RequestRecord, error: Exception) -> Sequence[None]:
            log.error("request could not be logged", request_id=record.request_id, error=type(error).__name__)
            self._drop(1)
            return []

        if records:
            await halved(insert, records, alone=drop)

    def _make_room(self) -> None:
        now = self._loop.time()
        self._room = min(BURST, self._room + (now - self._filled_at) * KEPT_A_SECOND)
        self._filled_at = now

    async def _write_soon(self) -> None:
        await asyncio.sleep(WRITE_EVERY_S)
        self._task = None
        await self.flush()


async def list_request_logs(
    database: Database, scope: AccountScope, filters: RequestFilters, request: PageRequest
) -> Page[RequestRecord]:
    """Return a page of an account's requests.

    Raises:
        ResourceMissingError: a cursor names no request of the account.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, scope, request, kind="request log", exists=request_logs.request_log_exists)
    async with database.connection() as conn:
        return await request_logs.list_request_logs(conn, scope, filters, request)


class RequestPruning:
    """One worker's forgetting of requests: a hundred accounts a step, round and round."""

    def __init__(self, database: Database, *, kept_s: int = KEPT_S) -> None:
        self._database = database
        self._kept_s = kept_s
        self._after: AccountScope | None = None

    async def run_once(self, *, now_ms: int, limit: int, most: int = MAX_KEPT) -> int:
        """Forget up to `limit` requests of each of the next accounts, but of held ones; return how many went.

        What was counted of hours long past goes, too.
        """
        before_id = first_id_at(PREFIX, now_ms // 1000 - self._kept_s)

        async def work(conn: Conn) -> tuple[int, AccountScope | None]:
            await request_logs.forget_request_counts(conn, before=now_ms // 1000 - COUNTED_S, limit=limit)
            await legal_holds.keep_holds_out(conn)
            owners = await request_logs.owners_of_request_logs(conn, after=self._after, limit=_OWNERS_A_STEP)
            gone = [
                await request_logs.delete_request_logs(conn, scope, before_id=before_id, most=most, limit=limit)
                for scope, is_held in owners
                if not is_held
            ]
            return sum(gone), owners[-1][0] if len(owners) == _OWNERS_A_STEP else None

        count, self._after = await self._database.transact(work)
        return count
