"""`make distribution`: what Citus does with each table and each statement of Brim, found by running them all.

It starts a coordinator and two workers (tests/support/citus.py), migrates a database, fills it with the rows of
tests/support/growth.py, distributes each table that Citus accepts, and then runs every statement with the arguments of
tests/db/statement_cases.py. Each is undone. It prints the tables of docs/distributed.md.
"""

import argparse
import asyncio
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

import asyncpg

from bench.report import write_between_marks
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Conn, Database
from tests.db.statement_cases import CASES
from tests.support.citus import NOT_AT_HAND, CitusCluster, citus_binaries
from tests.support.growth import grow
from tests.support.statements import STATEMENTS

PAGE: Final = Path(__file__).parents[1] / "docs" / "distributed.md"
_FIRST: Final = "topups"
"""The table whose shards all others go beside."""

_REFERENCE: Final = (
    "operators",
    "api_keys",
    "operator_identities",
    "operator_password_links",
    "operator_recovery_codes",
    "operator_sessions",
)
"""Small tables that requests of any account read (migration 0010): to be copied to every node."""

_HOT_PATH: Final = {
    "authenticate": ("access.find_by_hash",),
    "create": ("topups.read_config_versions", "topups.create_topups", "idempotency.fetch_replies"),
    "retrieve": ("topups.fetch_topups",),
    "list": ("topups.list_topups_by_key", "topups.list_topups_by_status", "topups.fetch_topups"),
    "settle": (
        "topups.claim_due_topups",
        "topups.write_transitions",
        "ledger.lock_balances",
        "ledger.post_entries",
        "events.insert_events",
    ),
    "seal": ("ledger.hold_free_heads", "ledger.claim_unsealed", "ledger.write_seals"),
    "number": ("webhooks.number_events",),
    "deliver": ("webhooks.find_due_endpoints", "webhooks.claim_deliveries", "webhooks.record_attempts"),
}
"""The statements of a top-up's life in test mode."""

_VALUES_KNOWN: Final = "SET LOCAL plan_cache_mode = force_custom_plan"
_ROWS: Final = 200
_SHARDS: Final = 8
_PATIENCE_S: Final = 120.0
_SHARD_NUMBER: Final = re.compile(r"_\d{6}\b")

_TABLES: Final = """
SELECT
    c.relname AS name,
    ARRAY(
        SELECT attname::text
        FROM pg_index CROSS JOIN unnest(indkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE indrelid = c.oid AND indisprimary
        ORDER BY place
    ) AS key,
    EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'account') AS has_account
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
ORDER BY c.relname <> $1, c.relname
"""


class Place(Enum):
    """Where a table's rows are."""

    BY_ACCOUNT = "by account"
    EVERY_NODE = "a copy on every node"
    COORDINATOR = "on the coordinator"


class Plan(Enum):
    """How Citus runs a statement."""

    LOCAL = "on the coordinator alone"
    ONE_SHARD = "as one task, on one shard"
    SHARDS = "as a task for each of several shards"
    PARTS = "in parts, whose results the coordinator passes on"
    REFUSED = "refused"


@dataclass(frozen=True)
class Placement:
    """Where a table went, and what Citus said last of one that it refused."""

    table: str
    place: Place
    with_triggers: bool = False
    refusal: str = ""


@dataclass(frozen=True)
class Verdict:
    """What became of a statement.

    Attributes:
        name: its name.
        plan: how it runs, with its values known.
        refusal: what Citus or PostgreSQL said when it failed.
        generic: the same for Brim's own connections, where one plan serves all values.
    """

    name: str
    plan: Plan
    refusal: str = ""
    generic: str = ""


def plan_of(lines: Iterable[str]) -> Plan:
    """Return how Citus runs a statement, by its `EXPLAIN`."""
    text = "\n".join(lines)
    if "Custom Scan (Citus" not in text:
        return Plan.LOCAL
    if "Distributed Subplan" in text or "INSERT/SELECT method" in text:
        return Plan.PARTS
    tasks = [int(number) for number in re.findall(r"Task Count: (\d+)", text)]
    return Plan.SHARDS if max(tasks, default=0) > 1 else Plan.ONE_SHARD


def message_of(error: BaseException) -> str:
    """Return what an error says, without advice and without what differs from run to run."""
    said = str(error).partition("\nHINT:")[0].replace("\nDETAIL: ", ":")
    return " ".join(_SHARD_NUMBER.sub("", said).split())


