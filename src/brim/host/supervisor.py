"""`brim serve`: one command for a laptop or one server.

It claims the data folder and the port, brings up the database, and keeps N API processes and one worker running
until it is told to stop; then they finish what is in flight, and the database is shut down last.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Final

import structlog

import brim
from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.base.ids import IdFactory, random_base62
from brim.base.public_url import PublicUrl
from brim.core.access import SECRET_CHARS, ensure_first_account, secret_prefix
from brim.core.audit import Actor, ActorKind
from brim.core.encryption import Keyring, NoDataKeyError, create_data_key
from brim.core.installation import InstallationKind, find_kind
from brim.core.operators import DASHBOARD_PATH, FIRST_RUN_PATH, prepare_first_run
from brim.host.backups import configured_archive
from brim.host.backups.wal_exchange import wal_archived
from brim.host.children import Children
from brim.host.data_folder import DataFolder, claim_data_folder, read_encryption_key
from brim.host.database_urls import DatabaseUrls, given_urls
from brim.host.embedded import EmbeddedPostgres, WalUse
from brim.host.listener import listener_url, wait_for_listener, wait_until_answering
from brim.host.preparation import prepare_database, prepare_embedded
from brim.host.unix_socket import fits_socket, removed_afterwards, wait_for_unix_listener
from brim.platform.database import Database
from brim.platform.kms import kms_of
from brim.platform.settings import Settings
from brim.platform.telemetry.prometheus_internals import clear_metrics, share_metrics
from brim.platform.vault import new_encryption_key

_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_ORPHANS_END_WITHIN_S: Final = 3.0
"""How long API processes of a killed supervisor may hold its port; a moment, unless their requests are slow."""

_FIRST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 5.0

log = structlog.get_logger()


def is_shareable(settings: Settings) -> bool:
    """Tell whether what this process knows now may be in the memory of its children: nothing that is kept from them.

    The embedded database's own passwords are read later.
    """
    return _without_owner(settings) == settings


def _without_owner(settings: Settings) -> Settings:
    """Return settings without those with which children could become the owner of the tables or change backups."""
    return replace(settings, migration_url=None, backup_store=None, backup_key=None)


async def serve(settings: Settings, *, show: Callable[[str], None]) -> int:
    """Serve until told to stop and return the exit status: 0, or 1 when a second signal cut the stop short.

    Args:
        settings: all of them; port 0 takes any free one.
        show: given the banner once requests can be served.

    Raises:
        BrimError: it cannot start, and the sentence says why.
    """
    await _check_kms(settings)
    with claim_data_folder(settings.data_dir) as folder:
        patience_s = _ORPHANS_END_WITHIN_S if folder.left_by_crash else 0.0
        with await wait_for_listener(settings.host, settings.port, patience_s=patience_s) as listener:
            own_metrics = folder.path / "metrics"
            clear_metrics(own_metrics)
            share_metrics(settings.metrics_dir or own_metrics)
            async with _maybe_unix_listener(settings, folder, patience_s) as unix_socket:
                return await Supervisor(settings, folder, listener, unix_socket, show).run()


async def _check_kms(settings: Settings) -> None:
    """Let settings pass whose key management system is there, if they name one, and takes the PIN."""
    kms = kms_of(settings)
    if kms is None:
        return

    def log_in() -> None:
        with kms.open():
            pass

    await asyncio.to_thread(log_in)


@asynccontextmanager
async def _maybe_unix_listener(
    settings: Settings, folder: DataFolder, patience_s: float
) -> AsyncIterator[socket.socket | None]:
    """Yield the listening Unix socket; None where nobody asked for one and the data folder's path is too long."""
    path = (settings.unix_socket or folder.path / "brim.sock").absolute()
    if settings.unix_socket is None and not fits_socket(path):
        log.info("the data folder's path is too long for a Unix socket; set another with --unix-socket", path=str(path))
        yield None
        return
    with removed_afterwards(await wait_for_unix_listener(path, patience_s=patience_s)) as listener:
        yield listener


