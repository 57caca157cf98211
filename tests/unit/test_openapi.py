"""The OpenAPI document: valid to others, complete, and true to what is sent and answered."""

import ast
import inspect
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships none
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from brim.api.framework.errors import place_of, render_error, render_v2_error
from brim.api.framework.operation import Operation
from brim.api.framework.params import read_parameters
from brim.api.openapi import build_openapi, possible_errors
from brim.api.resources.accounts import wire as account_wire
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.events import wire as event_wire
from brim.api.resources.funding import wire as funding_wire
from brim.api.resources.operations import OPERATIONS
from brim.api.resources.rendering import availability_of
from brim.api.resources.request_logs.wire import request_log_json
from brim.api.resources.schemas import COMPONENTS
from brim.api.resources.topups import wire as topup_wire
from brim.api.resources.v2_core.destination_wire import destination_json
from brim.api.resources.v2_core.event_wire import thin_json
from brim.api.resources.verification.wire import verification_json
from brim.api.resources.webhooks.wire import endpoint_json
from brim.base import wire
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.accounts.rules import Account
from brim.core.bank_accounts.rules import Verification
from brim.core.events.rules import DEFAULT_API_VERSION, Event, EventType
from brim.core.funding.documented import documented_payment_method
from brim.core.funding.rules import BankToken, FundingKind
from brim.core.ledger.rules import Balance, BalanceTransaction, BalanceTransactionType
from brim.core.request_logs.rules import RequestRecord
from brim.core.topups.rules import Status, Topup
from brim.core.verification.rules import Difference, VerificationRun
from brim.core.webhooks.rules import Endpoint, EventPayload
from brim.http import protocol, request_reader
from brim.http.form import decode_form
from brim.http.json_body import decode_json
from brim.http.parameter_errors import MissingParameterError, NullCharacterError

