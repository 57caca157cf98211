"""Decides what happens next: which round trip to PostgreSQL goes on, which fails, and when time passes.

Everything that Brim does waits for PostgreSQL again and again, so the wire is where its tasks are interleaved. One
round trip goes on at a time, and its answer is read before the next one goes. One that waits for a lock stays open
until whoever holds it has gone on; whether it waits is asked of PostgreSQL, never guessed from time.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from tests.support.cutting import Fault, Gate, Session, Step, Trip
from tests.support.simulation.loop import QuietLoop
from tests.support.simulation.trace import Trace

MOST_AT_ONCE: Final = 4
"""How many things are begun before one of them has ended."""
NEVER_FAIL: Final = {"checker", "setup"}
"""Clients of PostgreSQL that are not Brim's processes."""
_CANCELED: Final = b"C57014\0"
_IDENTITY: Final = "pg_postmaster_start_time"
"""Is in the statement that asks which server this is: an answer that differs in each run, as it should."""
_BLOCKED: Final = "SELECT pid, pg_blocking_pids(pid) AS by FROM unnest($1::int[]) AS pid"


@dataclass
class Flight:
    """A round trip on its way: `go` lets it begin, `leave` lets its answer be read."""

    session: Session
    trip: Trip
    sent: bytes
    go: "asyncio.Future[Fault | None]"
    leave: "asyncio.Future[None]"
    fault: Fault | None = None
    answer: bytes | None = None
    is_over: bool = False
    is_victim: bool = False


@dataclass
class Weather:
    """How likely faults are, times their roughness; and how many there were of each kind."""

    faults: float = 0.0
    roughness: float = 1.0
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """Something to begin, under a name."""

    name: str
    work: Callable[[], Awaitable[None]]


