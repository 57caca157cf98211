"""A small provider of OpenID Connect for tests: signs real tokens, checks PKCE, and does wrong when it is told to."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

CLIENT_ID: Final = "brim at work"
CLIENT_SECRET: Final = "s3cret/with+signs:and blanks"


class TestProvider:
    """What it says and signs; tests change its attributes.

    Attributes:
        claims: laid over those of each ID token; None takes one away.
        described: laid over what it says of itself.
        header: of each ID token.
        key: signs ID tokens.
        told_keys: what it says that its keys are.
        asked: the paths that were asked for.
        clock: the time that ID tokens are signed at, in seconds.
    """

    __test__ = False

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.key: ECKey | OctKey = ECKey.generate_key("P-256", {"kid": "first"})
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "first"}
        self.told_keys: list[Any] = [self.key.as_dict(private=False)]
        self.asked: list[str] = []
        self.clock: Callable[[], float] = time.time
        self._codes: dict[str, dict[str, str]] = {}

    def rotate(self) -> None:
        """Sign with a new key, as providers do now and then."""
        self.key = ECKey.generate_key("P-256", {"kid": "second"})
        self.header = {"alg": "ES256", "kid": "second"}
        self.told_keys = [self.key.as_dict(private=False)]

    def visit(self, url: str) -> dict[str, str]:
        """Sign somebody in at the URL that a browser was sent to; return what it brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"state": asked["state"], "code": code, "iss": self.url}

    def answer(self, path: str, form: dict[str, str], authorization: str | None) -> tuple[int, Any]:
        """Return status and body."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            said = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
            return 200, {**said, **self.described}
        if path == "/keys":
            return 200, {"keys": self.told_keys}
        if path == "/token":
            return self._redeem(form, authorization)
        return 404, {}

    def _redeem(self, form: dict[str, str], authorization: str | None) -> tuple[int, Any]:
        asked = self._codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode():
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"] or not self._knows(form, authorization):
            return 401, {"error": "invalid_client"}
        now_s = int(self.clock())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": "person-1",
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": asked["nonce"],
            "email": "ada@example.com",
            "email_verified": True,
            "name": "Ada Lovelace",
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        return 200, {"token_type": "Bearer", "id_token": self._sign(told)}

    def _sign(self, claims: dict[str, Any]) -> str:
        if self.header["alg"] == "none":  # no library makes one of these any more
            parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (self.header, claims))
            return ".".join(part.rstrip(b"=").decode() for part in parts) + "."
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])

    def _knows(self, form: dict[str, str], authorization: str | None) -> bool:
        if "client_secret" in form:
            return form["client_id"] == CLIENT_ID and form["client_secret"] == CLIENT_SECRET
        if authorization is None:
            return form.get("client_id") == CLIENT_ID  # a public client, which PKCE protects
        pair = parse_qs("pair=" + base64.b64decode(authorization.removeprefix("Basic ")).decode())["pair"][0]
        return pair == f"{CLIENT_ID}:{CLIENT_SECRET}"


@contextmanager
def running_provider() -> Iterator[TestProvider]:
    """Yield a provider that answers on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(sent).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, body = provider.answer(self.path, form, self.headers["Authorization"])
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = TestProvider(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
