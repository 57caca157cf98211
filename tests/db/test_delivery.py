import asyncio
import random
from collections import Counter

import msgspec
import pytest
import stripe

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks import event_deliveries as webhooks_event_deliveries
from brim.core.webhooks.deliveries import Attempt, EndpointKey
from brim.core.webhooks.delivery import claim, record
from brim.core.webhooks.endpoints import secret_place
from brim.core.webhooks.rules import SCHEDULE_S
from brim.platform.database import Database
from brim.testing.catcher import Catcher, Caught, catching, status
from tests.support.books import NOW_MS, OWNER, execute, rows
from tests.support.hooks import (
    IDS,
    SECRET,
    VAULT,
    Hooks,
    add_endpoint,
    add_events,
    attempts,
    insert_endpoint,
    new_endpoint,
    states,
)
from tests.support.waiting import until_somebody_waits

HOUR_MS = 3_600_000
OUT_OF_ORDER = status(500)
_END_THOSE_WHO_WAIT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def verify(caught: Caught, secret: str = SECRET, *, tolerance: int = 100 * 365 * 24 * 3600) -> stripe.Event:
    """Return the event as the official SDK reads it, its signature verified; tests live in the past."""
    signature = caught.headers["stripe-signature"]
    event: stripe.Event = stripe.Webhook.construct_event(caught.body, signature, secret, tolerance)
    return event


async def test_an_event_arrives_signed_and_is_written_down(each_database: Database) -> None:
    async with catching() as catcher:
        endpoint = await add_endpoint(each_database, catcher.url + "?a=b", rendered_version="2025-01-01.acacia")
        [event] = await add_events(each_database, 1)
        assert await Hooks(each_database).pass_time(0) == 1
    [caught] = catcher.caught
    assert caught.path == "/hooks?a=b"
    assert caught.headers["content-type"] == "application/json; charset=utf-8"
    assert caught.headers["user-agent"] == "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
    assert caught.headers["brim-sequence"] == "1"
    assert caught.headers["host"] == f"127.0.0.1:{catcher.port}"
    read = verify(caught)
    assert (read.id, read.pending_webhooks, read.api_version) == (event, 1, "2025-01-01.acacia")
    assert "account" not in msgspec.json.decode(caught.body)
    [row] = await attempts(each_database, "*")
    assert (row["endpoint"], row["event"], row["outcome"], row["http_status"]) == (endpoint.id, event, "delivered", 200)
    assert (row["response_head"], row["cause"], row["attempted_ms"]) == (b"ok", "schedule", NOW_MS)
    assert msgspec.json.decode(row["request_headers"])["Stripe-Signature"] == caught.headers["stripe-signature"]
    assert await states(each_database) == {"delivered": 1}


async def test_a_platform_reads_whose_event_it_is(database: Database) -> None:
    await execute(
        database, "INSERT INTO accounts (account, platform, created) VALUES ('acct_books', 'acct_platform', 0)"
    )
    async with catching() as catcher:
        await add_endpoint(database, catcher.url, scope=AccountScope("acct_platform", livemode=False), connect=True)
        await add_events(database, 1)
        await Hooks(database).pass_time(0)
    assert verify(catcher.caught[0])["account"] == OWNER.account


