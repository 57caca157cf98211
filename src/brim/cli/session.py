"""Follows what happens in a running Brim: a session over HTTP, its websocket, and what is said on both sides.

It is the session that the official CLI opens too. What was taken is acknowledged once it is dealt with, so a
connection that breaks loses nothing: what was not acknowledged comes again on the next one, and what comes again is
dealt with once. Neighbours: `client` opens the session; `listen` and `logs` deal with what comes.
"""

import asyncio
import json
import os
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Never, TypeAlias

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

import brim
from brim.api.resources.stripe_cli.wire import subscribe_path
from brim.base.errors import BrimError
from brim.cli.client import ApiBase, Client, NoAnswerError, RefusedError
from brim.cli.output_lines import NobodyReadsError
from brim.core.stripe_cli import SUBPROTOCOL

SESSIONS: Final = "/v1/stripecli/sessions"
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 10.0
_PING_EVERY_S: Final = 5.0
"""Well below the half minute after which the server takes a silent client for gone."""

_UNKNOWN: Final = b"Unknown WebSocket ID."
_MAX_MESSAGE: Final = 4 * 1024 * 1024
_REMEMBERED: Final = 2_000
"""What was dealt with and might come again; the server has fifty copies under way at most."""

Message: TypeAlias = Mapping[str, Any]
Take: TypeAlias = Callable[[Message], Awaitable[Sequence[Message]]]
"""Deals with a message and returns what to answer, the acknowledgment first; nothing for a message of no interest."""

Tell: TypeAlias = Callable[[str], None]


class Session(NamedTuple):
    """A session that was opened. `url` is its websocket's, `id` all that a connection has to show for itself."""

    id: str
    url: str
    secret: str
    account: str


def device_name() -> str:
    """Return the name of this computer; the secret that signs is one for each.

    Source: the official CLI's variable, so that both commands have the same secret.
    """
    return os.environ.get("STRIPE_DEVICE_NAME") or socket.gethostname()


def open_session(
    client: Client, feature: str, *, forward_to: str | None = None, filters: Mapping[str, Sequence[str]] | None = None
) -> Session:
    """Return a new session.

    Args:
        client: of the account whose events or requests are to be followed.
        feature: `webhooks` for events, `v2_events` for thin ones, `request_logs` for requests.
        forward_to: where the events will be passed on to.
        filters: of requests, by the names that the server has for them.

    Raises:
        RefusedError, NoAnswerError, ForeignAnswerError: as `Client.post`.
    """
    parameters = {"device_name": device_name(), "websocket_features[]": feature}
    if forward_to is not None:
        parameters["forward_to_url"] = forward_to
    if filters is not None:
        parameters["filters"] = json.dumps(filters)
    answer = client.post(SESSIONS, parameters)
    path = subscribe_path(answer["websocket_url"])
    return Session(
        id=answer["websocket_id"],
        url=f"{_websocket_base(client.base)}{path}?websocket_feature={answer['websocket_authorized_feature']}",
        secret=answer["secret"],
        account=path.split("/")[2],
    )


def _websocket_base(base: ApiBase) -> str:
    """Return where websockets are served: where the API is, encrypted if that is, whatever name the server goes by."""
    return str(base._replace(scheme="wss" if base.scheme == "https" else "ws"))


def follow(open_one: Callable[[], Session], take: Callable[[Session], Take], tell: Tell) -> None:
    """Take everything that comes; return when somebody has had enough, and interrupts it or reads no more.

    Args:
        open_one: opens a session, and another one when the server has forgotten it.
        take: returns what deals with the messages of a session.
        tell: told in a sentence when the connection is there, lost, and back.

    Raises:
        BrimError: no session can be opened.
    """
    with suppress(KeyboardInterrupt, NobodyReadsError):
        _follow_sessions(open_one, take, tell)


def _follow_sessions(open_one: Callable[[], Session], take: Callable[[Session], Take], tell: Tell) -> Never:
    session = open_one()
    while True:
        asyncio.run(Follower(session, take(session), tell).run())
        tell("The session has expired. A new one begins; anything that happened in between isn't shown.")
        session = _open_patiently(open_one)


