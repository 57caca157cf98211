"""One running service for what a browser shows of it."""

from api.conftest import account, key, runner, server

__all__ = ["account", "key", "runner", "server"]
