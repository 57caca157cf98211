"""Raw HTTP requests to Brim and its answers byte for byte, for what official clients hide or never send."""

import base64
import http.client
import json
import os
import re
import ssl
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

Form: TypeAlias = Mapping[str, object] | Sequence[tuple[str, object]]

GOLDEN: Final = Path(__file__).parents[1] / "golden"
TIMEOUT_S: Final = 60.0
_IDS: Final = re.compile(r'"(tu|txn|evt|req|acct|pm|btok|ba|we|ed|whsec)_[A-Za-z0-9]+"')
_IDS_IN_URLS: Final = re.compile(r"/(acct)_[0-9A-Za-z]{16}")
_SOURCES: Final = re.compile(r'"(src|src_client_secret)_[A-Za-z0-9]+"')
_FINGERPRINTS: Final = re.compile(r'"fingerprint": "[0-9a-f]+"')
_LOG_URLS: Final = re.compile(r'"http://127\.0\.0\.1:\d+/test/logs/req_[A-Za-z0-9]+"')
_TIMES: Final = re.compile(r'"(created|expected_availability_date|available_on)": \d{10}\b')


class WireReply:
    """One answer: `headers` by lower-case name, `body` as it came, `set_cookies` each as it came."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, set_cookies: Sequence[str] = ()) -> None:
        self.set_cookies = set_cookies
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        return self.json["error"]


class Wire:
    """Sends raw requests with one key, each on a connection of its own; `context` is for a URL that is https."""

    def __init__(self, url: str, key: str | None, *, context: ssl.SSLContext | None = None) -> None:
        self.url = url
        self.key = key
        self._context = context

    def send(
        self,
        method: str,
        target: str,
        *,
        form: Form | None = None,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> WireReply:
        """Send a request and return the answer; a body given in pieces goes out chunked, as Go's does."""
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if form is not None:
            body = urlencode(form, safe="[]").encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = self.connect(timeout_s)
        chunked = body is not None and not isinstance(body, bytes)
        try:
            connection.request(method, target, body, {**sent, **(headers or {})}, encode_chunked=chunked)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return WireReply(answer.status, named, answer.read(), answer.headers.get_all("set-cookie") or ())
        finally:
            connection.close()

    def connect(self, timeout_s: float = TIMEOUT_S) -> http.client.HTTPConnection:
        """Return a new connection to the server."""
        netloc = urlsplit(self.url).netloc
        if self._context is None:
            return http.client.HTTPConnection(netloc, timeout=timeout_s)
        return http.client.HTTPSConnection(netloc, timeout=timeout_s, context=self._context)

    def get(self, target: str, **more: Any) -> WireReply:
        return self.send("GET", target, **more)

    def post(self, target: str, form: Form | None = None, **more: Any) -> WireReply:
        return self.send("POST", target, form=form, **more)

    def send_json(
        self, method: str, target: str, parameters: Mapping[str, object] | None = None, **more: Any
    ) -> WireReply:
        """Send what the second version of the API takes: a POST's parameters as JSON."""
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        body = json.dumps(parameters or {}).encode() if method == "POST" else None
        return self.send(method, target, body=body, headers=headers, **more)

    def create(self, **form: object) -> Any:
        """Create a top-up that never moves by itself, unless told otherwise, and return it."""
        reply = self.post("/v1/topups", {"amount": 1000, "currency": "usd", "source": PENDING, **form})
        assert reply.status == 200, reply.body
        return reply.json


PENDING: Final = "btok_us_verified_pending"
"""The test token of a top-up that stays pending for ever, so that no test races with the worker."""


def basic(user: str, password: str = "") -> dict[str, str]:
    """Return the header of HTTP Basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def assert_error(
    reply: WireReply,
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    type_: str = "invalid_request_error",
    documented: bool = True,
) -> None:
    """Compare an error with the whole envelope that the wire has for it: no key more, none less, in order."""
    expected = {
        "code": code,
        "doc_url": code and documented and f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message,
        "param": param,
        "type": type_,
    }
    error = {name: value for name, value in expected.items() if value}
    told = dict(reply.error)
    log_url = told.pop("request_log_url", None)
    assert (reply.status, told) == (status, error)
    assert list(reply.json) == ["error"]
    assert list(reply.error) == sorted(reply.error)
    assert reply.headers["content-type"] == "application/json"
    if status == 401:
        assert "request-id" not in reply.headers
        assert reply.headers["www-authenticate"] == 'Bearer realm="Stripe"'
    else:
        assert re.fullmatch(r"req_[A-Za-z0-9]{14}", reply.headers["request-id"])
    if log_url is not None:
        first = reply.headers.get("original-request", reply.headers["request-id"])
        assert re.fullmatch(rf"https?://[^/]+(/test)?/logs/{first}", log_url)


def masked(body: bytes) -> str:
    """Return a reply's text with what differs from run to run replaced: ids, secrets and times."""
    text = _IDS.sub(r'"\1_MASKED"', body.decode())
    text = _LOG_URLS.sub('"http://127.0.0.1/test/logs/req_MASKED"', text)
    text = _IDS_IN_URLS.sub(r"/\1_MASKED", text)
    text = _SOURCES.sub(r'"\1_MASKED"', text)
    text = _FINGERPRINTS.sub('"fingerprint": "MASKED"', text)
    return _TIMES.sub(r'"\1": 1700000000', text)


def assert_golden(body: bytes, name: str) -> None:
    """Compare a reply with the text kept under a name; with GOLDEN_UPDATE=1 in the environment keep it instead."""
    path = GOLDEN / name
    text = masked(body)
    if os.environ.get("GOLDEN_UPDATE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
