"""The websocket behind one pane: the page sends lines, the Shell sends back what they print.

Messages are JSON objects with a `type`. From the page: `key`, `run`, `cancel`, `complete`. To the page: `key_needed`,
`ready`, `refused`, `output`, `done`, `completions`, `goodbye`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec
import structlog

from brim.base import json_codec
from brim.base.clock import Clock
from brim.base.public_url import PublicUrl
from brim.http.message import Request
from brim.http.origin import explain_origin, is_own_origin
from brim.http.websocket import Socket
from brim.web.shell.commands import Command, Words
from brim.web.shell.completion import complete
from brim.web.shell.failures import BusyError, UnusableKeyError
from brim.web.shell.interpreter import Interpreter
from brim.web.shell.session import ConversingApi, FindSession, ShellSession, session_of_key

PATH: Final = "/shell/socket"
SUBPROTOCOL: Final = "brim-shell-v1"
IDLE_S: Final = 30 * 60.0
"""A pane in which nothing runs and nobody types is let go after so long; the page connects again at the next line."""

PING_EVERY_S: Final = 10.0
"""Often enough for a connection that is cut after thirty silent seconds, and for proxies that cut after sixty."""

KEY_WITHIN_S: Final = 5 * 60.0
"""Long enough to fetch a key; a connection of nobody's is held no longer."""

_MAX_WRONG_KEYS: Final = 3
_PIECE: Final = 16_384
"""Characters of one message: a command waits after each until the page has read what came before."""

_MAX_ZONE_MINUTES: Final = 14 * 60
"""Source: the easternmost time zone."""

_INTERRUPTED: Final = 130
"""Source: what a POSIX shell answers for a command that Ctrl+C ended."""

log = structlog.get_logger()


class GiveKey(msgspec.Struct, tag_field="type", tag="key", frozen=True):
    """Who is not signed in works with a key; it is sent once and never printed."""

    key: str


class Run(msgspec.Struct, tag_field="type", tag="run", frozen=True):
    """Carry out a line; `zone_minutes` is how far the viewer's time is ahead of UTC."""

    line: str
    zone_minutes: int = 0


class Cancel(msgspec.Struct, tag_field="type", tag="cancel", frozen=True):
    """Stop what is running."""


class Complete(msgspec.Struct, tag_field="type", tag="complete", frozen=True):
    """Say what may be meant at the cursor; the answer carries the same `id`."""

    id: int
    line: str
    cursor: int


Message: TypeAlias = GiveKey | Run | Cancel | Complete
_decode: Final[Callable[[str], Message]] = json_codec.decoder(Message)


class ShellGateway:
    """Opens a conversation for each websocket that a page of ours asks for.

    Args:
        api: answers what commands ask.
        commands: those that the operations make.
        clock: real time.
        find_session: tells who is signed in; None where nobody can be, then the page asks for a key.
        idle_s: after how long without a word a pane is let go.
        key_within_s: how long a page may take to give a key that works.
        ping_every_s: how often it is asked for a sign of life, and whether its visitor is still signed in.
    """

    def __init__(
        self,
        api: ConversingApi,
        commands: Mapping[Words, Command],
        *,
        clock: Clock,
        find_session: FindSession | None = None,
        public: PublicUrl | None = None,
        idle_s: float = IDLE_S,
        key_within_s: float = KEY_WITHIN_S,
        ping_every_s: float = PING_EVERY_S,
    ) -> None:
        self._api = api
        self._commands = commands
        self._clock = clock
        self._find_session = find_session
        self._public = public
        self._idle_s = idle_s
        self._key_within_s = key_within_s
        self._ping_every_s = ping_every_s

    async def converse(self, request: Request, socket: Socket) -> None:
        """Serve a pane to its end; pages of other origins are refused before a word is said."""
        if not is_own_origin(request, self._public):
            reason = explain_origin(request, self._public)
            log.warning("a Shell connection from another origin was refused", reason=reason)
            socket.refuse(
                403, "The Shell can be opened only from this server's pages." + (f" {reason}" if reason else "")
            )
            return
        session = await self._find_session(request) if self._find_session else None
        socket.accept()
        watching = asyncio.create_task(self._watch(request, socket, is_signed_in=session is not None))
        try:
            host = request.header(b"host") or ""
            session = session or await self._ask_for_key(request, socket)
            if session:
                socket.mark_known()
                base = str(self._public or f"http://{host}")
                interpreter = Interpreter(self._api, self._commands, session, host=host, base=base, clock=self._clock)
                await Pane(socket, session, interpreter, self._commands, idle_s=self._idle_s).run()
        finally:
            watching.cancel()
            socket.shutdown()

    async def _watch(self, request: Request, socket: Socket, *, is_signed_in: bool) -> None:
        """Keep a pane's connection alive, until its visitor has signed out; who works with a key never does."""
        while True:
            await asyncio.sleep(self._ping_every_s)
            socket.ping()
            if is_signed_in and self._find_session and await self._find_session(request) is None:
                socket.shutdown()
                return

    async def _ask_for_key(self, request: Request, socket: Socket) -> ShellSession | None:
        """Return the session of a key that the page gives; None for a page that has none that works, or not in time."""
        await _send(socket, "key_needed")
        try:
            async with asyncio.timeout(self._key_within_s):
                return await self._try_keys(request, socket)
        except TimeoutError:
            await _send(socket, "goodbye", text="Timed out while waiting for a key.")
            return None

    async def _try_keys(self, request: Request, socket: Socket) -> ShellSession | None:
        for _ in range(_MAX_WRONG_KEYS):
            text = await socket.receive()
            if text is None:
                return None
            message = _read(text)
            if not isinstance(message, GiveKey):
                continue
            try:
                return await session_of_key(self._api, message.key, request)
            except UnusableKeyError as error:
                await _send(socket, "refused", text=error.message)
        return None


