"""What is forgotten in time: events, idempotency keys, ended keys, tokens, bytes of files, sessions, tries to sign in.

docs/retention.md has every table. Neighbours: the worker runs it; `legal_holds` says what stays all the same. Start
reading at `service`.
"""

from brim.core.pruning.rules import DEFAULT_PERIODS, Due, Kind, Periods, periods_of
from brim.core.pruning.service import Pruning, prune_events, prune_idempotency_keys, prune_sign_ins, read_due

__all__ = [
    "DEFAULT_PERIODS",
    "Due",
    "Kind",
    "Periods",
    "Pruning",
    "periods_of",
    "prune_events",
    "prune_idempotency_keys",
    "prune_sign_ins",
    "read_due",
]
