"""How the audit log is written for clients. Ours, in the wire's manner."""

from typing import Any

import msgspec

from brim.base.json_codec import encode
from brim.core.audit import AuditEntry


class AuditActorObject(msgspec.Struct, frozen=True, kw_only=True):
    """Who did something."""

    address: str | None
    id: str | None
    name: str | None
    type: str


class AuditEntryObject(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the audit log."""

    id: str
    object: str = "brim.audit_entry"
    account: str | None
    action: str
    actor: AuditActorObject
    after: dict[str, Any] | None
    before: dict[str, Any] | None
    created: int
    detail: str | None
    livemode: bool | None
    object_id: str | None
    object_type: str | None
    request: str | None


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
