"""Endpoints, events and a worker's webhook jobs for tests, in a time that the test moves."""

from collections.abc import Sequence
from typing import Any

import msgspec

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.core.webhooks.deliveries import EndpointKey
from brim.core.webhooks.delivery import DeliverySender
from brim.core.webhooks.endpoints import secret_place
from brim.core.webhooks.numbering import Numbering
from brim.core.webhooks.rules import Endpoint
from brim.core.webhooks.sender import WebhookSender
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key
from brim.worker.deliver import Dispatcher
from tests.support.books import NOW_MS, OWNER, rows

SECRET = "whsec_first"
IDS = IdFactory()
ENCRYPTION_KEY = new_encryption_key()
VAULT = Vault([ENCRYPTION_KEY])
_OWN = {"enabled_events": ("*",), "rendered_version": DEFAULT_API_VERSION, "created": NOW_MS // 1000}


def new_endpoint(url: str, *, scope: AccountScope = OWNER, secret: str = SECRET, **fields: Any) -> Endpoint:
    """Return an endpoint that wants everything."""
    endpoint_id = IDS.new_at("we_", NOW_MS)
    sealed = VAULT.seal(secret.encode(), place=secret_place(scope, endpoint_id))
    return Endpoint(scope=scope, id=endpoint_id, url=url, secret=sealed, **{**_OWN, **fields})


async def insert_endpoint(database: Database, endpoint: Endpoint) -> EndpointKey:
    """Write an endpoint."""
    await rows(
        database,
        "INSERT INTO webhook_endpoints (account, livemode, id, url, enabled_events, rendered_version, connect, secret,"
        " old_secret, old_secret_until_ms, created, disabled_because, event_payload)"
        " VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12, $13)",
        endpoint.scope.account,
        endpoint.scope.livemode,
        endpoint.id,
        endpoint.url,
        msgspec.json.encode(endpoint.enabled_events).decode(),
        endpoint.rendered_version,
        endpoint.connect,
        endpoint.secret,
        endpoint.old_secret,
        endpoint.old_secret_until_ms,
        endpoint.created,
        endpoint.disabled_because,
        endpoint.event_payload,
    )
    return EndpointKey(endpoint.scope, endpoint.id)


async def add_endpoint(database: Database, url: str, **fields: Any) -> EndpointKey:
    """Write a new endpoint that wants everything."""
    return await insert_endpoint(database, new_endpoint(url, **fields))


async def add_events(
    database: Database, count: int, *, scope: AccountScope = OWNER, kind: str = "topup.created", ids: IdFactory = IDS
) -> list[str]:
    """Write events with their places in the queue, in one transaction."""
    names = [ids.new_at("evt_", NOW_MS) for _ in range(count)]
    await rows(
        database,
        "WITH written AS ("
        "  INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
        '  SELECT $1, $2, id, $4, $5, \'tu_x\', $6, \'{"id":"tu_x","object":"topup"}\''
        "  FROM unnest($3::text[]) AS id RETURNING account, livemode, id)"
        " INSERT INTO new_events (account, livemode, event) SELECT account, livemode, id FROM written",
        scope.account,
        scope.livemode,
        names,
        NOW_MS // 1000,
        kind,
        DEFAULT_API_VERSION,
    )
    return names


class Hooks:
    """One worker's webhook jobs; `now_ms` is their time."""

    def __init__(self, database: Database, *, timeout_s: float = 2.0, in_flight: int = 64, **poster: Any) -> None:
        self.now_ms = NOW_MS
        self.database = database
        self.sender = DeliverySender(
            WebhookSender(timeout_s=timeout_s, **poster), VAULT, self.clock, IdFactory(), WIRE_FORMATS
        )
        self.deliverer = Dispatcher(database, self.sender, self.clock, in_flight=in_flight)
        self._numbering = Numbering(database)

    def clock(self) -> int:
        """The time."""
        return self.now_ms

    async def number(self) -> int:
        """Number all that there is; return how many that was."""
        total = 0
        while True:
            count, endpoints = await self._numbering.run_once(now_ms=self.now_ms)
            self.deliverer.address(endpoints)
            total += count
            if not count:
                return total

    async def deliver(self) -> int:
        """Send all that is due now and wait for what comes of it; return how much was sent or given up."""
        total = 0
        while count := await self.deliverer.run_once():
            total += count
            await self.deliverer.finish()
        return total

    async def pass_time(self, milliseconds: int) -> int:
        """Let time pass, then number and deliver; return how much was sent or given up."""
        self.now_ms += milliseconds
        await self.number()
        return await self.deliver()


async def states(database: Database) -> dict[str, int]:
    """Return how many deliveries stand in each state; of those that have arrived only attempts tell."""
    found = await rows(
        database,
        """
        SELECT state, count(*) AS count
        FROM (
            SELECT CASE WHEN next_attempt_ms IS NULL THEN 'failed' ELSE 'pending' END AS state
            FROM webhook_deliveries
            UNION ALL
            SELECT 'delivered'
            FROM (SELECT DISTINCT endpoint, event FROM webhook_attempts WHERE outcome = 'delivered') AS a
            WHERE NOT EXISTS (SELECT FROM webhook_deliveries AS d WHERE d.endpoint = a.endpoint AND d.event = a.event)
        ) AS standing
        GROUP BY state
        """,
    )
    return {row["state"]: row["count"] for row in found}


async def attempts(database: Database, columns: str = "outcome") -> Sequence[dict[str, Any]]:
    """Return columns of all attempts, in the order of their making."""
    return await rows(database, f"SELECT {columns} FROM webhook_attempts ORDER BY attempted_ms, id")
