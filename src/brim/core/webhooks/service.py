"""Webhook endpoints: create, read, change, delete, and roll their secrets.

A secret is told once, in the reply of the request that made it. Everywhere in the database it is sealed: in the
endpoint's row, and in the reply that is kept for retries under an idempotency key, where it is opened again on the way
out. So a client that lost the first reply still learns the secret by asking again under the same key.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory, first_id_at
from brim.base.paging import Page, PageRequest, page_of_few, window_of
from brim.base.scope import AccountScope
from brim.core.audit import Action, ObjectType
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks import endpoints
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.deliveries import EndpointHealth, EndpointKey, PastAttempt
from brim.core.webhooks.endpoints import (
    EndpointEdit,
    EndpointRules,
    NewEndpoint,
    TooManyEndpointsError,
    check_url,
    secret_place,
)
from brim.core.webhooks.next_attempts import plan_next
from brim.core.webhooks.rules import ATTEMPT_PREFIX, Endpoint
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

RenderEndpoint: TypeAlias = Callable[[Endpoint, str | None], bytes]
"""Writes an endpoint's reply; the text is the secret to tell in it, None to leave it out."""

OpenSecret: TypeAlias = Callable[[str, str], str]
"""Returns in the clear the secret of an endpoint: its id, and the secret as a reply holds it sealed."""

RevealSecret: TypeAlias = Callable[[bytes, OpenSecret], bytes]
"""Returns an endpoint's reply with the secret in it opened, where it has one."""

CheckEndpoint: TypeAlias = Callable[[Endpoint], None]
"""Raises where whoever asks may not receive what an endpoint is sent."""


class ResourceName(NamedTuple):
    """How an endpoint is called in a refusal: in words, and as the parameter that holds its id."""

    words: str
    param: str


HEALTH_OVER_S: Final = 24 * 60 * 60
"""From how long ago attempts count when an endpoint is judged."""

ENDPOINT: Final = ResourceName("webhook endpoint", "webhook_endpoint")


class EndpointReplies(NamedTuple):
    """How a change of an endpoint is answered, and to whom it may be allowed."""

    render: RenderEndpoint
    render_error: RenderError
    check: CheckEndpoint


