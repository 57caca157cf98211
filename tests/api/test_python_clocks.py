"""Test clocks, forced outcomes and the reasons of a date, through the official Python SDK and raw requests."""

import json
import re
from functools import partial
from typing import Any

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient
from stripe.test_helpers import TestClock

from brim.core.rails.failures import FAILURES
from brim.platform.database import Database
from tests.support.moments import BEFORE_A_LONG_WEEKEND, OVER_THE_LONG_WEEKEND, second
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import PENDING, Wire

TestClock.__test__ = False  # type: ignore[attr-defined]  # no test case, whatever its name says


WEDNESDAY_NOON = second("2026-07-01 16:00")  # in New York


def freeze(client: StripeClient, frozen_time: int = WEDNESDAY_NOON) -> TestClock:
    return client.v1.test_helpers.test_clocks.create({"frozen_time": frozen_time, "name": "of a test"})


def advance(client: StripeClient, clock: TestClock, frozen_time: int) -> TestClock:
    """Return the clock once it has arrived."""
    clocks = client.v1.test_helpers.test_clocks
    clocks.advance(clock.id, {"frozen_time": frozen_time})
    return until(
        lambda: found if (found := clocks.retrieve(clock.id)).status == "ready" else None, what="the clock to arrive"
    )


def history(client: StripeClient) -> list[tuple[int, str]]:
    """Return when what happened, in order."""
    return [(event.created, event.type) for event in reversed(client.v1.events.list({"limit": 100}).data)]


def test_an_account_lives_in_the_time_of_its_clock(client: StripeClient) -> None:
    clock = freeze(client)
    assert (clock.object, clock.status, clock.frozen_time) == ("test_helpers.test_clock", "ready", WEDNESDAY_NOON)
    assert (clock.name, clock.livemode) == ("of a test", False)
    topup = client.v1.topups.create({"amount": 2000, "currency": "usd"})
    usable = second("2026-07-08 13:00")
    assert (topup.created, topup.expected_availability_date) == (WEDNESDAY_NOON, usable)
    assert advance(client, clock, usable - 1).frozen_time == usable - 1
    assert client.v1.topups.retrieve(topup.id).status == "pending"
    assert client.v1.balance.retrieve().available[0].amount == 0
    advance(client, clock, usable)
    succeeded = client.v1.topups.retrieve(topup.id, {"expand": ["balance_transaction"]})
    line: Any = succeeded.balance_transaction
    assert (succeeded.status, line.created, line.available_on) == ("succeeded", usable, usable)
    assert line.status == "available"
    assert client.v1.balance.retrieve().available[0].amount == 2000
    assert history(client) == [
        (WEDNESDAY_NOON, "test_helpers.test_clock.created"),
        (WEDNESDAY_NOON, "topup.created"),
        (WEDNESDAY_NOON, "test_helpers.test_clock.advancing"),
        (usable - 1, "test_helpers.test_clock.ready"),
        (usable - 1, "test_helpers.test_clock.advancing"),
        (usable, "topup.succeeded"),
        (usable, "balance.available"),
        (usable, "test_helpers.test_clock.ready"),
    ]


def test_late_returns_come_on_their_days_and_take_the_money_back(client: StripeClient) -> None:
    clock = freeze(client)
    for source in ("btok_us_verified_reversed", "btok_us_verified_reversedLate"):
        client.v1.topups.create({"amount": 500, "currency": "usd", "source": source})
    advance(client, clock, WEDNESDAY_NOON + 100 * 86400)
    reversals = client.v1.events.list({"type": "topup.reversed"}).data
    assert [event.created for event in reversed(reversals)] == [second("2026-07-10 13:00"), second("2026-09-08 13:00")]
    assert {event.data.object["failure_code"] for event in reversals} == {"insufficient_funds", "debit_not_authorized"}
    assert {event.request.id for event in reversals if event.request} == {None}
    assert client.v1.balance.retrieve().available[0].amount == 0
    lines = client.v1.balance_transactions.list({"type": "topup_reversal"}).data
    assert [line.amount for line in lines] == [-500, -500]


