"""Measures how long each migration since 2a3dce4 holds its locks on tables of many rows, one step after the other.

The rows are made by SQL, so no version of Brim runs here: `migration_bench.py` measures what a client notices.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from brim.platform.migrate import known_migrations, migrate
from upgrading.database import Session, postgres_of, session
from upgrading.many_rows import fill_tables
from upgrading.migration_bench import Measured, measure_step

Say = Callable[[str], None]

_FAST: Final = "fsync = off", "full_page_writes = off", "checkpoint_timeout = '1h'", "max_wal_size = '4GB'"
"""How the rows are written; it is taken back before anything is measured."""


def measure_locks(folder: Path, *, rows: int, accounts: int, after: int, say: Say) -> None:
    """Apply each migration after one to filled tables, and print a table of what they locked."""
    known = known_migrations()
    measured: list[Measured] = []
    with postgres_of(folder / "rows") as urls:
        asyncio.run(migrate(urls.owner, now_ms=time.time_ns() // 1_000_000, known=known[:after]))
        with session(urls.owner) as database:
            database.execute(f"CREATE ROLE {urls.service_role}")
            _fill(database, after=after, rows=rows, accounts=accounts, say=say)
            for step in known[after:]:
                measured.append(measure_step(step, urls, None, ()))
                say(f"{step.name}: {measured[-1].seconds:.2f} s")
                _fill(database, after=step.version, rows=rows, accounts=accounts, say=say)
    print(_table(rows, accounts, measured))


def _fill(database: Session, *, after: int, rows: int, accounts: int, say: Say) -> None:
    for setting in _FAST:
        database.execute(f"ALTER SYSTEM SET {setting}")
    database.execute("SELECT pg_reload_conf()")
    if fill_tables(database, after=after, rows=rows, accounts=accounts):
        (size,) = database.fetch("SELECT pg_size_pretty(pg_database_size(current_database())) AS size")
        say(f"{rows:,} rows in each table that is there after {after:04}: {size['size']}")
    database.execute("ALTER SYSTEM RESET ALL")
    database.execute("SELECT pg_reload_conf()")


def _table(rows: int, accounts: int, measured: list[Measured]) -> str:
    lines = [
        f"At {rows:,} rows a table, {accounts:,} accounts:",
        "",
        "| migration | took | WAL | reads and writes of these tables wait | writes alone to these wait |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{each.name}` | {each.seconds:.2f} s | {each.wal_mb:.0f} MB | {each.blocks_reads} | {each.blocks_writes} |"
        for each in measured
    ]
    return "\n".join(lines)
