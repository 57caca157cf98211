"""The pages of funding instructions and of incoming transfers, in test mode as a person uses them."""

from pathlib import Path
from typing import Any

import pytest

from brim.core.operators.rules import Role
from brim.core.push import Proposal
from tests.support.ach_objects import AchObjects
from tests.support.page_visitors import Person
from tests.support.people_house import House
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire

TRANSFERS = "/v1/brim/incoming_transfers"


def test_instructions_are_created_and_a_transfer_in_suspense_is_assigned(
    wire: Wire, person: Person, account: str
) -> None:
    assert "No funding instructions" in person.read("/test/funding-instructions")
    sent = person.send(
        "/test/funding-instructions", "/test/funding-instructions", {"amount": "125", "description": "Rent"}
    )
    assert sent.status == 303
    (made,) = wire.get("/v1/brim/funding_instructions").json["data"]
    assert (made["amount"], made["description"]) == (12_500, "Rent")
    shown = person.read("/test/funding-instructions")
    assert made["reference"] in shown
    assert "110000000" in shown
    wrong = person.send("/test/funding-instructions", "/test/funding-instructions", {"amount": "much"})
    assert wrong.status == 400
    path = f"/v1/test_helpers/funding_instructions/{made['id']}/fund"
    transfer = wire.post(path, {"scenario": "damaged_reference"}).json
    listed = person.read("/test/incoming-transfers")
    assert "The reference contains an error" in listed
    assert account in listed
    page = f"/test/incoming-transfers/{transfer['id']}"
    assert "one typo in the reference" in person.read(page)
    assert person.send(page, page, {"handled_by": "jenny", "note": "asked"}).status == 303
    assert wire.get(f"{TRANSFERS}/{transfer['id']}").json["note"] == "asked"
    nobody = person.send(page, f"{page}/assign", {"account": "acct_nobody"})
    assert nobody.status == 400
    assert person.send(page, f"{page}/assign", {"account": account}).status == 303
    topup = wire.get(f"{TRANSFERS}/{transfer['id']}").json["topup"]
    shown = person.read(f"/test/topups/{topup}")
    assert transfer["id"] in shown
    assert "Bank transfer" in shown
    assert "Default bank account" not in shown
    assert "Available at once" in shown
    second = wire.post(path, {"scenario": "no_reference", "amount": 700}).json["id"]
    assert (
        person.send(f"/test/incoming-transfers/{second}", f"/test/incoming-transfers/{second}/send-back", {}).status
        == 303
    )
    shown = person.read(f"/test/incoming-transfers/{second}")
    assert wire.get(f"{TRANSFERS}/{second}").json["return_reference"] in shown
    for status in ("returning", "credited", "returned", "recalled", "all"):
        assert person.visit(f"/test/incoming-transfers?status={status}").status == 200
    assert person.visit("/test/incoming-transfers?status=lost").status == 404


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def live_person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


def test_the_button_approves_what_the_page_has_shown(
    server: Server, live_person: Person, account: str, tmp_path: Path
) -> None:
    proposal: dict[str, Any] = {
        "proposed": Proposal.ASSIGN,
        "proposed_owner": account,
        "proposed_by": "op_9",
        "proposed_ms": 1,
    }
    page = f"/incoming-transfers/{AchObjects(server, account, tmp_path).suspended_transfer(**proposal)}"
    shown = live_person.hidden(page, f"{page}/approve")
    assert (shown["action"], shown["account"]) == ("assign", account)


def test_what_was_proposed_meanwhile_is_not_approved(house: House, tmp_path: Path) -> None:
    account = str(Wire(house.url, house.server.test_key).get("/v1/account").json["id"])
    first, second = house.signed_in(Role.ADMIN), house.signed_in(Role.ADMIN)
    page = f"/incoming-transfers/{AchObjects(house.server, account, tmp_path).suspended_transfer()}"
    for path, fields in (("/assign", {"account": account}), ("/decline", {}), ("/send-back", {})):
        first.get(page)
        assert first.submit(page + path, **fields).status == 200, (path, first.text)
    second.get(page)
    second.submit(f"{page}/approve", action="assign", account=account)
    assert "The proposal for the transfer" in second.text
    second.get(page)
    second.submit(f"{page}/approve", action="send_back", account="")
    assert "Make the payment through your bank" in second.text


def test_a_debit_on_the_statement_is_settled_as_a_transfer_that_went_back(
    server: Server, live: Wire, live_person: Person, account: str, tmp_path: Path
) -> None:
    objects = AchObjects(server, account, tmp_path)
    objects.originator()
    transfer = objects.suspended_transfer()
    amount = live.get(f"{TRANSFERS}/{transfer}").json["amount"]
    debit = objects.line(amount=-amount, description="BACK")
    page = f"/statement-lines/{debit}"
    settled = live_person.send(
        page, f"{page}/settle", {"note": "Rent.", "fees": "", "lines": "", "returned_transfers": transfer}
    )
    assert settled.status == 303
    assert live.get(f"{TRANSFERS}/{transfer}").json["status"] == "recalled"
    (settlement,) = live.get("/v1/brim/line_settlements?status=posted").json["data"]
    assert (settlement["returned_transfers"], settlement["transfer"]) == ([transfer], 0)
    assert transfer in live_person.read(f"/line-settlements/{settlement['id']}")
    assert "Transfer from a customer" in live_person.read(f"/statement-lines/{objects.line(amount=900)}")
