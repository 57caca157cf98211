"""Payment methods, sources, tokens and defaults through the official Python SDK, and on the wire where it has none."""

import json
from functools import partial
from typing import Any, Final

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient

from tests.support.funding import ROUTING, SUCCESS, create_method, create_token, create_topup, refused
from tests.support.polling import wait_for_event
from tests.support.service import Connect, Server
from tests.support.wire import Wire, assert_error, assert_golden

UNDOCUMENTED: Final = "000987654321"
AMOUNTS_URL: Final = "verify_microdeposits"
DEFAULTS: Final = "/v1/brim/default_funding_sources"


def plain(found: object) -> Any:
    """Return an object of the SDK as its JSON."""
    return json.loads(str(found))


def create_source(client: StripeClient, number: str = SUCCESS, **more: Any) -> stripe.Source:
    params: Any = {"type": "ach_debit", "token": create_token(client, number).id, **more}
    return client.v1.sources.create(params)


def state_of(wire: Wire, method_id: str) -> Any:
    """Return what only Brim says of a payment method."""
    return wire.get(f"/v1/payment_methods/{method_id}?expand[]=brim").json["brim"]


# Payment methods.


def test_a_payment_method_shows_the_end_of_its_number_and_pays(client: StripeClient) -> None:
    method = create_method(client, billing_details={"name": "Jenny Rosen"}, metadata={"order": "1"})
    assert method.id.startswith("pm_")
    account = method.us_bank_account
    assert account is not None
    assert (account.last4, account.routing_number, account.bank_name) == ("6789", ROUTING, "STRIPE TEST BANK")
    assert (account.account_type, account.account_holder_type) == ("checking", "individual")
    assert method.billing_details.name == "Jenny Rosen"
    assert SUCCESS not in str(method)
    assert plain(client.v1.payment_methods.retrieve(method.id)) == plain(method)
    topup = create_topup(client, payment_method=method.id)
    wait_for_event(client, "topup.succeeded", topup.id)
    assert (topup.payment_method, topup.source) == (method.id, None)


