"""Events by number, how many endpoints wait for them, and sending them again."""

from typing import Any

import msgspec
import pytest

from brim.api.framework.errors import render_error
from brim.api.resources.events.wire import event_json
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core.events import service as events_service
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.core.idempotency.service import RequestContext, Result
from brim.core.stripe_cli import resending as services
from brim.core.stripe_cli.resending import Resend
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks import event_deliveries as webhooks_event_deliveries
from brim.core.webhooks import store as webhooks
from brim.core.webhooks.endpoints import EndpointDisabledError, EndpointNotListeningError, NothingToSendError
from brim.core.webhooks.rules import Endpoint
from brim.core.webhooks.service import list_attempts
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import create, execute, new_topup, rows

NOW_MS = 1_795_305_600_000
PLATFORM = AccountScope("acct_platform", livemode=False)
CONNECTED = AccountScope("acct_connected", livemode=False)
STRANGER = AccountScope("acct_stranger", livemode=False)
IDS = IdFactory(lambda: NOW_MS)


@pytest.fixture
async def _accounts(database: Database) -> None:
    await execute(
        database,
        "INSERT INTO accounts (account, platform, created)"
        " VALUES ('acct_platform', NULL, 1), ('acct_connected', 'acct_platform', 1), ('acct_stranger', NULL, 1)",
    )


async def announce(database: Database, scope: AccountScope, count: int = 1) -> list[str]:
    """Make events of an owner's by creating top-ups, and return their ids in order; none has a number yet."""
    news = [new_topup(IDS, scope=scope, now_ms=NOW_MS) for _ in range(count)]
    await create(database, news)
    return [new.event.id for new in news]


async def number(database: Database) -> None:
    """Number and address all events there are."""
    async with database.connection() as conn:
        await deliveries.number_events(conn, from_place=0, limit=1000, now_ms=NOW_MS)


async def add_endpoint(
    database: Database, scope: AccountScope, *, connect: bool = False, disabled: bool = False, wants: str = "*"
) -> Endpoint:
    endpoint = Endpoint(
        scope=scope,
        id=IDS.new_at("we_", NOW_MS),
        url="http://127.0.0.1:1/",
        enabled_events=(wants,),
        rendered_version=DEFAULT_API_VERSION,
        secret=b"sealed",
        created=NOW_MS // 1000,
        connect=connect,
        disabled_because="owner" if disabled else None,
    )
    async with database.connection() as conn:
        await webhooks.insert_endpoint(conn, endpoint)
        await webhooks.update_endpoint(conn, endpoint)
    return endpoint


def render(event: Any, pending: int) -> bytes:
    return event_json(event, pending_webhooks=pending)


def context_of(scope: AccountScope) -> RequestContext:
    return RequestContext(
        scope=scope,
        claim=None,
        request_id="req_1",
        api_version=DEFAULT_API_VERSION,
        now_ms=NOW_MS + 1000,
        by=TESTER,
        ids=IdFactory(),
    )


async def resend(database: Database, scope: AccountScope, event_id: str, **wanted: Any) -> dict[str, Any]:
    answer = await services.resend_event(
        database,
        context_of(scope),
        event_id,
        Resend(**wanted),
        render=render,
        ids=IdFactory(),
        render_error=render_error,
    )
    return decoded(answer)


async def send_newest(database: Database, scope: AccountScope, endpoint: Endpoint) -> dict[str, Any]:
    answer = await webhooks_event_deliveries.send_newest(
        database, context_of(scope), endpoint.id, event_type=None, render=render, render_error=render_error
    )
    return decoded(answer)


def decoded(answer: Result) -> dict[str, Any]:
    reply: dict[str, Any] = msgspec.json.decode(answer.body)
    return reply


async def waiting(database: Database) -> set[tuple[str, str]]:
    """Return which endpoint waits for which event."""
    found = await rows(database, "SELECT endpoint, event FROM webhook_deliveries WHERE next_attempt_ms IS NOT NULL")
    return {(row["endpoint"], row["event"]) for row in found}


