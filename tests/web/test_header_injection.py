"""Nothing that somebody sends becomes a header of an answer, at any address that there is."""

import re
import socket
from collections.abc import Iterator, Mapping
from typing import Final
from unittest.mock import Mock
from urllib.parse import quote, urlencode, urlsplit

import pytest

from brim.api.resources.operations import OPERATIONS
from brim.base.clock import system_clock_ms
from brim.core.changes.service import Watchers
from brim.web.parts import SiteDependencies, build_site
from brim.web.routes import Route
from tests.support.browsing import Browser
from tests.support.long_form import long_form
from tests.support.people_house import PASSWORD, House
from tests.support.recorded_api import RecordedApi
from tests.support.signing import NO_KEYS, UNUSED, CookieSessions

INJECTED: Final = "x\r\nInjected: yes\r\n\r\nHTTP/1.1 200 OK\r\nInjected: yes\r\n\r\nbody"
LINE_ENDS: Final = ("x\nInjected: yes", "x\rInjected: yes", "x\0Injected: yes", "x\r\n\r\nInjected: yes", INJECTED)
FIELDS: Final = (
    "account awaits code currency decision done email endpoint expires_in failure_code frozen_time grace "
    "idempotency_key kind lang limit looks mode name next old_password password password_again q request_id role said "
    "starting_after ending_before state status step t target token type url event path source method created query"
).split()
ALONE: Final = ("next", "request_id", "lang", "said", "done")
ENDLESS: Final = ("/live", "/test/live")


def routes() -> list[Route]:
    """Return every route that there is, those of operators too."""
    supplies = SiteDependencies(
        operations=OPERATIONS,
        api=RecordedApi({}),
        sessions=CookieSessions(),
        watchers=Watchers(UNUSED),
        keys=NO_KEYS,
        clock=system_clock_ms,
        people=Mock(),
    )
    found = build_site(supplies).table.routes
    ends_session = ("/sign-out", "/settings/profile/sessions")
    return sorted((route for route in found if route.pattern not in ENDLESS), key=lambda r: r.pattern in ends_session)


def answer_to(house: House, browser: Browser, method: str, target: str, form: Mapping[str, str] | None = None) -> bytes:
    """Return every byte that comes back for a request, until the server closes."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    body = urlencode(form or {}).encode()
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {urlsplit(house.url).netloc}",
        f"Origin: {house.url}",
        "Accept: text/html",
        f"Cookie: {cookies}",
        "Connection: close",
        *(["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"] if form else []),
    ]
    with socket.create_connection(netloc(house), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def netloc(house: House) -> tuple[str, int]:
    parts = urlsplit(house.url)
    return str(parts.hostname), int(parts.port or 0)


def heads_of(answer: bytes) -> list[bytes]:
    """Return the heads of all answers in what came back, as a client reads them."""
    heads = []
    while answer:
        head, found, rest = answer.partition(b"\r\n\r\n")
        assert found, answer[:200]
        heads.append(head)
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        if length is None:
            break
        answer = rest[int(length[1]) :]
    return heads


def assert_clean(answer: bytes, what: str) -> None:
    [head] = heads_of(answer)
    assert head.startswith(b"HTTP/1.1 "), what
    for line in re.split(rb"[\r\n]", head):
        assert not line.lower().startswith(b"injected"), f"{what}: {head!r}"
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", head), f"{what}: {head!r}"
    was_refused = head.startswith(b"HTTP/1.1 500") and b"application/json" in head  # so the protocol answers by itself
    assert not was_refused, f"{what}: {head!r}"


def payloads(turn: int) -> tuple[str, ...]:
    """Return what the route at a place of the list is attacked with: in the short form the worst, and one by turns."""
    return long_form(LINE_ENDS, short=(INJECTED, LINE_ENDS[turn % (len(LINE_ENDS) - 1)]))


def attacks(route: Route, payload: str, turn: int) -> Iterator[str]:
    """Yield the addresses of a route with a payload at every place, and in every parameter: all at once, some alone."""
    path = re.sub(r"\{\w+\*?\}", quote(payload, safe=""), route.pattern)
    yield path
    yield f"{path}?{urlencode(dict.fromkeys(FIELDS, payload))}"
    if route.method == "GET":
        for field in long_form(ALONE, short=(ALONE[turn % len(ALONE)],)):
            yield f"{path}?{urlencode({field: payload})}"


@pytest.mark.long_form
def test_no_page_answers_with_a_header_that_a_visitor_wrote(house: House) -> None:
    stranger, signed_in = house.browser(), house.signed_in()
    signed_in.get("/settings/profile")
    token = signed_in.form_token
    tries = [
        (route, payload, target)
        for turn, route in enumerate(routes())
        for payload in payloads(turn)
        for target in attacks(route, payload, turn)
    ]
    for route, payload, target in tries:
        for browser in (stranger, signed_in):
            form = {**dict.fromkeys(FIELDS, payload), "form_token": token} if route.method == "POST" else None
            assert_clean(answer_to(house, browser, route.method, target, form), f"{route.method} {target}")


def test_the_request_log_leads_to_a_request_and_nowhere_else(house: House) -> None:
    signed_in = house.signed_in()
    for asked, path in {
        "x\r\nSet-Cookie: brim_session=A": "/test/logs/x%0D%0ASet-Cookie%3A%20brim_session%3DA",
        "../../sign-out": "/test/logs/..%2F..%2Fsign-out",
        "x?next=//evil.example#y": "/test/logs/x%3Fnext%3D%2F%2Fevil.example%23y",
        "req_1234567890abcd": "/test/logs/req_1234567890abcd",
    }.items():
        reply = signed_in.get(f"/test/logs?{urlencode({'request_id': asked})}")
        assert (reply.status, reply.headers["location"]) == (303, path)
        assert not reply.set_cookies


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil.example", "evil",
        "javascript:alert(1)", "/\r\n/evil.example", " //evil.example", "/%0d%0aSet-Cookie:%20a=b\r\n",
        "///evil.example", "http:evil.example", "/sign-out", "/sign-in/../sign-out",
    ],
)  # fmt: skip
def test_signing_in_leads_to_a_page_of_this_server(house: House, elsewhere: str) -> None:
    signed_in = house.signed_in()
    reply = signed_in.get(f"/sign-in?{urlencode({'next': elsewhere})}")
    assert (reply.status, reply.headers["location"]) == (303, "/test/balance/overview")
    stranger = house.browser()
    operator = house.add()
    entered = stranger.sign_in(operator.email, PASSWORD, follows=elsewhere)
    assert "location" not in entered.headers or entered.headers["location"] == "/test/balance/overview"