class Conductor(Gate):
    """The order of everything. All of it follows from `chance`."""

    def __init__(self, loop: QuietLoop, chance: random.Random, trace: Trace) -> None:
        super().__init__(lambda _trip: None)
        self.weather = Weather()
        self.dead: set[str] = set()
        """Processes that were killed: they reach nothing any more."""
        self.clock_ms: Callable[[], int] = lambda: 0
        self._loop = loop
        self._chance = chance
        self._trace = trace
        self._waiting: list[Flight] = []
        self._open: list[Flight] = []
        self._current: dict[int, Flight] = {}
        self._holders: set[int] = set()
        self._quiet: asyncio.Future[float | None] | None = None
        self._heard: asyncio.Future[bool] | None = None
        self._monitor: Any = None
        loop.watch(self._on_quiet, self._on_lull)

    async def connect(self, url: str) -> None:
        """Connect what asks PostgreSQL who waits for whom; it goes past the wire. `url` is the database's owner's."""
        with self._loop.outside():
            self._monitor = await asyncpg.connect(url)
            name = await self._monitor.fetchval("SELECT quote_ident(current_database())")
            await self._monitor.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '1h'")

    async def close(self) -> None:
        """Disconnect it."""
        with self._loop.outside():
            await self._monitor.close()

    # What the proxy asks.

    async def enter(self, session: Session, trip: Trip, sent: bytes) -> Fault | None:
        flight = Flight(session, trip, sent, self._loop.create_future(), self._loop.create_future())
        self._current[session.number] = flight
        self._waiting.append(flight)
        return await flight.go

    def outside(self) -> AbstractContextManager[None]:
        return self._loop.outside()

    async def leave(self, session: Session, answer: bytes) -> bytes:
        flight = self._current[session.number]
        if flight.is_victim:
            answer = answer.replace(_CANCELED, f"C{Fault.DEADLOCK.value}\0".encode())
        flight.answer = answer
        if flight.fault is Fault.AFTER:
            return answer  # it is cut next, and over when the server has noticed
        flight.is_over = True
        self._hear()
        await flight.leave
        return answer

    def gone(self, session: Session) -> None:
        flight = self._current.pop(session.number, None)
        if flight:
            flight.is_over = True
        self._hear()

    # What the loop says.

    def _on_quiet(self, until_timer_s: float | None) -> None:
        if self._quiet:
            quiet, self._quiet = self._quiet, None
            quiet.set_result(until_timer_s)
        elif self._waiting:  # nobody conducts: one after the other, and nothing fails
            flight = self._waiting.pop(0)
            flight.leave.set_result(None)
            self._let_go(flight, None)
        elif until_timer_s is not None:
            self._loop.pass_time(until_timer_s)
        else:
            raise RuntimeError("everything waits, and nothing will ever happen")

    def _on_lull(self) -> None:
        self._hear(is_lull=True)

    def _hear(self, *, is_lull: bool = False) -> None:
        if self._heard and not self._heard.done():
            self._heard.set_result(is_lull)

    # What the world asks for.

    async def run(self, starts: Sequence[Start]) -> None:
        """Begin all of these, in their order, and go on until all have ended and nobody waits for PostgreSQL."""
        starts = list(starts)
        tasks: dict[asyncio.Future[None], str] = {}
        while True:
            until_timer_s = await self._until_quiet()
            for task in [each for each in tasks if each.done()]:
                del tasks[task]
                task.result()
            if self._open and await self._settle():
                continue
            self._cut_off_the_dead()
            begins = bool(starts) and len(tasks) < MOST_AT_ONCE
            if self._waiting and not (begins and self._chance.random() < 0.3):
                flight = self._chance.choice(self._next())
                self._waiting.remove(flight)
                await self._take(flight)
            elif begins:
                start = starts.pop(0)
                self._trace.tell(f"{self.clock_ms()} begin {start.name}")
                tasks[asyncio.ensure_future(start.work())] = start.name
            elif self._open and await self._is_deadlock():
                await self._end_a_deadlock()
            elif tasks or self._open:
                if until_timer_s is None:
                    raise RuntimeError(f"nothing goes on: {sorted(tasks.values())}")
                self._trace.tell(f"{self.clock_ms()} {until_timer_s:.3f} s pass")
                self._loop.pass_time(until_timer_s)
            else:
                return

    def _next(self) -> list[Flight]:
        """Return the round trips that may go now: while somebody waits for a lock, those of who holds it.

        Else a second one could come to wait for it, and which of them PostgreSQL wakes first is not ours to decide.
        """
        held = [flight for flight in self._waiting if flight.session.pid in self._holders]
        return held or self._waiting

    def retire(self) -> None:
        """Let everything go on by itself, whatever was under way."""
        self._quiet = None
        for flight in self._open:
            if not flight.leave.done():
                flight.leave.set_result(None)
        self._open.clear()
        self._loop.expect_blocked(0)

    async def _until_quiet(self) -> float | None:
        self._quiet = self._loop.create_future()
        return await self._quiet

    def _cut_off_the_dead(self) -> None:
        for flight in [each for each in self._waiting if each.session.client in self.dead]:
            self._waiting.remove(flight)
            self._let_go(flight, Fault.BEFORE)

    async def _take(self, flight: Flight) -> None:
        self._loop.pass_time(self._chance.uniform(0.0005, 0.005))
        fault = self._fault_for(flight)
        self._let_go(flight, fault)
        self._open.append(flight)
        await self._settle()

    def _let_go(self, flight: Flight, fault: Fault | None) -> None:
        trip = flight.trip
        sender = f"{flight.session.client}#{flight.session.number}"
        failing = f" !{fault.value}" if fault else ""
        self._trace.tell(
            f"{self.clock_ms()} {sender} {trip}{failing}", b"" if trip.step is Step.CONNECT else flight.sent
        )
        flight.fault = fault
        flight.go.set_result(fault)

    def _fault_for(self, flight: Flight) -> Fault | None:
        trip = flight.trip
        is_likely = self._chance.random() < self.weather.faults * self.weather.roughness
        if not is_likely or flight.session.client in NEVER_FAIL:
            return None
        likely = [Fault.BEFORE]
        if trip.commits:
            likely += [Fault.AFTER] * 3
        elif trip.is_statement and trip.in_transaction:
            likely += [Fault.AFTER, Fault.DEADLOCK, Fault.CONFLICT]
        elif trip.is_statement:
            likely += [Fault.DEADLOCK, Fault.CONFLICT]
        fault = self._chance.choice(likely)
        kind = "commit unknown" if trip.commits and fault is Fault.AFTER else fault.value
        self.weather.counts[kind] = self.weather.counts.get(kind, 0) + 1
        return fault

    async def _settle(self) -> bool:
        """Wait until each open round trip is answered or waits for a lock; hand out answers, and tell if there were."""
        self._loop.expect_blocked(0)
        self._holders = set()
        while any(not flight.is_over for flight in self._open):
            self._heard = self._loop.create_future()
            with self._loop.outside():
                is_lull = await self._heard
            self._heard = None
            if is_lull and self._still_open():
                blocked = await self._blocked()
                if all(flight.session.pid in blocked for flight in self._still_open()):
                    self._holders = {pid for by in blocked.values() for pid in by}
                    break
        done = [flight for flight in self._open if flight.is_over or flight.answer is not None]
        self._open = [flight for flight in self._open if flight not in done]
        self._loop.expect_blocked(len(self._open))
        for flight in done:
            self._trace.tell(
                f"  {flight.session.client}#{flight.session.number} answered",
                b"" if flight.trip.step is Step.CONNECT or _IDENTITY in flight.trip.sql else flight.answer or b"",
            )
            if not flight.leave.done():
                flight.leave.set_result(None)
        return bool(done)

    def _still_open(self) -> list[Flight]:
        return [flight for flight in self._open if not flight.is_over]

    async def _blocked(self) -> dict[int, list[int]]:
        """Return who waits for whom, by the server's processes."""
        with self._loop.outside(), self._loop.nobody_blocked():
            found = await self._monitor.fetch(_BLOCKED, [flight.session.pid for flight in self._open])
        return {row["pid"]: row["by"] for row in found if row["by"]}

    async def _is_deadlock(self) -> bool:
        """Tell whether those who wait for locks wait for each other alone."""
        blocked = await self._blocked()
        return all(set(by) <= blocked.keys() for by in blocked.values())

    async def _end_a_deadlock(self) -> None:
        """Let PostgreSQL refuse the last of those that wait for each other, as it does by itself a second later."""
        victim = self._open[-1]
        self._trace.tell(f"{self.clock_ms()} {victim.session.client}#{victim.session.number} is the deadlock's victim")
        self.weather.counts["real deadlock"] = self.weather.counts.get("real deadlock", 0) + 1
        victim.is_victim = True
        with self._loop.outside(), self._loop.nobody_blocked():
            await self._monitor.execute("SELECT pg_cancel_backend($1)", victim.session.pid)
        await self._settle()
