"""What an account says of itself, through the official Python SDK: it is kept and answered, but for what is private."""

import json
from typing import Any, Final

import asyncpg
import pytest
import stripe
from stripe import StripeClient

from brim.platform.database import Database
from tests.support.connected_accounts import acting_for
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, assert_error

PRIVATE: Final = {
    "id_number": "812345679",
    "ssn_last_4": "5679",
    "tax_id": "987654321",
    "vat_id": "DE811569869",
    "registration_number": "HRB 741852",
    "year": "1987",
    "front": "file_9PrivateFrontOfPassport",
    "license": "file_9PrivateLicense",
}
OFFICIAL: Final[Any] = {
    "type": "custom",
    "country": "US",
    "email": "jenny.rosen@example.com",
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
}
"""Source: the vendor's own example of a create."""

FULL: Final[Any] = {
    **OFFICIAL,
    "business_type": "individual",
    "business_profile": {
        "mcc": "5734",
        "name": "Rocket Rides",
        "url": "https://rocket.example",
        "support_address": {"city": "Berlin", "country": "de"},
        "annual_revenue": {"amount": 5, "currency": "usd", "fiscal_year_end": "2025-12-31"},
        "minority_owned_business_designation": ["women_owned_business"],
    },
    "company": {
        "name": "Rocket Rides LLC",
        "tax_id": PRIVATE["tax_id"],
        "vat_id": PRIVATE["vat_id"],
        "registration_number": PRIVATE["registration_number"],
        "verification": {"document": {"front": PRIVATE["front"]}},
        "address": {"city": "Berlin"},
    },
    "documents": {"company_license": {"files": [PRIVATE["license"]]}},
    "individual": {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "dob": {"day": 1, "month": 2, "year": int(PRIVATE["year"])},
        "id_number": PRIVATE["id_number"],
        "ssn_last_4": PRIVATE["ssn_last_4"],
        "relationship": {"owner": True, "percent_ownership": 12.5, "title": "CEO"},
        "metadata": {"crm": "7"},
        "verification": {"document": {"front": PRIVATE["front"]}},
    },
    "settings": {
        "payouts": {"schedule": {"delay_days": "minimum", "interval": "weekly", "weekly_anchor": "friday"}},
        "payments": {"statement_descriptor": "ROCKET"},
        "card_payments": {"decline_on": {"cvc_failure": True}},
    },
    "tos_acceptance": {"date": 1_790_000_000, "ip": "198.51.100.7", "user_agent": "curl"},
    "external_account": {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": "000123456789",
    },
    "metadata": {"order_id": "6735"},
}
EMPTY: Final[dict[str, Any]] = {
    "alternatives": [],
    "current_deadline": None,
    "currently_due": [],
    "disabled_reason": None,
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}


def plain(found: object) -> Any:
    """Return an object of the SDK as its JSON."""
    return json.loads(str(found))


def test_the_vendors_own_example_makes_an_account(client: StripeClient) -> None:
    made = plain(client.v1.accounts.create(OFFICIAL))
    assert (made["type"], made["country"], made["email"]) == ("custom", "US", "jenny.rosen@example.com")
    assert made["capabilities"] == {"card_payments": "active", "transfers": "active"}
    assert made["requirements"] == made["future_requirements"] == EMPTY
    assert made["external_accounts"]["url"] == f"/v1/accounts/{made['id']}/external_accounts"
    assert (made["external_accounts"]["data"], made["external_accounts"]["total_count"]) == ([], 0)
    assert made["controller"] == {
        "fees": {"payer": "application_custom"},
        "is_controller": True,
        "losses": {"payments": "application"},
        "requirement_collection": "application",
        "stripe_dashboard": {"type": "none"},
        "type": "application",
    }
    assert made["tos_acceptance"] == {"date": None, "ip": None, "user_agent": None}
    assert made["settings"]["payouts"]["schedule"] == {"delay_days": 2, "interval": "daily"}
    assert {"brim", "company", "individual"}.isdisjoint(made)
    assert plain(client.v1.accounts.retrieve_current())["controller"] == {"type": "account"}


