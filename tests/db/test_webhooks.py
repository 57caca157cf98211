"""Webhook endpoints in the database: who hears whose events, what is sealed, and what ends with an endpoint."""

import asyncio
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest

from brim.api.framework.errors import render_error
from brim.api.resources.webhooks.wire import endpoint_json, reveal_secret
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.core.idempotency.rules import KeyClaim
from brim.core.idempotency.service import RequestContext, Result
from brim.core.webhooks import service as services
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.endpoints import EndpointEdit, EndpointRules, NewEndpoint, TooManyEndpointsError, secret_place
from brim.core.webhooks.rules import Endpoint
from brim.core.webhooks.service import EndpointParameters, EndpointReplies
from brim.platform.database import Database
from brim.platform.egress.targets import TargetBlockedError
from brim.platform.vault import NoEncryptionKeyError, Vault, new_encryption_key
from tests.support.audits import TESTER
from tests.support.books import execute, rows

NOW_MS = 1_795_305_600_000
PLATFORM = AccountScope("acct_platform", livemode=False)
CONNECTED = AccountScope("acct_connected", livemode=False)
STRANGER = AccountScope("acct_stranger", livemode=False)
IDS = IdFactory(lambda: NOW_MS)


def new_endpoint(scope: AccountScope, *, connect: bool = False, disabled_because: str | None = None) -> Endpoint:
    return Endpoint(
        scope=scope,
        id=IDS.new_at("we_", NOW_MS),
        url="http://127.0.0.1:1/",
        enabled_events=("topup.created", "topup.failed"),
        rendered_version=DEFAULT_API_VERSION,
        secret=b"sealed",
        created=NOW_MS // 1000,
        connect=connect,
        metadata={"a": "b"},
        disabled_because=disabled_because,
    )


async def insert(database: Database, *endpoints: Endpoint) -> None:
    """Write endpoints as they are, disabled ones too."""
    async with database.connection() as conn:
        for endpoint in endpoints:
            await webhooks.insert_endpoint(conn, endpoint)
            await webhooks.update_endpoint(conn, endpoint)


async def make_accounts(database: Database) -> None:
    await execute(
        database,
        "INSERT INTO accounts (account, platform, created)"
        " VALUES ('acct_platform', NULL, 1), ('acct_connected', 'acct_platform', 1), ('acct_stranger', NULL, 1)",
    )


class Clerk:
    """Asks for endpoints as the API does."""

    def __init__(self, database: Database, vault: Vault | None = None) -> None:
        self.database = database
        self.vault = vault or Vault([new_encryption_key()])

    def context(self, scope: AccountScope, key: str | None = None) -> RequestContext:
        claim = KeyClaim(key, b"same") if key else None
        return RequestContext(
            scope=scope,
            claim=claim,
            request_id="req_1",
            api_version=DEFAULT_API_VERSION,
            now_ms=NOW_MS,
            by=TESTER,
            ids=IdFactory(),
        )

    async def create(
        self,
        scope: AccountScope,
        *,
        secret: str = "whsec_1",
        url: str = "https://example.com/",
        key: str | None = None,
        rules: EndpointRules | None = None,
    ) -> Result:
        wanted = EndpointParameters(
            new=NewEndpoint(url=url, enabled_events=("*",), secret=secret),
            rules=rules or EndpointRules(),
            ids=IDS,
            vault=self.vault,
            render=_render,
            reveal=reveal_secret,
            render_error=render_error,
        )
        return await services.create_endpoint(self.database, self.context(scope, key), wanted)

    async def roll(self, scope: AccountScope, endpoint_id: str, secret: str, *, overlap_s: int) -> Result:
        return await services.roll_secret(
            self.database,
            self.context(scope),
            endpoint_id,
            secret,
            overlap_s=overlap_s,
            vault=self.vault,
            replies=EndpointReplies(_render, render_error, lambda _: None),
            reveal=reveal_secret,
        )

    async def disable(self, scope: AccountScope, endpoint_id: str, *, disabled: bool) -> None:
        await services.update_endpoint(
            self.database,
            self.context(scope),
            endpoint_id,
            EndpointEdit(disabled=disabled),
            rules=EndpointRules(),
            replies=EndpointReplies(_render, render_error, lambda _: None),
        )

    async def secrets_of(self, scope: AccountScope, endpoint_id: str) -> tuple[str, str | None]:
        """Return both secrets of an endpoint, opened."""
        endpoint = await services.retrieve_endpoint(self.database, scope, endpoint_id)
        place = secret_place(scope, endpoint_id)
        old = endpoint.old_secret
        return (
            self.vault.open(endpoint.secret, place=place).decode(),
            None if old is None else self.vault.open(old, place=place).decode(),
        )


