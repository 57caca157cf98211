import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from brim.api.framework.errors import render_error
from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core import webhooks
from brim.core.webhooks import NextAttempt, Recovery, RecoveryParameters
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks.deliveries import EndpointKey
from brim.core.webhooks.destinations import ping_destination
from brim.core.webhooks.endpoints import EndpointDisabledError, ResendInProgressError
from brim.core.webhooks.event_deliveries import list_deliveries
from brim.core.webhooks.rules import MOST_RECOVERED, RECOVERED_PER_S, SCHEDULE_S
from brim.core.webhooks.service import list_attempts, retrieve_health
from brim.platform.database import Database
from brim.testing.catcher import Caught, catching, status
from tests.support.accounts import context_of
from tests.support.books import NOW_MS, OWNER, execute, rows
from tests.support.hooks import Hooks, add_endpoint, add_events, attempts, states

SINCE = NOW_MS // 1000
INTERVAL_MS = 1000 // RECOVERED_PER_S
PLATFORM = AccountScope("acct_platform", livemode=False)


async def recover(
    database: Database, endpoint: EndpointKey, *, now_ms: int = NOW_MS, key: str | None = None, **wanted: Any
) -> Recovery:
    """Have sent what an endpoint has missed."""
    answer = await webhooks.recover_events(
        database,
        context_of(endpoint.scope.account, now_ms=now_ms, key=key),
        endpoint.id,
        RecoveryParameters(**{"since": SINCE, **wanted}),
        render=msgspec.json.encode,
        render_error=render_error,
        check=lambda _endpoint: None,
    )
    return msgspec.json.decode(answer.body, type=Recovery)


async def turn(database: Database, endpoint: EndpointKey, *, on: bool) -> None:
    """Turn an endpoint off or on."""
    reason, at_ms = (None, None) if on else ("owner", NOW_MS)
    await rows(
        database,
        "UPDATE webhook_endpoints SET disabled_because = $2, disabled_ms = $3, failing_since_ms = NULL WHERE id = $1",
        endpoint.id,
        reason,
        at_ms,
    )


async def give_up(database: Database) -> None:
    await execute(database, "UPDATE webhook_deliveries SET next_attempt_ms = NULL, leased_until_ms = NULL")


async def due(database: Database) -> Sequence[dict[str, Any]]:
    columns = "event, next_attempt_ms, attempts, cause"
    return await rows(database, f"SELECT {columns} FROM webhook_deliveries ORDER BY next_attempt_ms, event")


async def test_a_resend_to_a_failing_endpoint_goes_at_once_and_not_behind_what_waits(database: Database) -> None:
    """It used to stand behind a hundred others, of which one a minute was tried."""
    async with catching() as catcher:
        catcher.reply = status(500)
        endpoint = await add_endpoint(database, catcher.url)
        events = await add_events(database, 100)
        hooks = Hooks(database)
        await hooks.pass_time(0)
        for _ in range(12):  # until it is left alone for a minute
            await hooks.pass_time(61_000)
        before = len(catcher.caught)
        assert await hooks.pass_time(5_000) == 0  # it is left alone
        assert len(catcher.caught) == before
        async with database.connection() as conn:
            await deliveries.resend(conn, OWNER, events[-1], endpoint, now_ms=hooks.now_ms)
        assert await hooks.pass_time(1_000) == 1
        assert [caught.event_id for caught in catcher.caught[before:]] == [events[-1]]
    assert (await attempts(database, "cause"))[-1]["cause"] == "resend"


async def test_a_resend_does_not_wait_for_a_probe_that_hangs_nor_for_places_of_failing_endpoints(
    database: Database,
) -> None:
    answer = asyncio.Event()
    arrived: asyncio.Queue[str] = asyncio.Queue()

    async def hang(caught: Caught, writer: asyncio.StreamWriter) -> None:
        arrived.put_nowait(caught.event_id)
        await answer.wait()
        await status(200)(caught, writer)

    async with catching() as catcher:
        catcher.reply = hang
        endpoint = await add_endpoint(database, catcher.url)
        await execute(database, f"UPDATE webhook_endpoints SET failing_since_ms = {NOW_MS - 1}")
        events = await add_events(database, 3)
        hooks = Hooks(database, timeout_s=30.0, in_flight=1)
        await hooks.number()
        assert await hooks.deliverer.run_once() == 1
        probed = await arrived.get()
        [wanted] = [event for event in events if event != probed][:1]
        async with database.connection() as conn:
            await deliveries.resend(conn, OWNER, wanted, endpoint, now_ms=hooks.now_ms)
        hooks.now_ms += 1_000
        assert await hooks.deliverer.run_once() == 1
        assert await arrived.get() == wanted  # while the probe has no answer yet
        assert await hooks.deliverer.run_once() == 0  # and nothing else goes there
        answer.set()
        await hooks.deliverer.finish()
        await hooks.pass_time(1_000)
    assert await states(database) == {"delivered": 3}


