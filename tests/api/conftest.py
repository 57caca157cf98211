"""One `brim serve` for the session, and for each test an account of its own on it."""

import asyncio
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import pytest
from stripe import StripeClient

from api.polling import until
from api.receiving import Receiver, receiving
from api.wire import Wire
from brim.domain.accounts import Account
from brim.kit.clock import system_clock_ms
from brim.services.keys import create_account, create_key, revoke_key
from brim.store.database import Database
from brim_process import RunningBrim, brim_command, brim_environment

Connect: TypeAlias = Callable[[str], StripeClient]
Result = TypeVar("Result")

_ENVIRONMENT: Final = {"BRIM_SANDBOX_SETTLE_AFTER": "100ms"}


@dataclass(frozen=True)
class Server:
    """A running service, and the database under it for what no client can do: make accounts and keys."""

    url: str
    database_url: str
    runner: asyncio.Runner
    unix_socket: Path

    def run(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        """Return what `work` returns, done on a connection of its own."""

        async def connected() -> Result:
            database = await Database.connect(self.database_url, max_connections=1)
            try:
                return await work(database)
            finally:
                await database.close()

        return self.runner.run(connected())

    def make_account(self, *, platform: str | None = None) -> Account:
        return self.run(lambda database: create_account(database, platform=platform, now_ms=system_clock_ms()))

    def make_key(self, account: str, *, livemode: bool = False, permissions: dict[str, str] | None = None) -> str:
        """Return the secret of a new key; a restricted one where permissions are given."""
        return self._make_key(account, livemode, permissions)[0]

    def make_revoked_key(self, account: str) -> str:
        """Return the secret of a key that has stopped working."""
        secret, key_id = self._make_key(account, livemode=False, permissions=None)
        self.run(lambda database: revoke_key(database, key_id=key_id, now_ms=system_clock_ms()))
        return secret

    def _make_key(self, account: str, livemode: bool, permissions: dict[str, str] | None) -> tuple[str, str]:
        made = self.run(
            lambda database: create_key(
                database,
                account=account,
                livemode=livemode,
                permissions=permissions,
                name=None,
                now_ms=system_clock_ms(),
            )
        )
        return made.secret, made.key.id


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """An event loop for what a test asks of the database; the tests themselves have none."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner) -> Iterator[Server]:
    """The service of this session: two API processes and a worker on an embedded database."""
    folder = tmp_path_factory.mktemp("api")
    log_path = folder / "brim.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            brim_command("serve", "--port", "0", "--workers", "2", "--data-dir", str(folder / "data")),
            env=brim_environment(_ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    brim = RunningBrim(process, folder / "data", log_path)
    try:
        brim.wait_until_ready()
        yield Server(brim.url, brim.database_url, runner, folder / "data" / "brim.sock")
        assert brim.stop() == 0
    finally:
        brim.close()


@pytest.fixture(scope="session")
def second_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one more API process on the same database, started as on a host of its own."""
    port = _free_port()
    log_path = tmp_path_factory.mktemp("second") / "brim.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            brim_command("api", "--port", str(port), "--database-url", server.database_url),
            env=brim_environment(_ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _is_ready(url, process, log_path), what=f"{url} to be ready")
        yield url
        process.terminate()
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _is_ready(url: str, process: subprocess.Popen[bytes], log_path: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"brim api ended with {process.returncode}:\n{log_path.read_text()}")
    try:
        return Wire(url, None).get("/readyz").status == 200
    except ConnectionRefusedError:
        return False


@pytest.fixture
def account(server: Server) -> str:
    """A new account of this test's own."""
    return server.make_account().account


@pytest.fixture
def key(server: Server, account: str) -> str:
    """The account's test secret key."""
    return server.make_key(account)


@pytest.fixture
def live_key(server: Server, account: str) -> str:
    """The same account's live secret key."""
    return server.make_key(account, livemode=True)


@pytest.fixture
def connect(server: Server) -> Connect:
    """A function that returns the official client for a key; it never retries, so that each refusal is seen."""

    def make(key: str) -> StripeClient:
        return StripeClient(key, base_addresses={"api": server.url}, max_network_retries=0)

    return make


@pytest.fixture
def client(connect: Connect, key: str) -> StripeClient:
    """The official client with the account's test key."""
    return connect(key)


@pytest.fixture
def wire(server: Server, key: str) -> Wire:
    """Raw HTTP with the account's test key."""
    return Wire(server.url, key)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server of this test's own that webhooks can be sent to."""
    with receiving() as receiver:
        yield receiver
