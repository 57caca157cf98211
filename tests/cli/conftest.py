"""The official CLI, pointed at one running service, with an account of each test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from api.conftest import Server, account, client, connect, key, server, wire
from cli.stripe_cli import StripeCli, stripe_program

__all__ = ["account", "client", "connect", "key", "server", "wire"]

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
