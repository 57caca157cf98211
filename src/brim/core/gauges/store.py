"""What the database says of itself."""

from typing import Final

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def database_size(conn: Conn) -> int:
    """Return how many bytes the database's files take, without WAL."""
    size: int = await conn.fetchval(_SQL["database_size"])
    return size