DOCUMENT: dict[str, Any] = build_openapi(OPERATIONS)
_BY_ID = {operation.operation_id: operation for operation in OPERATIONS}
_IDS = IdFactory()
_OWNER = AccountScope("acct_1", livemode=False)
_PENDING = Topup(rail="sandbox", scope=_OWNER, id=_IDS.new("tu_"), amount=2000, currency="usd", created=1_795_000_000)
_FULL = Topup(
    rail="sandbox",
    scope=_OWNER,
    id=_IDS.new("tu_"),
    amount=2000,
    currency="usd",
    created=1_795_000_000,
    status=Status.SUCCEEDED,
    balance_transaction=_IDS.new("txn_"),
    description="Week 22",
    expected_availability_date=1_795_000_001,
    metadata={"order_id": "6735"},
    source="btok_us_verified",
    statement_descriptor="Weekly top-up",
    transfer_group="g1",
)
_BY_CALENDAR = msgspec.structs.replace(_FULL, settlement_days=5)
_LINE = BalanceTransaction(
    scope=_OWNER,
    id=_IDS.new("txn_"),
    amount=2000,
    available_on=1_795_000_001,
    created=1_795_000_001,
    currency="usd",
    description=None,
    fee=0,
    net=2000,
    source=_FULL.id,
    type=BalanceTransactionType.TOPUP,
)
_EVENT = Event(
    scope=_OWNER,
    id=_IDS.new("evt_"),
    type=EventType.TOPUP_CREATED,
    created=1_795_000_000,
    api_version=DEFAULT_API_VERSION,
    object_id=_PENDING.id,
    payload=topup_wire.topup_json(_PENDING),
)
_DOCUMENTED = documented_payment_method(_OWNER, "pm_usBankAccount_success", verification=Verification.VERIFIED)
_METHOD = funding_wire.payment_method_json(_DOCUMENTED)
_SOURCE = msgspec.structs.replace(
    _DOCUMENTED, id=_IDS.new("src_"), kind=FundingKind.SOURCE, client_secret="src_client_secret_1", metadata={"a": "b"}
)
_TOKEN = BankToken(scope=_OWNER, id=_IDS.new("btok_"), created=1_795_000_000, bank_account=_SOURCE.bank_account)
_RUN = VerificationRun(
    id=_IDS.new("vrun_"),
    began_ms=1_795_000_000_000,
    ended_ms=1_795_000_000_017,
    entries=7,
    sealed=5,
    unsealed=2,
    heads=1,
    differences=[Difference(scope=_OWNER, row="entry_seals 3", expected="the seal of tr_3", found=None)],
)
_REQUEST = RequestRecord(
    scope=_OWNER,
    id=_IDS.new("resp_"),
    request_id="req_1",
    created=1_795_000_000,
    method="POST",
    path="/v1/topups",
    status=200,
    duration_ms=1.5,
    api_version=DEFAULT_API_VERSION,
    object_id=_PENDING.id,
    parameters={"amount": "2000"},
)
_LINE_JSON = balance_wire.balance_transaction_json(_LINE)
_ACCOUNT = Account(account="acct_0VcPmP1k0000x4Yb", platform="acct_0VcPmP1k0000x4Ya", created=1_795_000_000)
_FULL_ACCOUNT = msgspec.structs.replace(
    _ACCOUNT, email="till@example.com", business_name="Till", business_type="company", settlement_days=0
)
_ENDPOINT = Endpoint(
    scope=_OWNER,
    id=_IDS.new("we_"),
    url="http://127.0.0.1:4242/hooks",
    enabled_events=("*",),
    rendered_version=DEFAULT_API_VERSION,
    secret=b"",
    created=1_795_000_000,
    connect=True,
)
_THIN = msgspec.structs.replace(
    _ENDPOINT, id=_IDS.new("ed_"), event_payload=EventPayload.THIN, disabled_because="failures", name="Till"
)
_CAUSED = msgspec.structs.replace(_EVENT, type=EventType.BALANCE_AVAILABLE, request_id="req_1")
REPLIES = [
    ("topup", topup_wire.topup_json(_PENDING)),
    ("topup", topup_wire.topup_json(_FULL)),
    ("topup", topup_wire.topup_json(_FULL, balance_transaction=_LINE_JSON, payment_method=_METHOD)),
    ("brim.availability_preview", topup_wire.preview_json(_FULL, availability_of(_FULL))),
    ("brim.availability_preview",
     topup_wire.preview_json(_BY_CALENDAR, availability_of(_BY_CALENDAR))),
    ("brim.availability_preview", topup_wire.preview_json(_PENDING, availability_of(_PENDING))),
    ("balance_transaction", _LINE_JSON),
    ("balance_transaction",
     balance_wire.balance_transaction_json(_LINE, source=topup_wire.topup_json(_FULL))),
    ("balance", balance_wire.balance_json(_OWNER, [])),
    ("balance", balance_wire.balance_json(_OWNER, [Balance(currency="usd", available=-5)])),
    ("event", event_wire.event_json(_EVENT)),
    ("payment_method", _METHOD),
    ("source", funding_wire.source_json(_SOURCE)),
    ("token", funding_wire.token_json(_TOKEN)),
    ("brim.default_funding_source", funding_wire.default_json(_OWNER, "usd", _SOURCE.id)),
    ("brim.default_funding_source", funding_wire.implicit_default_json(_OWNER)),
    ("brim.verification", verification_json(None)),
    ("brim.verification", verification_json(_RUN)),
    ("brim.verification", verification_json(msgspec.structs.replace(_RUN, sealed=None, differences=[]))),
    ("account", account_wire.account_json(_ACCOUNT)),
    ("account", account_wire.account_json(_FULL_ACCOUNT)),
    ("webhook_endpoint", endpoint_json(_ENDPOINT)),
    ("webhook_endpoint", endpoint_json(msgspec.structs.replace(_ENDPOINT, disabled_because="failures"))),
    ("v2.core.event_destination", destination_json(_ENDPOINT)),
    ("v2.core.event_destination", destination_json(_THIN, with_url=True, secret="whsec_1")),
    ("v2.core.event", thin_json(_EVENT, context="acct_1")),
    ("v2.core.event", thin_json(_CAUSED)),
    ("brim.request_log", request_log_json(_REQUEST)),
    ("error", render_error(MissingParameterError("amount"))[1]),
    ("error", render_error(NullCharacterError())[1]),
    ("error", render_v2_error(NullCharacterError())[1]),
]  # fmt: skip


def _validator(pointer: str) -> Any:
    """Return a validator of the schema at a place in the document."""
    resource = Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:document", resource)
    return Draft202012Validator({"$ref": f"urn:document#{pointer}"}, registry=registry)


def _component(name: str) -> Any:
    return _validator(f"/components/schemas/{name}")


