"""What the reference does for somebody who is signed in: it gives them their test key, and sends requests with it.

No page holds the key: it shows it masked, and a script asks for all of it when it is to be copied. What is sent goes to
the API in process, by a form that carries the session's token; what it may do, the key decides. All of it is test mode.
"""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from brim.api.framework.errors import render_error
from brim.api.framework.operation import Operation
from brim.api.framework.params import object_schema
from brim.base import json_codec
from brim.base.errors import BrimError
from brim.core.access import redact_secret
from brim.http.form import decode_form
from brim.http.message import Reply
from brim.web.api_client import AnsweringApi, Caller
from brim.web.operation_names import path_params_of, with_ids
from brim.web.pages import PAGE_HEADERS
from brim.web.reference.fields import typed
from brim.web.reference.reader import Reader, reader_of
from brim.web.samples.sample import Sample
from brim.web.session import Session, Sessions, carries_token, find_test_session
from brim.web.visit import Visit

ID_FIELD: Final = "_id"
"""Holds the id for the path, two with a slash between them. No parameter's name begins like that."""

IDEMPOTENCY_FIELD: Final = "_idempotency_key"
ACCOUNT_FIELD: Final = "_account"
"""Hold headers that a request may carry."""

KEY_FIELD: Final = "_key"
"""Holds the masked key that the page shows, so that a page left open does not act for another account."""

_SIGNED_OUT: Final = "You are no longer signed in. Sign in, then reload this page."
_FORGED: Final = "The request didn't come from a page of your session. Reload this page, then try again."
_OUTDATED: Final = "You have switched to another account, or its key has changed. Reload this page, then try again."

_PASSED_ON: Final = ("Idempotent-Replayed: ", "Request-Id: ")
"""The headers of a reply that the page shows."""

_NOT_OF_IDS: Final = re.compile(r"[^A-Za-z0-9_-]")

_Work: TypeAlias = Callable[[Session], Awaitable[Reply]]


class Explorer:
    """Acts for who reads.

    Args:
        api: the API of this process.
        sessions: recognises who reads.
    """

    def __init__(self, api: AnsweringApi, sessions: Sessions) -> None:
        self._api = api
        self._sessions = sessions

    async def find(self, visit: Visit) -> Session | None:
        """Return the session of a reader, in test mode; None for who is not signed in, or has no key to be shown."""
        return await find_test_session(self._sessions, visit)

    async def give_key(self, visit: Visit) -> Reply:
        """Return the whole of the reader's test key, as JSON: `{"key": "rk_test_..."}`."""

        async def give(session: Session) -> Reply:
            return json_reply(200, {"key": session.key})

        return await self._answer(visit, give)

    async def send(self, visit: Visit, operation: Operation) -> Reply:
        """Send what the explorer's form holds with the reader's test key; return the API's status and body."""

        async def send(session: Session) -> Reply:
            sample = read_form(visit, operation, reader_of(visit, session))
            account = sample.account or session.acting_for
            caller = Caller(self._api, key=session.key, account=account, told=session.told)
            answer = await caller.send(
                operation.method,
                _path(operation, visit.form.get(ID_FIELD, "")),
                query=sample.query.encode(),
                body=sample.content.encode(),
                content_type=sample.content_type.encode(),
                idempotency_key=sample.idempotency_key,
            )
            reply = json_reply(answer.status, answer.body)
            reply.headers.extend(header for header in answer.headers if header.startswith(_PASSED_ON))
            return reply

        return await self._answer(visit, send)

    async def _answer(self, visit: Visit, work: _Work) -> Reply:
        """Return what `work` answers to somebody whose own page asks, or an error in the API's form."""
        session = await self.find(visit)
        if session is None:
            return _refusal(401, _SIGNED_OUT)
        if not carries_token(visit, session):
            return _refusal(403, _FORGED)
        if visit.form.get(KEY_FIELD) != redact_secret(session.key):
            return _refusal(409, _OUTDATED)
        try:
            return await work(session)
        except BrimError as error:  # the form cannot be read; scripts read the same of it as of the API's refusals
            return json_reply(*render_error(error))


def read_form(visit: Visit, operation: Operation, reader: Reader) -> Sample:
    """Return the call that the explorer's form holds.

    Raises:
        BrimError: the form cannot be read; see `decode_form`.
    """
    form = decode_form(visit.request.body)
    path_id = form.pop(ID_FIELD, "")
    form.pop(KEY_FIELD, None)
    idempotency_key, account = form.pop(IDEMPOTENCY_FIELD, ""), form.pop(ACCOUNT_FIELD, "")
    return Sample(
        operation=operation,
        path_id="/".join(_NOT_OF_IDS.sub("", part) for part in _parts(operation, path_id)),
        values=typed(form, object_schema(operation.parameters)) if operation.parameters else {},
        base=reader.base,
        key=reader.key,
        idempotency_key=_text(idempotency_key) if operation.takes_key else "",
        account=_NOT_OF_IDS.sub("", _text(account)),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _parts(operation: Operation, path_id: object) -> list[str]:
    """Return what was filled in for the ids in the path, one for each."""
    text = _text(path_id)
    return text.split("/", 1) if len(path_params_of(operation)) > 1 else [text]


def json_reply(status: int, answer: Any) -> Reply:
    """Return what a script of a page asked for; nobody keeps it. Bytes are JSON already."""
    body = answer if isinstance(answer, bytes) else json_codec.encode(answer)
    return Reply(status, body, [*PAGE_HEADERS, "Cache-Control: no-store"])


def _path(operation: Operation, path_id: str) -> str:
    """Return the path with the very id that was filled in, whatever it holds; it cannot lead elsewhere."""
    return with_ids(operation, path_id, partial(quote, safe=""))


def _refusal(status: int, message: str) -> Reply:
    return json_reply(status, {"error": {"message": message, "type": "invalid_request_error"}})
