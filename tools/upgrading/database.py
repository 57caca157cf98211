"""The database of a data folder, reached as its owner: what an upgrade test asks and does past the service."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import asyncpg

from brim.host.database_urls import DatabaseUrls
from brim.host.embedded import EmbeddedPostgres, running_urls
from upgrading.version import UpgradeError

Result = TypeVar("Result")

_SEALS: Final = ("transfer_seals", "entry_seals")
"""What the table of seals is called, in earlier versions and in later ones."""


@contextmanager
def postgres_of(data_dir: Path, binaries: Path | None = None) -> Iterator[DatabaseUrls]:
    """Run the database of a data folder alone, without Brim, for as long as the block lasts.

    Args:
        data_dir: the folder, made when missing.
        binaries: PostgreSQL's programs; None means those that Brim brings.
    """
    with asyncio.Runner() as runner:
        server = EmbeddedPostgres(data_dir / "postgres", binaries=binaries)
        runner.run(server.start())
        try:
            yield server.urls
        finally:
            runner.run(server.stop())


def owner_url(data_dir: Path) -> str:
    """Return how the owner reaches the database that a service runs in a data folder."""
    urls = running_urls(data_dir / "postgres")
    if urls is None:
        raise UpgradeError(f"no database runs in {data_dir}")
    return urls.owner


class Session:
    """One connection, synchronous."""

    def __init__(self, runner: asyncio.Runner, conn: Any) -> None:
        self._runner = runner
        self._conn = conn

    def execute(self, sql: str) -> None:
        """Run statements."""
        self.run(self._conn.execute(sql))

    def fetch(self, sql: str, *arguments: object) -> list[Any]:
        """Return the rows of one statement."""
        return list(self.run(self._conn.fetch(sql, *arguments)))

    def copy(self, table: str, columns: Sequence[str], records: Sequence[tuple[object, ...]]) -> None:
        """Add rows to a table."""
        self.run(self._conn.copy_records_to_table(table, columns=columns, records=records))

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Return what a coroutine returns."""
        return self._runner.run(work)


@contextmanager
def session(url: str) -> Iterator[Session]:
    """Yield a connection; a transaction that is open at the end of the block is rolled back."""
    with asyncio.Runner() as runner:
        conn = runner.run(asyncpg.connect(url))
        try:
            yield Session(runner, conn)
        finally:
            conn.terminate()


def seals_table(database: Session) -> str:
    """Return what the table of seals is called in a database."""
    found = database.fetch("SELECT t FROM unnest($1::text[]) AS t WHERE to_regclass(t) IS NOT NULL", list(_SEALS))
    if len(found) != 1:
        raise UpgradeError(f"the database has not one table of seals but {found}")
    return str(found[0]["t"])


def check_heads(url: str, heads: dict[str, tuple[int, str]]) -> None:
    """Return quietly when each head that was written down is in its chain, at the same position.

    Raises:
        UpgradeError: one is not.
    """
    with session(url) as database:
        seals = database.fetch(
            "SELECT format('%s (%s)', account, CASE WHEN livemode THEN 'live' ELSE 'test' END) AS scope, "
            f"encode(hash, 'hex') AS hash, position FROM {seals_table(database)}"
        )
    found = {(seal["scope"], seal["position"]): seal["hash"] for seal in seals}
    for scope, (position, hash_) in heads.items():
        if position and found.get((scope, position)) != hash_:
            raise UpgradeError(f"the head of {scope} at {position} was {hash_}, now {found.get((scope, position))}")