class Supervisor:
    """The life of one `brim serve`, once the data folder and the port are ours."""

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        listener: socket.socket,
        unix_socket: socket.socket | None,
        show: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._listener = listener
        self._unix_socket = unix_socket
        self._show = show
        self._postgres: EmbeddedPostgres | None = None
        self._children: Children | None = None
        self._stop_signals = 0

    async def run(self) -> int:
        """Serve until a signal, and return the exit status."""
        task = asyncio.create_task(self._supervise())
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started by nohup: the end of the terminal is not ours
            loop.add_signal_handler(number, self._on_stop_signal, task)
        try:
            await task
        except asyncio.CancelledError:
            if not self._stop_signals:
                raise
        except ExceptionGroup as failures:
            raise _first_brim_error(failures) from None
        return 1 if self._stop_signals > 1 else 0

    def _on_stop_signal(self, task: "asyncio.Task[None]") -> None:
        """Stop politely at the first signal, at once from the second on."""
        self._stop_signals += 1
        if self._stop_signals == 1:
            task.cancel()  # before a word of it: nobody may be there to take it
            log.info("stopping: requests in flight are finished first")
            return
        if self._children:
            self._children.kill()
        if self._postgres:
            self._postgres.kill()

    async def _supervise(self) -> None:
        """Bring everything up and keep it up; a cancellation takes it down in the opposite order."""
        async with (
            self._database() as urls,
            self._prepared_children(urls.service) as children,
            asyncio.TaskGroup() as tasks,
        ):
            for role in ("worker", *["api"] * self._settings.workers):
                tasks.create_task(children.keep(role))
            if self._postgres:
                await self._postgres.start()
                tasks.create_task(self._keep_database(self._postgres))
            await self._prepare(urls)
            await self._prepare_keys(urls.service)
            test_key, first_run_token, is_rehearsal = await self._prepare_access(urls.service)
            children.begin()
            await wait_until_answering(self._listener)
            children.now_serving()
            self._folder.announce(listener_url(self._listener))
            path = self._unix_socket.getsockname() if self._unix_socket else None
            url, public = listener_url(self._listener), self._settings.public_url
            self._show(
                banner(
                    url,
                    test_key,
                    unix_socket=path,
                    first_run_token=first_run_token,
                    public=public,
                    is_rehearsal=is_rehearsal,
                )
            )

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[DatabaseUrls]:
        """Yield how to reach the database; our own, still to be started, is stopped after."""
        archive = configured_archive(self._settings)
        given = given_urls(self._settings)
        if given is not None:
            yield given
            return
        if archive is None and self._folder.archiving:
            log.warning("WAL is no longer archived: --backup-store is unset", before=self._folder.archiving)
        self._folder.keep_archiving(None if archive is None else archive.place)
        self._postgres = EmbeddedPostgres(
            self._folder.database,
            say=log.info,
            wal=WalUse.ARCHIVED if archive else WalUse.NOT_KEPT,
            archive_every_s=self._settings.backup_wal_every_s,
        )
        self._postgres.choose_socket()
        async with AsyncExitStack() as opened:
            if archive is not None:  # until after the database's end, which archives what is left
                await opened.enter_async_context(
                    wal_archived(archive, self._postgres.cluster, self._postgres.wal_folder)
                )
            try:
                yield self._postgres.urls
            finally:
                await self._postgres.stop()

    async def _keep_database(self, postgres: EmbeddedPostgres) -> None:
        """Start our own database again whenever it dies; meanwhile the API answers 503."""
        while True:
            status = await postgres.wait()
            log.error("the database ended and is being restarted", status=status)
            await _start_until_it_works(postgres)
            log.info("the database is back")

    async def _prepare(self, urls: DatabaseUrls) -> None:
        """Bring the database to this version's schema and the service's role to its rights."""
        prepare = prepare_database if self._postgres is None else prepare_embedded
        done = await prepare(urls, now_ms=system_clock_ms(), rehearsal=self._settings.rehearsal, say=log.info)
        if done.applied:
            log.info("migrations applied", count=len(done.applied), newest=done.applied[-1])
        if done.weakness:
            log.warning(done.weakness)

    async def _prepare_keys(self, database_url: str) -> None:
        """Check that the key management system, where there is one, unwraps what the children need; make the first key.

        They would end at once each time that they were started again, and a token locks itself after a few wrong PINs.
        """
        kms = kms_of(self._settings)
        if kms is None:
            return
        plain = self._encryption_key
        database = await Database.connect(database_url, max_connections=1, application="brim serve")
        try:
            try:
                await Keyring(plain, kms, system_clock_ms).load(database)
            except NoDataKeyError:
                by = Actor(kind=ActorKind.JOB, name="brim serve")
                key = await create_data_key(
                    database, kms, has_plain=False, by=by, now_ms=system_clock_ms(), ids=IdFactory()
                )
                log.info("created the first data key", key=key.id, wrapped_by=key.kms_key)
        finally:
            await database.close()

    @property
    def _encryption_key(self) -> str | None:
        """The keys of the setting, else those that are kept; without a key management system some are made."""
        if self._settings.encryption_key:
            return self._settings.encryption_key
        if self._settings.pkcs11_module:
            return read_encryption_key(self._folder.path)
        return self._folder.keep_encryption_key(new_encryption_key)

    async def _prepare_access(self, database_url: str) -> tuple[str, str | None, bool]:
        """Return the first account's test key, the first operator's token if there is none, and whether we rehearse.

        The account and its key are made if need be.

        The token makes an admin of whoever brings it, so it is new at every start, and only shown.
        """
        key = self._folder.keep_test_secret_key(self._settings.test_secret_key, _new_test_key)
        database = await Database.connect(database_url, max_connections=1, application="brim serve")
        try:
            await ensure_first_account(database, key, system_clock_ms(), ids=IdFactory())
            token = await prepare_first_run(database, now_ms=system_clock_ms())
            async with database.connection() as conn:
                return key, token, await find_kind(conn) is InstallationKind.REHEARSAL
        finally:
            await database.close()

    @asynccontextmanager
    async def _prepared_children(self, database_url: str) -> AsyncIterator[Children]:
        """Yield the children, none of them started yet; how to become the owner is not theirs to know."""
        settings = replace(
            _without_owner(self._settings),
            database_url=database_url,
            service_role=None,
            test_secret_key=None,
            encryption_key=self._encryption_key,
        )
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BRIM_")}
        self._children = Children(
            {**inherited, **settings.to_environment()},
            [listener for listener in (self._listener, self._unix_socket) if listener],
            drain_timeout_s=settings.drain_timeout_s,
        )
        try:
            yield self._children
        finally:
            await self._children.close()