def test_a_third_party_validator_accepts_the_document() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_operation_of_the_table_is_in_the_document_and_nothing_else() -> None:
    published = {
        (method.upper(), path): described["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for method, described in methods.items()
    }
    assert published == {(operation.method, operation.path): operation.operation_id for operation in OPERATIONS}


def test_operation_ids_are_unique() -> None:
    assert len(_BY_ID) == len(OPERATIONS)


@pytest.mark.parametrize("operation_id", _BY_ID)
def test_an_operation_publishes_every_parameter_and_every_status_it_can_answer(operation_id: str) -> None:
    operation = _BY_ID[operation_id]
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]
    if operation.method == "GET":
        sent = {parameter["name"] for parameter in described["parameters"] if parameter.get("in") == "query"}
    elif operation.method == "DELETE":
        sent = set()
    else:
        body, *as_file = described["requestBody"]["content"].items()
        assert [content_type for content_type, _ in as_file] == ["multipart/form-data"] * operation.takes_file
        assert body[0] == ("application/json" if operation.is_v2 else "application/x-www-form-urlencoded")
        sent = set(body[1]["schema"]["properties"])
    assert {name.removesuffix("[]") for name in sent} == {parameter.name for parameter in operation.parameters}
    assert {"200", "400", "401", "403", "429", "500", "503"} <= set(described["responses"])
    assert ("404" in described["responses"]) == ("{" in operation.path)
    placeholders = [parameter["name"] for parameter in described["parameters"] if parameter.get("in") == "path"]
    assert placeholders == re.findall(r"{(\w+)}", operation.path)


def test_arrays_and_objects_are_published_under_the_names_that_are_read() -> None:
    body = DOCUMENT["paths"]["/v1/topups"]["post"]["requestBody"]
    form = body["content"]["application/x-www-form-urlencoded"]
    assert body["required"]
    assert form["schema"]["required"] == ["amount", "currency"]
    assert form["encoding"] == {
        "brim": {"style": "deepObject", "explode": True},
        "metadata": {"style": "deepObject", "explode": True},
        "payment_method_options": {"style": "deepObject", "explode": True},
        "expand[]": {"style": "form", "explode": True},
    }
    assert not DOCUMENT["paths"]["/v1/topups/{topup}/cancel"]["post"]["requestBody"]["required"]


def _query(path: str) -> dict[str, Any]:
    """Return the schemas of a path's query parameters by name."""
    parameters = DOCUMENT["paths"][path]["get"]["parameters"]
    return {parameter["name"]: parameter["schema"] for parameter in parameters if parameter.get("in") == "query"}


