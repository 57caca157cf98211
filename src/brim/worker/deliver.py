"""Sends events to endpoints, many at a time, so that none of them slows the others.

What is due is found in two ways: whoever numbers events says at once whom they are addressed to, and once in a second
the index of pending deliveries is walked for whatever else is waiting. Of the endpoints that something waits for, each
in turn has a few of its deliveries leased; those with many do not stand before those with few.

An endpoint begins with one delivery at a time, and may have twice as many after each success. After a failure it is
back at one; after several in a row it is left alone for a while and then probed with one. Endpoints that are well, that
were never tried, and that fail have places of their own each (`places`), so none waits behind those of another class.

A new endpoint that does not answer within two seconds is taken for a failing one: its attempt goes on in a place for
these, and where none is left it ends there. So places for new ones are free again soon, whatever stands behind them.
Among new endpoints, and among failing ones, those come first whose accounts have the fewest that fail or are being
tried: nobody gets ahead by making many of them.

What somebody waits to see sent, a resend or a test, is looked for by itself once in a second. It is sent at once, also
to an endpoint that is left alone or has a probe under way, and in places of its own.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Final

import msgspec
import structlog

from brim.base.batch import Batcher
from brim.base.errors import DatabaseUnavailableError
from brim.core import webhooks
from brim.core.webhooks import ENDPOINTS_AT_ONCE, Attempt, Cause, Delivery, DeliverySender, EndpointKey, rest_ms
from brim.platform.database import Database
from brim.platform.telemetry import metrics
from brim.worker.places import Party, Places, Standing

PER_ENDPOINT: Final = 8
"""Deliveries that one endpoint is sent at a time."""

WANTED_PER_ENDPOINT: Final = 4
"""Deliveries more that one endpoint is sent at a time because somebody waits to see them sent."""

PATIENCE_MS: Final = 2_000
"""How long a new endpoint keeps a place for new ones without an answer; most answer in a tenth of that."""

_STANDINGS_AT_ONCE: Final = 1_000

_LOOK_EVERY_MS: Final = 1_000
_MOST_RECORDED: Final = 128
_KNOWN_ENDPOINTS: Final = 10_000
_RECORD_AGAIN_AFTER_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Less than a lease all together: whatever the database is away for longer is sent again."""

_log = structlog.get_logger()


class EndpointThrottle(msgspec.Struct):
    """How one endpoint does: deliveries in flight, how many it may have, failures in a row, and until when it rests.

    `wanted` are those in flight that somebody waits for, beside the others; `is_late` is whether it has kept the first
    delivery waiting, or is known to have failed before.
    """

    party: Party
    in_flight: int = 0
    wanted: int = 0
    window: int = 1
    failures: int = 0
    rests_until_ms: int = 0
    is_late: bool = False

    @property
    def standing(self) -> Standing:
        """How it does."""
        if self.window > 1:
            return Standing.WELL
        return Standing.FAILING if self.failures or self.is_late else Standing.NEW

    @property
    def room(self) -> int:
        """How many more it may be sent now."""
        return self.window - self.in_flight

    def succeeded(self) -> None:
        """Widen it; it is well."""
        self.failures = 0
        self.is_late = False
        self.rests_until_ms = 0
        self.window = min(self.window * 2, PER_ENDPOINT)

    def failed(self, now_ms: int) -> None:
        """Narrow it to one at a time, and after several failures in a row let it rest, longer each time."""
        self.failures += 1
        self.window = 1
        self.rests_until_ms = now_ms + rest_ms(self.failures)


class Flight(msgspec.Struct, eq=False):
    """A delivery under way, in a place of some class since `began_ms`; `deadline` is its post's, once that began."""

    line: EndpointThrottle
    held_as: Standing
    began_ms: int
    deadline: asyncio.Timeout | None = None

    def cut(self) -> None:
        """Let no more time pass: what has not answered by now has not answered in time."""
        if self.deadline is not None:
            with suppress(RuntimeError):  # it has just ended
                self.deadline.reschedule(asyncio.get_running_loop().time())

    def begin(self, deadline: asyncio.Timeout) -> None:
        """Hear of the time that its post has."""
        self.deadline = deadline


