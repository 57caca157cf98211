"""A running service whose pages are asked for as a browser asks."""

import pytest

from api.conftest import Server, account, client, connect, key, server, wire
from api.wire import Wire

__all__ = ["account", "client", "connect", "key", "server", "wire"]


@pytest.fixture(scope="session")
def visitor(server: Server) -> Wire:
    """Somebody without a key."""
    return Wire(server.url, None)
