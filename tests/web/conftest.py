"""A running service whose pages are asked for as a browser asks."""

from collections.abc import Iterator

import pytest

from api.conftest import Server, account, client, connect, key, server, wire
from api.wire import Wire
from web.people_house import House, open_house

__all__ = ["account", "client", "connect", "key", "server", "wire"]


@pytest.fixture(scope="session")
def visitor(server: Server) -> Wire:
    """Somebody without a key."""
    return Wire(server.url, None)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service with operators."""
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house
