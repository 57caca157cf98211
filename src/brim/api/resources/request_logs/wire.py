"""A kept request as JSON, as a list shows it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from brim.base.json_codec import encode
from brim.core.request_logs import RequestRecord


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
    return encode(
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
