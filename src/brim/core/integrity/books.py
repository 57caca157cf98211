"""Prove the books: every capability's checks, run over one snapshot.

The oracle of the tests, and safe to run in production: one read-only snapshot, walked in ranges of keys, so that
neither memory nor a statement's time grows with the tables.
"""

from collections.abc import AsyncIterator, Collection, Sequence
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
from brim.core.refunds import RefundCheck
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
    Range,
    Walk,
)
from brim.platform.database import Conn, Database

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
) -> BooksReport:
    """Return what differs, nothing when the books prove themselves, and what is clearing.

    Checked for every account, mode and currency, in one snapshot: each status has exactly its entries, balance
    transactions and events; nothing belongs to a top-up that does not exist; balances are the sums of both
    entries and balance transactions; bank accounts are the sums of their statements' lines less what breaks say is not
    posted; each settlement of lines has the entries of its parts; each idempotency key's event exists.
    """
    clearing, refunds = ClearingCheck(confirmed_rails), RefundCheck()
    ledger = ledger_checks(source_types=source_types, transaction_types=transaction_types)
    bank = [BankAccountCheck(), SettlementCheck()]
    checks = [*topup_checks(), *ledger, *push_checks(), clearing, refunds, *bank, KeyCheck()]
    async with database.transaction(isolation="repeatable_read", readonly=True) as conn:
        await verification_walk.prefer_ranges(conn)
        total = await verification_walk.estimate_rows(conn)
        verification = _Verification(conn, checks, on_progress, total=total, range_size=range_size)
        return BooksReport(
            differences=await verification.run(),
            clearing=clearing.clearing.with_refunds(refunds.clearing),
            covered=verification.covered,
            totals=await read_totals(conn),
        )


class _Verification:
    """One run of all checks over the books, and what was found so far."""

    def __init__(
        self, conn: Conn, checks: Sequence[Check], on_progress: OnProgress, *, total: int, range_size: int
    ) -> None:
        self._conn = conn
        self._checks = checks
        self._on_progress = on_progress
        self._total = max(total, 1)
        self._range_size = range_size
        self._done = 0
        self._found: list[Difference] = []
        self._rows: dict[str, int] = {}
        self._is_complete = True

    @property
    def covered(self) -> Covered:
        """What was read."""
        return Covered(rows=self._rows, is_complete=self._is_complete)

    async def run(self) -> list[Difference]:
        for walk in Walk:
            await self._walk(walk, [check for check in self._checks if check.walk is walk])
        self._on_progress(self._total, self._total)
        return self._found[:MAX_DIFFERENCES]

    async def _walk(self, walk: Walk, checks: Sequence[Check]) -> None:
        """Run the checks of one walk, all of them over each range."""
        if not checks:
            return
        for check in checks:
            await check.begin(self._conn)
        self._rows.setdefault(walk, 0)
        async for span in self._ranges(walk):
            is_last = span.until == END
            size = self._range_size
            self._rows[walk] += (
                await verification_walk.count_after(self._conn, walk, span.after, size) if is_last else size
            )
            limit = self._room
            for check in checks:
                self._found += await check.check(self._conn, span, limit=limit)
        for check in checks:
            self._found += await check.conclude(self._conn, self._ranges, limit=self._room)
        self._is_complete = self._is_complete and self._room > 0

    @property
    def _room(self) -> int:
        """How many more differences there is room for."""
        return max(MAX_DIFFERENCES - len(self._found), 0)

    async def _ranges(self, walk: Walk) -> AsyncIterator[Range]:
        """Yield a table's ranges from its first key to its last, until enough differences are found."""
        after = START
        while after != END and self._room:
            until = await verification_walk.range_end(self._conn, walk, after, self._range_size)
            yield Range(after, until)
            after = until
            self._done += self._range_size if until != END else 0
            self._total = max(self._total, self._done)
            self._on_progress(self._done, self._total)