class Dispatcher:
    """The deliveries of one worker process. Make it inside the running event loop.

    Args:
        database: where deliveries are.
        courier: makes the attempts.
        clock: the time in Unix milliseconds.
        in_flight: how many deliveries may be under way at once.
    """

    def __init__(
        self, database: Database, courier: DeliverySender, clock: Callable[[], int], *, in_flight: int
    ) -> None:
        self.wake = asyncio.Event()
        """Set when there may be something to do."""

        self._database = database
        self._courier = courier
        self._clock = clock
        self._places = Places(in_flight)
        self._planned: list[tuple[Standing, Party, int]] = []  # places taken for what is being leased
        self._waiting: dict[EndpointKey, None] = {}  # in the order of their turns
        self._wanted: dict[EndpointKey, None] = {}  # that somebody waits to see sent something
        self._lines: dict[EndpointKey, EndpointThrottle] = {}
        self._failing: Counter[str] = Counter()  # endpoints by account
        self._new_flights: dict[Flight, None] = {}  # the oldest first
        self._tasks: set[asyncio.Task[None]] = set()
        self._look_at_ms = 0
        self._looked_up_to: EndpointKey | None = None
        self._look_for_wanted_at_ms = 0
        self._wanted_up_to: EndpointKey | None = None
        self._records = Batcher(
            self._record, max_batch=_MOST_RECORDED, max_waiting=self._places.most, on_batch=_count_batch
        )

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
        self._lose_patience(now_ms)
        if now_ms >= self._look_for_wanted_at_ms:
            await self._look_for_wanted(now_ms)
        if now_ms >= self._look_at_ms:
            await self._look(now_ms)
        await self._get_to_know()
        return await self._send_wanted(now_ms) + await self._send_due(now_ms)

    async def _send_wanted(self, now_ms: int) -> int:
        """Send what somebody waits for, whatever its endpoint does otherwise; return how much that was."""
        chosen: list[tuple[EndpointKey, int]] = []
        planned: list[Party] = []
        for key in list(self._wanted):
            line = self._lines.get(key)
            if line is None:
                continue
            room = min(WANTED_PER_ENDPOINT - line.wanted, self._places.room(Standing.WANTED_NOW, line.party))
            if room > 0:
                del self._wanted[key]
                chosen.append((key, room))
                planned += [line.party] * room
                self._places.take(Standing.WANTED_NOW, line.party, room)
        if not chosen:
            return 0
        try:
            claimed = await webhooks.claim(
                self._database, chosen, now_ms=now_ms, timeout_s=self._courier.timeout_s, only_wanted_now=True
            )
        except BaseException:
            self._wanted.update(dict.fromkeys(key for key, _ in chosen))
            raise
        finally:
            for party in planned:
                self._places.take(Standing.WANTED_NOW, party, -1)
        found = Counter(each.key for each in claimed.deliveries)
        for each in claimed.deliveries:
            self._start(each, now_ms, is_wanted=True)
        self._wanted.update(dict.fromkeys(key for key, room in chosen if found[key] == room))
        return len(claimed.deliveries) + len(claimed.stopped)

    async def _send_due(self, now_ms: int) -> int:
        """Send what is due and there is room for; return how much that was."""
        wanted = self._take_turns(now_ms)
        if not wanted:
            return 0
        try:
            claimed = await webhooks.claim(self._database, wanted, now_ms=now_ms, timeout_s=self._courier.timeout_s)
        except BaseException:
            self.address(key for key, _ in wanted)
            raise
        finally:
            for standing, party, room in self._planned:
                self._places.take(standing, party, -room)
            self._planned.clear()
        found: dict[EndpointKey, int] = {}
        for each in claimed.deliveries:
            found[each.key] = found.get(each.key, 0) + 1
            self._start(each, now_ms)
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

    async def _look_for_wanted(self, now_ms: int) -> None:
        """Walk along the index for endpoints that somebody waits to see sent something, as `_look` does."""
        found = await webhooks.find_wanted_now(self._database, after=self._wanted_up_to)
        is_last = len(found) < ENDPOINTS_AT_ONCE
        self._wanted_up_to = None if is_last else found[-1].key
        self._look_for_wanted_at_ms = now_ms + _LOOK_EVERY_MS if is_last else now_ms
        for endpoint in found:
            if endpoint.first_ms <= now_ms:
                self._wanted.setdefault(endpoint.key)
        if not is_last:
            self.wake.set()

    async def _get_to_know(self) -> None:
        """Learn whose endpoints are waiting of which nothing is known yet, and whether these fail."""
        unknown = [key for key in {**self._wanted, **self._waiting} if key not in self._lines][:_STANDINGS_AT_ONCE]
        if not unknown:
            return
        found = await webhooks.find_standings(self._database, unknown)
        if len(self._lines) >= _KNOWN_ENDPOINTS:
            self._lines = {
                key: line for key, line in self._lines.items() if line.in_flight or line.wanted or line.failures
            }
            self._failing = Counter(
                line.party.account for line in self._lines.values() if line.standing is Standing.FAILING
            )
        for key in unknown:
            known = found.get(key)
            account = key.scope.account
            line = self._lines[key] = EndpointThrottle(Party(account, known.platform if known else account))
            if known and known.is_failing:
                self._note(line, lambda line: setattr(line, "is_late", True))

    def _note(self, line: EndpointThrottle, change: Callable[[EndpointThrottle], None]) -> None:
        """Change what is known of an endpoint, and count how many of its account's fail."""
        before = line.standing
        change(line)
        self._failing[line.party.account] += (line.standing is Standing.FAILING) - (before is Standing.FAILING)
        if not self._failing[line.party.account]:
            del self._failing[line.party.account]

    def _lose_patience(self, now_ms: int) -> None:
        """Take new endpoints that do not answer for failing ones, and end their attempts where these have no places."""
        for flight in list(self._new_flights):
            if now_ms - flight.began_ms < PATIENCE_MS:
                break
            line = flight.line
            if line.standing is Standing.NEW:
                self._note(line, lambda line: setattr(line, "is_late", True))
            if self._places.room(Standing.FAILING, line.party):
                del self._new_flights[flight]
                self._places.take(flight.held_as, line.party, -1)
                flight.held_as = Standing.FAILING
                self._places.take(flight.held_as, line.party)
            else:
                flight.cut()

    def _take_turns(self, now_ms: int) -> list[tuple[EndpointKey, int]]:
        """Return whose turn it is, each with how many deliveries it may be sent; they wait no longer.

        The places for them are taken.
        """
        share = max(self._places.free // len(self._waiting), 1) if self._waiting else 0
        chosen: list[tuple[EndpointKey, int]] = []
        for key in self._in_order():
            if self._places.free <= 0:
                break
            line = self._lines[key]
            if line.rests_until_ms > now_ms:
                del self._waiting[key]  # the next look finds it again
                continue
            room = min(line.room, share, self._places.room(line.standing, line.party))
            if room <= 0:
                continue
            del self._waiting[key]
            chosen.append((key, room))
            self._planned.append((line.standing, line.party, room))
            self._places.take(*self._planned[-1])
        return chosen

    def _in_order(self) -> list[EndpointKey]:
        """Return who waits and is known: accounts with the fewest endpoints that fail or are being tried come first.

        Each endpoint of an account stands behind those that were there before, as if these were being tried already.
        """
        trouble: dict[str, int] = {}
        ranked: list[tuple[int, EndpointKey]] = []
        for key in self._waiting:
            line = self._lines.get(key)
            if line is None:
                continue
            rank = 0
            if line.standing is not Standing.WELL:
                account = line.party.account
                rank = trouble.get(account, self._failing[account] + self._places.taken_by(Standing.NEW, account))
                trouble[account] = rank + 1
            ranked.append((rank, key))
        ranked.sort(key=itemgetter(0))
        return [key for _, key in ranked]

    def _start(self, leased: Delivery, now_ms: int, *, is_wanted: bool = False) -> None:
        line = self._lines[leased.key]
        flight = Flight(line, Standing.WANTED_NOW if is_wanted else line.standing, now_ms)
        line.wanted += is_wanted
        line.in_flight += not is_wanted
        self._places.take(flight.held_as, line.party)
        if flight.held_as is Standing.NEW:
            self._new_flights[flight] = None
        task = asyncio.get_running_loop().create_task(self._deliver(leased, flight))
        self._tasks.add(task)

        def end(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            line.wanted -= is_wanted
            line.in_flight -= not is_wanted
            self._new_flights.pop(flight, None)
            self._places.take(flight.held_as, line.party, -1)
            if self._waiting or self._wanted:
                self.wake.set()

        task.add_done_callback(end)

    async def _deliver(self, leased: Delivery, flight: Flight) -> None:
        """Make one attempt and see it written down."""
        try:
            attempt = await self._courier.attempt(leased, flight.begin)
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
            self._note(flight.line, EndpointThrottle.succeeded)
        else:
            self._note(flight.line, lambda line: line.failed(self._clock()))
        metrics.DELIVERED.labels(attempt.answer.outcome.value).inc()
        if not leased.attempts and leased.cause != Cause.RECOVERY:  # these are spread over time on purpose
            metrics.FIRST_ATTEMPT_DELAY.observe((), max(attempt.attempted_ms - leased.created_ms, 0) / 1000)
        try:
            await self._see_recorded(attempt)
        except Exception as error:  # noqa: BLE001  one that cannot be kept is no other's business
            _log.exception(
                "attempt could not be stored, so its event is sent again",
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
        _log.error("attempts could not be stored, so their events are sent again")
        return None

    async def _record(self, attempts: Sequence[Attempt]) -> list[BaseException | None]:
        """Write attempts down and return what each came to; where all together fail, each is written by itself."""
        try:
            courier = self._courier
            await webhooks.record(
                self._database, attempts, ids=courier.ids, now_ms=self._clock(), renderers=courier.renderers
            )
        except DatabaseUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  one account's attempt must not cost the others theirs
            if len(attempts) == 1:
                return [error]
            return [outcome for attempt in attempts for outcome in await self._record([attempt])]
        return [None] * len(attempts)


def _count_batch(size: int) -> None:
    metrics.BATCH_SIZE.observe(("attempts",), size)
