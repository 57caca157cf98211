"""Workers report that they are there; the platform account reads who is, and what is stuck."""

from typing import Final

from brim.core.accounts import require_first_account
from brim.core.jobs import store
from brim.core.jobs.rules import KEPT_MS, StuckItem, Worker
from brim.platform.database import Conn, Database

MOST_STUCK: Final = 100
"""How many stuck items are shown: from there on a person looks at the cause, not at the list."""


async def beat(database: Database, worker: Worker) -> None:
    """Write that a worker is there, and forget those that ended long ago.

    Raises:
        DatabaseUnavailableError: nobody can be told now.
    """

    async def work(conn: Conn) -> None:
        await store.upsert_worker(conn, worker)
        await store.forget_workers(conn, before_ms=worker.heartbeat_ms - KEPT_MS)

    await database.transact(work)


async def list_workers(database: Database, account: str) -> list[Worker]:
    """Return all workers for the platform account, the newest first.

    Raises:
        NotOperatorError: the account is another one.
    """
    async with database.connection() as conn:
        await require_first_account(conn, account)
        return await store.read_workers(conn)


async def list_stuck(database: Database, account: str | None) -> list[StuckItem]:
    """Return what is stuck for the platform account, or for whoever holds the database (None).

    Raises:
        NotOperatorError: the account is another one.
    """
    async with database.connection() as conn:
        if account is not None:
            await require_first_account(conn, account)
        return await store.read_stuck(conn, limit=MOST_STUCK)