def test_a_payment_method_and_a_source_are_the_golden_texts(wire: Wire) -> None:
    form = {
        "type": "us_bank_account",
        "us_bank_account[account_number]": SUCCESS,
        "us_bank_account[routing_number]": ROUTING,
        "us_bank_account[account_holder_type]": "individual",
        "billing_details[name]": "Jenny Rosen",
        "billing_details[address][city]": "San Francisco",
        "metadata[order_id]": "6735",
        "expand[]": "brim",
    }
    assert_golden(wire.post("/v1/payment_methods", form).body, "payment_method.json")
    form = {"type": "ach_debit", "token": "btok_us_verified", "currency": "usd", "owner[name]": "Jenny Rosen"}
    assert_golden(wire.post("/v1/sources", form).body, "source.json")
    form = {
        "bank_account[account_number]": SUCCESS,
        "bank_account[routing_number]": ROUTING,
        "bank_account[country]": "US",
        "bank_account[account_holder_name]": "Jenny Rosen",
    }
    assert_golden(wire.post("/v1/tokens", form).body, "token.json")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("000111111116", "no_account"),
        ("000111111113", "account_closed"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_a_documented_number_plays_its_part(client: StripeClient, number: str, code: str) -> None:
    topup = create_topup(client, payment_method=create_method(client, number).id)
    assert wait_for_event(client, "topup.failed", topup.id).data.object["failure_code"] == code


def test_equal_numbers_have_equal_fingerprints_in_every_account(
    client: StripeClient, connect: Connect, server: Server
) -> None:
    other = connect(server.make_key(server.make_account().id))
    mine, again, theirs = create_method(client), create_source(client), create_method(other)
    different = create_method(client, UNDOCUMENTED)
    fingerprints = [plain(found)["us_bank_account"]["fingerprint"] for found in (mine, theirs, different)]
    assert fingerprints[0] == fingerprints[1] == plain(again)["ach_debit"]["fingerprint"]
    assert fingerprints[0] != fingerprints[2]


def test_what_may_change_of_a_payment_method_does(client: StripeClient) -> None:
    method = create_method(
        client,
        billing_details={"name": "Jenny", "email": "j@example.com", "address": {"city": "Rome", "line1": "Via A"}},
        metadata={"a": "1"},
    )
    params: Any = {
        "billing_details": {"email": "", "address": {"city": "Milan", "line1": ""}},
        "metadata": {"b": "2"},
        "us_bank_account": {"account_type": "savings"},
    }
    changed = client.v1.payment_methods.update(method.id, params)
    assert plain(changed.metadata) == {"a": "1", "b": "2"}
    details = plain(changed)["billing_details"]
    assert (details["name"], details["email"]) == ("Jenny", None)
    assert (details["address"]["city"], details["address"]["line1"]) == ("Milan", None)
    account = plain(changed)["us_bank_account"]
    assert (account["account_type"], account["account_holder_type"]) == ("savings", "individual")
    assert plain(client.v1.payment_methods.retrieve(method.id)) == plain(changed)


def test_payment_methods_are_listed_newest_first_in_pages(client: StripeClient) -> None:
    made = [create_method(client).id for _ in range(5)]
    create_source(client)
    listed = client.v1.payment_methods.list({"limit": 2, "type": "us_bank_account"})
    assert [method.id for method in listed.auto_paging_iter()] == made[::-1]
    before = client.v1.payment_methods.list({"limit": 2, "ending_before": made[1]})
    assert [method.id for method in before.data] == [made[3], made[2]]
    assert before.has_more
    assert client.v1.payment_methods.list({"type": "card"}).data == []
    assert refused(lambda: client.v1.payment_methods.list({"starting_after": "pm_x"})) == (
        400,
        "resource_missing",
        "starting_after",
    )


def test_a_detached_payment_method_can_be_looked_at_but_not_used(client: StripeClient, wire: Wire) -> None:
    method = create_method(client)
    topup = create_topup(client, payment_method=method.id)
    assert client.v1.payment_methods.detach(method.id).id == method.id
    assert client.v1.payment_methods.list().data == []
    assert state_of(wire, method.id)["detached"] is True
    expanded = client.v1.topups.retrieve(topup.id, {"expand": ["payment_method"]}).payment_method
    assert isinstance(expanded, stripe.PaymentMethod)
    missing = (400, "resource_missing", "payment_method")
    assert refused(lambda: create_topup(client, payment_method=method.id)) == missing
    assert refused(lambda: client.v1.payment_methods.detach(method.id)) == (404, "resource_missing", "payment_method")


def test_a_retry_after_its_payment_method_was_detached_gets_its_first_answer(client: StripeClient) -> None:
    method = create_method(client)
    params: Any = {"amount": 500, "currency": "usd", "payment_method": method.id}
    options: Any = {"idempotency_key": "the-key"}
    first = client.v1.topups.create(params, options)
    client.v1.payment_methods.detach(method.id)
    again = client.v1.topups.create(params, options)
    assert plain(again) == plain(first)


def test_documented_payment_methods_can_be_retrieved_and_stay_as_they_are(client: StripeClient) -> None:
    method = client.v1.payment_methods.retrieve("pm_usBankAccount_success")
    assert (method.id, method.type) == ("pm_usBankAccount_success", "us_bank_account")
    assert plain(client.v1.payment_methods.retrieve("pm_usBankAccount_success")) == plain(method)
    missing = (404, "resource_missing", "payment_method")
    assert refused(lambda: client.v1.payment_methods.detach("pm_usBankAccount_success")) == missing
    topup = create_topup(client, payment_method="pm_usBankAccount_success", expand=["payment_method"])
    assert plain(topup.payment_method) == plain(method)


def test_a_payment_method_expands_wherever_a_topup_is_read(client: StripeClient) -> None:
    methods = [create_method(client, metadata={"n": str(number)}) for number in range(2)]
    ids = [methods[0].id, methods[1].id, methods[0].id, "pm_usBankAccount_success"]
    made = [create_topup(client, payment_method=each, expand=["payment_method"]) for each in ids]
    assert [plain(topup.payment_method)["id"] for topup in made] == ids
    found = client.v1.topups.list({"expand": ["data.payment_method"]}).data
    assert [plain(topup.payment_method)["id"] for topup in found] == ids[::-1]
    assert plain(found[-1].payment_method) == plain(methods[0])
    state: Any = client.v1.topups.retrieve(made[0].id, {"expand": ["payment_method.brim"]}).payment_method
    assert plain(state)["brim"]["verification"]["status"] == "verified"
    with pytest.raises(InvalidRequestError, match=r"cannot be expanded \(payment_method.type\)"):
        client.v1.topups.retrieve(made[0].id, {"expand": ["payment_method.type"]})


# Numbers.


@pytest.mark.parametrize(
    "routing", ["110000001", "11000000", "1100000000", "abcdefghi", "000000000", "", "\uff11\uff11" + "\uff10" * 7]
)
def test_a_routing_number_with_a_wrong_check_digit_is_refused(client: StripeClient, routing: str) -> None:
    account = {"account_number": SUCCESS, "routing_number": routing}
    params: Any = {"type": "us_bank_account", "us_bank_account": account}
    assert refused(lambda: client.v1.payment_methods.create(params)) == (
        400,
        "routing_number_invalid",
        "us_bank_account[routing_number]",
    )
    bank: Any = {"bank_account": {**account, "country": "US"}}
    assert refused(lambda: client.v1.tokens.create(bank))[2] == "bank_account[routing_number]"


@pytest.mark.parametrize("number", ["123456789012345678", "00012345678x", "000-123", "", "\uff16\uff17\uff18\uff19"])
def test_an_account_number_of_another_form_is_refused_and_not_repeated(client: StripeClient, number: str) -> None:
    account = {"account_number": number, "routing_number": ROUTING}
    params: Any = {"type": "us_bank_account", "us_bank_account": account}
    with pytest.raises(InvalidRequestError) as caught:
        client.v1.payment_methods.create(params)
    assert (caught.value.code, caught.value.param) == ("account_number_invalid", "us_bank_account[account_number]")
    assert not number or number not in str(caught.value.json_body)


def test_numbers_sent_as_an_object_are_not_repeated_either(wire: Wire) -> None:
    form = {
        "type": "us_bank_account",
        "us_bank_account[account_number][x]": SUCCESS,
        "us_bank_account[routing_number]": ROUTING,
    }
    reply = wire.post("/v1/payment_methods", form)
    assert (reply.status, reply.error["code"]) == (400, "account_number_invalid")
    assert SUCCESS not in reply.body.decode()


# Verification.


def test_an_undocumented_number_has_to_be_verified_first(client: StripeClient, wire: Wire) -> None:
    method = create_method(client, UNDOCUMENTED)
    assert state_of(wire, method.id) == {
        "detached": False,
        "verification": {"attempts_remaining": 3, "status": "pending"},
    }
    unverified = (400, "bank_account_unverified", "payment_method")
    assert refused(lambda: create_topup(client, payment_method=method.id)) == unverified
    reply = wire.post(f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}", {"amounts[0]": 45, "amounts[1]": 32})
    assert (reply.status, reply.json["id"]) == (200, method.id)
    assert create_topup(client, payment_method=method.id).status == "pending"
    again = wire.post(f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}", {"descriptor_code": "SM11AA"})
    assert again.error["code"] == "payment_method_bank_account_already_verified"


def test_a_documented_number_can_be_asked_to_verify_itself(wire: Wire) -> None:
    form = {
        "type": "us_bank_account",
        "us_bank_account[account_number]": SUCCESS,
        "us_bank_account[routing_number]": ROUTING,
        "brim[verification]": "microdeposits",
        "expand[]": "brim",
    }
    method = wire.post("/v1/payment_methods", form).json
    assert method["brim"]["verification"]["status"] == "pending"
    form = {"descriptor_code": "SM11AA", "expand[]": "brim"}
    verified = wire.post(f"/v1/payment_methods/{method['id']}/{AMOUNTS_URL}", form).json
    assert verified["brim"]["verification"] == {"attempts_remaining": 3, "status": "verified"}


def test_the_third_wrong_attempt_is_the_last_and_a_retry_costs_none(client: StripeClient, wire: Wire) -> None:
    method = create_method(client, UNDOCUMENTED)
    path = f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}"
    prefix = "payment_method_microdeposit_verification"
    wrong = {"amounts[0]": 1, "amounts[1]": 2}
    replies = [wire.post(path, wrong, headers={"Idempotency-Key": "guess"}) for _ in range(3)]
    assert_error(
        replies[0],
        400,
        "The amounts are incorrect. 2 attempts left.",
        code=f"{prefix}_amounts_mismatch",
        param="amounts",
    )
    assert [reply.body for reply in replies] == [replies[0].body] * 3
    assert state_of(wire, method.id)["verification"] == {"attempts_remaining": 2, "status": "pending"}
    code = wire.post(path, {"descriptor_code": "SM00XX"})
    assert (code.error["code"], code.error["param"]) == (f"{prefix}_descriptor_code_mismatch", "descriptor_code")
    for form in (wrong, {"amounts[0]": 32, "amounts[1]": 45}):
        assert wire.post(path, form).error["code"] == f"{prefix}_attempts_exceeded"
    assert state_of(wire, method.id)["verification"] == {"attempts_remaining": 0, "status": "failed"}
    unverified = (400, "bank_account_unverified", "payment_method")
    assert refused(lambda: create_topup(client, payment_method=method.id)) == unverified


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"amounts[]": [10, 11]}, "payment_method_microdeposit_verification_attempts_exceeded"),
        ({"descriptor_code": "SM33CC"}, "payment_method_microdeposit_verification_attempts_exceeded"),
        ({"amounts[]": [40, 41]}, "payment_method_microdeposit_verification_timeout"),
        ({"descriptor_code": "SM44DD"}, "payment_method_microdeposit_verification_timeout"),
    ],
)
def test_a_documented_failure_of_micro_deposits_is_final(
    client: StripeClient, wire: Wire, form: dict[str, Any], code: str
) -> None:
    method = create_method(client, UNDOCUMENTED)
    pairs = [(name, each) for name, value in form.items() for each in (value if isinstance(value, list) else [value])]
    reply = wire.post(f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}", pairs)
    assert reply.error["code"] == code
    assert state_of(wire, method.id)["verification"]["status"] == "failed"


