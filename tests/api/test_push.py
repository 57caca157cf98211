"""Funding instructions and incoming transfers in test mode, through the official Python SDK and raw requests."""

from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.support.moments import second
from tests.support.service import Server
from tests.support.wire import Wire

INSTRUCTIONS = "/v1/brim/funding_instructions"
TRANSFERS = "/v1/brim/incoming_transfers"


def instructions(wire: Wire, **wanted: Any) -> dict[str, Any]:
    reply = wire.post(INSTRUCTIONS, {"currency": "usd", **wanted})
    assert reply.status == 200, reply.body
    return dict(reply.json)


def fund(wire: Wire, of: dict[str, Any], **how: Any) -> dict[str, Any]:
    reply = wire.post(f"/v1/test_helpers/funding_instructions/{of['id']}/fund", how)
    assert reply.status == 200, reply.body
    return dict(reply.json)


def available(wire: Wire) -> int:
    return int(wire.get("/v1/balance").json["available"][0]["amount"])


def test_the_official_library_reads_instructions_and_the_top_up_that_comes_of_them(client: StripeClient) -> None:
    reply = client.raw_request("post", INSTRUCTIONS, currency="usd", amount=12_500, metadata={"order": "7"})
    made = client.deserialize(reply, api_mode="V1")
    assert isinstance(made, stripe.FundingInstructions)
    assert (made.currency, made.funding_type, made.livemode) == ("usd", "bank_transfer", False)
    (address,) = made.bank_transfer.financial_addresses
    assert made.bank_transfer.type == "us_bank_transfer"
    assert address.aba is not None
    assert (address.type, address.aba.routing_number) == ("aba", "110000000")
    client.raw_request("post", f"/v1/test_helpers/funding_instructions/{made['id']}/fund")
    (topup,) = client.v1.topups.list().data
    assert (topup.amount, topup.status, topup.source) == (12_500, "succeeded", None)
    assert (topup.payment_method, topup.statement_descriptor) == (None, None)
    assert topup.metadata["order"] == "7"
    line: Any = client.v1.topups.retrieve(topup.id, {"expand": ["balance_transaction"]}).balance_transaction
    assert (line.amount, line.type, line.source) == (12_500, "topup", topup.id)
    happened = [event.type for event in reversed(client.v1.events.list().data)]
    assert happened == ["topup.created", "topup.succeeded", "balance.available", "brim.incoming_transfer.credited"]


@pytest.mark.parametrize(
    ("scenario", "status", "reason", "credited"),
    [
        ("exact", "credited", None, 10_000),
        ("short", "suspended", "short", 0),
        ("over", "credited", None, 10_000),
        ("twice", "suspended", "already_paid", 10_000),
        ("damaged_reference", "suspended", "damaged_reference", 0),
        ("no_reference", "suspended", "no_reference", 0),
        ("recalled", "recalled", None, 0),
    ],
)
def test_each_scenario_ends_in_its_state(
    wire: Wire, scenario: str, status: str, reason: str | None, credited: int
) -> None:
    made = instructions(wire, amount=10_000)
    played = fund(wire, made, scenario=scenario)
    assert (played["status"], played["reason"]) == (status, reason)
    balance = wire.get("/v1/balance").json["available"]
    assert (balance[0]["amount"] if balance else 0) == credited
    if scenario in {"damaged_reference", "no_reference"}:
        (suggested,) = played["suggestions"]
        assert suggested["funding_instructions"] == made["id"]
    if scenario == "over":
        (surplus,) = wire.get(f"{TRANSFERS}?status=suspended").json["data"]
        assert (surplus["amount"], surplus["reason"], surplus["part"]) == (1_000, "over", 2)


