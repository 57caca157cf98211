"""One running service for what a browser shows of it."""

from pathlib import Path

import pytest

from tests.support.chromium import PATIENCE_S
from tests.support.page_visitors import pages_url, person

__all__ = ["pages_url", "person"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests here longer than others: each is a whole script, which has patience of its own."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(2 * PATIENCE_S))