@pytest.mark.parametrize(
    ("pairs", "code", "param"),
    [
        ([], "parameter_missing", "amounts"),
        ([("amounts[]", 32)], "payment_method_microdeposit_verification_amounts_invalid", "amounts"),
        (
            [("amounts[]", 32), ("amounts[]", "x")],
            "payment_method_microdeposit_verification_amounts_invalid",
            "amounts",
        ),
        ([("amounts[]", 0), ("amounts[]", 5)], "payment_method_microdeposit_verification_amounts_invalid", "amounts"),
        ([("amounts[]", 1), ("amounts[]", 2), ("descriptor_code", "SM11AA")], None, None),
    ],
)
def test_what_is_no_guess_costs_no_attempt(
    client: StripeClient, wire: Wire, pairs: list[tuple[str, object]], code: str | None, param: str | None
) -> None:
    method = create_method(client, UNDOCUMENTED)
    reply = wire.post(f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}", pairs)
    assert (reply.status, reply.error.get("code"), reply.error.get("param")) == (400, code, param)
    assert state_of(wire, method.id)["verification"]["attempts_remaining"] == 3


def test_micro_deposits_that_cannot_be_sent_cannot_be_guessed(client: StripeClient, wire: Wire) -> None:
    method = create_method(client, "000666666661")
    assert state_of(wire, method.id)["verification"]["status"] == "failed"
    reply = wire.post(f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}", {"descriptor_code": "SM11AA"})
    assert reply.error["code"] == "payment_method_microdeposit_failed"
    unverified = (400, "bank_account_unverified", "payment_method")
    assert refused(lambda: create_topup(client, payment_method="pm_usBankAccount_failMicrodeposits")) == unverified


