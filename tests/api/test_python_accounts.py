"""Whose request it is, and what the official Python SDK makes of refusals and headers."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.support.seeding import Seed, seed_topups
from tests.support.service import Connect, Server
from tests.support.wire import PENDING

WISH: Any = {"amount": 100, "currency": "usd", "source": PENDING}


def create(client: StripeClient, options: Any = None, **changes: Any) -> stripe.Topup:
    """Return a new top-up that stays pending."""
    params: Any = {**WISH, **changes}
    return client.v1.topups.create(params, options)


def masked_key(key: str) -> str:
    """Return a refused key as the wire shows it: its first 11 characters, stars, its last 4."""
    return key[:11] + "*" * (len(key) - 15) + key[-4:]


def code_of(error: stripe.StripeError) -> Any:
    """Return the error's code as it was on the wire; some classes of the SDK drop it."""
    body: Any = error.json_body
    return body["error"].get("code")


# Refusals, by class.


def test_an_unknown_key_is_an_authentication_error(connect: Connect) -> None:
    key = "sk_test_" + "unknown0" * 4
    with pytest.raises(stripe.AuthenticationError) as caught:
        connect(key).v1.topups.list()
    assert caught.value.http_status == 401
    assert caught.value.user_message == f"Invalid API Key provided: {masked_key(key)}"


def test_a_revoked_key_is_an_authentication_error(connect: Connect, server: Server, account: str) -> None:
    key = server.make_revoked_key(account)
    with pytest.raises(stripe.AuthenticationError) as caught:
        connect(key).v1.topups.list()
    assert code_of(caught.value) == "api_key_expired"
    assert caught.value.user_message == f"Expired API Key provided: {masked_key(key)}"


def test_a_restricted_key_does_what_it_may_and_no_more(connect: Connect, server: Server, account: str) -> None:
    client = connect(server.make_key(account, permissions={"topups": "read"}))
    assert client.v1.topups.list().data == []
    refused: dict[str, Callable[[], object]] = {
        "rak_topup_write": lambda: client.v1.topups.create(WISH),
        "rak_balance_read": client.v1.balance.retrieve,
        "rak_event_read": client.v1.events.list,
        "rak_balance_transaction_source_read": client.v1.balance_transactions.list,
    }
    for permission, call in refused.items():
        with pytest.raises(stripe.PermissionError, match=f"Having the '{permission}' permission") as caught:
            call()
        assert (caught.value.http_status, code_of(caught.value)) == (403, None)
    assert client.v1.topups.list().data == []


def test_a_restricted_key_that_may_write_may_read(connect: Connect, server: Server, account: str) -> None:
    client = connect(server.make_key(account, permissions={"topups": "write"}))
    topup = client.v1.topups.create(WISH)
    assert client.v1.topups.retrieve(topup.id).id == topup.id


