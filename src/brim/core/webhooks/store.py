"""Webhook endpoints in the database."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.scope import AccountScope
from brim.core.events import Event, announcement_of
from brim.core.webhooks.deliveries import EndpointKey
from brim.core.webhooks.rules import Endpoint, EventPayload
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__)
_decode_events: Final = json_codec.decoder(tuple[str, ...])
_decode_metadata: Final = json_codec.decoder(dict[str, str])


async def hold_count(conn: Conn, scope: AccountScope) -> int:
    """Return how many endpoints an account has; nobody adds one before the caller's transaction ends."""
    await conn.execute(_SQL["lock_account"], scope.account)
    count: int = await conn.fetchval(_SQL["count_endpoints"], scope.account, scope.livemode)
    return count


async def insert_endpoint(conn: Conn, endpoint: Endpoint) -> None:
    """Add an endpoint, which is enabled and has one secret."""
    await conn.execute(
        _SQL["insert_endpoint"],
        *_key(endpoint),
        endpoint.url,
        _encode(endpoint.enabled_events),
        endpoint.api_version,
        endpoint.rendered_version,
        endpoint.connect,
        endpoint.description,
        _encode(endpoint.metadata),
        endpoint.secret,
        endpoint.created,
        endpoint.event_payload,
        endpoint.name,
    )


async def read_endpoint(conn: Conn, scope: AccountScope, endpoint_id: str) -> Endpoint | None:
    """Return an account's endpoint, None when there is none of that id."""
    record = await conn.fetchrow(_SQL["read_endpoint"], scope.account, scope.livemode, endpoint_id)
    return endpoint_from_record(record) if record else None


async def lock_endpoint(conn: Conn, scope: AccountScope, endpoint_id: str) -> Endpoint | None:
    """Return an endpoint that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_endpoint"], scope.account, scope.livemode, endpoint_id)
    return endpoint_from_record(record) if record else None


async def list_endpoints(conn: Conn, scope: AccountScope) -> list[Endpoint]:
    """Return all of an account's endpoints, newest first."""
    return [
        endpoint_from_record(record)
        for record in await conn.fetch(_SQL["list_endpoints"], scope.account, scope.livemode)
    ]


async def list_failing_endpoints(conn: Conn, *, livemode: bool, limit: int) -> list[Endpoint]:
    """Return endpoints of all accounts that fail, or were disabled for it; those that have failed longest first."""
    found = await conn.fetch(_SQL["list_failing_endpoints"], livemode, limit)
    return [endpoint_from_record(record) for record in found]


async def list_failing_endpoints_of(conn: Conn, scopes: Sequence[AccountScope]) -> list[Endpoint]:
    """Return the endpoints of some accounts that `notice_of` has something to say of, newest first."""
    of = [scope.account for scope in scopes], [scope.livemode for scope in scopes]
    return [endpoint_from_record(record) for record in await conn.fetch(_SQL["list_failing_endpoints_of"], *of)]


async def endpoints_for(conn: Conn, owners: Sequence[AccountScope]) -> list[Endpoint]:
    """Return the enabled endpoints that these accounts' events may go to, each once.

    One with `connect` gets the events of the accounts whose platform its account is, and not its account's; one without
    it its account's alone.
    """
    accounts, modes = [scope.account for scope in owners], [scope.livemode for scope in owners]
    return [endpoint_from_record(record) for record in await conn.fetch(_SQL["endpoints_for"], accounts, modes)]


async def fetch_endpoints(conn: Conn, keys: Sequence[EndpointKey]) -> list[Endpoint]:
    """Return the endpoints of these keys, of which there is at least one; what does not exist is left out."""
    rows = [(key.scope.account, key.scope.livemode, key.id) for key in keys]
    return [endpoint_from_record(record) for record in await conn.fetch(_SQL["fetch_endpoints"], *columns(rows))]


async def announce_to_one(conn: Conn, event: Event, endpoint: EndpointKey, *, now_ms: int) -> None:
    """Write an event of an endpoint's account that is sent to this endpoint only, from `now_ms` on."""
    await conn.execute(
        _SQL["announce_to_one"],
        event.scope.account,
        event.scope.livemode,
        endpoint.id,
        event.id,
        *announcement_of(event),
        now_ms,
    )


async def accounts_under(conn: Conn, platform: str, *, after: str, limit: int) -> list[str]:
    """Return accounts of a platform after a given one, in order."""
    return [record["account"] for record in await conn.fetch(_SQL["accounts_under"], platform, after, limit)]


async def update_endpoint(conn: Conn, endpoint: Endpoint) -> None:
    """Write an endpoint that the caller has locked."""
    await conn.execute(
        _SQL["update_endpoint"],
        *_key(endpoint),
        endpoint.url,
        _encode(endpoint.enabled_events),
        endpoint.description,
        _encode(endpoint.metadata),
        endpoint.secret,
        endpoint.old_secret,
        endpoint.old_secret_until_ms,
        endpoint.failing_since_ms,
        endpoint.disabled_because,
        endpoint.name,
        endpoint.disabled_ms,
        endpoint.updated,
    )


async def stop_deliveries(conn: Conn, endpoint: Endpoint) -> None:
    """Give up whatever is still to be sent to an endpoint: it has failed."""
    await conn.execute(_SQL["stop_deliveries"], *_key(endpoint))


async def delete_endpoint(conn: Conn, endpoint: Endpoint) -> None:
    """Remove an endpoint that the caller has locked, and what it has not received; what was tried stays."""
    await conn.execute(_SQL["delete_endpoint"], *_key(endpoint))
    await conn.execute(_SQL["delete_undelivered"], *_key(endpoint))


def _key(endpoint: Endpoint) -> tuple[str, bool, str]:
    return endpoint.scope.account, endpoint.scope.livemode, endpoint.id


def _encode(value: Sequence[str] | Mapping[str, str]) -> str | None:
    return json_codec.encode_text(value) if value else None


def endpoint_from_record(record: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint in a row that has every column of `webhook_endpoints`."""
    return Endpoint(
        scope=AccountScope(record["account"], record["livemode"]),
        id=record["id"],
        url=record["url"],
        enabled_events=_decode_events(record["enabled_events"]),
        rendered_version=record["rendered_version"],
        secret=record["secret"],
        created=record["created"],
        api_version=record["api_version"],
        connect=record["connect"],
        description=record["description"],
        metadata=_decode_metadata(record["metadata"]) if record["metadata"] else {},
        old_secret=record["old_secret"],
        old_secret_until_ms=record["old_secret_until_ms"],
        failing_since_ms=record["failing_since_ms"],
        disabled_because=record["disabled_because"],
        name=record["name"],
        event_payload=EventPayload(record["event_payload"]),
        disabled_ms=record["disabled_ms"],
        updated=record["updated"],
    )
