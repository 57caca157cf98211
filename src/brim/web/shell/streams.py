"""`listen` and `logs tail`: sessions like those of the official CLI, on a websocket that never leaves the process.

Source: the protocol and the lines of version 1.52.0 of the official CLI, observed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from brim.api.resources.stripe_cli.wire import subscribe_path
from brim.base import json_codec
from brim.base.clock import Clock
from brim.core.events import EventType
from brim.http.message import Request
from brim.web.shell import colours
from brim.web.shell.commands import Flag
from brim.web.shell.failures import (
    ElsewhereError,
    ListeningFailedError,
    RefusedKeyError,
    UnacceptableError,
    WrongArgumentsError,
)
from brim.web.shell.flags import Parsed
from brim.web.shell.requests import Ask, send
from brim.web.shell.screen import Screen
from brim.web.shell.session import ConversingApi, ShellSession

Show: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[None]]

SESSIONS: Final = "/v1/stripecli/sessions"
DEVICE: Final = "Brim Shell"

_HELP: Final = Flag(name="help", letter="h", kind="boolean", description="Show this help")
_JSON: Final = Flag(name="format", kind="string", description="JSON for complete objects", choices=("JSON",))
LISTEN_FLAGS: Final = (
    Flag(name="all-snapshot", kind="boolean", description="Every event (the default)"),
    Flag(
        name="events",
        letter="e",
        kind="list",
        description="Only these types, separated by commas",
        choices=tuple(str(each) for each in EventType),
    ),
    Flag(
        name="forward-to", letter="f", kind="string", description="Not available: the Shell can't reach your computer"
    ),
    _JSON,
    _HELP,
    Flag(name="latest", letter="l", kind="boolean", description="Use the latest API version"),
    Flag(name="print-secret", kind="boolean", description="Print the signing secret and exit"),
    Flag(name="skip-update", letter="s", kind="boolean", description="No effect: there are no updates to check"),
)

FILTERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "account": ("account filter", ("CONNECT_IN", "CONNECT_OUT", "SELF")),
    "http-method": ("HTTP method", ("GET", "POST", "DELETE")),
    "ip-address": ("", ()),
    "request-path": ("", ()),
    "request-status": ("request status", ("SUCCEEDED", "FAILED")),
    "source": ("source", ("API", "DASHBOARD")),
    "status-code": ("", ()),
    "status-code-type": ("status code type", ("2XX", "4XX", "5XX")),
}
"""What requests may be filtered by: what a value is called, and the values there are. Source: `stripe logs tail`."""


def _label(name: str) -> str:
    """Return a filter's name for people: `HTTP method` for `http-method`."""
    return name.replace("-", " ").replace("http", "HTTP").replace("ip ", "IP ")


TAIL_FLAGS: Final = (
    *(
        Flag(name=f"filter-{name}", kind="list", description=f"Filter requests by {_label(name)}", choices=choices)
        for name, (_, choices) in FILTERS.items()
    ),
    _JSON,
    _HELP,
)


class StreamContext(msgspec.Struct, frozen=True, kw_only=True):
    """Where a stream prints to and whom it works for; `zone_minutes` is how far the viewer's time is ahead of UTC."""

    api: ConversingApi
    session: ShellSession
    host: str
    clock: Clock
    screen: Screen
    zone_minutes: int = 0

    def stamp(self, second: int) -> str:
        """Return a Unix second as the beginning of a line."""
        moment = time.gmtime(second + 60 * self.zone_minutes)
        return colours.dim(time.strftime("%Y-%m-%d %H:%M:%S", moment))


