"""One worker process: its jobs, and how it is told to stop."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
import uvloop

import brim
from brim.base.clock import Clock, system_clock_ms
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.core import direct_debits, ledger, negative_balances, notifications, originators, return_rates, topups
from brim.core.corrections import CorrectionPlayer
from brim.core.dishonors import DisputePlayer
from brim.core.encryption import Keyring
from brim.core.events import Renderers
from brim.core.funding import BankSecrets
from brim.core.gauges import Gauges
from brim.core.installation import require_kind
from brim.core.integrity import verify_asked, verify_in_turn
from brim.core.jobs import HEARTBEAT_S, PREFIX, Worker, beat
from brim.core.ledger import seal_entries
from brim.core.pruning import DEFAULT_PERIODS, Periods, Pruning, periods_of, prune_sign_ins
from brim.core.rails import Rails
from brim.core.reports import ReportMaker
from brim.core.request_logs import RequestPruning
from brim.core.test_clocks import delete_ended_clock, step_clock
from brim.core.topups import Status, TopupQueue, forget_exceptions, in_turn, settle_due
from brim.core.webhooks import MAX_BATCH, DeliverySender, Numbering, webhook_sender_of
from brim.platform.announcements.service import Announcer, listen
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database
from brim.platform.egress.names import NameResolver
from brim.platform.kms import kms_of
from brim.platform.readiness import require_schema
from brim.platform.settings import DEFAULT_VERIFY_EVERY_S, Settings
from brim.platform.telemetry import metrics
from brim.platform.telemetry.logs import configure_logging
from brim.platform.telemetry.tracing import Tracing, start_tracing
from brim.platform.vault import Vault
from brim.worker.answers import answering
from brim.worker.deliver import Dispatcher
from brim.worker.loop import Job, Loop
from brim.worker.states import JobStates

# How late a settlement may be while top-ups are made and settled, and while nothing happens at all.
SETTLE_REST_S: Final = 0.05
SETTLE_LONGEST_REST_S: Final = 0.4
PRUNE_REST_S: Final = 60.0
# How long a file may wait to be made, sent or read: cut-offs are minutes, and banks look every few of them.
ACH_REST_S: Final = 1.0
PRUNE_BATCH: Final = 1_000
# How long a balance may stay below zero while a reserve could cover it, and how many reserves are settled at once.
RESERVES_REST_S: Final = 2.0
RESERVES_BATCH: Final = 100
# How long a report may wait before somebody takes it up.
REPORTS_REST_S: Final = 0.5
# How often return rates are looked at because days have passed; what is sent and returned is counted at once.
RATES_REST_S: Final = 600.0
RATES_BATCH: Final = 500
# How late a number may be when no announcement was heard; it is asked for on one connection, by one index step.
NUMBER_REST_S: Final = 0.05
NUMBER_LONGEST_REST_S: Final = 0.4
DELIVER_REST_S: Final = 0.5
_DELIVERIES_END_WITHIN_S: Final = 5.0
_EXCHANGES_END_WITHIN_S: Final = 5.0
_LONGEST_LOOKUP_S: Final = 5.0
# How long an entry may stand without its seal when few are posted.
SEAL_REST_S: Final = 0.2
SEAL_LONGEST_REST_S: Final = 0.8
# How often a worker asks whether the books are to be verified; a shorter turn is asked for as often as it comes.
VERIFY_REST_S: Final = 1.0
# How often workers look what needs attention: what begins is gathered for a minute anyway.
NOTIFY_REST_S: Final = 20.0
SEND_NOTIFICATIONS_REST_S: Final = 2.0
HEARTBEAT: Final = "heartbeat"
_CONNECTIONS: Final = (
    # one for each job, a second one for reports, verifications and notifications, and one for deliveries' outcomes
    19
)

_log = structlog.get_logger()


class Wakes:
    """What tells jobs that something was written which may concern them. Make it inside the running event loop."""

    def __init__(self) -> None:
        self.settle = asyncio.Event()
        self.clocks = asyncio.Event()
        self.number = asyncio.Event()

    def set(self) -> None:
        """Tell all of them."""
        for job in (self.settle, self.clocks, self.number):
            job.set()


def run_worker(settings: Settings, alive_fd: int | None, renderers: Renderers) -> None:
    """Settle what is due and forget what is old, until SIGTERM or SIGINT; steps under way are finished first.

    Args:
        settings: `database_url` must be set.
        alive_fd: the read end of a pipe whose other end only the supervisor holds: when it closes, so do we.
        renderers: write what events show.
    """
    configure_logging(settings.log_level, settings.log_format)
    uvloop.run(_work(settings, alive_fd, renderers))


async def _work(settings: Settings, alive_fd: int | None, renderers: Renderers) -> None:
    if settings.database_url is None:
        raise ValueError("a worker needs a database URL")
    stop = asyncio.Event()
    _stop_when_told(stop, alive_fd)
    database = await Database.connect(
        settings.database_url,
        max_connections=_CONNECTIONS,
        timeout_s=settings.database_timeout_s,
        application="brim worker",
    )
    await require_schema(database)
    with suppress(DatabaseUnavailableError):
        async with database.connection() as conn:
            await require_kind(conn, rehearsal=settings.rehearsal)
    keyring = Keyring(settings.encryption_key, kms_of(settings), system_clock_ms)
    with suppress(DatabaseUnavailableError):
        await keyring.load(database)
    _log.info("worker started")
    wakes = Wakes()
    resolver = make_resolver(settings)
    tracing = start_tracing("worker") if settings.tracing else None
    courier = make_courier(settings, resolver, keyring.vault, system_clock_ms, renderers, tracing)
    deliverer = Dispatcher(database, courier, system_clock_ms, in_flight=settings.deliveries_in_flight)
    background = [
        asyncio.create_task(listen(database, Announcement.NEW_EVENTS, wakes.set)),
        asyncio.create_task(keyring.keep(database)),
    ]
    jobs = [
        *make_jobs(
            database,
            Rails.configured(settings),
            system_clock_ms,
            renderers,
            vault=keyring.vault,
            sftp_credentials=settings.sftp_credentials or settings.data_dir / direct_debits.CREDENTIALS_FOLDER,
            verify_every_s=settings.verify_every_s,
            periods=periods_of(settings),
            wakes=wakes,
            is_stopping=stop.is_set,
        ),
        *make_webhook_jobs(
            database,
            deliverer,
            system_clock_ms,
            wakes.number,
            numbered=Announcer(database, Announcement.NUMBERED_EVENTS).announce,
        ),
        *make_notification_jobs(
            database,
            make_notification_sender(settings, database, resolver, keyring.vault, system_clock_ms),
            system_clock_ms,
        ),
    ]
    gauges = Gauges(database, system_clock_ms, data_dir=settings.data_dir, periods=periods_of(settings))
    states = JobStates([*(job.name for job in jobs), HEARTBEAT], system_clock_ms)
    heartbeat = make_heartbeat(database, states, system_clock_ms)
    try:
        async with answering(settings.host, settings.worker_port, database, gauges):
            await run_jobs([*jobs, heartbeat], stop, states=states)
            await deliverer.finish(within_s=_DELIVERIES_END_WITHIN_S)
    finally:
        for task in background:
            task.cancel()
        if tracing:
            await asyncio.to_thread(tracing.close)
        await resolver.close()
        await database.close()
    _log.info("worker stopped")


def make_resolver(settings: Settings) -> NameResolver:
    """Return what looks up webhooks' hosts, as the settings have it; who waits for it has most of an attempt left."""
    timeout_s = min(_LONGEST_LOOKUP_S, settings.webhook_timeout_s / 4)
    return NameResolver(servers=settings.webhook_dns, timeout_s=timeout_s)


