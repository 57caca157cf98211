"""Sends events to endpoints, many at a time, so that none of them slows the others.

What is due is found in two ways: whoever numbers events says at once whom they are addressed to, and once in a second
the index of pending deliveries is walked for whatever else is waiting. Of the endpoints that something waits for, each
in turn has a few of its deliveries leased; those with many do not stand before those with few.

An endpoint begins with one delivery at a time, and may have twice as many after each success. After a failure it is
back at one; after several in a row it is left alone for a while and then probed with one. All that have failed or not
answered yet share half of the places, so that the other half is always there for those that are well. Of either, an
account has a quarter at most: whatever its endpoints do, others' find places.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

import msgspec
import structlog

from brim.base.batch import Batcher
from brim.base.errors import DatabaseUnavailableError
from brim.core import webhooks
from brim.core.webhooks import ENDPOINTS_AT_ONCE, Attempt, Courier, Delivery, EndpointKey
from brim.platform.database import Database
from brim.platform.telemetry import metrics

PER_ENDPOINT: Final = 8
"""Deliveries that one endpoint is sent at a time."""

_PER_ACCOUNT: Final = 64
"""Deliveries that all endpoints of one account are sent at a time, where that is no more than its part of all."""

_PART_OF_ACCOUNT: Final = 4
"""One in so many places is the most that one account has."""

_LOOK_EVERY_MS: Final = 1_000
_FAILURES_BORNE: Final = 5
_FIRST_PAUSE_MS: Final = 1_000
_LONGEST_PAUSE_MS: Final = 60_000
_MOST_RECORDED: Final = 128
_KNOWN_ENDPOINTS: Final = 10_000
_RECORD_AGAIN_AFTER_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Less than a lease all together: whatever the database is away for longer is sent again."""

_log = structlog.get_logger()


class Line(msgspec.Struct):
    """How one endpoint does: deliveries in flight, how many it may have, failures in a row, and until when it rests."""

    in_flight: int = 0
    window: int = 1
    failures: int = 0
    rests_until_ms: int = 0

    @property
    def is_well(self) -> bool:
        """Whether it answered well the last time."""
        return self.window > 1

    @property
    def room(self) -> int:
        """How many more it may be sent now."""
        return self.window - self.in_flight

    def succeeded(self) -> None:
        """Widen it; it is well."""
        self.failures = 0
        self.rests_until_ms = 0
        self.window = min(self.window * 2, PER_ENDPOINT)

    def failed(self, now_ms: int) -> None:
        """Narrow it to one at a time, and after several failures in a row let it rest, longer each time."""
        self.failures += 1
        self.window = 1
        beyond = self.failures - _FAILURES_BORNE
        if beyond >= 0:
            self.rests_until_ms = now_ms + min(_FIRST_PAUSE_MS << min(beyond, 16), _LONGEST_PAUSE_MS)


class AccountLoad(NamedTuple):
    """What one account has under way: deliveries in flight, and how many of them go to endpoints that are not well."""

    in_flight: int = 0
    unwell: int = 0


_NO_LOAD: Final = AccountLoad()


