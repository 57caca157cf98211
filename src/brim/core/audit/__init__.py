"""The audit log: who did what to what, written in the transaction that does it, and never changed.

Neighbours: whoever acts for an operator records here. Start reading at `rules`.
"""

from brim.core.audit.rules import Action, Actor, ActorKind, AuditEntry
from brim.core.audit.service import list_audit_log, record, record_alone

__all__ = [
    "Action",
    "Actor",
    "ActorKind",
    "AuditEntry",
    "list_audit_log",
    "record",
    "record_alone",
]