def test_bad_parameters_and_unknown_ids_are_invalid_requests(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        create(client, amount="abc")
    assert (caught.value.http_status, caught.value.param) == (400, "amount")
    assert caught.value.code == "parameter_invalid_integer"
    with pytest.raises(stripe.InvalidRequestError, match="No such topup: 'tu_x'") as caught:
        client.v1.topups.retrieve("tu_x")
    assert (caught.value.http_status, caught.value.param, caught.value.code) == (404, "topup", "resource_missing")


def test_one_key_for_two_requests_is_an_idempotency_error(client: StripeClient) -> None:
    options: Any = {"idempotency_key": "once"}
    client.v1.topups.create(WISH, options)
    with pytest.raises(stripe.IdempotencyError) as caught:
        create(client, options, amount=101)
    assert (caught.value.http_status, caught.value.code) == (400, None)
    assert caught.value.user_message == (
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        "Try using a key other than 'once' if you meant to execute a different request."
    )


def test_every_refusal_names_its_request(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as first:
        client.v1.topups.retrieve("tu_x")
    with pytest.raises(stripe.InvalidRequestError) as second:
        client.v1.topups.retrieve("tu_x")
    assert re.fullmatch(r"req_[A-Za-z0-9]{14}", first.value.request_id or "")
    assert first.value.request_id != second.value.request_id


# What the last response tells.


def headers_of(found: Any) -> Any:
    return found.last_response.headers


def test_the_last_response_tells_of_the_key_and_its_replay(client: StripeClient) -> None:
    options: Any = {"idempotency_key": "abc"}
    first = client.v1.topups.create(WISH, options)
    again = client.v1.topups.create(WISH, options)
    assert again.id == first.id
    assert headers_of(first)["Idempotency-Key"] == headers_of(again)["Idempotency-Key"] == "abc"
    assert headers_of(first)["Original-Request"] == headers_of(first)["Request-Id"]
    assert headers_of(first)["Stripe-Should-Retry"] == "false"
    assert "Idempotent-Replayed" not in headers_of(first)
    assert headers_of(again)["Idempotent-Replayed"] == "true"
    assert headers_of(again)["Original-Request"] == headers_of(first)["Request-Id"]
    assert headers_of(again)["Request-Id"] != headers_of(first)["Request-Id"]


def test_the_version_asked_for_is_echoed(client: StripeClient) -> None:
    assert headers_of(client.v1.topups.list())["Stripe-Version"] == stripe.api_version
    for version in ("2019-05-16", "2024-09-30.acacia", "2026-10-28.preview"):
        options: Any = {"stripe_version": version}
        assert headers_of(client.v1.topups.list({}, options))["Stripe-Version"] == version


def test_replies_are_never_cached(client: StripeClient) -> None:
    assert headers_of(client.v1.topups.list())["Cache-Control"] == "no-cache, no-store"


# Other accounts and the other mode.


def test_a_platform_acts_for_its_accounts_and_keeps_them_apart(
    client: StripeClient, server: Server, account: str
) -> None:
    connected = server.make_account(platform=account).id
    options: Any = {"stripe_account": connected}
    topup = client.v1.topups.create(WISH, options)
    assert headers_of(topup)["Stripe-Account"] == connected
    assert [found.id for found in client.v1.topups.list({}, options).data] == [topup.id]
    assert client.v1.topups.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match=f"^Request .*: No such topup: '{topup.id}'$"):
        client.v1.topups.retrieve(topup.id)
    assert client.v1.events.list().data == []
    assert client.v1.topups.cancel(topup.id, {}, options).status == "canceled"


def test_an_account_of_somebody_else_cannot_be_reached(connect: Connect, server: Server, key: str) -> None:
    foreign = server.make_account().id
    foreign_key = server.make_key(foreign)
    topup = connect(foreign_key).v1.topups.create(WISH)
    mine = connect(key)
    for unreachable in (foreign, "acct_unknown"):
        options: Any = {"stripe_account": unreachable}
        with pytest.raises(stripe.PermissionError) as caught:
            mine.v1.topups.list({}, options)
        assert (caught.value.http_status, code_of(caught.value)) == (403, "account_invalid")
        assert caught.value.user_message == (
            f"The provided key 'sk_test_***' does not have access to account '{unreachable}' "
            "(or that account does not exist). Application access may have been revoked."
        )
    for call in (mine.v1.topups.retrieve, mine.v1.topups.cancel):
        with pytest.raises(stripe.InvalidRequestError, match=f"No such topup: '{topup.id}'$"):
            call(topup.id)
    assert connect(foreign_key).v1.topups.retrieve(topup.id).status == "pending"


def test_an_account_may_name_itself(client: StripeClient, account: str) -> None:
    options: Any = {"stripe_account": account}
    topup = client.v1.topups.create(WISH, options)
    assert client.v1.topups.retrieve(topup.id).id == topup.id


def calls_naming(client: StripeClient, topup_id: str) -> Iterator[Callable[[], object]]:
    """Yield every call that takes the id of a top-up."""
    topups = client.v1.topups
    yield partial(topups.retrieve, topup_id)
    yield partial(topups.update, topup_id, {"description": "x"})
    yield partial(topups.cancel, topup_id)
    yield partial(topups.list, {"starting_after": topup_id})
    yield partial(topups.list, {"ending_before": topup_id})


def test_test_and_live_never_meet(connect: Connect, server: Server, account: str, key: str, live_key: str) -> None:
    test, live = connect(key), connect(live_key)
    test_id = test.v1.topups.create(WISH).id
    (live_id,) = seed_topups(server, account, [Seed(500, 1_780_000_000)], livemode=True)
    assert [(found.id, found.livemode) for found in test.v1.topups.list().data] == [(test_id, False)]
    assert [(found.id, found.livemode) for found in live.v1.topups.list().data] == [(live_id, True)]
    modes = (("test", test, live_id, "live"), ("live", live, test_id, "test"))
    for mine, client, other_id, other in modes:
        hint = (
            f"No such topup: '{other_id}'; a similar object exists in {other} mode, "
            f"but a {mine} mode key was used to make this request."
        )
        for call in calls_naming(client, other_id):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                call()
            assert caught.value.user_message == hint
    assert [event.livemode for event in test.v1.events.list().data] == [False]
    assert live.v1.balance.retrieve().livemode is True


def test_live_mode_has_no_sandbox(connect: Connect, live_key: str) -> None:
    live = connect(live_key)
    with pytest.raises(stripe.InvalidRequestError, match=f"No such token: '{PENDING}'") as caught:
        live.v1.topups.create(WISH)
    assert caught.value.param == "source"
    with pytest.raises(stripe.InvalidRequestError, match="no default funding source in usd") as caught:
        live.v1.topups.create({"amount": 100, "currency": "usd"})
    assert caught.value.param == "currency"
