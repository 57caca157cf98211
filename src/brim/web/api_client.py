"""A page's own requests to the API, made in process.

A page does nothing that a program could not: it sends the same requests under the key of whoever looks at it, so
rights, idempotency and the request log hold for both, and there is one road to money.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote

from brim.base import json_codec
from brim.base.ids import random_base62
from brim.core.audit import Actor
from brim.core.request_logs import BY_PAGES
from brim.http.form import Field, encode_form
from brim.http.message import Reply, Request
from brim.http.multipart import Part, encode_multipart, text_of

_FORM: Final = b"application/x-www-form-urlencoded"
_JSON: Final = b"application/json"
_FORBIDDEN: Final = 403
_USER_AGENT: Final = BY_PAGES.encode()


class Told(Protocol):
    """Says who asks, and is told of what they changed."""

    @property
    def by(self) -> Actor:
        """Who asks, as the audit log tells of them."""

    async def __call__(self, request: Request, reply: Reply, /) -> None:
        """Take note of a request that has changed something, and of its reply."""


class AnsweringApi(Protocol):
    """The API, as pages use it: in process, by its requests."""

    async def handle(self, request: Request) -> Reply:
        """Return the reply to a request; never raises."""


class ApiRefusedError(Exception):
    """The API refused a page's request.

    Args:
        status: the HTTP status.
        message: the API's sentence, for people.
        param: which parameter it is about, by its name on the wire such as `metadata[a]`; None for none.
        code: the API's word for it, None where it has none.
    """

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code


class Caller:
    """Calls the API with one key.

    Args:
        api: the API of this process.
        key: the secret of whose rights count.
        account: the account to act for, where it is another than the key's; else None.
        told: is told of each request that has changed something; None tells nobody.
        explain: puts what the API says where it refuses for want of rights into words for people.
    """

    def __init__(
        self,
        api: AnsweringApi,
        *,
        key: str,
        account: str | None = None,
        told: Told | None = None,
        explain: Callable[[str], str] = str,
    ) -> None:
        self._api = api
        self._told = told
        self._explain = explain
        self._headers = {b"authorization": f"Bearer {key}".encode(), b"user-agent": _USER_AGENT}
        if account is not None:
            self._headers[b"stripe-account"] = account.encode()

    async def get(self, path: str, /, **query: Field) -> Any:
        """Return the object or list that a GET answers.

        Raises:
            ApiRefusedError: it was refused.
        """
        return await self._call(Request("GET", path, encode_form(query), dict(self._headers), b""))

    async def post(self, path: str, fields: Mapping[str, Field], *, idempotency_key: str | None = None) -> Any:
        """Return the object that a POST answers.

        Args:
            path: such as `/v1/topups`.
            fields: the parameters; mappings and sequences are written with brackets.
            idempotency_key: under which the same request may come again, as by a page that is loaded anew.

        Raises:
            ApiRefusedError: it was refused.
        """
        return await self._post(path, encode_form(fields), _FORM, idempotency_key)

    async def post_json(
        self, path: str, parameters: Mapping[str, object], *, idempotency_key: str | None = None
    ) -> Any:
        """Return the object that a POST answers in the second version of the API; otherwise as `post`.

        Raises:
            ApiRefusedError: it was refused.
        """
        return await self._post(path, json_codec.encode(parameters), _JSON, idempotency_key)

    async def post_file(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        name: str,
        content: bytes,
        idempotency_key: str | None = None,
    ) -> Any:
        """Return the object that a POST of a file answers; otherwise as `post`.

        Raises:
            ApiRefusedError: it was refused.
        """
        parts = [*(Part(field, text, None) for field, text in fields.items()), Part("file", text_of(content), name)]
        content_type, body = encode_multipart(parts, boundary=random_base62(40))
        return await self._post(path, body, content_type, idempotency_key)

    async def delete(self, path: str) -> Any:
        """Return what is left of an object that a DELETE removed.

        Raises:
            ApiRefusedError: it was refused.
        """
        return await self._call(Request("DELETE", path, b"", dict(self._headers), b""))

    async def send(
        self, method: str, path: str, *, query: bytes, body: bytes, content_type: bytes, idempotency_key: str = ""
    ) -> Reply:
        """Return the API's reply to a request as it is, also where it is a refusal."""
        headers = {**self._headers, b"content-type": content_type} if body else dict(self._headers)
        if idempotency_key:
            headers[b"idempotency-key"] = idempotency_key.encode("utf-8", "replace")
        return await ask(self._api, Request(method, path, query, headers, body), told=self._told)

    async def _post(self, path: str, body: bytes, content_type: bytes, idempotency_key: str | None) -> Any:
        headers = {**self._headers, b"content-type": content_type}
        if idempotency_key:
            headers[b"idempotency-key"] = idempotency_key.encode("utf-8", "replace")
        return await self._call(Request("POST", path, b"", headers, body))

    async def _call(self, request: Request) -> Any:
        reply = await ask(self._api, request, told=self._told)
        answered = json_codec.decode(reply.body)
        if reply.status < 400:
            return answered
        error = answered["error"]
        message = self._explain(error["message"]) if reply.status == _FORBIDDEN else error["message"]
        raise ApiRefusedError(reply.status, message, param=error.get("param"), code=error.get("code"))


async def ask(api: AnsweringApi, request: Request, *, told: Told | None) -> Reply:
    """Return the API's reply to a request in somebody's name; what it has changed is told."""
    request.operator = told.by if told is not None else None  # only sessions of operators have somebody to tell
    reply = await api.handle(request)
    if told is not None and request.method != "GET" and reply.status < 400:
        await told(request, reply)
    return reply


def api_path(pattern: str, object_id: str) -> str:
    """Return an API path with an id in it, such as `/v1/topups/{}`; an id cannot lead elsewhere."""
    return pattern.format(quote(object_id, safe=""))
