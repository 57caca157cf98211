"""A kept request as JSON: as a list shows it, and as the official CLI is told of it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.core.request_logs.rules import RequestRecord

_encoder: Final = msgspec.json.Encoder()
_TOLD_OF_ERRORS: Final = ("type", "charge", "code", "decline_code", "error_insight", "message", "param")
"""Source: the fields that the official CLI reads of an error."""


class RequestLogObject(msgspec.Struct, frozen=True, kw_only=True):
    """A request as a list shows it; ours, as the vendor publishes none."""

    id: str
    object: str = "brim.request_log"
    api_version: str
    created: int
    duration_ms: float
    error: Mapping[str, Any] | None
    idempotency_key: str | None
    livemode: bool
    method: str
    parameters: Mapping[str, Any] | None
    path: str
    related_object: str | None
    request_id: str
    status: int
    user_agent: str | None


def request_log_json(record: RequestRecord) -> bytes:
    """Return a request's compact JSON."""
    return _encoder.encode(
        RequestLogObject(
            id=record.id,
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


def told_json(record: RequestRecord) -> bytes:
    """Return what the official CLI is told of a request. Source: the lines that its `logs tail` prints."""
    error = record.error or {}
    return _encoder.encode(
        {
            "created_at": record.created,
            "livemode": record.scope.livemode,
            "method": record.method,
            "request_id": record.request_id,
            "status": record.status,
            "url": record.path,
            "error": {name: error.get(name, "") for name in _TOLD_OF_ERRORS},
        }
    )
