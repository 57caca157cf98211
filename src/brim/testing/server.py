"""A running server as tests use it: accounts of their own, forced outcomes, and clocks that are moved."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from brim.base.errors import BrimError
from brim.cli.client import Client, parse_api_base
from brim.core import access
from brim.core.access import NewKey
from brim.host.embedded import running_urls
from brim.platform.database import Database
from brim.testing.terminal import typed

if TYPE_CHECKING:
    from stripe import StripeClient

    from brim.core.accounts import Account as StoredAccount

Result = TypeVar("Result")

PENDING: Final = "btok_us_verified_pending"
"""The source of a top-up that never moves by itself, for outcomes that a test forces."""

CLOCK_STARTS: Final = datetime(2026, 7, 1, 16, tzinfo=UTC)
"""Noon in New York on a Wednesday before a holiday: banks are open, and the days ahead have something to show."""

_ANSWER_WITHIN_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.01


class StripeMissingError(BrimError):
    """The official SDK is asked for and not installed."""

    def __init__(self) -> None:
        super().__init__("The package stripe is not installed, and brim_client is its client: pip install stripe.")


class ClockStuckError(BrimError):
    """A test clock has not arrived in time."""

    def __init__(self, clock_id: str, status: str, within_s: float) -> None:
        super().__init__(f"The test clock {clock_id} has not arrived within {within_s:g} s; its status is {status!r}.")


class BrimServer:
    """A running server.

    Attributes:
        url: where it answers, such as `http://127.0.0.1:40123`.
        test_key: the test key of its first account, which all tests of a session share.
        data_dir: its data folder, for `brim` commands.
    """

    def __init__(self, url: str, test_key: str, data_dir: Path) -> None:
        self.url = url
        self.test_key = test_key
        self.data_dir = data_dir

    @property
    def database_url(self) -> str:
        """How the service reaches its database."""
        urls = running_urls(self.data_dir / "postgres")
        if urls is None:
            raise RuntimeError(f"no database runs in {self.data_dir}")
        return urls.service

    def make_account(self, *, platform: str | None = None) -> "Account":
        """Return a new account with a test key; no other account sees anything of it.

        Args:
            platform: the account whose keys may act for the new one; None leaves it on its own.
        """

        async def make(database: Database) -> "tuple[StoredAccount, NewKey]":
            account = await access.create_account(database, platform=platform, **typed())
            return account, await create_key(database, account.account)

        made, key = self.run(make)
        return Account(self, made.account, key.secret)

    def make_key(self, account: str, *, livemode: bool = False, permissions: Mapping[str, str] | None = None) -> str:
        """Return the secret of one more key of an account.

        Args:
            account: its id.
            livemode: whether the key is for live mode.
            permissions: what a restricted key may do, such as `{"topups": "write"}`; None makes a secret key.
        """
        making = partial(create_key, account=account, livemode=livemode, permissions=permissions)
        return self.run(making).secret

    def run(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        """Return what `work` returns, done on a connection to the database: for what no client can do.

        It has a thread of its own, as the test that asks may have an event loop.
        """

        async def connected() -> Result:
            database = await Database.connect(self.database_url, max_connections=1, application="brim tests")
            try:
                return await work(database)
            finally:
                await database.close()

        with ThreadPoolExecutor(1, thread_name_prefix="brim-tests") as thread:
            return thread.submit(asyncio.run, connected()).result(_ANSWER_WITHIN_S)


async def create_key(
    database: Database, account: str, *, livemode: bool = False, permissions: Mapping[str, str] | None = None
) -> NewKey:
    """Make a key that works from now on; as `BrimServer.make_key`."""
    return await access.create_key(
        database,
        account=account,
        livemode=livemode,
        permissions=None if permissions is None else dict(permissions),
        name=None,
        **typed(),
    )


class Account:
    """An account on a running server.

    Attributes:
        id: `acct_...`.
        key: its test secret key.
        url: where the server answers.
        api: sends plain requests with the key: `api.get("/v1/balance")`, `api.post(path, parameters)`.
    """

    def __init__(self, server: BrimServer, account_id: str, key: str) -> None:
        self.id = account_id
        self.key = key
        self.url = server.url
        self.api = Client(parse_api_base(server.url), key)

    def stripe_client(self) -> "StripeClient":
        """Return the official SDK's client with this account's key.

        Raises:
            StripeMissingError: the package `stripe` is not installed.
        """
        try:
            from stripe import StripeClient  # noqa: PLC0415  users need not have it
        except ImportError:
            raise StripeMissingError from None
        return StripeClient(self.key, base_addresses={"api": self.url})

    def succeed(self, topup: object) -> dict[str, Any]:
        """Let a pending top-up succeed and return it.

        Args:
            topup: the SDK's object, one from JSON, or an id.

        Raises:
            RefusedError: it is not pending; one whose source is `PENDING` is, for as long as the test wants.
        """
        return self._force(topup, "succeed", {})

    def fail(self, topup: object, code: str | None = None) -> dict[str, Any]:
        """Let a pending top-up fail with a failure code, such as `insufficient_funds`; as `succeed` otherwise."""
        return self._force(topup, "fail", {"failure_code": code} if code else {})

    def reverse(self, topup: object, code: str | None = None) -> dict[str, Any]:
        """Let the bank take a succeeded top-up back; as `fail` otherwise."""
        return self._force(topup, "reverse", {"failure_code": code} if code else {})

    def clock(self, starts: datetime = CLOCK_STARTS) -> "Clock":
        """Return a new test clock, in whose time this account's test mode lives from now on."""
        made = self.api.post("/v1/test_helpers/test_clocks", {"frozen_time": str(int(starts.timestamp()))})
        return Clock(self.api, made["id"], starts)

    def _force(self, topup: object, outcome: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        return self.api.post(f"/v1/test_helpers/topups/{id_of(topup)}/{outcome}", parameters)


class Clock:
    """The time of an account's test mode: it stands still until it is moved.

    Attributes:
        id: `clock_...`.
        now: where it stands.
    """

    def __init__(self, api: Client, clock_id: str, now: datetime) -> None:
        self.id = clock_id
        self.now = now
        self._api = api

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, within_s: float = 30.0) -> datetime:
        """Move the time forward and return where it stands, once everything due until then has happened.

        Raises:
            RefusedError: that is not forward.
            ClockStuckError: it has not arrived `within_s` seconds.
        """
        return self.advance_to(self.now + timedelta(days=days, hours=hours, minutes=minutes), within_s=within_s)

    def advance_to(self, time_: datetime | int, *, within_s: float = 30.0) -> datetime:
        """Move to a time, such as a top-up's `expected_availability_date` (Unix seconds); as `advance` otherwise."""
        seconds = int(time_.timestamp()) if isinstance(time_, datetime) else time_
        path = f"/v1/test_helpers/test_clocks/{self.id}"
        status = self._api.post(f"{path}/advance", {"frozen_time": str(seconds)})["status"]
        deadline = time.monotonic() + within_s
        while status != "ready":
            if time.monotonic() > deadline:
                raise ClockStuckError(self.id, status, within_s)
            time.sleep(_LOOK_EVERY_S)  # a clock announces its arrival to whoever asks
            status = self._api.get(path)["status"]
        self.now = datetime.fromtimestamp(seconds, UTC)
        return self.now


def id_of(thing: object) -> str:
    """Return the id of an object of the SDK or from JSON; a text is an id already."""
    if isinstance(thing, str):
        return thing
    return str(thing["id"] if isinstance(thing, Mapping) else getattr(thing, "id"))  # noqa: B009  typed as any object
