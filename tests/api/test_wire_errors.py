"""Raw HTTP: every refusal word for word, and every shape in which clients really send requests."""

import socket
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest

from brim.base.currency import CURRENCIES
from brim.core.events.rules import DEFAULT_API_VERSION
from tests.support.service import Server
from tests.support.wire import PENDING, Wire, WireReply, assert_error, basic

HELP: Final = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
CREATE: Final = {"amount": 1000, "currency": "usd", "source": PENDING}
NO_KEY: Final = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
LONG: Final = "abcd" + "x" * 5000 + "wxyz"
FORM_TYPE: Final = {"Content-Type": "application/x-www-form-urlencoded"}


def empty(name: str) -> str:
    """Return the sentence for a parameter sent empty that cannot be unset."""
    return (
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; however "
        f"'{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    )


def too_small(least: int) -> str:
    return f"This value must be greater than or equal to {least}."


# Parameters of a create: changed or added form fields, None for one left out; then message, code, param.
REFUSED_CREATES: Final[list[tuple[dict[str, object], str, str | None, str | None]]] = [
    ({"amount": None}, "Missing required param: amount.", "parameter_missing", "amount"),
    ({"currency": None}, "Missing required param: currency.", "parameter_missing", "currency"),
    ({"foo": "1"}, "Received unknown parameter: foo", "parameter_unknown", "foo"),
    ({"amount": None, "foo": "1"}, "Received unknown parameter: foo", "parameter_unknown", "foo"),
    ({"foo": "1", "bar": "2"}, "Received unknown parameters: foo, bar", "parameter_unknown", "foo"),
    ({"metadata2[x]": "1"}, "Received unknown parameter: metadata2[x]", "parameter_unknown", "metadata2[x]"),
    ({"status": "succeeded"}, "Received unknown parameter: status", "parameter_unknown", "status"),
    ({"amount": "abc"}, "Invalid integer: abc", "parameter_invalid_integer", "amount"),
    ({"amount": "1e3"}, "Invalid integer: 1e3", "parameter_invalid_integer", "amount"),
    ({"amount": "1.0"}, "Invalid integer: 1.0", "parameter_invalid_integer", "amount"),
    ({"amount": " 5"}, "Invalid integer:  5", "parameter_invalid_integer", "amount"),
    ({"amount": "+5"}, "Invalid integer: +5", "parameter_invalid_integer", "amount"),
    ({"amount": "1_000"}, "Invalid integer: 1_000", "parameter_invalid_integer", "amount"),
    ({"amount": "\u0665"}, "Invalid integer: \u0665", "parameter_invalid_integer", "amount"),
    ({"amount": "9" * 1000}, "Invalid integer: 9999...9999", "parameter_invalid_integer", "amount"),
    ({"amount": 0}, too_small(1), "parameter_invalid_integer", "amount"),
    ({"amount": -1}, too_small(1), "parameter_invalid_integer", "amount"),
    ({"amount": 10**12}, "Amount must be no more than $9,999,999,999.99", "amount_too_large", "amount"),
    ({"amount": 2**63}, "Amount must be no more than $9,999,999,999.99", "amount_too_large", "amount"),
    (
        {"amount": 10**12, "currency": "jpy"},
        "Amount must be no more than ¥999,999,999,999",
        "amount_too_large",
        "amount",
    ),
    (
        {"amount": 1005, "currency": "kwd"},
        "Invalid amount: 1005. Amounts in kwd must be a multiple of 10.",
        "parameter_invalid_integer",
        "amount",
    ),
    ({"amount": ""}, empty("amount"), "parameter_invalid_empty", "amount"),
    ({"currency": ""}, empty("currency"), "parameter_invalid_empty", "currency"),
    (
        {"currency": "xxd"},
        f"Invalid currency: xxd. Stripe currently supports these currencies: {', '.join(CURRENCIES)}",
        None,
        "currency",
    ),
    ({"source": ""}, empty("source"), "parameter_invalid_empty", "source"),
    ({"source": "btok_x"}, "No such token: 'btok_x'", "resource_missing", "source"),
    ({"source": "src_x"}, "No such source: 'src_x'", "resource_missing", "source"),
    (
        {"source": None, "payment_method": "pm_x"},
        "No such PaymentMethod: 'pm_x'",
        "resource_missing",
        "payment_method",
    ),
    (
        {"payment_method": "pm_usBankAccount_success"},
        "Received both source and payment_method parameters. Please pass in only one.",
        None,
        None,
    ),
    (
        {"payment_method_options[us_bank_account][network]": "rtp"},
        "Invalid payment_method_options[us_bank_account][network]: must be ach",
        None,
        "payment_method_options[us_bank_account][network]",
    ),
    ({"metadata": "text"}, "Invalid object", None, "metadata"),
    ({"metadata[]": "x"}, "Invalid object", None, "metadata"),
    ({"expand": "text"}, "Invalid array", None, "expand"),
    (
        {"metadata[" + "k" * 41 + "]": "v"},
        (
            "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. "
            f"Invalid key: {'k' * 41}"
        ),
        None,
        None,
    ),
    (
        {"metadata[k]": "v" * 501},
        (
            "Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. "
            f"Invalid value: {'v' * 501}"
        ),
        None,
        None,
    ),
    (
        {f"metadata[k{number}]": "v" for number in range(51)},
        "Metadata can have up to 50 keys, but you've set 51.",
        None,
        None,
    ),
    ({"description": LONG}, "Invalid string: abcd...wxyz; must be at most 5000 characters", None, "description"),
    ({"transfer_group": LONG}, "Invalid string: abcd...wxyz; must be at most 5000 characters", None, "transfer_group"),
    (
        {"statement_descriptor": "sixteen letters!"},
        "The statement descriptor must be at most 15 characters. sixteen letters! is 16 characters long.",
        None,
        "statement_descriptor",
    ),
    (
        {"statement_descriptor": "a<b"},
        "The statement descriptor cannot include <.",
        None,
        "statement_descriptor",
    ),
    (
        {"statement_descriptor": "12345"},
        "The statement descriptor must contain at least one Latin character.",
        None,
        "statement_descriptor",
    ),
]


@pytest.mark.parametrize(("changes", "message", "code", "param"), REFUSED_CREATES)
def test_a_bad_create_is_refused_word_for_word(
    wire: Wire, changes: dict[str, object], message: str, code: str | None, param: str | None
) -> None:
    form = {name: value for name, value in {**CREATE, **changes}.items() if value is not None}
    assert_error(wire.post("/v1/topups", form), 400, message, code=code, param=param)
    assert wire.get("/v1/topups").json["data"] == []


def test_metadata_is_counted_after_merging(wire: Wire) -> None:
    full = {f"metadata[k{number}]": "v" for number in range(50)}
    path = f"/v1/topups/{wire.create(**full)['id']}"
    too_much = wire.post(path, {"metadata[one_more]": "v"})
    assert_error(too_much, 400, "Metadata can have up to 50 keys, but you've set 51.")
    exchanged = wire.post(path, {"metadata[k0]": "", "metadata[one_more]": "v"})
    assert (exchanged.status, len(exchanged.json["metadata"])) == (200, 50)


@pytest.mark.parametrize(
    ("query", "message", "code", "param"),
    [
        ("limit=abc", "Invalid integer: abc", "parameter_invalid_integer", "limit"),
        ("limit=", empty("limit"), "parameter_invalid_empty", "limit"),
        ("amount=abc", "Invalid integer: abc", "parameter_invalid_integer", "amount"),
        ("amount[gt]=abc", "Invalid integer: abc", "parameter_invalid_integer", "amount[gt]"),
        ("created[foo]=1", "Received unknown parameter: created[foo]", "parameter_unknown", "created[foo]"),
        ("currency=usd", "Received unknown parameter: currency", "parameter_unknown", "currency"),
        (
            "status=bogus",
            "Invalid status: must be one of canceled, failed, pending, reversed, or succeeded",
            None,
            "status",
        ),
        ("starting_after=tu_x", "No such topup: 'tu_x'", "resource_missing", "starting_after"),
        ("ending_before=tu_x", "No such topup: 'tu_x'", "resource_missing", "ending_before"),
        (
            "starting_after=%20tu_x",
            "No such topup: ' tu_x'. Make sure you use the exact id without extra whitespace or quotes",
            "resource_missing",
            "starting_after",
        ),
        ("starting_after=", empty("starting_after"), "parameter_invalid_empty", "starting_after"),
    ],
)
def test_a_bad_list_is_refused_word_for_word(
    wire: Wire, query: str, message: str, code: str | None, param: str | None
) -> None:
    assert_error(wire.get(f"/v1/topups?{query}"), 400, message, code=code, param=param)


@pytest.mark.parametrize(
    ("target", "message", "param"),
    [
        ("/v1/topups/tu_x", "No such topup: 'tu_x'", "topup"),
        (
            "/v1/topups/%20tu_x",
            "No such topup: ' tu_x'. Make sure you use the exact id without extra whitespace or quotes",
            "topup",
        ),
        (
            "/v1/topups/%22tu_x%22",
            "No such topup: '\"tu_x\"'. Make sure you use the exact id without extra whitespace or quotes",
            "topup",
        ),
        ("/v1/topups/tu_%E2%98%83", "No such topup: 'tu_☃'", "topup"),
        ("/v1/balance_transactions/txn_x", "No such balance transaction: 'txn_x'", "id"),
        ("/v1/balance/history/txn_x", "No such balance transaction: 'txn_x'", "id"),
        ("/v1/events/evt_x", "No such event: 'evt_x'", "id"),
    ],
)
def test_an_unknown_id_in_the_path_is_not_found(wire: Wire, target: str, message: str, param: str) -> None:
    assert_error(wire.get(target), 404, message, code="resource_missing", param=param)


def test_an_unknown_id_is_not_found_by_writes_either(wire: Wire) -> None:
    for target in ("/v1/topups/tu_x", "/v1/topups/tu_x/cancel"):
        assert_error(wire.post(target), 404, "No such topup: 'tu_x'", code="resource_missing", param="topup")


def test_events_ask_for_one_kind_of_type_filter_and_boolean(wire: Wire) -> None:
    both = "Received both type and types parameters. Please pass in only one."
    assert_error(wire.get("/v1/events?type=a&types[]=b"), 400, both)
    boolean = wire.get("/v1/events?delivery_success=maybe")
    assert_error(boolean, 400, "Invalid boolean: maybe", param="delivery_success")
    many = "&".join(f"types[]=t{number}" for number in range(21))
    limit = "Invalid array: types can have at most 20 items"
    assert_error(wire.get(f"/v1/events?{many}"), 400, limit, param="types")


# Paths and methods.


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/foo"),
        ("GET", "/v1"),
        ("POST", "/v1/topups/tu_x/reverse"),
        ("GET", "/v1/topups/tu_x/cancel/now"),
        ("GET", "/v2/topups"),
        ("GET", "/nowhere"),
        ("GET", "/v1//topups"),
        ("GET", "/v1/topups/%00"),
        ("DELETE", "/v1/topups/tu_x"),
        ("PUT", "/v1/topups"),
        ("PATCH", "/v1/topups/tu_x"),
        ("GET", "/v1/topups/tu_x/cancel"),
        ("POST", "/v1/balance"),
        ("OPTIONS", "/v1/topups"),
    ],
)
def test_an_unknown_path_or_method_is_not_found(wire: Wire, method: str, path: str) -> None:
    reply = wire.send(method, path)
    assert "allow" not in reply.headers
    assert_error(reply, 404, f"Unrecognized request URL ({method}: {path}). {HELP}")