def test_limits_are_published() -> None:
    form = DOCUMENT["paths"]["/v1/topups"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    properties = form["schema"]["properties"]
    assert (properties["amount"]["minimum"], properties["amount"]["maximum"]) == (1, 999_999_999_999)
    assert properties["description"]["maxLength"] == 5000
    assert properties["statement_descriptor"]["maxLength"] == 15
    assert _query("/v1/topups")["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
    assert _query("/v1/events")["types[]"]["maxItems"] == 20


def test_what_is_required_is_named_as_it_is_sent() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, described in methods.items():
            for content in described.get("requestBody", {}).get("content", {}).values():
                schema = content["schema"]
                assert set(schema.get("required", ())) <= set(schema.get("properties", ())), (method, path)


def _all_properties(schema: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        return [found for inner in schema for found in _all_properties(inner)]
    if not isinstance(schema, dict):
        return []
    own = list(schema["properties"].items()) if isinstance(schema.get("properties"), dict) else []
    return own + [found for inner in schema.values() for found in _all_properties(inner)]


def test_every_property_of_every_published_object_says_what_it_means() -> None:
    properties = _all_properties(DOCUMENT["components"]["schemas"])
    assert len(properties) > 50
    assert [name for name, schema in properties if not schema.get("description")] == []


OF_ONE_TYPE = {"ach_debit", "sepa_debit"}
"""Keys that only sources of one type have."""


@pytest.mark.parametrize(("name", "body"), REPLIES)
def test_a_real_reply_fits_its_published_schema(name: str, body: bytes) -> None:
    _component(name).validate(msgspec.json.decode(body))


@pytest.mark.parametrize(("name", "body"), REPLIES)
def test_a_reply_without_one_of_its_keys_does_not_fit(name: str, body: bytes) -> None:
    reply = msgspec.json.decode(body)
    for key in set(reply) - OF_ONE_TYPE:
        assert not _component(name).is_valid({other: value for other, value in reply.items() if other != key})


def test_only_a_platform_is_told_whose_event_it_is() -> None:
    assert "account" not in msgspec.json.decode(event_wire.event_json(_EVENT))
    told = msgspec.json.decode(event_wire.event_json(_EVENT, account=_OWNER.account))
    assert list(told)[:3] == ["id", "object", "account"]
    assert told["account"] == _OWNER.account
    _component("event").validate(told)


def test_every_key_of_a_top_up_is_required_and_only_the_right_ones_may_be_null() -> None:
    reply = msgspec.json.decode(topup_wire.topup_json(_FULL))
    never_null = {"id", "object", "amount", "created", "currency", "initiated_by", "livemode", "metadata", "status"}
    refusing = {key for key in reply if not _component("topup").is_valid({**reply, key: None})}
    assert refusing == never_null
    assert set(DOCUMENT["components"]["schemas"]["topup"]["required"]) == set(reply)


def test_a_list_reply_fits_its_published_schema() -> None:
    validator = _validator("/paths/~1v1~1topups/get/responses/200/content/application~1json/schema")
    reply = msgspec.json.decode(wire.list_json([topup_wire.topup_json(_FULL)], has_more=False, url="/v1/topups"))
    validator.validate(reply)
    assert not validator.is_valid({**reply, "data": [{}]})


_PIECES = st.sampled_from(
    [
        "amount=1", "amount=0", "amount=x", "amount=", "currency=usd", "currency=", "currency=x", "currency[]=usd",
        "description=", "description=x", f"description={'x' * 5001}", "description[a]=1", "metadata=", "metadata=x",
        "metadata[a]=b", "metadata[a][b]=c", f"metadata[{'k' * 41}]=v", f"metadata[k]={'v' * 501}", "expand=x",
        "expand=", "expand[]=amount", "expand[]=x", "expand[]=a.b.c.d.e", "expand[]=data.id", "expand[]=total_count",
        "expand[]=source", "expand[][a]=b", "expand[0][a]=b", "expand[]=", f"expand[]={'x' * 5001}", "limit=x",
        "limit=5", "created=x", "created[gt]=1", "created[x]=1", "created[gt]=", "status=pending", "status=x",
        "statement_descriptor=1", "statement_descriptor=<a", "statement_descriptor=sixteen-letters.",
        "statement_descriptor[a]=1", "payment_method_options=x", "payment_method_options[us_bank_account]=x",
        "payment_method_options[us_bank_account][network]=x", "payment_method_options[us_bank_account][network]=ach",
        "enabled_events[]=*", "enabled_events[]=a.b", "enabled_events=", "enabled_events[a]=*", "url=http://a.b",
        "url=", f"url={'x' * 2049}", "api_version=2020-01-01", "api_version=x", "api_version=", "connect=1",
        "disabled=", "expires_in=-1", "expires_in=86401", "expires_in=", "expand[]=brim.delivery", "expand[]=brim.x",
        "created[gt]=2026-11-22T05:14:22Z", "created[lte]=9999-12-31T23:59:59-23:59", "page=after_evt_x", "page=x",
        "object_id=", "include=webhook_endpoint.url", "include[]=x", "event_payload=thin", "events_from[]=@self",
        "delivery_success=true", "delivery_success=x", "types[]=a", "types=a", "type=topup.*", "source=tu_x", "source=",
        "starting_after=", "starting_after=tu_x", "foo=1", "a[b=1", "%", "%00", "a" * 1001, "a[b][c][d][e][f][g][h][i]",
        "us_bank_account=x", "us_bank_account[account_number]=x", "us_bank_account[routing_number]=110000001",
        "us_bank_account[account_type]=x", "type=us_bank_account", "type=ach_debit", "token=btok_x", "amounts[]=32",
        "amounts=x", "amounts[]=x", "values[0]=1", "billing_details[address][city]=", "owner=x", "brim=x",
        "brim[allow_duplicate]=x",
        "brim[verification]=x", "bank_account[country]=DE", "allow_redisplay=x", "funding_source=", "usage=x",
        "brim=x", "brim=", "brim[settlement_days]=", "brim[settlement_days]=x", "brim[settlement_days]=31",
        "brim[settlement_days]=-1", "brim[x]=1", "email=", "email=x", "email[a]=b", f"email=a@{'x' * 600}", "country=",
        "country=USA", "country[a]=b", "business_profile[name]=", "business_type=x", "type=standard",
        "&" * 1000, "&".join(["types[]=a"] * 21),
    ]
)  # fmt: skip


@given(st.sampled_from(OPERATIONS), st.lists(_PIECES, max_size=5))
def test_a_form_is_refused_only_with_what_the_document_announces(operation: Operation, pieces: list[str]) -> None:
    try:
        read_parameters(operation.parameters, decode_form("&".join(pieces).encode()))
    except BrimError as error:
        announced = possible_errors(operation)
        if type(error) not in announced:
            pytest.fail(f"{operation.operation_id} does not announce {type(error).__name__}")


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(["thin", "webhook_endpoint", "*"])),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)
_WRITES_OF_V2 = [operation for operation in OPERATIONS if operation.is_v2 and operation.method == "POST"]


@given(st.sampled_from(_WRITES_OF_V2), st.data())
def test_a_json_body_is_refused_only_with_what_the_document_announces(
    operation: Operation, data: st.DataObject
) -> None:
    names = st.sampled_from([*(parameter.name for parameter in operation.parameters), "foo"])
    body = data.draw(st.one_of(st.binary(), st.dictionaries(names, _JSON).map(msgspec.json.encode)))
    try:
        read_parameters(operation.parameters, decode_json(body))
    except BrimError as error:
        if type(error) not in possible_errors(operation):
            pytest.fail(f"{operation.operation_id} does not announce {type(error).__name__}")


@pytest.mark.parametrize("operation_id", _BY_ID)
def test_the_codes_of_an_operation_stand_in_its_document(operation_id: str) -> None:
    operation = _BY_ID[operation_id]
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]
    text = "\n".join(response["description"] for response in described["responses"].values())
    for error in possible_errors(operation):
        code = place_of(error, is_v2=operation.is_v2).code
        assert code is None or f"`{code}`" in text


