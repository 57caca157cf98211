"""One connection of a listening session: what it is sent, what it says, and how far it has come.

What was sent and not acknowledged is sent again when the session connects anew, here or at another process: nothing is
lost in the moment between two connections, and nothing comes twice.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple, Protocol, TypeAlias

from brim.base.clock import Clock
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory, decode_time
from brim.base.scope import AccountScope
from brim.core.events import Event, Renderers
from brim.core.request_logs import PREFIX, RequestRecord
from brim.core.stripe_cli import store as listeners
from brim.core.stripe_cli.rules import (
    Acknowledgement,
    Form,
    Listener,
    LocalAnswer,
    event_message,
    matches,
    name_of_copy,
    read_message,
    request_message,
)
from brim.core.stripe_cli.service import open_secret
from brim.core.stripe_cli.store import EventsAfter, NumberedEvent, Progress, Resend
from brim.core.stripe_cli.streams import Stream
from brim.platform.database import Database
from brim.platform.vault import Vault

WINDOW: Final = 50
"""Copies of events on their way to one session at once."""

_REMEMBERED: Final = 1_000
"""Copies whose local answer is still awaited."""

_MAX_WAITING: Final = 1_000
"""Requests that wait for a session that does not read; what is more is left out, as it is under load anyway."""

_SEEN_EVERY_MS: Final = 15_000
_WRITTEN_AFTER_MS: Final = 300
"""Requests younger than this are left for the next look, so that those of all processes come in their order."""


class Line(Protocol):
    """What a session is connected by."""

    async def receive(self) -> str | None:
        """Return the next message, None when there will be none."""

    async def send(self, text: str) -> None:
        """Send a message."""


class Copy(NamedTuple):
    """A copy of an event to be sent: in which form, under which id, and why (a word of the attempts' causes)."""

    event: Event
    form: Form
    id: str
    cause: str


class Sent(NamedTuple):
    """A copy that was sent, and when (Unix milliseconds)."""

    copy: Copy
    sent_ms: int


Waiting: TypeAlias = Copy | RequestRecord


class Conversation:
    """One connection of a session, from its beginning to its end. A `Hub` tells it what there is.

    Args:
        database: where the local target's answers are kept.
        listener: the session.
        line: what it is connected by.
        vault: opens the device's secret.
        clock: real time.
        ids: for attempts.
        renderers: write events.

    Attributes:
        listener: the session.
        heard_ms: up to when it is known which accounts under the session's had events (Unix milliseconds).
        resent_after: the last resend that was carried out.
        ask_for_more: called when there is room for what could not be sent before.
    """

    def __init__(
        self,
        database: Database,
        listener: Listener,
        line: Line,
        *,
        vault: Vault,
        clock: Clock,
        ids: IdFactory,
        renderers: Renderers,
    ) -> None:
        self.listener = listener
        self.heard_ms = listener.created_ms
        self.resent_after = ""
        self.ask_for_more: Callable[[], None] = lambda: None
        self._database = database
        self._line = line
        self._secret = open_secret(vault, listener.scope, listener.device)
        self._clock = clock
        self._ids = ids
        self._renderers = renderers
        self._forms = listener.forms
        self._own = Stream(listener.scope, listener.acked_place, self._forms)
        self._streams: OrderedDict[AccountScope, Stream] = OrderedDict({listener.scope: self._own})
        for account, place in listener.places.items():
            scope = AccountScope(account, listener.scope.livemode)
            self._streams[scope] = Stream(scope, place, self._forms)
        self._noted = self._places()
        self._noted_ms = 0
        self._waiting: deque[Waiting] = deque()
        self._open: dict[str, Callable[[], None]] = {}
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        self._arrived_again: list[str] = []
        self._requests: OrderedDict[str, None] = OrderedDict()
        self._stirred = asyncio.Event()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Send and listen until the other side is gone, or the conversation is ended."""
        parts = [asyncio.create_task(part) for part in (self._read(), self._write(), self._ended.wait())]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
        for part in done:
            part.result()

    def end(self) -> None:
        """End the conversation."""
        self._ended.set()

    # What the hub tells, and asks.

    def knows(self, scope: AccountScope) -> bool:
        """Tell whether it is known where the session stands among an account's events."""
        return scope in self._streams

    def follow(self, scope: AccountScope, *, after: int) -> None:
        """Begin with an account's events, those after a number."""
        self._streams[scope] = Stream.after_event(scope, after, self._forms)

    def tell_newest(self, scope: AccountScope, number: int) -> None:
        """Take note of the newest number of an account whom the session follows."""
        self._streams[scope].newest = max(number, self._streams[scope].newest)

    def missing(self) -> list[EventsAfter]:
        """Return which events can be sent now: those of all that is behind, in turn, as far as there is room."""
        room = (WINDOW - sum(stream.on_their_way for stream in self._streams.values())) // len(self._forms)
        behind = [stream for stream in self._streams.values() if stream.is_behind][: max(room, 0)]
        return [EventsAfter(stream.scope, stream.after, room // len(behind)) for stream in behind]

    def take_events(self, scope: AccountScope, events: Sequence[NumberedEvent]) -> None:
        """Send events of one account; others are served before it the next time."""
        stream = self._streams[scope]
        self._streams.move_to_end(scope)
        if not events:  # they were forgotten meanwhile
            stream.newest = stream.after
        prefix = "" if stream is self._own else f"{scope.account}_"
        for number, event in events:
            for place, form in stream.send(number):
                self._queue(Copy(event, form, f"{prefix}{place}", "schedule"), partial(stream.arrive, place))

    def take_resends(self, resends: Sequence[Resend]) -> None:
        """Send events again; the last copy's arrival means that of all, as they arrive in the order of sending."""
        for resend_id, event in resends:
            for copy, form in enumerate(self._forms):
                is_last = form is self._forms[-1]
                arrive = partial(self._arrived_again.append, resend_id) if is_last else _do_nothing
                self._queue(Copy(event, form, f"{resend_id}_{copy}", "resend"), arrive)
            self.resent_after = resend_id

    def take_requests(self, requests: Sequence[RequestRecord]) -> None:
        """Send those of an account's newest requests that were not sent yet and that the session wants to see."""
        written_ms = self._clock() - _WRITTEN_AFTER_MS
        for record in requests:
            if decode_time(record.id.removeprefix(PREFIX)) > written_ms:
                break
            if record.id in self._requests or record.created < self.listener.created_ms // 1000:
                continue
            self._requests[record.id] = None
            if matches(self.listener.filters, record) and len(self._waiting) < _MAX_WAITING:
                self._waiting.append(record)
        while len(self._requests) > _REMEMBERED:
            self._requests.popitem(last=False)
        self._stirred.set()

    def progress(self, *, now_ms: int, force: bool = False) -> Progress | None:
        """Return what is to be written down; None when nothing has changed and that was not long ago."""
        places = self._places()
        changed = {scope.account: place for scope, place in places.items() if self._noted.get(scope) != place}
        if not (force or changed or self._arrived_again or now_ms - self._noted_ms > _SEEN_EVERY_MS):
            return None
        changed.pop(self.listener.scope.account, None)
        return Progress(self.listener, self._own.acked_place, changed, tuple(self._arrived_again))

    def note(self, progress: Progress, *, now_ms: int) -> None:
        """Take note of what was written down."""
        self._noted[self.listener.scope] = progress.acked_place
        for account, place in progress.places.items():
            self._noted[AccountScope(account, self.listener.scope.livemode)] = place
        del self._arrived_again[: len(progress.resends)]
        self._noted_ms = now_ms

    def _places(self) -> dict[AccountScope, int]:
        return {scope: stream.acked_place for scope, stream in self._streams.items()}

    # What goes over the line.

    def _queue(self, copy: Copy, arrive: Callable[[], None]) -> None:
        self._open[name_of_copy(copy.id)] = arrive
        self._waiting.append(copy)
        self._stirred.set()

    async def _write(self) -> None:
        """Send what waits, whenever something does."""
        while True:
            while self._waiting:
                await self._line.send(self._message(self._waiting.popleft()))
            self._stirred.clear()
            await self._stirred.wait()

    def _message(self, waiting: Waiting) -> str:
        """Return the text that is sent; a copy of an event is signed at this moment."""
        if isinstance(waiting, RequestRecord):
            return request_message(waiting)
        now_ms = self._clock()
        self._sent[name_of_copy(waiting.id)] = Sent(waiting, now_ms)
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)
        return event_message(
            waiting.event,
            listening=self.listener.scope,
            form=waiting.form,
            secret=self._secret,
            now_s=now_ms // 1000,
            copy_id=waiting.id,
            renderers=self._renderers,
        )

    async def _read(self) -> None:
        """Take in what the other side says, until it is gone."""
        while (text := await self._line.receive()) is not None:
            message = read_message(text)
            if isinstance(message, Acknowledgement):
                self._acknowledge(message.webhook_id)
            elif isinstance(message, LocalAnswer):
                with suppress(DatabaseUnavailableError):  # the event has arrived; what it was answered is a courtesy
                    await self._keep_answer(message)

    def _acknowledge(self, webhook_id: str) -> None:
        arrive = self._open.pop(webhook_id, None)
        if arrive is None:  # of an earlier connection, or made up
            return
        arrive()
        if self.missing():
            self.ask_for_more()

    async def _keep_answer(self, answer: LocalAnswer) -> None:
        sent = self._sent.pop(answer.webhook_id, None)
        if sent is None:  # of an earlier connection, or made up
            return
        now_ms = self._clock()
        attempt = listeners.ListenerAttempt(
            id=self._ids.new_at("wa_", now_ms),
            event=sent.copy.event.id,
            event_account=sent.copy.event.scope.account,
            attempted_ms=sent.sent_ms,
            duration_ms=now_ms - sent.sent_ms,
            headers=answer.kept_headers,
            answer=answer.answer,
            cause=sent.copy.cause,
        )
        async with self._database.connection() as conn:
            await listeners.insert_listener_attempt(conn, self.listener, attempt)


def _do_nothing() -> None:
    """Nothing hangs on this copy."""