def _render(endpoint: Endpoint, secret: str | None) -> bytes:
    return endpoint_json(endpoint, secret=secret)


def decoded(answer: Result) -> dict[str, Any]:
    reply: dict[str, Any] = msgspec.json.decode(answer.body)
    return reply


async def test_an_endpoint_comes_back_as_it_was_written(each_database: Database) -> None:
    plain = new_endpoint(STRANGER)
    full = msgspec.structs.replace(
        new_endpoint(STRANGER, connect=True, disabled_because="failures"),
        api_version="2019-05-16",
        description="x",
        metadata={},
        old_secret=b"old",
        old_secret_until_ms=NOW_MS,
        failing_since_ms=NOW_MS,
    )
    async with each_database.connection() as conn:
        await webhooks.insert_endpoint(conn, plain)
        await webhooks.insert_endpoint(conn, msgspec.structs.replace(full, metadata={"gone": "soon"}))
        await webhooks.update_endpoint(conn, full)
        assert await webhooks.list_endpoints(conn, STRANGER) == [full, plain]
        assert await webhooks.read_endpoint(conn, STRANGER, full.id) == full
        assert await webhooks.read_endpoint(conn, AccountScope(STRANGER.account, livemode=True), full.id) is None
        assert await webhooks.read_endpoint(conn, PLATFORM, full.id) is None


async def test_events_go_to_enabled_endpoints_of_their_owner_and_to_listening_ones_of_the_platform(
    each_database: Database,
) -> None:
    await make_accounts(each_database)
    own, listening = new_endpoint(PLATFORM), new_endpoint(PLATFORM, connect=True)
    connected, strangers = new_endpoint(CONNECTED), new_endpoint(STRANGER)
    live = new_endpoint(AccountScope(PLATFORM.account, livemode=True), connect=True)
    await insert(each_database, own, listening, connected, strangers, live)
    await insert(each_database, new_endpoint(CONNECTED, disabled_because="owner"))
    await insert(each_database, new_endpoint(PLATFORM, connect=True, disabled_because="failures"))
    async with each_database.connection() as conn:
        assert await webhooks.endpoints_for(conn, []) == []
        assert await webhooks.endpoints_for(conn, [PLATFORM]) == [own]
        assert await webhooks.endpoints_for(conn, [CONNECTED]) == [connected, listening]
        assert await webhooks.endpoints_for(conn, [AccountScope(CONNECTED.account, livemode=True)]) == [live]
        both = await webhooks.endpoints_for(conn, [CONNECTED, STRANGER, CONNECTED, PLATFORM])
        assert {endpoint.id for endpoint in both} == {own.id, listening.id, connected.id, strangers.id}
        assert len(both) == 4


async def test_no_more_endpoints_are_made_than_the_operator_lets_an_owner_have(database: Database) -> None:
    await make_accounts(database)
    clerk, rules = Clerk(database), EndpointRules(most=3)

    async def ask() -> bool:
        try:
            await clerk.create(STRANGER, rules=rules)
        except TooManyEndpointsError:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(12)))) == 3
    await clerk.create(AccountScope(STRANGER.account, livemode=True), rules=rules)
    async with database.connection() as conn:
        oldest = (await webhooks.list_endpoints(conn, STRANGER))[-1]
    await services.delete_endpoint(database, clerk.context(STRANGER), oldest.id)
    assert await ask()


async def test_live_mode_reaches_the_networks_that_the_operator_allows(database: Database) -> None:
    live, clerk = AccountScope(STRANGER.account, livemode=True), Clerk(database)
    rules = EndpointRules(allowed=(ip_network("10.1.0.0/16"),))
    for url in ("http://10.1.2.3:8080/", "http://hooks.internal/", "https://example.com/"):
        assert decoded(await clerk.create(live, url=url, rules=rules))["url"] == url
    with pytest.raises(TargetBlockedError):
        await clerk.create(live, url="http://10.2.0.1/", rules=rules)


async def test_secrets_are_sealed_for_their_endpoint_and_replays_tell_them_again(database: Database) -> None:
    clerk = Clerk(database)
    first = await clerk.create(STRANGER, secret="whsec_first", key="k")
    again = await clerk.create(STRANGER, secret="whsec_other", key="k")
    assert decoded(first)["secret"] == "whsec_first"
    assert (again.body, again.replay_of) == (first.body, "req_1")
    [row] = await rows(database, "TABLE webhook_endpoints")
    [kept] = await rows(database, "TABLE idempotency_keys")
    assert b"whsec" not in row["secret"]
    assert "whsec" not in kept["response_body"]
    assert await clerk.secrets_of(STRANGER, row["id"]) == ("whsec_first", None)


