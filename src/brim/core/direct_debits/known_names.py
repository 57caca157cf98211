"""What the names in lines of a statement belong to, looked up for many lines at once.

It is true as long as nothing is applied but lines that change none of it: each set of lines looks it up anew.
"""

from collections.abc import Sequence

import msgspec

from brim.base.scope import AccountScope
from brim.core import dishonors, refunds, reversals
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.credits import Credit
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.rules import Entry
from brim.core.dishonors import AchReturn
from brim.core.refunds import Refund
from brim.core.reversals import Reversal
from brim.platform.database import Conn


class KnownNames(msgspec.Struct, frozen=True, kw_only=True):
    """What traces (also end-to-end ids) and numbers of batches belong to; what is not here belongs to nothing.

    Entries and batches are newest first, the others as their stores return them.
    """

    entries: dict[str, list[Entry]]
    batches: dict[int, list[FoundBatch]]
    dishonored: dict[str, AchReturn]
    returned: Sequence[AchReturn]
    reversals: Sequence[Reversal]
    refunds: Sequence[Refund]

    def find_in_line(self, traces: Sequence[str], *, is_coming: bool) -> AchReturn | None:
        """Return what `disputing.find_in_line` does."""
        named = next((found for trace in traces if (found := self.dishonored.get(trace)) is not None), None)
        if named is not None or is_coming:
            return named
        returned = (each for each in self.returned if each.original_trace in traces)
        return next((each for each in returned if each.contest_trace in traces), None)

    def find_credit(self, traces: Sequence[str], *, originator: str) -> Credit | None:
        """Return what `credits.find_credit` does."""
        found: list[Credit] = [each for each in self.reversals if each.trace in traces]
        found += [each for each in self.refunds if each.trace in traces]
        return min(found, key=lambda each: (each.originator != originator, -each.requested_ms), default=None)


async def look_up(
    conn: Conn, scope: AccountScope, originator: str, *, traces: Sequence[str], batches: Sequence[int]
) -> KnownNames:
    """Return what traces and numbers of batches belong to, the latter of one originator."""
    by_dishonor = await dishonors.find_by_dishonor_trace(conn, scope, traces) if traces else []
    return KnownNames(
        entries=await entry_store.find_by_traces(conn, scope, traces) if traces else {},
        batches=await file_store.find_batches_by_numbers(conn, scope, originator, batches) if batches else {},
        dishonored={each.dishonor_trace: each for each in by_dishonor if each.dishonor_trace is not None},
        returned=await dishonors.find_by_original_trace(conn, scope, traces) if traces else (),
        reversals=await reversals.find_by_trace(conn, scope, traces) if traces else (),
        refunds=await refunds.find_by_trace(conn, scope, traces) if traces else (),
    )
