"""What all proofs share: differences, reports, and walks along tables in ranges of keys.

Neighbours: `ledger`, `topups` and `idempotency` bring their checks, `integrity` runs them. Start reading at `rules`,
then `checks`.
"""

from brim.core.verification.checks import WHOLE_TABLE_TIMEOUT_S, Check, Ranges, Rows, Sum, arrays, differences
from brim.core.verification.rules import (
    MAX_DIFFERENCES,
    ChainReport,
    Clearing,
    ClearingTopup,
    Covered,
    CurrencyTotal,
    Difference,
    OnProgress,
    PastRun,
    RunStatus,
    RunWarning,
    VerificationRun,
    mode_of,
)
from brim.core.verification.snapshots import Pace, Snapshots
from brim.core.verification.walk import (
    END,
    START,
    Key,
    Range,
    Walk,
    bounds_of,
    count_after,
    estimate_rows,
    prefer_ranges,
    range_end,
)

__all__ = [
    "END",
    "MAX_DIFFERENCES",
    "START",
    "WHOLE_TABLE_TIMEOUT_S",
    "ChainReport",
    "Check",
    "Clearing",
    "ClearingTopup",
    "Covered",
    "CurrencyTotal",
    "Difference",
    "Key",
    "OnProgress",
    "Pace",
    "PastRun",
    "Range",
    "Ranges",
    "Rows",
    "RunStatus",
    "RunWarning",
    "Snapshots",
    "Sum",
    "VerificationRun",
    "Walk",
    "arrays",
    "bounds_of",
    "count_after",
    "differences",
    "estimate_rows",
    "mode_of",
    "prefer_ranges",
    "range_end",
]
