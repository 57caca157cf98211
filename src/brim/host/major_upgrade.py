"""`brim upgrade`: the embedded database moves to the major version of PostgreSQL that this Brim brings.

pg_upgrade copies the data directory into a new one beside it; where it cannot, a dump is restored into that, which
takes longer. The copy is compared, migrated, and verified with its chain. Only then does it take the place of the
earlier one (`switch`), which stays as it was until somebody removes it. What was cut short is begun anew, so it may be
killed at any moment.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.core.archiving import forget_base_backup
from brim.core.integrity import verify_and_remember
from brim.host.cluster_identity import keep_earlier_identifiers, read_earlier_identifiers, read_system_identifier
from brim.host.database_passwords import keep_passwords
from brim.host.database_socket import DATABASE, OWNER, is_temporary, make_socket_folder
from brim.host.embedded import EmbeddedPostgres
from brim.host.identity import Identity, choose_identity, named_identity
from brim.host.orphans import clear_remains
from brim.host.preparation import prepare_embedded
from brim.host.programs import (
    DatabaseStartError,
    find_binaries,
    major_of_cluster,
    major_of_programs,
    run_program,
    wheel_binaries,
)
from brim.host.switch import (
    CLUSTER,
    UPGRADED,
    UPGRADING,
    OtherMajorVersionError,
    earlier_cluster,
    finish_switch,
    switch,
)
from brim.platform.database import Conn, Database
from brim.platform.row_counts import count_rows

Say = Callable[[str], None]

_WORK: Final = "upgrade"
_DUMP: Final = "dump"
_ROLES: Final = "roles.sql"
_ALTERED_SETTINGS: Final = "postgresql.auto.conf"
_LOG_OF_THE_CLUSTER: Final = "pg_wal"
_MEGABYTE: Final = 1024 * 1024
_A_DAY_S: Final = 24 * 3600.0
_MORE_BYTES: Final = 512 * _MEGABYTE
"""An empty data directory with its log, and what migrations and the verification write."""


class NoOldBinariesError(BrimError):
    """The programs of the earlier PostgreSQL are nowhere to be found, or are of another version."""

    def __init__(self, major: int, given: Path | None) -> None:
        problem = f"{given} does not have them" if given else "none were found"
        super().__init__(
            f"The upgrade needs the programs of PostgreSQL {major}, and {problem}. Install them (for Debian "
            f"postgresql-{major} of apt.postgresql.org) and name their folder with --old-binaries, such as "
            f"/usr/lib/postgresql/{major}/bin."
        )


class NotEnoughSpaceError(BrimError):
    """The copy would not fit."""

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        super().__init__(
            f"The upgrade copies the database and needs {needed // _MEGABYTE} MB free in {folder}; there are "
            f"{free // _MEGABYTE} MB."
        )


class EarlierClusterInTheWayError(BrimError):
    """The name for the earlier data directory is taken."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} already exists from an earlier upgrade. Move or remove it: this upgrade keeps the earlier "
            "database under that name."
        )


