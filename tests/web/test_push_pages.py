"""The pages of funding instructions and of incoming transfers, in test mode as a person uses them."""

from tests.support.page_visitors import Person
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
    assert "the reference has a mistake in it" in listed
    assert account in listed
    page = f"/test/incoming-transfers/{transfer['id']}"
    assert "its reference differs by one mistake" in person.read(page)
    assert person.send(page, page, {"handled_by": "jenny", "note": "asked"}).status == 303
    assert wire.get(f"{TRANSFERS}/{transfer['id']}").json["note"] == "asked"
    nobody = person.send(page, f"{page}/assign", {"account": "acct_nobody"})
    assert nobody.status == 400
    assert person.send(page, f"{page}/assign", {"account": account}).status == 303
    topup = wire.get(f"{TRANSFERS}/{transfer['id']}").json["topup"]
    assert transfer["id"] in person.read(f"/test/topups/{topup}")
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