def test_everything_said_of_an_account_is_answered_again_but_what_is_private(client: StripeClient) -> None:
    made = plain(client.v1.accounts.create(FULL))
    assert made == plain(client.v1.accounts.retrieve(made["id"]))
    profile = made["business_profile"]
    assert (profile["mcc"], profile["name"], profile["url"]) == ("5734", "Rocket Rides", "https://rocket.example")
    assert (profile["support_address"]["country"], profile["support_address"]["line1"]) == ("DE", None)
    assert profile["annual_revenue"] == {"amount": 5, "currency": "usd", "fiscal_year_end": "2025-12-31"}
    assert profile["minority_owned_business_designation"] == ["women_owned_business"]
    company, person = made["company"], made["individual"]
    assert (company["name"], company["tax_id_provided"], company["vat_id_provided"]) == ("Rocket Rides LLC", True, True)
    assert company["verification"]["document"]["front"] is None
    assert (person["object"], person["account"], person["first_name"]) == ("person", made["id"], "Jenny")
    assert (person["id_number_provided"], person["ssn_last_4_provided"]) == (True, True)
    assert person["dob"] == {"day": None, "month": None, "year": None}
    assert person["relationship"]["percent_ownership"] == 12.5
    assert person["metadata"] == {"crm": "7"}
    assert person["verification"]["document"]["front"] is None
    schedule = {"delay_days": 2, "interval": "weekly", "weekly_anchor": "friday"}
    assert made["settings"]["payouts"]["schedule"] == schedule
    assert made["settings"]["card_payments"]["decline_on"] == {"avs_failure": False, "cvc_failure": True}
    assert made["settings"]["dashboard"]["display_name"] == "Rocket Rides"
    assert made["tos_acceptance"] == {"date": 1_790_000_000, "ip": "198.51.100.7", "user_agent": "curl"}
    (bank_account,) = made["external_accounts"]["data"]
    assert (bank_account["last4"], bank_account["default_for_currency"]) == ("6789", True)
    assert bank_account["account"] == made["id"]


def test_an_update_merges_what_is_sent_and_clears_what_is_sent_empty(client: StripeClient) -> None:
    account = client.v1.accounts.create(FULL).id
    changes: Any = {
        "business_profile": {"mcc": "", "product_description": "Rides", "support_address": {"city": ""}},
        "individual": {"last_name": "Diaz", "metadata": {"crm": "", "tier": "1"}, "dob": ""},
        "company": {"address": {"country": "fr"}},
        "settings": {"payments": {"statement_descriptor": ""}},
        "capabilities": {"transfers": {"requested": False}},
    }
    updated = plain(client.v1.accounts.update(account, changes))
    profile = updated["business_profile"]
    assert (profile["mcc"], profile["product_description"], profile["name"]) == (None, "Rides", "Rocket Rides")
    assert (profile["support_address"]["city"], profile["support_address"]["country"]) == (None, "DE")
    assert (updated["individual"]["first_name"], updated["individual"]["last_name"]) == ("Jenny", "Diaz")
    assert updated["individual"]["metadata"] == {"tier": "1"}
    assert updated["individual"]["ssn_last_4_provided"] is True
    assert updated["company"]["address"] == {"city": "Berlin", "country": "FR"}
    assert updated["settings"]["payments"]["statement_descriptor"] is None
    assert updated["capabilities"] == {"card_payments": "active", "transfers": "inactive"}
    assert updated == plain(client.v1.accounts.retrieve(account))


@pytest.mark.parametrize(
    ("controller", "kind"),
    [
        ({"stripe_dashboard": {"type": "full"}}, "standard"),
        (
            {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "application",
                "stripe_dashboard": {"type": "none"},
            },
            "custom",
        ),
        ({"losses": {"payments": "application"}}, "none"),
    ],
)
def test_a_controller_stands_for_a_type_where_it_is_a_usual_one(
    client: StripeClient, controller: Any, kind: str
) -> None:
    made = plain(client.v1.accounts.create({"controller": controller}))
    assert made["type"] == kind
    for name, value in controller.items():
        assert made["controller"][name] == value
    both: Any = {"controller": controller, "type": "custom"}
    with pytest.raises(stripe.InvalidRequestError, match="mutually exclusive"):
        client.v1.accounts.create(both)


