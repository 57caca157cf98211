"""What a top-up would be promised, asked before it is made: the same as the create that follows is told."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from stripe import StripeClient

from tests.support.moments import BEFORE_A_LONG_WEEKEND, OVER_THE_LONG_WEEKEND, second
from tests.support.service import Connect, Server
from tests.support.wire import PENDING, Wire, assert_error

PREVIEW: Final = "/v1/brim/availability_preview"
CLOCKS: Final = "/v1/test_helpers/test_clocks"
BANK: Final = {"type": "us_bank_account", "us_bank_account[routing_number]": "110000000"}
UNVERIFIED_NUMBER: Final = "000987654321"


def preview(client: StripeClient, **parameters: Any) -> Any:
    """Return what the official SDK is answered, as it came."""
    return json.loads(client.raw_request("get", PREVIEW, **parameters).body)


def made(wire: Wire, **form: object) -> Any:
    """Return why the money of a new top-up is usable when it is."""
    return wire.create(**{"expand[]": "brim.availability", **form})["brim"]["availability"]


def freeze(wire: Wire, frozen_time: int) -> str:
    reply = wire.post(CLOCKS, {"frozen_time": frozen_time})
    assert reply.status == 200, reply.body
    return str(reply.json["id"])


@pytest.mark.parametrize(
    ("currency", "frozen", "usable"),
    [
        pytest.param("usd", "2026-07-02 20:59", "2026-07-09 13:00", id="before the cut-off of a Thursday"),
        pytest.param("usd", "2026-07-02 21:00", "2026-07-10 13:00", id="at the cut-off before a long weekend"),
        pytest.param("usd", "2026-11-25 15:00", "2026-12-03 14:00", id="over Thanksgiving"),
        pytest.param("usd", "2026-03-06 21:59", "2026-03-13 13:00", id="into summer time, in time"),
        pytest.param("usd", "2026-03-06 22:00", "2026-03-16 13:00", id="into summer time, at the cut-off"),
        pytest.param("usd", "2026-10-29 20:59", "2026-11-05 14:00", id="out of summer time"),
        pytest.param("eur", "2026-03-27 15:59", "2026-04-07 07:00", id="over the change of clocks and Easter"),
        pytest.param("jpy", "2026-05-01 05:00", "2026-05-11 00:00", id="over three holidays in a row"),
        pytest.param("chf", "2026-05-01 16:59", "2026-05-08 09:00", id="a currency without a calendar of its own"),
    ],
)
def test_under_a_clock_the_create_that_follows_gets_the_same_days(
    client: StripeClient, wire: Wire, currency: str, frozen: str, usable: str
) -> None:
    freeze(wire, second(frozen))
    told = preview(client, currency=currency)
    assert told == {
        "object": "brim.availability_preview",
        "availability": made(wire, currency=currency),
        "currency": currency,
        "livemode": False,
        "reason": None,
    }
    assert told["availability"]["available_on"] == second(usable)


def test_the_reasons_are_those_that_a_top_up_gives(client: StripeClient, wire: Wire) -> None:
    freeze(wire, BEFORE_A_LONG_WEEKEND)
    assert preview(client, currency="USD", amount=2000, source=PENDING)["availability"] == OVER_THE_LONG_WEEKEND


def test_without_a_clock_it_tells_how_long_the_sandbox_takes(client: StripeClient, wire: Wire) -> None:
    told = preview(client, currency="usd")["availability"]
    after = made(wire)
    unknown: dict[str, object] = {
        "business_days": [],
        "calendar": None,
        "settlement_days": None,
        "skipped": [],
        "time_zone": None,
    }
    assert {name: told[name] for name in unknown} == {name: after[name] for name in unknown} == unknown
    assert told["submitted"] <= after["submitted"]
    assert told["available_on"] - told["submitted"] in {0, 1}  # a tenth of a second, as this service is set


def test_a_process_that_knew_another_time_asks_again(second_url: str, wire: Wire) -> None:
    elsewhere = Wire(second_url, wire.key)
    target = f"{PREVIEW}?currency=usd"
    assert elsewhere.get(target).json["availability"]["calendar"] is None
    clock = freeze(wire, BEFORE_A_LONG_WEEKEND)
    assert elsewhere.get(target).json["availability"] == made(wire)
    wire.send("DELETE", f"{CLOCKS}/{clock}")
    assert elsewhere.get(target).json["availability"]["calendar"] is None


def test_days_agreed_with_an_account_count_in_place_of_the_calendars(
    client: StripeClient, connect: Connect, server: Server
) -> None:
    agreed: Any = {"brim": {"settlement_days": 1}}
    below = client.v1.accounts.create(agreed)
    its = Wire(server.url, server.make_key(below.id))
    freeze(its, BEFORE_A_LONG_WEEKEND)
    told = preview(connect(its.key or ""), currency="usd")["availability"]
    assert told == made(its)
    assert (told["settlement_days"], told["business_days"]) == (1, ["2026-07-06"])


def test_whatever_pays_can_be_named_and_a_token_is_not_used_up(client: StripeClient, wire: Wire) -> None:
    freeze(wire, BEFORE_A_LONG_WEEKEND)
    number = {"us_bank_account[account_number]": "000123456789"}
    method = wire.post("/v1/payment_methods", {**BANK, **number}).json["id"]
    source = wire.post("/v1/sources", {"type": "ach_debit", "token": "btok_us_verified"}).json["id"]
    token = a_token(wire)
    before = wire.get("/v1/events").json
    expected = preview(client, currency="usd")
    for named in ({"payment_method": method}, {"source": source}, {"source": token}):
        assert preview(client, currency="usd", **named) == expected
    assert preview(client, currency="usd", payment_method="pm_usBankAccount_processing") == expected
    assert wire.get("/v1/events").json == before
    assert wire.get("/v1/topups").json["data"] == []
    assert wire.get(f"/v1/tokens/{token}").json["used"] is False
    assert made(wire, source=token) == expected["availability"]


def a_token(wire: Wire, number: str = "000123456789") -> str:
    bank = {"country": "US", "account_number": number, "routing_number": "110000000"}
    reply = wire.post("/v1/tokens", {f"bank_account[{name}]": value for name, value in bank.items()})
    assert reply.status == 200, reply.body
    return str(reply.json["id"])


def refused_alike(wire: Wire, form: Mapping[str, object]) -> Any:
    """Return how a preview is refused, and see that a create of the same is refused in the same words."""
    query = "&".join(f"{name}={value}" for name, value in form.items())
    asked, created = wire.get(f"{PREVIEW}?{query}"), wire.post("/v1/topups", {"amount": 1000, **form})
    assert asked.status == created.status >= 400
    errors = [
        {name: value for name, value in reply.error.items() if name != "request_log_url"} for reply in (asked, created)
    ]
    assert errors[0] == errors[1]
    return errors[0]


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"currency": "xyz"}, None, "currency"),
        ({"currency": ""}, "parameter_invalid_empty", "currency"),
        ({"currency": "usd", "amount": 0}, "parameter_invalid_integer", "amount"),
        ({"currency": "usd", "amount": 10**12}, "amount_too_large", "amount"),
        ({"currency": "isk", "amount": 150}, "parameter_invalid_integer", "amount"),
        ({"currency": "usd", "source": PENDING, "payment_method": "pm_x"}, None, None),
        ({"currency": "usd", "source": "src_nobodys"}, "resource_missing", "source"),
        ({"currency": "usd", "source": "btok_nobodys"}, "resource_missing", "source"),
        ({"currency": "usd", "source": "nonsense"}, "resource_missing", "source"),
        ({"currency": "usd", "payment_method": "pm_nobodys"}, "resource_missing", "payment_method"),
        ({"currency": "usd", "nonsense": "1"}, "parameter_unknown", "nonsense"),
    ],
)
def test_what_a_create_refuses_is_refused_in_its_words(
    wire: Wire, form: dict[str, object], code: str | None, param: str | None
) -> None:
    error = refused_alike(wire, form)
    assert (error.get("code"), error.get("param")) == (code, param)


def test_a_bank_account_that_may_not_be_debited_promises_nothing(wire: Wire) -> None:
    number = {"us_bank_account[account_number]": UNVERIFIED_NUMBER}
    method = wire.post("/v1/payment_methods", {**BANK, **number}).json["id"]
    assert "not verified yet" in refused_alike(wire, {"currency": "usd", "payment_method": method})["message"]
    failed = {"currency": "usd", "payment_method": "pm_usBankAccount_failMicrodeposits"}
    assert "verification has failed" in refused_alike(wire, failed)["message"]
    token = a_token(wire, UNVERIFIED_NUMBER)
    assert "not verified yet" in refused_alike(wire, {"currency": "usd", "source": token})["message"]
    assert wire.get(f"/v1/tokens/{token}").json["used"] is False


def test_a_token_that_became_a_source_pays_for_nothing_more(wire: Wire) -> None:
    token = a_token(wire)
    made(wire, source=token)
    message = refused_alike(wire, {"currency": "usd", "source": token})["message"]
    assert message == f"You cannot use a Stripe token more than once: {token}."


def test_live_mode_promises_nothing_without_a_bank_account(server: Server, live_key: str) -> None:
    error = refused_alike(Wire(server.url, live_key), {"currency": "usd"})
    assert "no default funding source in usd" in error["message"]


def test_another_accounts_bank_account_is_not_there(server: Server, wire: Wire) -> None:
    number = {"us_bank_account[account_number]": "000123456789"}
    method = wire.post("/v1/payment_methods", {**BANK, **number}).json["id"]
    token = a_token(wire)
    stranger = Wire(server.url, server.make_key(server.make_account().id))
    for named in ({"payment_method": method}, {"source": token}):
        assert refused_alike(stranger, {"currency": "usd", **named})["code"] == "resource_missing"


def test_the_currency_must_be_named(wire: Wire) -> None:
    reply = wire.get(PREVIEW)
    message = "Missing required param: currency."
    assert_error(reply, 400, message, code="parameter_missing", param="currency")


def test_reading_top_ups_suffices_to_ask(server: Server, account: str) -> None:
    reader = Wire(server.url, server.make_key(account, permissions={"topups": "read"}))
    assert reader.get(f"{PREVIEW}?currency=usd").status == 200
    other = Wire(server.url, server.make_key(account, permissions={"balance": "read"}))
    assert other.get(f"{PREVIEW}?currency=usd").status == 403
