"""External accounts through the official Python SDK, and that none of them ever pays."""

import json
from functools import partial
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.support.connected_accounts import acting_for
from tests.support.funding import create_token, refused
from tests.support.wire import Wire, assert_error

VERIFIED: Any = {"external_account": "btok_us_verified"}


def plain(found: object) -> Any:
    """Return an object of the SDK as its JSON."""
    return json.loads(str(found))


def add(client: StripeClient, account: str, **more: Any) -> Any:
    params: Any = {**VERIFIED, **more}
    return plain(client.v1.accounts.external_accounts.create(account, params))


def listed(client: StripeClient, account: str, **params: Any) -> list[str]:
    return [each.id for each in client.v1.accounts.external_accounts.list(account, params).auto_paging_iter()]  # type: ignore[arg-type]


def test_an_external_account_is_made_of_a_token_once_under_the_tokens_own_name(client: StripeClient) -> None:
    account = client.v1.accounts.create({}).id
    token = create_token(client, account_holder_name="Jenny Rosen", account_holder_type="company")
    assert token.bank_account is not None
    made = add(client, account, external_account=token.id, metadata={"ledger": "7"})
    assert (made["id"], made["object"], made["account"]) == (token.bank_account.id, "bank_account", account)
    assert (made["last4"], made["routing_number"], made["currency"]) == ("6789", "110000000", "usd")
    assert (made["account_holder_name"], made["account_holder_type"]) == ("Jenny Rosen", "company")
    assert (made["status"], made["metadata"], made["default_for_currency"]) == ("new", {"ledger": "7"}, True)
    assert made["fingerprint"] == token.bank_account.fingerprint
    assert made == plain(client.v1.accounts.external_accounts.retrieve(account, made["id"]))
    assert plain(client.v1.accounts.retrieve(account))["external_accounts"]["data"] == [made]
    assert client.v1.tokens.retrieve(token.id).used
    again = partial(add, client, account, external_account=token.id)
    assert refused(again) == (400, "token_already_used", None)
    source: Any = {"type": "ach_debit", "token": token.id}
    assert refused(partial(client.v1.sources.create, source)) == (400, "token_already_used", None)
    topup: Any = {"amount": 100, "currency": "usd", "source": token.id}
    assert refused(partial(client.v1.topups.create, topup)) == (400, "token_already_used", None)


def test_one_request_under_a_key_adds_one(client: StripeClient) -> None:
    account, token = client.v1.accounts.create({}).id, create_token(client)
    params: Any = {"external_account": token.id}
    options: Any = {"idempotency_key": "payouts-go-here"}
    made = [client.v1.accounts.external_accounts.create(account, params, options).id for _ in range(2)]
    assert made[0] == made[1]
    assert listed(client, account) == made[:1]
    topup: Any = {"amount": 100, "currency": "usd", "source": token.id}
    other: Any = {"idempotency_key": made[0]}
    assert refused(partial(client.v1.topups.create, topup, other)) == (400, "token_already_used", None)


def test_an_external_account_pays_for_nothing(client: StripeClient, wire: Wire) -> None:
    own = client.v1.accounts.retrieve_current().id
    external = add(client, own)["id"]
    for param in ("source", "payment_method"):
        topup = {"amount": 100, "currency": "usd", param: external}
        reply = wire.post("/v1/topups", topup)
        assert (reply.status, reply.error["code"], reply.error["param"]) == (400, "resource_missing", param)
    default = wire.post("/v1/brim/default_funding_sources", {"currency": "usd", "funding_source": external})
    assert (default.status, default.error["code"]) == (400, "resource_missing")
    assert wire.get(f"/v1/sources/{external}").status == 404
    assert [each["implicit"] for each in wire.get("/v1/brim/default_funding_sources").json["data"]] == [True]


