"""One running service for what a browser shows of it."""

from api.conftest import account, key, server

__all__ = ["account", "key", "server"]
