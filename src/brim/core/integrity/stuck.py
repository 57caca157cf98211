"""What is stuck: work that was due and fails, chains that nobody can seal, and WAL that is not archived."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core import accounts, archiving, jobs, ledger
from brim.core.jobs import StuckItem
from brim.core.ledger import UnsealableChain
from brim.platform.database import Conn, Database

MOST_STUCK: Final = 100
"""How many stuck items are shown: from there on a person looks at the cause, not at the list."""

_SEAL: Final = "seal"
"""The job that seals; see `brim.worker.run`."""
_ARCHIVE: Final = "archive"
"""What PostgreSQL's archiver is called here; no worker runs it."""


async def list_stuck(database: Database, account: str | None) -> list[StuckItem]:
    """Return what is stuck for the platform account, or for whoever holds the database (None): WAL, then chains.

    Raises:
        NotOperatorError: the account is another one.
    """
    async with database.connection() as conn:
        if account is not None:
            await accounts.require_first_account(conn, account)
        chains = await ledger.unsealable_chains(conn, limit=MOST_STUCK)
        stuck = await jobs.read_stuck(conn, limit=MOST_STUCK - len(chains))
        return [*await _list_unarchived(conn), *map(_item_of, chains), *stuck]


async def count_stuck(conn: Conn, *, most: int) -> dict[str, int]:
    """Return how much is stuck of each job, counted up to `most` of each kind: WAL, chains, and the rest together."""
    unarchived = len(await _list_unarchived(conn))
    chains = len(await ledger.unsealable_chains(conn, limit=most))
    return {_ARCHIVE: unarchived, _SEAL: chains, **await jobs.count_stuck(conn, most=most)}


async def _list_unarchived(conn: Conn) -> list[StuckItem]:
    """Return that WAL is not archived, if it is not; it is of all accounts, so it is listed as the first one's."""
    found = await archiving.read_archiving(conn)
    if found.problem is None:
        return []
    scope = AccountScope(await accounts.find_first_account(conn) or "", livemode=False)
    return [
        StuckItem(
            scope=scope,
            job=_ARCHIVE,
            object_id=found.last_failed or "",
            last_failed_ms=found.last_failed_ms,
            error=found.problem,
        )
    ]


def _item_of(chain: UnsealableChain) -> StuckItem:
    return StuckItem(scope=chain.scope, job=_SEAL, object_id=chain.entry, error=chain.reason)
