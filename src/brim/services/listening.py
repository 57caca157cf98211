"""Let the official CLI listen: open a session, find it again, and send it what it has not received yet.

A session's place among its owner's events is a row of the database, so it may come back to any process, and what was
not acknowledged is sent again: nothing is lost in the moment between two connections, and nothing comes twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

import structlog

from brim.domain.events import Event
from brim.domain.listeners import (
    COPIES,
    KEPT_MS,
    LISTENING_MS,
    MAX_LISTENING,
    SESSION_CHARS,
    SESSION_PREFIX,
    Acknowledgement,
    Device,
    Listener,
    LocalAnswer,
    TooManyListenersError,
    event_message,
    hash_session,
    matches,
    read_filters,
    read_message,
    request_message,
)
from brim.domain.pages import PageRequest, Range
from brim.domain.request_logs import PREFIX, RequestFilters
from brim.domain.topups import Owner
from brim.kit.clock import Clock
from brim.kit.errors import DatabaseUnavailableError
from brim.kit.ids import IdFactory, decode_time, random_base62
from brim.services.vault import Vault
from brim.store import listeners, request_logs
from brim.store.database import Conn, Database

LOOK_EVERY_S: Final = 0.1
_WINDOW: Final = 50
"""Copies of events on their way to one session at once."""

_REMEMBERED: Final = 1_000
"""Copies whose local answer is still awaited."""

_SEEN_EVERY_MS: Final = 15_000
_LATE_REQUESTS_S: Final = 3
"""A request is written a moment after it was answered, and not in the order of its id."""

_WRITTEN_AFTER_MS: Final = 300
"""Requests younger than this are left for the next look, so that those of all processes come in their order."""

_MAX_REQUESTS: Final = 100

log = structlog.get_logger()


class Line(Protocol):
    """What a session is connected by."""

    async def receive(self) -> str | None:
        """Return the next message, None when there will be none."""

    async def send(self, text: str) -> None:
        """Send a message."""


class NewSession(NamedTuple):
    """What the CLI is told of a session: its id, the secret that signs, the name that attempts are kept under."""

    id: str
    secret: str
    endpoint: str


async def open_session(
    database: Database,
    owner: Owner,
    *,
    device: str,
    features: Sequence[str],
    filters: str | None,
    vault: Vault,
    now_ms: int,
) -> NewSession:
    """Open a session; the secret is the same each time for one owner's device.

    Raises:
        TooManyListenersError: too many listen already.
        ListenerFiltersError: the filters cannot be read.
        NoEncryptionKeyError: the server has no key to keep a secret with.
    """
    chosen = read_filters(filters)
    session_id = SESSION_PREFIX + random_base62(SESSION_CHARS)
    fresh = Device(name=device, endpoint="we_" + random_base62(24), secret=_new_secret(vault, owner, device))

    async def work(conn: Conn) -> Device:
        await listeners.forget_listeners(conn, owner, before_ms=now_ms - KEPT_MS)
        if await listeners.count_listeners(conn, owner, since_ms=now_ms - LISTENING_MS) >= MAX_LISTENING:
            raise TooManyListenersError
        kept = await listeners.keep_device(conn, owner, fresh, now_s=now_ms // 1000)
        digest = hash_session(session_id)
        await listeners.insert_listener(
            conn, owner, digest, device=device, features=features, filters=chosen, now_ms=now_ms
        )
        return kept

    kept = await database.transact(work)
    return NewSession(session_id, _open_secret(vault, owner, kept), kept.endpoint)


async def find_session(database: Database, owner: Owner, session_id: str, *, now_ms: int) -> Listener | None:
    """Return a session that may connect; None for one that never was or is gone."""
    async with database.connection() as conn:
        return await listeners.find_listener(conn, owner, hash_session(session_id), since_ms=now_ms - KEPT_MS)


def _new_secret(vault: Vault, owner: Owner, device: str) -> bytes:
    return vault.seal(("whsec_" + random_base62(SESSION_CHARS)).encode(), place=_place(owner, device))


def _open_secret(vault: Vault, owner: Owner, device: Device) -> str:
    return vault.open(device.secret, place=_place(owner, device.name)).decode()


def _place(owner: Owner, device: str) -> str:
    return f"cli_device:{owner.account}:{owner.livemode}:{device}"


class Sent(NamedTuple):
    """A copy of an event that was sent, when (Unix milliseconds), and whether that was a repetition."""

    event_id: str
    sent_ms: int
    cause: str


class Conversation:
    """One connection of a session, from its beginning to its end.

    Args:
        database: where events come from and places are kept.
        listener: the session.
        line: what it is connected by.
        vault: opens the device's secret.
        clock: real time.
        ids: for attempts.
    """

    def __init__(
        self, database: Database, listener: Listener, line: Line, *, vault: Vault, clock: Clock, ids: IdFactory
    ) -> None:
        self._database = database
        self._listener = listener
        self._line = line
        self._secret = _open_secret(vault, listener.owner, listener.device)
        self._clock = clock
        self._ids = ids
        self._sent_place = listener.acked_place
        self._acked: set[int] = set()
        self._acked_place = self._noted_place = listener.acked_place
        self._noted_ms = 0
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        self._resent = ""
        self._arrived_again: list[str] = []
        self._requests: OrderedDict[str, None] = OrderedDict()
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Send and listen until the other side is gone."""
        reading = asyncio.create_task(self._read())
        try:
            while not reading.done():
                await self._step()
                await _rest(self._stirred, LOOK_EVERY_S)
        finally:
            reading.cancel()
            await self._note(force=True)

    async def _step(self) -> None:
        """Send what is new, and write down what has arrived; a database that is away is waited for."""
        try:
            async with self._database.connection() as conn:
                if self._listener.wants_events:
                    await self._send_events(conn)
                    await self._send_again(conn)
                if self._listener.wants_requests:
                    await self._send_requests(conn)
            await self._note()
        except DatabaseUnavailableError:
            log.warning("a listener waits for the database", account=self._listener.owner.account)

    async def _send_events(self, conn: Conn) -> None:
        room = _WINDOW - (self._sent_place - self._acked_place)
        if room < len(COPIES):
            return
        after = (self._sent_place + 1) // len(COPIES) - 1  # the last event of which every copy was sent
        for number, event in await listeners.numbered_events(conn, self._listener.owner, after=after, limit=room // 2):
            for copy, version in enumerate(COPIES):
                place = len(COPIES) * number + copy
                if place > self._sent_place:
                    await self._send(event, version, f"{place}", "schedule")
                    self._sent_place = place

    async def _send_again(self, conn: Conn) -> None:
        for resend_id, event in await listeners.resent_events(conn, self._listener, after=self._resent, limit=_WINDOW):
            for copy, version in enumerate(COPIES):
                await self._send(event, version, f"{resend_id}_{copy}", "resend")
            self._resent = resend_id

    async def _send(self, event: Event, version: str | None, copy_id: str, cause: str) -> None:
        now_ms = self._clock()
        self._sent[f"wh_{copy_id}"] = Sent(event.id, now_ms, cause)
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)
        await self._line.send(
            event_message(event, version=version, secret=self._secret, now_s=now_ms // 1000, copy_id=copy_id)
        )

    async def _send_requests(self, conn: Conn) -> None:
        """Send the requests of the last seconds that were not sent yet and that the session wants to see."""
        now_ms = self._clock()
        since_s = max(self._listener.created_ms // 1000, now_ms // 1000 - _LATE_REQUESTS_S)
        page = await request_logs.list_request_logs(
            conn,
            self._listener.owner,
            RequestFilters(created=Range(since_s, None)),
            PageRequest(limit=_MAX_REQUESTS),
        )
        for record in reversed(page.items):
            if decode_time(record.id.removeprefix(PREFIX)) > now_ms - _WRITTEN_AFTER_MS:
                break
            if record.id not in self._requests and matches(self._listener.filters, record):
                await self._line.send(request_message(record))
            self._requests[record.id] = None
        while len(self._requests) > _REMEMBERED:
            self._requests.popitem(last=False)

    async def _read(self) -> None:
        """Take in what the other side says, until it is gone."""
        try:
            while (text := await self._line.receive()) is not None:
                message = read_message(text)
                if isinstance(message, Acknowledgement):
                    self._acknowledge(message.webhook_id)
                elif isinstance(message, LocalAnswer):
                    with suppress(
                        DatabaseUnavailableError
                    ):  # the event has arrived; what it was answered is a courtesy
                        await self._keep_answer(message)
        finally:
            self._stirred.set()

    def _acknowledge(self, webhook_id: str) -> None:
        """Advance over every copy that has arrived without a gap before it."""
        copy_id = webhook_id.removeprefix("wh_")
        if webhook_id not in self._sent:
            return
        if not copy_id.isdecimal():
            resend_id, _, copy = copy_id.rpartition("_")
            if int(copy) == len(COPIES) - 1:  # copies are acknowledged in the order in which they were sent
                self._arrived_again.append(resend_id)
            return
        self._acked.add(int(copy_id))
        while self._acked_place + 1 in self._acked:
            self._acked_place += 1
            self._acked.discard(self._acked_place)
        self._stirred.set()

    async def _keep_answer(self, answer: LocalAnswer) -> None:
        sent = self._sent.pop(answer.webhook_id, None)
        if sent is None:  # of an earlier connection, or made up
            return
        now_ms = self._clock()
        attempt = listeners.ListenerAttempt(
            id=self._ids.new_at("wa_", now_ms),
            event=sent.event_id,
            attempted_ms=sent.sent_ms,
            duration_ms=now_ms - sent.sent_ms,
            outcome=answer.outcome,
            http_status=answer.status,
            headers=answer.kept_headers,
            response_head=answer.kept_body,
            cause=sent.cause,
        )
        async with self._database.connection() as conn:
            await listeners.insert_listener_attempt(conn, self._listener, attempt)

    async def _note(self, *, force: bool = False) -> None:
        """Write down where the session is, when that has changed or was long ago."""
        now_ms = self._clock()
        again, self._arrived_again = self._arrived_again, []
        has_news = again or self._acked_place != self._noted_place
        if not (force or has_news or now_ms - self._noted_ms > _SEEN_EVERY_MS):
            return
        async with self._database.connection() as conn:
            await listeners.note_listener(conn, self._listener, now_ms=now_ms, acked_place=self._acked_place)
            if again:
                await listeners.forget_resends(conn, self._listener, sorted(set(again)))
        self._noted_place, self._noted_ms = self._acked_place, now_ms


async def _rest(stirred: asyncio.Event, seconds: float) -> None:
    """Wait until something happens, but not for long."""
    try:
        async with asyncio.timeout(seconds):
            await stirred.wait()
    except TimeoutError:
        return
    finally:
        stirred.clear()
