"""What workers do about reports: take a run that is due, read the books in one snapshot, store and sign what they say.

A run whose worker dies is taken over once its lease is over, from the beginning. Nothing of a run is shown before it
has ended, and a worker that was too slow cannot write beside its successor, as each write first keeps the run for its
attempt.

An interval is read only when nothing can be posted in it any more: a while after its end, and once every transaction of
the service that had begun by then is over. In the time of a test clock that is so at once, as the clock waits for
those.
"""

import asyncio
import hashlib
from collections.abc import Collection
from contextlib import suppress
from typing import Final

import structlog

import brim
from brim.base.clock import Clock
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.core import time
from brim.core.encryption import find_service_secret
from brim.core.events import BY_ITSELF, EventType, Renderers, insert_events, new_event
from brim.core.rails import CONFIRMED_RAILS
from brim.core.reports import store
from brim.core.reports.manifests import (
    FORMAT,
    ChainState,
    Manifest,
    ManifestFile,
    SigningKey,
    manifest_text,
)
from brim.core.reports.rules import (
    MAX_ROWS,
    SETTLED_AFTER_S,
    SETTLED_AFTER_TEST_S,
    FileKind,
    Made,
    ReportFile,
    ReportRun,
    ReportTooLongError,
    RunStatus,
    columns_of,
    file_name,
    written_time,
    zone_of,
)
from brim.core.reports.sources import Books
from brim.core.reports.store import ClaimedRun, Signed
from brim.core.reports.tables import ReportWriter
from brim.core.time import OwnerTime, standing_at
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

LEASE_MS: Final = 60_000
KEPT_EVERY_MS: Final = 10_000
RETRY_MS: Final = 1_000
MAX_ATTEMPTS: Final = 5
SIGNING_SECRET: Final = "report_signing"  # noqa: S105  the name of one
_UNMADE: Final = "The report failed. The worker's log has the details. Run it again once the cause is fixed."

_log = structlog.get_logger()


class TakenOverError(Exception):
    """Another worker has taken the run over."""


async def find_signing_key(database: Database, vault: Vault) -> SigningKey:
    """Return the key by which this installation signs reports, made where there is none yet.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
        DatabaseUnavailableError: it cannot answer now.
    """
    return SigningKey(await find_service_secret(database, vault, SIGNING_SECRET))


class ReportMaker:
    """Makes the reports that are due, one a step.

    Args:
        database: where the books are.
        vault: opens the key that reports are signed by.
        renderers: write what events show.
        clock: the time in Unix milliseconds.
        ids: makes the ids of events.
        confirmed_rails: the rails whose bank confirms by a statement what it did.
        most_rows: the most rows of a report.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        renderers: Renderers,
        *,
        clock: Clock,
        ids: IdFactory,
        confirmed_rails: Collection[str] = CONFIRMED_RAILS,
        most_rows: int = MAX_ROWS,
    ) -> None:
        self._database = database
        self._vault = vault
        self._renderers = renderers
        self._clock = clock
        self._ids = ids
        self._confirmed_rails = confirmed_rails
        self._most_rows = most_rows

    async def run_once(self) -> int:
        """Make the report that has waited longest; return how many were made, or have failed.

        Raises:
            DatabaseUnavailableError: it cannot answer now; the run is taken up again.
        """
        now_ms = self._clock()
        claimed = await self._database.transact(
            lambda conn: store.claim_run(conn, now_ms=now_ms, until_ms=now_ms + LEASE_MS)
        )
        if claimed is None:
            return 0
        try:
            if not await self._is_settled(claimed.run):
                await self._give_back(claimed)
                return 0
            await self._make(claimed)
        except TakenOverError:
            return 0
        except ReportTooLongError as error:
            await self._fail(claimed, error.message)
        except (DatabaseUnavailableError, asyncio.CancelledError):  # the second when the worker stops
            with suppress(BrimError):
                await self._give_back(claimed)
            raise
        except Exception:  # noqa: BLE001  a report that cannot be made must not keep the others waiting
            _log.exception("a report could not be run", report_run=claimed.run.id, attempt=claimed.attempt)
            if claimed.attempt < MAX_ATTEMPTS:
                await self._give_back(claimed)
            else:
                await self._fail(claimed, _UNMADE)
        return 1

    async def _is_settled(self, run: ReportRun) -> bool:
        """Tell whether nothing can be posted in the interval any more."""
        async with self._database.connection() as conn:
            if await time.read_clock(conn, run.scope) is not None:
                return True
            oldest_ms = await store.find_oldest_transaction(conn)
        return oldest_ms is None or oldest_ms >= settled_ms(run)

    async def _give_back(self, claimed: ClaimedRun) -> None:
        async with self._database.connection() as conn:
            await store.keep_run(conn, claimed, until_ms=self._clock() + RETRY_MS)

    async def _fail(self, claimed: ClaimedRun, error: str) -> None:
        async def work(conn: Conn) -> None:
            await store.delete_parts(conn, claimed.run)
            run = await store.end_run(conn, claimed, RunStatus.FAILED, now_ms=self._clock(), error=error)
            if run is None:
                raise TakenOverError
            await self._announce(conn, run, EventType.REPORT_RUN_FAILED)

        with suppress(TakenOverError):
            await self._database.transact(work)

    async def _make(self, claimed: ClaimedRun) -> None:
        run = claimed.run
        key = await find_signing_key(self._database, self._vault)
        writer = ReportWriter(columns_of(run.type, run.parameters), run.type.group, most_rows=self._most_rows)
        await self._write_parts(claimed, writer, is_first=True)
        kept_ms = as_of_ms = self._clock()
        async with self._database.transaction(isolation="repeatable_read", readonly=True) as reading:
            books = Books(reading, run, confirmed_rails=self._confirmed_rails)
            async for page in books.rows():
                writer.add(page)
                if await self._write_parts(claimed, writer, is_due=self._clock() - kept_ms >= KEPT_EVERY_MS):
                    kept_ms = self._clock()
            chain = await _chain_state(reading, run, books)
            before = await store.find_run_before(reading, run)
        writer.end()
        await self._write_parts(claimed, writer, is_end=True)
        made = _made(writer, before, as_of=as_of_ms // 1000, key=key.fingerprint)
        manifest = manifest_text(_manifest(run, made, chain))
        signed = Signed(manifest, key.sign(manifest.encode()))
        await self._end(claimed, _with_signed(made, signed), signed)

    async def _write_parts(
        self,
        claimed: ClaimedRun,
        writer: ReportWriter,
        *,
        is_first: bool = False,
        is_due: bool = False,
        is_end: bool = False,
    ) -> bool:
        """Store the parts that are whole, and keep the run for us; return whether there was a reason to.

        Raises:
            TakenOverError: it is ours no more.
        """
        parts = [
            (spool.kind, number, content)
            for spool in (writer.csv, writer.json)
            for number, content in spool.take_parts(is_end=is_end)
        ]
        if not (parts or is_first or is_due):
            return False

        async def work(conn: Conn) -> None:
            if not await store.keep_run(conn, claimed, until_ms=self._clock() + LEASE_MS):
                raise TakenOverError
            if is_first:
                await store.delete_parts(conn, claimed.run)
            for kind, number, content in parts:
                await store.insert_part(conn, claimed.run, kind, number, content)

        await self._database.transact(work)
        return True

    async def _end(self, claimed: ClaimedRun, made: Made, signed: Signed) -> None:
        async def work(conn: Conn) -> None:
            run = await store.end_run(
                conn, claimed, RunStatus.SUCCEEDED, now_ms=self._clock(), made=made, signed=signed
            )
            if run is None:
                raise TakenOverError
            await self._announce(conn, run, EventType.REPORT_RUN_SUCCEEDED)

        await self._database.transact(work)

    async def _announce(self, conn: Conn, run: ReportRun, kind: EventType) -> None:
        """Announce that a run has ended, in the account's time."""
        clock, now_ms = await time.read_clock(conn, run.scope), self._clock()
        moment = standing_at(clock, now_ms=now_ms, ids=self._ids) if clock else OwnerTime(now_ms, self._ids)
        payload = self._renderers.payload(kind, run)
        await insert_events(conn, [new_event(run.scope, kind, run.id, payload, moment, BY_ITSELF)])


