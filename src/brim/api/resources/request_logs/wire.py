"""A kept request as JSON, as a list shows it."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.request_logs import RequestRecord


class RequestLogObject(msgspec.Struct, frozen=True, kw_only=True):
    """A request in the request log. Brim only."""

    id: Annotated[str, identifier("resp", "entry")]
    object: Annotated[str, constant("brim.request_log")] = "brim.request_log"
    api_key: Annotated[
        str | None, described("The id of the key that it was made with; null in entries of earlier versions.", **TEXT)
    ]
    api_version: Annotated[str, described("The version of the API that was in force.", **TEXT)]
    created: Annotated[int, described("When the response was sent.", **TIME)]
    duration_ms: Annotated[
        float, described("Milliseconds from the last byte received to the first byte of the response.", minimum=0)
    ]
    error: Annotated[Mapping[str, Any] | None, described("The error in the response; null if there was none.")]
    idempotency_key: Annotated[
        str | None, described("The idempotency key of the request; null if it had none.", **TEXT)
    ]
    livemode: Annotated[bool, LIVEMODE]
    method: Annotated[str, described("The HTTP method.", **TEXT)]
    parameters: Annotated[
        Mapping[str, Any] | None, described("The parameters, with secrets redacted; null if they were too large.")
    ]
    path: Annotated[str, described("The path, without its query.", **TEXT)]
    related_object: Annotated[str | None, described("The id of the object in the response.", **TEXT)]
    request_id: Annotated[
        str, described("The id of the request, as in the response and in the events that it caused.", **TEXT)
    ]
    status: Annotated[int, described("The HTTP status of the response.")]
    user_agent: Annotated[str | None, described("The client's User-Agent header.", **TEXT)]


def request_log_json(record: RequestRecord) -> bytes:
    """Return a request's compact JSON."""
    return encode(
        RequestLogObject(
            id=record.id,
            api_key=record.api_key,
            api_version=record.api_version,
            created=record.created,
            duration_ms=record.duration_ms,
            error=record.error,
            idempotency_key=record.idempotency_key,
            livemode=record.scope.livemode,
            method=record.method,
            parameters=record.parameters,
            path=record.path,
            related_object=record.object_id,
            request_id=record.request_id,
            status=record.status,
            user_agent=record.user_agent,
        )
    )
