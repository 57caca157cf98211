"""The dashboard in a browser: tests/node/dashboard.mjs on a server of ours."""

import json

import pytest

from tests.support.chromium import run_in_browser
from tests.support.page_visitors import Person
from tests.support.wire import PENDING, Wire

CLOCKS = "/v1/test_helpers/test_clocks"


def make_things_to_show(wire: Wire) -> list[str]:
    """Fill an account with something of each kind, and return the addresses of all pages."""
    pending = wire.create(description="Before the weekend", **{"metadata[order_id]": "6735"})["id"]
    returned = wire.create(amount=5000)["id"]
    wire.create(amount=300, currency="jpy", source=PENDING)
    wire.post(f"/v1/test_helpers/topups/{returned}/succeed")
    wire.post(f"/v1/test_helpers/topups/{returned}/reverse")
    arrived = wire.create(amount=1_234_56)["id"]
    wire.post(f"/v1/test_helpers/topups/{arrived}/succeed")
    transaction = wire.get("/v1/balance_transactions?limit=1").json["data"][0]["id"]
    bank = {"type": "us_bank_account", "us_bank_account[routing_number]": "110000000"}
    method = wire.post("/v1/payment_methods", {**bank, "us_bank_account[account_number]": "000987654321"}).json["id"]
    paths = ["/balance/overview", "/topups", "/topups?amount_from=1", "/topups?status=canceled", "/topups/new"]
    paths += ["/topups?status=failed&currency=usd&order=largest", "/search?q=weekend", "/search?q=none+of+it"]
    paths += [f"/topups/{pending}", f"/topups/{returned}", "/funding-sources?currency=usd", "/funding-sources/new"]
    paths += [f"/funding-sources/{method}", "/test-clocks", "/verification", "/topups/tu_nobodys"]
    paths += ["/balance-transactions?type=topup", f"/balance-transactions/{transaction}", "/balance-summary"]
    return [f"/test{path}" for path in paths] + ["/balance/overview", "/topups"]


@pytest.mark.slow
@pytest.mark.long_form
def test_the_dashboard_works_in_a_browser(person: Person, wire: Wire) -> None:
    environment = {
        "BASE_URL": person.wire.url,
        "COOKIE": person.cookie,
        "PAGES": json.dumps(make_things_to_show(wire)),
        "TEST_KEY": wire.key or "",
    }
    run_in_browser("dashboard.mjs", environment, at_least=12)