def settled_ms(run: ReportRun) -> int:
    """Return from when on an interval in real time can be read, Unix milliseconds."""
    after_s = SETTLED_AFTER_S if run.scope.livemode else SETTLED_AFTER_TEST_S
    return (run.parameters.interval_end + after_s) * 1000


async def _chain_state(conn: Conn, run: ReportRun, books: Books) -> ChainState:
    found, count, own = hashlib.sha256(), 0, (0, "")
    async for scopes in books.scopes():
        heads = await store.page_heads(conn, [scope.account for scope in scopes], livemode=run.scope.livemode)
        for head in heads:
            found.update(f"{head.account} {head.position} {head.hash.hex()}\n".encode())
            count += 1
            if head.account == run.scope.account:
                own = head.position, head.hash.hex()
    return ChainState(accounts=count, position=own[0], hash=own[1], sha256=found.hexdigest())


def _made(writer: ReportWriter, before: tuple[str, Made] | None, *, as_of: int, key: str) -> Made:
    files = (writer.csv.file(), writer.json.file())
    differs = before is not None and before[1].file(FileKind.CSV).sha256 != files[0].sha256
    return Made(
        rows=writer.rows,
        totals=writer.totals,
        files=files,
        as_of=as_of,
        differs_from=before[0] if before and differs else None,
        key=key,
    )


def _with_signed(made: Made, signed: Signed) -> Made:
    contents = ((FileKind.MANIFEST, signed.manifest.encode()), (FileKind.SIGNATURE, signed.signature))
    more = (
        ReportFile(kind=kind, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        for kind, content in contents
    )
    return Made(
        rows=made.rows,
        totals=made.totals,
        files=(*made.files, *more),
        as_of=made.as_of,
        differs_from=made.differs_from,
        key=made.key,
    )


def _manifest(run: ReportRun, made: Made, chain: ChainState) -> Manifest:
    wanted, zone = run.parameters, zone_of(run.parameters)
    return Manifest(
        format=FORMAT,
        report_run=run.id,
        report_type=run.report_type,
        account=run.scope.account,
        livemode=run.scope.livemode,
        interval_start=wanted.interval_start,
        interval_end=wanted.interval_end,
        interval_start_local=written_time(wanted.interval_start, zone),
        interval_end_local=written_time(wanted.interval_end, zone),
        timezone=zone.key,
        connected_account=wanted.connected_account,
        currency=wanted.currency,
        reporting_category=wanted.reporting_category,
        as_of=made.as_of,
        revision=f"brim {brim.__version__}",
        columns=columns_of(run.type, wanted),
        rows=made.rows,
        totals=made.totals,
        files=tuple(
            ManifestFile(name=file_name(run.id, each.kind), bytes=each.bytes, sha256=each.sha256) for each in made.files
        ),
        differs_from=made.differs_from,
        chain=chain,
        key=made.key,
    )