def test_a_trailing_slash_is_not_found_with_a_hint(wire: Wire) -> None:
    assert_error(
        wire.get("/v1/topups/"),
        404,
        "Unrecognized request URL (GET: /v1/topups/). If you are trying to list objects, remove the trailing slash. If "
        "you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. "
        + HELP,
    )


# Keys.


def test_a_key_comes_as_bearer_or_as_the_user_name_of_basic(server: Server, key: str) -> None:
    anonymous = Wire(server.url, None)
    accepted = [
        {"Authorization": f"Bearer {key}"},
        {"Authorization": f"bearer {key}"},
        {"Authorization": f"BEARER   {key}  "},
        basic(key),
        basic(key, "ignored"),
        {"Authorization": basic(key)["Authorization"].replace("Basic", "bAsIc")},
    ]
    for headers in accepted:
        assert anonymous.get("/v1/topups", headers=headers).status == 200


def test_without_a_key_nothing_is_answered(server: Server) -> None:
    anonymous = Wire(server.url, None)
    refused: list[dict[str, str]] = [
        {},
        {"Authorization": ""},
        basic("", "password"),
    ]
    for headers in refused:
        assert_error(anonymous.get("/v1/topups", headers=headers), 401, NO_KEY)
    assert_error(anonymous.get("/v1/foo"), 401, NO_KEY)
    assert_error(anonymous.post("/v1/topups", {"amount": "abc"}), 401, NO_KEY)


