"""Bank accounts by number, and top-ups from them, through the official client."""

from collections.abc import Callable
from typing import Any, Final

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient

ROUTING: Final = "110000000"
SUCCESS: Final = "000123456789"


def create_method(client: StripeClient, number: str = SUCCESS, **more: Any) -> stripe.PaymentMethod:
    params: Any = {
        "type": "us_bank_account",
        "us_bank_account": {"account_number": number, "routing_number": ROUTING, "account_holder_type": "individual"},
        **more,
    }
    return client.v1.payment_methods.create(params)


def create_token(client: StripeClient, number: str = SUCCESS, **more: Any) -> stripe.Token:
    account = {"account_number": number, "routing_number": ROUTING, "country": "US", "currency": "usd", **more}
    params: Any = {"bank_account": account}
    return client.v1.tokens.create(params)


def create_topup(client: StripeClient, **more: Any) -> stripe.Topup:
    params: Any = {"amount": 500, "currency": "usd", **more}
    return client.v1.topups.create(params)


def refused(call: Callable[[], object]) -> tuple[int | None, str | None, str | None]:
    """Return status, code and param of the refusal that a call meets."""
    with pytest.raises(InvalidRequestError) as caught:
        call()
    return caught.value.http_status, caught.value.code, caught.value.param
