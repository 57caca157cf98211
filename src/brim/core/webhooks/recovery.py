"""Recovery: what an endpoint has missed since some time is sent to it, bounded and spread over time.

An event was missed where its delivery was given up, where it was never addressed to the endpoint, which was disabled or
not there yet, and where a retry is hours away. One request looks at so many events and says where to go on. Repeated,
it queues nothing twice.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.ids import first_id_at
from brim.core import accounts
from brim.core.idempotency import RenderError, RequestContext, Result, run_once
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.deliveries import EndpointKey, Recovery
from brim.core.webhooks.endpoints import EndpointDisabledError, ResendInProgressError
from brim.core.webhooks.rules import MOST_RECOVERED, RECOVERED_PER_S, Endpoint
from brim.core.webhooks.service import CheckEndpoint, find_endpoint
from brim.platform.database import Conn, Database

_MOST_SEEN: Final = 100_000
"""Events that one request looks at."""

_SEEN_AT_ONCE: Final = 10_000
_FEWEST_AT_ONCE: Final = 1_000
"""A request that may queue fewer than this ends: it would look at what is left event by event."""

_ACCOUNTS_AT_ONCE: Final = 1_000
_MOST_ACCOUNTS: Final = 2_000
"""Accounts under a platform whose events one request looks at."""

RenderRecovery: TypeAlias = Callable[[Recovery], bytes]


class RecoveryParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent again.

    `since` is a Unix second of the account's time, `after` where an earlier request stopped; with `with_received` those
    events are sent too that the endpoint has received.
    """

    since: int
    after: tuple[str, str] | None = None
    with_received: bool = False


async def recover_events(
    database: Database,
    context: RequestContext,
    endpoint_id: str,
    wanted: RecoveryParameters,
    *,
    render: RenderRecovery,
    render_error: RenderError,
    check: CheckEndpoint,
) -> Result:
    """Let what an endpoint has missed be sent to it, the oldest of each account first, and return how much that is.

    `check` has to allow the endpoint.

    Raises:
        ResourceMissingError: the account has no such endpoint.
        ResourceMissingError: `after` names an account whose events the endpoint is not for.
        EndpointDisabledError: it is disabled.
        ResendInProgressError: another request queues what this endpoint has missed.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        endpoint = await find_endpoint(conn, context.scope, endpoint_id, in_path=True)
        check(endpoint)
        if wanted.after is not None:
            await _check_account(conn, endpoint, wanted.after[0])
        if not endpoint.is_enabled:
            raise EndpointDisabledError(endpoint_id)
        return render(await _Recovering(conn, endpoint, wanted, context.now_ms).run())

    return await run_once(database, context, work, render_error=render_error)


async def _check_account(conn: Conn, endpoint: Endpoint, account: str) -> None:
    """Let an account pass whose events an endpoint is for: it comes from a cursor, which anybody can write.

    Raises:
        ResourceMissingError: the endpoint is not for its events.
    """
    if endpoint.connect:
        is_its_own = await accounts.account_platform(conn, account) == endpoint.scope.account
    else:
        is_its_own = account == endpoint.scope.account
    if not is_its_own:
        raise ResourceMissingError("account", account, param="cursor")


class _Recovering:
    """One request's part of a recovery."""

    def __init__(self, conn: Conn, endpoint: Endpoint, wanted: RecoveryParameters, now_ms: int) -> None:
        self._conn = conn
        self._key = EndpointKey(endpoint.scope, endpoint.id)
        self._endpoint = endpoint
        self._wanted = wanted
        self._now_ms = now_ms
        self._types = list(endpoint.subscribed_types)
        self._seen = 0
        self._queued = 0
        self._last_ms: int | None = None

    async def run(self) -> Recovery:
        """Go on where the request says, until all was looked at or it has done its part."""
        if not await deliveries.hold_recovery(self._conn, self._key):
            raise ResendInProgressError(self._key.id)
        beginning = first_id_at("evt_", self._wanted.since)
        before, after = self._wanted.after or ("", "")
        until_ms = await deliveries.recovering_until(self._conn, self._key)
        next_ms = self._now_ms if until_ms is None else max(self._now_ms, until_ms + 1000 // RECOVERED_PER_S)
        accounts = [before] if before else []
        visited = 0
        while True:
            for account in accounts:
                after = await self._recover_account(account, max(after, beginning), next_ms)
                if after:
                    return self._result((account, after))
                next_ms = max(next_ms, (self._last_ms or 0) + 1000 // RECOVERED_PER_S)
                before = account
            visited += len(accounts)
            if visited >= _MOST_ACCOUNTS:
                return self._result((before, "~"))
            accounts = await self._accounts_after(before)
            if not accounts:
                return self._result(None)

    async def _accounts_after(self, before: str) -> list[str]:
        """Return the next accounts whose events the endpoint is sent."""
        scope = self._endpoint.scope
        if not self._endpoint.connect:
            return [] if before else [scope.account]
        return await webhooks.accounts_under(self._conn, scope.account, after=before, limit=_ACCOUNTS_AT_ONCE)

    async def _recover_account(self, account: str, after: str, first_ms: int) -> str:
        """Send what was missed of an account after an event; return the last that was looked at, "" where all were."""
        while self._seen < _MOST_SEEN:
            limit = min(_SEEN_AT_ONCE, MOST_RECOVERED - self._queued)
            if limit < min(_FEWEST_AT_ONCE, MOST_RECOVERED):
                break
            done = await deliveries.recover(
                self._conn,
                self._key,
                account,
                after=after,
                limit=limit,
                types=self._types,
                with_received=self._wanted.with_received,
                now_ms=self._now_ms,
                first_ms=first_ms,
            )
            self._seen += done.seen
            self._queued += done.queued
            if done.last_ms is not None:
                self._last_ms = max(self._last_ms or 0, done.last_ms)
                first_ms = done.last_ms + 1000 // RECOVERED_PER_S
            if done.seen < limit or done.last_event is None:
                return ""
            after = done.last_event
        return after

    def _result(self, after: tuple[str, str] | None) -> Recovery:
        return Recovery(queued=self._queued, last_ms=self._last_ms, after=after)
