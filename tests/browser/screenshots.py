"""Pictures for docs/reconciliation.md and docs/push.md: `make screenshots` walks a rehearsal and writes docs/images.

It is no part of the tests; `tests/unit/test_docs_images.py` has what is true of the pictures that are there.
"""

import json
from datetime import date
from pathlib import Path

from tests.support.chromium import run_in_browser
from tests.support.live_house import FORM, LiveHouse, open_live_house
from tests.support.live_money import PAYS
from tests.support.polling import until
from tests.support.statement_writers import Account, Entry, bai2

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def walk(live: LiveHouse) -> dict[str, str]:
    """Bring about what the pictures show, and return their pages by name."""
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
            "PAGES": json.dumps(walk(live)),
            "INTO": str(IMAGES),
        }
        run_in_browser("screenshots.mjs", environment, at_least=1)