@pytest.mark.parametrize(
    ("authorization", "told"),
    [
        ("null", "null"),
        ("undefined", "undefined"),
        ("Bearer", "Bearer"),
        ("Bearer ", "Bearer"),
        ("Basic", "Basic"),
        ("hunter2", "*******"),
        ("Digest username=x", "*****************"),
        ("Basic not-base64!", "*****************"),
        ("sk_test_abcdefghijklmnopwxyz", "sk_test_abc*************wxyz"),
    ],
)
def test_a_header_without_a_key_is_repeated_unless_it_may_be_one(server: Server, authorization: str, told: str) -> None:
    reply = Wire(server.url, None).get("/v1/topups", headers={"Authorization": authorization})
    assert_error(
        reply,
        401,
        f'You did not provide an API key, though you did set your Authorization header to "{told}". Using Bearer auth, '
        "your Authorization header should look something like 'Authorization: Bearer YOUR_SECRET_KEY'. See "
        "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    )


def test_an_unknown_key_is_shown_with_stars(server: Server) -> None:
    def refusal(key: str) -> WireReply:
        return Wire(server.url, key).get("/v1/topups")

    unknown = "sk_test_abc" + "d" * 10 + "wxyz"
    assert_error(refusal(unknown), 401, "Invalid API Key provided: sk_test_abc**********wxyz")
    assert_error(refusal("hunter2"), 401, "Invalid API Key provided: *******")


def test_a_publishable_key_is_refused(server: Server) -> None:
    assert_error(
        Wire(server.url, "pk_test_" + "x" * 24).get("/v1/topups"),
        401,
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
        "your API keys at https://dashboard.stripe.com/account/apikeys.",
        code="secret_key_required",
    )


# The request's own headers.


@pytest.mark.parametrize(
    "version",
    [
        *("banana", "2026-13-01", "2026-10-32", "26-10-28", "2026-10-28.", "2026-10-28\tx", ""),
        *("2024-10-28", "2026-10-28.acacia", "2019-05-17", "2099-01-01.zebra", "2099-01-01"),
    ],
)
def test_a_version_that_does_not_exist_is_refused_and_told_all_the_same(wire: Wire, version: str) -> None:
    reply = wire.get("/v1/topups", headers={"Stripe-Version": version})
    assert_error(reply, 400, f"Invalid Stripe API version: {version}")
    told = version if version and version.isprintable() else DEFAULT_API_VERSION
    assert reply.headers["stripe-version"] == told


def test_a_version_is_told_where_nothing_is_found_too(wire: Wire) -> None:
    assert wire.get("/v1/foo", headers={"Stripe-Version": "2019-05-16"}).headers["stripe-version"] == "2019-05-16"


@pytest.mark.parametrize(
    "version",
    [
        "2011-01-01",
        "2019-05-16",
        "2024-09-30.acacia",
        "2026-10-28.endive",
        "2026-10-28.preview",
        "2026-10-28.endive; a=v1",
    ],
)
def test_a_version_is_answered_and_echoed_however_old(wire: Wire, version: str) -> None:
    reply = wire.post("/v1/topups", CREATE, headers={"Stripe-Version": version})
    assert (reply.status, reply.headers["stripe-version"]) == (200, version)


def test_every_answer_carries_a_request_id_of_its_own(wire: Wire) -> None:
    replies = [wire.get("/v1/topups"), wire.get("/v1/foo"), wire.post("/v1/topups", CREATE), wire.post("/v1/topups")]
    ids = {reply.headers["request-id"] for reply in replies}
    assert len(ids) == len(replies)


# Bodies, as the clients of each language send them.


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded;charset=UTF-8",
        "application/x-www-form-urlencoded; charset=utf-8",
        None,
    ],
)
def test_a_form_is_a_form_under_all_its_names(wire: Wire, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    reply = wire.send("POST", "/v1/topups", body=b"amount=1000&currency=usd", headers=headers)
    assert reply.status == 200


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "multipart/form-data"])
def test_a_body_that_is_no_form_is_refused(wire: Wire, content_type: str) -> None:
    reply = wire.send("POST", "/v1/topups", body=b'{"amount": 1000}', headers={"Content-Type": content_type})
    assert_error(
        reply,
        400,
        "Invalid request (check that your POST content type is application/x-www-form-urlencoded). "
        "If you have any questions, we can help at https://support.stripe.com/.",
    )