class NotVerifiedError(BrimError):
    """The copy is not what it was copied from, or its books or chain do not agree."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__(
            "The upgraded copy was not put in place, and the database is as it was: "
            + "; ".join(differences[:3])
            + ". "
            "Run brim verify --chain with the Brim before, which tells whether that was so already."
        )


@dataclass(frozen=True)
class Upgraded:
    """From which major version to which, what was verified, and where the earlier data directory is."""

    found: int
    wanted: int
    sealed: int
    earlier: Path


async def upgrade_embedded(folder: Path, *, old_binaries: Path | None, say: Say) -> Upgraded | None:
    """Move the embedded database to this Brim's major version; None where it is there already.

    Args:
        folder: the database's own folder; the caller holds the lock on the data folder.
        old_binaries: where the programs of the version that wrote it are; None looks for them.
        say: told, in a sentence, what comes next.

    Raises:
        OtherMajorVersionError: it was written by a later version.
        NoOldBinariesError, NotEnoughSpaceError, EarlierClusterInTheWayError: it cannot begin.
        DatabaseStartError: one of PostgreSQL's programs failed, and what it said.
        NotVerifiedError: books or chain of the copy do not agree.
    """
    folder = folder.resolve()  # noqa: ASYNC240  nothing else runs in this loop
    finish_switch(folder)
    cluster, copy = folder / CLUSTER, folder / UPGRADING
    binaries = wheel_binaries()
    found, wanted = major_of_cluster(cluster), major_of_programs(binaries)
    await clear_remains(copy, say)
    for unfinished in (copy, folder / UPGRADED):
        shutil.rmtree(unfinished, ignore_errors=True)
    if found == wanted:
        return None
    if found > wanted:
        raise OtherMajorVersionError(cluster, found=found, wanted=wanted)
    earlier = earlier_cluster(folder, found)
    if earlier.exists():
        raise EarlierClusterInTheWayError(earlier)
    old_binaries = _old_binaries(found, old_binaries)
    _check_space(folder, cluster)

    move = _Move(folder, old_binaries, binaries, say)
    say(f"starting PostgreSQL {found} once more, so that it stops in order")
    rows = await move.count_rows()
    try:
        say(f"copying the database into one of PostgreSQL {wanted}; the earlier one is left as it is")
        await move.copy()
    except DatabaseStartError as error:
        say(f"pg_upgrade cannot ({_reason(copy, error)}); a dump is restored instead, which takes longer")
        await move.dump_and_restore()
    say("verifying the books and the chain of the copy")
    sealed = await move.verify(rows)
    move.keep_identity()
    say(f"putting it in place; the earlier one stays in {earlier}")
    forget_base_backup(folder.parent)
    switch(folder, found)
    return Upgraded(found, wanted, sealed, earlier)


def _old_binaries(major: int, given: Path | None) -> Path:
    binaries = given.resolve() if given else find_binaries(major)
    if binaries is None or not (binaries / "postgres").exists() or major_of_programs(binaries) != major:
        raise NoOldBinariesError(major, given)
    return binaries


def _check_space(folder: Path, cluster: Path) -> None:
    """Refuse to begin what would fill the disk."""
    size = sum(
        (Path(parent) / name).lstat().st_size
        for parent, _, names in os.walk(cluster)
        if Path(parent).name != _LOG_OF_THE_CLUSTER
        for name in names
    )
    needed, free = size + size // 10 + _MORE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise NotEnoughSpaceError(folder, needed, free)


class _Move:
    """One move from the data directory of an earlier PostgreSQL to a new one beside it."""

    def __init__(self, folder: Path, old_binaries: Path, binaries: Path, say: Say) -> None:
        self._folder, self._cluster, self._copy = folder, folder / CLUSTER, folder / UPGRADING
        self._old_binaries, self._binaries = old_binaries, binaries
        self._say = say
        self._old = EmbeddedPostgres(folder, binaries=old_binaries, say=say)
        self._new = EmbeddedPostgres(folder, binaries=binaries, cluster=UPGRADING, say=say)
        self._identity = choose_identity(folder, self._cluster, binaries)

    async def count_rows(self) -> dict[str, int]:
        """Return how many rows each table has; the earlier server starts for it, recovers, and stops in order."""
        async with _running(self._old), _connected(self._old.urls.owner) as conn:
            return await count_rows(conn)

    async def copy(self) -> None:
        """Have pg_upgrade copy everything, the roles and their passwords too."""
        await self._make_new()
        own = _own_folder(self._folder / _WORK, self._identity)
        with own as work, _socket_folder(self._folder, self._identity) as sockets:
            arguments = ["-b", self._old_binaries, "-B", self._binaries, "-d", self._cluster, "-D", self._copy]
            arguments += ["-U", OWNER, "--socketdir", sockets, "-p", "5432", "-P", "5432"]
            await self._run(self._binaries, "pg_upgrade", *map(str, arguments), works_in=work)
        self._keep_altered_settings()

    async def dump_and_restore(self) -> None:
        """Write the roles and a dump with the earlier version's programs, and read them into a new database."""
        jobs = str(min(4, os.cpu_count() or 1))
        with _own_folder(self._folder / _WORK, self._identity) as work:
            dump, roles = str(work / _DUMP), str(work / _ROLES)
            async with _running(self._old) as at:
                await self._run(self._old_binaries, "pg_dumpall", *at, "--roles-only", "--file", roles)
                how = ("--format=directory", "--compress=1", "--jobs", jobs, "--file", dump)
                await self._run(self._old_binaries, "pg_dump", *at, *how, DATABASE)
            await self._make_new()
            async with _running(self._new) as at:
                # The owner is there already, so one statement of these fails.
                await self._run(self._binaries, "psql", *at, "--no-psqlrc", "--quiet", "--file", roles, DATABASE)
                options = ("--exit-on-error", "--jobs", jobs, "--dbname", DATABASE)
                await self._run(self._binaries, "pg_restore", *at, *options, dump)
        self._keep_altered_settings()

    async def verify(self, rows: dict[str, int]) -> int:
        """Compare the copy, migrate it, verify its books and chain, and return how many entries are sealed.

        Raises:
            NotVerifiedError: something does not agree.
        """
        async with _running(self._new):
            urls = self._new.urls
            async with _connected(urls.owner) as conn:
                copied = await count_rows(conn)
            if copied != rows:
                differing = [name for name in {*rows, *copied} if rows.get(name) != copied.get(name)]
                raise NotVerifiedError(
                    [f"{name} has {copied.get(name)} rows of {rows.get(name)}" for name in differing]
                )
            await prepare_embedded(urls, now_ms=system_clock_ms(), say=self._say)
            async with _connected(urls.owner) as conn:
                await conn.execute("ANALYZE")
            database = await Database.connect(urls.service, max_connections=2, application="brim upgrade")
            try:
                run = await verify_and_remember(database, clock=system_clock_ms, ids=IdFactory(), with_chain=True)
            finally:
                await database.close()
            if run.differences:
                raise NotVerifiedError([str(difference) for difference in run.differences])
            return run.sealed or 0

    def keep_identity(self) -> None:
        """Write into the copy which database it is, so that its backups find their place beside those from before."""
        earlier = (*read_earlier_identifiers(self._cluster), read_system_identifier(self._cluster))
        keep_earlier_identifiers(self._copy, earlier, self._identity)

    async def _make_new(self) -> None:
        """Make an empty data directory with the passwords of the earlier one, instead of whatever is there."""
        await clear_remains(self._copy, self._say)
        shutil.rmtree(self._copy, ignore_errors=True)
        async with _running(self._new):
            pass

    async def _run(self, binaries: Path, program: str, *arguments: str, works_in: Path = Path("/")) -> None:
        await run_program(
            named_identity(self._identity, self._folder).command(binaries / program, *arguments),
            f"be moved by {program}",
            self._folder,
            works_in=works_in,
            environment={"PGPASSWORD": keep_passwords(self._folder).owner},
        )

    def _keep_altered_settings(self) -> None:
        """Keep what was set by ALTER SYSTEM."""
        kept = (self._cluster / _ALTERED_SETTINGS).read_bytes()
        descriptor = os.open(self._copy / _ALTERED_SETTINGS, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(kept)
            stream.flush()
            os.fsync(stream.fileno())


@asynccontextmanager
async def _running(server: EmbeddedPostgres) -> AsyncIterator[tuple[str, ...]]:
    """Run a server for as long as the block lasts; yield how PostgreSQL's programs reach it."""
    try:
        await server.start()
        yield ("--host", str(server.choose_socket()), "--port", "5432", "--username", OWNER)
    finally:
        await server.stop()


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Conn]:
    """Yield a connection that no statement is too long for."""
    database = await Database.connect(url, max_connections=1, timeout_s=_A_DAY_S, application="brim upgrade")
    try:
        async with database.connection() as conn:
            yield conn
    finally:
        await database.close()


def _reason(copy: Path, error: DatabaseStartError) -> str:
    """Return what pg_upgrade or a server that it ran said last of an error; what it prints may not tell which."""
    logs = sorted(copy.glob("pg_upgrade_output.d/*/log/*.log"))
    said = "\n".join([error.message, *(log.read_text(encoding="utf-8", errors="replace") for log in logs)])
    reasons = re.findall(r"(?:ERROR|FATAL|error): +(.+)|^(.*\bfailed\b.*)$", said, re.MULTILINE)
    return "".join(reasons[-1]) if reasons else said.splitlines()[-1]


@contextmanager
def _own_folder(path: Path, identity: Identity) -> Iterator[Path]:
    """Yield an empty folder for the files that a program leaves where it works; it goes after."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    os.chown(path, identity.owner, identity.group, follow_symlinks=False)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _socket_folder(folder: Path, identity: Identity) -> Iterator[Path]:
    """Yield the folder for the servers' sockets; one among the temporary folders goes after."""
    sockets = make_socket_folder(folder / "socket")
    os.chown(sockets, identity.owner, identity.group, follow_symlinks=False)
    try:
        yield sockets
    finally:
        if is_temporary(sockets):
            shutil.rmtree(sockets, ignore_errors=True)
