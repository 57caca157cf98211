"""What breaks in a soak: processes are killed or stand still, connections end, locks are held, receivers misbehave."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import asyncpg

from brim.testing.catcher import BackgroundCatcher, Caught, Reply, status
from tests.support.brim_process import RunningBrim, descendants
from tests.support.polling import until

_BACKENDS: Final = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND usename = 'brim_service' AND pid <> pg_backend_pid()
"""
_LOCK_ALL: Final = """
    SELECT pg_sleep({seconds})
    FROM (SELECT FROM balances ORDER BY account, livemode, currency FOR UPDATE) AS b
"""
_LONGEST_FREEZE_S: Final = 3.0
_AWAY: Final = (asyncpg.OperatorInterventionError, asyncpg.PostgresConnectionError, ConnectionError)
"""What a database answers, or fails to, while it recovers from what was killed."""


def ask_database(brim: RunningBrim, statement: str) -> Any:
    """Return the first value that a statement answers, once the database answers again."""

    def ask() -> list[object] | None:
        with suppress(*_AWAY):
            return [brim.execute_as_owner(statement)]
        return None

    return until(ask, what="the database")[0]


class Faults:
    """Breaks one thing after another in a running service; all chance comes from the seed.

    Args:
        randomness: decides.
        restart: starts the service again where it is down as a whole, and returns it.
        catcher: receives the webhooks.
        answer: what the receiver does with a webhook while nothing is wrong with it.
    """

    def __init__(
        self,
        randomness: random.Random,
        restart: Callable[[], RunningBrim],
        catcher: BackgroundCatcher,
        answer: Reply,
    ) -> None:
        self._randomness = randomness
        self._restart = restart
        self._catcher = catcher
        self._answer = answer
        self.kinds: Mapping[str, Callable[[RunningBrim], RunningBrim | None]] = {
            "API killed": lambda brim: self._kill_child(brim, "api"),
            "worker killed": lambda brim: self._kill_child(brim, "worker"),
            "database process killed": self._kill_backend,
            "everything killed": self._kill_everything,
            "restarted": self._stop_and_start,
            "API frozen": lambda brim: self._freeze(brim.child_pid("api")),
            "worker frozen": lambda brim: self._freeze(brim.child_pid("worker")),
            "database frozen": lambda brim: self._freeze(*self._database_of(brim)),
            "connections ended": self._end_connections,
            "balances locked": self._lock_balances,
            "receiver misbehaves": self._misbehave,
        }
        self.kills = 0

    def break_something(self, brim: RunningBrim, kind: str) -> RunningBrim:
        """Let something of a kind happen, and return the service once it is whole again, or makes itself so."""
        return self.kinds[kind](brim) or brim

    def _kill_child(self, brim: RunningBrim, role: str) -> None:
        pid = brim.child_pid(role)
        os.kill(pid, signal.SIGKILL)
        self.kills += 1
        until(lambda: brim.has_child(role) and brim.child_pid(role) != pid, what=f"another {role} process")

    def _kill_backend(self, brim: RunningBrim) -> None:
        pids = ask_database(brim, f"SELECT coalesce(array_agg(pid), '{{}}') FROM ({_BACKENDS}) AS b")
        with suppress(ProcessLookupError, IndexError):  # it may have ended meanwhile, or none has come back yet
            os.kill(self._randomness.choice(pids), signal.SIGKILL)
            self.kills += 1

    def _kill_everything(self, brim: RunningBrim) -> RunningBrim:
        brim.kill_everything()
        self.kills += 1
        return self._restart()

    def _stop_and_start(self, brim: RunningBrim) -> RunningBrim:
        brim.stop()
        return self._restart()

    def _freeze(self, *pids: int) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        time.sleep(self._randomness.uniform(0.2, _LONGEST_FREEZE_S))  # how long it stands still is the fault itself
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _database_of(self, brim: RunningBrim) -> list[int]:
        return [brim.postgres_pid, *descendants(brim.postgres_pid)]

    def _end_connections(self, brim: RunningBrim) -> None:
        ask_database(brim, f"SELECT count(pg_terminate_backend(pid)) FROM ({_BACKENDS}) AS b")

    def _lock_balances(self, brim: RunningBrim) -> None:
        seconds = self._randomness.uniform(0.2, _LONGEST_FREEZE_S)
        with suppress(asyncpg.DeadlockDetectedError):  # whoever is refused, the other goes on
            ask_database(brim, _LOCK_ALL.format(seconds=seconds))

    def _misbehave(self, _brim: RunningBrim) -> None:
        self._catcher.answer_with(self._randomness.choice((status(500), status(301), _hang_up, _say_nothing)))
        time.sleep(self._randomness.uniform(0.2, _LONGEST_FREEZE_S))  # as above
        self._catcher.answer_with(self._answer)


async def _hang_up(_caught: Caught, _writer: asyncio.StreamWriter) -> None:
    """Close the connection without an answer."""


async def _say_nothing(_caught: Caught, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(2 * _LONGEST_FREEZE_S)
