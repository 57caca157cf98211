"""Keeps the API and worker processes alive: started again when they die, and dead when their supervisor is.

They are forked off one process that loads the service while the database is still being made ready, and wait for it.
"""

import asyncio
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

import structlog

from brim.base.errors import BrimError
from brim.host.fork_server import UNKNOWN, ForkedProcess, ForkServer
from brim.platform.telemetry.prometheus_internals import forget_process

_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
_HEALTHY_AFTER_S: Final = 10.0
"""Whoever lived this long died of something new: it is started again without a long pause."""

_MAX_FAILED_STARTS: Final = 5
"""Deaths of one child before the service was ever ready, after which it never will be."""

_EXTRA_STOP_S: Final = 5.0
"""What a child may take beyond its own drain time-out before it is killed."""

log = structlog.get_logger()


class ChildrenFailedError(BrimError):
    """A process died again and again while the service was starting."""

    def __init__(self, role: str, status: int) -> None:
        super().__init__(
            f"brim {role} ended {_MAX_FAILED_STARTS} times while starting, the last time with status {status}. "
            "Its output is above."
        )


class Children:
    """The processes that do the work.

    Args:
        environment: theirs, with all settings in it.
        listeners: the sockets that API processes accept from.
        drain_timeout_s: how long they may finish what is in flight when they are told to stop.
    """

    def __init__(
        self, environment: Mapping[str, str], listeners: Sequence[socket.socket], *, drain_timeout_s: float
    ) -> None:
        self._drain_timeout_s = drain_timeout_s
        self._running: set[ForkedProcess] = set()
        self._serving = False
        # Nobody writes into this pipe: its end tells the children that the database is ready for them.
        self._begin_fd, our_begin_end = os.pipe()
        self._holding_back = ExitStack()
        self._holding_back.callback(os.close, our_begin_end)
        self._listeners = listeners
        self._environment = environment
        self._forks = ForkServer(environment)

    async def close(self) -> None:
        """Let go of what starts them; the children are gone by then."""
        self.begin()
        await self._forks.close()
        os.close(self._begin_fd)

    def begin(self) -> None:
        """Tell the children, those started later too, that the database is ready for them; once is enough."""
        self._holding_back.close()

    def now_serving(self) -> None:
        """Note that the service was ready once: from now on a dying child is always replaced."""
        self._serving = True

    def kill(self) -> None:
        """End all children at once, whatever they are doing."""
        for process in self._running:
            process.kill()

    async def keep(self, role: str) -> None:
        """Run `brim <role>` until cancelled, again whenever it ends; when cancelled, let it finish and stop it.

        Raises:
            ChildrenFailedError: it keeps dying and the service was never ready.
        """
        pause_s, failed_starts = _FIRST_PAUSE_S, 0
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            status = await self._run_once(role)
            lived_s = loop.time() - started
            log.warning("a process ended and is being restarted", role=role, status=status, lived_s=round(lived_s, 3))
            failed_starts += 1
            if failed_starts >= _MAX_FAILED_STARTS and not self._serving:
                raise ChildrenFailedError(role, status)
            pause_s = _FIRST_PAUSE_S if lived_s > _HEALTHY_AFTER_S else min(pause_s * 2, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s)

    async def _run_once(self, role: str) -> int:
        """Run one child to its end and return its status."""
        descriptors = [("BRIM_INTERNAL_BEGIN_FD", self._begin_fd)]
        if role == "api":
            descriptors += [("BRIM_INTERNAL_LISTEN_FDS", listener.fileno()) for listener in self._listeners]
        try:
            process = await self._forks.fork([role], self._environment, descriptors)
        except ConnectionError:  # the fork server died or could not fork, and its errors stand above
            return UNKNOWN
        self._running.add(process)
        try:
            return await process.wait()
        except asyncio.CancelledError:
            await self._stop(process, role)
            raise
        finally:
            self._running.discard(process)
            forget_process(process.pid)

    async def _stop(self, process: ForkedProcess, role: str) -> None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self._drain_timeout_s + _EXTRA_STOP_S)
        except TimeoutError:
            log.warning("a process did not stop in time and was killed", role=role)
            process.kill()
            await process.wait()
