"""The official CLI, pointed at one running service, with an account of each test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from brim.testing.server import Account
from tests.support.brim_process import RunningBrim, start_serving
from tests.support.service import Server
from tests.support.stripe_cli import StripeCli, stripe_program

MakeCli: TypeAlias = Callable[[str | None], StripeCli]


@pytest.fixture(scope="session")
def program() -> Path:
    """The CLI's binary."""
    return stripe_program()


@pytest.fixture
def stripe_cli(program: Path, server: Server, key: str, tmp_path: Path) -> StripeCli:
    """The CLI with the account's test key."""
    return StripeCli(program, tmp_path, key, url=server.url)


@pytest.fixture(params=["port", "socket"])
def each_cli(request: pytest.FixtureRequest, program: Path, server: Server, key: str, tmp_path: Path) -> StripeCli:
    """The CLI with the account's test key: once with a flag that names the port, once with the Unix socket alone."""
    if request.param == "port":
        return StripeCli(program, tmp_path, key, url=server.url)
    return StripeCli(program, tmp_path, key, socket_path=server.unix_socket)


@pytest.fixture(scope="session")
def brim_to_kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrim]:
    """A running service whose API process tests kill: it comes back, and so one start of all serves them all."""
    folder = tmp_path_factory.mktemp("brim_to_kill")
    brim = start_serving(folder / "data", folder / "brim.log")
    try:
        brim.wait_until_ready()
        yield brim
    finally:
        brim.close()


@pytest.fixture
def scope(brim_to_kill: RunningBrim) -> Account:
    """A new account on it, of this test's own."""
    return Server(brim_to_kill.url, brim_to_kill.test_key, brim_to_kill.data_dir).make_account()