def test_a_short_transfer_and_the_rest_come_to_the_expected_amount(wire: Wire) -> None:
    made = instructions(wire, amount=10_000)
    fund(wire, made, scenario="short")
    partly = wire.get(f"{INSTRUCTIONS}/{made['id']}").json
    assert (partly["status"], partly["amount_received"], partly["amount_remaining"]) == ("partially_paid", 5_000, 5_000)
    fund(wire, made)
    paid = wire.get(f"{INSTRUCTIONS}/{made['id']}").json
    assert (paid["status"], paid["amount_remaining"], available(wire)) == ("paid", 0, 10_000)
    again = wire.post(f"/v1/test_helpers/funding_instructions/{made['id']}/fund")
    assert (again.status, again.error["param"]) == (400, "amount")


def test_the_lasting_instructions_are_always_the_same(wire: Wire) -> None:
    made = instructions(wire)
    assert instructions(wire) == made
    fund(wire, made, amount=700)
    fund(wire, made, amount=300, reference=f"thanks {made['reference'].lower()}")
    assert available(wire) == 1_000
    assert [each["id"] for each in wire.get(INSTRUCTIONS).json["data"]] == [made["id"]]
    assert wire.get(f"{INSTRUCTIONS}?starting_after={made['id']}").json["data"] == []
    unknown = wire.get(f"{INSTRUCTIONS}?starting_after=fi_none")
    assert (unknown.status, unknown.error["param"]) == (400, "starting_after")
    refused = wire.post(INSTRUCTIONS, {"currency": "eur"})
    assert (refused.status, refused.error["param"]) == (400, "currency")
    for wrong in ({"expires_at": 1}, {"expires_at": 1, "amount": 5}):
        refused = wire.post(INSTRUCTIONS, {"currency": "usd", **wrong})
        assert (refused.status, refused.error["param"]) == (400, "expires_at")


def test_what_is_in_suspense_is_assigned_at_once_in_test_mode_and_sent_back(
    server: Server, wire: Wire, account: str
) -> None:
    under = server.make_account(platform=account).id
    theirs = Wire(server.url, server.make_key(under))
    made = instructions(theirs)
    first = fund(theirs, made, amount=500, scenario="no_reference")
    assert theirs.get(TRANSFERS).status == 403
    path = f"{TRANSFERS}/{first['id']}"
    noted = wire.post(path, {"handled_by": "jenny", "note": "asked"}).json
    assert (noted["handled_by"], noted["note"]) == ("jenny", "asked")
    nobody = wire.post(f"{path}/assign", {"account": "acct_nobody"})
    assert (nobody.status, nobody.error["param"]) == (400, "account")
    assigned = wire.post(f"{path}/assign", {"account": under}).json
    assert (assigned["status"], assigned["account"], available(theirs)) == ("credited", under, 500)
    assert wire.get(f"{TRANSFERS}?topup={assigned['topup']}").json["data"][0]["id"] == first["id"]
    again = wire.post(f"{path}/send_back")
    assert (again.status, again.error["code"]) == (400, "incoming_transfer_unexpected_state")
    closed = server.make_account(platform=account).id
    waiting = fund(theirs, made, amount=70, scenario="no_reference")["id"]
    assert wire.post(f"/v1/accounts/{closed}/reject", {"reason": "fraud"}).status == 200
    for _ in range(2):  # what was refused leaves nothing proposed
        refused = wire.post(f"{TRANSFERS}/{waiting}/assign", {"account": closed})
        assert (refused.status, refused.error["code"]) == (400, "incoming_transfer_not_assignable")
    assert wire.get(f"{TRANSFERS}/{waiting}").json["proposal"] is None
    second_one = fund(theirs, made, amount=500, scenario="no_reference")
    assert wire.post(f"{TRANSFERS}/{second_one['id']}/send_back").json["status"] == "returning"


def test_transfers_arrive_in_the_time_of_the_accounts_clock(wire: Wire) -> None:
    noon = second("2026-07-01 16:00")
    assert wire.post("/v1/test_helpers/test_clocks", {"frozen_time": noon}).status == 200
    made = instructions(wire, amount=900, expires_at=noon + 3600)
    played = fund(wire, made)
    topup = wire.get(f"/v1/topups/{played['topup']}").json
    assert (made["created"], topup["created"], played["booked_on"]) == (noon, noon, "2026-07-01")