def test_a_live_bank_account_is_never_verified_yet(connect: Connect, server: Server, live_key: str) -> None:
    client = connect(live_key)
    method = create_method(client)
    unverified = (400, "bank_account_unverified", "payment_method")
    assert refused(lambda: create_topup(client, payment_method=method.id)) == unverified
    reply = Wire(server.url, live_key).post(
        f"/v1/payment_methods/{method.id}/{AMOUNTS_URL}", {"descriptor_code": "SM11AA"}
    )
    assert reply.error["code"] == "payment_method_microdeposit_failed"
    assert refused(lambda: create_topup(client)) == (400, None, "currency")
    assert refused(lambda: create_topup(client, source="btok_us_verified")) == (400, "resource_missing", "source")
    assert refused(lambda: create_topup(client, payment_method="pm_usBankAccount_success")) == (
        400,
        "resource_missing",
        "payment_method",
    )


# Tokens and sources.


def test_a_token_becomes_a_source_once(client: StripeClient) -> None:
    token = create_token(client, account_holder_name="Jenny Rosen", account_holder_type="company")
    assert (token.type, token.used) == ("bank_account", False)
    assert token.bank_account is not None
    assert (token.bank_account.last4, token.bank_account.status) == ("6789", "new")
    assert SUCCESS not in str(token)
    params: Any = {"type": "ach_debit", "token": token.id, "currency": "usd", "metadata": {"a": "1"}}
    source = client.v1.sources.create(params)
    assert (source.status, source.type, source.currency) == ("chargeable", "ach_debit", "usd")
    assert plain(source)["owner"]["name"] == "Jenny Rosen"
    assert plain(source)["ach_debit"]["type"] == "company"
    assert client.v1.tokens.retrieve(token.id).used is True
    with pytest.raises(InvalidRequestError, match=f"more than once: {token.id}") as caught:
        client.v1.sources.create(params)
    assert caught.value.code == "token_already_used"
    assert plain(client.v1.sources.retrieve(source.id)) == plain(source)


