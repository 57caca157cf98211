"""Prove the books: recompute them from their rows and name what does not agree.

The oracle of the tests, and safe to run in production: one read-only snapshot, walked in ranges of keys, so that
neither memory nor a statement's time grows with the tables.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeAlias

from brim.base.scope import AccountScope
from brim.core import verification as verification_walk
from brim.core.integrity import store as verification
from brim.core.integrity.store import EventSum, Sum
from brim.core.ledger import DEBIT_CREDIT, LedgerAccount, TransferKind
from brim.core.topups import BOOKED_AT, EVENT_OF_STATUS, TRANSITIONS, Status
from brim.core.verification import END, MAX_DIFFERENCES, START, Difference, Key, OnProgress, Range, Walk
from brim.platform.database import Conn, Database

# Large enough that the statements' overhead vanishes, small enough that one takes well under a second.
_RANGE_SIZE: Final = 20_000


def _history(status: Status) -> list[Status]:
    """Return the statuses a top-up went through to get where it stands, that one included."""
    before = [start for start, ends in TRANSITIONS.items() if status in ends]
    return [*_history(before[0]), status] if before else [status]


_KINDS: Final = [(status, BOOKED_AT[past]) for status in Status for past in _history(status) if past in BOOKED_AT]
_TRANSFER_RULES: Final = [(status, kind, *DEBIT_CREDIT[kind]) for status, kind in _KINDS]
_LINE_RULES: Final = [
    (status, kind, 1 if kind is TransferKind.TOPUP else -1, kind is TransferKind.TOPUP) for status, kind in _KINDS
]
_EVENT_RULES: Final = [(status, EVENT_OF_STATUS[past]) for status in Status for past in _history(status)]


async def verify_books(
    database: Database, *, on_progress: OnProgress = lambda _done, _total: None, range_size: int = _RANGE_SIZE
) -> list[Difference]:
    """Return the first differences found, at most `MAX_DIFFERENCES`; none when the books prove themselves.

    Checked for every account, mode and currency, in one snapshot: each status has exactly its transfers, balance
    transactions and events; nothing belongs to a top-up that does not exist; balances are the sums of both
    transfers and balance transactions; each idempotency key's event exists.
    """
    async with database.transaction(isolation="repeatable_read", readonly=True) as conn:
        await verification_walk.prefer_ranges(conn)
        audit = _Audit(conn, on_progress, total=await verification_walk.estimate_rows(conn), range_size=range_size)
        return await audit.run()


class _Audit:
    """One run over the books: what was found so far, and the sums carried from range to range."""

    def __init__(self, conn: Conn, on_progress: OnProgress, *, total: int, range_size: int) -> None:
        self._conn = conn
        self._on_progress = on_progress
        self._total = max(total, 1)
        self._range_size = range_size
        self._done = 0
        self._found: list[Difference] = []
        self._balances = _BalanceCheck()
        self._expected_events: _Tally = {}
        self._announced_events: _Tally = {}

    async def run(self) -> list[Difference]:
        await self._walk_topups()
        await self._walk_events()
        await self._walk_idempotency_keys()
        self._on_progress(self._total, self._total)
        return self._found[:MAX_DIFFERENCES]

    async def _walk_topups(self) -> None:
        """Check each top-up against its transfers and lines, and each account's balances once all are read."""
        conn = self._conn
        async for span in self._ranges(Walk.TOPUPS):
            limit = self._room
            self._found += await verification.wrong_topups(conn, span, limit=limit)
            self._found += await verification.wrong_transfers(conn, span, _TRANSFER_RULES, limit=limit)
            self._found += await verification.wrong_balance_transactions(conn, span, _LINE_RULES, limit=limit)
            self._balances.add_booked(await verification.booked_sums(conn, span, LedgerAccount.BALANCE_AVAILABLE))
            self._balances.add_stated(await verification.stated_sums(conn, span))
            self._found += await self._balances.check_complete_owners(conn, span.until)
            _add_events(self._expected_events, await verification.expected_events(conn, span, _EVENT_RULES))

    async def _walk_events(self) -> None:
        """Compare the sums of the events there are, and were, with those called for; when they differ, find why.

        Old events are forgotten, but not how many there were and the sum over whom they were about.
        """
        _add_events(self._announced_events, await verification.pruned_events(self._conn))
        async for span in self._ranges(Walk.EVENTS):
            _add_events(self._announced_events, await verification.announced_events(self._conn, span))
        differing = _differing_types(self._expected_events, self._announced_events)
        if differing and self._room:
            await self._explain_events(differing)

    async def _explain_events(self, differing_types: list[str]) -> None:
        """Name the events that nothing calls for, then those that are missing or there twice."""
        async for span in self._ranges(Walk.EVENTS):
            self._found += await verification.wrong_events(self._conn, span, _EVENT_RULES, limit=self._room)
        for event_type in differing_types:
            statuses = [status for status, called_for in _EVENT_RULES if called_for == event_type]
            self._found += await verification.missing_or_repeated_events(
                self._conn, event_type, statuses, limit=MAX_DIFFERENCES
            )

    async def _walk_idempotency_keys(self) -> None:
        async for span in self._ranges(Walk.IDEMPOTENCY_KEYS):
            self._found += await verification.wrong_idempotency_keys(self._conn, span, limit=self._room)

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


