"""The schemas of what every kind of object may be answered by: a removed one, and an error."""

from typing import Final

import msgspec

from brim.api.framework.errors import ErrorDetail, ErrorObject
from brim.api.framework.schema import TEXT, Component, described
from brim.base import wire

_DELETED: Final[dict[str, msgspec.Meta]] = {
    "id": described("The id it had.", **TEXT),
    "object": described("The kind of object it was.", **TEXT),
    "deleted": described("Always true.", const=True),
}
_ERROR: Final[dict[str, msgspec.Meta]] = {"error": described("What went wrong.")}
_ERROR_DETAIL: Final[dict[str, msgspec.Meta]] = {
    "code": described("What went wrong, as a word for programs; left out where none fits."),
    "doc_url": described("Where the code is explained.", format="uri"),
    "message": described("What went wrong, as a sentence for people.", maxLength=40000),
    "param": described("The parameter that it is about, if it is about one."),
    "request_log_url": described("The page that shows the request, where it is known whose it is.", format="uri"),
    "type": described(
        "The class of error.", enum=["api_error", "card_error", "idempotency_error", "invalid_request_error"]
    ),
}

DELETED: Final = (Component(wire.DeletedObject, "deleted_object", _DELETED),)
ERRORS: Final = (
    Component(ErrorObject, "error", _ERROR),
    Component(ErrorDetail, "error_detail", _ERROR_DETAIL),
)
