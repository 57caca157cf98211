"""The pictures of README.md and docs: `make screenshots` walks a rehearsal and writes docs/images.

It is no part of the tests. `tests/unit/test_docs_images.py` has what is true of the pictures that are there: also
that no page has other words since, by docs/images/words.json, which is written here.
"""

import json
from datetime import date
from pathlib import Path

from tests.support.chromium import run_in_browser
from tests.support.docs_images import IMAGES, write_words
from tests.support.live_house import FORM, LiveHouse, open_live_house
from tests.support.live_money import PAYS
from tests.support.polling import until
from tests.support.statement_writers import Account, Entry, bai2
from tests.support.wire import Wire

DAY_S = 24 * 3600
FIRST = 1_793_610_000  # Nov 2, 2026, 09:00 UTC
WAYS = ("btok_us_verified", "btok_us_verified", "btok_us_verified_insufficientFunds", "btok_us_verified_reversed")


def fill_test_mode(live: LiveHouse) -> dict[str, object]:
    """Live four weeks of test mode, and return the pages of test mode by name."""
    wire = Wire(live.house.url, live.house.server.test_key)
    clock = wire.post("/v1/test_helpers/test_clocks", {"frozen_time": FIRST, "name": "November"}).json["id"]
    for week in range(10):
        for number, source in enumerate(WAYS[week % 3 :]):
            amount = 120_000 + 35_000 * number + 9_900 * week
            fields = {
                "amount": amount,
                "currency": "usd",
                "source": source,
                "description": f"Prepaid balance {week + 1}",
            }
            assert wire.post("/v1/topups", fields).status == 200
        wire.post(f"/v1/test_helpers/test_clocks/{clock}/advance", {"frozen_time": FIRST + (week + 1) * 3 * DAY_S})
        until(
            lambda: wire.get(f"/v1/test_helpers/test_clocks/{clock}").json["status"] == "ready",
            what="the clock to arrive",
        )
    fields = {
        "amount": 250_000,
        "currency": "usd",
        "source": "btok_us_verified_pending",
        "description": "Before the weekend",
    }
    pending = wire.post("/v1/topups", fields | {"metadata[order_id]": "6735"}).json["id"]
    return {
        "dashboard-balance": {"path": "/test/balance/overview"},
        "dashboard-topup": {"path": f"/test/topups/{pending}", "theme": "dark"},
        "dashboard-topups": {"path": "/test/topups?currency=usd"},
        "reference": {"path": "/docs/api/topups/create"},
        "shell": {"path": "/test/topups", "keys": ["Control+Backquote"], "wait": ".xterm"},
    }


def walk(live: LiveHouse) -> dict[str, str]:
    """Bring about what the pictures of live mode show, and return their pages by name."""
    live.activate(live.write_originator(transfers="on", transfers_numbers="4400000000-4400009999"))
    live.freeze("2026-12-01 10:00")
    live.create(live.source(PAYS), 500_000)
    wanted = live.live.post(
        "/v1/brim/funding_instructions", {"amount": 12_500, "currency": "usd", "description": "Invoice 7"}
    ).json
    number = wanted["bank_transfer"]["financial_addresses"][0]["aba"]["account_number"]
    live.advance("2026-12-01 17:01")
    live.approve(live.wait_for_file("built"))
    live.wait_for_file("sent")
    lines = (
        Entry(12_500, "W1", text=(f"Invoice 7 {wanted['reference']}",)),
        Entry(40_000, "W2", text=(f"WIRE TO {number}",)),
        Entry(25_000, "W3", text=("Rent for December",)),
        Entry(500_000, "D1", text=("ACH DEPOSIT",)),
        Entry(-250, "F1", text=("MONTHLY FEE",)),
        Entry(-9_900, "C1", text=("CHECK 1042",)),
    )
    content = bai2([Account(FORM["account_number"], "usd", 1_000_000, lines, date(2026, 12, 2))])
    (live.folder / "from-bank" / "statement.bai").write_bytes(content)
    statement = until(lambda: live.live.get("/v1/brim/bank_statements").json["data"], what="the statement")[0]["id"]
    found = live.live.get(f"/v1/brim/bank_statements/{statement}/lines").json["data"]
    deposit = next(each["id"] for each in found if each["amount"] == 500_000)
    waiting = live.live.get("/v1/brim/incoming_transfers?status=suspended").json["data"]
    return {
        "statement": f"/bank-statements/{statement}",
        "open-lines": "/statement-lines",
        "settle-a-line": f"/statement-lines/{deposit}",
        "funding-instructions": "/funding-instructions",
        "incoming-transfers": "/incoming-transfers?status=all",
        "incoming-transfer": f"/incoming-transfers/{next(each['id'] for each in waiting if each['amount'] == 25_000)}",
    }


def test_the_pictures_are_made(tmp_path: Path) -> None:
    IMAGES.mkdir(exist_ok=True)
    with open_live_house(tmp_path) as live:
        environment = {
            "BASE_URL": live.house.url,
            "COOKIES": json.dumps(live.browser.cookies),
            "PAGES": json.dumps(
                {**fill_test_mode(live), **{name: {"path": path} for name, path in walk(live).items()}}
            ),
            "INTO": str(IMAGES),
        }
        run_in_browser("screenshots.mjs", environment, at_least=1)
    write_words()
