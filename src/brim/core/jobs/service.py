"""Workers report that they are there; the platform account reads who is."""

from brim.core.accounts import require_first_account
from brim.core.jobs import store
from brim.core.jobs.rules import KEPT_MS, Worker
from brim.platform.database import Conn, Database


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
