"""A running service whose pages are asked for as a browser asks, by strangers and by people who are signed in."""

from collections.abc import Iterator

import pytest

from tests.support.page_visitors import Person, pages_url, person
from tests.support.people_house import House, open_house
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire

__all__ = ["pages_url", "person"]


@pytest.fixture(scope="session")
def visitor(server: Server) -> Wire:
    """Somebody without a key."""
    return Wire(server.url, None)


@pytest.fixture
def viewer(pages_url: str, server: Server, account: str) -> Person:
    """Somebody who may look at the same account, and change nothing."""
    permissions = dict.fromkeys(("topups", "balance", "balance_transactions", "events"), "read")
    permissions |= dict.fromkeys(("test_clocks", "payment_methods", "sources", "verification"), "read")
    keys = {f"{account}/test": server.make_key(account, permissions=permissions)}
    return Person(pages_url, SignedIn(keys=keys, role="viewer"))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service with operators."""
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house
