"""Legal holds: what must be kept whatever its age, and whoever asks to have it erased.

Neighbours: `pruning` passes over what is held, and whoever else erases calls `require_no_hold` first. Statements ask
with `fragments.sql`. Start reading at `service`.
"""

from brim.core.legal_holds.rules import (
    LONGEST_TEXT,
    HoldKind,
    HoldLiftedError,
    HoldTextError,
    LegalHold,
    LegalHoldError,
)
from brim.core.legal_holds.service import (
    is_held,
    is_installation_held,
    keep_holds_out,
    lift_hold,
    list_holds,
    place_hold,
    require_no_hold,
    retrieve_hold,
)

FRAGMENTS = __name__
"""Where statements find `{whether the account of <row> is held}`; who runs one calls `keep_holds_out` before."""

__all__ = [
    "FRAGMENTS",
    "LONGEST_TEXT",
    "HoldKind",
    "HoldLiftedError",
    "HoldTextError",
    "LegalHold",
    "LegalHoldError",
    "is_held",
    "is_installation_held",
    "keep_holds_out",
    "lift_hold",
    "list_holds",
    "place_hold",
    "require_no_hold",
    "retrieve_hold",
]
