"""Reads of objects by their ids: one that was asked for, and those that other objects' replies need."""

from collections.abc import Sequence

from brim.base.scope import Owner
from brim.domain.topups import Topup
from brim.platform.database import Conn
from brim.store import topups


async def fetch_topups(conn: Conn, owner: Owner, ids: Sequence[str]) -> list[Topup]:
    """Return those of an owner's top-ups that exist."""
    found = await topups.fetch_topups(conn, [(owner, topup_id) for topup_id in dict.fromkeys(ids)])
    return [topup for topup in found if topup is not None]
