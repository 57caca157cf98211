"""Carries out a command line: finds the command, sends its requests, prints what comes back.

Source of what is printed: version 1.52.0 of the official CLI, observed.
"""

import asyncio
import difflib
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from brim import __version__
from brim.base import json_codec
from brim.base.clock import Clock
from brim.base.errors import BrimError
from brim.core.events import DEFAULT_API_VERSION
from brim.core.triggers import TRIGGERS, Step, change_steps
from brim.http.message import Reply, Request
from brim.web.shell import colours, manual
from brim.web.shell.commands import Command, Method, Words
from brim.web.shell.failures import (
    ElsewhereError,
    RefusedKeyError,
    TimeLimitError,
    TriggerFailedError,
    UnknownCommandError,
    UnknownProgramError,
    UnsupportedEventError,
    WrongArgumentsError,
)
from brim.web.shell.flags import PLAIN_FLAGS, REQUEST_FLAGS, FlagSet, Parsed
from brim.web.shell.requests import FORM, Ask, ask_operation, ask_plainly, dry_run, send
from brim.web.shell.screen import BoundedScreen, Screen
from brim.web.shell.session import ConversingApi, ShellSession
from brim.web.shell.streams import LISTEN_FLAGS, TAIL_FLAGS, StreamContext, listen, tail_logs
from brim.web.shell.words import split_line

PROGRAMS: Final = ("stripe", "brim")
REQUEST_S: Final = 30.0
"""For a command that sends requests: as long as any client waits for an answer."""

STREAM_S: Final = 60 * 60.0
"""For a command that listens: whoever still watches starts it again."""

CREATED_BY: Final = "(created by Stripe CLI)"
"""Source: the description of what the official `trigger` makes; scripts find it by that."""

CLEAR: Final = "\x1b[H\x1b[2J\x1b[3J"

_ELSEWHERE: Final = frozenset(
    "agent api community completion config data docs feedback fixtures keys login logout migrate open plugin provision "
    "samples sandbox serve switch verify worker".split()
)
"""Commands of either program that need a computer or a terminal of the visitor's own."""

_METHODS: Final[Mapping[str, Method]] = {"get": "GET", "post": "POST", "delete": "DELETE"}

log = structlog.get_logger()


