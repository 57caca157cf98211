"""Reaches the database from the command line: a given one, that of a running Brim, or our own for the moment."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.host.data_folder import DataFolderInUseError, check_has_data, claim_data_folder
from brim.host.database_urls import DatabaseUrls, given_urls
from brim.host.embedded import EmbeddedPostgres, WalUse, running_urls
from brim.host.preparation import prepare_embedded
from brim.platform.database import Database
from brim.platform.migrate import check_schema, refusals_told
from brim.platform.settings import Settings

_OWNER_TIMEOUT_S: Final = 3600.0
"""How long a statement may take that a person waits for and that may walk a whole table."""


class DatabaseNotStartedError(BrimError):
    """Another Brim has the data folder, but its database does not run now."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another Brim is using the data folder {path}, and its database isn't ready yet. Try again in a moment."
        )


@asynccontextmanager
async def reach_database(settings: Settings, *, say: Callable[[str], None]) -> AsyncIterator[Database]:
    """Yield the migrated database that the settings mean, whoever runs it, reached as the service reaches it.

    Raises:
        DatabaseNotStartedError: a running Brim has it, but has not got that far.
        PendingMigrationsError: it was never migrated, or by an older version.
        DatabaseRefusedError: it lets us not in.
        MissingServiceUrlError: the settings say how to migrate one, but not which one.
    """
    async with reach_server(settings, say=say) as urls:
        database = await Database.connect(
            urls.service, max_connections=2, timeout_s=settings.database_timeout_s, application="brim"
        )
        try:
            with refusals_told():
                async with database.connection() as conn:
                    await check_schema(conn)
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def reach_owned(settings: Settings, *, say: Callable[[str], None]) -> AsyncIterator[Database]:
    """Yield the migrated database that the settings mean, reached as the owner of its tables, for a person's command.

    Raises:
        DatabaseNotStartedError, PendingMigrationsError, DatabaseRefusedError, MissingServiceUrlError: see
            `reach_database`.
    """
    settings = replace(settings, database_url=settings.database_url or settings.migration_url)
    async with reach_server(settings, say=say) as urls:
        database = await Database.connect(urls.owner, max_connections=2, timeout_s=_OWNER_TIMEOUT_S, application="brim")
        try:
            with refusals_told():
                async with database.connection() as conn:
                    await check_schema(conn)
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def reach_server(settings: Settings, *, say: Callable[[str], None]) -> AsyncIterator[DatabaseUrls]:
    """Yield how to reach the database that the settings mean; one that is started for the moment is migrated.

    Raises:
        NoDataError: the settings mean a data folder that has no database.
    """
    given = given_urls(settings)
    if given is not None:
        yield given
        return
    check_has_data(settings.data_dir)
    with ExitStack() as claimed:
        try:
            folder = claimed.enter_context(claim_data_folder(settings.data_dir))
        except DataFolderInUseError:
            yield _urls_of_running(settings.data_dir)
            return
        wal = WalUse.KEPT if folder.archiving else WalUse.NOT_KEPT
        async with _started_for_the_moment(folder.database, wal, say) as urls:
            yield urls


def _urls_of_running(data_dir: Path) -> DatabaseUrls:
    """Return the URLs of the database that the Brim in this data folder runs."""
    urls = running_urls(data_dir / "postgres")
    if urls is None:
        raise DatabaseNotStartedError(data_dir)
    return urls


@asynccontextmanager
async def _started_for_the_moment(folder: Path, wal: WalUse, say: Callable[[str], None]) -> AsyncIterator[DatabaseUrls]:
    """Yield the URLs of the embedded database, started before and stopped after."""
    postgres = EmbeddedPostgres(folder, say=say, wal=wal)
    try:
        await postgres.start()
        await prepare_embedded(postgres.urls, now_ms=system_clock_ms())
        yield postgres.urls
    finally:
        await postgres.stop()
