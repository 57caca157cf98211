"""The proof of the books: what each top-up's status calls for, compared with what is there, and remembered runs.

Neighbours: `ledger` proves its chain, `verification` has what proofs share. Start reading at `books`.
"""

from brim.core.integrity.service import latest_run, verify_and_remember, verify_in_turn

__all__ = [
    "latest_run",
    "verify_and_remember",
    "verify_in_turn",
]