async def distribute(url: str) -> list[Placement]:
    """Distribute every table that Citus accepts, each as well as it can be; return where each went."""
    conn = await asyncpg.connect(url, command_timeout=_PATIENCE_S)
    try:
        await conn.execute(f"SET citus.shard_count = {_SHARDS}")
        tables = await conn.fetch(_TABLES, _FIRST)
        placed: dict[str, Placement] = {}
        refusals: dict[str, str] = {}
        for name in _REFERENCE:
            said = await _refusal(conn, f"SELECT create_reference_table('{name}')")
            if said is None:
                placed[name] = Placement(name, Place.EVERY_NODE)
            else:
                refusals[name] = said
        left = len(tables) + 1
        while left > len(tables) - len(placed):  # a table may refer to another one that isn't distributed yet
            left = len(tables) - len(placed)
            for table in tables:
                if table["has_account"] and table["name"] not in placed:
                    await _distribute_one(conn, table["name"], table["key"], placed, refusals)
        return [
            placed.get(
                table["name"], Placement(table["name"], Place.COORDINATOR, refusal=refusals.get(table["name"], ""))
            )
            for table in tables
        ]
    finally:
        await conn.close()


async def _distribute_one(
    conn: Any, name: str, key: Sequence[str], placed: dict[str, Placement], refusals: dict[str, str]
) -> None:
    column = "event_account" if key[0] == "event_account" else "account"
    beside = "none" if name == _FIRST else _FIRST
    for with_triggers in (False, True):
        await conn.execute(f"SET citus.enable_unsafe_triggers = {'on' if with_triggers else 'off'}")
        said = await _refusal(
            conn, f"SELECT create_distributed_table('{name}', '{column}', colocate_with => '{beside}')"
        )
        if said is None:
            placed[name] = Placement(name, Place.BY_ACCOUNT, with_triggers=with_triggers)
            return
        refusals[name] = said


async def _refusal(conn: Any, sql: str) -> str | None:
    try:
        await conn.execute(sql)
    except asyncpg.PostgresError as error:
        return message_of(error)
    return None


async def judge(conn: Conn, name: str, sql: str, arguments: Sequence[Any], *, before: Sequence[str] = ()) -> Verdict:
    """Explain and run a statement after the settings that its transaction makes, and undo it."""

    async def undone(statement: str, *settings: str) -> Sequence[Any] | str:
        """Return the rows of a statement, or what was said instead."""
        transaction = conn.transaction()
        await transaction.start()
        try:
            for setting in (*settings, *before):
                await conn.execute(setting)
            rows: Sequence[Any] = await conn.fetch(statement, *arguments)
        except asyncpg.PostgresError as error:
            return message_of(error)
        finally:
            await transaction.rollback()
        return rows

    explained = await undone(f"EXPLAIN (COSTS OFF) {sql}", _VALUES_KNOWN)
    if isinstance(explained, str):
        return Verdict(name, Plan.REFUSED, explained, explained)
    ran, generic = await undone(sql, _VALUES_KNOWN), await undone(sql)
    return Verdict(
        name,
        Plan.REFUSED if isinstance(ran, str) else plan_of(row[0] for row in explained),
        ran if isinstance(ran, str) else "",
        generic if isinstance(generic, str) else "",
    )


@asynccontextmanager
async def _filled(folder: Path, binaries: Path) -> AsyncIterator[DatabaseUrls]:
    """Yield a migrated database with some rows on a cluster of its own."""
    cluster = CitusCluster(folder, binaries)
    try:
        await cluster.start()
        urls = cluster.urls_of(await cluster.create_database())
        owner = await Database.connect(urls.owner, timeout_s=_PATIENCE_S)
        await grow(owner, 0, _ROWS)
        await owner.close()
        yield urls
    finally:
        await cluster.stop()


