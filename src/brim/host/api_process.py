"""One API process: opens the database, builds API and site, and serves them with uvicorn until told to stop."""

import asyncio
import gc
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from math import inf
from time import monotonic
from typing import Final

import structlog
import uvicorn
import uvloop

from brim.api.app import Api
from brim.api.framework.call import Service
from brim.api.framework.rate_limits import RateLimits
from brim.api.framework.recording import make_record
from brim.api.framework.tally import Tally
from brim.api.resources.operations import OPERATIONS
from brim.api.system import system_handlers
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.clock import system_clock_ms
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.core.access import OwnerKeys
from brim.core.accounts import PlatformName
from brim.core.changes import Watchers
from brim.core.corrections import CorrectionPlayer
from brim.core.direct_debits import AchFileQueue, AchPrenoteQueue, AchTopupQueue, Claiming, Prenoting
from brim.core.dishonors import DisputePlayer
from brim.core.encryption import Keyring, find_service_secret
from brim.core.funding import BankSecrets
from brim.core.gauges import Gauges
from brim.core.installation import KnownKind, require_kind
from brim.core.pruning import periods_of
from brim.core.rails import Rails
from brim.core.request_logs import RequestRecorder
from brim.core.stripe_cli import Hub
from brim.core.topups import Batches, ConfigCache, TopupQueue, in_turn
from brim.core.webhooks import EndpointRules
from brim.host.activation import tell_ready
from brim.http.connections import sweep_connections
from brim.http.intake import Limits
from brim.http.origin import Proxies
from brim.http.protocol import HttpProtocol
from brim.platform.announcements.service import Announcer
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database
from brim.platform.kms import kms_of
from brim.platform.readiness import find_obstacle, require_schema
from brim.platform.settings import LISTEN_BACKLOG, Settings
from brim.platform.telemetry import metrics
from brim.platform.telemetry.logs import RequestLog, configure_logging, wants_json
from brim.platform.telemetry.tracing import start_tracing
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError, Vault
from brim.web.app_router import AppRouter
from brim.web.key_management import KeyManagement
from brim.web.operators.audit_recorder import AuditRecorder
from brim.web.operators.people import people_of
from brim.web.operators.sessions import OperatorSessions
from brim.web.parts import SiteDependencies, build_site
from brim.web.session import Sessions
from brim.web.site import Site

GAUGE_INTERVAL_S: Final = 1.0
TELL_OF_LOAD_EVERY_S: Final = 30.0
_REQUEST_SECRET: Final = "request_key"  # noqa: S105  the name of one

log = structlog.get_logger()


