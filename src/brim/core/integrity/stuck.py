"""What is stuck: work that was due and fails, and chains that nobody can seal."""

from typing import Final

from brim.core import accounts, jobs, ledger
from brim.core.jobs import StuckItem
from brim.core.ledger import UnsealableChain
from brim.platform.database import Conn, Database

MOST_STUCK: Final = 100
"""How many stuck items are shown: from there on a person looks at the cause, not at the list."""

_SEAL: Final = "seal"
"""The job that seals; see `brim.worker.run`."""


async def list_stuck(database: Database, account: str | None) -> list[StuckItem]:
    """Return what is stuck for the platform account, or for whoever holds the database (None); chains come first.

    Raises:
        NotOperatorError: the account is another one.
    """
    async with database.connection() as conn:
        if account is not None:
            await accounts.require_first_account(conn, account)
        chains = await ledger.unsealable_chains(conn, limit=MOST_STUCK)
        return [*map(_item_of, chains), *await jobs.read_stuck(conn, limit=MOST_STUCK - len(chains))]


async def count_stuck(conn: Conn, *, most: int) -> int:
    """Return how much is stuck, counted up to `most` of each kind."""
    return len(await ledger.unsealable_chains(conn, limit=most)) + await jobs.count_stuck(conn, most=most)


def _item_of(chain: UnsealableChain) -> StuckItem:
    return StuckItem(scope=chain.scope, job=_SEAL, object_id=chain.entry, error=chain.reason)
