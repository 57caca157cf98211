"""Listeners for tests: sessions as the official CLI opens them, and the far end of their connections."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.access.service import NewKey, create_key
from brim.core.stripe_cli.connections import Conversation
from brim.core.stripe_cli.hub import Hub
from brim.core.stripe_cli.rules import Form, Listener, kept_features
from brim.core.stripe_cli.service import find_session, open_session
from brim.core.webhooks import delivery_store as deliveries
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key
from brim.testing.terminal import typed

PATIENCE_S: Final = 60.0
VAULT: Final = Vault([new_encryption_key()])
IDS: Final = IdFactory()


class FarEnd:
    """What the official CLI does at its end of a connection.

    Args:
        forms: those that its session is sent each event in.
        acknowledges: whether it acknowledges what comes, at once.

    Attributes:
        messages: what has come.
        over: set when the service has ended the connection, or has noticed that this side has.
    """

    def __init__(self, forms: Sequence[Form], *, acknowledges: bool = True) -> None:
        self.over = asyncio.Event()
        self.messages: list[dict[str, Any]] = []
        self._forms = forms
        self._acknowledges = acknowledges
        self._said: asyncio.Queue[str | None] = asyncio.Queue()
        self._arrived = asyncio.Condition()

    async def receive(self) -> str | None:
        return await self._said.get()

    async def send(self, text: str) -> None:
        message = msgspec.json.decode(text)
        async with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        if self._acknowledges:
            self.acknowledge(message)

    def acknowledge(self, message: dict[str, Any]) -> None:
        named = message["destination_id"] if message["type"] == "v2_event" else message["webhook_id"]
        self.say({"type": "event_ack", "webhook_id": named})

    def say(self, message: dict[str, Any]) -> None:
        self._said.put_nowait(msgspec.json.encode(message).decode())

    def hang_up(self) -> None:
        self._said.put_nowait(None)

    async def wait_for(self, events: int) -> None:
        """Return once so many events have come, in all copies."""
        async with asyncio.timeout(PATIENCE_S), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= events * len(self._forms))

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that have come, without their copies in the latest version."""
        return [
            msgspec.json.decode(message["event_payload"])
            for message in self.messages
            if message["type"] == "webhook_event" and message["endpoint"]["api_version"] is None
        ]

    @property
    def thin_events(self) -> list[dict[str, Any]]:
        """The thin events that have come."""
        return [msgspec.json.decode(message["payload"]) for message in self.messages if message["type"] == "v2_event"]

    @property
    def ids(self) -> list[str]:
        """The ids of these events."""
        return [event["id"] for event in self.events]


class Session:
    """A session and the key that it was opened with."""

    def __init__(self, scope: AccountScope, session_id: str, key: NewKey) -> None:
        self.scope = scope
        self.id = session_id
        self.key = key


async def opened(
    database: Database, scope: AccountScope, *, features: Sequence[str] = ("webhooks",), platform: str | None = None
) -> Session:
    """Open a session that passes events on, with a new key of its account, or of the platform."""
    key = await create_key(
        database,
        account=platform or scope.account,
        livemode=scope.livemode,
        permissions=None,
        name=None,
        **typed(),
    )
    new = await open_session(
        database,
        scope,
        device="devbox",
        features=kept_features(features, passes_on=True),
        filters=None,
        key_hash=key.key.hash,
        vault=VAULT,
        now_ms=system_clock_ms(),
    )
    return Session(scope, new.id, key)


async def found(database: Database, session: Session) -> Listener | None:
    return await find_session(database, session.scope, session.id, now_ms=system_clock_ms())


@asynccontextmanager
async def connected(
    hub: Hub, database: Database, session: Session, *, acknowledges: bool = True
) -> AsyncIterator[FarEnd]:
    """Connect a session for the time of the block; at its end the other side is gone."""
    listener = await found(database, session)
    assert listener is not None
    end = FarEnd(listener.forms, acknowledges=acknowledges)
    conversation = Conversation(
        database, listener, end, vault=VAULT, clock=system_clock_ms, ids=IDS, renderers=WIRE_FORMATS
    )

    async def serve() -> None:
        await hub.serve(conversation)
        end.over.set()

    serving = asyncio.create_task(serve())
    try:
        yield end
    finally:
        end.hang_up()
        async with asyncio.timeout(PATIENCE_S):
            await serving


async def number(database: Database) -> None:
    """Give all events there are their numbers, now."""
    async with database.connection() as conn:
        await deliveries.number_events(conn, from_place=0, limit=1000, now_ms=system_clock_ms())
