"""One running service for what a browser shows of it."""

from api.conftest import account, key, server, wire
from web.conftest import pages_url, person

__all__ = ["account", "key", "pages_url", "person", "server", "wire"]
