"""One running service for what a browser shows of it."""

from api.conftest import runner, server

__all__ = ["runner", "server"]