async def everything_in(server: Server) -> str:
    """Return every row of every table as text."""
    connection = await asyncpg.connect(server.database_url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [await connection.fetch(f'SELECT t::text AS row FROM "{table["tablename"]}" AS t') for table in tables]
    finally:
        await connection.close()
    return "\n".join(row["row"] for found in rows for row in found)


def test_nothing_private_is_in_any_row_or_any_line_of_the_log(client: StripeClient, server: Server, wire: Wire) -> None:
    options: Any = {"idempotency_key": "private-create"}
    account = client.v1.accounts.create(FULL, options).id
    client.v1.accounts.create(FULL, options)
    client.v1.accounts.update(account, {"individual": FULL["individual"]})
    nested = {f"individual[{name}][x]": PRIVATE[name] for name in ("id_number", "ssn_last_4")}
    for form in (*({name: value} for name, value in nested.items()), {"individual[dob][year]": PRIVATE["year"]}):
        assert wire.post(f"/v1/accounts/{account}", form).status == 400
    for path, form in (
        ("/v1/tokens", {"pii[id_number]": PRIVATE["id_number"]}),
        ("/v1/tokens", {"person[id_number]": PRIVATE["id_number"]}),
        ("/v1/payment_methods", {"type": "card", "card[number]": "4242424242424242", "card[cvc]": "code-of-a-card"}),
    ):
        assert wire.post(path, form).status == 400
    logs = "/v1/brim/request_logs?method=POST&limit=100"
    kept = until(
        lambda: found if len(found := wire.get(logs).json["data"]) == 9 else None, what="the requests to be in the log"
    )
    assert any(request["parameters"] == {"type": "card", "card": {"number": "***", "cvc": "***"}} for request in kept)

    async def read(_database: Database) -> str:
        return await everything_in(server)

    stored = server.run(read) + server.log_path.read_text() + json.dumps(kept)
    private = {name: value for name, value in PRIVATE.items() if name not in {"year", "ssn_last_4"}} | {
        "cvc": "code-of-a-card"
    }
    assert [name for name, value in private.items() if value in stored] == []
    assert "Jenny" in stored
    for request in kept:  # short numbers may be part of others, so they are looked for where they could stand
        assert PRIVATE["ssn_last_4"] not in json.dumps(request["parameters"] or {})
        assert PRIVATE["year"] not in json.dumps(request["parameters"] or {})
        assert PRIVATE["ssn_last_4"] not in json.dumps(request["error"] or {})


@pytest.mark.parametrize("version", ["/v1/tokens", "/v1/accounts", "/v2/core/event_destinations"])
def test_what_is_sent_by_mistake_is_repeated_nowhere(server: Server, wire: Wire, version: str) -> None:
    """In no reply, no row and no line: as a name, a value, a path or JSON, under whatever content type."""
    canary = "000987650010"
    nested = json.dumps({"bank_account": {"country": "US", "account_number": canary}, canary: canary})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    is_json = {"Content-Type": "application/json"}
    requests = [
        (version, nested, form),
        (version, nested, is_json),
        (version, nested, {}),
        (version, f"{canary}=1", form),
        (version, f"individual[{canary}]=1", form),
        (version, f"individual[id_number={canary}", form),
        (version, f"external_account={canary}&type=custom", form),
        (version, f"individual[id_number]={canary}%ZZ", form),
        (version, f"a={canary}&a[b]=1&{canary}=1&{canary}[x]=1", form),
        (f"{version}/{canary}", "", form),
        (f"{version}?{canary}=1", "", form),
    ]
    replies = [wire.send("POST", path, body=body.encode(), headers=headers) for path, body, headers in requests]
    replies.append(wire.get("/v1/topups", headers={"Stripe-Account": canary}))
    replies.append(wire.get(f"/v1/topups?expand[]={canary}"))
    ids = [reply.headers["request-id"] for reply in replies if reply.status != 403]
    log = "/v1/brim/request_logs?limit=100"
    until(
        lambda: set(ids) <= {request["request_id"] for request in wire.get(log).json["data"]},
        what="the requests to be in the log",
    )
    assert {reply.status // 100 for reply in replies} == {4}
    for reply in replies:
        assert canary not in reply.body.decode()

    async def read(_database: Database) -> str:
        return await everything_in(server)

    assert canary not in server.run(read)
    assert canary not in server.log_path.read_text()


def test_a_body_of_json_is_refused_with_what_is_expected(wire: Wire) -> None:
    body = b'{"amount": 1000}'
    plain_json = wire.send("POST", "/v1/topups", body=body, headers={"Content-Type": "application/json"})
    assert "check that your POST content type is application/x-www-form-urlencoded" in plain_json.error["message"]
    reply = wire.send("POST", "/v1/topups", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert_error(
        reply,
        400,
        "Invalid request: the body is JSON. Paths below /v1 take form-encoded parameters, such as "
        "amount=1000&currency=usd, with the content type application/x-www-form-urlencoded.",
    )


def test_a_refusal_repeats_nothing_private(wire: Wire) -> None:
    ssn = {"individual[ssn_last_4][x]": "5679"}
    name = "individual[ssn_last_4]"
    assert_error(wire.post("/v1/accounts", ssn), 400, "Invalid string: ***", param=name)
    born = {"individual[dob][day]": "31x", "individual[dob][month]": "2", "individual[dob][year]": "1987"}
    assert_error(
        wire.post("/v1/accounts", born),
        400,
        "Invalid integer: ***",
        code="parameter_invalid_integer",
        param="individual[dob][day]",
    )
    early = {**born, "individual[dob][day]": "3", "individual[dob][year]": "1856"}
    message = "This value must be greater than or equal to 1900."
    code = "parameter_invalid_integer"
    assert_error(wire.post("/v1/accounts", early), 400, message, code=code, param="individual[dob][year]")


def test_a_retry_with_other_private_details_is_another_request(client: StripeClient) -> None:
    """The digest of a request tells them apart, though neither is kept."""
    options: Any = {"idempotency_key": "opening"}

    def wanted(digits: str) -> Any:
        return {"individual": {"ssn_last_4": digits}}

    made = client.v1.accounts.create(wanted("1111"), options)
    assert client.v1.accounts.create(wanted("1111"), options).id == made.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.accounts.create(wanted("2222"), options)


def test_capabilities_are_listed_retrieved_and_requested(client: StripeClient) -> None:
    account = client.v1.accounts.create(OFFICIAL).id
    capabilities = client.v1.accounts.capabilities
    listed = capabilities.list(account)
    assert [(each.id, each.status) for each in listed.data] == [("card_payments", "active"), ("transfers", "active")]
    fresh = plain(capabilities.retrieve(account, "card_issuing"))
    assert (fresh["object"], fresh["account"], fresh["status"]) == ("capability", account, "unrequested")
    assert (fresh["requested"], fresh["requested_at"], fresh["requirements"]) == (False, None, EMPTY)
    asked = capabilities.update(account, "card_issuing", {"requested": True})
    assert (asked.status, asked.requested, asked.requested_at is not None) == ("active", True, True)
    given_up = capabilities.update(account, "card_issuing", {"requested": False})
    assert (given_up.status, given_up.requested, given_up.requested_at) == ("inactive", False, None)
    assert plain(client.v1.accounts.retrieve(account))["capabilities"]["card_issuing"] == "inactive"
    with pytest.raises(stripe.InvalidRequestError, match="No such capability: 'teleport'") as caught:
        capabilities.retrieve(account, "teleport")
    assert caught.value.http_status == 404
    assert capabilities.list(account, {}, acting_for(account)).data[0].id == "card_issuing"


def test_a_login_link_is_refused_with_its_reason(client: StripeClient) -> None:
    for kind, reason in (("standard", "it is not an Express account"), ("express", "no Express Dashboard")):
        params: Any = {"type": kind}
        account = client.v1.accounts.create(params)
        with pytest.raises(stripe.InvalidRequestError, match="Cannot create a login link") as caught:
            client.v1.accounts.login_links.create(account.id)
        assert reason in str(caught.value)
        assert caught.value.http_status == 400
