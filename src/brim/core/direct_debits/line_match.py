"""What a line of a statement was found to be about."""

from typing import Final

import msgspec

from brim.core.direct_debits.credits import Credit
from brim.core.direct_debits.file_store import FoundBatch
from brim.core.direct_debits.rules import Entry
from brim.core.dishonors import AchReturn
from brim.core.push import TransferLine
from brim.core.rails.ach import ACH
from brim.core.rails.sepa import SEPA
from brim.core.reconciliation import MatchKind
from brim.core.reconciliation.formats import StatementLine

WHAT_MOVES: Final = {ACH: "ACH moves US dollars alone", SEPA: "SEPA moves euros alone"}
"""The currency of each rail, in words."""
MOST_FEE: Final = 5_000
"""The largest excess over a returned debit, in cents, that counts as the bank's fee; a person looks at anything above.

Banks charge a few dollars for a return, and some tens for one of a large amount.
"""


class LineMatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is about, or why nothing is known of it.

    `return_code` is the reason for which an entry comes back, where the statement itself says so.
    """

    kind: MatchKind | None = None
    id: str | None = None
    batch: FoundBatch | None = None
    booked_though_rejected: FoundBatch | None = None
    entry: Entry | None = None
    return_code: str | None = None
    dishonored: AchReturn | None = None
    credit: Credit | None = None
    problem: str | None = None
    transfer: TransferLine | None = None
    taken_back: str | None = None
    payments: tuple[StatementLine, ...] = ()
    """The lines that take the place of an entry, which itself is about nothing."""