async def test_any_byte_changed_is_noticed_by_the_official_sdk(database: Database) -> None:
    async with catching() as catcher:
        await add_endpoint(database, catcher.url)
        await add_events(database, 1)
        await Hooks(database).pass_time(0)
    [caught] = catcher.caught
    for position in range(0, len(caught.body), 7):
        changed = bytearray(caught.body)
        changed[position] ^= 1
        with pytest.raises((stripe.SignatureVerificationError, UnicodeDecodeError)):
            verify(Caught(caught.path, caught.headers, bytes(changed)))
    with pytest.raises(stripe.SignatureVerificationError):
        verify(caught, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        verify(caught, tolerance=300)  # it was signed in the time of the test


async def test_two_secrets_sign_until_the_second_in_which_the_old_one_ends(database: Database) -> None:
    async with catching() as catcher:
        fresh = new_endpoint(catcher.url)
        old = VAULT.seal(b"whsec_old", place=secret_place(fresh.scope, fresh.id))
        ends_ms = NOW_MS + 5_000
        await insert_endpoint(database, msgspec.structs.replace(fresh, old_secret=old, old_secret_until_ms=ends_ms))
        hooks = Hooks(database)
        for _ in range(2):
            await add_events(database, 1)
            await hooks.pass_time(ends_ms - 1 - hooks.now_ms)
            hooks.now_ms = ends_ms
            ends_ms += 1
    during, after = catcher.caught
    assert verify(during).id
    assert verify(during, "whsec_old").id
    assert verify(after).id
    with pytest.raises(stripe.SignatureVerificationError):
        verify(after, "whsec_old")


@pytest.mark.parametrize("idle_hours", [0, 100])
async def test_retries_follow_the_schedule_and_end_in_failure(database: Database, idle_hours: int) -> None:
    """However long no worker ran before the first attempt."""
    async with catching() as catcher:
        catcher.reply = OUT_OF_ORDER
        await add_endpoint(database, catcher.url)
        await add_events(database, 1)
        hooks = Hooks(database)
        assert await hooks.pass_time(idle_hours * HOUR_MS) == 1
        for wait_s in SCHEDULE_S:
            assert await hooks.pass_time(wait_s * 1000 - 1_001) == 0
            assert await hooks.pass_time(1_001) == 1
        assert await hooks.pass_time(100 * HOUR_MS) == 0
    assert await states(database) == {"failed": 1}
    assert len({caught.event_id for caught in catcher.caught}) == 1
    assert len({caught.body for caught in catcher.caught}) == 1
    assert len(catcher.caught) == len(SCHEDULE_S) + 1
    timestamps = {caught.headers["stripe-signature"].split(",")[0] for caught in catcher.caught}
    assert len(timestamps) == len(catcher.caught)


async def test_pending_webhooks_counts_down_over_the_endpoints_that_have_not_received_it(database: Database) -> None:
    async with catching() as well, catching() as unwell:
        unwell.reply = OUT_OF_ORDER
        await add_endpoint(database, unwell.url)
        await add_endpoint(database, well.url)
        [event] = await add_events(database, 1)
        hooks = Hooks(database)
        await hooks.pass_time(0)
        await hooks.pass_time(5_000)
    assert verify(unwell.caught[0]).pending_webhooks == 2
    assert verify(unwell.caught[1]).pending_webhooks == 1
    async with database.connection() as conn:
        assert await deliveries.count_undelivered(conn, [(OWNER, "evt_x"), (OWNER, event)]) == [0, 1]


async def test_an_endpoint_that_only_fails_for_three_days_is_turned_off_and_its_deliveries_stop(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with catching() as catcher:
        catcher.reply = OUT_OF_ORDER
        await add_endpoint(database, catcher.url)
        hooks = Hooks(database)
        for _ in range(73):
            await add_events(database, 1)
            await hooks.pass_time(HOUR_MS)
        [row] = await rows(database, "SELECT failing_since_ms, disabled_because FROM webhook_endpoints")
        assert row == {"failing_since_ms": NOW_MS + HOUR_MS, "disabled_because": "failures"}
        assert "webhook endpoint disabled" in capsys.readouterr().out
        told = "SELECT action, actor_kind, actor_name, before::text, after::text FROM audit_log"
        assert await rows(database, told) == [
            {
                "action": "webhook_endpoint.disabled",
                "actor_kind": "job",
                "actor_name": "deliver",
                "before": '{"disabled_because": null}',
                "after": '{"disabled_because": "failures"}',
            }
        ]
        made = len(catcher.caught)
        await hooks.pass_time(HOUR_MS)
        await add_events(database, 1)
        await hooks.pass_time(20 * HOUR_MS)
    assert len(catcher.caught) == made
    assert set(await states(database)) == {"failed"}


async def test_one_success_ends_a_row_of_failures(database: Database) -> None:
    async with catching() as catcher:
        catcher.reply = OUT_OF_ORDER
        await add_endpoint(database, catcher.url)
        await add_events(database, 1)
        hooks = Hooks(database)
        await hooks.pass_time(0)
        [row] = await rows(database, "SELECT failing_since_ms FROM webhook_endpoints")
        assert row["failing_since_ms"] == NOW_MS
        catcher.reply = status(204, b"")
        await hooks.pass_time(5_000)
        [row] = await rows(database, "SELECT failing_since_ms FROM webhook_endpoints")
        assert row["failing_since_ms"] is None


async def _fail_unrecorded(database: Database, catcher: Catcher) -> tuple[Hooks, Attempt]:
    """Let an attempt at a new endpoint fail, and return it as whoever made it knows it: nothing is written yet."""
    catcher.reply = OUT_OF_ORDER
    endpoint = await add_endpoint(database, catcher.url)
    await add_events(database, 1)
    hooks = Hooks(database)
    await hooks.number()
    claimed = await claim(database, [(endpoint, 1)], now_ms=NOW_MS, timeout_s=2.0)
    return hooks, await hooks.sender.attempt(claimed.deliveries[0])


async def test_a_failure_that_is_recorded_after_its_lease_has_passed_says_nothing_of_the_endpoint(
    database: Database,
) -> None:
    """A worker stood still amid an attempt, and another one delivered the event meanwhile.

    The endpoint was then taken to have failed since the first attempt, and turned off by its next failure three days
    later, with all that it was still owed; the simulation found it (seed 8).
    """
    async with catching() as catcher:
        hooks, late = await _fail_unrecorded(database, catcher)
        catcher.reply = status(200)
        assert await hooks.pass_time(63_000) == 1
    await record(database, [late], ids=IDS, now_ms=hooks.now_ms, renderers=WIRE_FORMATS)
    [row] = await rows(database, "SELECT failing_since_ms FROM webhook_endpoints")
    assert row["failing_since_ms"] is None
    assert [row["outcome"] for row in await attempts(database, "outcome")] == ["refused", "delivered"]


async def test_a_worker_that_stood_still_for_days_amid_an_attempt_does_not_turn_the_endpoint_off(
    database: Database,
) -> None:
    """Its failure was written as of days ago, so that the next one seemed to end three days of failures.

    The simulation found it (seed 119).
    """
    async with catching() as catcher:
        hooks, late = await _fail_unrecorded(database, catcher)
        hooks.now_ms += 80 * 3600 * 1000
        await record(database, [late], ids=IDS, now_ms=hooks.now_ms, renderers=WIRE_FORMATS)
        assert await hooks.pass_time(63_000) == 1
    [row] = await rows(database, "SELECT failing_since_ms, disabled_because FROM webhook_endpoints")
    assert (row["failing_since_ms"], row["disabled_because"]) == (hooks.now_ms - 63_000, None)


async def test_an_endpoint_that_fails_is_probed_by_one_and_not_hammered(database: Database) -> None:
    async with catching() as catcher:
        catcher.reply = OUT_OF_ORDER
        await add_endpoint(database, catcher.url)
        await add_events(database, 500)
        hooks = Hooks(database)
        await hooks.pass_time(0)
        assert len(catcher.caught) == 5
        for _ in range(60):
            await hooks.pass_time(60_000)
        assert 60 <= len(catcher.caught) - 5 <= 66  # one a minute, and the shorter pauses at first
        catcher.reply = status(200)
        await hooks.pass_time(60_000)
        assert (await states(database)) == {"delivered": 500}


async def test_deliveries_of_endpoints_that_are_gone_or_turned_off_are_given_up(database: Database) -> None:
    async with catching() as catcher:
        gone, off = await add_endpoint(database, catcher.url), await add_endpoint(database, catcher.url)
        await add_events(database, 3)
        hooks = Hooks(database)
        await hooks.number()
        await execute(
            database,
            f"DELETE FROM webhook_endpoints WHERE id = '{gone.id}'",
            f"UPDATE webhook_endpoints SET disabled_because = 'owner' WHERE id = '{off.id}'",
        )
        await hooks.pass_time(1_000)
    assert catcher.caught == []
    assert await states(database) == {"failed": 6}


async def test_who_dies_between_the_answer_and_the_commit_leaves_it_to_be_sent_again(
    database: Database, service_url: str
) -> None:
    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        [event] = await add_events(database, 1)
        died = Hooks(database)
        await died.number()
        async with database.transaction() as conn:  # whoever writes results has to wait for this
            await conn.execute("SELECT FROM webhook_endpoints WHERE id = $1 FOR UPDATE", endpoint.id)
            await conn.execute("LOCK TABLE webhook_attempts IN EXCLUSIVE MODE")
            assert await died.deliverer.run_once() == 1
            await catcher.wait_for(1)
            await died.deliverer.finish(within_s=0)
            await until_somebody_waits(service_url)
            await conn.execute(_END_THOSE_WHO_WAIT)  # as a crash would
        assert await states(database) == {"pending": 1}
        successor = Hooks(database)
        assert await successor.pass_time(61_000) == 0  # the lease is two seconds, and a minute more
        assert await successor.pass_time(1_000) == 1
    assert [caught.event_id for caught in catcher.caught] == [event, event]
    assert catcher.caught[0].body == catcher.caught[1].body
    assert await states(database) == {"delivered": 1}


async def test_a_late_failure_does_not_touch_what_another_worker_has_in_hand(database: Database) -> None:
    passed_on = asyncio.Event()

    async def reply(caught: Caught, writer: asyncio.StreamWriter) -> None:
        await passed_on.wait()
        await OUT_OF_ORDER(caught, writer)

    async with catching() as catcher:
        catcher.reply = reply
        await add_endpoint(database, catcher.url)
        await add_events(database, 1)
        hooks = Hooks(database)
        await hooks.number()
        await hooks.deliverer.run_once()
        await catcher.wait_for(1)
        await execute(database, "UPDATE webhook_deliveries SET leased_until_ms = 1")  # somebody else's by now
        passed_on.set()
        await hooks.deliverer.finish()
    [row] = await rows(
        database, "SELECT attempts, next_attempt_ms IS NOT NULL AS waits, leased_until_ms FROM webhook_deliveries"
    )
    assert row == {"attempts": 0, "waits": True, "leased_until_ms": 1}
    assert len(await attempts(database)) == 1


@pytest.mark.parametrize("answer", [200, 503])
async def test_a_resend_asked_for_while_an_attempt_is_under_way_is_another_attempt(
    database: Database, answer: int
) -> None:
    asked = asyncio.Event()

    async def reply(caught: Caught, writer: asyncio.StreamWriter) -> None:
        await asked.wait()
        await status(answer)(caught, writer)

    async with catching() as catcher:
        catcher.reply = reply
        endpoint = await add_endpoint(database, catcher.url)
        [event] = await add_events(database, 1)
        hooks = Hooks(database)
        await hooks.number()
        await hooks.deliverer.run_once()
        await catcher.wait_for(1)
        async with database.connection() as conn:  # in the very millisecond in which it was addressed first
            assert await deliveries.resend(conn, OWNER, event, endpoint, now_ms=hooks.now_ms)
        catcher.reply = status(200)
        asked.set()
        await hooks.deliverer.finish()
        assert await states(database) == {"pending": 1}
        await hooks.pass_time(1_000)
    assert [caught.event_id for caught in catcher.caught] == [event, event]
    assert await states(database) == {"delivered": 1}
    assert [row["cause"] for row in await attempts(database, "cause")] == ["schedule", "resend"]


async def test_where_a_delivery_stands_is_told_from_beginning_to_end(each_database: Database) -> None:
    async def standing() -> tuple[str, int, int, int | None]:
        [found] = await webhooks_event_deliveries.list_deliveries(
            each_database, OWNER, event, viewers=[OWNER.account], now_ms=hooks.now_ms
        )
        assert (found.endpoint, found.event, found.url) == (endpoint, event, catcher.url)
        return found.state.value, found.attempts, found.created_ms, found.next_attempt_ms

    hooks = Hooks(each_database)
    async with catching() as catcher:
        endpoint = await add_endpoint(each_database, catcher.url)
        [event] = await add_events(each_database, 1)
        await hooks.number()
        assert await standing() == ("pending", 0, NOW_MS, None)
        catcher.reply = OUT_OF_ORDER
        await hooks.deliver()
        tried_again_ms = NOW_MS + SCHEDULE_S[0] * 1000
        assert await standing() == ("pending", 1, NOW_MS, tried_again_ms)
        catcher.reply = status(200)
        await hooks.pass_time(SCHEDULE_S[0] * 1000)
        assert await standing() == ("delivered", 2, NOW_MS, None)
        resent_ms = tried_again_ms + 1
        async with each_database.connection() as conn:
            assert await deliveries.resend(conn, OWNER, event, endpoint, now_ms=resent_ms)
        assert await standing() == ("pending", 0, resent_ms, resent_ms)
        hooks.now_ms = resent_ms
        assert await standing() == ("pending", 0, resent_ms, None)  # now: no time that would pass
        await execute(each_database, "UPDATE webhook_deliveries SET next_attempt_ms = NULL")
        assert await standing() == ("failed", 0, resent_ms, None)


async def test_a_thousand_events_reach_an_endpoint_that_fails_at_random(database: Database) -> None:
    """Every event arrives, none before its time: an attempt follows a failed one after what the schedule says."""
    chance = random.Random(7)

    async def reply(caught: Caught, writer: asyncio.StreamWriter) -> None:
        await (status(200) if chance.random() < 0.6 else OUT_OF_ORDER)(caught, writer)

    async with catching() as catcher:
        catcher.reply = reply
        await add_endpoint(database, catcher.url)
        events = await add_events(database, 1_000)
        hooks = Hooks(database)
        await hooks.number()
        while True:
            [row] = await rows(database, "SELECT min(next_attempt_ms) AS due FROM webhook_deliveries")
            if row["due"] is None:
                break
            await hooks.pass_time(max(row["due"] - hooks.now_ms, 1_000))
    assert set(Counter(caught.event_id for caught in catcher.caught)) == set(events)
    assert await states(database) == {"delivered": 1_000}
    made: dict[str, list[int]] = {}
    for row in await attempts(database, "event, attempted_ms"):
        made.setdefault(row["event"], []).append(row["attempted_ms"])
    lateness = [
        later - earlier - wait_s * 1000
        for times in made.values()
        for earlier, later, wait_s in zip(times, times[1:], SCHEDULE_S, strict=False)
    ]
    assert min(lateness) == 0
    assert max(lateness) <= 61_000  # the longest rest of an endpoint that fails, and a step of this clock


async def test_endpoints_take_turns_so_that_a_long_queue_holds_nobody_up(database: Database) -> None:
    async with catching() as busy, catching() as lone:
        await add_endpoint(database, busy.url)
        await add_events(database, 2_000)
        hooks = Hooks(database, in_flight=16)
        await hooks.number()
        await add_endpoint(database, lone.url, scope=AccountScope("acct_lone", livemode=False))
        await add_events(database, 1, scope=AccountScope("acct_lone", livemode=False))
        await hooks.number()
        for _ in range(3):
            await hooks.deliverer.run_once()
            await hooks.deliverer.finish()
        assert len(lone.caught) == 1
        assert len(busy.caught) < 30


async def test_dead_endpoints_leave_places_to_those_that_are_well(database: Database) -> None:
    async def never(_caught: Caught, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with catching() as dead, catching() as well:
        dead.reply = never
        hooks = Hooks(database, in_flight=8, timeout_s=20.0)
        await add_endpoint(database, well.url)
        await add_events(database, 1)
        await hooks.pass_time(0)
        for number in range(30):
            scope = AccountScope(f"acct_{number}", livemode=False)
            await add_endpoint(database, dead.url, scope=scope)
            await add_events(database, 3, scope=scope)
        await hooks.number()
        await hooks.deliverer.run_once()
        await dead.wait_for(2)  # a quarter of the places, which is for new endpoints
        await add_events(database, 1)
        await hooks.number()
        await hooks.deliverer.run_once()
        await well.wait_for(2)
        await hooks.deliverer.finish(within_s=0)
    assert len(dead.caught) == 2


async def test_an_event_is_sent_again_when_asked_for(database: Database) -> None:
    async with catching() as catcher:
        endpoint = await add_endpoint(database, catcher.url)
        [event] = await add_events(database, 1)
        hooks = Hooks(database)
        async with database.connection() as conn:
            assert not await deliveries.resend(conn, OWNER, event, endpoint, now_ms=hooks.now_ms)
        await hooks.pass_time(0)
        later = await add_endpoint(database, catcher.url)
        async with database.connection() as conn:
            for key in (endpoint, later):
                assert await deliveries.resend(conn, OWNER, event, key, now_ms=hooks.now_ms)
        await hooks.pass_time(1_000)
        assert [caught.event_id for caught in catcher.caught] == [event] * 3
        assert [row["cause"] for row in await attempts(database, "cause")] == ["schedule", "resend", "resend"]
        async with database.connection() as conn:
            first, second = await deliveries.list_endpoint_attempts(conn, endpoint, limit=10)
            assert (first.cause, second.cause, first.answer.http_status) == ("resend", "schedule", 200)
            assert await deliveries.list_endpoint_attempts(conn, endpoint, before=first.id, limit=10) == [second]
            assert len(await deliveries.list_event_attempts(conn, OWNER, event, viewers=[OWNER.account], limit=2)) == 2
            assert await deliveries.list_endpoint_attempts(conn, EndpointKey(OWNER, "we_x"), limit=9) == []


async def test_without_the_key_to_its_secret_nothing_is_sent_and_the_event_waits(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with catching() as catcher:
        endpoint = msgspec.structs.replace(new_endpoint(catcher.url), secret=b"gAAAAA-not-ours")
        await insert_endpoint(database, endpoint)
        await add_events(database, 1)
        await Hooks(database).pass_time(0)
    assert catcher.caught == []
    assert await states(database) == {"pending": 1}
    assert "BRIM_ENCRYPTION_KEY" in capsys.readouterr().out


async def test_two_workers_share_the_work_and_send_nothing_twice(database: Database) -> None:
    async with catching() as catcher:
        for number in range(5):
            await add_endpoint(database, catcher.url, scope=AccountScope(f"acct_{number}", livemode=False))
            await add_events(database, 100, scope=AccountScope(f"acct_{number}", livemode=False))
        workers = [Hooks(database), Hooks(database)]
        await workers[0].number()
        while "pending" in await states(database):
            await asyncio.gather(*[worker.pass_time(1_000) for worker in workers])
    assert len(catcher.caught) == 500
    assert len({caught.event_id for caught in catcher.caught}) == 500