class InnerSocket:
    """A websocket between two parts of one process: the API's end has `Socket`'s methods, the Shell's the others."""

    def __init__(self) -> None:
        self._to_api: asyncio.Queue[str | None] = asyncio.Queue()
        self._to_shell: asyncio.Queue[str | None] = asyncio.Queue(maxsize=100)
        self._over = False
        self.refusal = ""

    def accept(self) -> None:
        """Agree."""

    def mark_known(self) -> None:
        """Do nothing: there is no connection that others could need."""

    def refuse(self, _status: int, text: str) -> None:
        """Say no."""
        self.refusal = text

    async def receive(self) -> str | None:
        """Return what the Shell says; None when it is gone."""
        return await self._to_api.get()

    async def send(self, text: str) -> None:
        """Send to the Shell, and wait while it is slow; once it is gone, nothing is sent."""
        if not self._over:
            await self._to_shell.put(text)

    def ping(self) -> None:
        """Do nothing: who is in the same process is alive."""

    def shutdown(self) -> None:
        """End."""

    async def next(self) -> str | None:
        """Return the API's next message."""
        return await self._to_shell.get()

    def say(self, text: str) -> None:
        """Send a message to the API."""
        self._to_api.put_nowait(text)

    async def end(self) -> None:
        """Tell the Shell that there is no more to come."""
        if not self._over:
            await self._to_shell.put(None)

    def hang_up(self) -> None:
        """Be gone; a message that the API is about to send is dropped."""
        self._over = True
        self._to_api.put_nowait(None)
        while not self._to_shell.empty():
            self._to_shell.get_nowait()


async def listen(here: StreamContext, parsed: Parsed) -> None:
    """Print every event as it happens, until cancelled.

    Raises:
        ElsewhereError: it shall forward, which only a command on the visitor's own computer can.
        RefusedKeyError, ListeningFailedError: the API does not let it listen.
    """
    if parsed.last("forward-to") is not None:
        raise ElsewhereError("stripe listen --forward-to")
    _check_format(parsed)
    if parsed.arguments:
        raise WrongArgumentsError("stripe listen", 0)
    told = await _open_session(here, [("websocket_features[]", "webhooks")])
    if parsed.has("print-secret"):
        await here.screen.write(f"{told['secret']}\n")
        return
    await _warn_of_unknown(here, _listed(parsed, "events"))
    await here.screen.write(
        f"Ready! You are using Stripe API Version [{told['default_version']}]. "
        f"Your webhook signing secret is {colours.bold(told['secret'])} (^C to quit)\n"
    )

    async def show(message: Mapping[str, Any]) -> None:
        await _show_event(here, parsed, message)

    await _follow(here, told, show)


async def tail_logs(here: StreamContext, parsed: Parsed) -> None:
    """Print every request as it is answered, until cancelled.

    Raises:
        UnacceptableError: a filter has a value that there is not.
        RefusedKeyError, ListeningFailedError: the API does not let it listen.
    """
    _check_format(parsed)
    if parsed.arguments:
        raise WrongArgumentsError("stripe logs tail", 0)
    filters = json_codec.encode_text(read_filters(parsed))
    told = await _open_session(here, [("filters", filters), ("websocket_features[]", "request_logs")])
    await here.screen.write("Ready! You're now waiting to receive API request logs (^C to quit)\n")

    async def show(message: Mapping[str, Any]) -> None:
        await _show_request(here, parsed, message)

    await _follow(here, told, show)


def read_filters(parsed: Parsed) -> dict[str, list[str]]:
    """Return the filters as they are sent.

    Raises:
        UnacceptableError: a value is none of those there are.
    """
    filters = {}
    for name, (what, choices) in FILTERS.items():
        values = _listed(parsed, f"filter-{name}")
        for value in values:
            if choices and value.upper() not in choices:
                raise UnacceptableError(value, what, choices)
        if name == "status-code-type":
            values = [value.upper().replace("XX", "00") for value in values]
        if values:
            filters[f"filter_{name.replace('-', '_')}"] = values
    return filters


def _listed(parsed: Parsed, flag: str) -> list[str]:
    """Return the values of a flag that takes several at once, with commas between."""
    return [value for given in parsed.all(flag) for value in given.split(",") if value]