def _open_patiently(open_one: Callable[[], Session]) -> Session:
    """Return another session, as soon as the server is there to open one."""
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return open_one()
        except BrimError as error:
            if not _may_pass(error):
                raise
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _may_pass(error: BrimError) -> bool:
    """Tell whether trying again may help: nobody was there, or somebody who was not ready."""
    if isinstance(error, RefusedError):
        return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, NoAnswerError)


class Follower:
    """Follows one session over as many connections as it takes.

    Args:
        session: which.
        take: deals with a message.
        tell: told in a sentence when the connection is there, lost, and back.
    """

    def __init__(self, session: Session, take: Take, tell: Tell) -> None:
        self._session = session
        self._take = take
        self._tell = tell
        self._line: ClientConnection | None = None
        self._under_way: set[str] = set()
        self._done: OrderedDict[str, Message] = OrderedDict()
        self._is_lost = False
        self._pause_s = FIRST_PAUSE_S

    async def run(self) -> None:
        """Return when the server does not know the session any more."""
        try:
            async with asyncio.TaskGroup() as tasks:
                while await self._connect(tasks):
                    await asyncio.sleep(self._pause_s)
                    self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        except ExceptionGroup as failures:  # a message that could not be dealt with
            raise failures.exceptions[0] from None

    async def _connect(self, tasks: asyncio.TaskGroup) -> bool:
        """Take what comes on one connection; return whether another one is worth trying."""
        try:
            async with connect(
                self._session.url,
                additional_headers={"Websocket-Id": self._session.id},
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                user_agent_header=f"brim/{brim.__version__}",
                ping_interval=_PING_EVERY_S,
                max_size=_MAX_MESSAGE,
                proxy=None,  # as the requests, which know no proxy either
            ) as line:
                self._begin(line)
                async for text in line:
                    self._receive(text, tasks)
            self._note_loss("the server closed it")
        except InvalidStatus as error:
            if _UNKNOWN in (error.response.body or b""):
                return False
            self._note_loss(f"status {error.response.status_code}")
        except (OSError, WebSocketException) as error:
            self._note_loss(str(error) or "no reason was given")
        finally:
            self._line = None
        return True

    def _begin(self, line: ClientConnection) -> None:
        if self._is_lost:
            self._tell("Reconnected.")
        self._line, self._is_lost, self._pause_s = line, False, FIRST_PAUSE_S

    def _note_loss(self, reason: str) -> None:
        """Tell once that there is no connection, however often it is tried."""
        if not self._is_lost:
            self._tell(f"Connection lost ({reason}). Reconnecting; missed events are shown afterwards.")
        self._is_lost = True

    def _receive(self, text: str | bytes, tasks: asyncio.TaskGroup) -> None:
        """Begin to deal with a message; one that was dealt with is acknowledged again, as that was lost."""
        message = _read(text)
        key = name_of(message) or str(message.get("request_log_id") or "")
        if not key or key in self._under_way:
            return
        if key in self._done:
            tasks.create_task(self._send([self._done[key]]))
            return
        self._under_way.add(key)
        tasks.create_task(self._deal_with(key, message))

    async def _deal_with(self, key: str, message: Message) -> None:
        answers = await self._take(message)
        self._under_way.discard(key)
        if answers:
            self._done[key] = answers[0]
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)
        await self._send(answers)

    async def _send(self, answers: Sequence[Message]) -> None:
        """Send answers; where that fails, the message comes again and is acknowledged then."""
        try:
            for answer in answers:
                if self._line:
                    await self._line.send(json.dumps(answer))
        except ConnectionClosed:
            return


def name_of(message: Message) -> str:
    """Return what answers to a message about an event name it by; empty for others. Thin events have a name of theirs.

    Source: what the official CLI repeats of either.
    """
    return str(message.get("webhook_id") or message.get("destination_id") or "")


def acknowledgement(message: Message, event_id: str) -> Message:
    """Return what says that a message was dealt with."""
    return {
        "type": "event_ack",
        "event_id": event_id,
        "webhook_conversation_id": message.get("webhook_conversation_id", ""),
        "webhook_id": name_of(message),
    }


def _read(text: str | bytes) -> Message:
    """Return a message; an empty one for what cannot be read, which newer servers may send."""
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
