"""Speaks to a running Brim over HTTP, as any client does: one request, one reply, and failures as sentences.

Neighbours: `options` has the flags that say where and with which key; commands such as `trigger` use both.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

import brim
from brim.base.errors import BrimError
from brim.base.public_url import parse_prefix

TIMEOUT_S: Final = 30.0
"""For connecting, and for each piece of the answer; the service gives up on its database sooner."""

_PIECE: Final = 1 << 16
_FORM: Final = "application/x-www-form-urlencoded"


class InvalidApiBaseError(BrimError):
    """The address of the API is none that a client can use."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"--api-base can't be {given!r}: pass a URL such as http://127.0.0.1:12111 or https://example.com/brim."
        )


class UnusableKeyError(BrimError):
    """What was given as a key cannot be sent as one; it is not repeated, as it may be a password."""

    def __init__(self) -> None:
        super().__init__("The API key is empty or contains invalid characters. Keys begin with sk_test_ or rk_test_.")


class NoBrimRunsError(BrimError):
    """The data folder says of no Brim where it answers."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"No Brim is running in the data folder {data_dir}. Start it with brim serve, or pass its URL "
            f"with --api-base."
        )


class NoKeyKnownError(BrimError):
    """No key was given, and none is kept."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"The data folder {data_dir} has no test key. Pass one with --api-key.")


class NoAnswerError(BrimError):
    """Nothing answers there, or not to the end."""

    def __init__(self, base: str, reason: str) -> None:
        super().__init__(f"No response from {base}: {reason}. Is Brim running there?")


class ForeignAnswerError(BrimError):
    """Something answers there that is not the API; redirections are not followed, as they would take the key along."""

    def __init__(self, base: str, status: int) -> None:
        super().__init__(f"The server at {base} isn't Brim: it responded with status {status} and no JSON object.")
        self.status = status


class RefusedError(BrimError):
    """The API refused a request; the sentence is its own."""

    def __init__(self, status: int, sentence: str, request_id: str | None) -> None:
        super().__init__(f"{sentence} (status {status}, request {request_id or 'unknown'})")
        self.status = status


class ApiBase(NamedTuple):
    """Where an API answers; `prefix` is the path that a proxy serves it under, such as `/brim`."""

    scheme: str
    host: str
    port: int | None
    prefix: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "") + self.prefix


def parse_api_base(text: str) -> ApiBase:
    """Return where an API answers, from its URL.

    Raises:
        InvalidApiBaseError: the text is no such URL.
    """
    try:
        parts = urlsplit(text)
        base = ApiBase(parts.scheme, parts.hostname or "", parts.port, parse_prefix(parts.path))
    except ValueError:
        raise InvalidApiBaseError(text) from None
    if parts.scheme not in {"http", "https"} or not base.host or _has_more(parts):
        raise InvalidApiBaseError(text)
    return base


def _has_more(parts: SplitResult) -> bool:
    return bool(parts.query or parts.fragment or parts.username)


class Client:
    """Sends requests with one key, each on a connection of its own.

    Args:
        base: where the API answers.
        key: the secret or restricted key.
        stripe_account: the account to act for, None for the key's own.
    """

    def __init__(self, base: ApiBase, key: str, *, stripe_account: str | None = None) -> None:
        for text in (key, stripe_account):
            if text is not None and not (text.isascii() and text.isprintable() and text.strip()):
                raise UnusableKeyError
        self._base = base
        self._headers = {"Authorization": f"Bearer {key}", "User-Agent": f"brim/{brim.__version__}"}
        if stripe_account is not None:
            self._headers["Stripe-Account"] = stripe_account

    @property
    def base(self) -> ApiBase:
        """Where the API answers."""
        return self._base

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the object that a GET answers; fails as `post` does."""
        return self._send("GET", f"{path}?{urlencode(parameters)}" if parameters else path, None)

    def post(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the object that a POST answers.

        Args:
            path: such as `/v1/topups`.
            parameters: by the names that forms have for them, such as `metadata[order_id]`.

        Raises:
            RefusedError: the API says no.
            NoAnswerError: nobody answers, or not in time.
            ForeignAnswerError: somebody else answers.
        """
        return self._send("POST", path, urlencode(parameters or {}))

    def download(self, path: str) -> Iterator[bytes]:
        """Yield the contents of a file, a piece at a time; fails as `post` does.

        Raises:
            RefusedError: the API says no.
            NoAnswerError: nobody answers, or not to the end.
            ForeignAnswerError: somebody else answers.
        """
        connection = self._connection()
        try:
            connection.request("GET", self._base.prefix + path, None, self._headers)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:
                self._read(answer.status, answer.read(), answer.getheader("Request-Id"))
            while piece := answer.read(_PIECE):
                yield piece
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(str(self._base), str(error) or "no reason was given") from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._base.scheme == "https" else http.client.HTTPConnection
        return kind(self._base.host, self._base.port, timeout=TIMEOUT_S)

    def _send(self, method: str, target: str, form: str | None) -> dict[str, Any]:
        connection = self._connection()
        headers = self._headers if form is None else {**self._headers, "Content-Type": _FORM}
        try:
            connection.request(method, self._base.prefix + target, form, headers)
            answer = connection.getresponse()
            return self._read(answer.status, answer.read(), answer.getheader("Request-Id"))
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(str(self._base), str(error) or "no reason was given") from None
        finally:
            connection.close()

    def _read(self, status: int, body: bytes, request_id: str | None) -> dict[str, Any]:
        """Return what an answer holds, if it is the API's and says yes."""
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ForeignAnswerError(str(self._base), status)
        if status == http.HTTPStatus.OK:
            return answer
        error = answer.get("error")
        if not isinstance(error, dict):
            raise ForeignAnswerError(str(self._base), status)
        raise RefusedError(status, str(error.get("message", "No reason was given.")), request_id)
