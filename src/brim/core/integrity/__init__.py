"""The proof of the books: what each top-up's status calls for, compared with what is there; remembered runs.

It also lists what is stuck. Neighbours: `ledger` proves its chain, `jobs` has what failed, `verification` has what
proofs share. Start reading at `books`.
"""

from brim.core.integrity.run_store import read_latest_run
from brim.core.integrity.service import (
    ask_verification,
    latest_run,
    list_heads,
    list_verifications,
    read_latest,
    verify_and_remember,
    verify_asked,
    verify_in_turn,
)
from brim.core.integrity.stuck import count_stuck, list_stuck

__all__ = [
    "ask_verification",
    "count_stuck",
    "latest_run",
    "list_heads",
    "list_stuck",
    "list_verifications",
    "read_latest",
    "read_latest_run",
    "verify_and_remember",
    "verify_asked",
    "verify_in_turn",
]
