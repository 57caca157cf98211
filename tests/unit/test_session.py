"""A session of `brim listen` over connections that break: nothing is lost, and nothing is dealt with twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeAlias

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from brim.cli.session import Follower, Message, Session, acknowledgement
from brim.core.stripe_cli.rules import SUBPROTOCOL

Talk: TypeAlias = Callable[[ServerConnection], Awaitable[None]]
_PATIENCE_S = 60.0


@asynccontextmanager
async def server_that(*talks: Talk) -> AsyncIterator[Session]:
    """A server that does one thing on each connection, and then knows the session no more."""
    left = list(talks)

    async def converse(line: ServerConnection) -> None:
        await left.pop(0)(line)

    def admit(line: ServerConnection, request: Request) -> Response | None:
        if left:
            return None
        assert request.headers["Websocket-Id"] == "cliws_1"
        return line.respond(HTTPStatus.BAD_REQUEST, '{"error":{"message":"Unknown WebSocket ID."}}')

    async with serve(
        converse, "127.0.0.1", 0, subprotocols=[Subprotocol(SUBPROTOCOL)], process_request=admit
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield Session("cliws_1", f"ws://127.0.0.1:{port}/subscribe/acct_1/test", "whsec_1", "acct_1")


def event(number: int) -> str:
    return json.dumps({"type": "webhook_event", "webhook_id": f"wh_{number}", "webhook_conversation_id": "wc_1"})


async def heard(line: ServerConnection) -> Any:
    async with asyncio.timeout(_PATIENCE_S):
        return json.loads(await line.recv())["webhook_id"]


async def follow(session: Session) -> tuple[list[str], list[str]]:
    """Return which messages were taken, and what was told, until the server knows the session no more."""
    taken: list[str] = []
    told: list[str] = []

    async def take(message: Message) -> list[Message]:
        taken.append(message["webhook_id"])
        return [acknowledgement(message, "evt_1")]

    async with asyncio.timeout(_PATIENCE_S):
        await Follower(session, take, told.append).run()
    return taken, told


async def test_what_was_dealt_with_is_acknowledged_again_and_not_dealt_with_again() -> None:
    acknowledged: list[str] = []

    async def first(line: ServerConnection) -> None:
        await line.send(event(1))
        await heard(line)  # and the server forgets it, as if the acknowledgment had been lost
        await line.close(1011)

    async def second(line: ServerConnection) -> None:
        await line.send(event(1))
        await line.send(event(2))
        acknowledged.extend([await heard(line), await heard(line)])

    async with server_that(first, second) as session:
        taken, told = await follow(session)
    assert taken == ["wh_1", "wh_2"]
    assert sorted(acknowledged) == ["wh_1", "wh_2"]
    assert [sentence.partition(" (")[0] for sentence in told] == [
        "Connection lost",
        "Reconnected.",
        "Connection lost",
    ]


async def test_what_cannot_be_read_is_passed_over() -> None:
    async def talk(line: ServerConnection) -> None:
        for text in ("nonsense", "[]", "{}", '{"type": "of_the_future"}', event(1)):
            await line.send(text)
        await heard(line)

    async with server_that(talk) as session:
        taken, _ = await follow(session)
    assert taken == ["wh_1"]


async def test_a_message_under_way_is_not_begun_again_on_the_next_connection() -> None:
    may_end = asyncio.Event()
    taken: list[str] = []
    acknowledged: list[str] = []

    async def take(message: Message) -> list[Message]:
        taken.append(message["webhook_id"])
        await may_end.wait()
        return [acknowledgement(message, "evt_1")]

    async def first(line: ServerConnection) -> None:
        await line.send(event(1))

    async def second(line: ServerConnection) -> None:
        await line.send(event(1))
        may_end.set()
        acknowledged.append(await heard(line))

    async with server_that(first, second) as session, asyncio.timeout(_PATIENCE_S):
        await Follower(session, take, lambda _sentence: None).run()
    assert taken == ["wh_1"]
    assert acknowledged == ["wh_1"]
