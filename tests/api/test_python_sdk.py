"""Top-ups, their outcomes, events and balance through the official Python SDK."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient, Topup

from tests.support.polling import wait_for_event
from tests.support.wire import PENDING, Wire, assert_golden

Calls: TypeAlias = list[Callable[[], object]]

FULL: Any = {
    "amount": 123456,
    "currency": "usd",
    "description": "For the week of 2026-11-16",
    "metadata": {"order_id": "6735", "a": "first by name", "größe": "☃ & <co>"},
    "source": PENDING,
    "statement_descriptor": "TOP-UP 6735",
    "transfer_group": "group-1",
}


def plain(found: object) -> Any:
    """Return an object of the SDK as its JSON."""
    return json.loads(str(found))


def create(client: StripeClient, **changes: Any) -> Topup:
    """Return a new top-up that stays pending unless told otherwise."""
    params: Any = {"amount": 1000, "currency": "usd", "source": PENDING, **changes}
    return client.v1.topups.create(params)


def create_settled(client: StripeClient, **changes: Any) -> Topup:
    """Return a top-up that has succeeded."""
    topup = create(client, source="btok_us_verified", **changes)
    wait_for_event(client, "topup.succeeded", topup.id)
    return client.v1.topups.retrieve(topup.id)


# Create and retrieve.


def test_the_least_a_create_needs_is_amount_and_currency(client: StripeClient) -> None:
    topup = client.v1.topups.create({"amount": 2000, "currency": "usd"})
    assert topup.object == "topup"
    assert topup.id.startswith("tu_")
    assert len(topup.id) == len("tu_") + 24
    assert (topup.amount, topup.currency, topup.status, topup.livemode) == (2000, "usd", "pending", False)
    assert topup.expected_availability_date is not None
    assert topup.expected_availability_date >= topup.created
    assert plain(topup.metadata) == {}
    for unset in ("balance_transaction", "description", "failure_code", "failure_message", "payment_method"):
        assert topup[unset] is None
    for unset in ("payment_method_options", "source", "statement_descriptor", "transfer_group"):
        assert topup[unset] is None


def test_everything_sent_comes_back(client: StripeClient) -> None:
    topup = client.v1.topups.create(FULL)
    for name, value in FULL.items():
        if name != "source":
            assert plain(topup)[name] == value
    assert topup.source is not None
    assert topup.source["object"] == "source"
    assert topup.source["ach_debit"]["bank_name"] == "STRIPE TEST BANK"
    assert plain(client.v1.topups.retrieve(topup.id)) == plain(topup)


def test_a_currency_in_capitals_is_lowered(client: StripeClient) -> None:
    assert create(client, currency="USD").currency == "usd"


def test_a_payment_method_stands_as_its_id_until_expanded(client: StripeClient) -> None:
    params: Any = {
        "amount": 500,
        "currency": "usd",
        "payment_method": "pm_usBankAccount_processing",
        "payment_method_options": {"us_bank_account": {"network": "ach"}},
    }
    topup = client.v1.topups.create(params)
    assert topup.payment_method == "pm_usBankAccount_processing"
    assert plain(topup)["payment_method_options"] == {"us_bank_account": {"network": "ach"}}
    expanded = client.v1.topups.retrieve(topup.id, {"expand": ["payment_method"]})
    assert isinstance(expanded.payment_method, stripe.PaymentMethod)
    assert expanded.payment_method.id == "pm_usBankAccount_processing"
    assert expanded.payment_method.type == "us_bank_account"
    params["expand"] = ["payment_method"]
    again = client.v1.topups.create(params)
    assert isinstance(again.payment_method, stripe.PaymentMethod)


def test_a_minimal_reply_is_the_golden_text(wire: Wire) -> None:
    reply = wire.post("/v1/topups", {"amount": 2000, "currency": "USD"})
    assert_golden(reply.body, "topup_minimal.json")


def test_a_full_reply_is_the_golden_text(wire: Wire) -> None:
    form = [(name, value) for name, value in FULL.items() if name != "metadata"]
    pairs = [(f"metadata[{key}]", value) for key, value in FULL["metadata"].items()]
    reply = wire.post("/v1/topups", [*form, *pairs])
    assert_golden(reply.body, "topup_full.json")
    assert wire.get(f"/v1/topups/{reply.json['id']}").body == reply.body


def test_a_list_an_event_a_balance_and_a_refusal_are_golden_texts(client: StripeClient, wire: Wire) -> None:
    create_settled(client, amount=700)
    assert_golden(wire.get("/v1/topups?expand[]=data.balance_transaction").body, "topup_list.json")
    assert_golden(wire.get("/v1/events?type=topup.succeeded").body, "event_list.json")
    assert_golden(wire.get("/v1/balance").body, "balance.json")
    assert_golden(wire.post("/v1/topups", {"amount": "abc", "currency": "usd"}).body, "error.json")


def test_keys_stand_in_the_order_of_the_wire(wire: Wire) -> None:
    body = wire.post("/v1/topups", {"amount": 2000, "currency": "usd"}).body
    names = list(json.loads(body))
    assert names == ["id", "object", *sorted(set(names) - {"id", "object"})]
    assert body.startswith(b'{\n  "id": "tu_')


# Update.


def test_metadata_sent_is_merged_into_what_is_there(client: StripeClient) -> None:
    topup = create(client, metadata={"kept": "1", "changed": "2", "gone": "3"})
    changed = client.v1.topups.update(topup.id, {"metadata": {"changed": "two", "gone": "", "new": "4"}})
    assert plain(changed.metadata) == {"changed": "two", "kept": "1", "new": "4"}
    assert plain(client.v1.topups.retrieve(topup.id).metadata) == plain(changed.metadata)


def test_metadata_sent_empty_is_cleared(client: StripeClient) -> None:
    topup = create(client, metadata={"a": "1", "b": "2"})
    assert plain(client.v1.topups.update(topup.id, {"metadata": ""}).metadata) == {}


def test_an_empty_object_as_metadata_changes_nothing(client: StripeClient) -> None:
    topup = create(client, metadata={"a": "1"})
    assert plain(client.v1.topups.update(topup.id, {"metadata": {}}).metadata) == {"a": "1"}


def test_a_description_is_set_and_cleared_and_the_rest_stays(client: StripeClient) -> None:
    topup = create(client, description="before", metadata={"a": "1"})
    assert client.v1.topups.update(topup.id, {"description": "after"}).description == "after"
    cleared = client.v1.topups.update(topup.id, {"description": ""})
    assert cleared.description is None
    assert plain(cleared) == {**plain(topup), "description": None}


def test_an_update_is_allowed_in_every_status_and_announces_nothing(client: StripeClient) -> None:
    topup = create(client)
    client.v1.topups.cancel(topup.id)
    assert client.v1.topups.update(topup.id, {"description": "late"}).description == "late"
    assert sorted(event.type for event in client.v1.events.list()) == ["topup.canceled", "topup.created"]


def test_an_amount_cannot_be_updated(client: StripeClient) -> None:
    topup = create(client)
    params: Any = {"amount": 5}
    with pytest.raises(InvalidRequestError, match="Received unknown parameter: amount") as caught:
        client.v1.topups.update(topup.id, params)
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "amount")


# Cancel.


def test_a_pending_topup_can_be_canceled_once(client: StripeClient) -> None:
    topup = create(client)
    canceled = client.v1.topups.cancel(topup.id)
    assert plain(canceled) == {**plain(topup), "status": "canceled"}
    with pytest.raises(InvalidRequestError) as caught:
        client.v1.topups.cancel(topup.id)
    assert caught.value.http_status == 400
    assert caught.value.code is None
    assert caught.value.user_message == (
        "This top-up could not be canceled because it has a status of canceled. "
        "Only a top-up with one of the following statuses may be canceled: pending."
    )
    assert [event.type for event in client.v1.events.list({"type": "topup.canceled"})] == ["topup.canceled"]


def test_a_topup_that_has_succeeded_cannot_be_canceled(client: StripeClient) -> None:
    topup = create_settled(client)
    with pytest.raises(InvalidRequestError, match="because it has a status of succeeded"):
        client.v1.topups.cancel(topup.id)
    assert client.v1.topups.retrieve(topup.id).status == "succeeded"


# Outcomes.


def test_success_brings_a_balance_transaction_the_balance_and_an_event(client: StripeClient) -> None:
    topup = create(client, source="btok_us_verified", amount=700, description="credit")
    event = wait_for_event(client, "topup.succeeded", topup.id)
    now = client.v1.topups.retrieve(topup.id)
    assert now.status == "succeeded"
    assert plain(event.data.object) == plain(now)
    assert (event.request and event.request.id, event.livemode) == (None, False)
    assert isinstance(now.balance_transaction, str)
    line = client.v1.balance_transactions.retrieve(now.balance_transaction)
    assert (line.amount, line.net, line.fee, line.currency) == (700, 700, 0, "usd")
    assert (line.type, line.reporting_category, line.source, line.description) == (
        "topup",
        "topup",
        topup.id,
        "credit",
    )
    (available,) = client.v1.balance.retrieve().available
    assert (available.amount, available.currency) == (700, "usd")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("btok_us_verified_noAccount", "no_account"),
        ("btok_us_verified_accountClosed", "account_closed"),
        ("btok_us_verified_insufficientFunds", "insufficient_funds"),
        ("btok_us_verified_debitNotAuthorized", "debit_not_authorized"),
        ("btok_us_verified_invalidCurrency", "invalid_currency"),
    ],
)
def test_a_failing_token_fails_later_with_its_code(client: StripeClient, token: str, code: str) -> None:
    topup = create(client, source=token)
    assert (topup.status, topup.failure_code) == ("pending", None)
    wait_for_event(client, "topup.failed", topup.id)
    now = client.v1.topups.retrieve(topup.id)
    assert (now.status, now.failure_code, now.balance_transaction) == ("failed", code, None)
    assert now.failure_message
    assert client.v1.balance.retrieve().available[0].amount == 0
    assert client.v1.balance_transactions.list().data == []


def test_a_failing_payment_method_fails_too(client: StripeClient) -> None:
    params: Any = {"amount": 500, "currency": "usd", "payment_method": "pm_usBankAccount_insufficientFunds"}
    topup = client.v1.topups.create(params)
    event = wait_for_event(client, "topup.failed", topup.id)
    assert event.data.object["failure_code"] == "insufficient_funds"


# Expand.


def test_a_balance_transaction_expands_and_leads_back(client: StripeClient) -> None:
    topup = create_settled(client)
    shallow = client.v1.topups.retrieve(topup.id, {"expand": ["balance_transaction"]}).balance_transaction
    assert isinstance(shallow, stripe.BalanceTransaction)
    assert (shallow.type, shallow.source) == ("topup", topup.id)
    deep = client.v1.topups.retrieve(topup.id, {"expand": ["balance_transaction.source"]}).balance_transaction
    assert isinstance(deep, stripe.BalanceTransaction)
    assert isinstance(deep.source, Topup)
    assert plain(deep.source) == plain(topup)


def test_lists_updates_and_creates_expand_too(client: StripeClient) -> None:
    topup = create_settled(client)
    pending = create(client, expand=["balance_transaction", "source"])
    assert pending.balance_transaction is None
    updated = client.v1.topups.update(topup.id, {"description": "x", "expand": ["balance_transaction"]})
    assert isinstance(updated.balance_transaction, stripe.BalanceTransaction)
    newest, older = client.v1.topups.list({"expand": ["data.balance_transaction"]}).data
    assert newest.balance_transaction is None
    assert isinstance(older.balance_transaction, stripe.BalanceTransaction)
    canceled = client.v1.topups.cancel(pending.id, {"expand": ["balance_transaction"]})
    assert canceled.balance_transaction is None
    (line,) = client.v1.balance_transactions.list({"expand": ["data.source"]}).data
    assert isinstance(line.source, Topup)
    assert line.source.id == topup.id


@pytest.mark.parametrize(
    ("path", "message", "code"),
    [
        ("amount", "This property cannot be expanded (amount).", None),
        ("x", "This property cannot be expanded (x).", None),
        ("data.balance_transaction", "This property cannot be expanded (data).", None),
        (
            "balance_transaction.source.balance_transaction.source.balance_transaction",
            (
                "You cannot expand more than 4 levels of a property. "
                "Property: balance_transaction.source.balance_transaction.source.balance_transaction"
            ),
            "property_expansion_max_depth",
        ),
    ],
)
def test_what_a_topup_cannot_expand_is_refused(client: StripeClient, path: str, message: str, code: str | None) -> None:
    topup = create(client)
    calls: Calls = [
        lambda: client.v1.topups.retrieve(topup.id, {"expand": [path]}),
        lambda: client.v1.topups.update(topup.id, {"expand": [path]}),
        lambda: client.v1.topups.cancel(topup.id, {"expand": [path]}),
        lambda: create(client, expand=[path]),
    ]
    for call in calls:
        with pytest.raises(InvalidRequestError) as caught:
            call()
        assert (caught.value.user_message, caught.value.code, caught.value.param) == (message, code, None)
    assert [other.id for other in client.v1.topups.list().data] == [topup.id]
    assert client.v1.topups.retrieve(topup.id).status == "pending"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "balance_transaction",
            (
                "This property cannot be expanded (balance_transaction). "
                "You may want to try expanding 'data.balance_transaction' instead."
            ),
        ),
        ("total_count", "This property cannot be included (total_count)."),
        ("has_more", "This property cannot be expanded (has_more)."),
        ("data.amount", "This property cannot be expanded (data.amount)."),
        ("data.x", "This property cannot be expanded (data.x)."),
        ("x", "This property cannot be expanded (x)."),
    ],
)
def test_what_a_list_cannot_expand_is_refused(client: StripeClient, path: str, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.v1.topups.list({"expand": [path]})
    assert (caught.value.user_message, caught.value.param) == (message, None)


# Events and balance transactions.


def test_each_step_is_announced_once_with_the_request_that_caused_it(client: StripeClient) -> None:
    options: Any = {"idempotency_key": "the-key", "stripe_version": "2024-09-30.acacia"}
    topup = client.v1.topups.create({"amount": 100, "currency": "usd", "source": PENDING}, options)
    client.v1.topups.cancel(topup.id)
    canceled, created = client.v1.events.list({"type": "topup.*"}).data
    assert (canceled.type, created.type) == ("topup.canceled", "topup.created")
    assert plain(created.data.object) == plain(topup)
    assert created.request is not None
    assert created.request.idempotency_key == "the-key"
    assert created.request.id == topup.last_response.headers["Request-Id"]  # type: ignore[union-attr]
    assert created.api_version == "2024-09-30.acacia"
    assert canceled.data.object["status"] == "canceled"
    assert plain(client.v1.events.retrieve(created.id)) == plain(created)


def test_events_are_listed_by_type(client: StripeClient) -> None:
    for _ in range(2):
        client.v1.topups.cancel(create(client).id)
    assert len(client.v1.events.list({"type": "topup.canceled"}).data) == 2
    assert len(client.v1.events.list({"types": ["topup.created", "topup.failed"]}).data) == 2
    assert client.v1.events.list({"type": "balance.*"}).data == []
    newest_first = [event.id for event in client.v1.events.list().data]
    assert newest_first == sorted(newest_first, reverse=True)
    paged = [event.id for event in client.v1.events.list({"limit": 1}).auto_paging_iter()]
    assert paged == newest_first


def test_the_balance_has_an_entry_for_each_currency(client: StripeClient) -> None:
    assert [(entry.currency, entry.amount) for entry in client.v1.balance.retrieve().available] == [("usd", 0)]
    for currency, amount in (("usd", 100), ("eur", 250), ("usd", 11)):
        create_settled(client, currency=currency, amount=amount)
    create(client, amount=99999)
    balance = client.v1.balance.retrieve()
    assert {entry.currency: entry.amount for entry in balance.available} == {"eur": 250, "usd": 111}
    assert {entry.amount for entry in balance.pending} == {0}


def test_balance_transactions_are_listed_by_what_they_are(client: StripeClient) -> None:
    dollars = create_settled(client, amount=100)
    euros = create_settled(client, amount=200, currency="eur")
    transactions = client.v1.balance_transactions
    assert [line.source for line in transactions.list().data] == [euros.id, dollars.id]
    assert [line.source for line in transactions.list({"currency": "usd"}).data] == [dollars.id]
    assert [line.source for line in transactions.list({"source": euros.id}).data] == [euros.id]
    assert len(transactions.list({"type": "topup"}).data) == 2
    assert transactions.list({"type": "topup_reversal"}).data == []
    assert transactions.list({"created": {"lt": dollars.created}}).data == []
    with pytest.raises(InvalidRequestError, match="No such balance transaction: 'txn_x'") as caught:
        transactions.retrieve("txn_x")
    assert (caught.value.http_status, caught.value.param) == (404, "id")
