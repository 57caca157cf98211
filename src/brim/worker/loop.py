"""Repeats a job: at once while there is more to do, after a rest when there is not, patiently when it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import msgspec
import structlog

from brim.base.errors import DatabaseUnavailableError
from brim.base.waiting import happens_within
from brim.worker.states import JobStates

_SHORTEST_BACK_OFF_S: Final = 0.05
# Not longer, so that a database that comes back finds its workers back within the second.
_LONGEST_BACK_OFF_S: Final = 1.0

_log = structlog.get_logger()

ObserveStep: TypeAlias = Callable[[str, int, float], None]
"""Told a job's name, how much a step did and how many seconds it took, for the metrics."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do again and again, in steps.

    `run_once` does one step and returns how much it did; `full` is how much means that there may be more; `rest_s` is
    the pause when there was not. While steps do nothing at all it doubles from one to the next, up to `longest_rest_s`;
    `wake`, where there is one, cuts it short, but not below `least_rest_s`. A step that `may_be_cut` is given up when
    the worker stops, because it may take long and loses nothing. One that `takes_turns` pauses after each full step for
    as long as that took: nobody waits for it, and others want the database. `finish`, if given, ends what
    steps left running, once the worker stops.
    """

    name: str
    run_once: Callable[[], Awaitable[int]]
    full: int
    rest_s: float
    longest_rest_s: float = 0.0
    least_rest_s: float = 0.0
    may_be_cut: bool = False
    takes_turns: bool = False
    wake: asyncio.Event | None = None
    finish: Callable[[], Awaitable[None]] | None = None


class Loop:
    """Runs one job until told to stop; no failure ends it."""

    def __init__(
        self,
        job: Job,
        *,
        observe: ObserveStep = lambda _name, _count, _seconds: None,
        states: JobStates | None = None,
    ) -> None:
        self._job = job
        self._observe = observe
        self._states = states
        self._failure: str | None = None
        self._back_off_s = _SHORTEST_BACK_OFF_S
        self._rest_s = job.rest_s

    async def run(self, stop: asyncio.Event) -> None:
        """Repeat the job; a step that is under way when `stop` is set is finished first, unless it may be cut."""
        while not stop.is_set():
            if self._job.wake:
                self._job.wake.clear()  # before the step: what happens during it asks for another
            pause_s = await self._step(stop)
            if pause_s and await self._pause(stop, pause_s):
                self._rest_s = self._job.rest_s
        if self._job.finish:
            await self._job.finish()

    async def _step(self, stop: asyncio.Event) -> float:
        """Do one step; return how long to pause after it."""
        time = asyncio.get_running_loop().time
        began = time()
        try:
            work = self._job.run_once()
            count = await (_unless_stopped(work, stop) if self._job.may_be_cut else work)
        except Exception as error:  # noqa: BLE001  a worker that dies settles nothing; it reports and tries again
            return self._failed(error)
        self._succeeded()
        if count:
            self._observe(self._job.name, count, time() - began)
            self._rest_s = self._job.rest_s
        if count >= self._job.full:
            return time() - began if self._job.takes_turns else 0.0
        pause_s, self._rest_s = self._rest_s, max(self._job.rest_s, min(self._rest_s * 2, self._job.longest_rest_s))
        return pause_s

    async def _pause(self, stop: asyncio.Event, seconds: float) -> bool:
        """Wait, but not longer than until `stop` is set; return whether somebody has cut it short."""
        wake = self._job.wake
        if wake is None or self._failure is not None:
            await happens_within(stop, seconds)
            return False
        if self._job.least_rest_s:
            await happens_within(stop, min(self._job.least_rest_s, seconds))
        await _wait_for_either(stop, wake, seconds - self._job.least_rest_s)
        return wake.is_set()

    def _failed(self, error: Exception) -> float:
        """Report a failure, once for each kind in a row, and return a pause that doubles from one to the next."""
        if self._states:
            self._states.failed(self._job.name, error)
        kind = type(error).__name__
        if kind != self._failure:
            expected = isinstance(error, DatabaseUnavailableError)
            _log.error("job failed, retrying", job=self._job.name, error=kind, exc_info=None if expected else error)
        self._failure = kind
        pause_s = self._back_off_s
        self._back_off_s = min(pause_s * 2, _LONGEST_BACK_OFF_S)
        return pause_s

    def _succeeded(self) -> None:
        if self._states:
            self._states.succeeded(self._job.name)
        if self._failure:
            _log.info("job recovered", job=self._job.name)
        self._failure = None
        self._back_off_s = _SHORTEST_BACK_OFF_S


async def _unless_stopped(work: Awaitable[int], stop: asyncio.Event) -> int:
    """Return what a step did; 0 when `stop` was set first, and the step given up."""
    step, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((step, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        step.cancel()  # does nothing to one that is done
        await asyncio.wait((step,))
    return 0 if step.cancelled() else step.result()


async def _wait_for_either(first: asyncio.Event, second: asyncio.Event, seconds: float) -> None:
    """Wait so long, but not longer than until one of two events is set."""
    waits = [asyncio.ensure_future(event.wait()) for event in (first, second)]
    try:
        await asyncio.wait(waits, timeout=max(seconds, 0.0), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
