"""Erasure of personal data: of a closed account, or of a payer, the holder of a bank account on file.

What is booked stays; what says who somebody is goes, table by table. docs/privacy.md has every column and what becomes
of it. Neighbours: it writes rows of most capabilities, in the role of the tables' owner, and nothing that serves uses
it. Start reading at `service`, then `steps`; `rules` has what may not be erased yet.
"""

from brim.core.erasure.reports import report_json, report_text
from brim.core.erasure.rules import (
    AUTHORIZATION_YEARS,
    ENTRY_YEARS,
    ERASED,
    Erasure,
    ErasureRefusedError,
    Kept,
    NotOwnerError,
    Reason,
    Refusal,
    Target,
)
from brim.core.erasure.service import check_erasable, erase, list_erasures, preview

__all__ = [
    "AUTHORIZATION_YEARS",
    "ENTRY_YEARS",
    "ERASED",
    "Erasure",
    "ErasureRefusedError",
    "Kept",
    "NotOwnerError",
    "Reason",
    "Refusal",
    "Target",
    "check_erasable",
    "erase",
    "list_erasures",
    "preview",
    "report_json",
    "report_text",
]
