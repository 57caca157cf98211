"""Reads of one page of ids, whatever the object."""

from collections.abc import Iterable
from typing import Any

from brim.base.paging import Window
from brim.base.scope import AccountScope
from brim.platform.database import Conn


async def fetch_ids(
    conn: Conn, statement: str, scope: AccountScope, window: Window, values: Iterable[Any]
) -> list[str]:
    """Return the ids of a page, and one more if there is one."""
    records = await conn.fetch(
        statement, scope.account, scope.livemode, window.low, window.high, window.newest_first, window.wanted, *values
    )
    return [record["id"] for record in records]
