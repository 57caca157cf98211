"""The schemas of the audit log."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import TEXT, TIME, Component, constant, identifier
from brim.api.resources.audit_log.wire import AuditActorObject, AuditEntryObject

_ENTRY: Final[dict[str, Schema]] = {
    "id": identifier("aud", "entry"),
    "object": constant("brim.audit_entry"),
    "account": {"description": "The account that the object belongs to; null for the whole installation.", **TEXT},
    "action": {"description": "What was done, such as `webhook_endpoint.updated`.", **TEXT},
    "actor": {"description": "Who did it."},
    "after": {"description": "The changed fields after the change; null if the object is gone.", "type": "object"},
    "before": {"description": "The changed fields before the change; null if the object is new.", "type": "object"},
    "created": {"description": "When it was done.", **TIME},
    "detail": {"description": "A few words for people.", **TEXT},
    "livemode": {"description": "The mode that the object belongs to; null for both.", "type": "boolean"},
    "object_id": {"description": "The object that was changed.", **TEXT},
    "object_type": {"description": "What kind of object it is, such as `api_key`.", **TEXT},
    "request": {"description": "The id of the API request that did it; null if there was none.", **TEXT},
}
_ACTOR: Final[dict[str, Schema]] = {
    "address": {"description": "The remote address; null if there was no network between.", **TEXT},
    "id": {"description": "The id of the operator or the API key.", **TEXT},
    "name": {"description": "The operator's email, the redacted key, or the name of the user or the job.", **TEXT},
    "type": {
        "description": "Who it was; `nobody` had not signed in.",
        "enum": ["operator", "api_key", "cli", "job", "nobody"],
    },
}

AUDIT_LOG: Final = (
    Component(AuditEntryObject, "brim.audit_entry", _ENTRY),
    Component(AuditActorObject, "brim.audit_actor", _ACTOR),
)