async def _start_until_it_works(postgres: EmbeddedPostgres) -> None:
    """Start the database, trying again for as long as it fails: the disk may be full for a while."""
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            await postgres.start()
        except (BrimError, OSError) as error:
            log.error("the database could not be restarted yet", reason=str(error))  # noqa: TRY400  no bug of ours
        else:
            return
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)


def _new_test_key() -> str:
    return secret_prefix(livemode=False, restricted=False) + random_base62(SECRET_CHARS)


def _first_brim_error(failures: ExceptionGroup[Exception]) -> Exception:
    """Return what a person should read of several failures, or all of them where none is for people."""
    return next((error for error in failures.exceptions if isinstance(error, BrimError)), failures)


def banner(
    url: str,
    test_key: str,
    *,
    unix_socket: str | None,
    first_run_token: str | None,
    public: PublicUrl | None = None,
    is_rehearsal: bool = False,
) -> str:
    """Return what a person needs next, as plain lines; `url` is where we listen, `public` where people reach us."""
    listening = f"\n  Listening  {url}" if public else ""
    url = str(public or url)
    official_cli = f"\nStripe CLI:\n  export STRIPE_CLI_UNIX_SOCKET={unix_socket}\n" if unix_socket else ""
    rehearsal = "\nThis is a rehearsal: brim bank simulates the bank, and no real money moves.\n"
    return f"""
Brim {brim.__version__} is ready.
{rehearsal if is_rehearsal else ""}
  URL        {url}{listening}
  Test key   {test_key}
  Dashboard  {_dashboard(url, first_run_token)}
{official_cli}
Try it:
  curl {url}/v1/topups -u {test_key}: -d amount=2000 -d currency=usd -d description="First top-up"
"""


def _dashboard(url: str, first_run_token: str | None) -> str:
    """Return where the pages are, or, while nobody may sign in, where the first admin is made."""
    if first_run_token is None:
        return url + DASHBOARD_PATH
    return f"{url}{FIRST_RUN_PATH}?token={first_run_token} (creates the first admin account; works once, within a day)"