def run_api(
    settings: Settings,
    listeners: list[socket.socket],
    alive_fd: int | None,
    *,
    own_url: str,
    sessions: Sessions | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are finished first.

    Args:
        settings: `database_url` must be set.
        listeners: listening sockets, our own or inherited from the supervisor.
        alive_fd: the read end of a pipe whose other end only the supervisor holds: when it closes, so do we.
        own_url: where somebody on this machine reaches us.
        sessions: recognises who looks at pages; None means operators, by their cookie.
    """
    configure_logging(settings.log_level, settings.log_format)
    _spare_the_collector()
    # uvicorn raises its stop signal again once it has stopped: SIGTERM too must then leave us time to close down.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        uvloop.run(_serve(settings, listeners, alive_fd, own_url, sessions))


def _spare_the_collector() -> None:
    """Keep the garbage collector off what lives as long as the process, and from running every few requests.

    Requests make no cycles to speak of; by default a full collection walks all modules every second or so under load,
    and everybody waits for it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _serve(
    settings: Settings, listeners: list[socket.socket], alive_fd: int | None, own_url: str, sessions: Sessions | None
) -> None:
    """Run one server and its few background tasks."""
    if settings.database_url is None:
        raise ValueError("an API process needs a database URL")
    database = await Database.connect(
        settings.database_url, timeout_s=settings.database_timeout_s, application="brim api"
    )
    await require_schema(database)
    kind = await _find_kind(database, rehearsal=settings.rehearsal)
    tracing = start_tracing("api") if settings.tracing else None
    keyring = Keyring(settings.encryption_key, kms_of(settings), system_clock_ms)
    await keyring.load(database)
    service = _make_service(settings, database, keyring.vault, own_url)
    request_secret = await _find_request_secret(database, service.vault)
    request_log = _request_log(settings)
    recorder = RequestRecorder(database, partial(make_record, IdFactory()), drop=metrics.REQUESTS_NOT_KEPT.inc)
    tally = Tally(database)
    api = Api(
        OPERATIONS,
        service,
        limits=_limits(settings),
        request_log=request_log,
        system=system_handlers(
            database,
            OPERATIONS,
            Gauges(database, system_clock_ms, data_dir=settings.data_dir, periods=periods_of(settings)),
            public=settings.public_url,
            is_rehearsal=kind.is_rehearsal,
        ),
        record=recorder.note,
        request_secret=request_secret,
        rate_limits=RateLimits(live=settings.rate_limit_live, test=settings.rate_limit_test),
        tracing=tracing,
        tally=tally,
    )
    watchers = Watchers(database)
    platform = PlatformName(database)
    site = _make_site(service, settings, api, watchers, sessions, kind, platform)
    server = uvicorn.Server(_uvicorn_config(AppRouter(api, site, service.proxies), settings))
    background = [
        asyncio.create_task(sweep_connections(server.server_state)),
        asyncio.create_task(kind.keep_asking()),
        asyncio.create_task(keyring.keep(database)),
        asyncio.create_task(tally.keep()),
        asyncio.create_task(platform.keep()),
        asyncio.create_task(_keep_gauges(server, service.batches, database)),
        asyncio.create_task(_watch_load(api)),
    ]
    if alive_fd is not None:
        _stop_when_orphaned(server, alive_fd)
    if obstacle := await find_obstacle(database):  # served all the same: what is in the way may go away
        log.error("not ready to serve requests", reason=obstacle)
    tell_ready()
    try:
        await server.serve(sockets=listeners)
    finally:
        for task in background:
            task.cancel()
        if request_log:
            request_log.flush()
        await watchers.close()
        await recorder.flush()
        await tally.flush()
        if tracing:
            await asyncio.to_thread(tracing.close)
        await service.hub.close()
        await database.close()


async def _find_kind(database: Database, *, rehearsal: bool) -> KnownKind:
    """Return what the installation is, as far as the database answers.

    Raises:
        NotARehearsalError: a rehearsal is asked for, and it is none.
    """
    kind = KnownKind(database)
    with suppress(DatabaseUnavailableError):
        await kind.read()
        async with database.connection() as conn:
            await require_kind(conn, rehearsal=rehearsal)
    return kind


def _make_service(settings: Settings, database: Database, vault: Vault, own_url: str) -> Service:
    """Return what handlers work with. Called inside the running event loop."""
    batches = Batches(
        database,
        system_clock_ms,
        observe=lambda kind, size: metrics.BATCH_SIZE.observe((kind,), size),
        announce=Announcer(database, Announcement.NEW_EVENTS).announce,
    )
    rails = Rails.configured(settings)
    bank_secrets = BankSecrets(database, vault)
    dispute = DisputePlayer(rails, WIRE_FORMATS)
    return Service(
        database=database,
        batches=batches,
        ids=IdFactory(),
        clock=system_clock_ms,
        rails=rails,
        configs=ConfigCache(database),
        bank_secrets=bank_secrets,
        vault=vault,
        hub=Hub(database, system_clock_ms),
        renderers=WIRE_FORMATS,
        queues=[
            TopupQueue(
                rails, WIRE_FORMATS, follow_up=in_turn(CorrectionPlayer(bank_secrets, vault, WIRE_FORMATS), dispute)
            ),
            dispute,
            AchTopupQueue(Claiming(bank_secrets, vault, WIRE_FORMATS)),
            AchPrenoteQueue(Prenoting(bank_secrets, vault, WIRE_FORMATS)),
            AchFileQueue(vault, WIRE_FORMATS),
        ],
        endpoint_rules=EndpointRules(most=settings.max_webhook_endpoints, allowed=settings.webhook_allow),
        cli_reconnect_s=max(1, round(settings.cli_reconnect_s)),
        own_url=own_url,
        proxies=Proxies(settings.trusted_proxies, settings.public_url),
        data_dir=settings.data_dir,
    )


async def _find_request_secret(database: Database, vault: Vault) -> bytes:
    """Return what digests of account numbers are made under; nothing where none can be stored either."""
    try:
        return await find_service_secret(database, vault, _REQUEST_SECRET)
    except NoEncryptionKeyError:
        return b""
    except SecretUnreadableError as error:
        log.error("the secret for digests of account numbers cannot be decrypted", reason=str(error))  # noqa: TRY400  no bug of ours
        return b""


def _make_site(
    service: Service,
    settings: Settings,
    api: Api,
    watchers: Watchers,
    sessions: Sessions | None,
    kind: KnownKind,
    platform: PlatformName,
) -> Site:
    """Return the pages; without `sessions` they are for operators."""
    people = people_of(service, settings)
    if sessions is None:
        sessions = OperatorSessions(people, AuditRecorder(OPERATIONS, service.database, service.clock, service.ids))
    return build_site(
        SiteDependencies(
            operations=OPERATIONS,
            api=api,
            sessions=sessions,
            watchers=watchers,
            keys=KeyManagement(OwnerKeys(service.database, ids=service.ids), service.clock),
            clock=service.clock,
            people=people,
            public=settings.public_url,
            is_rehearsal=kind.is_rehearsal,
            platform=platform,
        )
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_body=settings.max_body,
        max_upload=settings.max_upload,
        max_header=settings.max_header,
        max_connections=settings.max_connections,
        max_connections_per_address=settings.max_connections_per_address,
        max_unfinished=settings.max_unfinished,
        max_unfinished_per_address=settings.max_unfinished_per_address,
        idle_timeout_s=settings.idle_timeout_s,
        read_timeout_s=settings.read_timeout_s,
    )


def _request_log(settings: Settings) -> RequestLog | None:
    """Return the log that requests leave a line in, or None where only warnings are wanted."""
    if settings.log_level not in {"debug", "info"}:
        return None
    loop = asyncio.get_running_loop()
    return RequestLog(sys.stderr, as_json=wants_json(settings.log_format, sys.stderr), call_later=loop.call_later)


def _uvicorn_config(front: AppRouter, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        front,  # type: ignore[arg-type]  # served by our own protocol, which needs no ASGI
        http=HttpProtocol,
        ws="none",
        interface="asgi3",
        lifespan="off",
        loop="uvloop",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=LISTEN_BACKLOG,
        timeout_graceful_shutdown=max(1, round(settings.drain_timeout_s)),
    )


def _stop_when_orphaned(server: uvicorn.Server, alive_fd: int) -> None:
    """Stop as if asked to when the supervisor is gone."""
    loop = asyncio.get_running_loop()

    def supervisor_gone() -> None:
        loop.remove_reader(alive_fd)
        server.handle_exit(signal.SIGTERM, None)

    loop.add_reader(alive_fd, supervisor_gone)


async def _keep_gauges(server: uvicorn.Server, batches: Batches, database: Database) -> None:
    """Show queue, connections and pool in the metrics, and what was counted meanwhile, once a second."""
    while True:
        metrics.hand_over()
        metrics.QUEUE_DEPTH.set(batches.waiting)
        metrics.CONNECTIONS.set(len(server.server_state.connections))
        metrics.POOL_OPEN.labels("open").set(database.pool_size)
        metrics.POOL_OPEN.labels("idle").set(database.pool_idle)
        await asyncio.sleep(GAUGE_INTERVAL_S)


async def _watch_load(api: Api) -> None:
    """Show in the metrics what is rejected because of overload, once a second, and log it now and then."""
    counted, told, told_at = dict.fromkeys(api.admissions, 0), 0, -inf
    while True:
        for kind, admission in api.admissions.items():
            metrics.SHED.labels(kind).inc(admission.refused - counted[kind])
            metrics.QUEUE_DELAY.labels(kind).set(admission.measure())
            counted[kind] = admission.refused
        total = sum(counted.values())
        if total > told and monotonic() >= told_at + TELL_OF_LOAD_EVERY_S:
            delay_s = max(admission.delay_s for admission in api.admissions.values())
            log.warning("requests rejected because of overload", requests=total - told, delay_s=round(delay_s, 3))
            told, told_at = total, monotonic()
        await asyncio.sleep(GAUGE_INTERVAL_S)
