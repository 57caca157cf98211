"""Makes a database ready to serve: migrated by its owner, and with the service's rights given to its role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.core.installation import mark_rehearsal, require_kind
from brim.host.database_passwords import scram_verifier
from brim.host.database_socket import SERVICE_ROLE
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database
from brim.platform.migrate import Phase, migrate, refusals_told, waiting_steps
from brim.platform.roles import ask_role, find_weakness, keep_service_role, owns_schema


class DatabaseUnreachableError(BrimError):
    """The database that was asked for does not answer at the start."""

    def __init__(self, database_url: str) -> None:
        place = urlsplit(database_url)
        super().__init__(
            f"PostgreSQL at {place.hostname or 'the local socket'}:{place.port or 5432} cannot be reached. Start it, "
            "or correct --database-url and --migration-url."
        )


def _say_nothing(_sentence: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Preparation:
    """The steps applied, those that wait, and a sentence on what the service could do but should not."""

    applied: list[str]
    waiting: list[str]
    weakness: str | None


async def prepare_database(
    urls: DatabaseUrls,
    *,
    now_ms: int,
    phase: Phase = Phase.ALL,
    rehearsal: bool = False,
    say: Callable[[str], None] = _say_nothing,
) -> Preparation:
    """Migrate a database, give the service's role its rights, and tell whether these bind it.

    With `rehearsal` an empty one is marked as a rehearsal, and only a rehearsal is accepted. `say` is told when a step
    waits for others.

    Raises:
        DatabaseUnreachableError: it does not answer.
        NotARehearsalError: a rehearsal is asked for, and it is another installation.
        BrimError: it cannot be migrated, and the sentence says why.
    """
    with _reaching(urls.service):
        role = urls.service_role or await ask_role(urls.service)
    with _reaching(urls.owner):
        applied = await migrate(urls.owner, now_ms=now_ms, service_role=role, phase=phase, say=say)
        if rehearsal:
            await _rehearse(urls.owner, now_ms=now_ms)
        waiting = [] if phase is Phase.ALL else await waiting_steps(urls.owner)
        return Preparation(applied, waiting, await _find_weakness(urls.owner, role))


async def prepare_embedded(
    urls: DatabaseUrls, *, now_ms: int, rehearsal: bool = False, say: Callable[[str], None] = _say_nothing
) -> Preparation:
    """Prepare the embedded database, whose service role we make ourselves."""
    password = urlsplit(urls.service).password
    await keep_service_role(urls.owner, SERVICE_ROLE, verifier=scram_verifier(password) if password else None)
    return await prepare_database(urls, now_ms=now_ms, rehearsal=rehearsal, say=say)


async def _rehearse(owner_url: str, *, now_ms: int) -> None:
    """Make an empty installation a rehearsal; who is not the owner can only find that it is one."""
    database = await Database.connect(owner_url, max_connections=1, application="brim migrate")
    try:
        async with database.connection() as conn:
            if await owns_schema(conn):
                await mark_rehearsal(conn, now_ms=now_ms)
            else:
                await require_kind(conn, rehearsal=True)
    finally:
        await database.close()


async def _find_weakness(owner_url: str, role: str) -> str | None:
    database = await Database.connect(owner_url, max_connections=1, application="brim migrate")
    try:
        async with database.connection() as conn:
            return await find_weakness(conn, role)
    finally:
        await database.close()


@contextmanager
def _reaching(database_url: str) -> Iterator[None]:
    """Say of which database it is true that it does not answer, or does not let us in."""
    try:
        with refusals_told():
            yield
    except DatabaseUnavailableError:
        raise DatabaseUnreachableError(database_url) from None
