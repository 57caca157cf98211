"""Which objects of an account's changed lately, by the numbers of its events."""

from collections.abc import Mapping, Sequence
from typing import Final

from brim.base.scope import AccountScope
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


async def newest_numbers(conn: Conn, owners: Sequence[AccountScope]) -> list[int]:
    """Return the number given last to each account's events; 0 where there is none."""
    records = await conn.fetch(
        _SQL["newest_numbers"], [scope.account for scope in owners], [scope.livemode for scope in owners]
    )
    return [record["number"] for record in records]


async def changed_objects(
    conn: Conn, after: Mapping[AccountScope, int], *, limit: int
) -> dict[AccountScope, list[str]]:
    """Return what at most `limit` events of each account after a number were about; one object may come more than once.

    An event that is not kept any more stands as an empty text.
    """
    owners = list(after)
    found: dict[AccountScope, list[str]] = {scope: [] for scope in owners}
    records = await conn.fetch(
        _SQL["changed_objects"],
        [scope.account for scope in owners],
        [scope.livemode for scope in owners],
        list(after.values()),
        limit,
    )
    for record in records:
        found[owners[record["ordinal"] - 1]].append(record["object_id"] or "")
    return found
