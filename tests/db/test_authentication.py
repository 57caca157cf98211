"""What a process remembers of who may do what: grants for a moment, refusals never."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from brim.api.framework.auth import REMEMBERED_MS, Authenticator
from brim.api.framework.errors import AccountUnreachableError
from brim.core.access.service import create_account, create_key
from brim.core.accounts.rules import Account
from brim.core.accounts.store import insert_account
from brim.http.message import Request
from brim.platform.database import Conn, Database
from brim.testing.terminal import typed

NOW_MS = 1_790_000_000_000
LATER = "acct_0000000000000001"


class HeldDatabase:
    """A database that counts its answers and holds one of them on its way, so that things can happen meanwhile."""

    def __init__(self, database: Database, *, hold: int | None = None) -> None:
        self.answers = 0
        self.held = asyncio.Event()
        self.gate = asyncio.Event()
        self._database = database
        self._hold = hold

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        async with self._database.connection() as conn:
            yield conn
        self.answers += 1
        if self.answers == self._hold:
            self.held.set()
            await self.gate.wait()


async def _platform_and_request(database: Database) -> tuple[str, Request]:
    """Return a platform, and a request with its key for an account that is not there yet."""
    platform = (await create_account(database, platform=None, **typed(NOW_MS))).account
    made = await create_key(database, account=platform, livemode=False, permissions=None, name=None, **typed(NOW_MS))
    headers = {b"authorization": b"Bearer " + made.secret.encode(), b"stripe-account": LATER.encode()}
    return platform, Request("GET", "/v1/balance", b"", headers, b"")


async def _add_account(database: Database, platform: str, account: str = LATER) -> None:
    async with database.connection() as conn:
        await insert_account(conn, Account(account=account, platform=platform, created=1))


async def test_a_refusal_is_not_passed_on_to_a_request_that_came_after_what_undid_it(database: Database) -> None:
    platform, request = await _platform_and_request(database)
    held = HeldDatabase(database, hold=2)  # the first answer is the key's, the second that there is no such account
    authenticator = Authenticator(cast("Any", held), lambda: NOW_MS)
    early = asyncio.create_task(authenticator.authenticate(request))
    await held.held.wait()
    await _add_account(database, platform)
    late = [asyncio.create_task(authenticator.authenticate(request)) for _ in range(3)]
    await asyncio.sleep(0)  # all three have joined the look-up under way
    held.gate.set()
    with pytest.raises(AccountUnreachableError):
        await early
    assert {(await task).scope.account for task in late} == {LATER}
    assert held.answers == 3  # one more look-up of the account, shared by the three; the key is known


async def test_a_grant_costs_no_query_for_a_moment_and_one_for_all_who_ask_at_once(database: Database) -> None:
    platform, request = await _platform_and_request(database)
    await _add_account(database, platform)
    counting = HeldDatabase(database)
    now_ms = NOW_MS
    authenticator = Authenticator(cast("Any", counting), lambda: now_ms)
    assert authenticator.recall(request) is None
    grants = await asyncio.gather(*(authenticator.authenticate(request) for _ in range(5)))
    assert len({id(grant) for grant in grants}) == 1
    assert counting.answers == 2  # the key, and the account's platform
    now_ms = NOW_MS + REMEMBERED_MS - 1
    assert authenticator.recall(request) is grants[0]
    now_ms = NOW_MS + REMEMBERED_MS
    assert authenticator.recall(request) is None


async def test_a_key_that_acts_for_many_accounts_is_looked_up_once_for_all_of_them(database: Database) -> None:
    platform, request = await _platform_and_request(database)
    await _add_account(database, platform)
    await _add_account(database, platform, another := "acct_0000000000000002")
    for_another = Request("GET", "/v1/balance", b"", {**request.headers, b"stripe-account": another.encode()}, b"")
    counting = HeldDatabase(database)
    now_ms = NOW_MS
    authenticator = Authenticator(cast("Any", counting), lambda: now_ms)
    for each in (request, for_another):
        await authenticator.authenticate(each)
    assert counting.answers == 3  # the key, and two accounts
    now_ms = NOW_MS + REMEMBERED_MS
    await authenticator.authenticate(request)
    assert counting.answers == 4  # the key again
    grant = authenticator.recall(for_another)
    assert grant is not None
    assert grant.scope.account == another
