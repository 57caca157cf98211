"""What must hold of top-ups: each has posted and announced what its status and its bank call for, once."""

from collections.abc import Collection, Iterable
from typing import Final, TypeAlias

from brim.core.ledger import BalanceTransactionType
from brim.core.topups import verification_store as store
from brim.core.topups.events import EVENT_OF_STATUS
from brim.core.topups.posting import POSTED_AT
from brim.core.topups.rules import TRANSITIONS, Status
from brim.core.topups.verification_store import EventSum
from brim.core.verification import Check, Clearing, Difference, Range, Ranges, Walk
from brim.platform.database import Conn


def _history(status: Status) -> list[Status]:
    """Return the statuses that a top-up went through to the one it has, that one included."""
    before = [start for start, ends in TRANSITIONS.items() if status in ends]
    return [*_history(before[0]), status] if before else [status]


_POSTED: Final = [(status, POSTED_AT[past]) for status in Status for past in _history(status) if past in POSTED_AT]
_ENTRY_RULES: Final = [(status, rule.step, rule.debit_account, rule.credit_account) for status, rule in _POSTED]
_TRANSACTION_RULES: Final = [
    (status, rule.step, rule.sign, rule.step is BalanceTransactionType.TOPUP) for status, rule in _POSTED
]
EVENT_RULES: Final = [(status, EVENT_OF_STATUS[past]) for status in Status for past in _history(status)]
"""For each status, each type of event that it calls for."""


def topup_checks() -> list[Check]:
    """Return the checks of top-ups, but for what is clearing."""
    expected = ExpectedEvents()
    return [PostingCheck(), expected, EventCheck(expected)]


class PostingCheck(Check):
    """A top-up does not contradict itself, and has exactly the entries and balance transactions that are called for."""

    walk = Walk.TOPUPS

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return [
            *await store.wrong_topups(conn, span, limit=limit),
            *await store.wrong_confirmations(conn, span, limit=limit),
            *await store.wrong_entries(conn, span, _ENTRY_RULES, limit=limit),
            *await store.wrong_balance_transactions(conn, span, _TRANSACTION_RULES, limit=limit),
        ]


class ClearingCheck(Check):
    """Adds up what of top-ups is between the bank and the balance, for the rails whose bank confirms by a statement."""

    walk = Walk.TOPUPS
    is_of_one_moment = True

    def __init__(self, rails: Collection[str]) -> None:
        self._rails = rails
        self.clearing = Clearing()

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:  # noqa: ARG002  few can be found
        """Return what does not hold in a range."""
        if self._rails:
            self.clearing = self.clearing.with_topups(await store.clearing_topups(conn, span, self._rails))
        return []


_Tally: TypeAlias = dict[str, tuple[int, int]]
"""How many events of each type, and of whom, by a checksum that equal multisets share."""


class ExpectedEvents(Check):
    """Counts the events that the statuses of top-ups call for."""

    walk = Walk.TOPUPS
    is_of_one_moment = True

    def __init__(self) -> None:
        self.tally: _Tally = {}

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:  # noqa: ARG002  few can be found
        """Return what does not hold in a range."""
        _add_events(self.tally, await store.expected_events(conn, span, EVENT_RULES))
        return []


class EventCheck(Check):
    """Each transition was announced by one event.

    Sums of the events there are, and were, are compared with those called for; only when they differ is it looked why.
    Old events are forgotten, but not how many there were and the sum over whom they were about.
    """

    walk = Walk.EVENTS
    is_of_one_moment = True

    def __init__(self, expected: ExpectedEvents) -> None:
        self._expected = expected
        self._announced: _Tally = {}

    async def begin(self, conn: Conn) -> None:
        """Read how many events were forgotten."""
        _add_events(self._announced, await store.pruned_events(conn))

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:  # noqa: ARG002  few can be found
        """Return what does not hold in a range."""
        _add_events(self._announced, await store.announced_events(conn, span))
        return []

    async def conclude(self, conn: Conn, ranges: Ranges, *, limit: int) -> list[Difference]:
        """Return why events are not those that are called for."""
        differing = _differing_types(self._expected.tally, self._announced)
        return await self._explain(conn, ranges, differing, limit=limit) if differing and limit else []

    async def _explain(self, conn: Conn, ranges: Ranges, differing: list[str], *, limit: int) -> list[Difference]:
        """Name the events that nothing calls for, then those that are missing or there twice."""
        found: list[Difference] = []
        async for span in ranges(self.walk):
            if len(found) >= limit:
                break
            found += await store.wrong_events(conn, span, EVENT_RULES, limit=limit - len(found))
        for event_type in differing:
            statuses = [status for status, called_for in EVENT_RULES if called_for == event_type]
            found += await store.missing_or_repeated_events(conn, event_type, statuses, limit=limit)
        return found


def _add_events(tally: _Tally, parts: Iterable[EventSum]) -> None:
    for part in parts:
        events, checksum = tally.get(part.type, (0, 0))
        tally[part.type] = (events + part.events, checksum + int(part.checksum))


def _differing_types(expected: _Tally, announced: _Tally) -> list[str]:
    """Return the types whose events are not the same ones in both."""
    types = sorted(expected.keys() | announced.keys())
    return [event_type for event_type in types if expected.get(event_type) != announced.get(event_type)]