async def give_up(database: Database) -> None:
    await execute(database, "UPDATE webhook_deliveries SET next_attempt_ms = NULL, attempts = 3")


async def let_arrive(database: Database) -> None:
    """Let all that is owed arrive, as far as deliveries tell of it."""
    await execute(database, "DELETE FROM webhook_deliveries")


async def pending_of(database: Database, scope: AccountScope, event_id: str) -> int:
    event = await events_service.retrieve_event(database, scope, event_id)
    return (await webhooks_event_deliveries.count_pending(database, [event]))[0]


async def test_pages_by_number_meet_every_event_once_in_order(database: Database) -> None:
    made = await announce(database, STRANGER, 7)
    await announce(database, PLATFORM, 2)
    before = await events_service.list_after(database, STRANGER, 0, limit=3)
    assert before == events_service.NumberedPage([], has_more=False)
    await number(database)
    seen: list[tuple[int, str]] = []
    has_more = True
    while has_more:
        page = await events_service.list_after(database, STRANGER, seen[-1][0] if seen else 0, limit=3)
        seen += [(place, event.id) for place, event in page.items]
        has_more = page.has_more
    assert [place for place, _ in seen] == [1, 2, 3, 4, 5, 6, 7]
    assert {event_id for _, event_id in seen} == set(made)
    assert (
        await events_service.list_after(database, AccountScope(STRANGER.account, livemode=True), 0, limit=3) == before
    )


@pytest.mark.usefixtures("_accounts")
async def test_an_event_waits_for_each_endpoint_until_that_has_received_it(database: Database) -> None:
    [unheard] = await announce(database, STRANGER)
    await number(database)
    for _ in range(2):
        await add_endpoint(database, STRANGER)
    [heard] = await announce(database, STRANGER)
    assert await pending_of(database, STRANGER, heard) == 0
    await number(database)
    assert await pending_of(database, STRANGER, unheard) == 0
    assert await pending_of(database, STRANGER, heard) == 2
    await give_up(database)
    assert await pending_of(database, STRANGER, heard) == 2
    await let_arrive(database)
    assert await pending_of(database, STRANGER, heard) == 0


@pytest.mark.usefixtures("_accounts")
async def test_an_event_is_sent_again_to_all_that_ask_for_it(database: Database) -> None:
    own = await add_endpoint(database, CONNECTED)
    listening = await add_endpoint(database, PLATFORM, connect=True)
    await add_endpoint(database, CONNECTED, wants="topup.failed")
    await add_endpoint(database, CONNECTED, disabled=True)
    await add_endpoint(database, PLATFORM)
    [event] = await announce(database, CONNECTED)
    await number(database)
    await give_up(database)
    assert (await resend(database, CONNECTED, event))["pending_webhooks"] == 2
    assert await waiting(database) == {(own.id, event), (listening.id, event)}
    [fresh, _] = await rows(database, "SELECT attempts, next_attempt_ms FROM webhook_deliveries")
    assert fresh == {"attempts": 0, "next_attempt_ms": NOW_MS + 1000}


@pytest.mark.usefixtures("_accounts")
async def test_an_event_is_sent_again_to_one_endpoint_even_if_it_never_asked(database: Database) -> None:
    await add_endpoint(database, STRANGER)
    deaf = await add_endpoint(database, STRANGER, wants="topup.failed")
    [event] = await announce(database, STRANGER)
    await number(database)
    await let_arrive(database)
    assert (await resend(database, STRANGER, event, endpoint_id=deaf.id))["pending_webhooks"] == 1
    assert await waiting(database) == {(deaf.id, event)}


@pytest.mark.usefixtures("_accounts")
async def test_a_command_line_that_listens_gets_it_without_any_endpoint(database: Database) -> None:
    await add_endpoint(database, STRANGER)
    [event] = await announce(database, STRANGER)
    await number(database)
    await let_arrive(database)
    assert (await resend(database, STRANGER, event, only_listeners=True))["id"] == event
    assert await waiting(database) == set()


