"""Accounts through the official Python SDK: a platform makes them, acts for them, and they never meet."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from brim.base.ids import random_base62
from brim.core.accounts.rules import Account
from brim.core.accounts.store import insert_account
from brim.platform.database import Database
from tests.support.connected_accounts import WISH, acting_for, live
from tests.support.polling import until, wait_for_event
from tests.support.service import Connect, Server
from tests.support.wire import Wire, assert_error, assert_golden

# The object and its operations.


def test_an_account_is_made_named_retrieved_and_updated(client: StripeClient) -> None:
    wanted: Any = {
        "type": "custom",
        "country": "de",
        "email": "till@example.com",
        "business_type": "company",
        "business_profile": {"name": "Kiosk"},
        "default_currency": "EUR",
        "metadata": {"shop": "7"},
    }
    made = client.v1.accounts.create(wanted)
    assert (made.object, made.type, made.country, made.default_currency) == ("account", "custom", "DE", "eur")
    assert (made.email, made.business_type) == ("till@example.com", "company")
    assert made.to_dict()["metadata"] == {"shop": "7"}
    assert made.business_profile is not None
    assert made.business_profile.name == "Kiosk"
    assert made.charges_enabled
    assert made.payouts_enabled
    assert made.details_submitted
    assert client.v1.accounts.retrieve(made.id).to_dict() == made.to_dict()
    changes: Any = {"email": "", "business_profile": {"name": "Kiosk 2"}, "metadata": {"shop": "", "floor": "1"}}
    updated = client.v1.accounts.update(made.id, changes)
    assert updated.email is None
    assert updated.to_dict()["metadata"] == {"floor": "1"}
    assert updated.business_profile is not None
    assert updated.business_profile.name == "Kiosk 2"
    assert (updated.country, updated.business_type) == ("DE", "company")


def test_a_bare_account_has_every_key_in_the_wires_order(wire: Wire) -> None:
    reply = wire.post("/v1/accounts")
    assert reply.status == 200
    assert_golden(reply.body, "account.json")


def test_ones_own_account_is_retrieved_without_its_id(client: StripeClient, account: str) -> None:
    own = client.v1.accounts.retrieve_current()
    assert (own.id, own.country, own.default_currency) == (account, "US", "usd")
    made = client.v1.accounts.create({"country": "JP"})
    assert client.v1.accounts.retrieve_current({}, acting_for(made.id)).country == "JP"


def test_a_platforms_accounts_are_listed_newest_first_and_paged(client: StripeClient) -> None:
    made = [client.v1.accounts.create({"metadata": {"n": str(n)}}).id for n in range(5)]
    first = client.v1.accounts.list({"limit": 2})
    assert ([account.id for account in first.data], first.has_more, first.url) == (made[:2:-1], True, "/v1/accounts")
    assert [account.id for account in first.auto_paging_iter()] == made[::-1]
    newer = client.v1.accounts.list({"ending_before": made[0], "limit": 2})
    assert [account.id for account in newer.data] == [made[2], made[1]]
    assert client.v1.accounts.list({"created": {"gt": 4_000_000_000}}).data == []
    assert client.v1.accounts.list({}, acting_for(made[0])).data == []


def test_an_account_serves_both_modes_and_agrees_on_settlement_in_each(
    client: StripeClient, connect: Connect, live_key: str, wire: Wire
) -> None:
    agreed: Any = {"brim": {"settlement_days": 0}, "expand": ["brim"]}
    asked: Any = {"expand": ["brim"]}
    made = client.v1.accounts.create(agreed)
    assert made.to_dict()["brim"] == {"settlement_days": 0}
    assert "brim" not in client.v1.accounts.retrieve(made.id).to_dict()
    assert "brim" not in client.v1.accounts.list().data[0].to_dict()
    listed: Any = {"expand": ["data.brim"]}
    assert client.v1.accounts.list(listed).data[0].to_dict()["brim"] == {"settlement_days": 0}
    assert client.v1.accounts.retrieve_current(asked, acting_for(made.id)).to_dict()["brim"] == {"settlement_days": 0}
    live = connect(live_key).v1.accounts.retrieve(made.id, asked)
    assert live.to_dict()["brim"] == {"settlement_days": None}
    back = wire.post(f"/v1/accounts/{made.id}", {"brim[settlement_days]": "", "expand[]": "brim"})
    assert back.json["brim"] == {"settlement_days": None}
    for days, message in (
        ("31", "This value must be less than or equal to 30."),
        ("-1", "This value must be greater than or equal to 0."),
    ):
        refused = wire.post(f"/v1/accounts/{made.id}", {"brim[settlement_days]": days})
        assert_error(refused, 400, message, code="parameter_invalid_integer", param="brim[settlement_days]")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("country", "Germany", "Country 'Germany' is unknown."),
        ("country", "UK", "Country 'UK' is unknown."),
        ("country", "XX", "Country 'XX' is unknown."),
        ("email", "nowhere", "Invalid email address: nowhere"),
        ("type", "none", "Invalid type: must be one of custom, express, or standard"),
        ("default_currency", "xxd", "Invalid currency: xxd."),
        ("capabilities[transfers][request]", "true", "Received unknown parameter: capabilities[transfers]"),
        ("capabilities[transfer][requested]", "true", "Received unknown parameter: capabilities[transfer]"),
        ("individual[nickname]", "Jen", "Received unknown parameter: individual[nickname]"),
        ("company[address][country]", "ZZ", "Country 'ZZ' is unknown."),
    ],
)
def test_a_detail_that_is_none_is_refused(wire: Wire, name: str, value: str, message: str) -> None:
    refused = wire.post("/v1/accounts", {name: value})
    assert (refused.status, refused.error["param"]) == (400, name)
    assert refused.error["message"].startswith(message)


def test_platforms_have_one_level_and_keep_what_they_agreed(
    client: StripeClient, connect: Connect, server: Server
) -> None:
    made = client.v1.accounts.create({}).id
    own = connect(server.make_key(made))
    with pytest.raises(stripe.InvalidRequestError, match="cannot have accounts of its own"):
        own.v1.accounts.create({})
    with pytest.raises(stripe.InvalidRequestError, match="cannot have accounts of its own"):
        client.v1.accounts.create({}, acting_for(made))
    agreed: Any = {"brim": {"settlement_days": 9}}
    with pytest.raises(stripe.InvalidRequestError, match=r"only by its platform \w+") as caught:
        own.v1.accounts.update(made, agreed)
    assert caught.value.param == "brim[settlement_days]"
    asked: Any = {**agreed, "expand": ["brim"]}
    assert client.v1.accounts.update(made, asked, acting_for(made)).to_dict()["brim"] == {"settlement_days": 9}
    assert own.v1.accounts.update(made, {"email": "own@example.com"}).email == "own@example.com"


# Acting for an account.


def test_an_account_is_reached_as_soon_as_it_is_made(client: StripeClient, server: Server, key: str) -> None:
    wire = Wire(server.url, key)
    for _ in range(10):
        made = client.v1.accounts.create({}).id
        assert wire.get("/v1/balance", headers={"Stripe-Account": made}).status == 200


def test_being_refused_an_account_is_not_remembered(server: Server, account: str, key: str) -> None:
    wire, later = Wire(server.url, key), "acct_" + random_base62(16)
    assert [wire.get("/v1/balance", headers={"Stripe-Account": later}).status for _ in range(4)] == [403] * 4

    async def add(database: Database) -> None:
        async with database.connection() as conn:
            await insert_account(conn, Account(account=later, platform=account, created=2_000_000_000))

    server.run(add)
    assert [wire.get("/v1/balance", headers={"Stripe-Account": later}).status for _ in range(4)] == [200] * 4


def test_events_name_their_account_to_its_platform_only(
    client: StripeClient, connect: Connect, server: Server, account: str
) -> None:
    made = client.v1.accounts.create({}).id
    topup = client.v1.topups.create({"amount": 100, "currency": "usd"}, acting_for(made))
    event = wait_for_event(client, "topup.succeeded", topup.id, options=acting_for(made))
    assert event.account == made
    assert client.v1.events.retrieve(event.id, {}, acting_for(made)).account == made
    own = connect(server.make_key(made))
    assert "account" not in own.v1.events.retrieve(event.id).to_dict()
    mine = client.v1.topups.create(WISH, acting_for(account))
    own_ways: tuple[Any, ...] = ({}, acting_for(account))
    for options in own_ways:
        (listed,) = client.v1.events.list({}, options).data
        assert listed.data.object["id"] == mine.id
        assert "account" not in listed.to_dict()


# Two accounts never meet.


def calls_naming(client: StripeClient, ids: dict[str, str], options: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield every call that takes an id, with what it says it does not find."""
    v1 = client.v1
    topup, line, event, clock, account = (ids[kind] for kind in ("topup", "line", "event", "clock", "account"))
    yield f"No such topup: '{topup}'", partial(v1.topups.retrieve, topup, {}, options)
    yield f"No such topup: '{topup}'", partial(v1.topups.update, topup, {"description": "x"}, options)
    yield f"No such topup: '{topup}'", partial(v1.topups.cancel, topup, {}, options)
    for forced in ("succeed", "fail", "reverse"):
        path = f"/v1/test_helpers/topups/{topup}/{forced}"
        yield f"No such topup: '{topup}'", partial(client.raw_request, "post", path, **options)
    yield f"No such balance transaction: '{line}'", partial(v1.balance_transactions.retrieve, line, {}, options)
    yield f"No such event: '{event}'", partial(v1.events.retrieve, event, {}, options)
    clocks = v1.test_helpers.test_clocks
    yield f"No such test clock: '{clock}'", partial(clocks.retrieve, clock, {}, options)
    yield f"No such test clock: '{clock}'", partial(clocks.advance, clock, {"frozen_time": 1_900_000_000}, options)
    yield f"No such test clock: '{clock}'", partial(clocks.delete, clock, {}, options)
    of_account: tuple[Callable[[], object], ...] = (
        partial(v1.accounts.retrieve, account, {}, options),
        partial(v1.accounts.update, account, {"email": "x@y"}, options),
        partial(v1.accounts.delete, account, {}, options),
        partial(v1.accounts.reject, account, {"reason": "fraud"}, options),
        partial(v1.accounts.login_links.create, account, {}, options),
        partial(v1.accounts.capabilities.list, account, {}, options),
        partial(v1.accounts.capabilities.retrieve, account, "transfers", {}, options),
        partial(v1.accounts.capabilities.update, account, "transfers", {"requested": True}, options),
        partial(v1.accounts.external_accounts.list, account, {}, options),
        partial(v1.accounts.external_accounts.create, account, {"external_account": "btok_us_verified"}, options),
        partial(v1.accounts.external_accounts.retrieve, account, "ba_x", {}, options),
        partial(v1.accounts.external_accounts.update, account, "ba_x", {"default_for_currency": True}, options),
        partial(v1.accounts.external_accounts.delete, account, "ba_x", {}, options),
    )
    for call in of_account:
        yield (
            (
                f"The provided key 'sk_test_***' does not have access to account '{account}' (or that account does not "
                "exist). Application access may have been revoked."
            ),
            call,
        )
    lists: tuple[tuple[str, str, Any], ...] = (
        ("topup", topup, v1.topups.list),
        ("balance transaction", line, v1.balance_transactions.list),
        ("notification", event, v1.events.list),
        ("test clock", clock, clocks.list),
        ("account", account, v1.accounts.list),
    )
    for kind, cursor, listing in lists:
        for name in ("starting_after", "ending_before"):
            yield f"No such {kind}: '{cursor}'", partial(listing, {name: cursor}, options)