class EndpointParameters(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is to be made, and with what.

    Attributes:
        new: what is asked for.
        rules: the operator's.
        ids: makes the endpoint's.
        vault: seals the secret.
        render: writes the reply.
        reveal: opens the secret in it.
        render_error: writes a refusal.
    """

    new: NewEndpoint
    rules: EndpointRules
    ids: IdFactory
    vault: Vault
    render: RenderEndpoint
    reveal: RevealSecret
    render_error: RenderError


async def create_endpoint(database: Database, context: RequestContext, wanted: EndpointParameters) -> Result:
    """Add an endpoint and return its reply, which tells the secret where `wanted.render` writes it.

    Args:
        database: where.
        context: the request; events are written in its version unless the endpoint asks for another.
        wanted: the endpoint.

    Raises:
        TargetBlockedError: the URL cannot be used.
        TooManyEndpointsError: the account has as many as it may.
        NoEncryptionKeyError: the server can seal no secret.
        IdempotencyMismatchError: the key stands for another request.
    """
    scope = context.scope
    check_url(wanted.new.url, wanted.rules, livemode=scope.livemode)

    async def work(conn: Conn) -> bytes:
        if await webhooks.hold_count(conn, scope) >= wanted.rules.most:
            raise TooManyEndpointsError(wanted.rules.most, livemode=scope.livemode)
        endpoint = _make(context, wanted)
        await webhooks.insert_endpoint(conn, endpoint)
        await record_endpoint(conn, context, Action.WEBHOOK_ENDPOINT_MADE, endpoint.id, None, endpoint)
        return wanted.render(endpoint, endpoint.secret.decode())

    answer = await run_once(database, context, work, render_error=wanted.render_error)
    return _revealed(answer, scope, wanted.vault, wanted.reveal)


def _make(context: RequestContext, wanted: EndpointParameters) -> Endpoint:
    new = wanted.new
    endpoint_id = wanted.ids.new_at(new.prefix, context.now_ms)
    return Endpoint(
        scope=context.scope,
        id=endpoint_id,
        url=new.url,
        enabled_events=new.enabled_events,
        rendered_version=new.api_version or context.api_version,
        secret=wanted.vault.seal(new.secret.encode(), place=secret_place(context.scope, endpoint_id)),
        created=wanted.ids.newest_second,
        api_version=new.api_version,
        connect=new.connect,
        name=new.name,
        event_payload=new.event_payload,
        description=new.description,
        metadata=new.metadata,
    )


def _revealed(answer: Result, scope: AccountScope, vault: Vault, reveal: RevealSecret) -> Result:
    """Return a reply, a first one or a replay, with its sealed secret opened.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: it cannot be read with the server's keys.
    """

    def open_secret(endpoint_id: str, sealed: str) -> str:
        return vault.open(sealed.encode(), place=secret_place(scope, endpoint_id)).decode()

    return msgspec.structs.replace(answer, body=reveal(answer.body, open_secret))


async def retrieve_endpoint(
    database: Database, scope: AccountScope, endpoint_id: str, *, noun: ResourceName = ENDPOINT
) -> Endpoint:
    """Return an endpoint.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    async with database.connection() as conn:
        return await find_endpoint(conn, scope, endpoint_id, in_path=True, noun=noun)


async def list_endpoints(database: Database, scope: AccountScope, request: PageRequest) -> Page[Endpoint]:
    """Return a page of an account's endpoints.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    async with database.connection() as conn:
        found = await webhooks.list_endpoints(conn, scope)
    return page_of_few(found, request, kind=ENDPOINT.words)


async def update_endpoint(
    database: Database,
    context: RequestContext,
    endpoint_id: str,
    edit: EndpointEdit,
    *,
    rules: EndpointRules,
    replies: EndpointReplies,
    noun: ResourceName = ENDPOINT,
) -> Result:
    """Change an endpoint and return its reply; what waits for one that is disabled has failed.

    Where it is sent something else, or somewhere else, `replies.check` has to allow it as it was and as it is: what
    still waits for it was addressed to it as it was.

    Raises:
        ResourceMissingError: the account has none of that id.
        TargetBlockedError: the new URL cannot be used.
        TooMuchMetadataError: more metadata would be left than an object may have.
        IdempotencyMismatchError: the key stands for another request.
    """
    if edit.url is not msgspec.UNSET:
        check_url(edit.url, rules, livemode=context.scope.livemode)

    async def work(conn: Conn) -> bytes:
        endpoint = await lock_endpoint(conn, context.scope, endpoint_id, noun=noun)
        changed = endpoints.edited(endpoint, edit, now_ms=context.now_ms)
        if endpoints.redirects(endpoint, changed):
            replies.check(endpoint)
            replies.check(changed)
        if changed != endpoint:
            await webhooks.update_endpoint(conn, changed)
        if endpoint.is_enabled and not changed.is_enabled:
            await webhooks.stop_deliveries(conn, changed)
        await record_endpoint(conn, context, _action_of(endpoint, changed), endpoint_id, endpoint, changed)
        return replies.render(changed, None)

    return await run_once(database, context, work, render_error=replies.render_error)


async def roll_secret(
    database: Database,
    context: RequestContext,
    endpoint_id: str,
    secret: str,
    *,
    overlap_s: int,
    vault: Vault,
    replies: EndpointReplies,
    reveal: RevealSecret,
) -> Result:
    """Give an endpoint a new secret and return its reply, which tells it; the old one signs too for `overlap_s`.

    `replies.check` has to allow the endpoint, also where the reply is a replay.

    Raises:
        ResourceMissingError: the account has none of that id.
        NoEncryptionKeyError: the server can seal no secret.
        IdempotencyMismatchError: the key stands for another request.
    """
    scope = context.scope

    async def work(conn: Conn) -> bytes:
        endpoint = await lock_endpoint(conn, scope, endpoint_id)
        replies.check(endpoint)
        sealed = vault.seal(secret.encode(), place=secret_place(scope, endpoint_id))
        changed = endpoints.rolled(endpoint, sealed, overlap_s=overlap_s, now_ms=context.now_ms)
        await webhooks.update_endpoint(conn, changed)
        await record_endpoint(conn, context, Action.WEBHOOK_SECRET_ROLLED, endpoint_id, endpoint, changed)
        return replies.render(changed, sealed.decode())

    answer = await run_once(database, context, work, render_error=replies.render_error)
    if answer.replay_of:  # a key with more rights may have asked first
        async with database.connection() as conn:
            endpoint = await webhooks.read_endpoint(conn, scope, endpoint_id)
        if endpoint is not None:
            replies.check(endpoint)
    return _revealed(answer, scope, vault, reveal)


async def delete_endpoint(database: Database, context: RequestContext, endpoint_id: str) -> None:
    """Remove an endpoint, and whatever it has not received yet.

    Raises:
        ResourceMissingError: the account has none of that id.
    """

    async def work(conn: Conn) -> None:
        endpoint = await lock_endpoint(conn, context.scope, endpoint_id)
        await webhooks.delete_endpoint(conn, endpoint)
        await record_endpoint(conn, context, Action.WEBHOOK_ENDPOINT_DELETED, endpoint_id, endpoint, None)

    await database.transact(work)


async def record_endpoint(
    conn: Conn,
    context: RequestContext,
    action: Action,
    endpoint_id: str,
    before: Endpoint | None,
    after: Endpoint | None,
) -> None:
    """Add a line to the audit log about what a request does to an endpoint."""
    await record(conn, context, action, ObjectType.WEBHOOK_ENDPOINT, endpoint_id, before=before, after=after)


def _action_of(before: Endpoint, after: Endpoint) -> Action:
    if before.is_enabled == after.is_enabled:
        return Action.WEBHOOK_ENDPOINT_UPDATED
    return Action.WEBHOOK_ENDPOINT_ENABLED if after.is_enabled else Action.WEBHOOK_ENDPOINT_DISABLED


async def list_attempts(
    database: Database,
    scope: AccountScope,
    endpoint_id: str,
    request: PageRequest,
    *,
    now_ms: int,
    only_failed: bool = False,
) -> Page[PastAttempt]:
    """Return a page of the attempts to reach an endpoint, newest first; those of one that was deleted are kept too.

    Raises:
        ResourceMissingError: the account has none of that id, and nothing was ever sent to one; or the cursor names
        none
            of its attempts.
    """
    key = EndpointKey(scope, endpoint_id)
    cursor = request.starting_after
    async with database.connection() as conn:
        if cursor is not None and not await deliveries.has_attempt(conn, key, cursor):
            await find_endpoint(conn, scope, endpoint_id, in_path=True)
            raise ResourceMissingError("webhook attempt", cursor, param="starting_after")
        window = window_of(ATTEMPT_PREFIX, None, request)
        found = await deliveries.list_endpoint_attempts(
            conn, key, after=window.low, before=window.high, limit=window.wanted, only_failed=only_failed
        )
        if not found and not await deliveries.has_attempts(conn, key):
            await find_endpoint(conn, scope, endpoint_id, in_path=True)
        found = await plan_next(conn, found, now_ms=now_ms)
    return Page(found[: request.limit], len(found) > request.limit)


async def retrieve_attempt(
    database: Database, scope: AccountScope, endpoint_id: str, attempt_id: str, *, now_ms: int
) -> PastAttempt:
    """Return one attempt to reach an endpoint.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    async with database.connection() as conn:
        found = await deliveries.read_attempt(conn, EndpointKey(scope, endpoint_id), attempt_id)
        if found is None:
            await find_endpoint(conn, scope, endpoint_id, in_path=True)
            raise ResourceMissingError("webhook attempt", attempt_id, param="attempt", in_path=True)
        (planned,) = await plan_next(conn, [found], now_ms=now_ms)
    return planned


async def retrieve_health(database: Database, scope: AccountScope, endpoint_id: str, *, now_ms: int) -> EndpointHealth:
    """Return how an endpoint did in its newest attempts of the last day, and what waits for it.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    since = first_id_at(ATTEMPT_PREFIX, now_ms // 1000 - HEALTH_OVER_S)
    async with database.connection() as conn:
        await find_endpoint(conn, scope, endpoint_id, in_path=True)
        return await deliveries.read_health(conn, EndpointKey(scope, endpoint_id), since=since, now_ms=now_ms)


async def find_endpoint(
    conn: Conn, scope: AccountScope, endpoint_id: str, *, in_path: bool, noun: ResourceName = ENDPOINT
) -> Endpoint:
    """Return an endpoint whose id stands in a request's path, or in its parameter `webhook_endpoint`.

    Raises:
        ResourceMissingError: the account has none of that id; it says so if the account's other mode has.
    """
    endpoint = await webhooks.read_endpoint(conn, scope, endpoint_id)
    if endpoint is None:
        raise await _missing(conn, scope, endpoint_id, in_path=in_path, noun=noun)
    return endpoint


async def lock_endpoint(
    conn: Conn, scope: AccountScope, endpoint_id: str, *, noun: ResourceName = ENDPOINT
) -> Endpoint:
    """Return the endpoint of a request's path, held until the caller's transaction ends.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    endpoint = await webhooks.lock_endpoint(conn, scope, endpoint_id)
    if endpoint is None:
        raise await _missing(conn, scope, endpoint_id, in_path=True, noun=noun)
    return endpoint


async def _missing(
    conn: Conn, scope: AccountScope, endpoint_id: str, *, in_path: bool, noun: ResourceName
) -> ResourceMissingError:
    in_other_mode = await webhooks.read_endpoint(conn, AccountScope(scope.account, not scope.livemode), endpoint_id)
    return ResourceMissingError(
        noun.words,
        endpoint_id,
        param=noun.param,
        in_path=in_path,
        other_mode_of=scope.livemode if in_other_mode else None,
    )