async def test_a_replay_tells_the_secret_of_then_even_when_it_was_rolled_or_its_endpoint_deleted(
    database: Database,
) -> None:
    clerk = Clerk(database)
    first = await clerk.create(STRANGER, key="k")
    endpoint_id = decoded(first)["id"]
    await clerk.roll(STRANGER, endpoint_id, "whsec_2", overlap_s=0)
    assert (await clerk.create(STRANGER, key="k")).body == first.body
    await services.delete_endpoint(database, clerk.context(STRANGER), endpoint_id)
    assert (await clerk.create(STRANGER, key="k")).body == first.body


async def test_a_rolled_secret_stands_beside_the_one_before_and_no_older_one(database: Database) -> None:
    clerk = Clerk(database)
    endpoint_id = decoded(await clerk.create(STRANGER))["id"]
    for secret, overlap_s, expected in (
        ("whsec_2", 60, ("whsec_2", "whsec_1")),
        ("whsec_3", 86_400, ("whsec_3", "whsec_2")),
        ("whsec_4", 0, ("whsec_4", None)),
    ):
        assert decoded(await clerk.roll(STRANGER, endpoint_id, secret, overlap_s=overlap_s))["secret"] == secret
        assert await clerk.secrets_of(STRANGER, endpoint_id) == expected
        endpoint = await services.retrieve_endpoint(database, STRANGER, endpoint_id)
        assert endpoint.old_secret_until_ms == (NOW_MS + overlap_s * 1000 if overlap_s else None)


async def test_without_an_encryption_key_no_endpoint_is_made(database: Database) -> None:
    with pytest.raises(NoEncryptionKeyError):
        await Clerk(database, Vault(())).create(STRANGER, key="k")
    assert await rows(database, "SELECT key FROM idempotency_keys") == []
    assert await rows(database, "SELECT id FROM webhook_endpoints") == []


async def queue(database: Database, endpoint_id: str) -> None:
    """Write a delivery that is pending and one that has failed."""
    for event, due in (("waiting", NOW_MS), ("given up", None)):
        async with database.connection() as conn:
            await conn.execute(
                "INSERT INTO webhook_deliveries (account, livemode, endpoint, event_account, event, number,"
                " attempts, next_attempt_ms, created_ms) VALUES ($1, FALSE, $2, $1, $3, 1, 0, $4, 0)",
                STRANGER.account,
                endpoint_id,
                event,
                due,
            )


async def owed(database: Database, endpoint_id: str) -> dict[str, int | None]:
    """Return the events that an endpoint has not received, with when each is sent next."""
    query = "SELECT event, next_attempt_ms FROM webhook_deliveries WHERE endpoint = $1"
    return {row["event"]: row["next_attempt_ms"] for row in await rows(database, query, endpoint_id)}


async def test_what_waits_for_an_endpoint_ends_when_it_is_disabled_or_deleted(database: Database) -> None:
    clerk = Clerk(database)
    disabled, deleted = [decoded(await clerk.create(STRANGER))["id"] for _ in range(2)]
    await queue(database, disabled)
    await queue(database, deleted)
    assert await owed(database, disabled) == {"waiting": NOW_MS, "given up": None}
    await clerk.disable(STRANGER, disabled, disabled=True)
    assert await owed(database, disabled) == {"waiting": None, "given up": None}
    await services.delete_endpoint(database, clerk.context(STRANGER), deleted)
    assert await owed(database, deleted) == {}
    assert len(await rows(database, "SELECT id FROM webhook_endpoints")) == 1


async def test_an_endpoint_that_is_enabled_again_has_not_failed_yet(database: Database) -> None:
    clerk = Clerk(database)
    failing = msgspec.structs.replace(new_endpoint(STRANGER, disabled_because="failures"), failing_since_ms=1)
    await insert(database, failing)
    await clerk.disable(STRANGER, failing.id, disabled=True)
    assert (await services.retrieve_endpoint(database, STRANGER, failing.id)).disabled_because == "failures"
    await clerk.disable(STRANGER, failing.id, disabled=False)
    enabled = await services.retrieve_endpoint(database, STRANGER, failing.id)
    assert (enabled.disabled_because, enabled.failing_since_ms) == (None, None)