def everything_of(client: StripeClient, options: Any) -> list[Any]:
    """Return all that an account can see of its own, without what depends on the moment."""
    v1 = client.v1
    lists: tuple[Any, ...] = (
        v1.topups.list({"limit": 100}, options),
        v1.balance_transactions.list({"limit": 100}, options),
        v1.events.list({"limit": 100}, options),
        v1.test_helpers.test_clocks.list({}, options),
    )
    return [
        v1.balance.retrieve({}, options).to_dict(),
        v1.accounts.retrieve_current({}, options).to_dict(),
        *([item.to_dict() for item in found.data] for found in lists),
    ]


def test_accounts_see_and_change_nothing_of_each_other_nor_of_their_platform(
    client: StripeClient, connect: Connect, server: Server, account: str
) -> None:
    first, second = (client.v1.accounts.create({}).id for _ in range(2))
    as_first, as_second = acting_for(first), acting_for(second)
    own_client = connect(server.make_key(second))
    lives = {account: live(client, {}, account), first: live(client, as_first, first)}
    lives[second] = live(own_client, {}, second)
    ways: list[tuple[str, StripeClient, Any]] = [
        (first, client, as_first),
        (second, client, as_second),
        (second, own_client, {}),
    ]
    before = [everything_of(asking, options) for _, asking, options in ways]
    refused = 0
    for reader, asking, options in ways:
        for scope in lives.keys() - {reader}:
            for message, call in calls_naming(asking, lives[scope], options):
                with pytest.raises(stripe.StripeError) as caught:
                    call()
                assert caught.value.user_message == message
                body: Any = caught.value.json_body
                assert (body["error"]["code"], caught.value.http_status) in {
                    ("resource_missing", 404),
                    ("resource_missing", 400),
                    ("account_invalid", 403),
                }
                refused += 1
    assert refused >= 100
    assert [everything_of(asking, options) for _, asking, options in ways] == before
    seen_by = [{item["id"] for found in everything[2:] for item in found} for everything in before]
    assert seen_by[1] == seen_by[2]
    assert seen_by[0].isdisjoint(seen_by[1])
    assert all(len(seen) >= 5 for seen in seen_by)


