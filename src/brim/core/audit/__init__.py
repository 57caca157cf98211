"""The audit log: who did what to what, written in the transaction that does it, and never changed.

Neighbours: every use case that changes something but money records here; `fields` lists what an entry may hold. Start
reading at `rules`.
"""

from brim.base.actor import Actor, ActorKind
from brim.core.audit.fields import FIELDS, ObjectType
from brim.core.audit.rules import Action, AuditEntry, AuditFilters, PageAction
from brim.core.audit.service import find_entry, list_audit_log, record, record_alone

__all__ = [
    "FIELDS",
    "Action",
    "Actor",
    "ActorKind",
    "AuditEntry",
    "AuditFilters",
    "ObjectType",
    "PageAction",
    "find_entry",
    "list_audit_log",
    "record",
    "record_alone",
]