async def test_resends_that_somebody_asks_for_by_the_hundred_go_few_at_a_time_and_all_arrive(
    database: Database,
) -> None:
    flying = most = 0

    async def reply(caught: Caught, writer: asyncio.StreamWriter) -> None:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await status(200)(caught, writer)
        flying -= 1

    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        events = await add_events(database, 100)
        hooks = Hooks(database)
        await hooks.number()
        await give_up(database)
        catcher.reply = reply
        async with database.connection() as conn:
            for event in events:
                await deliveries.resend(conn, OWNER, event, endpoint, now_ms=hooks.now_ms)
        await hooks.pass_time(1_000)
    assert await states(database) == {"delivered": 100}
    assert len(catcher.caught) == 100
    assert most <= 8 + 4


async def test_what_was_given_up_and_what_was_never_addressed_is_sent_spread_over_time(
    each_database: Database,
) -> None:
    database = each_database
    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        hooks = Hooks(database)
        received = await add_events(database, 2)
        await hooks.pass_time(0)
        given_up = await add_events(database, 2)
        await hooks.number()
        await give_up(database)
        await turn(database, endpoint, on=False)
        unaddressed = await add_events(database, 2)
        await hooks.number()
        with pytest.raises(EndpointDisabledError):
            await recover(database, endpoint)
        await turn(database, endpoint, on=True)
        done = await recover(database, endpoint)
        assert done == Recovery(queued=4, last_ms=NOW_MS + 3 * INTERVAL_MS, after=None)
        planned = [(event, NOW_MS + i * INTERVAL_MS) for i, event in enumerate([*given_up, *unaddressed])]
        assert [(row["event"], row["next_attempt_ms"]) for row in await due(database)] == planned
        again = await recover(database, endpoint)
        assert (again.queued, again.after) == (0, None)
        assert [(row["event"], row["next_attempt_ms"]) for row in await due(database)] == planned
        await hooks.pass_time(1_000)
        assert (await recover(database, endpoint)).queued == 0
        everything = await recover(database, endpoint, now_ms=hooks.now_ms, with_received=True)
        assert everything.queued == 6
        await hooks.pass_time(1_000)
    sent = Counter(caught.event_id for caught in catcher.caught)
    assert sent == dict.fromkeys((*received, *given_up, *unaddressed), 2)
    assert [row["cause"] for row in await attempts(database, "cause")] == ["schedule"] * 2 + ["recovery"] * 10


async def test_a_retry_that_is_hours_away_is_tried_soon_and_keeps_its_count(database: Database) -> None:
    async with catching() as catcher:
        catcher.reply = status(500)
        endpoint = await add_endpoint(database, catcher.url)
        await add_events(database, 1)
        hooks = Hooks(database)
        for wait_s in (0, *SCHEDULE_S[:4]):
            await hooks.pass_time(wait_s * 1000)
        [row] = await due(database)
        assert (row["attempts"], row["next_attempt_ms"]) == (5, hooks.now_ms + SCHEDULE_S[4] * 1000)
        assert (await recover(database, endpoint, now_ms=hooks.now_ms)).queued == 1
        [row] = await due(database)
        assert (row["attempts"], row["next_attempt_ms"], row["cause"]) == (5, hooks.now_ms, "recovery")
        catcher.reply = status(200)
        await hooks.pass_time(2_000)  # it is left alone for a second after five failures
    assert await states(database) == {"delivered": 1}


