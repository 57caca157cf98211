"""Brings a database to the schema this version of Brim knows: forward only, one transaction a step.

Steps are the files `migrations/NNNN_pre_name.sql` and `NNNN_post_name.sql`: a `pre` step may be applied while
the earlier version still serves, a `post` step once none of it runs. `brim serve` applies all of them; `brim migrate
--phase pre` stops before the first that has to wait. A step does not wait long for a table that somebody uses, since
others would queue behind it: it lets them go first and tries again. An empty database, which nobody uses, gets all its
steps in one transaction.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any, Final

import asyncpg

from brim.base.errors import BrimError
from brim.platform.database import Conn, Database, PoolerError
from brim.platform.roles import current_role, grant_rights, owns_schema, require_role
from brim.platform.sql import load_queries

_FILE_NAME: Final = re.compile(r"(\d{4})_(pre|post)_\w+")
_QUERIES: Final = load_queries(__package__, "migrate")
_OLDEST_POSTGRES: Final = 15
_STEP_TIMEOUT_S: Final = 24 * 3600.0
"""A step may rewrite a large table, or wait for another runner that does."""

_TRY_AGAIN_AFTER_S: Final = 1.0
_TELL_EVERY: Final = 10
"""How many tries pass between two sentences that a step waits."""

_REFUSED: Final = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
_IN_THE_WAY: Final = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
"""Why a step is taken once more: somebody uses what it wants."""
_MADE_BY_ANOTHER: Final = (asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError)
"""What IF NOT EXISTS raises when two runners make the table at the same moment."""


class NewerSchemaError(BrimError):
    """The database has steps that this version does not know."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"This database was written by a newer version of Brim: it has {', '.join(names)}. Upgrade Brim to use it."
        )


class ChangedMigrationError(BrimError):
    """A step that was applied reads differently now."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Migration {name} was applied to this database with another text than this Brim has. Applied steps "
            "are never edited: install an unmodified version of Brim."
        )


class Phase(StrEnum):
    """Which steps are applied: those that are safe while the version before serves, or all."""

    PRE = "pre"
    ALL = "all"


class PendingMigrationsError(BrimError):
    """The database lacks steps that this version needs."""

    def __init__(self, names: list[str]) -> None:
        lacking = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} later migrations"
        super().__init__(f"The database is missing {lacking}. Run brim migrate.")


class DatabaseRefusedError(BrimError):
    """PostgreSQL answers, but lets us not in: a wrong user, password or database name."""

    def __init__(self, said: str) -> None:
        super().__init__(f"PostgreSQL refused the connection: {said}. Check --database-url.")


class NotTheOwnerError(BrimError):
    """The database has to be changed, and the connection may not: its tables belong to another role."""

    def __init__(self, role: str, wanted: str) -> None:
        super().__init__(
            f"The role {role} does not own the tables and so cannot {wanted}. Run brim migrate with the "
            f"owner's URL in --migration-url."
        )


class MissingOwnerRightError(BrimError):
    """PostgreSQL refused a step that only an owner may take."""

    def __init__(self, role: str, said: str) -> None:
        super().__init__(
            f"PostgreSQL doesn't allow the role {role} to migrate: {said}. Pass the URL of a role that can "
            f"create tables with --migration-url."
        )


class OldPostgresError(BrimError):
    """The server is older than what Brim is tested on."""

    def __init__(self, found: int) -> None:
        super().__init__(f"The database runs PostgreSQL {found}; Brim needs {_OLDEST_POSTGRES} or newer.")


@dataclass(frozen=True)
class Migration:
    """One step: its number, the name of its file, and its SQL."""

    version: int
    name: str
    sql: str

    @property
    def waits(self) -> bool:
        """Whether it may be applied only once nothing of the earlier version runs."""
        return _waits(self.name)

    @property
    def checksum(self) -> str:
        """The SHA-256 of the SQL, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def _waits(name: str) -> bool:
    match = _FILE_NAME.fullmatch(name)
    return match is not None and match[2] == "post"


