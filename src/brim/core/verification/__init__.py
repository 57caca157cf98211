"""What all proofs share: differences, reports, and walks along tables in ranges of keys.

Neighbours: `ledger` and `integrity` prove with it. Start reading at `rules`.
"""

from brim.core.verification.rules import (
    MAX_DIFFERENCES,
    ChainReport,
    Difference,
    OnProgress,
    VerificationRun,
    mode_of,
)
from brim.core.verification.walk import END, START, Key, Range, Walk, bounds_of, estimate_rows, prefer_ranges, range_end

__all__ = [
    "END",
    "MAX_DIFFERENCES",
    "START",
    "ChainReport",
    "Difference",
    "Key",
    "OnProgress",
    "Range",
    "VerificationRun",
    "Walk",
    "bounds_of",
    "estimate_rows",
    "mode_of",
    "prefer_ranges",
    "range_end",
]
