"""What a platform's client does for an account under it."""

from typing import Any

from stripe import StripeClient

from tests.support.polling import wait_for_event
from tests.support.wire import PENDING

WISH: Any = {"amount": 100, "currency": "usd", "source": PENDING}


def acting_for(account: str, **more: str) -> Any:
    """Return the options of a request that a platform makes for an account under it."""
    return {"stripe_account": account, **more}


def live(client: StripeClient, options: Any, account: str) -> dict[str, str]:
    """Let an account have one of everything, and return its ids by kind."""
    topup = client.v1.topups.create({"amount": 700, "currency": "usd"}, options)
    event = wait_for_event(client, "topup.succeeded", topup.id, options=options)
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000}, options)
    line = str(event.data.object["balance_transaction"])
    return {"topup": topup.id, "line": line, "event": event.id, "clock": clock.id, "account": account}
