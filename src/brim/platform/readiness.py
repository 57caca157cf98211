"""Tells whether requests can be served: the database answers, and its tables are the ones this Brim knows."""

from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.platform.database import Database, PoolerError
from brim.platform.migrate import PendingMigrationsError, check_schema


async def require_schema(database: Database) -> None:
    """Check that the database has what this Brim needs, before a process begins to work on it.

    A database that does not answer now, or has more than this version knows, is no reason not to begin.

    Raises:
        PendingMigrationsError: it was never migrated, or by an older version.
        PoolerError: a connection pooler is on the way.
    """
    try:
        async with database.connection() as conn:
            await check_schema(conn)
    except (PendingMigrationsError, PoolerError):
        raise
    except BrimError:
        return


async def find_obstacle(database: Database) -> str | None:
    """Return what prevents serving, as a sentence for the operator; None when nothing does.

    Creates, retrieves and lists have connections of their own, so these must be open too: one connection that answers
    proves nothing when PostgreSQL has no other left.
    """
    try:
        await database.open_connections()
        async with database.connection() as conn:
            await check_schema(conn)
    except DatabaseUnavailableError as error:
        return error.remedy or error.message
    except BrimError as error:
        return error.message
    return None
