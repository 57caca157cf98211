"""Negative balances by the API and on the pages: what is missing is asked for once, and something is kept back."""

import pytest

from tests.support.page_visitors import Person
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, WireReply

URL = "/v1/brim/negative_balances"
RESERVES = "/v1/brim/balance_reserves"


def assert_refused(reply: WireReply, status: int, sentence: str, code: str | None = None) -> None:
    assert (reply.status, reply.error.get("code")) == (status, code), reply.body
    assert sentence in reply.error["message"]


def owe(wire: Wire, amount: int) -> str:
    """Take the test balance of an account below zero by a return; give back the top-up."""
    topup = wire.create(amount=amount, source="btok_us_verified_pending")["id"]
    assert wire.post(f"/v1/test_helpers/topups/{topup}/succeed").status == 200
    held = wire.post("/v1/test_helpers/balance/hold", {"amount": amount, "currency": "usd"})
    assert held.json["object"] == "balance"
    assert wire.post(f"/v1/test_helpers/topups/{topup}/reverse").status == 200
    return str(topup)


def test_what_is_missing_is_asked_for_once_and_a_retry_gets_the_first_answer(wire: Wire, account: str) -> None:
    topup = owe(wire, 700)
    (found,) = wire.get(URL).json["data"]
    assert (found["id"], found["amount"], found["status"]) == (f"{account}_usd", 700, "negative")
    assert [(step["source"], step["taken"]) for step in found["steps"]] == [(topup, 700)]
    path = f"{URL}/{found['id']}"
    assert wire.get(path).json == found
    assert_refused(wire.post(f"{path}/top_up", {"amount": 701}), 400, "The balance is $7.00 below zero")
    key = {"Idempotency-Key": "recover"}
    form = {"source": "btok_us_verified_pending"}
    first = wire.send("POST", f"{path}/top_up", form=form, headers=key)
    assert (first.json["object"], first.json["amount"], first.json["status"]) == ("topup", 700, "pending")
    assert_refused(wire.post(f"{path}/top_up"), 400, "Pending top-ups of $7.00", "recovery_pending")
    assert wire.post(f"/v1/test_helpers/topups/{first.json['id']}/succeed").status == 200
    assert wire.get(path).status == 404
    again = wire.send("POST", f"{path}/top_up", form=form, headers=key)
    assert (again.status, again.json) == (200, first.json)
    assert_refused(wire.post(f"{path}/top_up"), 400, "is not negative", "balance_not_negative")
    kinds = {event["type"]: event["data"]["object"] for event in wire.get("/v1/events?limit=100").json["data"]}
    recovered = kinds["brim.negative_balance.recovered"]
    assert (recovered["status"], recovered["recovered"], recovered["amount"]) == ("recovered", 700, 0)


def test_a_platform_asks_for_none_of_anothers_and_its_accounts_set_no_reserve(
    server: Server, wire: Wire, account: str
) -> None:
    under = server.make_account(platform=account).id
    theirs = Wire(server.url, server.make_key(under))
    owe(theirs, 300)
    for filters in ("", f"?account={under}", "?currency=usd", f"?account={under}&currency=usd"):
        assert [each["id"] for each in wire.get(URL + filters).json["data"]] == [f"{under}_usd"]
    for filters in (f"?account={account}", "?currency=jpy"):
        assert wire.get(URL + filters).json["data"] == []
    assert wire.post(f"{URL}/{under}_usd/top_up").status == 404
    assert Wire(server.url, server.make_key(server.make_account().id)).get(f"{URL}/{under}_usd").status == 404
    refused = theirs.post(RESERVES, {"amount": 0, "currency": "usd"})
    assert_refused(refused, 403, "Only available to a platform.")
    assert wire.post(RESERVES, {"account": under, "amount": 90, "currency": "usd"}).json["held"] == 0
    assert wire.post(RESERVES, {"account": "acct_no", "amount": 90, "currency": "usd"}).status in {400, 403, 404}
    assert [each["account"] for each in wire.get(RESERVES).json["data"]] == [under]


def test_a_worker_fills_a_reserve_and_draws_on_it(wire: Wire) -> None:
    assert wire.post(RESERVES, {"amount": 400, "currency": "usd"}).json["held"] == 0
    topup = wire.create(amount=500, source="btok_us_verified_pending")["id"]
    assert wire.post(f"/v1/test_helpers/topups/{topup}/succeed").status == 200
    until(lambda: wire.get(RESERVES).json["data"][0]["held"] == 400, what="the reserve to be filled")
    assert wire.get("/v1/balance").json["available"][0]["amount"] == 100
    assert wire.post("/v1/test_helpers/balance/hold", {"amount": 100, "currency": "usd"}).status == 200
    refused = wire.post("/v1/test_helpers/balance/hold", {"amount": 1, "currency": "usd"})
    assert_refused(refused, 400, "Only $0.00 of", "balance_insufficient")
    assert wire.post(f"/v1/test_helpers/topups/{topup}/reverse").status == 200
    until(lambda: wire.get(URL).json["data"][0]["amount"] == 100, what="the reserve to be drawn on")
    (steps,) = [each["steps"] for each in wire.get(URL).json["data"]]
    assert [step["step"] for step in steps] == ["topup_reversal", "hold_voided"]


@pytest.mark.parametrize("is_pending", [False, True])
def test_a_page_asks_for_what_is_missing(wire: Wire, person: Person, account: str, *, is_pending: bool) -> None:
    owe(wire, 1_234)
    if is_pending:
        wire.create(amount=5_000, source="btok_us_verified_pending")
    assert "12.34 USD" in person.read("/test/negative-balances")
    path = f"/test/negative-balances/{account}_usd"
    page = person.read(path)
    assert "Request a top-up" in page
    assert ("even though pending top-ups" in page) == is_pending
    action = f"{path}/top-up"
    sent = person.post(action, person.hidden(path, action) | ({"allow_duplicate": "yes"} if is_pending else {}))
    assert sent.status == 303
    (topup, *_) = wire.get("/v1/topups").json["data"]
    assert (topup["amount"], f"/topups/{topup['id']}" in sent.headers["location"]) == (1_234, True)
    assert "1 negative balance" in person.read("/test/balance/overview")
