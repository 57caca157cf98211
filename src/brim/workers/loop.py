"""Repeats a job: at once while there is more to do, after a rest when there is not, patiently when it fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

import msgspec
import structlog

from brim.kit.errors import DatabaseUnavailableError

_SHORTEST_BACK_OFF_S: Final = 0.05
# Not longer, so that a database that comes back finds its workers back within the second.
_LONGEST_BACK_OFF_S: Final = 1.0

_log = structlog.get_logger()

ObserveStep: TypeAlias = Callable[[str, int, float], None]
"""Told a job's name, how much a step did and how many seconds it took, for the metrics."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do again and again, in steps.

    `run_once` does one step and returns how much it did; `full` is how much means that there may be more;
    `rest_s` is the pause when there was not, and `wake`, where there is one, cuts it short.
    """

    name: str
    run_once: Callable[[], Awaitable[int]]
    full: int
    rest_s: float
    wake: asyncio.Event | None = None


class Loop:
    """Runs one job until told to stop; no failure ends it."""

    def __init__(self, job: Job, *, observe: ObserveStep = lambda _name, _count, _seconds: None) -> None:
        self._job = job
        self._observe = observe
        self._failure: str | None = None
        self._back_off_s = _SHORTEST_BACK_OFF_S

    async def run(self, stop: asyncio.Event) -> None:
        """Repeat the job; a step that is under way when `stop` is set is finished first."""
        while not stop.is_set():
            if self._job.wake:
                self._job.wake.clear()  # before the step: what happens during it asks for another
            pause_s = await self._step()
            if pause_s:
                await _rest(stop, pause_s, wake=self._job.wake if self._failure is None else None)

    async def _step(self) -> float:
        """Do one step; return how long to pause after it."""
        began = time.monotonic()
        try:
            count = await self._job.run_once()
        except Exception as error:  # noqa: BLE001  a worker that dies settles nothing; it reports and tries again
            return self._failed(error)
        self._succeeded()
        if count:
            self._observe(self._job.name, count, time.monotonic() - began)
        return 0.0 if count >= self._job.full else self._job.rest_s

    def _failed(self, error: Exception) -> float:
        """Report a failure, once for each kind in a row, and return a pause that doubles from one to the next."""
        kind = type(error).__name__
        if kind != self._failure:
            expected = isinstance(error, DatabaseUnavailableError)
            _log.error("job failed, trying again", job=self._job.name, error=kind, exc_info=None if expected else error)
        self._failure = kind
        pause_s = self._back_off_s
        self._back_off_s = min(pause_s * 2, _LONGEST_BACK_OFF_S)
        return pause_s

    def _succeeded(self) -> None:
        if self._failure:
            _log.info("job works again", job=self._job.name)
        self._failure = None
        self._back_off_s = _SHORTEST_BACK_OFF_S


async def _rest(stop: asyncio.Event, seconds: float, *, wake: asyncio.Event | None) -> None:
    """Wait, but not longer than until `stop` or `wake` is set."""
    if wake is None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
        return
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, wake)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
