"""Every row of every table of a database, to compare it with another that should have come to the same."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from brim.platform.database import Database
from tests.support.books import rows

_ID = re.compile(r"\b([a-z]{2,6}_)[0-9A-Za-z]{24}\b")
_CHANGING = frozenset({"sealed", "hash", "lineage"})
_OTHERWISE = frozenset({"workers", "entry_seals", "chain_heads"})


async def everything(database: Database) -> dict[str, list[str]]:
    """Return every row of every table, with ids by the order in which they were made."""
    tables = await rows(
        database,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND NOT relispartition",
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for table in (row["relname"] for row in tables):
        if table not in _OTHERWISE:
            found[table] = [
                {name: str(value) for name, value in row.items() if name not in _CHANGING}
                for row in await rows(database, f"SELECT * FROM {table}")
            ]
    for rank, event in enumerate(sorted(found["new_events"], key=lambda row: int(row["place"]))):
        event["place"] = rank  # what was undone has taken places, too
    ids = sorted({each.group() for kept in found.values() for row in kept for each in _ID.finditer(_text(row))})
    ranks: dict[str, str] = {}
    seen = Counter[str]()
    for each in ids:
        prefix = each.partition("_")[0]
        ranks[each] = f"{prefix}#{seen[prefix]}"
        seen[prefix] += 1
    return {
        table: sorted(_ID.sub(lambda each: ranks[each.group()], _text(row)) for row in kept)
        for table, kept in found.items()
    }


def _text(row: Mapping[str, Any]) -> str:
    return " | ".join(f"{name}={value}" for name, value in row.items())
