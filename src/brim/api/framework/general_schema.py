"""The schemas of what every kind of object may be answered by: a removed one, and an error."""

from typing import Final

import msgspec

from brim.api.framework.errors import ErrorDetail, ErrorObject
from brim.api.framework.schema import TEXT, Component, described
from brim.base import wire

_DELETED: Final[dict[str, msgspec.Meta]] = {
    "id": described("The id of the deleted object.", **TEXT),
    "object": described("The type of the deleted object.", **TEXT),
    "deleted": described("Always true.", const=True),
}
_ERROR: Final[dict[str, msgspec.Meta]] = {"error": described("The error.")}
_ERROR_DETAIL: Final[dict[str, msgspec.Meta]] = {
    "code": described("The error, as a code for programs; omitted if there is none."),
    "doc_url": described("The documentation of the code.", format="uri"),
    "message": described("The error, as a message for people.", maxLength=40000),
    "param": described("The parameter that caused the error, if one did."),
    "request_log_url": described("The dashboard page of the request; omitted if its account is unknown.", format="uri"),
    "type": described(
        "The type of error.", enum=["api_error", "card_error", "idempotency_error", "invalid_request_error"]
    ),
}

DELETED: Final = (Component(wire.DeletedObject, "deleted_object", _DELETED),)
ERRORS: Final = (
    Component(ErrorObject, "error", _ERROR),
    Component(ErrorDetail, "error_detail", _ERROR_DETAIL),
)
