"""How the audit log is written for clients. Ours, in the wire's manner."""

from typing import Annotated, Any

import msgspec

from brim.api.framework.schema import TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.core.audit import AuditEntry


class AuditActorObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who did something."""

    address: Annotated[str | None, described("The remote address; null if it was done on the server itself.", **TEXT)]
    id: Annotated[str | None, described("The id of the operator or the API key.", **TEXT)]
    name: Annotated[
        str | None, described("The operator's email, the redacted key, or the name of the user or the job.", **TEXT)
    ]
    type: Annotated[
        str,
        described(
            "The type of actor; `nobody` if nobody was signed in.", enum=["operator", "api_key", "cli", "job", "nobody"]
        ),
    ]


class AuditEntryObject(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the audit log."""

    id: Annotated[str, identifier("aud", "entry")]
    object: Annotated[str, constant("brim.audit_entry")] = "brim.audit_entry"
    account: Annotated[
        str | None, described("The account that the object belongs to; null for the whole installation.", **TEXT)
    ]
    action: Annotated[str, described("What was done, such as `webhook_endpoint.updated`.", **TEXT)]
    actor: Annotated[AuditActorObject, described("Who did it.")]
    after: Annotated[
        dict[str, Any] | None,
        described("The changed fields after the change; null if the object is gone.", type=["object", "null"]),
    ]
    before: Annotated[
        dict[str, Any] | None,
        described("The changed fields before the change; null if the object is new.", type=["object", "null"]),
    ]
    created: Annotated[int, described("When it was done.", **TIME)]
    detail: Annotated[str | None, described("A short description.", **TEXT)]
    livemode: Annotated[
        bool | None, described("The mode that the object belongs to; null for both.", type=["boolean", "null"])
    ]
    object_id: Annotated[str | None, described("The object that was changed.", **TEXT)]
    object_type: Annotated[str | None, described("What kind of object it is, such as `api_key`.", **TEXT)]
    request: Annotated[str | None, described("The id of the API request that did it; null if there was none.", **TEXT)]


def entry_json(entry: AuditEntry) -> bytes:
    """Return an entry's compact JSON."""
    actor, scope = entry.actor, entry.scope
    return encode(
        AuditEntryObject(
            id=entry.id,
            account=scope.account if scope else None,
            action=entry.action,
            actor=AuditActorObject(address=actor.address, id=actor.id, name=actor.name, type=actor.kind.value),
            after=None if entry.after is None else dict(entry.after),
            before=None if entry.before is None else dict(entry.before),
            created=entry.at_ms // 1000,
            detail=entry.detail,
            livemode=scope.livemode if scope else None,
            object_id=entry.object,
            object_type=entry.object_type,
            request=actor.request_id,
        )
    )
