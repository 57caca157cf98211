"""Scripts of other sites: what they may send is told without a key, and they may read every answer, refusals too.

They may read no page: pages have cookies.
"""

from typing import Final

import pytest

from tests.support.service import Server
from tests.support.wire import Wire, WireReply

ASKING: Final = {
    "Origin": "https://shop.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,stripe-version",
}
OPEN: Final = {
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, "
        "X-Stripe-Privileged-Session-Required"
    ),
    "access-control-max-age": "300",
}


def open_headers(reply: WireReply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("path", ["/v1/topups", "/v1/topups/tu_x", "/v2/core/events", "/v1/nothing", "/openapi.json"])
def test_a_browser_is_told_what_it_may_send_without_a_key(server: Server, path: str) -> None:
    reply = Wire(server.url, None).send("OPTIONS", path, headers=ASKING)
    assert (reply.status, reply.body) == (200, b"")
    allowed = {"access-control-allow-headers": ASKING["Access-Control-Request-Headers"]}
    assert open_headers(reply) == OPEN | allowed


def test_names_of_headers_that_are_none_are_not_repeated(server: Server) -> None:
    for names in ("a b", "x:y", ",", "\u00e9"):
        headers = {**ASKING, "Access-Control-Request-Headers": names}
        reply = Wire(server.url, None).send("OPTIONS", "/v1/topups", headers=headers)
        assert open_headers(reply) == OPEN


def test_what_is_no_such_question_needs_a_key_and_is_served_nowhere(server: Server, wire: Wire) -> None:
    for left_out in ("Origin", "Access-Control-Request-Method"):
        headers = {name: value for name, value in ASKING.items() if name != left_out}
        assert Wire(server.url, None).send("OPTIONS", "/v1/topups", headers=headers).status == 401
        assert wire.send("OPTIONS", "/v1/topups", headers=headers).status == 404


def test_every_answer_of_the_api_may_be_read(server: Server, wire: Wire) -> None:
    anonymous = Wire(server.url, None)
    replies = [
        wire.get("/v1/topups"),
        wire.post("/v1/topups", {"amount": "abc"}),
        wire.get("/v1/nothing"),
        wire.get("/v1/topups/tu_x"),
        wire.get("/v2/core/events"),
        wire.get("/v2/core/events/evt_x"),
        anonymous.get("/v1/topups"),
        anonymous.get("/openapi.json"),
        wire.get("/v1/topups", headers={"Stripe-Version": "never"}),
    ]
    assert [reply.status for reply in replies] == [200, 400, 404, 404, 200, 404, 401, 200, 400]
    for reply in replies:
        assert open_headers(reply) == OPEN


@pytest.mark.parametrize("path", ["/", "/sign-in", "/docs", "/test/logs", "/healthz", "/metrics", "/stripecli/auth"])
def test_nothing_else_may_be_read(server: Server, path: str) -> None:
    anonymous = Wire(server.url, None)
    html = {"Accept": "text/html", "Origin": "https://shop.example"}
    assert open_headers(anonymous.get(path, headers=html)) == {}
    assert open_headers(anonymous.send("OPTIONS", path, headers=ASKING)) == {}
