"""One `brim serve` for all tests of the session that need no other, and for each test an account of its own on it.

Its fixtures are in tests/conftest.py, so that the tests of all rooms share one service: each start takes seconds.
"""

import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, TypeAlias, TypeVar

import pytest
from stripe import StripeClient

from brim.core.access.service import revoke_key
from brim.core.accounts.store import find_first_account
from brim.platform.database import Database
from brim.testing.server import Account, BrimServer, create_key
from brim.testing.terminal import typed
from tests.support.background_loop import BackgroundLoop
from tests.support.brim_process import RunningBrim, brim_command, brim_environment, start_serving
from tests.support.loaded_brim import LoadedProcess, arguments_of, start_loaded
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.receiving import Receiver, receiving
from tests.support.wire import Wire

Connect: TypeAlias = Callable[[str], StripeClient]
Result = TypeVar("Result")

_ENVIRONMENT: Final = {"BRIM_SANDBOX_SETTLE_AFTER": "100ms"}
_ANSWER_WITHIN_S: Final = 60.0


class Server(BrimServer):
    """The service of this session."""

    @property
    def unix_socket(self) -> Path:
        return self.data_dir / "brim.sock"

    @property
    def log_path(self) -> Path:
        return self.data_dir.parent / "brim.log"

    def make_revoked_key(self, account: str) -> str:
        """Return the secret of a key that has stopped working."""

        async def make(database: Database) -> str:
            made = await create_key(database, account)
            await revoke_key(database, key_id=made.key.id, **typed())
            return made.secret

        return self.run(make)


class ConnectedServer(Server):
    """A server to whose database one connection stays open: thousands of tests have an account of their own on it."""

    def __init__(self, url: str, test_key: str, data_dir: Path) -> None:
        super().__init__(url, test_key, data_dir)
        self._loop = BackgroundLoop()
        self._database = self._await(Database.connect(self.database_url, max_connections=1, application="brim tests"))

    def run(self, work: Callable[[Database], Awaitable[Result]]) -> Result:
        return self._await(work(self._database))

    def close(self) -> None:
        """Close the connection and end its thread."""
        self._await(self._database.close())
        self._loop.close()

    def _await(self, awaited: Awaitable[Result]) -> Result:
        return self._loop.wait_for(awaited, _ANSWER_WITHIN_S)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service of this session: two API processes and a worker on an embedded database."""
    folder = tmp_path_factory.mktemp("api")
    brim = start_serving(folder / "data", folder / "brim.log", arguments=("--workers", "2"), env=_ENVIRONMENT)
    try:
        brim.wait_until_ready()
        with connected_to(brim) as connected:
            yield connected
        assert brim.stop() == 0
    finally:
        brim.close()


@contextmanager
def connected_to(brim: RunningBrim) -> Iterator[ConnectedServer]:
    """Yield a running service with a connection to its database."""
    server = ConnectedServer(brim.url, brim.test_key, brim.data_dir)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def second_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one more API process on the same database, started as on a host of its own."""

    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", server.database_url)

    with serving(command, brim_environment(_ENVIRONMENT), tmp_path_factory.mktemp("second") / "brim.log") as url:
        yield url


@contextmanager
def serving(command: Callable[[int], Sequence[str]], env: Mapping[str, str], log_path: Path) -> Iterator[str]:
    """Run an API process for as long as the block lasts; yield its URL once it is ready.

    Args:
        command: returns what to run, given a free port.
        env: its environment.
        log_path: where its log goes.
    """
    port = free_port()
    with log_path.open("w") as log:
        process = _start(command(port), env, log)
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


def _start(command: Sequence[str], env: Mapping[str, str], log: IO[str]) -> "subprocess.Popen[bytes] | LoadedProcess":
    """Start a command that logs into a file; ours is forked."""
    arguments = arguments_of(command, env)
    if arguments is not None:
        return start_loaded(arguments, env, stderr=log.fileno())
    return subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stderr=log, start_new_session=True)


def _is_ready(url: str, process: "subprocess.Popen[bytes] | LoadedProcess", log_path: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"brim api ended with {process.returncode}:\n{log_path.read_text()}")
    try:
        return Wire(url, None).get("/readyz").status == 200
    except ConnectionRefusedError:
        return False


@pytest.fixture
def new_account(server: Server) -> Account:
    """A new account of this test's own, with a key."""
    return server.make_account()


@pytest.fixture
def account(new_account: Account) -> str:
    """The account's id."""
    return new_account.id


@pytest.fixture
def key(new_account: Account) -> str:
    """The account's test secret key."""
    return new_account.key


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


def find_platform_account(server: Server) -> str:
    """Return the account that was created first, to whom the whole installation is shown."""

    async def find(database: Database) -> str | None:
        async with database.connection() as conn:
            return await find_first_account(conn)

    account = server.run(find)
    assert account is not None
    return account