def make_courier(
    settings: Settings,
    resolver: NameResolver,
    vault: Vault,
    clock: Clock,
    renderers: Renderers,
    tracing: Tracing | None = None,
) -> DeliverySender:
    """Return what makes attempts to deliver, as the settings have it."""
    return DeliverySender(webhook_sender_of(settings, resolver), vault, clock, IdFactory(clock), renderers, tracing)


def make_notification_sender(
    settings: Settings, database: Database, resolver: NameResolver, vault: Vault, clock: Clock
) -> notifications.NotificationSender:
    """Return what sends notifications to people, as the settings have it."""
    return notifications.NotificationSender(
        database,
        vault,
        webhook_sender_of(settings, resolver),
        mail_server=notifications.mail_server_of(settings),
        base_url=notifications.base_url_of(settings),
        clock=clock,
    )


def make_jobs(  # noqa: PLR0913  what each of the jobs takes
    database: Database,
    rails: Rails,
    clock: Clock,
    renderers: Renderers,
    *,
    vault: Vault,
    sftp_credentials: Path | None = None,
    verify_every_s: float = DEFAULT_VERIFY_EVERY_S,
    periods: Periods = DEFAULT_PERIODS,
    wakes: Wakes | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> list[Job]:
    """Return what a worker does about top-ups; `wakes` tell it that there may be some, and are told of new events.

    `is_stopping` tells that what takes long is left to others.
    """
    ids = IdFactory(clock)
    wakes = wakes or Wakes()
    now_ms = never_backwards(clock)
    request_pruning = RequestPruning(database, kept_s=periods.request_logs_ms // 1000)
    pruning = Pruning(database, periods)
    secrets = BankSecrets(database, vault)
    dispute = DisputePlayer(rails, renderers)
    follow_up = in_turn(CorrectionPlayer(secrets, vault, renderers), dispute)
    claiming = direct_debits.Claiming(secrets, vault, renderers)
    prenoting = direct_debits.Prenoting(secrets, vault, renderers)
    queues = (
        TopupQueue(rails, renderers, _count_outcome, follow_up),
        dispute,
        direct_debits.AchTopupQueue(claiming, _count_outcome),
        direct_debits.AchPrenoteQueue(prenoting),
        direct_debits.AchFileQueue(vault, renderers),
    )

    async def settle() -> int:
        count = await settle_due(
            database,
            now_ms=now_ms(),
            ids=ids,
            rails=rails,
            renderers=renderers,
            observe=_count_outcome,
            follow_up=follow_up,
        )
        count = max(count, await dispute.play_due(database, now_ms=now_ms(), ids=ids))
        if count:
            wakes.number.set()
        return count

    async def advance() -> int:
        count = await step_clock(database, queues=queues, now_ms=now_ms(), ids=ids, renderers=renderers)
        if count:
            wakes.number.set()
        return count

    async def seal() -> int:
        return await seal_entries(database)

    async def verify() -> int:
        return await verify_asked(database, clock=clock) or await verify_in_turn(
            database, clock=clock, ids=ids, every_ms=round(verify_every_s * 1000)
        )

    async def prune() -> int:
        await delete_ended_clock(database, queues=queues, now_ms=now_ms(), ids=ids, renderers=renderers)
        forgotten = await request_pruning.run_once(now_ms=now_ms(), limit=PRUNE_BATCH)
        forgotten = max(forgotten, await prune_sign_ins(database, now_ms=now_ms(), limit=PRUNE_BATCH))
        return max(forgotten, await pruning.run_once(now_ms=now_ms(), limit=PRUNE_BATCH))

    async def settle_reserves() -> int:
        count = await negative_balances.settle_reserves(
            database, renderers, now_ms=now_ms(), ids=ids, limit=RESERVES_BATCH
        )
        if count:
            wakes.number.set()
        return count

    return [
        _make_bank_job("settle", settle, topups.MAX_BATCH, wakes.settle),
        _make_bank_job("clocks", advance, 1, wakes.clocks),
        Job(
            name="seal",
            run_once=seal,
            full=ledger.MAX_BATCH,
            rest_s=SEAL_REST_S,
            longest_rest_s=SEAL_LONGEST_REST_S,
        ),
        _make_report_job(database, vault, renderers, now_ms, ids, wakes),
        Job(name="reserves", run_once=settle_reserves, full=RESERVES_BATCH, rest_s=RESERVES_REST_S),
        *_make_ach_jobs(
            database,
            claiming,
            prenoting,
            vault,
            renderers,
            now_ms,
            ids,
            wakes,
            servers=direct_debits.BankServers(sftp_credentials),
            is_stopping=is_stopping,
        ),
        Job(name="verify", run_once=verify, full=2, rest_s=min(VERIFY_REST_S, verify_every_s), may_be_cut=True),
        Job(name="prune", run_once=prune, full=PRUNE_BATCH, rest_s=PRUNE_REST_S, takes_turns=True),
    ]


def _make_bank_job(name: str, run_once: Callable[[], Awaitable[int]], full: int, wake: asyncio.Event) -> Job:
    """Return a job about what the bank does: it is not worth while to look at every single top-up that is made."""
    return Job(
        name=name,
        run_once=run_once,
        full=full,
        rest_s=SETTLE_REST_S,
        longest_rest_s=SETTLE_LONGEST_REST_S,
        least_rest_s=SETTLE_REST_S,
        wake=wake,
    )


def _make_report_job(
    database: Database,
    vault: Vault,
    renderers: Renderers,
    now_ms: Callable[[], int],
    ids: IdFactory,
    wakes: Wakes,
) -> Job:
    """Return the job that makes reports."""
    maker = ReportMaker(database, vault, renderers, clock=now_ms, ids=ids)

    async def make() -> int:
        count = await maker.run_once()
        if count:
            wakes.number.set()
        return count

    return Job(name="reports", run_once=make, full=1, rest_s=REPORTS_REST_S, may_be_cut=True)


class _LiveMoneyBegun:
    """Whether an originator is, or was, active: before, nothing is due to a bank, and nothing comes from one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_so = False

    def then(self, step: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
        """Return a step that does nothing before."""

        async def run_once() -> int:
            if not self._is_so:
                async with self._database.connection() as conn:
                    self._is_so = bool(await originators.list_active_originators(conn))
            return await step() if self._is_so else 0

        return run_once


def _make_ach_jobs(  # noqa: PLR0913  what each of the jobs takes
    database: Database,
    claiming: direct_debits.Claiming,
    prenoting: direct_debits.Prenoting,
    vault: Vault,
    renderers: Renderers,
    now_ms: Callable[[], int],
    ids: IdFactory,
    wakes: Wakes,
    *,
    servers: direct_debits.BankServers,
    is_stopping: Callable[[], bool],
) -> list[Job]:
    """Return what a worker does about live top-ups by ACH: claim, make files, send them, take what the bank sends."""
    incoming = direct_debits.Incoming(BankSecrets(database, vault), vault, renderers)
    by_sftp = direct_debits.SftpExchange(vault, renderers, incoming, servers, clock=now_ms, ids=ids)
    rates = return_rates.Watching(database, renderers)
    begun = _LiveMoneyBegun(database)

    async def watch() -> int:
        return await rates.run_once(now_ms=now_ms(), ids=ids, limit=RATES_BATCH)

    async def claim() -> int:
        count = await claiming.work_off_due(database, now_ms=now_ms(), ids=ids)
        count += await prenoting.work_off_due(database, now_ms=now_ms(), ids=ids)
        if count < direct_debits.MAX_BATCH:  # a file is made once all that is due waits for it
            count += await direct_debits.void_late(database, now_ms=now_ms())
            count += await direct_debits.build_due(database, vault, renderers, now_ms=now_ms(), ids=ids)
        if count:
            wakes.number.set()
        return count

    async def exchange() -> int:
        sent = await direct_debits.send_due(database, vault, renderers, now_ms=now_ms(), ids=ids)
        await incoming.receive_all(database, now_ms=now_ms(), ids=ids)
        applied = await incoming.apply_all(database, clock=now_ms, ids=ids, waits=False, is_stopping=is_stopping)
        applied += await direct_debits.settle_prenote_files(database, renderers, now_ms=now_ms(), ids=ids)
        applied += await direct_debits.end_contests(database, renderers, clock=now_ms, ids=ids)
        applied += await direct_debits.end_unanswered_reversals(database, renderers, clock=now_ms, ids=ids)
        applied += await direct_debits.end_unanswered_refunds(database, renderers, clock=now_ms, ids=ids)
        await direct_debits.report_silence(database, renderers, now_ms=now_ms(), ids=ids)
        await direct_debits.report_over_cap(database, renderers, now_ms=now_ms(), ids=ids)
        if applied:
            wakes.number.set()
        return sent + applied

    async def exchange_by_sftp() -> int:
        await by_sftp.start_due(database)
        return 0

    async def finish_sftp() -> None:
        await by_sftp.finish(within_s=_EXCHANGES_END_WITHIN_S)

    return [
        Job(name="ach files", run_once=begun.then(claim), full=direct_debits.MAX_BATCH, rest_s=ACH_REST_S),
        Job(name="ach exchange", run_once=begun.then(exchange), full=1, rest_s=ACH_REST_S),
        Job(name="ach sftp", run_once=begun.then(exchange_by_sftp), full=1, rest_s=ACH_REST_S, finish=finish_sftp),
        Job(name="return rates", run_once=watch, full=RATES_BATCH, rest_s=RATES_REST_S),
    ]


def make_webhook_jobs(
    database: Database,
    deliverer: Dispatcher,
    clock: Clock,
    announced: asyncio.Event,
    *,
    numbered: Callable[[], None] = lambda: None,
) -> list[Job]:
    """Return what a worker does about events: it numbers them and sends them.

    `announced` says that there are some, and `numbered` is called when some have got their numbers.
    """
    numbering = Numbering(database)

    async def number() -> int:
        count, endpoints = await numbering.run_once(now_ms=clock())
        deliverer.address(endpoints)
        if count:
            numbered()
        return count

    return [
        Job(
            name="number",
            run_once=number,
            full=MAX_BATCH,
            rest_s=NUMBER_REST_S,
            longest_rest_s=NUMBER_LONGEST_REST_S,
            wake=announced,
        ),
        Job(name="deliver", run_once=deliverer.run_once, full=1, rest_s=DELIVER_REST_S, wake=deliverer.wake),
    ]


def make_notification_jobs(database: Database, sender: notifications.NotificationSender, clock: Clock) -> list[Job]:
    """Return what a worker does about notifications: it decides who is told what, and sends it."""
    ids, now_ms = IdFactory(clock), never_backwards(clock)

    async def notify() -> int:
        return await notifications.plan(database, now_ms=now_ms(), ids=ids)

    return [
        Job(name="notifications", run_once=notify, full=sys.maxsize, rest_s=NOTIFY_REST_S),
        Job(
            name="send notifications",
            run_once=sender.run_once,
            full=notifications.AT_ONCE,
            rest_s=SEND_NOTIFICATIONS_REST_S,
        ),
    ]


def make_heartbeat(database: Database, states: JobStates, clock: Clock) -> Job:
    """Return the job that writes that this worker is there and how its jobs do."""
    started_ms = clock()
    worker_id = IdFactory(clock).new_at(PREFIX, started_ms)

    async def run_once() -> int:
        now_ms = clock()
        await beat(
            database,
            Worker(
                id=worker_id,
                host=socket.gethostname(),
                pid=os.getpid(),
                version=brim.__version__,
                started_ms=started_ms,
                heartbeat_ms=now_ms,
                jobs=states.all(),
            ),
        )
        await forget_exceptions(database)
        await forget_exceptions(database, job=direct_debits.JOB)
        await direct_debits.forget_prenote_exceptions(database)
        return 0

    return Job(name=HEARTBEAT, run_once=run_once, full=1, rest_s=HEARTBEAT_S)


async def run_jobs(jobs: list[Job], stop: asyncio.Event, *, states: JobStates | None = None) -> None:
    """Run jobs beside each other until `stop` is set; one that fails does not slow the others."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(Loop(job, observe=_count_step, states=states).run(stop), name=job.name)


def never_backwards(clock: Clock) -> Callable[[], int]:
    """Return a clock that stands still while the machine's steps back.

    Ids never step back, and what is made with an id says the same second as the id.
    """
    latest = 0

    def read() -> int:
        nonlocal latest
        latest = max(latest, clock())
        return latest

    return read


def _stop_when_told(stop: asyncio.Event, alive_fd: int | None) -> None:
    """Set `stop` at SIGTERM, at SIGINT, and when the supervisor's end of the pipe closes."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if alive_fd is None:
        return

    def supervisor_gone() -> None:
        loop.remove_reader(alive_fd)
        stop.set()

    loop.add_reader(alive_fd, supervisor_gone)


def _count_outcome(status: Status, count: int) -> None:
    metrics.SETTLED.labels(status.value).inc(count)


def _count_step(job: str, count: int, _seconds: float) -> None:
    metrics.BATCH_SIZE.observe((job,), count)
    metrics.hand_over()
