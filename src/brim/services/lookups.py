"""Reads of objects by their ids: one that was asked for, and those that other objects' replies need."""

from collections.abc import Sequence

from brim.base.scope import Owner
from brim.domain.funding_sources import FundingSource
from brim.domain.topups import Topup
from brim.platform.database import Conn
from brim.services.funding import find_documented
from brim.store import funding, topups


async def fetch_topups(conn: Conn, owner: Owner, ids: Sequence[str]) -> list[Topup]:
    """Return those of an owner's top-ups that exist."""
    found = await topups.fetch_topups(conn, [(owner, topup_id) for topup_id in dict.fromkeys(ids)])
    return [topup for topup in found if topup is not None]


async def fetch_payment_methods(conn: Conn, owner: Owner, ids: Sequence[str]) -> list[FundingSource]:
    """Return those of an owner's payment methods that exist, documented test ids among them, each once."""
    documented = {method_id: find_documented(owner, method_id) for method_id in dict.fromkeys(ids)}
    on_file = [method_id for method_id, method in documented.items() if method is None]
    found = await funding.fetch_funding_sources(conn, owner, on_file) if on_file else {}
    return [*found.values(), *(method for method in documented.values() if method is not None)]
