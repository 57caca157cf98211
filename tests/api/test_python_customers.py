"""Payment methods kept for customers of the client's own: attach, list by customer, detach."""

from functools import partial
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.support.funding import create_method, create_topup, refused
from tests.support.wire import Wire, assert_error

JENNY = "cus_Tq2vXw8LmNbR4k"
TILL = "cus_Tq2vYb3HsKcD9p"


def attach(client: StripeClient, method_id: str, **named: str) -> stripe.PaymentMethod:
    params: Any = named
    return client.v1.payment_methods.attach(method_id, params)


def listed(client: StripeClient, **filters: Any) -> list[str]:
    params: Any = filters
    return [method.id for method in client.v1.payment_methods.list(params).auto_paging_iter()]


def test_a_payment_method_is_attached_found_by_its_customer_and_detached(client: StripeClient) -> None:
    fresh = create_method(client)
    assert (fresh.customer, fresh.customer_account) == (None, None)
    methods = [create_method(client, allow_redisplay="always").id for _ in range(3)]
    assert attach(client, methods[0], customer=JENNY).customer == JENNY
    assert attach(client, methods[1], customer=TILL).customer == TILL
    assert attach(client, methods[2], customer_account="acct_1Qk7ZtLw4VbN9sDe").customer is None
    assert client.v1.payment_methods.retrieve(methods[0], {"expand": ["customer"]}).customer == JENNY
    assert listed(client, customer=JENNY) == [methods[0]]
    assert listed(client, customer=JENNY, type="card") == []
    assert listed(client, customer_account="acct_1Qk7ZtLw4VbN9sDe") == [methods[2]]
    assert listed(client, customer="cus_nobody") == []
    assert listed(client, customer="acct_1Qk7ZtLw4VbN9sDe") == []
    assert listed(client, customer_account=JENNY) == []
    assert listed(client, customer=JENNY, customer_account="acct_1Qk7ZtLw4VbN9sDe") == []
    assert listed(client, customer=JENNY, allow_redisplay="limited") == []
    assert listed(client, allow_redisplay="always", limit=1) == methods[::-1]
    assert listed(client, allow_redisplay="limited") == []
    assert listed(client) == [*methods[::-1], fresh.id]
    assert create_topup(client, payment_method=methods[0]).payment_method == methods[0]
    detached = client.v1.payment_methods.detach(methods[0])
    assert detached.customer is None
    assert listed(client, customer=JENNY) == []


def test_a_payment_method_belongs_to_one_customer_at_a_time(client: StripeClient) -> None:
    method = create_method(client).id
    attach(client, method, customer=JENNY)
    assert attach(client, method, customer=JENNY).customer == JENNY
    for other in ({"customer": TILL}, {"customer_account": "acct_1Qk7ZtLw4VbN9sDe"}):
        with pytest.raises(stripe.InvalidRequestError, match="has already been attached to a customer") as caught:
            attach(client, method, **other)
        assert caught.value.code == "payment_method_unexpected_state"
    client.v1.payment_methods.detach(method)
    assert refused(partial(attach, client, method, customer=JENNY)) == (404, "resource_missing", "payment_method")


def test_an_id_that_no_customer_could_have_is_refused(client: StripeClient, wire: Wire) -> None:
    path = f"/v1/payment_methods/{create_method(client).id}/attach"
    for param, kind, given in (
        ("customer", "customer", "jenny"),
        ("customer", "customer", "cus_"),
        ("customer_account", "account", JENNY),
    ):
        reply = wire.post(path, {param: given})
        assert_error(reply, 400, f"No such {kind}: '{given}'", code="resource_missing", param=param)
    missing = wire.post(path)
    assert_error(missing, 400, "Missing required param: customer.", code="parameter_missing", param="customer")
    both = wire.post(path, {"customer": JENNY, "customer_account": "acct_1Qk7ZtLw4VbN9sDe"})
    assert_error(both, 400, "Received both customer and customer_account parameters. Please pass in only one.")
    assert client.v1.payment_methods.list({"customer": JENNY}).data == []
