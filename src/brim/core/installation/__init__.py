"""What an installation is for: money, or rehearsing with a bank that is played (`brim bank`).

A rehearsal is marked once, while nothing stands in the database, and stays one. Neighbours: `originators` asks here
which banks may be debited through, `test_clocks` whether live mode may live in frozen time. Start reading at `rules`.
"""

from brim.core.installation.rules import (
    REHEARSAL_BICS,
    REHEARSAL_ROUTING_NUMBERS,
    InstallationKind,
    NotARehearsalError,
    wrong_with_bank,
    wrong_with_bic,
)
from brim.core.installation.service import KnownKind, find_kind, mark_rehearsal, require_kind

__all__ = [
    "REHEARSAL_BICS",
    "REHEARSAL_ROUTING_NUMBERS",
    "InstallationKind",
    "KnownKind",
    "NotARehearsalError",
    "find_kind",
    "mark_rehearsal",
    "require_kind",
    "wrong_with_bank",
    "wrong_with_bic",
]
