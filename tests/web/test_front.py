"""One address for the API and for pages: each request goes to whom it is meant for."""

from tests.support.wire import Wire

PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def test_the_start_leads_to_the_reference(visitor: Wire) -> None:
    reply = visitor.send("GET", "/", headers=PAGE)
    assert (reply.status, reply.headers["location"]) == (302, "/docs/api")


def test_the_api_answers_a_browser_as_it_answers_everybody(visitor: Wire) -> None:
    for path, status in (("/v1/topups", 401), ("/v1/nothing", 401), ("/healthz", 200), ("/openapi.json", 200)):
        reply = visitor.send("GET", path, headers=PAGE)
        assert (reply.status, reply.headers["content-type"]) == (status, "application/json"), path


def test_what_is_nowhere_is_a_page_for_a_browser_and_json_for_a_program(visitor: Wire) -> None:
    page = visitor.send("GET", "/nowhere", headers=PAGE)
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert visitor.send("GET", "/nowhere").error["type"] == "invalid_request_error"


def test_a_page_has_the_security_headers_on_the_wire(visitor: Wire) -> None:
    headers = visitor.send("GET", "/nowhere", headers=PAGE).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_head_request_gets_the_headers_of_the_page_alone(visitor: Wire) -> None:
    reply = visitor.send("HEAD", "/favicon.ico", headers=PAGE)
    assert (reply.status, reply.body) == (302, b"")
