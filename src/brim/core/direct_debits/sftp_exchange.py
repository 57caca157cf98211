"""Exchanges files with banks' SFTP servers, each originator and direction apart, alongside the worker's other work.

A server that hangs, or is not there, holds up nothing but its own files. What does not pass by itself is listed as a
break at once, such as another host key; an outage once it has lasted.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.core.direct_debits import file_store
from brim.core.direct_debits.bank_servers import BankServers
from brim.core.direct_debits.incoming import Incoming
from brim.core.direct_debits.sftp_reading import SftpReading
from brim.core.direct_debits.sftp_sending import SftpSending
from brim.core.direct_debits.trouble import list_trouble
from brim.core.events import Renderers
from brim.core.jobs import short_error
from brim.core.originators import Originator, list_active_originators
from brim.core.rails.ach import is_sftp
from brim.platform.database import Database
from brim.platform.sftp import SftpError
from brim.platform.vault import Vault

OUTGOING: Final = "outgoing"
INCOMING: Final = "incoming"

OUTAGE_MS: Final = 5 * 60 * 1000
"""How long a server may be out of reach before that is listed as a break."""
_SHORTEST_PAUSE_MS: Final = 2_000
_LONGEST_PAUSE_MS: Final = 60_000
_INCOMPLETE_PAUSE_MS: Final = 5_000
"""How soon a folder is polled again after a file in it was still being written."""
_SECOND_MS: Final = 1_000

_log = structlog.get_logger()


class RecordsError(BrimError):
    """An originator's records folder cannot be used on this host."""

    trouble = "records"

    def __init__(self, error: OSError) -> None:
        what = f"{error.strerror}: {error.filename}" if error.filename else str(error) or "no answer"
        super().__init__(f"The records folder isn't usable on this host: {what}.")


class _State(msgspec.Struct):
    """The state of one originator's exchange in one direction.

    `version` is that of the profile it is about, `next_ms` when it is due again, `failures` how many there were in a
    row, and `failing_ms` since when.
    """

    version: int
    next_ms: int = 0
    failures: int = 0
    failing_ms: int = 0


class SftpExchange:
    """Starts what is due of the exchange with SFTP servers, in one process."""

    def __init__(
        self,
        vault: Vault,
        renderers: Renderers,
        incoming: Incoming,
        servers: BankServers,
        *,
        clock: Callable[[], int],
        ids: IdFactory,
        reading: SftpReading | None = None,
    ) -> None:
        self._renderers = renderers
        self._incoming = incoming
        self._clock = clock
        self._ids = ids
        self._sending = SftpSending(vault, renderers, servers)
        self._reading = reading or SftpReading(incoming, vault, servers)
        self._states: dict[tuple[str, str], _State] = {}
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def start_due(self, database: Database) -> int:
        """Start what is due and not yet running, without waiting for it; return how many were started."""
        async with database.connection() as conn:
            active = [each for each in await list_active_originators(conn) if each.profile.uses_sftp]
            waiting = await file_store.files_to_send(conn) if active else []
        with_files = {(each.scope, each.originator) for each in waiting}
        started = 0
        for originator in active:
            profile = originator.profile
            if is_sftp(profile.outgoing_folder) and (originator.scope, originator.id) in with_files:
                started += self._start(database, originator, OUTGOING)
            if is_sftp(profile.incoming_folder):
                started += self._start(database, originator, INCOMING)
        return started

    async def finish(self, *, within_s: float) -> None:
        """Wait for what is running, and cancel what is not done in time: the next worker does it anew."""
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=within_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, database: Database, originator: Originator, direction: str) -> bool:
        key = originator.id, direction
        state = self._states.get(key)
        if state is None or state.version != originator.version:
            state = self._states[key] = _State(originator.version)
        if key in self._running or self._clock() < state.next_ms:
            return False
        task = asyncio.create_task(self._exchange(database, originator, direction, state), name=" ".join(key))
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return True

    async def _exchange(self, database: Database, originator: Originator, direction: str, state: _State) -> None:
        """Send or read once. Any failure is recorded and tried again later."""
        pause_ms = _SECOND_MS
        try:
            if direction == OUTGOING:
                await self._sending.send_due(database, originator, clock=self._clock, ids=self._ids)
            elif await self._reading.read(database, originator, clock=self._clock, ids=self._ids):
                pause_ms = originator.profile.sftp_poll_seconds * _SECOND_MS
            else:
                pause_ms = _INCOMPLETE_PAUSE_MS
        except DatabaseUnavailableError:
            state.next_ms = self._clock() + _SECOND_MS
            return
        except OSError as error:
            await self._fail(database, originator, direction, state, RecordsError(error))
            return
        except Exception as error:  # noqa: BLE001  whatever is wrong with one bank must not hold up the others
            await self._fail(database, originator, direction, state, error)
            return
        if state.failures:
            _log.info("sftp exchange recovered", originator=originator.id, direction=direction)
        state.failures, state.next_ms = 0, self._clock() + pause_ms

    async def _fail(
        self, database: Database, originator: Originator, direction: str, state: _State, error: Exception
    ) -> None:
        now_ms = self._clock()
        if not state.failures:
            state.failing_ms = now_ms
            expected = isinstance(error, BrimError)
            _log.error(
                "sftp exchange failed",
                originator=originator.id,
                direction=direction,
                error=type(error).__name__,
                reason=short_error(error),
                exc_info=None if expected else error,
            )
        pause_ms = min(_SHORTEST_PAUSE_MS << min(state.failures, 10), _LONGEST_PAUSE_MS)
        state.failures, state.next_ms = state.failures + 1, now_ms + pause_ms
        if direction == INCOMING:
            self._incoming.add_reading(originator, began_ms=now_ms, problem=short_error(error))
        if isinstance(error, SftpError) and error.is_passing and now_ms - state.failing_ms < OUTAGE_MS:
            return
        trouble = getattr(error, "trouble", "worker")
        doing = "send files to" if direction == OUTGOING else "read files from"
        try:
            await list_trouble(
                database,
                self._renderers,
                error,
                scope=originator.scope,
                reference=f"{originator.id}/{direction}/{trouble}",
                doing=f"{doing} the bank of {originator.id}",
                now_ms=now_ms,
                ids=self._ids,
            )
        except Exception as unlisted:  # noqa: BLE001  it is tried again, and is in the log
            _log.error(
                "sftp exchange failed",
                originator=originator.id,
                direction=direction,
                error=type(unlisted).__name__,
                reason=short_error(unlisted),
            )
