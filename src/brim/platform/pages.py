"""Reads of one page of ids, whatever the object."""

from collections.abc import Iterable
from typing import Any

from brim.base.paging import Window
from brim.base.scope import AccountScope
from brim.platform.database import Conn


async def fetch_ids(conn: Conn, statement: str, scope: AccountScope, place: Window, values: Iterable[Any]) -> list[str]:
    """Return the ids of a page, and one more if there is one."""
    records = await conn.fetch(
        statement, scope.account, scope.livemode, place.low, place.high, place.newest_first, place.wanted, *values
    )
    return [record["id"] for record in records]
