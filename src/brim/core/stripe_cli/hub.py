"""One process's look at the database for all sessions that listen to it: what is new, read once, is shared in memory.

When there is a look, `looking` says.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import structlog

from brim.base.clock import Clock
from brim.base.ids import first_id_at
from brim.base.scope import AccountScope
from brim.core import request_logs
from brim.core.request_logs import PREFIX
from brim.core.stripe_cli import store as listeners
from brim.core.stripe_cli.connections import WINDOW, Conversation
from brim.core.stripe_cli.store import Newest
from brim.platform.announcements.poller import Looking
from brim.platform.database import Conn, Database

_KEYS_EVERY_MS: Final = 500
"""A connection is closed within two seconds of the end of its key or account also where everything else is slow."""

_LATE_NUMBERS_MS: Final = 15_000
"""A number may be committed so much later than it says; no statement takes longer."""

_LATE_REQUESTS_S: Final = 3
"""A request is written a moment after it was answered, and not in the order of its id."""

_MAX_REQUESTS: Final = 100

log = structlog.get_logger()


class Hub:
    """The conversations of one process. Make it inside the running event loop.

    Args:
        database: where events and requests come from, and places are kept.
        clock: real time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._conversations: set[Conversation] = set()
        self._keys_checked_ms = 0
        self._looking = Looking(database, self._look, lambda: len(self._conversations), whose="listeners")

    async def serve(self, conversation: Conversation) -> None:
        """Tell a conversation what there is until it ends, then write down how far it has come.

        Raises:
            DatabaseUnavailableError: that could not be written down; what has arrived since will come again.
        """
        self._join(conversation)
        try:
            await conversation.run()
        finally:
            self._conversations.discard(conversation)
            self._looking.wake()
            await self._note([conversation], force=True)

    async def close(self) -> None:
        """Wait for the end of what is under way; conversations have ended before."""
        await self._looking.close()

    def _join(self, conversation: Conversation) -> None:
        conversation.ask_for_more = self._looking.wake
        self._conversations.add(conversation)
        self._looking.begin()

    async def _look(self) -> None:
        """Give every conversation what there is for it, and write down how far they have come."""
        conversations = list(self._conversations)
        now_ms = self._clock()
        hearing_of_events = [each for each in conversations if each.listener.wants_events]
        hearing_of_requests = [each for each in conversations if each.listener.wants_requests]
        async with self._database.connection() as conn:
            await self._end_with_keys(conn, conversations, now_ms=now_ms)
            if hearing_of_events:
                await _learn_newest(conn, hearing_of_events, now_ms=now_ms)
                await _share_events(conn, hearing_of_events)
                await _share_resends(conn, hearing_of_events)
            if hearing_of_requests:
                await _share_requests(conn, hearing_of_requests, now_ms=now_ms)
        await self._note(conversations)
        if any(each.missing() for each in hearing_of_events):
            self._looking.wake()

    async def _end_with_keys(self, conn: Conn, conversations: Sequence[Conversation], *, now_ms: int) -> None:
        """End the conversations whose key has ended or whose account was deleted; not asked at every look."""
        if now_ms - self._keys_checked_ms < _KEYS_EVERY_MS:
            return
        grants = {(each.listener.key_hash, each.listener.scope.account) for each in conversations}
        ended = await listeners.ended_grants(conn, sorted(grants), now_ms=now_ms)
        for each in conversations:
            if (each.listener.key_hash, each.listener.scope.account) in ended:
                log.info("a listener's key or account has ended", account=each.listener.scope.account)
                each.end()
        self._keys_checked_ms = now_ms

    async def _note(self, conversations: Sequence[Conversation], *, force: bool = False) -> None:
        """Write down how far conversations have come, where that has changed or was long ago."""
        now_ms = self._clock()
        noted = [(each, each.progress(now_ms=now_ms, force=force)) for each in conversations]
        progress = [news for _, news in noted if news is not None]
        if not progress:
            return
        await self._database.transact(lambda conn: listeners.note_progress(conn, progress, now_ms=now_ms))
        for each, news in noted:
            if news is not None:
                each.note(news, now_ms=now_ms)


async def _learn_newest(conn: Conn, conversations: Sequence[Conversation], *, now_ms: int) -> None:
    """Tell each conversation the newest numbers of its account and of the accounts under it."""
    of_owner: dict[AccountScope, list[Conversation]] = defaultdict(list)
    for each in conversations:
        of_owner[each.listener.scope].append(each)
    since_ms = {scope: min(each.heard_ms for each in group) for scope, group in of_owner.items()}
    newest = await listeners.newest_numbers(conn, since_ms)
    await _begin_streams(conn, of_owner, newest)
    for listening, scope, number in newest:
        for each in of_owner[listening]:
            each.tell_newest(scope, number)
    for each in conversations:
        each.heard_ms = now_ms - _LATE_NUMBERS_MS


async def _begin_streams(
    conn: Conn, of_owner: dict[AccountScope, list[Conversation]], newest: Sequence[Newest]
) -> None:
    """Let conversations begin with accounts that had no event since they were opened, at the time of that."""
    beginning = [
        (each, found.scope) for found in newest for each in of_owner[found.listening] if not each.knows(found.scope)
    ]
    if not beginning:
        return
    asked = [(scope, each.listener.created_ms) for each, scope in beginning]
    for (each, scope), number in zip(beginning, await listeners.numbers_before(conn, asked), strict=True):
        each.follow(scope, after=number)


async def _share_events(conn: Conn, conversations: Sequence[Conversation]) -> None:
    """Read what conversations can be sent, once for all that are equally far, and give it to them."""
    wanting: dict[listeners.EventsAfter, list[Conversation]] = defaultdict(list)
    for each in conversations:
        for wanted in each.missing():
            wanting[wanted].append(each)
    if not wanting:
        return
    for wanted, events in zip(wanting, await listeners.numbered_events(conn, list(wanting)), strict=True):
        for each in wanting[wanted]:
            each.take_events(wanted.scope, events)


async def _share_resends(conn: Conn, conversations: Sequence[Conversation]) -> None:
    """Give conversations what somebody asked to be sent again."""
    asked = [(each.listener, each.resent_after) for each in conversations]
    for each, resends in zip(conversations, await listeners.resent_events(conn, asked, limit=WINDOW), strict=True):
        each.take_resends(resends)


async def _share_requests(conn: Conn, conversations: Sequence[Conversation], *, now_ms: int) -> None:
    """Give conversations their accounts' requests of the last seconds."""
    owners = {each.listener.scope for each in conversations}
    after_id = first_id_at(PREFIX, now_ms // 1000 - _LATE_REQUESTS_S)
    found = await request_logs.newest_request_logs(conn, sorted(owners), after_id=after_id, limit=_MAX_REQUESTS)
    for each in conversations:
        each.take_requests(found[each.listener.scope])
