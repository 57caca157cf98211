"""`/v1/brim/request_logs`: what was asked and answered, with its object and its events, and no secret."""

from typing import Any

from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, assert_error

URL = "/v1/brim/request_logs"


def logged(wire: Wire, query: str) -> Any:
    """Return the newest entry of a query, once there is one."""
    return until(lambda: wire.get(f"{URL}?{query}").json["data"], what=query)[0]


def test_a_create_is_found_by_the_request_id_that_its_event_carries(wire: Wire) -> None:
    topup = wire.create(**{"metadata[order]": "6735"})
    event = wire.get("/v1/events").json["data"][0]
    entry = logged(wire, f"request_id={event['request']['id']}")
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/v1/topups", 200)
    assert entry["related_object"] == topup["id"] == event["data"]["object"]["id"]
    assert entry["parameters"]["metadata"] == {"order": "6735"}
    assert entry["error"] is None


def test_a_refusal_says_why(wire: Wire) -> None:
    refused = wire.post("/v1/topups", {"amount": 0, "currency": "usd"})
    entry = logged(wire, "status[gte]=400&method=POST")
    assert (entry["status"], entry["error"]) == (400, refused.error)
    assert entry["request_id"] == refused.headers["request-id"]


def test_no_secret_is_kept(wire: Wire, key: str) -> None:
    wire.post(
        "/v1/topups", {"amount": 1, "currency": "usd", "source": f"{key}", "bank_account[account_number]": "000123"}
    )
    entry = logged(wire, "method=POST")
    assert entry["parameters"]["source"] == "sk_test_***"
    assert entry["parameters"]["bank_account"] == {"account_number": "***"}
    assert key not in str(entry)


def test_a_key_needs_the_right_to_read_them(server: Server, account: str) -> None:
    restricted = Wire(server.url, server.make_key(account, permissions={"topups": "read"}))
    assert restricted.get(URL).status == 403


def test_an_unknown_cursor_is_refused(wire: Wire) -> None:
    assert_error(
        wire.get(f"{URL}?starting_after=resp_x"),
        400,
        "No such request log: 'resp_x'",
        code="resource_missing",
        param="starting_after",
    )
