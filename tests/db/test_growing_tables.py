"""No statement's cost depends on statistics: each is run on tables that grew from nothing to many thousand rows.

Nobody has taken statistics of these tables, or somebody did while they had ten rows, each another account's. Plans made
when there was nothing, when there were a thousand rows, and now, for all values and for those at hand, may touch hardly
more pages at the end than the best of them did at a thousand rows.

An ordinary run has the embedded server without statistics, and 12,000 rows at the end; `make test-long` has both
servers with both, and 100,000.
"""

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import pytest

from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Conn, Database
from tests.db.statement_cases import CASES, NOT_MEASURED, Case
from tests.support.growth import grow, leave_alone
from tests.support.long_form import long_form
from tests.support.statements import STATEMENTS

FEW: Final = 1_000
ROWS: Final = int(os.environ.get("GROWN_ROWS", long_form("100000", short="12000")))
RUNS: Final = [
    ("embedded", "none"),
    *long_form([("embedded", "of ten rows"), ("stock", "none"), ("stock", "of ten rows")], short=[]),
]
"""The server, and what statistics there are of its tables."""

LONGEST: Final = "20s"
"""Only so that a statement which compares each row with each is named: none comes near it."""
ENDLESS: Final = {"Node Type": "Endless", "Index Name": "", "Shared Hit Blocks": 10**9, "Shared Read Blocks": 0}
ENDLESS.update({"Actual Rows": 10**9, "Actual Loops": 1})
RUN: Final = "ANALYZE, BUFFERS, TIMING OFF, COSTS OFF"


@dataclass(frozen=True, order=True)
class Cost:
    """What one run of a statement read and wrote, counted: pages touched, and rows looked at by one node."""

    pages: int
    rows: int


@dataclass
class Costs:
    """What a statement cost with each kind of plan, when there were few rows and when there were many."""

    few: dict[str, Cost] = field(default_factory=dict)
    many: dict[str, Cost] = field(default_factory=dict)

    def excess(self, *, reads_all: bool) -> list[str]:
        """Return the plans that cost more than a little beyond what the best did when there were few rows.

        A row that is looked at may lie in a page of its own when there are many.
        """
        rows = 3 * ROWS if reads_all else 2 * min(cost.rows for cost in self.few.values()) + 60
        pages = 2 * rows + (0 if reads_all else 3 * min(cost.pages for cost in self.few.values()))
        return [
            f"{kind}: {cost} instead of {pages} pages, {rows} rows at most"
            for kind, cost in self.many.items()
            if cost.pages > pages or cost.rows > rows
        ]


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "'" + _array(value).replace("'", "''") + "'"
    return "'" + _text(value).replace("'", "''") + "'"


def _array(values: Sequence[Any]) -> str:
    quoted = ('"' + _text(value).replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join("NULL" if value is None else text for value, text in zip(values, quoted, strict=True)) + "}"


def _text(value: Any) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


async def _explain(conn: Conn, name: str, case: Case, *, mode: str, options: str) -> dict[str, Any]:
    """Return the plan of a prepared statement, in a transaction that is undone."""
    values = ", ".join(map(_literal, case.arguments))
    execute = f"EXECUTE {_prepared(name)}({values})" if values else f"EXECUTE {_prepared(name)}"
    transaction = conn.transaction()
    await transaction.start()
    try:
        await conn.execute(f"SET LOCAL plan_cache_mode = {mode}; SET LOCAL statement_timeout = '{LONGEST}'")
        for setting in case.before:
            await conn.execute(STATEMENTS[setting])
        text = await conn.fetchval(f"EXPLAIN ({options}, FORMAT JSON) {execute}")
    except asyncpg.QueryCanceledError:
        return ENDLESS
    except Exception as error:
        error.add_note(name)
        raise
    finally:
        await transaction.rollback()
    if os.environ.get("SHOW_PLAN") == name:
        sys.stdout.write(f"{mode}\n{text}\n")
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


def _cost(plan: dict[str, Any]) -> Cost:
    nodes = list(_nodes(plan))
    return Cost(sum(map(_own_pages, nodes)), max(map(_rows, nodes)))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _own_pages(node: dict[str, Any]) -> int:
    """Return the pages that a node touched itself; what its children touched is counted there."""
    if "Relation Name" not in node and "Index Name" not in node:
        return 0
    return max(0, _pages(node) - sum(map(_pages, node.get("Plans", ()))))


def _pages(node: dict[str, Any]) -> int:
    return int(node["Shared Hit Blocks"]) + int(node["Shared Read Blocks"])


def _rows(node: dict[str, Any]) -> int:
    """Return how many rows a node has looked at, over all its loops."""
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    removed += node.get("Rows Removed by Index Recheck", 0)
    rows: float = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return round(rows)


class Session:
    """A connection of the service's and when it made its plans."""

    def __init__(self, conn: Conn, kind: str) -> None:
        self._conn = conn
        self._kind = kind
        self._mode = "force_custom_plan" if kind == "custom" else "force_generic_plan"

    async def prepare(self) -> None:
        """Make all plans now, and keep them."""
        for name, case in CASES.items():
            await self._conn.execute(f"PREPARE {_prepared(name)} AS {STATEMENTS[name]}")
            await _explain(self._conn, name, case, mode=self._mode, options="COSTS OFF")

    async def weigh(self, costs: dict[str, Costs], size: str) -> None:
        """Run everything and note what it cost."""
        for name, case in CASES.items():
            plan = await _explain(self._conn, name, case, mode=self._mode, options=RUN)
            getattr(costs[name], size)[self._kind] = _cost(plan)


def _prepared(name: str) -> str:
    return name.replace(".", "_")


@asynccontextmanager
async def _session(database: Database, kind: str) -> AsyncIterator[Session]:
    async with database.connection() as conn:
        yield Session(conn, kind)


def test_every_statement_has_a_case() -> None:
    assert CASES.keys() | NOT_MEASURED.keys() == STATEMENTS.keys()
    assert not CASES.keys() & NOT_MEASURED.keys()


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.parametrize(("each_database_urls", "statistics"), RUNS, indirect=["each_database_urls"])
async def test_no_statement_costs_more_for_want_of_statistics(
    each_database_urls: DatabaseUrls, statistics: str
) -> None:
    database = await Database.connect(each_database_urls.service, timeout_s=120, plans_kept_s=3600)
    owner_database = await Database.connect(each_database_urls.owner, timeout_s=120)
    costs = {name: Costs() for name in CASES}
    await leave_alone(owner_database)
    written = 0
    if statistics == "of ten rows":
        written = 10
        await grow(owner_database, 0, written, account="'acct_tiny_' || n")
        async with owner_database.connection() as conn:
            await conn.execute("ANALYZE")
    async with _session(database, "made at first") as first:
        await first.prepare()
        await grow(owner_database, written, FEW)
        async with (
            _session(database, "made for a thousand rows") as early,
            _session(database, "custom") as custom,
            _session(database, "made now") as late,
        ):
            await early.prepare()
            await custom.prepare()
            for session in (first, early, custom):
                await session.weigh(costs, "few")
            await grow(owner_database, FEW, ROWS)
            await late.prepare()
            for session in (first, early, custom, late):
                await session.weigh(costs, "many")
    await database.close()
    await owner_database.close()
    found = {
        name: excess
        for name, cost in costs.items()
        if (excess := cost.excess(reads_all=CASES[name].reads_all is not None))
    }
    for name, excess in found.items():
        print(name, costs[name].few, *excess, sep="\n    ")
    assert not found
