"""Idempotency keys: which request a key stands for, and its reply, found again by a retry.

Neighbours: every use case that a POST runs goes through `service.run_once`. Start reading at `rules`.
"""

from brim.core.idempotency.rules import (
    KEPT_MS,
    MAX_KEY_LENGTH,
    IdempotencyMismatchError,
    KeptReply,
    KeyClaim,
    fingerprint,
)
from brim.core.idempotency.service import RenderError, RequestContext, Result, find_kept, record, replay_of, run_once
from brim.core.idempotency.store import fetch_replies
from brim.core.idempotency.verification import KeyCheck

__all__ = [
    "KEPT_MS",
    "MAX_KEY_LENGTH",
    "IdempotencyMismatchError",
    "KeptReply",
    "KeyCheck",
    "KeyClaim",
    "RenderError",
    "RequestContext",
    "Result",
    "fetch_replies",
    "find_kept",
    "fingerprint",
    "record",
    "replay_of",
    "run_once",
]
