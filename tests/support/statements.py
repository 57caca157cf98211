"""Every statement of the service by its name: the package it lies in and its own, such as `topups.create_topups`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import brim
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SOURCE: Final = Path(brim.__file__).parent
_ASKS_FOR_HOLDS: Final = "{whether the account of "


def _named() -> Iterator[tuple[str, str]]:
    for file in sorted(_SOURCE.rglob("*.sql")):
        if file.parent.name in {"migrations", "bank"}:  # the rehearsal bank's are for SQLite
            continue
        package = ".".join(("brim", *file.parent.relative_to(_SOURCE).parts))
        shared = "brim.core.legal_holds" if _ASKS_FOR_HOLDS in file.read_text() else "brim.core.verification"
        has_own = file.with_name("fragments.sql").exists() and file.stem != "verification"
        fragments = package if has_own else shared
        for name, statement in load_queries(package, file.stem, fragments=fragments).items():
            yield f"{file.parent.name}.{name}", statement


def _unambiguous() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, statement in _named():
        assert name not in found, f"two statements are called {name}"
        found[name] = statement
    return found


STATEMENTS: Final = _unambiguous()


async def explain(conn: Conn, sql: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Return the plan that the service's connections use, as it ran."""
    text = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments)
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


def scanned_whole(plan: dict[str, Any]) -> list[str]:
    """Return the tables that a plan reads from end to end."""
    own = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
    return own + [name for child in plan.get("Plans", []) for name in scanned_whole(child)]