@cache
def known_migrations() -> tuple[Migration, ...]:
    """Return the steps that this version has, oldest first."""
    folder = resources.files("brim.platform").joinpath("migrations")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return tuple(_read_step(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")) for file in files)


def _read_step(name: str, sql: str) -> Migration:
    match = _FILE_NAME.fullmatch(name)
    if not match:
        raise ValueError(f"{name}.sql is not named NNNN_pre_name.sql or NNNN_post_name.sql")
    return Migration(int(match[1]), name, sql)


async def migrate(
    owner_url: str,
    *,
    now_ms: int,
    known: tuple[Migration, ...] = known_migrations(),
    service_role: str | None = None,
    phase: Phase = Phase.ALL,
    say: Callable[[str], None] = lambda _sentence: None,
) -> list[str]:
    """Apply what is missing, give the service its rights, and return the names applied.

    It is safe beside other processes that do the same. A URL of somebody else than the tables' owner will do when
    nothing is missing; the rights are then left as they are.

    Args:
        owner_url: of the role that owns the tables, or will.
        now_ms: when it happens.
        known: all steps, oldest first.
        service_role: who gets the rights; None means the owner, who takes from itself those it must not use.
        phase: which steps; in phase `pre` it stops before the first `post` step, as order is never changed.
        say: told, in a sentence, when a step waits for somebody who uses its tables.

    Raises:
        NewerSchemaError: the database was written by a newer version.
        ChangedMigrationError: an applied step reads differently now.
        MissingServiceRoleError: there is no such service role.
        NotTheOwnerError: somebody else than the owner would have to change something.
        MissingOwnerRightError: PostgreSQL does not let this role make or change tables.
        DatabaseRefusedError: it lets us not in.
        OldPostgresError: its PostgreSQL is too old.
        PoolerError: a connection pooler is on the way.
        DatabaseUnavailableError: it cannot be reached.
    """
    database = await Database.connect(
        owner_url, max_connections=1, timeout_s=_STEP_TIMEOUT_S, application="brim migrate"
    )
    try:
        with refusals_told():
            async with database.connection() as conn:
                _check_server(conn)
                await _refuse_pooler(conn)
                return await _migrate(conn, known, now_ms, service_role, phase, say)
    finally:
        await database.close()


@contextmanager
def refusals_told() -> Iterator[None]:
    """Raise `DatabaseRefusedError` where PostgreSQL does not let us in."""
    try:
        yield
    except _REFUSED as error:
        raise DatabaseRefusedError(str(error)) from None


async def _migrate(
    conn: Conn,
    known: tuple[Migration, ...],
    now_ms: int,
    service_role: str | None,
    phase: Phase,
    say: Callable[[str], None],
) -> list[str]:
    me = await current_role(conn)
    try:
        if await owns_schema(conn):
            return await _migrate_as_owner(conn, known, now_ms, service_role or me, me, phase, say)
        await _check_nothing_to_do(conn, known, me, service_role or me)
    except asyncpg.InsufficientPrivilegeError as error:
        raise MissingOwnerRightError(me, str(error)) from None
    return []


async def _migrate_as_owner(
    conn: Conn,
    known: tuple[Migration, ...],
    now_ms: int,
    service_role: str,
    me: str,
    phase: Phase,
    say: Callable[[str], None],
) -> list[str]:
    await require_role(conn, service_role)
    await _ensure_table(conn)
    applied = await _apply_all(conn, known, now_ms, service_role if service_role != me else None, phase, say)
    async with conn.transaction():
        await conn.execute(_QUERIES["lock_table"])
        await grant_rights(conn, service_role)
    return applied


async def _check_nothing_to_do(conn: Conn, known: tuple[Migration, ...], me: str, service_role: str) -> None:
    """Refuse what only the owner could do: to apply a step, or to give another role its rights."""
    missing = _missing(await conn.fetch(_QUERIES["select_applied"]), known)
    if missing:
        raise NotTheOwnerError(me, f"apply {', '.join(step.name for step in missing)}")
    if service_role != me:
        raise NotTheOwnerError(me, f"give the role {service_role} its rights")


async def check_schema(conn: Conn, *, known: tuple[Migration, ...] = known_migrations()) -> None:
    """Return quietly when the database has what this version needs: all its steps, but for the last `post` ones.

    It may have later `pre` steps: those are applied while this version still serves.

    Raises:
        PoolerError: the session isn't Brim's own.
        PendingMigrationsError: it lacks some.
        NewerSchemaError: it has later steps that wait until this version is gone.
        ChangedMigrationError: it has one that read differently.
    """
    await _refuse_pooler(conn)
    exists = await conn.fetchval(_QUERIES["table_exists"])
    applied = await conn.fetch(_QUERIES["select_applied"]) if exists else []
    own = {step.version for step in known}
    missing = _missing([row for row in applied if row["version"] in own or _waits(row["name"])], known)
    if not all(step.waits for step in missing):
        raise PendingMigrationsError([step.name for step in missing])


async def waiting_steps(owner_url: str, *, known: tuple[Migration, ...] = known_migrations()) -> list[str]:
    """Return the names of the steps that a database still lacks, oldest first."""
    database = await Database.connect(owner_url, max_connections=1, application="brim migrate")
    try:
        async with database.connection() as conn:
            return [step.name for step in _missing(await conn.fetch(_QUERIES["select_applied"]), known)]
    finally:
        await database.close()


def _check_server(conn: Conn) -> None:
    found = conn.get_server_version().major
    if found < _OLDEST_POSTGRES:
        raise OldPostgresError(found)


async def _refuse_pooler(conn: Conn) -> None:
    """Check that the process which serves this session is the one that was named when it began.

    A pooler names another: it makes up what clients need to cancel their statements.
    """
    try:
        serving = await conn.fetchval(_QUERIES["backend_pid"])
    except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError) as error:
        raise PoolerError from error  # the next server process hasn't prepared it, or another client's has
    if serving != conn.get_server_pid():
        raise PoolerError


async def _ensure_table(conn: Conn) -> None:
    try:
        await conn.execute(_QUERIES["create_table"])
    except _MADE_BY_ANOTHER:
        return


async def _apply_all(
    conn: Conn,
    known: tuple[Migration, ...],
    now_ms: int,
    lesser_role: str | None,
    phase: Phase,
    say: Callable[[str], None],
) -> list[str]:
    applied: list[str] = []
    tries = 0
    while True:
        try:
            steps = await _apply_next(conn, known, now_ms, lesser_role, phase)
        except _IN_THE_WAY:
            if tries % _TELL_EVERY == 0:
                say("A migration waits for somebody who uses its tables, such as a long query or pg_dump.")
            tries += 1
            await asyncio.sleep(_TRY_AGAIN_AFTER_S)
            continue
        if not steps:
            return applied
        applied += [step.name for step in steps]


async def _apply_next(
    conn: Conn, known: tuple[Migration, ...], now_ms: int, lesser_role: str | None, phase: Phase
) -> Sequence[Migration]:
    """Apply the oldest missing step in one transaction, or all to an empty database; return what was applied.

    What is missing is decided under the lock. A service that is another role than the owner has its rights with the
    step: triggers write for it from then on, and the next step may take its time.
    """
    async with conn.transaction():
        await conn.execute(_QUERIES["lock_table"])
        applied = await conn.fetch(_QUERIES["select_applied"])
        missing = _missing(applied, known)
        allowed = missing if phase is Phase.ALL else [*takewhile(lambda step: not step.waits, missing)]
        steps = allowed[:1] if applied else allowed
        if not steps:
            return []
        await conn.execute(_QUERIES["bound_lock_waits"])
        for step in steps:
            await conn.execute(step.sql)
            await conn.execute(_QUERIES["insert_applied"], step.version, step.name, step.checksum, now_ms)
        if lesser_role is not None:
            await grant_rights(conn, lesser_role)
        return steps


def _missing(applied: list[Any], known: tuple[Migration, ...]) -> list[Migration]:
    """Return the known steps that were not applied, having refused a database that this version cannot serve."""
    checksums = {row["version"]: row["checksum"] for row in applied}
    versions = {step.version for step in known}
    unknown = [row["name"] for row in applied if row["version"] not in versions]
    if unknown:
        raise NewerSchemaError(unknown)
    for step in known:
        if checksums.get(step.version, step.checksum) != step.checksum:
            raise ChangedMigrationError(step.name)
    return [step for step in known if step.version not in checksums]
