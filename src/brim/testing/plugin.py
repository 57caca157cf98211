"""Fixtures of pytest: a running Brim, an account of each test's own on it, its client, its webhooks and its clock.

pytest loads this module in every run where Brim is installed, so it loads what a fixture needs when one is asked for.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stripe import StripeClient

    from brim.testing.server import Account, BrimServer, Clock
    from brim.testing.webhooks import Webhooks

# ruff: noqa: PLC0415  see above


@pytest.fixture(scope="session")
def brim_settings() -> Mapping[str, str]:
    """The `BRIM_*` variables that the server starts with: none. Override it to change that."""
    return {}


@pytest.fixture(scope="session")
def brim_server(brim_settings: Mapping[str, str]) -> Iterator["BrimServer"]:
    """A running server on an embedded database: one for the session, or with pytest-xdist one for each process.

    Its port is free, its folder temporary. Nothing of it is left when pytest ends, in whatever way.
    """
    from brim.testing.process import temporary_brim
    from brim.testing.server import BrimServer

    with temporary_brim(brim_settings) as brim:
        yield BrimServer(brim.url, brim.test_key, brim.data_dir)


@pytest.fixture
def brim_account(brim_server: "BrimServer") -> "Account":
    """An account of this test's own: its id, its key, and what forces outcomes on its top-ups."""
    return brim_server.make_account()


@pytest.fixture
def brim_client(brim_account: "Account") -> "StripeClient":
    """The official SDK's client with the key of this test's account."""
    from brim.testing.server import StripeMissingError

    try:
        return brim_account.stripe_client()
    except StripeMissingError as error:
        pytest.fail(error.message, pytrace=False)


@pytest.fixture
def brim_webhooks(brim_account: "Account") -> Iterator["Webhooks"]:
    """A webhook endpoint of this test's account that gets every event and verifies each signature."""
    from brim.testing.webhooks import listening_endpoint

    with listening_endpoint(brim_account) as webhooks:
        yield webhooks


@pytest.fixture
def brim_clock(brim_account: "Account") -> "Clock":
    """The time of this test's account: it stands at noon of 1 July 2026 in New York until the test moves it."""
    return brim_account.clock()
