"""PostgreSQL's view of its archiver."""

from typing import Final

from brim.core.archiving.rules import Archiving
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def read_archiving(conn: Conn) -> Archiving:
    """Return how archiving goes."""
    return Archiving(**await conn.fetchrow(_SQL["read_archiving"]))