class Pane:
    """One pane at work: one line at a time.

    Args:
        socket: leads to the page.
        session: whom it works for.
        interpreter: carries out the lines.
        commands: what Tab offers.
        idle_s: after how long without a word it ends.
    """

    def __init__(
        self,
        socket: Socket,
        session: ShellSession,
        interpreter: Interpreter,
        commands: Mapping[Words, Command],
        *,
        idle_s: float,
    ) -> None:
        self._socket = socket
        self._session = session
        self._interpreter = interpreter
        self._commands = commands
        self._idle_s = idle_s
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Take messages until the page is gone, or idle for too long."""
        await _send(self._socket, "ready", account=self._session.account, livemode=self._session.livemode)
        try:
            while (text := await self._receive()) is not None:
                await self._take(_read(text))
        finally:
            await self._stop()

    async def write(self, text: str) -> None:
        """Print a text: the pane is the screen of its commands."""
        for start in range(0, len(text), _PIECE):
            await _send(self._socket, "output", text=text[start : start + _PIECE])

    @property
    def _is_busy(self) -> bool:
        return self._running is not None and not self._running.done()

    async def _receive(self) -> str | None:
        """Return the page's next message; None when it is gone, or when nobody typed and nothing ran for too long."""
        while True:
            try:
                async with asyncio.timeout(self._idle_s):
                    return await self._socket.receive()
            except TimeoutError:
                if not self._is_busy:
                    await _send(self._socket, "goodbye", text="Closed because of inactivity.")
                    return None

    async def _take(self, message: Message | None) -> None:
        if isinstance(message, Run):
            if self._is_busy:
                await _send(self._socket, "refused", text=BusyError().message)
            else:
                self._running = asyncio.create_task(self._carry_out(message))
        elif isinstance(message, Cancel):
            await self._stop()
        elif isinstance(message, Complete):
            found = complete(self._commands, message.line, max(0, message.cursor))
            await _send(self._socket, "completions", id=message.id, start=found.start, choices=found.choices)

    async def _carry_out(self, message: Run) -> None:
        zone_minutes = max(-_MAX_ZONE_MINUTES, min(message.zone_minutes, _MAX_ZONE_MINUTES))
        try:
            status = await self._interpreter.run(message.line, self, zone_minutes=zone_minutes)
        except asyncio.CancelledError:
            await _send(self._socket, "done", status=_INTERRUPTED)
            raise
        await _send(self._socket, "done", status=status)

    async def _stop(self) -> None:
        """Stop what is running and wait until it has."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
            self._running = None


async def _send(socket: Socket, kind: str, **values: object) -> None:
    await socket.send(json_codec.encode_text({"type": kind, **values}))


def _read(text: str) -> Message | None:
    """Return a message; None for what we do not know."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None
