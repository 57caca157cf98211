"""What a request leaves behind for looking at: taken down when it is answered, written out when there is time."""

import re
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from brim.api.framework.operation import is_v2_path
from brim.base import json_codec
from brim.base.disclosure import without_numbers
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.request_logs import MAX_PARAMETERS, PREFIX, RequestRecord, redact
from brim.http.form import BodyKind, body_kind, decode_form
from brim.http.json_body import decode_json
from brim.http.message import Reply, Request
from brim.platform.telemetry.logs import mask

_ID_FIRST: Final = re.compile(rb'\{\s*"id":\s*"(\w{1,100})"')
_MAX_NAME: Final = 500


class Answered(NamedTuple):
    """A request and its reply, as they are at hand; `now_ms` in Unix milliseconds, `api_key` the id of the key."""

    scope: AccountScope
    request_id: str
    api_version: str
    request: Request
    reply: Reply
    seconds: float
    now_ms: int
    api_key: str


def make_record(ids: IdFactory, answered: Answered) -> RequestRecord:
    """Return what is kept of a request, without anything secret."""
    request, reply = answered.request, answered.reply
    found = _ID_FIRST.match(reply.body)
    return RequestRecord(
        scope=answered.scope,
        id=ids.new_at(PREFIX, answered.now_ms),
        request_id=answered.request_id,
        created=answered.now_ms // 1000,
        method=request.method,
        path=without_numbers(_text(request.path))[:_MAX_NAME],
        status=reply.status,
        duration_ms=round(answered.seconds * 1000, 3),
        api_version=answered.api_version,
        idempotency_key=_clean(request.header(b"idempotency-key")),
        object_id=found[1].decode() if found and reply.status < 400 else None,
        parameters=_parameters(request),
        error=_error(reply),
        user_agent=_clean(request.header(b"user-agent")),
        api_key=answered.api_key,
    )


def _clean(text: str | None) -> str | None:
    """Return a text from outside as it may be kept: no secret, no end, nothing that PostgreSQL refuses."""
    return _text(text)[:_MAX_NAME] if text else None


def _text(text: str) -> str:
    """Return a text without secrets, and without what no text of PostgreSQL can hold."""
    return mask(text).replace("\0", "").encode("utf-8", "replace").decode()


def _masked(value: Any) -> Any:
    """Return a JSON value of the same shape whose texts and names are as `_text` has them.

    Each text by itself: a pattern that was let loose on the whole JSON could reach from one text into the next.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(name): _masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value


def _parameters(request: Request) -> Any:
    body = request.body or request.query
    if not body or len(body) > MAX_PARAMETERS:
        return None
    is_json = is_v2_path(request.path) and bool(request.body)
    kind = body_kind(request.headers.get(b"content-type", b""), request.body)
    if request.body and not is_json and kind is not BodyKind.FORM:
        return {"body": f"({kind} body, not recorded)"}
    with suppress(BrimError):  # it was refused for what it is; the error says why
        decode = decode_json if is_json else decode_form
        return _masked(redact(decode(body)))
    return None


def _error(reply: Reply) -> Any:
    if reply.status < 400:
        return None
    with suppress(msgspec.DecodeError):
        answered = json_codec.decode(reply.body)
        error = answered.get("error") if isinstance(answered, dict) else None
        if isinstance(error, dict):
            told = _masked(error)
            return {name: without_numbers(text) if isinstance(text, str) else text for name, text in told.items()}
    return None
