"""Prove the books: every capability's checks, run over one snapshot, or in steps of which only the sums need one.

The oracle of the tests, and safe to run in production: read-only transactions, which walk in ranges of keys, so that
neither memory nor a statement's time grows with the tables.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from functools import partial
from typing import Final

import msgspec

from brim.core import verification as verification_walk
from brim.core.direct_debits import MICRODEPOSITS_SOURCE_TYPE
from brim.core.idempotency import KeyCheck
from brim.core.integrity.run_store import read_totals
from brim.core.ledger import BalanceTransactionType, ledger_checks
from brim.core.line_settlements import SOURCE_TYPE as SETTLEMENT_SOURCE_TYPE
from brim.core.line_settlements import BankAccountCheck, SettlementCheck
from brim.core.negative_balances import RESERVE_SOURCE_TYPE, TEST_HOLD_SOURCE_TYPE
from brim.core.push import SOURCE_TYPE as TRANSFER_SOURCE_TYPE
from brim.core.push import push_checks
from brim.core.rails import CONFIRMED_RAILS
from brim.core.refunds import SOURCE_TYPE as REFUND_SOURCE_TYPE
from brim.core.refunds import RefundCheck, RefundClearingCheck
from brim.core.topups import SOURCE_TYPE, ClearingCheck, topup_checks
from brim.core.verification import (
    END,
    MAX_DIFFERENCES,
    START,
    Check,
    Clearing,
    Covered,
    CurrencyTotal,
    Difference,
    OnProgress,
    Pace,
    Range,
    Snapshots,
    Walk,
)
from brim.platform.database import Database

# Large enough that the statements' overhead vanishes, small enough that one takes well under a second.
_RANGE_SIZE: Final = 20_000

_SOURCE_TYPES: Final = (
    SOURCE_TYPE,
    RESERVE_SOURCE_TYPE,
    TEST_HOLD_SOURCE_TYPE,
    MICRODEPOSITS_SOURCE_TYPE,
    REFUND_SOURCE_TYPE,
    SETTLEMENT_SOURCE_TYPE,
    TRANSFER_SOURCE_TYPE,
)
_TRANSACTION_TYPES: Final = tuple(BalanceTransactionType)


class BooksReport(msgspec.Struct, frozen=True, kw_only=True):
    """The first differences found, at most `MAX_DIFFERENCES`, what is clearing, what was read, and what it comes to."""

    differences: list[Difference]
    clearing: Clearing
    covered: Covered
    totals: list[CurrencyTotal]


async def verify_books(
    database: Database,
    *,
    on_progress: OnProgress = lambda _done, _total: None,
    range_size: int = _RANGE_SIZE,
    source_types: Collection[str] = _SOURCE_TYPES,
    transaction_types: Collection[str] = _TRANSACTION_TYPES,
    confirmed_rails: Collection[str] = CONFIRMED_RAILS,
    pace: Pace | None = None,
) -> BooksReport:
    """Return what differs, nothing when the books prove themselves, and what is clearing.

    Checked for every account, mode and currency: each status has exactly its entries, balance transactions and events;
    nothing belongs to a top-up that does not exist; balances are the sums of both entries and balance transactions;
    bank accounts are the sums of their statements' lines less what breaks say is not posted; each settlement of lines
    has the entries of its parts; each idempotency key's event exists.

    All is read in one snapshot. With a `pace` only what is added up is, last and without a rest; before that each range
    is compared in a snapshot of its own, with a rest after it.
    """
    clearing, refunds = ClearingCheck(confirmed_rails), RefundClearingCheck()
    ledger = ledger_checks(source_types=source_types, transaction_types=transaction_types)
    bank = [BankAccountCheck(), SettlementCheck()]
    checks = [*topup_checks(), *ledger, *push_checks(), clearing, refunds, RefundCheck(), *bank, KeyCheck()]
    async with database.connection() as conn:
        total = await verification_walk.estimate_rows(conn)
    verification = _Verification(on_progress, total=total, range_size=range_size)
    if pace is not None:
        async with Snapshots(database, verification_walk.prefer_ranges, pace) as snapshots:
            await verification.run(snapshots, [check for check in checks if not check.is_of_one_moment])
        checks = [check for check in checks if check.is_of_one_moment]
    async with Snapshots(database, verification_walk.prefer_ranges, pace=None) as snapshots:
        await verification.run(snapshots, checks)
        totals = await read_totals(snapshots.conn)
    return verification.report(clearing.clearing.with_refunds(refunds.clearing), totals)


class _Verification:
    """Checks that are run over the books, and what was found so far."""

    def __init__(self, on_progress: OnProgress, *, total: int, range_size: int) -> None:
        self._on_progress = on_progress
        self._total = max(total, 1)
        self._range_size = range_size
        self._done = 0
        self._found: list[Difference] = []
        self._rows: dict[str, int] = {}
        self._is_complete = True

    def report(self, clearing: Clearing, totals: list[CurrencyTotal]) -> BooksReport:
        """Return what was found and what was read, with what the checks have added up."""
        self._on_progress(self._total, self._total)
        return BooksReport(
            differences=self._found[:MAX_DIFFERENCES],
            clearing=clearing,
            covered=Covered(rows=self._rows, is_complete=self._is_complete),
            totals=totals,
        )

    async def run(self, snapshots: Snapshots, checks: Sequence[Check]) -> None:
        """Run the checks, walk by walk."""
        for walk in Walk:
            await self._walk(snapshots, walk, [check for check in checks if check.walk is walk])

    async def _walk(self, snapshots: Snapshots, walk: Walk, checks: Sequence[Check]) -> None:
        """Run the checks of one walk, all of them over each range."""
        if not checks:
            return
        for check in checks:
            await check.begin(snapshots.conn)
        rows = 0
        async for span in self._ranges(snapshots, walk):
            conn, size = snapshots.conn, self._range_size
            is_last = span.until == END
            rows += await verification_walk.count_after(conn, walk, span.after, size) if is_last else size
            limit = self._room
            for check in checks:
                self._found += await check.check(conn, span, limit=limit)
            await snapshots.end_step()
        self._rows[walk] = max(rows, self._rows.get(walk, 0))
        for check in checks:
            self._found += await check.conclude(snapshots.conn, partial(self._ranges, snapshots), limit=self._room)
        self._is_complete = self._is_complete and self._room > 0

    @property
    def _room(self) -> int:
        """How many more differences there is room for."""
        return max(MAX_DIFFERENCES - len(self._found), 0)

    async def _ranges(self, snapshots: Snapshots, walk: Walk) -> AsyncIterator[Range]:
        """Yield a table's ranges from its first key to its last, until enough differences are found."""
        after = START
        while after != END and self._room:
            until = await verification_walk.range_end(snapshots.conn, walk, after, self._range_size)
            yield Range(after, until)
            after = until
            self._done += self._range_size if until != END else 0
            self._total = max(self._total, self._done)
            self._on_progress(self._done, self._total)