def test_a_platform_sees_nothing_of_its_accounts_without_saying_for_whom_it_asks(
    client: StripeClient,
) -> None:
    made = client.v1.accounts.create({}).id
    ids = {**live(client, acting_for(made), made), "account": "acct_nowhere"}
    for message, call in calls_naming(client, ids, {}):
        with pytest.raises(stripe.StripeError) as caught:
            call()
        assert caught.value.user_message == message
    assert client.v1.balance.retrieve().available[0].amount == 0
    assert client.v1.events.list().data == []


def test_one_idempotency_key_is_another_for_each_account(client: StripeClient) -> None:
    made = [client.v1.accounts.create({}).id for _ in range(2)]
    topups = [client.v1.topups.create(WISH, acting_for(each, idempotency_key="same")) for each in made]
    other: Any = {**WISH, "amount": 101}
    mine = client.v1.topups.create(other, {"idempotency_key": "same"})
    again = [client.v1.topups.create(WISH, acting_for(each, idempotency_key="same")) for each in made]
    assert len({topup.id for topup in (*topups, mine)}) == 3
    assert [topup.id for topup in again] == [topup.id for topup in topups]


def test_one_idempotency_key_makes_one_account(client: StripeClient) -> None:
    options: Any = {"idempotency_key": "opening"}
    made = client.v1.accounts.create({"country": "GB"}, options)
    assert client.v1.accounts.create({"country": "GB"}, options).id == made.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.accounts.create({"country": "FR"}, options)
    assert [account.id for account in client.v1.accounts.list().data] == [made.id]


def test_a_clock_freezes_one_account_and_no_other(client: StripeClient) -> None:
    made = client.v1.accounts.create({}).id
    frozen = 1_850_000_000
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": frozen}, acting_for(made))
    theirs = client.v1.topups.create(WISH, acting_for(made))
    mine = client.v1.topups.create(WISH)
    assert theirs.created == frozen
    assert mine.created != frozen
    client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": frozen + 86_400}, acting_for(made))

    def arrived() -> bool:
        found = client.v1.test_helpers.test_clocks.retrieve(clock.id, {}, acting_for(made))
        return found.status == "ready"

    until(arrived, what="the clock to arrive")
    assert client.v1.topups.retrieve(mine.id).status == "pending"
    assert client.v1.test_helpers.test_clocks.list().data == []
