"""One running service for what a browser shows of it."""

from api.conftest import server

__all__ = ["server"]
