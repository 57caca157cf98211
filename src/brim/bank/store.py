"""The bank's SQLite file: every step is one durable transaction."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_FILE: Final = "bank.sqlite3"
_WAIT_S: Final = 30.0
"""How long a statement waits for another process, which holds the file for one step at a time."""


@cache
def _statements(file: str) -> dict[str, str]:
    text = resources.files(__package__ or "").joinpath(f"{file}.sql").read_text(encoding="utf-8")
    pieces = _NAME.split(text)[1:]
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


class Store:
    """The statements of `queries.sql` on the bank's file."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / _FILE, timeout=_WAIT_S, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA synchronous = EXTRA")  # FULL, and the journal's end survives a power cut too
        self._connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what happens inside durable as a whole, or undo it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def create_tables(self) -> None:
        """Create the tables; belongs into a transaction."""
        for statement in _statements("schema").values():
            self._connection.execute(statement)

    def create_missing_tables(self) -> None:
        """Create the tables that a bank of an earlier version does not have."""
        for name in ("create_dishonors", "create_returned", "create_faults"):
            self._connection.execute(_statements("schema")[name])

    def run(self, name: str, *values: Any) -> int:
        """Run a statement; return the id of the row it inserted."""
        return self._connection.execute(_statements("queries")[name], values).lastrowid or 0

    def run_many(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each row of values."""
        self._connection.executemany(_statements("queries")[name], rows)

    def rows(self, name: str, *values: Any, **named: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        return self._connection.execute(_statements("queries")[name], named or values).fetchall()

    def row(self, name: str, *values: Any) -> sqlite3.Row | None:
        """Return the row of a query that finds one at most."""
        return next(iter(self.rows(name, *values)), None)

    def value(self, name: str, *values: Any) -> Any:
        """Return the one value of a query; None if it finds nothing."""
        row = self.row(name, *values)
        return row[0] if row else None


def has_file(folder: Path) -> bool:
    """Return whether a folder has a bank's file."""
    return (folder / _FILE).exists()