def test_a_topup_carries_its_source_as_it_was(client: StripeClient) -> None:
    source = create_source(client, metadata={"a": "1"})
    topup = create_topup(client, source=source.id)
    assert plain(topup.source) == plain(source)
    params: Any = {"metadata": {"a": "2"}, "owner": {"name": "Jenny"}}
    changed = client.v1.sources.update(source.id, params)
    assert (plain(changed.metadata), plain(changed)["owner"]["name"]) == ({"a": "2"}, "Jenny")
    wait_for_event(client, "topup.succeeded", topup.id)
    assert plain(client.v1.topups.retrieve(topup.id).source) == plain(source)
    assert plain(create_topup(client, source=source.id).source) == plain(changed)


def test_documented_tokens_make_sources_again_and_again(client: StripeClient) -> None:
    params: Any = {"type": "ach_debit", "token": "btok_us_verified_insufficientFunds"}
    first, second = (client.v1.sources.create(params) for _ in range(2))
    assert first.id != second.id
    assert plain(first)["ach_debit"]["last4"] == "2227"
    topup = create_topup(client, source=second.id)
    assert wait_for_event(client, "topup.failed", topup.id).data.object["failure_code"] == "insufficient_funds"


def test_a_topup_may_name_a_token_which_is_used_up_by_that(client: StripeClient, wire: Wire) -> None:
    token = create_token(client)
    params: Any = {"amount": 500, "currency": "usd", "source": token.id}
    options: Any = {"idempotency_key": "with-token"}
    topup = client.v1.topups.create(params, options)
    assert plain(topup.source)["object"] == "source"
    assert plain(client.v1.topups.create(params, options)) == plain(topup)
    assert [source["id"] for source in wire.get("/v1/sources").json["data"]] == [plain(topup.source)["id"]]
    assert refused(lambda: create_topup(client, source=token.id)) == (400, "token_already_used", None)


def test_a_token_of_an_unverified_bank_account_is_refused_and_not_used_up(client: StripeClient) -> None:
    token = create_token(client, UNDOCUMENTED)
    assert refused(lambda: create_topup(client, source=token.id)) == (400, "bank_account_unverified", "source")
    params: Any = {"type": "ach_debit", "token": token.id}
    source = client.v1.sources.create(params)
    assert (source.status, plain(source.code_verification)) == (
        "pending",
        {"attempts_remaining": 3, "status": "pending"},
    )
    with pytest.raises(InvalidRequestError) as caught:
        client.v1.sources.verify(source.id, {"values": ["1", "2"]})
    assert caught.value.param == "values"
    verified = client.v1.sources.verify(source.id, {"values": ["32", "45"]})
    assert verified.status == "chargeable"
    assert "code_verification" not in plain(verified)
    assert create_topup(client, source=source.id).status == "pending"


def test_sources_are_listed_and_detached(wire: Wire, client: StripeClient) -> None:
    first, second = create_source(client), create_source(client)
    create_method(client)
    assert [source["id"] for source in wire.get("/v1/sources").json["data"]] == [second.id, first.id]
    assert wire.post(f"/v1/sources/{first.id}/detach").json["status"] == "consumed"
    assert [source["id"] for source in wire.get("/v1/sources").json["data"]] == [second.id]
    assert refused(lambda: create_topup(client, source=first.id)) == (400, "resource_missing", "source")


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        ({"source": "src_x"}, "No such source: 'src_x'", "source"),
        ({"source": "btok_x"}, "No such token: 'btok_x'", "source"),
        ({"source": "pm_x"}, "No such PaymentMethod: 'pm_x'", "source"),
        ({"payment_method": "pm_x"}, "No such PaymentMethod: 'pm_x'", "payment_method"),
        ({"payment_method": "src_x"}, "No such source: 'src_x'", "payment_method"),
    ],
)
def test_what_is_not_there_cannot_pay(client: StripeClient, params: Any, message: str, param: str) -> None:
    with pytest.raises(InvalidRequestError, match=message) as caught:
        create_topup(client, **params)
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, "resource_missing", param)