class _BalanceCheck:
    """Adds up an account's transfers and lines over the ranges they lie in, then compares with the balance."""

    def __init__(self) -> None:
        self._booked: Counter[tuple[AccountScope, str]] = Counter()
        self._stated: Counter[tuple[AccountScope, str]] = Counter()
        self._checked_before = _owner_of(START)

    def add_booked(self, sums: Iterable[Sum]) -> None:
        for part in sums:
            self._booked[part.scope, part.currency] += part.total

    def add_stated(self, sums: Iterable[Sum]) -> None:
        for part in sums:
            self._stated[part.scope, part.currency] += part.total

    async def check_complete_owners(self, conn: Conn, until: Key) -> list[Difference]:
        """Compare the accounts that lie wholly before the end of a range, and forget them."""
        end = _owner_of(until)
        kept = {
            (part.scope, part.currency): part.total
            for part in await verification.kept_balances(conn, self._checked_before, end)
        }
        complete = sorted({key for key in (*self._booked, *self._stated) if key[0] < end} | kept.keys())
        self._checked_before = end
        return [
            difference
            for key in complete
            for difference in _compare_balance(
                *key, kept=kept.get(key, 0), booked=self._booked.pop(key, 0), stated=self._stated.pop(key, 0)
            )
        ]


def _compare_balance(scope: AccountScope, currency: str, *, kept: int, booked: int, stated: int) -> list[Difference]:
    """Return how a kept balance differs from the sum of transfers, and from the sum of balance transactions."""
    return [
        Difference(
            scope=scope,
            row=f"balances {currency}",
            expected=f"{total} by the sum of {table}",
            found=str(kept),
        )
        for table, total in (("transfers", booked), ("balance_transactions", stated))
        if total != kept
    ]


def _owner_of(key: Key) -> AccountScope:
    return AccountScope(key[0], key[1])


_Tally: TypeAlias = dict[str, tuple[int, int]]
"""How many events of each type, and of whom, by a checksum that equal multisets share."""


def _add_events(tally: _Tally, parts: Iterable[EventSum]) -> None:
    for part in parts:
        events, checksum = tally.get(part.type, (0, 0))
        tally[part.type] = (events + part.events, checksum + int(part.checksum))


def _differing_types(expected: _Tally, announced: _Tally) -> list[str]:
    """Return the types whose events are not the same ones in both."""
    types = sorted(expected.keys() | announced.keys())
    return [event_type for event_type in types if expected.get(event_type) != announced.get(event_type)]
