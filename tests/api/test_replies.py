"""What stands around an answer: where a refusal is shown, what a request without a key is told, and how TLS is kept."""

from collections.abc import Iterator

import pytest

from tests.support.brim_process import brim_command, brim_environment
from tests.support.service import Server, serving
from tests.support.wire import Wire, assert_error

HELP = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/."


@pytest.fixture(scope="module")
def proxied_url(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one more API process, which believes a proxy on this machine."""

    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", server.database_url)

    environment = brim_environment({"BRIM_TRUSTED_PROXIES": "127.0.0.1"})
    with serving(command, environment, tmp_path_factory.mktemp("proxied") / "brim.log") as url:
        yield url


def test_a_refusal_names_the_page_that_shows_it(server: Server, wire: Wire) -> None:
    for reply in (wire.get("/v1/topups/tu_x"), wire.post("/v1/topups"), wire.get("/v1/nothing")):
        assert reply.error["request_log_url"] == f"{server.url}/test/logs/{reply.headers['request-id']}"
    assert "request_log_url" in wire.get("/v2/core/events/evt_x").error


def test_a_live_refusal_names_the_page_of_live_mode(server: Server, live_key: str) -> None:
    reply = Wire(server.url, live_key).get("/v1/topups/tu_x")
    assert reply.error["request_log_url"] == f"{server.url}/logs/{reply.headers['request-id']}"


def test_a_refusal_by_a_proxy_is_shown_where_the_client_reaches_us(proxied_url: str, key: str) -> None:
    reply = Wire(proxied_url, key).get(
        "/v1/topups/tu_x", headers={"Host": "brim.example", "X-Forwarded-Proto": "https"}
    )
    assert reply.error["request_log_url"].startswith("https://brim.example/test/logs/req_")


def test_a_replayed_refusal_names_the_first_request(wire: Wire) -> None:
    topup = wire.create()["id"]
    wire.post(f"/v1/topups/{topup}/cancel")
    again = {"Idempotency-Key": "cancel-again"}
    first, replayed = (wire.post(f"/v1/topups/{topup}/cancel", headers=again) for _ in range(2))
    assert first.status == 400
    assert replayed.headers["original-request"] == first.headers["request-id"] != replayed.headers["request-id"]
    assert replayed.error == first.error
    assert first.error["request_log_url"].endswith(first.headers["request-id"])


def test_who_has_no_key_is_told_how_to_send_one_and_nothing_of_the_request(server: Server) -> None:
    for key in (None, "sk_test_" + "x" * 40, "pk_test_" + "x" * 24):
        headers = {"Stripe-Version": "2026-10-28.endive", "Stripe-Account": "acct_x", "Idempotency-Key": "k"}
        reply = Wire(server.url, key).post("/v1/topups", {}, headers=headers)
        assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Bearer realm="Stripe"')
        told = {"request-id", "stripe-version", "stripe-account", "idempotency-key", "stripe-should-retry"}
        assert told.isdisjoint(reply.headers)
        assert "request_log_url" not in reply.error


def test_a_base_url_with_a_slash_at_its_end_is_told_why_nothing_is_found(wire: Wire) -> None:
    why = "The path begins with two slashes: remove the slash at the end of the base URL in your code."
    for method, path in (("GET", "//v1/topups"), ("POST", "//v1/topups"), ("GET", "///v1/topups/tu_x")):
        assert_error(wire.send(method, path), 404, f"Unrecognized request URL ({method}: {path}). {why} {HELP}")


@pytest.mark.parametrize(
    "path", ["//sign-in", "//test/logs", "//healthz", "//v1/topups", "/.//v1/topups", "/v1/../v1/"]
)
def test_no_path_is_made_into_another(server: Server, path: str) -> None:
    assert Wire(server.url, None).get(path).status in {401, 404}
    assert Wire(server.url, None).get(path, headers={"Accept": "text/html"}).status in {401, 404}


@pytest.mark.parametrize("path", ["/v1/topups", "/v1/nothing", "/openapi.json", "/sign-in", "/healthz"])
def test_by_tls_a_browser_is_told_to_stay_with_it(proxied_url: str, server: Server, key: str, path: str) -> None:
    by_tls = {"X-Forwarded-Proto": "https"}
    told = Wire(proxied_url, key).get(path, headers=by_tls).headers
    assert told["strict-transport-security"] == "max-age=63072000"
    assert "strict-transport-security" not in Wire(proxied_url, key).get(path).headers
    assert "strict-transport-security" not in Wire(server.url, key).get(path, headers=by_tls).headers
