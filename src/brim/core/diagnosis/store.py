"""What PostgreSQL says of itself."""

from typing import Final

from brim.core.diagnosis.rules import ServerFacts
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def read_server(conn: Conn) -> ServerFacts:
    """Return how PostgreSQL is set up."""
    [record] = await conn.fetch(_SQL["read_server"])
    return ServerFacts(**record)
