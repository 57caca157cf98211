"""The database goes away under somebody who listens: nothing is lost, nothing comes twice, nobody starts anything."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from brim.core.stripe_cli.rules import SUBPROTOCOL
from brim.host.embedded import EmbeddedPostgres
from brim.platform.database import Database
from tests.support.brim_process import RunningBrim
from tests.support.outages import brim, frozen, postgres_of_ours
from tests.support.polling import until
from tests.support.wire import PENDING, Wire

__all__ = ["brim", "postgres_of_ours"]

Outage = Callable[[EmbeddedPostgres], AbstractAsyncContextManager[None]]

FORMS: Final = 3
"""Each event comes as a snapshot in two versions, and thin."""

PATIENCE_S: Final = 60.0
WISH: Final = {"amount": 1000, "currency": "usd", "source": PENDING}


@asynccontextmanager
async def killed(server: EmbeddedPostgres) -> AsyncIterator[None]:
    """Let there be no database server for as long as the block lasts."""
    server.kill()
    await server.wait()
    yield
    await server.start()


@asynccontextmanager
async def hung(server: EmbeddedPostgres) -> AsyncIterator[None]:
    """Let the database server not answer for as long as the block lasts."""
    with frozen(server):
        yield


class FarEnd:
    """The listening side of a session, which acknowledges only what it is told to."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self.messages: list[dict[str, Any]] = []

    async def wait_for(self, copies: int) -> None:
        """Return once so many copies have come."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.messages) < copies:
                self.messages.append(json.loads(await self._line.recv()))

    async def acknowledge(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            named = message.get("webhook_id") or message["destination_id"]
            await self._line.send(json.dumps({"type": "event_ack", "webhook_id": named}))

    async def hears_nothing_for(self, seconds: float) -> bool:
        """Tell whether nothing comes for so long."""
        try:
            async with asyncio.timeout(seconds):
                self.messages.append(json.loads(await self._line.recv()))
        except TimeoutError:
            return True
        return False

    def of(self, topup_id: str) -> list[dict[str, Any]]:
        """Return the copies that have come of what announces a top-up."""
        return [message for message in self.messages if _topup_of(message) == topup_id]

    @property
    def topups(self) -> Counter[str]:
        """How many copies have come of what announces each top-up."""
        return Counter(map(_topup_of, self.messages))


def _topup_of(message: dict[str, Any]) -> str:
    if message["type"] == "v2_event":
        return str(json.loads(message["payload"])["related_object"]["id"])
    return str(json.loads(message["event_payload"])["data"]["object"]["id"])


@asynccontextmanager
async def connected(session: dict[str, Any]) -> AsyncIterator[FarEnd]:
    """Connect a session for the time of the block."""
    async with connect(
        session["websocket_url"],
        additional_headers={"Websocket-Id": session["websocket_id"]},
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        proxy=None,
    ) as line:
        yield FarEnd(line)


async def create(wire: Wire) -> str:
    """Return the id of a new top-up, once the service makes one."""

    def look() -> str | None:
        reply = wire.post("/v1/topups", WISH)
        return str(reply.json["id"]) if reply.status == 200 else None

    return await asyncio.to_thread(until, look, what="a create that goes through")


async def wait_until_written_down(database_url: str, place: int) -> None:
    """Return once it is on file that every copy up to a place has arrived at the only session."""
    database = await Database.connect(database_url)
    try:
        async with asyncio.timeout(PATIENCE_S), database.connection() as conn:
            asked = "SELECT acked_place FROM cli_sessions"
            while await conn.fetchval(asked) != place:  # noqa: ASYNC110  the service announces to nobody how far it is
                await asyncio.sleep(0.05)
    finally:
        await database.close()


@pytest.mark.parametrize("outage", [killed, hung])
async def test_who_listens_through_an_outage_gets_all_from_before_and_after_once(
    brim: RunningBrim, postgres_of_ours: EmbeddedPostgres, outage: Outage
) -> None:
    """What is acknowledged while the database is away counts; what is not comes again, on the next connection."""
    wire = Wire(brim.url, brim.test_key)
    features = [("websocket_features[]", "webhooks"), ("websocket_features[]", "v2_events")]
    targets = [("forward_to_url", "http://127.0.0.1:1/snapshots"), ("forward_thin_to_url", "http://127.0.0.1:1/thin")]
    session = wire.post("/v1/stripecli/sessions", [("device_name", "devbox"), *features, *targets]).json
    async with connected(session) as end:
        made = [await create(wire) for _ in range(3)]
        await end.wait_for(3 * FORMS)
        first, second, third = end.topups
        async with outage(postgres_of_ours):
            assert (await asyncio.to_thread(wire.get, "/v1/topups")).status == 503
            await end.acknowledge(end.of(first))
        later = [await create(wire) for _ in range(3)]
        await end.wait_for(6 * FORMS)
        await end.acknowledge(end.of(second)[:1])
        await wait_until_written_down(postgres_of_ours.urls.owner, 2 * FORMS)  # event n begins at n * FORMS
    assert end.topups == dict.fromkeys([*made, *later], FORMS)

    async with connected(session) as again:
        await again.wait_for(5 * FORMS - 1)
        await again.acknowledge(again.messages)
        newest = await create(wire)
        await again.wait_for(6 * FORMS - 1)
        assert await again.hears_nothing_for(1.0)
    assert again.topups == {second: FORMS - 1, **dict.fromkeys([third, *later, newest], FORMS)}