async def test_what_is_under_way_is_left_alone_and_not_sent_twice(database: Database) -> None:
    answer, arrived = asyncio.Event(), asyncio.Event()

    async def hang(caught: Caught, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await answer.wait()
        await status(200)(caught, writer)

    async with catching() as catcher:
        catcher.reply = hang
        endpoint = await add_endpoint(database, catcher.url)
        await add_events(database, 1)
        hooks = Hooks(database, timeout_s=30.0)
        await hooks.number()
        await hooks.deliverer.run_once()
        await arrived.wait()
        assert (await recover(database, endpoint, now_ms=hooks.now_ms + 1)).queued == 0
        answer.set()
        await hooks.deliverer.finish()
        assert (await recover(database, endpoint, now_ms=hooks.now_ms + 1)).queued == 0
        await hooks.pass_time(1_000)
    assert len(catcher.caught) == 1


async def test_two_requests_at_once_queue_each_event_once(database: Database) -> None:
    endpoint = await add_endpoint(database, "http://127.0.0.1:9/hooks")
    await turn(database, endpoint, on=False)
    await add_events(database, 300)
    await Hooks(database).number()
    await turn(database, endpoint, on=True)
    both = await asyncio.gather(*(recover(database, endpoint) for _ in range(4)), return_exceptions=True)
    assert {type(each) for each in both} <= {Recovery, ResendInProgressError}
    assert sum(each.queued for each in both if isinstance(each, Recovery)) == 300
    assert len(await due(database)) == 300


async def test_a_request_beside_another_is_refused_at_once_and_holds_no_connection(database: Database) -> None:
    endpoint = await add_endpoint(database, "http://127.0.0.1:9/hooks")
    async with database.transaction() as conn:
        assert await deliveries.hold_recovery(conn, endpoint)
        with pytest.raises(ResendInProgressError):
            await recover(database, endpoint)
    assert (await recover(database, endpoint)).queued == 0


@pytest.mark.parametrize("connect", [False, True])
async def test_a_cursor_leads_to_no_other_accounts_events(database: Database, *, connect: bool) -> None:
    """Anybody can write one: events of a stranger are not sent."""
    await execute(database, "INSERT INTO accounts (account, platform, created) VALUES ('acct_c', 'acct_other', 0)")
    endpoint = await add_endpoint(database, "http://127.0.0.1:9/hooks", scope=PLATFORM, connect=connect)
    for account in ("acct_c", "acct_other"):
        await add_events(database, 1, scope=AccountScope(account, livemode=False))
    await Hooks(database).number()
    for account in ("acct_c", "acct_other", "acct_none"):
        with pytest.raises(ResourceMissingError):
            await recover(database, endpoint, after=(account, "evt_"))
    assert await due(database) == []


async def test_a_ping_of_another_destination_is_not_among_what_was_missed(database: Database) -> None:
    one, other = [await add_endpoint(database, "http://127.0.0.1:9/hooks") for _ in range(2)]
    await ping_destination(
        database,
        context_of(OWNER.account, now_ms=NOW_MS),
        one.id,
        ids=IdFactory(),
        renderers=WIRE_FORMATS,
        render_error=render_error,
    )
    assert (await recover(database, other)).queued == 0


async def test_a_request_that_has_nearly_done_its_part_does_not_go_on_event_by_event(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def count(*arguments: Any, **wanted: Any) -> deliveries.Recovered:
        nonlocal looks
        looks += 1
        return await step(*arguments, **wanted)

    step = deliveries.recover
    monkeypatch.setattr(deliveries, "recover", count)
    for name, most in (("_SEEN_AT_ONCE", 10), ("_FEWEST_AT_ONCE", 5), ("MOST_RECOVERED", 10)):
        monkeypatch.setattr(f"brim.core.webhooks.recovery.{name}", most)
    endpoint = await add_endpoint(database, "http://127.0.0.1:9/hooks")
    events = await add_events(database, 60)
    await Hooks(database).number()
    received = f"id = '{events[0]}' OR id > '{events[9]}'"
    await execute(  # nine of the first ten were given up, all the others have arrived
        database,
        "UPDATE webhook_deliveries SET next_attempt_ms = NULL",
        f"DELETE FROM webhook_deliveries WHERE event IN (SELECT id FROM events WHERE {received})",
        "INSERT INTO webhook_attempts (account, livemode, id, endpoint, event_account, event,"
        " attempted_ms, duration_ms, outcome, http_status, request_headers, response_head, cause)"
        f" SELECT account, livemode, 'wa_' || id, '{endpoint.id}', account, id, 0, 0, 'delivered', 200, '{{}}', '',"
        f" 'schedule' FROM events WHERE {received}",
    )
    done = await recover(database, endpoint)
    assert (done.queued, done.after, looks) == (9, (OWNER.account, events[9]), 1)


async def test_a_request_ends_at_its_bound_and_the_next_one_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brim.core.webhooks.recovery.MOST_RECOVERED", 4)
    endpoint = await add_endpoint(database, "http://127.0.0.1:9/hooks")
    await turn(database, endpoint, on=False)
    events = await add_events(database, 10)
    await Hooks(database).number()
    await turn(database, endpoint, on=True)
    queued, after, asked = [], None, 0
    while asked == 0 or after is not None:
        done = await recover(database, endpoint, after=after)
        queued.append(done.queued)
        after, asked = done.after, asked + 1
    assert queued == [4, 4, 2]
    planned = [(event, NOW_MS + i * INTERVAL_MS) for i, event in enumerate(events)]  # one after the other, not at once
    assert [(row["event"], row["next_attempt_ms"]) for row in await due(database)] == planned
    assert MOST_RECOVERED == 10_000


async def test_only_what_the_endpoint_asks_for_since_the_time_and_of_its_accounts_is_sent(database: Database) -> None:
    await execute(
        database,
        "INSERT INTO accounts (account, platform, created) VALUES ('acct_a', 'acct_platform', 0),"
        " ('acct_b', 'acct_platform', 0), ('acct_c', 'acct_other', 0)",
    )
    endpoint = await add_endpoint(
        database, "http://127.0.0.1:9/hooks", scope=PLATFORM, connect=True, enabled_events=("topup.failed",)
    )
    await turn(database, endpoint, on=False)
    wanted = []
    for account in ("acct_a", "acct_b", "acct_c"):
        scope = AccountScope(account, livemode=False)
        await add_events(database, 1, scope=scope)
        wanted += await add_events(database, 1, scope=scope, kind="topup.failed")
    await add_events(database, 1, scope=PLATFORM, kind="topup.failed")
    await Hooks(database).number()
    await turn(database, endpoint, on=True)
    assert (await recover(database, endpoint, since=SINCE + 60)).queued == 0
    assert (await recover(database, endpoint)).queued == 2
    assert [row["event"] for row in await due(database)] == wanted[:2]


async def test_no_time_is_named_that_could_pass_unmet(database: Database) -> None:
    async def plans() -> list[tuple[NextAttempt | None, int | None]]:
        found = [
            each
            for event in events
            for each in await list_deliveries(database, OWNER, event, viewers=[OWNER.account], now_ms=hooks.now_ms)
        ]
        return [(each.plan, each.next_attempt_ms) for each in found]

    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        events = await add_events(database, 2)
        hooks = Hooks(database)
        await hooks.number()
        assert await plans() == [(NextAttempt.NOW, None)] * 2
        catcher.reply = status(500)
        for _ in range(12):
            await hooks.pass_time(61_000)
        named = {plan for plan, _ in await plans()}
        assert NextAttempt.QUEUED in named or named == {NextAttempt.SCHEDULED}
        for _ in range(40):  # what is named is met, to the second in which the worker looks
            health = await retrieve_health(database, OWNER, endpoint.id, now_ms=hooks.now_ms)
            if health.next_ms is None:
                break
            before = len(catcher.caught)
            if health.next_ms > hooks.now_ms:
                assert await hooks.pass_time(max(health.next_ms - hooks.now_ms, 0)) + await hooks.pass_time(1_000) >= 1
            else:
                await hooks.pass_time(1_000)
            assert len(catcher.caught) > before
    assert await states(database) == {"failed": 2}


async def test_health_and_the_list_of_failures_tell_how_an_endpoint_does(database: Database) -> None:
    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        hooks = Hooks(database)
        await add_events(database, 3)
        await hooks.pass_time(0)
        catcher.reply = status(500)
        [missed] = await add_events(database, 1, kind="topup.failed")
        await hooks.pass_time(1_000)
        health = await retrieve_health(database, OWNER, endpoint.id, now_ms=hooks.now_ms)
        assert (health.attempts, health.delivered, health.pending, health.failed) == (4, 3, 1, 0)
        assert health.median_ms is not None
        assert health.most_ms is not None
        assert health.median_ms <= health.most_ms
        assert health.next_ms == hooks.now_ms + SCHEDULE_S[0] * 1000
        page = await list_attempts(database, OWNER, endpoint.id, PageRequest(), only_failed=True, now_ms=hooks.now_ms)
        assert [(each.event, each.event_type, each.answer.http_status) for each in page.items] == [
            (missed, "topup.failed", 500)
        ]
        late = await retrieve_health(database, OWNER, endpoint.id, now_ms=hooks.now_ms + 300_000)
        assert (health.is_overdue, late.is_overdue) == (False, True)  # no worker has looked meanwhile
        await give_up(database)
        gone = await retrieve_health(database, OWNER, endpoint.id, now_ms=hooks.now_ms + 2 * 86_400_000)
        assert (gone.attempts, gone.median_ms, gone.failed, gone.next_ms) == (0, None, 1, None)
        assert not gone.is_overdue


async def test_a_resend_whose_worker_dies_is_sent_again_when_its_lease_is_over(database: Database) -> None:
    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        [event] = await add_events(database, 1)
        hooks = Hooks(database)
        await hooks.pass_time(0)
        async with database.connection() as conn:
            await deliveries.resend(conn, OWNER, event, endpoint, now_ms=hooks.now_ms)
            claimed = await deliveries.claim_deliveries(
                conn,
                [(endpoint, 4)],
                now_ms=hooks.now_ms,
                leased_until_ms=hooks.now_ms + 80_000,
                only_wanted_now=True,
            )
        assert [each.event.id for each in claimed.deliveries] == [event]
        assert await hooks.pass_time(79_000) == 0
        assert await hooks.pass_time(2_000) == 1
    assert [caught.event_id for caught in catcher.caught] == [event, event]
    assert await states(database) == {"delivered": 1}
