"""The schemas of what every kind of object may be answered by: a removed one, and an error."""

from typing import Final

from brim.api.framework.errors import ErrorDetail, ErrorObject
from brim.api.framework.params import Schema
from brim.api.framework.schema import TEXT, Component
from brim.base import wire

_DELETED: Final[dict[str, Schema]] = {
    "id": {"description": "The id it had.", **TEXT},
    "object": {"description": "The kind of object it was.", **TEXT},
    "deleted": {"description": "Always true.", "const": True},
}
_ERROR: Final[dict[str, Schema]] = {"error": {"description": "What went wrong."}}
_ERROR_DETAIL: Final[dict[str, Schema]] = {
    "code": {"description": "What went wrong, as a word for programs; left out where none fits."},
    "doc_url": {"description": "Where the code is explained.", "format": "uri"},
    "message": {"description": "What went wrong, as a sentence for people.", "maxLength": 40000},
    "param": {"description": "The parameter that it is about, if it is about one."},
    "request_log_url": {
        "description": "The page that shows the request, where it is known whose it is.",
        "format": "uri",
    },
    "type": {
        "description": "The class of error.",
        "enum": ["api_error", "card_error", "idempotency_error", "invalid_request_error"],
    },
}

DELETED: Final = (Component(wire.DeletedObject, "deleted_object", _DELETED),)
ERRORS: Final = (
    Component(ErrorObject, "error", _ERROR),
    Component(ErrorDetail, "error_detail", _ERROR_DETAIL),
)