def _check_format(parsed: Parsed) -> None:
    given = parsed.last("format")
    if given is not None and given.upper() != "JSON":
        raise UnacceptableError(given, "format", ("JSON",))


async def _warn_of_unknown(here: StreamContext, types: list[str]) -> None:
    for name in types:
        if name != "*" and name not in set(EventType):
            await here.screen.write(
                f"You're attempting to listen for \"{colours.harmless(name)}\", which isn't a valid event\n"
            )


async def _open_session(here: StreamContext, form: list[tuple[str, str | int]]) -> dict[str, Any]:
    await here.screen.write("Getting ready...\n")
    ask = Ask(method="POST", path=SESSIONS, form=(("device_name", DEVICE), *form))
    reply = await send(here.api, here.session, ask, here.host)
    if reply.status == 401:
        raise RefusedKeyError(reply.status, reply.body.decode())
    told: dict[str, Any] = json_codec.decode(reply.body)
    if reply.status != 200:
        raise ListeningFailedError(told["error"]["message"])
    return told


async def _follow(here: StreamContext, told: Mapping[str, Any], show: Show) -> None:
    """Show each message of a session and say that it has arrived, until cancelled or hung up on."""
    socket = InnerSocket()
    headers = {b"websocket-id": told["websocket_id"].encode(), b"host": here.host.encode("latin-1")}
    request = Request("GET", subscribe_path(told["websocket_url"]), b"", headers, b"")
    serving = asyncio.ensure_future(_serve(here.api, request, socket))
    try:
        while (text := await socket.next()) is not None:
            message = json_codec.decode(text)
            await show(message)
            socket.say(_acknowledgement(message))
    finally:
        socket.hang_up()
        await asyncio.shield(serving)
    raise ListeningFailedError(socket.refusal or "the service is shutting down. Run the command again in a moment.")


async def _serve(api: ConversingApi, request: Request, socket: InnerSocket) -> None:
    try:
        await api.converse(request, socket)
    finally:
        await socket.end()


def _acknowledgement(message: Mapping[str, Any]) -> str:
    """Return what says that a message has arrived; unacknowledged ones would come again."""
    names = ("webhook_conversation_id", "webhook_id")
    told = {"type": "event_ack", "event_id": message.get("request_log_id", "")}
    return json_codec.encode_text({**told, **{name: message.get(name, "") for name in names}})


async def _show_event(here: StreamContext, parsed: Parsed, message: Mapping[str, Any]) -> None:
    """Print an event, if it is of a type that is wanted and the copy in the version that is wanted."""
    if message["type"] != "webhook_event":
        return
    is_latest = message["endpoint"]["api_version"] is not None
    event = json_codec.decode(message["event_payload"])
    types = _listed(parsed, "events")
    if is_latest != parsed.has("latest") or (types and "*" not in types and event["type"] not in types):
        return
    if parsed.last("format"):
        await here.screen.write(f"{colours.harmless(json_codec.encode_text(event))}\n")
        return
    stamp = here.stamp(here.clock() // 1000)
    await here.screen.write(f"{stamp}   --> {colours.bold(event['type'])} [{event['id']}]\n")


async def _show_request(here: StreamContext, parsed: Parsed, message: Mapping[str, Any]) -> None:
    """Print a request, and what was wrong with it; those that listening itself makes are left out."""
    if message["type"] != "request_log_event":
        return
    payload = message["event_payload"]
    told = json_codec.decode(payload)
    if told["url"] == SESSIONS:
        return
    if parsed.last("format"):
        await here.screen.write(f"{colours.harmless(payload)}\n")
        return
    line = f"[{colours.status(told['status'])}] {told['method']} {colours.harmless(told['url'])} [{told['request_id']}]"
    await here.screen.write(f"{here.stamp(told['created_at'])} {line}\n")
    for name in ("type", "code", "message", "param"):
        if told["error"].get(name):
            await here.screen.write(f"{name.capitalize()}: {colours.harmless(told['error'][name])}\n")
