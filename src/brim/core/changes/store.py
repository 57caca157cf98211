"""Which objects of an owner's changed lately, by the numbers of its events."""

from collections.abc import Mapping, Sequence
from typing import Final

from brim.base.scope import Owner
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def newest_numbers(conn: Conn, owners: Sequence[Owner]) -> list[int]:
    """Return the number given last to each owner's events; 0 where there is none."""
    records = await conn.fetch(
        _SQL["newest_numbers"], [owner.account for owner in owners], [owner.livemode for owner in owners]
    )
    return [record["number"] for record in records]


async def changed_objects(conn: Conn, after: Mapping[Owner, int], *, limit: int) -> dict[Owner, list[str]]:
    """Return what at most `limit` events of each owner after a number were about; one object may come more than once.

    An event that is not kept any more stands as an empty text.
    """
    owners = list(after)
    found: dict[Owner, list[str]] = {owner: [] for owner in owners}
    records = await conn.fetch(
        _SQL["changed_objects"],
        [owner.account for owner in owners],
        [owner.livemode for owner in owners],
        list(after.values()),
        limit,
    )
    for record in records:
        found[owners[record["place"] - 1]].append(record["object_id"] or "")
    return found