class Interpreter:
    """Carries out the lines of one pane.

    Args:
        api: answers the requests.
        commands: those that the operations make.
        session: whom it works for.
        host: the name by which the visitor reached the service.
        base: the URL that requests are shown with; None makes it of the host.
        clock: real time.
    """

    def __init__(
        self,
        api: ConversingApi,
        commands: Mapping[Words, Command],
        session: ShellSession,
        *,
        host: str,
        clock: Clock,
        base: str | None = None,
    ) -> None:
        self._api = api
        self._commands = commands
        self._session = session
        self._host = host
        self._base = base or f"http://{host}"
        self._clock = clock
        self._zone_minutes = 0
        self._builtins: dict[str, Callable[[list[str], Screen], Awaitable[None]]] = {
            "listen": self._listen,
            "logs": self._logs,
            "resources": self._resources,
            "status": self._status,
            "trigger": self._trigger,
            "version": self._version,
            "whoami": self._whoami,
        }

    async def run(self, line: str, screen: Screen, *, zone_minutes: int = 0) -> int:
        """Carry out a line and return its exit status: 0, or 1 when it was not carried out to its end.

        Args:
            line: as typed.
            screen: gets what is printed.
            zone_minutes: how far the viewer's time is ahead of UTC.
        """
        self._zone_minutes = zone_minutes
        bounded = BoundedScreen(screen)
        try:
            await self._run(split_line(line), bounded)
        except BrimError as error:
            await screen.write(f"{_lines(error.message)}\n")
            return 1
        except Exception:
            log.exception("a Shell command failed")
            await screen.write("Something went wrong. The server's log has the details.\n")
            return 1
        return 0

    async def _run(self, words: list[str], screen: Screen) -> None:
        if not words:
            return
        first, rest = words[0], words[1:]
        if first == "clear":
            await screen.write(CLEAR)
        elif first == "history":
            await screen.write("Use the arrow keys to recall earlier commands.\n")
        elif first == "help":
            await self._help(PROGRAMS[0], rest, screen)
        elif first in PROGRAMS:
            await self._command(first, rest, screen)
        else:
            raise UnknownProgramError(first)

    async def _command(self, program: str, words: list[str], screen: Screen) -> None:
        first = words[0] if words else "--help"
        if first in {"help", "--help", "-h"}:
            await self._help(program, words[1:], screen)
        elif first in {"--version", "-v"}:
            await self._version([], screen)
        elif first in _METHODS:
            await self._plainly(program, first, words[1:], screen)
        elif first in self._builtins:
            await self._builtins[first](words[1:], screen)
        elif first in _ELSEWHERE:
            raise ElsewhereError(f"{program} {first}")
        else:
            await self._resource(program, words, screen)

    # Requests.

    async def _resource(self, program: str, words: list[str], screen: Screen) -> None:
        """Carry out an operation's command, or say which there are."""
        command = self._find(words)
        if command is None:
            await screen.write(manual.group(program, self._group(program, words), self._commands))
            return
        parsed = FlagSet((*command.flags, *REQUEST_FLAGS), command.roots).parse(words[len(command.words) :])
        if parsed.has("help"):
            await screen.write(manual.operation(program, command))
            return
        await self._ask(ask_operation(command, parsed), parsed, screen)

    async def _plainly(self, program: str, name: str, words: list[str], screen: Screen) -> None:
        parsed = FlagSet(PLAIN_FLAGS if name == "get" else REQUEST_FLAGS).parse(words)
        if parsed.has("help"):
            await screen.write(manual.builtin(program, (name,)))
            return
        await self._ask(ask_plainly(_METHODS[name], parsed), parsed, screen)

    async def _ask(self, ask: Ask, parsed: Parsed, screen: Screen) -> None:
        """Send a request, or show it, and print the answer as it came: a refusal by the API is an answer, too."""
        if parsed.has("dry-run"):
            await screen.write(colours.colour_json(dry_run(ask, self._session, self._base)))
            return
        reply = await self._send(ask)
        if parsed.has("show-headers"):
            await screen.write(self._headers(ask, reply))
        if reply.status == 401:
            raise RefusedKeyError(reply.status, reply.body.decode())
        await screen.write(colours.colour_json(reply.body))

    async def _send(self, ask: Ask) -> Reply:
        try:
            async with asyncio.timeout(REQUEST_S):
                return await send(self._api, self._session, ask, self._host)
        except TimeoutError:
            raise TimeLimitError(REQUEST_S) from None

    def _headers(self, ask: Ask, reply: Reply) -> str:
        sent = [("Authorization", "Bearer [REDACTED]"), ("Content-Type", FORM), *ask.headers]
        came = [("Content-Type", reply.content_type), *(line.split(": ", 1) for line in reply.headers)]
        lines = [
            f"> {ask.method} {self._base}{ask.path}",
            *(f"> {name}: {value}" for name, value in sent),
            f"< HTTP {reply.status}",
            *(f"< {name}: {value}" for name, value in came),
        ]
        return "".join(f"{colours.dim(colours.harmless(line))}\n" for line in lines)

    def _find(self, words: list[str]) -> Command | None:
        """Return the operation's command that a line begins with."""
        for length in (3, 2):
            command = self._commands.get(tuple(words[:length]))
            if command is not None:
                return command
        return None

    def _group(self, program: str, words: list[str]) -> Words:
        """Return the longest beginning of a line that some commands have.

        Raises:
            UnknownCommandError: none has.
        """
        for length in (2, 1):
            beginning = tuple(words[:length])
            if any(known[:length] == beginning and len(known) > length for known in self._commands):
                return beginning
        names = {known[0] for known in self._commands} | {known[0] for known in manual.BUILTINS}
        similar = difflib.get_close_matches(words[0], sorted(names), n=1)
        raise UnknownCommandError(program, words[0], similar[0] if similar else None)

    # Events on demand.

    async def _trigger(self, words: list[str], screen: Screen) -> None:
        """Make an event happen, by the requests that lead to it."""
        parsed = FlagSet(manual.TRIGGER_FLAGS).parse(words)
        if parsed.has("help") or not parsed.arguments:
            await screen.write(manual.trigger_events() if not words else manual.builtin(PROGRAMS[0], ("trigger",)))
            return
        if len(parsed.arguments) > 1:
            raise WrongArgumentsError("stripe trigger", 1)
        (event,) = parsed.arguments
        if event not in TRIGGERS:
            raise UnsupportedEventError(event, list(TRIGGERS))
        topup_id = ""
        for name, path, parameters in _steps(event, parsed):
            await screen.write(f"Setting up fixture for: {name}\nRunning fixture for: {name}\n")
            reply = await self._send(
                Ask(
                    method="POST",
                    path=path.format(topup=topup_id),
                    form=tuple(parameters.items()),
                    headers=_trigger_headers(parsed),
                )
            )
            if reply.status >= 300:
                raise TriggerFailedError(reply.status, reply.body.decode())
            topup_id = str(json_codec.decode(reply.body)["id"])
        await screen.write("Trigger succeeded! Check dashboard for event details.\n")

    # Streams.

    async def _listen(self, words: list[str], screen: Screen) -> None:
        parsed = FlagSet(LISTEN_FLAGS).parse(words)
        if parsed.has("help"):
            await screen.write(manual.builtin(PROGRAMS[0], ("listen",)))
        else:
            await self._stream(listen(self._here(screen), parsed))

    async def _logs(self, words: list[str], screen: Screen) -> None:
        if words[:1] != ["tail"]:
            await screen.write(manual.builtin(PROGRAMS[0], ("logs", "tail")))
            return
        parsed = FlagSet(TAIL_FLAGS).parse(words[1:])
        if parsed.has("help"):
            await screen.write(manual.builtin(PROGRAMS[0], ("logs", "tail")))
        else:
            await self._stream(tail_logs(self._here(screen), parsed))

    async def _stream(self, stream: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(STREAM_S):
                await stream
        except TimeoutError:
            raise TimeLimitError(STREAM_S) from None

    def _here(self, screen: Screen) -> StreamContext:
        return StreamContext(
            api=self._api,
            session=self._session,
            host=self._host,
            clock=self._clock,
            screen=screen,
            zone_minutes=self._zone_minutes,
        )

    # About the Shell itself.

    async def _help(self, program: str, words: list[str], screen: Screen) -> None:
        words = [word for word in words if not word.startswith("-")]
        command = self._find(words)
        name = tuple(words[:2]) if tuple(words[:2]) in manual.BUILTINS else tuple(words[:1])
        if not words:
            await screen.write(manual.overview(program, self._commands))
        elif command:
            await screen.write(manual.operation(program, command))
        elif name in manual.BUILTINS:
            await screen.write(manual.builtin(program, name))
        else:
            await screen.write(manual.group(program, self._group(program, words), self._commands))

    async def _resources(self, _words: list[str], screen: Screen) -> None:
        await screen.write(manual.resources(self._commands))

    async def _version(self, _words: list[str], screen: Screen) -> None:
        await screen.write(f"brim version {__version__}, API version {DEFAULT_API_VERSION}\n")

    async def _whoami(self, _words: list[str], screen: Screen) -> None:
        mode = "live mode, read-only" if self._session.livemode else "test mode"
        account = self._session.account or "an account that this key can't read"
        await screen.write(f"{account}, {mode}, as {self._session.role}\n")

    async def _status(self, _words: list[str], screen: Screen) -> None:
        reply = await self._api.handle(Request("GET", "/readyz", b"", {}, b""))
        await screen.write("The service is ready.\n" if reply.status == 200 else "The service is not ready.\n")


def _lines(message: str) -> str:
    """Return a refusal as it is printed; lines of its own stay lines."""
    return "\n".join(colours.harmless(line) for line in message.rstrip("\n").split("\n"))


def _steps(event: str, parsed: Parsed) -> list[Step]:
    """Return the requests of a trigger with what its flags change; they say that the official CLI's name made them."""
    first, *others = TRIGGERS[event]
    named = first._replace(parameters={**first.parameters, "description": CREATED_BY})
    changes = parsed.all("override") + parsed.all("add")
    return change_steps((named, *others), overrides=changes, removals=parsed.all("remove"))


def _trigger_headers(parsed: Parsed) -> tuple[tuple[str, str], ...]:
    names = (("stripe-account", "Stripe-Account"), ("api-version", "Stripe-Version"))
    values = ((header, parsed.last(flag)) for flag, header in names)
    return tuple((header, value) for header, value in values if value is not None)