async def measure(folder: Path, binaries: Path) -> tuple[list[Placement], list[Verdict]]:
    """Return where each table went and what became of each statement."""
    async with _filled(folder, binaries) as urls:
        placements = await distribute(urls.owner)
        service = await Database.connect(urls.service, timeout_s=_PATIENCE_S, plans_kept_s=3600)
        try:
            async with service.connection() as conn:
                return placements, [
                    await judge(
                        conn,
                        name,
                        STATEMENTS[name],
                        case.arguments,
                        before=[STATEMENTS[setting] for setting in case.before],
                    )
                    for name, case in CASES.items()
                ]
        finally:
            await service.close()


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are too long to line up."""
    lines = [headings, ["---"] * len(headings), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def tables_of(placements: Iterable[Placement]) -> str:
    """Return where each table is and why."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in placements:
        place = each.place.value + (", with triggers that Citus calls unsafe" if each.with_triggers else "")
        grouped[place, each.refusal.replace(each.table, "...")].append(each.table)
    rows = [
        (place, str(len(names)), " ".join(f"`{name}`" for name in names), refusal)
        for (place, refusal), names in grouped.items()
    ]
    return _table(("rows are", "tables", "which", "what Citus says"), rows)


def counts_of(verdicts: Sequence[Verdict]) -> str:
    """Return how many statements run in which way."""
    rows = [
        (
            plan.value,
            str(sum(each.plan is plan for each in verdicts)),
            str(sum(each.plan is plan and not each.generic for each in verdicts)),
        )
        for plan in Plan
    ]
    return _table(("Citus runs it", "statements", "also with one plan for all values"), rows)


def statements_of(verdicts: Sequence[Verdict]) -> str:
    """Return each statement with the way in which it runs, by capability."""
    grouped: dict[tuple[str, Plan], list[str]] = defaultdict(list)
    for each in verdicts:
        capability, _, name = each.name.partition(".")
        grouped[capability, each.plan].append(f"`{name}`" + ("*" if each.generic and not each.refusal else ""))
    rows = [
        (capability, plan.value, " ".join(names)) for (capability, plan), names in sorted(grouped.items(), key=_order)
    ]
    return _table(("capability", "Citus runs it", "statements"), rows)


def _order(item: tuple[tuple[str, Plan], list[str]]) -> tuple[str, int]:
    (capability, plan), _ = item
    return capability, list(Plan).index(plan)


def refusals_of(verdicts: Sequence[Verdict]) -> str:
    """Return what is said of the statements that are refused, and of which."""
    return _by_message((each.refusal, each.name) for each in verdicts)


def generic_refusals_of(verdicts: Sequence[Verdict]) -> str:
    """Return what is said of the statements that are refused only where one plan serves all values."""
    return _by_message(("" if each.refusal else each.generic, each.name) for each in verdicts)


def _by_message(said: Iterable[tuple[str, str]]) -> str:
    grouped: dict[str, list[str]] = defaultdict(list)
    for message, name in said:
        if message:
            grouped[message].append(name)
    rows = [
        (message, str(len(names)), " ".join(f"`{name}`" for name in names))
        for message, names in sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return _table(("message", "statements", "which"), rows)


def hot_path_of(verdicts: Sequence[Verdict]) -> str:
    """Return what becomes of each statement that every top-up needs."""
    found = {each.name: each for each in verdicts}
    rows = [
        (step, f"`{name}`", found[name].plan.value, found[name].refusal or found[name].generic)
        for step, names in _HOT_PATH.items()
        for name in names
    ]
    return _table(
        (
            "step",
            "statement",
            "Citus runs it",
            "what it says (if it runs the statement: what it says with one plan for all values)",
        ),
        rows,
    )


def main() -> None:
    """Print the tables, and write them to the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.distribution", description="Brim's SQL on Citus.")
    parser.add_argument("--write", action="store_true", help="write the tables to docs/distributed.md")
    options = parser.parse_args()
    binaries = citus_binaries()
    if binaries is None:
        sys.exit(NOT_AT_HAND)
    with tempfile.TemporaryDirectory(prefix="brim-citus-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as somebody else than root
        placements, verdicts = asyncio.run(measure(Path(folder), binaries))
    tables: Mapping[str, str] = {
        "distributed-tables": tables_of(placements),
        "distributed-counts": counts_of(verdicts),
        "distributed-hot-path": hot_path_of(verdicts),
        "distributed-refusals": refusals_of(verdicts),
        "distributed-generic": generic_refusals_of(verdicts),
        "distributed-statements": statements_of(verdicts),
    }
    for mark, text in tables.items():
        print(f"\n{mark}\n\n{text}", flush=True)
        if options.write:
            write_between_marks(PAGE, mark, text)


if __name__ == "__main__":
    main()