def test_a_chunked_body_is_read_to_its_end(wire: Wire) -> None:
    pieces = (b"amount=10", b"00&curr", b"ency=usd&description=in+pieces")
    reply = wire.send("POST", "/v1/topups", body=iter(pieces), headers=FORM_TYPE)
    assert (reply.status, reply.json["amount"], reply.json["description"]) == (200, 1000, "in pieces")


@pytest.mark.parametrize("body", [b"", None, "chunked"])
def test_a_cancel_needs_no_body_in_whatever_way_it_has_none(wire: Wire, body: bytes | str | None) -> None:
    topup = wire.create()
    empty_body: Any = iter(()) if body == "chunked" else body
    headers = {} if body is None else FORM_TYPE
    reply = wire.send("POST", f"/v1/topups/{topup['id']}/cancel", body=empty_body, headers=headers)
    assert (reply.status, reply.json["status"]) == (200, "canceled")


def test_a_post_without_any_length_has_no_body(wire: Wire) -> None:
    place = urlsplit(wire.url)
    topup = wire.create()
    request = (
        f"POST /v1/topups/{topup['id']}/cancel HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {wire.key}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"status": "canceled"' in answer


def test_a_get_may_carry_a_form_type(wire: Wire) -> None:
    assert wire.get("/v1/topups?limit=1", headers=FORM_TYPE).status == 200


FORMS_OF_ONE_EXPAND: Final[list[list[tuple[str, str]]]] = [
    [("expand[]", "data.balance_transaction")],
    [("expand[0]", "data.balance_transaction")],
    [("expand[1]", "data.source"), ("expand[0]", "data.balance_transaction")],
]


@pytest.mark.parametrize("pairs", FORMS_OF_ONE_EXPAND)
@pytest.mark.parametrize("safe", ["[]", ""])
def test_arrays_come_with_and_without_indexes_and_escapes(wire: Wire, pairs: list[tuple[str, str]], safe: str) -> None:
    query = "&".join(f"{quote(name, safe=safe)}={value}" for name, value in pairs)
    assert wire.get(f"/v1/topups?{query}").status == 200
    refused = wire.get(f"/v1/topups?{query.replace('balance_transaction', 'x')}")
    assert_error(refused, 400, "This property cannot be expanded (data.x).")


def test_the_last_of_equal_names_counts(wire: Wire) -> None:
    body = b"amount=1&amount=2&currency=usd&metadata[a]=1&metadata[a]=2"
    topup = wire.send("POST", "/v1/topups", body=body, headers=FORM_TYPE).json
    assert (topup["amount"], topup["metadata"]) == (2, {"a": "2"})


# Texts.

EDGE_TEXTS: Final = [
    "plain",
    " leading and trailing ",
    "a+b=c&d%20e",
    "🏦💸👩‍👩‍👧‍👦",
    "עברית and \u202ereversed\u202c",
    "e\u0301 is not \u00e9",
    "\ufeff\u200b\u2028\u2029\uffff\U0010ffff",
    "\t\r\n\x01\x1f\x7f\x80\x9f",
    '"quoted" \\back\\slashed\\ </script>',
    "Robert'); DROP TABLE topups;--",
    "{}[]$1 %s {0}",
    "x" * 500,
    "🏦" * 500,
]


@pytest.mark.parametrize("text", EDGE_TEXTS)
def test_texts_come_back_as_they_were_sent(wire: Wire, text: str) -> None:
    key = text[:40].replace("[", "(").replace("]", ")")
    form = {**CREATE, "description": text, "transfer_group": text, f"metadata[{quote(key)}]": text}
    body = "&".join(f"{name}={quote(str(value))}" for name, value in form.items()).encode()
    created = wire.send("POST", "/v1/topups", body=body, headers=FORM_TYPE)
    assert created.status == 200, created.body
    topup = created.json
    assert (topup["description"], topup["transfer_group"], topup["metadata"]) == (text, text, {key: text})
    assert wire.get(f"/v1/topups/{topup['id']}").body == created.body
    assert wire.get("/v1/topups").json["data"] == [topup]
    assert wire.get("/v1/events").json["data"][0]["data"]["object"] == topup
    updated = wire.post(f"/v1/topups/{topup['id']}", {"description": text + "!"})
    assert updated.json["description"] == text + "!"


TEXT_FIELDS: Final = ["description", "transfer_group", "metadata[k]", "source", "statement_descriptor", "currency"]
NULL: Final = "Invalid string: the request's parameters contain a null character (%00)"
MALFORMED: Final = "Invalid percent-encoding or UTF-8 in the request's parameters: "


@pytest.mark.parametrize("name", [*TEXT_FIELDS, "metadata[a%00b]", "foo"])
def test_a_null_character_is_refused_everywhere(wire: Wire, name: str) -> None:
    for null in (b"a%00b", b"a\x00b"):
        body = b"amount=1000&currency=usd&" + name.encode() + b"=" + null
        assert_error(wire.send("POST", "/v1/topups", body=body, headers=FORM_TYPE), 400, NULL)


@pytest.mark.parametrize(
    "text", [b"%ff", b"\xff", b"%C0%AF", b"%ED%A0%80", b"\xed\xa0\x80", b"%F4%90%80%80", b"%zz", b"%", b"%e2%98"]
)
def test_what_is_not_utf8_is_refused_everywhere(wire: Wire, text: bytes) -> None:
    for name in TEXT_FIELDS:
        body = b"amount=1000&currency=usd&" + name.encode() + b"=a" + text
        reply = wire.send("POST", "/v1/topups", body=body, headers=FORM_TYPE)
        assert reply.status == 400
        assert reply.error["message"].startswith(MALFORMED)
    assert wire.get("/v1/topups").json["data"] == []


@pytest.mark.parametrize("path_id", ["%FF", "%C0%AF", "%ED%A0%80", "tu_%0A", "%zz", "tu_'--", "a" * 5000])
def test_a_hostile_id_is_just_not_found(wire: Wire, path_id: str) -> None:
    for target in (f"/v1/topups/{path_id}", f"/v1/events/{path_id}", f"/v1/balance_transactions/{path_id}"):
        reply = wire.get(target)
        assert (reply.status, reply.error["code"]) == (404, "resource_missing")


def test_hostile_headers_are_refused_or_taken_as_they_are(wire: Wire) -> None:
    odd = "k\u00ff\u0080 '\";"
    created = wire.post("/v1/topups", CREATE, headers={"Idempotency-Key": odd})
    assert (created.status, created.headers["idempotency-key"]) == (200, odd)
    again = wire.post("/v1/topups", CREATE, headers={"Idempotency-Key": odd})
    assert again.body == created.body
    account = wire.get("/v1/topups", headers={"Stripe-Account": odd})
    assert (account.status, account.error["code"]) == (403, "account_invalid")
