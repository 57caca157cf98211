"""Reads that other objects' replies need: whole objects by the ids they name."""

from collections.abc import Sequence

from brim.domain.ledger import BalanceTransaction
from brim.domain.topups import Owner, Topup
from brim.store import reads, topups
from brim.store.database import Conn


async def fetch_topups(conn: Conn, owner: Owner, ids: Sequence[str]) -> list[Topup]:
    """Return those of an owner's top-ups that exist."""
    found = await topups.fetch_topups(conn, [(owner, topup_id) for topup_id in dict.fromkeys(ids)])
    return [topup for topup in found if topup is not None]


async def fetch_balance_transactions(conn: Conn, owner: Owner, ids: Sequence[str]) -> list[BalanceTransaction]:
    """Return those of an owner's balance transactions that exist."""
    found = await reads.fetch_balance_transactions(conn, owner, list(ids))
    return list(found.values())