def test_what_is_asked_while_a_clock_advances_is_refused_as_a_rate_limit(
    server: Server, account: str, client: StripeClient
) -> None:
    """The worker waits for a top-up that the test holds, so the clock is on its way for as long as that takes."""
    clock = freeze(client)
    topup = client.v1.topups.create({"amount": 2000, "currency": "usd"})
    wanted = WEDNESDAY_NOON + 30 * 86400

    async def ask_meanwhile(database: Database) -> stripe.RateLimitError:
        async with database.connection() as conn, conn.transaction():
            await conn.execute("SELECT FROM topups WHERE account = $1 AND NOT livemode FOR UPDATE", account)
            client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": wanted})
            with pytest.raises(stripe.RateLimitError) as refused:
                client.v1.topups.create({"amount": 500, "currency": "usd"})
            return refused.value

    error = server.run(ask_meanwhile)
    assert error.error is not None
    assert (error.http_status, error.error.type, error.error.code) == (429, "invalid_request_error", "lock_timeout")
    assert error.headers is not None
    assert error.headers["stripe-should-retry"] == "true"
    clocks = client.v1.test_helpers.test_clocks
    until(lambda: clocks.retrieve(clock.id).status == "ready", what="the clock to arrive")
    assert [found.id for found in client.v1.topups.list().data] == [topup.id]
    assert client.v1.topups.create({"amount": 500, "currency": "usd"}).created == wanted


def test_a_clock_is_listed_advanced_forward_only_and_deleted(client: StripeClient) -> None:
    clocks = client.v1.test_helpers.test_clocks
    assert clocks.list().data == []
    clock = freeze(client)
    assert [found.id for found in clocks.list().data] == [clock.id]
    assert clocks.list({"starting_after": clock.id}).data == []
    with pytest.raises(InvalidRequestError, match=f"has a test clock already: {clock.id}"):
        freeze(client)
    with pytest.raises(InvalidRequestError, match="can only be advanced") as refused:
        clocks.advance(clock.id, {"frozen_time": WEDNESDAY_NOON})
    assert refused.value.param == "frozen_time"
    deleted: Any = clocks.delete(clock.id)
    assert (deleted.id, deleted.deleted) == (clock.id, True)
    with pytest.raises(InvalidRequestError, match=f"No such test clock: '{clock.id}'"):
        clocks.retrieve(clock.id)
    assert client.v1.topups.create({"amount": 1, "currency": "usd"}).created > WEDNESDAY_NOON + 86400


def test_what_is_made_in_standing_time_lists_in_the_order_of_its_making(client: StripeClient) -> None:
    """Requests go to two processes, and time does not pass between them."""
    freeze(client)
    made = [client.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING}).id for _ in range(30)]
    listed = [topup.id for topup in client.v1.topups.list({"created": WEDNESDAY_NOON, "limit": 100}).data]
    assert listed == made[::-1]
    first_page = client.v1.topups.list({"limit": 7})
    assert [topup.id for topup in first_page.auto_paging_iter()] == made[::-1]


def test_while_a_clock_moves_creates_wait_their_turn_as_sdks_do(client: StripeClient, key: str, server: Any) -> None:
    clock = freeze(client)
    client.v1.topups.create({"amount": 1, "currency": "usd"})
    client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": WEDNESDAY_NOON + 365 * 86400})
    patient = StripeClient(key, base_addresses={"api": server.url}, max_network_retries=5)
    topup = patient.v1.topups.create({"amount": 2, "currency": "usd"})
    assert topup.created == WEDNESDAY_NOON + 365 * 86400


def test_clocks_are_for_test_mode(connect: Any, live_key: str) -> None:
    with pytest.raises(InvalidRequestError, match="test mode only"):
        freeze(connect(live_key))


def forced(wire: Wire, topup_id: str, outcome: str, **form: object) -> Any:
    return wire.post(f"/v1/test_helpers/topups/{topup_id}/{outcome}", form)


def test_an_outcome_can_be_forced_and_is_the_requests_doing(wire: Wire, client: StripeClient) -> None:
    topup_id = wire.create()["id"]
    succeeded = forced(wire, topup_id, "succeed", **{"expand[]": "balance_transaction"})
    assert succeeded.json["status"] == "succeeded"
    assert succeeded.json["balance_transaction"]["net"] == 1000
    returned = forced(wire, topup_id, "reverse", failure_code="account_closed")
    assert (returned.json["status"], returned.json["failure_code"]) == ("reversed", "account_closed")
    assert returned.json["failure_message"] == FAILURES["account_closed"]
    events = client.v1.events.list({"limit": 4}).data
    assert [event.type for event in events] == [
        "topup.reversed",
        "balance.available",
        "topup.succeeded",
        "topup.created",
    ]
    requests = [event.request.id for event in events if event.request]
    assert requests[:3] == [returned.headers["request-id"], *[succeeded.headers["request-id"]] * 2]


def test_a_forced_failure_has_the_reason_asked_for(wire: Wire) -> None:
    plain = forced(wire, wire.create()["id"], "fail").json
    assert (plain["status"], plain["failure_code"]) == ("failed", "could_not_process")
    chosen = forced(wire, wire.create()["id"], "fail", failure_code="no_account").json
    assert chosen["failure_message"] == FAILURES["no_account"]
    unknown = forced(wire, wire.create()["id"], "fail", failure_code="bored")
    assert (unknown.status, unknown.error["param"]) == (400, "failure_code")


