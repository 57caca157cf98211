"""What is forgotten in time: old events, idempotency keys, sessions and tries to sign in.

Neighbours: the worker runs it. Start reading at `service`.
"""

from brim.core.pruning.service import Pruning, prune_events, prune_idempotency_keys, prune_sign_ins

__all__ = [
    "Pruning",
    "prune_events",
    "prune_idempotency_keys",
    "prune_sign_ins",
]