def test_the_first_of_a_currency_is_its_default_until_another_is_chosen(client: StripeClient) -> None:
    account = client.v1.accounts.create({}).id
    first, second, third = (add(client, account) for _ in range(3))
    assert [each["default_for_currency"] for each in (first, second, third)] == [True, False, False]
    external = client.v1.accounts.external_accounts
    chosen: Any = {"default_for_currency": True, "account_holder_name": "Jenny", "metadata": {"a": "1"}}
    updated = plain(external.update(account, second["id"], chosen))
    assert (updated["default_for_currency"], updated["account_holder_name"]) == (True, "Jenny")
    assert updated["metadata"] == {"a": "1"}
    assert not plain(external.retrieve(account, first["id"]))["default_for_currency"]
    needed = partial(external.delete, account, second["id"])
    assert refused(needed) == (400, None, None)
    gone = plain(external.delete(account, first["id"]))
    assert gone == {"id": first["id"], "object": "bank_account", "deleted": True}
    assert listed(client, account) == [third["id"], second["id"]]
    assert refused(partial(external.retrieve, account, first["id"])) == (404, "resource_missing", "id")


def test_a_default_in_another_currency_may_go_when_it_is_the_last(client: StripeClient) -> None:
    account = client.v1.accounts.create({"default_currency": "eur"}).id
    only = add(client, account)["id"]
    client.v1.accounts.external_accounts.delete(account, only)
    assert listed(client, account) == []


def test_an_account_that_is_given_another_bank_account_forgets_the_default_before(client: StripeClient) -> None:
    account = client.v1.accounts.create(VERIFIED)
    assert account.external_accounts is not None
    before = account.external_accounts.data[0].id
    kept = add(client, account.id)["id"]
    updated = client.v1.accounts.update(account.id, VERIFIED)
    assert updated.external_accounts is not None
    ids = [each.id for each in updated.external_accounts.data]
    assert before not in ids
    assert ids[1:] == [kept]
    newest: Any = updated.external_accounts.data[0]
    assert newest.default_for_currency


def test_external_accounts_are_listed_newest_first_and_paged_and_none_is_a_card(client: StripeClient) -> None:
    account = client.v1.accounts.create({}).id
    made = [add(client, account)["id"] for _ in range(12)]
    assert listed(client, account, limit=5) == made[::-1]
    assert listed(client, account, object="bank_account", limit=5) == made[::-1]
    assert listed(client, account, object="card") == []
    held = plain(client.v1.accounts.retrieve(account))["external_accounts"]
    assert ([each["id"] for each in held["data"]], held["has_more"], held["total_count"]) == (made[:1:-1], True, 12)
    with pytest.raises(stripe.InvalidRequestError, match="No such external account: 'ba_x'") as caught:
        client.v1.accounts.external_accounts.list(account, {"starting_after": "ba_x"})
    assert (caught.value.http_status, caught.value.param) == (400, "starting_after")


def test_two_accounts_and_two_modes_have_bank_accounts_of_their_own(
    client: StripeClient, live_key: str, wire: Wire
) -> None:
    first, second = (client.v1.accounts.create({}).id for _ in range(2))
    external = add(client, first)["id"]
    for account in (second, client.v1.accounts.retrieve_current().id):
        for call in (
            partial(client.v1.accounts.external_accounts.retrieve, account, external),
            partial(client.v1.accounts.external_accounts.update, account, external, {"default_for_currency": True}),
            partial(client.v1.accounts.external_accounts.delete, account, external),
        ):
            assert refused(call) == (404, "resource_missing", "id")
    assert listed(client, second) == []
    own: Any = acting_for(first)
    assert client.v1.accounts.external_accounts.retrieve(first, external, {}, own).id == external
    live = Wire(wire.url, live_key)
    assert live.get(f"/v1/accounts/{first}").json["external_accounts"]["total_count"] == 0
    assert live.get(f"/v1/accounts/{first}/external_accounts/{external}").status == 404


def test_a_number_that_is_none_is_refused_and_not_repeated(wire: Wire) -> None:
    account = wire.post("/v1/accounts").json["id"]
    form = {
        "external_account[object]": "bank_account",
        "external_account[country]": "US",
        "external_account[routing_number]": "110000000",
        "external_account[account_number]": "12x4",
    }
    reply = wire.post(f"/v1/accounts/{account}/external_accounts", form)
    assert (reply.status, reply.error["code"]) == (400, "account_number_invalid")
    assert reply.error["param"] == "external_account[account_number]"
    assert "12x4" not in reply.error["message"]
    card = wire.post(f"/v1/accounts/{account}/external_accounts", {"external_account": "tok_visa_debit"})
    assert_error(card, 400, "No such token: 'tok_visa_debit'", code="resource_missing", param="external_account")
