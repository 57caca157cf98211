"""One running service for what a browser shows of it."""

from tests.support.page_visitors import pages_url, person

__all__ = ["pages_url", "person"]
