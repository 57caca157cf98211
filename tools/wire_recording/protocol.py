"""What needs no key: the document, health, metrics' names, the way of `stripe login`, and what HTTP itself refuses."""

import re
from typing import Final

from wire_recording.caller import Call, Caller
from wire_recording.recording import Recording
from wire_recording.topups import PENDING
from wire_recording.wire import Reply, Wire

_HTML: Final = {"Accept": "text/html"}
_PLAIN: Final = ("/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/nope", "/v1/nope", "/v2/nope", "//v1/topups")
_SAMPLE: Final = re.compile(r"^(?!#).*\n", re.MULTILINE)
_CLOSE: Final = b"Host: 127.0.0.1\r\nConnection: close\r\n"
_RAW: Final = {
    "path too long": b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + _CLOSE + b"\r\n",
    "header too long": b"GET /healthz HTTP/1.1\r\nX-A: " + b"a" * 40_000 + b"\r\n" + _CLOSE + b"\r\n",
    "body too long": b"POST /v1/topups HTTP/1.1\r\nContent-Length: 2000000\r\n" + _CLOSE + b"\r\n",
    "length of letters": b"POST /v1/topups HTTP/1.1\r\nContent-Length: a\r\n" + _CLOSE + b"\r\n",
    "two lengths": b"POST /v1/topups HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + _CLOSE + b"\r\na",
    "no HTTP": b"hello\r\n\r\n",
    "unknown method": b"BREW /v1/topups HTTP/1.1\r\n" + _CLOSE + b"\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
    "HTTP/1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
    "HTTP/3": b"GET /healthz HTTP/3.0\r\n" + _CLOSE + b"\r\n",
    "chunk of letters": b"POST /v1/topups HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + _CLOSE + b"\r\nxx\r\n",
}  # fmt: skip
_DATE: Final = re.compile(r"^date: .*\r?\n", re.MULTILINE | re.IGNORECASE)
_METHODS: Final = ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")


def record_system(wire: Wire, recording: Recording) -> None:
    """Record what is public."""
    for path in _PLAIN:
        recording.reply("system", "public", path, f"GET {path}", wire.send("GET", path, headers={}))
    document = wire.send("GET", "/openapi.json", headers={})
    recording.reply("system", "openapi", "openapi", "GET /openapi.json", document, recording.masks.known)
    metrics = wire.send("GET", "/metrics", headers={})
    lines = sorted(_SAMPLE.sub("", metrics.text).splitlines(), key=lambda line: line.split()[2:0:-1])
    named = metrics._replace(text="\n".join(lines))
    named = named._replace(headers=[each for each in metrics.headers if each[0].lower() != "content-length"])
    recording.reply("system", "metrics", "metrics", "GET /metrics (names only)", named)


def record_refusals(caller: Caller) -> None:
    """Record what the protocol and the ways to sign a request refuse."""
    wire, recording = caller.wire, caller.recording
    for name, request in _RAW.items():
        answer = _DATE.sub("", wire.send_raw(request)).replace("\r\n", "\n")
        recording.write("system", "protocol", name, recording.masks.text(f"{name}\n\n{answer}"))
    for path in ("/v1/topups", "/docs/api", "/healthz", "/v2/core/events"):
        for method in _METHODS:
            _send(caller, f"{method} {path}", method, path)
    json = {"Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b"null", b'{"a":1,"a":2}', b'{"name": "\xff"}', b"name=a"):
        name = f"JSON {body.decode('utf-8', 'backslashreplace')}"
        _send(caller, name, "POST", "/v2/core/event_destinations", body=body, headers=json)
    _send(caller, "JSON to v1", "POST", "/v1/topups", body=b'{"amount": 1}', headers=json)
    for name, body in (("null", b"amount=%00"), ("no UTF-8", b"description=%ff"), ("twice", b"amount=1&amount=2")):
        _send(caller, f"form with {name}", "POST", "/v1/topups", body=body)
    _authorizations(caller)
    for version in ("2024-06-20", "2026-10-28.endive", "soon", "1999-01-01"):
        caller.get("versions", version, "/v1/topups?limit=1", Stripe_Version=version)
        caller.get("versions", f"v2 {version}", "/v2/core/events?limit=1", Stripe_Version=version)
    for key in ("", "k" * 256):
        form = {"amount": 1, "currency": "usd", "source": PENDING}
        caller.post("idempotency", f"key of {len(key)} characters", "/v1/topups", form, Idempotency_Key=key)


def record_login(wire: Wire, recording: Recording) -> tuple[str, str]:
    """Record how the official CLI asks to be let in; return the address for a browser, and the one that is polled."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = wire.send("POST", "/stripecli/auth", body=b"device_name=laptop", headers=headers)
    recording.reply("system", "login", "begin", "POST /stripecli/auth\ndevice_name=laptop", reply)
    links = reply.json
    paths = [str(links[name]).removeprefix(wire.url) for name in ("browser_url", "poll_url")]
    poll_login(wire, recording, paths[1], "waiting")
    for path in ("/stripecli/auth", "/stripecli/auth/cliauth_none", "/stripecli/nope"):
        recording.reply("system", "login", path, f"GET {path}", wire.send("GET", path, headers={}))
    return paths[0], paths[1]


def poll_login(wire: Wire, recording: Recording, path: str, name: str) -> None:
    """Record how a login stands."""
    recording.reply("system", "login", name, f"GET {path}", wire.send("GET", path, headers={}))


def _authorizations(caller: Caller) -> None:
    for name, value in {
        "nothing": None,
        "empty": "",
        "no scheme": "sk_test_1",
        "unknown scheme": "Digest a",
        "unknown key": "Bearer sk_test_unknownunknownunknown",
        "publishable key": "Bearer pk_test_unknownunknownunknown",
        "placeholder": "Bearer undefined",
        "broken basic": "Basic ???",
        "basic": "Basic c2tfdGVzdF91bmtub3du",
    }.items():
        headers = {} if value is None else {"Authorization": value}
        reply = caller.wire.send("GET", "/v1/topups", headers=headers)
        caller.recording.reply("replies", "authorization", name, f"GET /v1/topups\n{headers}", reply)


def _send(
    caller: Caller,
    name: str,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    sent = {"Authorization": f"Bearer {caller.key}", **form, **(headers or {})}
    reply = caller.wire.send(method, path, body=body, headers=sent)
    caller.recording.reply("system", "methods", name, f"{method} {path}", reply)
    caller.operations.note(Call(method, path), reply.status)
    return reply
