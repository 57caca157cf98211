"""Read how an installation does, for the platform account."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from brim.core import archiving, diagnosis, gauges, integrity, jobs, ledger, topups, webhooks
from brim.core.accounts import check_operates
from brim.core.health import store
from brim.core.health.rules import (
    MOST_COUNTED,
    MOST_LISTED,
    MOST_TOPUPS,
    DatabaseHealth,
    Health,
    Queue,
    RequestNumbers,
    TopupNumbers,
)
from brim.core.request_logs import HOUR_S
from brim.platform.database import Conn, Database

_MOST_STUCK: Final = 100
_MOST_ROWS: Final = 20_000
"""Counts of requests that are read for the accounts with most failures."""


async def read_health(
    database: Database,
    account: str,
    *,
    livemode: bool,
    since: int,
    clock: Callable[[], int],
    version: str,
    data_dir: Path | None,
) -> Health:
    """Return how an installation does.

    Args:
        database: reached as the service reaches it.
        account: who asks.
        livemode: whose top-ups, requests and endpoints count.
        since: the beginning of the period, in Unix seconds.
        clock: real time in Unix milliseconds.
        version: of this Brim.
        data_dir: where an embedded database is, if there is one.

    Raises:
        NotOperatorError: the account is not the platform account.
        DatabaseUnavailableError: the database cannot answer now.
    """
    await check_operates(database, account)
    findings = await diagnosis.diagnose(database, clock=clock, version=version)
    async with database.connection() as conn:
        now_ms = clock()
        return Health(
            since=since,
            livemode=livemode,
            findings=findings,
            topups=await _read_topups(conn, livemode=livemode, since=since),
            requests=await _read_requests(conn, livemode=livemode, since=since, now=now_ms // 1000),
            endpoints=await webhooks.list_failing_endpoints(conn, livemode=livemode, limit=MOST_LISTED),
            queues=await _read_queues(conn, now_ms),
            database=await _read_database(conn, data_dir),
        )


async def _read_topups(conn: Conn, *, livemode: bool, since: int) -> TopupNumbers:
    created = await store.count_topups(conn, livemode=livemode, since=since, most=MOST_TOPUPS)
    number = sum(created.values())
    accounts = created if number < MOST_TOPUPS else await store.all_accounts(conn)
    failures = await store.list_failed_topups(conn, accounts, livemode=livemode, since=since, most=MOST_COUNTED)
    return TopupNumbers(created=number, failed=sum(each.number for each in failures), failures=failures)


async def _read_requests(conn: Conn, *, livemode: bool, since: int, now: int) -> RequestNumbers:
    """Return the numbers of requests, by whole hours, as they are counted."""
    first = since // HOUR_S * HOUR_S
    counted = await store.count_requests(conn, livemode=livemode, hours=list(range(first, now + 1, HOUR_S)))
    return RequestNumbers(
        succeeded=counted.get(2, 0) + counted.get(3, 0),
        client_errors=counted.get(4, 0),
        server_errors=counted.get(5, 0),
        accounts=await store.list_failed_requests(
            conn, livemode=livemode, since=first, most=_MOST_ROWS, limit=MOST_LISTED
        ),
    )


async def _read_queues(conn: Conn, now_ms: int) -> list[Queue]:
    """Return what waits, by the same measures as the metrics and `brim doctor`, in both modes."""
    stuck = sum((await integrity.count_stuck(conn, most=MOST_COUNTED)).values())
    failed_ms = [
        item.first_failed_ms for item in await jobs.read_stuck(conn, limit=_MOST_STUCK) if item.first_failed_ms
    ]
    ages_ms = {
        "settlement": (None, await topups.settlement_lag_ms(conn, now_ms=now_ms)),
        "events": (
            await webhooks.count_unnumbered(conn, most=MOST_COUNTED),
            await webhooks.numbering_lag_ms(conn, now_ms=now_ms),
        ),
        "webhooks": (
            await webhooks.count_owed(conn, most=MOST_COUNTED),
            await webhooks.delivery_lag_ms(conn, now_ms=now_ms, most=gauges.MOST_CHAINS),
        ),
        "sealing": (
            await ledger.count_unsealed(conn, most=MOST_COUNTED),
            await ledger.sealing_lag_ms(conn, now_ms=now_ms, most=gauges.MOST_CHAINS),
        ),
        "stuck": (stuck, max(now_ms - min(failed_ms, default=now_ms), 0)),
    }
    return [Queue(name=name, waiting=waiting, oldest_s=ms // 1000) for name, (waiting, ms) in ages_ms.items()]


async def _read_database(conn: Conn, data_dir: Path | None) -> DatabaseHealth:
    server = await diagnosis.read_server(conn)
    archive = await archiving.read_archiving(conn)
    return DatabaseHealth(
        version=server.version,
        schema=await store.schema_version(conn),
        size_bytes=await gauges.database_size(conn),
        connections=server.connections,
        max_connections=server.max_connections,
        replicas=await store.list_replicas(conn),
        is_archiving=archive.is_on,
        archived_ms=archive.last_archived_ms,
        backup_ms=archiving.last_base_backup_ms(data_dir) if data_dir else None,
    )
