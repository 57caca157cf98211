"""One running service for what a browser shows of it."""

from pathlib import Path

import pytest

from api.conftest import account, key, server, wire
from browser.chromium import PATIENCE_S
from web.conftest import pages_url, person

__all__ = ["account", "key", "pages_url", "person", "server", "wire"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests here longer than others: each is a whole script, which has patience of its own."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(2 * PATIENCE_S))
