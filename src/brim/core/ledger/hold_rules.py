"""What a hold is, and the steps that it posts."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope

RESERVE_STEP: Final = "hold"
POST_STEP: Final = "hold_posted"
VOID_STEP: Final = "hold_voided"


class HoldStatus(StrEnum):
    """Where a hold stands."""

    RESERVED = "reserved"
    POSTED = "posted"
    VOIDED = "voided"


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Money set aside for one source. `amount` and `posted` are in minor units of `currency`.

    `posted` is what was spent of it, None until then; times are Unix milliseconds.
    """

    scope: AccountScope
    id: str
    source_type: str
    source: str
    amount: int
    currency: str
    status: HoldStatus
    created_ms: int
    posted: int | None = None
    ended_ms: int | None = None


class HoldConflictError(BrimError):
    """The hold was made for another amount, or ended another way."""