def test_bank_accounts_of_others_and_of_the_other_mode_are_not_there(
    client: StripeClient, connect: Connect, server: Server, live_key: str
) -> None:
    method, source, token = create_method(client), create_source(client), create_token(client)
    foreign = connect(server.make_key(server.make_account().id))
    for other in (foreign, connect(live_key)):
        calls = (
            partial(other.v1.payment_methods.retrieve, method.id),
            partial(other.v1.payment_methods.update, method.id),
            partial(other.v1.payment_methods.detach, method.id),
            partial(other.v1.sources.retrieve, source.id),
            partial(other.v1.tokens.retrieve, token.id),
        )
        assert [refused(call)[:2] for call in calls] == [(404, "resource_missing")] * 5
        for wanted in ({"payment_method": method.id}, {"source": source.id}, {"source": token.id}):
            assert refused(partial(create_topup, other, **wanted))[:2] == (400, "resource_missing")
        assert other.v1.payment_methods.list().data == []
    with pytest.raises(InvalidRequestError, match="a similar object exists in test mode"):
        connect(live_key).v1.payment_methods.retrieve(method.id)


def test_a_restricted_key_needs_a_right_for_each_kind(connect: Connect, server: Server, account: str) -> None:
    client = connect(server.make_key(account, permissions={"payment_methods": "read", "tokens": "write"}))
    assert client.v1.payment_methods.list().data == []
    assert create_token(client).used is False
    for call, right in (
        (lambda: create_method(client), "rak_payment_method_write"),
        (lambda: client.v1.sources.retrieve("src_x"), "rak_source_read"),
    ):
        with pytest.raises(stripe.PermissionError, match=right):
            call()


# Defaults.


def test_a_default_pays_for_what_names_nothing(client: StripeClient, wire: Wire) -> None:
    implicit = {
        "id": "implicit",
        "object": "brim.default_funding_source",
        "currency": None,
        "funding_source": None,
        "implicit": True,
        "livemode": False,
    }
    assert wire.get(DEFAULTS).json["data"] == [implicit]
    assert create_topup(client).source is None
    failing = create_method(client, "000111111113")
    reply = wire.post(DEFAULTS, {"currency": "USD", "funding_source": failing.id})
    chosen = {**implicit, "id": "usd", "currency": "usd", "funding_source": failing.id, "implicit": False}
    assert reply.json == chosen
    assert wire.get(DEFAULTS).json["data"] == [chosen, implicit]
    topup = create_topup(client)
    assert topup.payment_method == failing.id
    wait_for_event(client, "topup.failed", topup.id)
    assert create_topup(client, currency="eur").payment_method is None
    source = create_source(client)
    wire.post(DEFAULTS, {"currency": "usd", "funding_source": source.id})
    assert plain(create_topup(client).source) == plain(source)
    changed = client.v1.sources.update(source.id, {"metadata": {"a": "1"}})
    assert plain(create_topup(client).source) == plain(changed)
    assert wire.send("DELETE", f"{DEFAULTS}/usd").json == {
        "id": "usd",
        "object": "brim.default_funding_source",
        "deleted": True,
    }
    assert create_topup(client).source is None
    assert_error(
        wire.send("DELETE", f"{DEFAULTS}/usd"),
        404,
        "No such default funding source: 'usd'",
        code="resource_missing",
        param="currency",
    )


def test_a_detached_default_is_none_any_more(client: StripeClient, wire: Wire) -> None:
    method = create_method(client)
    for currency in ("usd", "eur"):
        wire.post(DEFAULTS, {"currency": currency, "funding_source": method.id})
    assert create_topup(client).payment_method == method.id
    client.v1.payment_methods.detach(method.id)
    assert [each["implicit"] for each in wire.get(DEFAULTS).json["data"]] == [True]
    assert create_topup(client).payment_method is None


def test_only_what_may_be_debited_can_be_a_default(client: StripeClient, wire: Wire) -> None:
    unverified = create_method(client, UNDOCUMENTED)
    for funding_source, code in ((unverified.id, "bank_account_unverified"), ("pm_x", "resource_missing")):
        reply = wire.post(DEFAULTS, {"currency": "usd", "funding_source": funding_source})
        assert (reply.status, reply.error["code"], reply.error["param"]) == (400, code, "funding_source")
    assert len(wire.get(DEFAULTS).json["data"]) == 1
