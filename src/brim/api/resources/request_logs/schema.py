"""The schemas of kept requests, and of the official CLI's sessions."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import LIVEMODE, TEXT, TIME, Component, constant, identifier
from brim.api.resources.request_logs.wire import RequestLogObject
from brim.api.resources.stripe_cli.wire import SessionObject

_REQUEST_LOG: Final[dict[str, Schema]] = {
    "id": identifier("resp", "entry"),
    "object": constant("brim.request_log"),
    "api_version": {"description": "The version of the API that was in force.", **TEXT},
    "created": {"description": "When it was answered.", **TIME},
    "duration_ms": {"description": "Milliseconds from the last byte received to the reply.", "minimum": 0},
    "error": {"description": "What was answered in place of an object."},
    "idempotency_key": {"description": "The key that it was made under, if any.", **TEXT},
    "livemode": LIVEMODE,
    "method": {"description": "The HTTP method.", **TEXT},
    "parameters": {"description": "What was sent, without what is secret; null where it was too much."},
    "path": {"description": "The path, without its query.", **TEXT},
    "related_object": {"description": "The id of the object that was answered.", **TEXT},
    "request_id": {"description": "The id that the reply and the events it caused carry.", **TEXT},
    "status": {"description": "The HTTP status of the reply."},
    "user_agent": {"description": "What the client said it was.", **TEXT},
}
_CLI_SESSION: Final[dict[str, Schema]] = {
    "display_connect_filter_warning": {"description": "Always false."},
    "reconnect_delay": {"description": "Seconds after which the CLI connects anew.", "minimum": 1},
    "secret": {"description": "What messages are signed with; the same each time for one device.", **TEXT},
    "websocket_authorized_feature": {"description": "What will be sent, to be said when connecting.", **TEXT},
    "websocket_id": {"description": "The credential of the websocket.", **TEXT},
    "websocket_url": {"description": "Where the websocket is.", "format": "uri"},
    "default_version": {"description": "The version of the API in which events are written.", **TEXT},
    "latest_version": {"description": "The latest version of the API.", **TEXT},
    "device_token": {"description": "The name under which attempts are kept.", **TEXT},
}

BRIM: Final = (
    Component(RequestLogObject, "brim.request_log", _REQUEST_LOG),
    Component(SessionObject, "stripecli.session", _CLI_SESSION),
)