@pytest.mark.parametrize(("first", "second_outcome"), [(None, "reverse"), ("fail", "succeed"), ("succeed", "fail")])
def test_an_outcome_that_the_table_does_not_allow_is_refused(
    wire: Wire, first: str | None, second_outcome: str
) -> None:
    topup_id = wire.create()["id"]
    if first:
        forced(wire, topup_id, first)
    refused = forced(wire, topup_id, second_outcome)
    assert refused.status == 400
    assert re.match(r"This top-up could not be \w+ because it has a status of \w+\.", refused.error["message"])


def test_a_forced_outcome_is_given_once_under_its_key(wire: Wire) -> None:
    topup_id = wire.create()["id"]
    target = f"/v1/test_helpers/topups/{topup_id}/succeed"
    first, again = (wire.post(target, {}, headers={"Idempotency-Key": f"force-{topup_id}"}) for _ in range(2))
    assert first.json == again.json
    assert again.headers["idempotent-replayed"] == "true"


def test_test_helpers_refuse_live_mode_and_foreign_top_ups(wire: Wire, server: Any, live_key: str) -> None:
    topup_id = wire.create()["id"]
    live = Wire(server.url, live_key)
    assert "test mode only" in forced(live, topup_id, "succeed").error["message"]
    stranger = Wire(server.url, server.make_key(server.make_account().id))
    assert forced(stranger, topup_id, "succeed").status == 404


def test_why_money_is_usable_when_it_is_can_be_asked(client: StripeClient, wire: Wire) -> None:
    freeze(client, BEFORE_A_LONG_WEEKEND)
    topup = wire.post("/v1/topups", {"amount": 1000, "currency": "usd", "expand[]": "brim.availability"}).json
    assert topup["brim"] == {"availability": OVER_THE_LONG_WEEKEND}
    assert list(topup)[3:5] == ["balance_transaction", "brim"]
    retrieved = wire.get(f"/v1/topups/{topup['id']}?expand[]=brim.availability").json
    assert retrieved["brim"] == topup["brim"]
    listed = wire.get("/v1/topups?expand[]=data.brim.availability").json["data"][0]
    assert listed == retrieved
    assert "brim" not in wire.get(f"/v1/topups/{topup['id']}").json
    by_sdk = client.v1.topups.retrieve(topup["id"], {"expand": ["brim.availability"]})
    assert json.loads(str(by_sdk))["brim"]["availability"]["missed_cutoff"] is True


def test_in_real_time_the_sandbox_asks_no_bank(wire: Wire) -> None:
    topup = wire.post("/v1/topups", {"amount": 1000, "currency": "usd", "expand[]": "brim.availability"}).json
    why = topup["brim"]["availability"]
    assert (why["calendar"], why["settlement_days"], why["skipped"]) == (None, None, [])
    assert why["available_on"] == topup["expected_availability_date"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("brim", "This property cannot be expanded (data.brim)."),
        ("brim.nothing", "This property cannot be expanded (data.brim.nothing)."),
    ],
)
def test_nothing_else_can_be_asked_under_our_name(wire: Wire, path: str, message: str) -> None:
    refused = wire.get(f"/v1/topups?expand[]=data.{path}")
    assert (refused.status, refused.error["message"]) == (400, message)


def test_the_sdk_knows_the_clocks_events(client: StripeClient) -> None:
    clock = freeze(client)
    client.v1.test_helpers.test_clocks.delete(clock.id)
    events = client.v1.events.list({"type": "test_helpers.test_clock.*"}).data
    assert [event.type for event in events] == [
        "test_helpers.test_clock.deleted",
        "test_helpers.test_clock.created",
    ]
    assert isinstance(stripe.Event.construct_from(json.loads(str(events[0])), None).data.object, TestClock)


def test_a_time_outside_the_years_that_calendars_know_is_refused_as_a_parameter(client: StripeClient) -> None:
    """Before anything is looked up, for a new clock and for one to advance, and in words for a number out of range."""
    clocks = client.v1.test_helpers.test_clocks
    clock = freeze(client)
    for frozen_time, bound in (
        (123, "greater than or equal to 946684800"),
        (-1, "greater than or equal to 946684800"),
        (4_102_444_800, "less than or equal to 4102444799"),
    ):
        for call in (
            partial(clocks.create, {"frozen_time": frozen_time}),
            partial(clocks.advance, clock.id, {"frozen_time": frozen_time}),
            partial(clocks.advance, "clock_none", {"frozen_time": frozen_time}),
        ):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                call()
            assert refused.value.user_message == f"This value must be {bound}."
            assert (refused.value.param, refused.value.code) == ("frozen_time", "parameter_invalid_integer")
    assert advance(client, clock, 4_102_444_799).frozen_time == 4_102_444_799
