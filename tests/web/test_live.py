"""Pages are told of changes as server-sent events, for as long as their session lasts."""

import asyncio
import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from brim.core.changes.service import Watchers
from brim.http.message import Reply, Request, StreamedReply
from brim.platform.database import Database
from brim.web.dashboard import live
from brim.web.session import Session
from brim.web.visit import Visit
from tests.support.page_visitors import Person
from tests.support.recorded_api import KEYS, RecordedApi, site_of
from tests.support.service import Server
from tests.support.signing import CookieSessions, SignedIn, cookie_of
from tests.support.wire import Wire

PATIENCE_S = 60.0


class Stream:
    """A stream of server-sent events as a browser reads it."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer

    def next(self) -> tuple[str, Any]:
        """Return name and data of the next event; comments are passed over."""
        name = ""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            field, _, value = self.answer.readline().decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                return name, json.loads(value)
        raise AssertionError("there was no event in time")


@contextmanager
def listening(person: Person, target: str = "/test/live") -> Iterator[Stream]:
    connection = http.client.HTTPConnection(urlsplit(person.wire.url).netloc, timeout=PATIENCE_S)
    try:
        connection.request("GET", target, headers={"Cookie": person.cookie})
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.getheader("content-type") == "text/event-stream"
        yield Stream(answer)
    finally:
        connection.close()


def test_a_page_is_told_of_each_change_of_its_account(person: Person, wire: Wire) -> None:
    with listening(person) as stream:
        assert stream.next() == ("change", {"objects": [], "beyond": True})
        made = wire.create()["id"]
        assert stream.next() == ("change", {"objects": [made], "beyond": False})
        wire.post(f"/v1/topups/{made}/cancel")
        assert stream.next() == ("change", {"objects": [made], "beyond": False})


def test_another_accounts_changes_are_told_to_nobody_else(person: Person, server: Server, wire: Wire) -> None:
    foreign = Wire(server.url, server.make_key(server.make_account().id))
    with listening(person) as stream:
        stream.next()
        foreign.create()
        mine = wire.create()["id"]
        assert stream.next() == ("change", {"objects": [mine], "beyond": False})


def test_who_may_not_read_events_is_told_nothing(pages_url: str, server: Server, account: str) -> None:
    key = server.make_key(account, permissions={"balance": "read"})
    blind = Person(pages_url, SignedIn(keys={f"{account}/test": key}, role="viewer"))
    assert blind.visit("/test/live").status == 403


def test_a_stranger_is_told_nothing(person: Person) -> None:
    assert person.wire.get("/test/live").status == 303


class EndingSessions(CookieSessions):
    """Sessions that are over once the test says so."""

    def __init__(self) -> None:
        self.is_over = False

    async def find(self, visit: Visit, *, livemode: bool) -> Session | None:
        return None if self.is_over else await super().find(visit, livemode=livemode)


async def test_a_stream_ends_with_its_session(database: Database) -> None:
    sessions, watchers = EndingSessions(), Watchers(database)
    site = site_of(RecordedApi({}), watchers, sessions)
    headers = {b"cookie": cookie_of(SignedIn(keys=KEYS)).encode()}
    reply = await site.handle(Request("GET", "/test/live", b"", headers, b""))
    assert isinstance(reply, StreamedReply)
    assert reply.endless
    sessions.is_over = True
    async with asyncio.timeout(PATIENCE_S):
        pieces = [piece async for piece in reply.pieces]
    assert pieces[-1] == b"event: over\ndata: {}\n\n"
    assert watchers.has_room
    await watchers.close()


async def test_who_finds_no_room_is_told_to_come_later(database: Database) -> None:
    watchers = Watchers(database, most=0)
    site = site_of(RecordedApi({}), watchers)
    headers = {b"cookie": cookie_of(SignedIn(keys=KEYS)).encode()}
    assert (await site.handle(Request("GET", "/test/live", b"", headers, b""))).status == 429


async def streams_of(watchers: Watchers, signed_in: SignedIn, count: int) -> list[Reply]:
    """Open so many streams, read the beginning of each, and return the replies."""
    site = site_of(RecordedApi({}), watchers)
    headers = {b"cookie": cookie_of(signed_in).encode()}
    replies = [await site.handle(Request("GET", "/test/live", b"", headers, b"")) for _ in range(count)]
    for reply in replies:
        if isinstance(reply, StreamedReply):
            await anext(reply.pieces)
    return replies


async def test_nobody_takes_the_streams_of_all(database: Database) -> None:
    watchers = Watchers(database, most_of_viewer=2)
    ada, bob = SignedIn(keys=KEYS), SignedIn(keys=KEYS, operator="op_bob")
    for _ in range(2):
        assert [reply.status for reply in await streams_of(watchers, ada, 1)] == [200]
    [refused] = await streams_of(watchers, ada, 1)
    assert refused.status == 429
    assert b"Too many pages with live updates are open" in refused.body
    assert [reply.status for reply in await streams_of(watchers, bob, 1)] == [200]
    await watchers.close()


async def test_one_account_does_not_take_the_streams_of_all(database: Database) -> None:
    watchers = Watchers(database, most_of_account=1)
    ada, bob = SignedIn(keys=KEYS), SignedIn(keys=KEYS, operator="op_bob")
    elsewhere = SignedIn(keys={"acct_9/test": "rk_test_9"}, operator="op_eve")
    statuses = [[reply.status for reply in await streams_of(watchers, who, 1)] for who in (ada, bob, elsewhere)]
    assert statuses == [[200], [429], [200]]
    await watchers.close()


async def test_streams_that_are_asked_for_at_once_are_counted_too(database: Database) -> None:
    watchers = Watchers(database, most_of_viewer=2)
    await streams_of(watchers, SignedIn(keys=KEYS), 10)
    assert len(watchers._watchers) == 2
    await watchers.close()


def test_a_session_is_asked_for_again_often_enough() -> None:
    assert live.CHECKED_EVERY_S <= 10
