"""How many rows each table of a database has: what a copy of it is compared by."""

from typing import Final

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_QUERIES: Final = load_queries(__package__, "row_counts")


async def count_rows(conn: Conn) -> dict[str, int]:
    """Return how many rows each table has, by its name."""
    await conn.execute(_QUERIES["make_rows_of"])
    return {row["table_name"]: row["row_count"] for row in await conn.fetch(_QUERIES["count_rows"])}