class Deliverer:
    """The deliveries of one worker process. Make it inside the running event loop.

    Args:
        database: where deliveries are.
        courier: makes the attempts.
        clock: the time in Unix milliseconds.
        in_flight: how many deliveries may be under way at once.
    """

    def __init__(self, database: Database, courier: Courier, clock: Callable[[], int], *, in_flight: int) -> None:
        self.wake = asyncio.Event()
        """Set when there may be something to do."""

        self._database = database
        self._courier = courier
        self._clock = clock
        self._most_in_flight = in_flight
        self._most_unwell = max(in_flight // 2, 1)
        self._most_per_account = min(_PER_ACCOUNT, max(in_flight // _PART_OF_ACCOUNT, 1))
        self._most_unwell_per_account = max(self._most_unwell // _PART_OF_ACCOUNT, 1)
        self._waiting: dict[EndpointKey, None] = {}  # in the order of their turns
        self._lines: dict[EndpointKey, Line] = {}
        self._accounts: dict[str, AccountLoad] = {}
        self._unwell = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._look_at_ms = 0
        self._looked_up_to: EndpointKey | None = None
        self._records = Batcher(self._record, max_batch=_MOST_RECORDED, max_waiting=in_flight, on_batch=_count_batch)

    def address(self, endpoints: Iterable[EndpointKey]) -> None:
        """Hear that something was just addressed to some endpoints."""
        for key in endpoints:
            self._waiting.setdefault(key)
        if self._waiting:
            self.wake.set()

    async def run_once(self) -> int:
        """Send what is due and there is room for, without waiting for answers; return how much that was.

        Raises:
            DatabaseUnavailableError: it cannot answer now.
        """
        now_ms = self._clock()
        if now_ms >= self._look_at_ms:
            await self._look(now_ms)
        wanted = self._take_turns(now_ms)
        if not wanted:
            return 0
        try:
            claimed = await webhooks.claim(self._database, wanted, now_ms=now_ms, timeout_s=self._courier.timeout_s)
        except BaseException:
            self.address(key for key, _ in wanted)
            raise
        found: dict[EndpointKey, int] = {}
        for each in claimed.deliveries:
            found[each.key] = found.get(each.key, 0) + 1
            self._start(each)
        # Of these there may be more.
        self.address([*claimed.stopped, *(key for key, room in wanted if found.get(key, 0) == room)])
        return len(claimed.deliveries) + len(claimed.stopped)

    async def finish(self, *, within_s: float | None = None) -> None:
        """Wait for what is under way; what takes longer than that is left to its lease, and is sent again."""
        while self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within_s)
            if late and within_s is not None:
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)
                return

    async def _look(self, now_ms: int) -> None:
        """Walk along the index for endpoints that something waits for, a thousand at a time."""
        due = await webhooks.find_due(self._database, after=self._looked_up_to)
        is_last = len(due) < ENDPOINTS_AT_ONCE
        self._looked_up_to = None if is_last else due[-1].key
        self._look_at_ms = now_ms + _LOOK_EVERY_MS if is_last else now_ms
        for endpoint in due:
            if endpoint.first_ms <= now_ms:
                self._waiting.setdefault(endpoint.key)
        if not is_last:
            self.wake.set()

    def _take_turns(self, now_ms: int) -> list[tuple[EndpointKey, int]]:
        """Return whose turn it is, each with how many deliveries it may be sent; they wait no longer."""
        free = self._most_in_flight - len(self._tasks)
        free_for_unwell = self._most_unwell - self._unwell
        share = max(free // len(self._waiting), 1) if self._waiting else 0
        planned: dict[str, AccountLoad] = {}
        chosen: list[tuple[EndpointKey, int]] = []
        for key in list(self._waiting):
            if free <= 0:
                break
            line = self._lines.get(key) or self._new_line(key)
            if line.rests_until_ms > now_ms:
                del self._waiting[key]  # the next look finds it again
                continue
            load = planned.get(key.scope.account) or self._load(key.scope.account)
            room = min(line.room, share, free, self._most_per_account - load.in_flight)
            if not line.is_well:
                room = min(room, free_for_unwell, self._most_unwell_per_account - load.unwell)
            if room <= 0:
                continue
            del self._waiting[key]
            chosen.append((key, room))
            free -= room
            free_for_unwell -= 0 if line.is_well else room
            planned[key.scope.account] = _loaded(load, room, is_unwell=not line.is_well)
        return chosen

    def _load(self, account: str) -> AccountLoad:
        return self._accounts.get(account, _NO_LOAD)

    def _new_line(self, key: EndpointKey) -> Line:
        """Return a line for an endpoint of which nothing is known; forget those that have nothing to tell."""
        if len(self._lines) >= _KNOWN_ENDPOINTS:
            self._lines = {key: line for key, line in self._lines.items() if line.in_flight or line.failures}
        line = self._lines[key] = Line()
        return line

    def _start(self, leased: Delivery) -> None:
        line = self._lines.setdefault(leased.key, Line())
        account = leased.key.scope.account
        is_unwell = not line.is_well
        line.in_flight += 1
        self._unwell += is_unwell
        self._accounts[account] = _loaded(self._load(account), 1, is_unwell=is_unwell)
        task = asyncio.get_running_loop().create_task(self._deliver(leased, line))
        self._tasks.add(task)

        def end(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            line.in_flight -= 1
            self._unwell -= is_unwell
            self._accounts[account] = _loaded(self._load(account), -1, is_unwell=is_unwell)
            if not self._accounts[account].in_flight:
                del self._accounts[account]
            if self._waiting:
                self.wake.set()

        task.add_done_callback(end)

    async def _deliver(self, leased: Delivery, line: Line) -> None:
        """Make one attempt and see it written down."""
        try:
            attempt = await self._courier.attempt(leased)
        except Exception as error:  # noqa: BLE001  whatever it is stays with this one, until its lease is over
            _log.error(
                "event could not be sent",
                account=leased.endpoint.scope.account,
                endpoint=leased.endpoint.id,
                event_id=leased.event.id,
                error=type(error).__name__,
                reason=str(error),
            )
            return
        if attempt.answer.is_success:
            line.succeeded()
        else:
            line.failed(self._clock())
        metrics.DELIVERED.labels(attempt.answer.outcome.value).inc()
        try:
            await self._see_recorded(attempt)
        except Exception as error:  # noqa: BLE001  one that cannot be kept is no other's business
            _log.exception(
                "attempt could not be written down, so its event is sent again",
                account=leased.endpoint.scope.account,
                endpoint=leased.endpoint.id,
                event_id=leased.event.id,
                error=type(error).__name__,
            )

    async def _see_recorded(self, attempt: Attempt) -> None:
        """Have an attempt written down, trying again while the database is away; after that it is made again."""
        for pause_s in _RECORD_AGAIN_AFTER_S:
            with suppress(DatabaseUnavailableError):
                return await self._records.submit(attempt)
            await asyncio.sleep(pause_s)
        _log.error("attempts could not be written down, so their events are sent again")
        return None

    async def _record(self, attempts: Sequence[Attempt]) -> list[BaseException | None]:
        """Write attempts down and return what each came to; where all together fail, each is written by itself."""
        try:
            await webhooks.record(self._database, attempts, ids=self._courier.ids, now_ms=self._clock())
        except DatabaseUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  one account's attempt must not cost the others theirs
            if len(attempts) == 1:
                return [error]
            return [outcome for attempt in attempts for outcome in await self._record([attempt])]
        return [None] * len(attempts)


def _loaded(load: AccountLoad, count: int, *, is_unwell: bool) -> AccountLoad:
    """Return an account's load with so many deliveries more."""
    return AccountLoad(load.in_flight + count, load.unwell + count * is_unwell)


def _count_batch(size: int) -> None:
    metrics.BATCH_SIZE.observe(("attempts",), size)