@pytest.mark.usefixtures("_accounts")
async def test_a_platform_sends_events_of_its_accounts_again_and_of_no_others(database: Database) -> None:
    listening = await add_endpoint(database, PLATFORM, connect=True)
    own = await add_endpoint(database, PLATFORM)
    [event] = await announce(database, CONNECTED)
    [foreign] = await announce(database, STRANGER)
    await number(database)
    await let_arrive(database)
    await resend(database, PLATFORM, event, account=CONNECTED.account, endpoint_id=listening.id)
    assert await waiting(database) == {(listening.id, event)}
    with pytest.raises(EndpointNotListeningError):
        await resend(database, PLATFORM, event, account=CONNECTED.account, endpoint_id=own.id)
    for account in (STRANGER.account, "acct_x"):
        with pytest.raises(ResourceMissingError, match=f"No such account: '{account}'"):
            await resend(database, PLATFORM, foreign, account=account)
    with pytest.raises(ResourceMissingError, match="No such notification"):
        await resend(database, PLATFORM, event)
    with pytest.raises(ResourceMissingError, match="No such account"):
        await resend(database, CONNECTED, event, account=PLATFORM.account)


@pytest.mark.usefixtures("_accounts")
async def test_nothing_is_sent_again_to_endpoints_that_are_disabled_or_foreign(database: Database) -> None:
    disabled = await add_endpoint(database, STRANGER, disabled=True)
    foreign = await add_endpoint(database, PLATFORM)
    [event] = await announce(database, STRANGER)
    await number(database)
    with pytest.raises(EndpointDisabledError):
        await resend(database, STRANGER, event, endpoint_id=disabled.id)
    with pytest.raises(ResourceMissingError, match="No such webhook endpoint"):
        await resend(database, STRANGER, event, endpoint_id=foreign.id)
    assert await waiting(database) == set()


@pytest.mark.usefixtures("_accounts")
async def test_a_test_sends_the_newest_event_that_the_endpoint_asks_for(database: Database) -> None:
    endpoint = await add_endpoint(database, STRANGER, wants="topup.created")
    with pytest.raises(NothingToSendError):
        await send_newest(database, STRANGER, endpoint)
    *_, newest = await announce(database, STRANGER, 3)
    await number(database)
    await let_arrive(database)
    assert (await send_newest(database, STRANGER, endpoint))["id"] == newest
    assert await waiting(database) == {(endpoint.id, newest)}
    listening = await add_endpoint(database, STRANGER, connect=True)
    with pytest.raises(EndpointNotListeningError):
        await send_newest(database, STRANGER, listening)


@pytest.mark.usefixtures("_accounts")
async def test_attempts_are_listed_newest_first_even_after_their_endpoint_is_gone(database: Database) -> None:
    endpoint = await add_endpoint(database, STRANGER)
    assert (await list_attempts(database, STRANGER, endpoint.id, PageRequest(), now_ms=NOW_MS)).items == []
    for place in range(5):
        await execute(
            database,
            "INSERT INTO webhook_attempts (account, livemode, id, endpoint, event_account, event, attempted_ms,"
            " duration_ms, outcome, http_status, request_headers, response_head, cause) VALUES ('acct_stranger', FALSE,"
            f" 'wa_{place}', '{endpoint.id}', 'acct_stranger', 'evt_1', 1000, 5, 'refused', 500, '{{}}', '\\xff41',"
            " 'schedule')",
        )
    async with database.connection() as conn:
        await webhooks.delete_endpoint(conn, endpoint)
    first = await list_attempts(database, STRANGER, endpoint.id, PageRequest(limit=3), now_ms=NOW_MS)
    assert ([each.id for each in first.items], first.has_more) == (["wa_4", "wa_3", "wa_2"], True)
    last = await list_attempts(
        database, STRANGER, endpoint.id, PageRequest(limit=3, starting_after="wa_2"), now_ms=NOW_MS
    )
    assert ([each.id for each in last.items], last.has_more) == (["wa_1", "wa_0"], False)
    with pytest.raises(ResourceMissingError):
        await list_attempts(database, PLATFORM, endpoint.id, PageRequest(), now_ms=NOW_MS)
