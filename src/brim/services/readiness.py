"""Tells whether requests can be served: the database answers, and its tables are the ones this Brim knows."""

from brim.kit.errors import BrimError
from brim.store.database import Database
from brim.store.migrate import check_schema


async def find_obstacle(database: Database) -> str | None:
    """Return what stands in the way of serving, as a sentence; None when nothing does."""
    try:
        async with database.connection() as conn:
            await check_schema(conn)
    except BrimError as error:
        return error.message
    return None