def test_credentials_are_a_bearer_token_or_a_user_name() -> None:
    assert DOCUMENT["security"] == [{"bearerAuth": []}, {"basicAuth": []}]
    assert {scheme["scheme"] for scheme in DOCUMENT["components"]["securitySchemes"].values()} == {"bearer", "basic"}


def test_the_document_is_json_and_the_same_each_time() -> None:
    encoded = msgspec.json.encode(DOCUMENT)
    assert msgspec.json.encode(build_openapi(OPERATIONS)) == encoded
    assert msgspec.json.decode(encoded)["openapi"].startswith("3.1")


def test_every_status_that_the_protocol_refuses_with_is_announced_by_every_operation() -> None:
    """Statuses are read from the protocol's source, so that a new one cannot be left out here."""
    trees = [ast.parse(inspect.getsource(module)) for module in (protocol, request_reader)]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = [value for call in calls for value in (*call.args[:1], *(each.value for each in call.keywords))]
    statuses = {str(node.value) for node in given if isinstance(node, ast.Constant) and type(node.value) is int}
    refused = {status for status in statuses if status[0] in "45" and len(status) == 3}
    assert refused >= {"400", "408", "413", "414", "431", "503"}
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert refused <= set(operation["responses"])


def test_what_any_request_may_be_refused_with_is_announced() -> None:
    for operation in OPERATIONS:
        announced = set(DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"])
        assert {"401", "403", "429", "500", "503"} <= announced


def test_a_refused_key_is_announced_with_its_challenge_and_no_id_of_a_request() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert set(operation["responses"]["401"]["headers"]) == {"WWW-Authenticate"}


def test_cursors_lead_to_newer_and_older_objects_where_a_list_says_that_the_newest_are_first() -> None:
    for operation in OPERATIONS:
        cursor = {each.name: each.description for each in operation.parameters}.get("starting_after")
        if cursor is not None and operation.path != "/v1/test_helpers/test_clocks":  # which are none or one
            is_newest_first = any(
                words in operation.description for words in ("newest first", "recently received first")
            )
            assert ("older" in cursor) == is_newest_first, operation.path


def test_no_two_schemas_are_of_classes_of_one_name() -> None:
    """By their classes' names one is written where it is referred to."""
    names = [each.struct.__name__ for each in COMPONENTS]
    assert len(names) == len(set(names))


def test_an_attribute_that_can_be_null_has_null_among_its_values() -> None:
    schemas = build_openapi(OPERATIONS)["components"]["schemas"]
    fields = [(name, field) for name, schema in schemas.items() for field in schema.get("properties", {}).items()]
    assert [
        f"{name}.{key}"
        for name, (key, field) in fields
        if "null" in field.get("type", ()) and None not in field.get("enum", (None,))
    ] == []


def test_an_attribute_that_is_said_to_be_null_at_times_can_be_null() -> None:
    schemas = build_openapi(OPERATIONS)["components"]["schemas"]
    fields = [(name, field) for name, schema in schemas.items() for field in schema.get("properties", {}).items()]
    assert [
        f"{name}.{key}"
        for name, (key, field) in fields
        if re.search(r"\b[Nn]ull\b", field["description"])
        and not Draft202012Validator({**field, "components": {"schemas": schemas}}).is_valid(None)
    ] == []
