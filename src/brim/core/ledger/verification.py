"""What must hold of the ledger, whatever it is that posts to it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from operator import add
from typing import Final

from brim.base.scope import AccountScope
from brim.core.ledger import verification_store as store
from brim.core.ledger.verification_store import BalanceSum, KeptBalance
from brim.core.verification import START, Check, Difference, Key, Range, Walk
from brim.platform.database import Conn

_NOTHING: Final = (0, 0, 0, 0)


def ledger_checks(*, source_types: Collection[str], transaction_types: Collection[str]) -> list[Check]:
    """Return the checks of the ledger.

    Args:
        source_types: of whatever posts entries, and is checked by the capability that it belongs to.
        transaction_types: the types of the balance transactions that those write.
    """
    return [EntryCheck(source_types, transaction_types), LineCheck(), HoldCheck(), BalanceCheck()]


class EntryCheck(Check):
    """Each entry has a known cause, its lines name accounts of the chart, and none of them is missing or slipped in."""

    walk = Walk.TOPUPS

    def __init__(self, source_types: Collection[str], transaction_types: Collection[str]) -> None:
        self._source_types = source_types
        self._transaction_types = transaction_types

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        entries = await store.wrong_entries(conn, span, self._source_types, limit=limit)
        transactions = await store.unknown_transactions(conn, span, self._transaction_types, limit=limit)
        return [*entries, *transactions]


class LineCheck(Check):
    """Each line belongs to an entry."""

    walk = Walk.ENTRY_LINES

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return await store.orphan_lines(conn, span, limit=limit)


class HoldCheck(Check):
    """Each hold has posted what its status calls for."""

    walk = Walk.TOPUPS

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:
        """Return what does not hold in a range."""
        return await store.wrong_hold_entries(conn, span, limit=limit)


class BalanceCheck(Check):
    """Each balance is the sum of its entries, of its balance transactions, of their sums, and of what holds reserve.

    The sums of balance transactions are right for each day and type.

    Adds these up over the ranges that an account lies in, then compares them with the balance.
    """

    walk = Walk.TOPUPS
    is_of_one_moment = True

    def __init__(self) -> None:
        self._available: Counter[tuple[AccountScope, str]] = Counter()
        self._reserved: Counter[tuple[AccountScope, str]] = Counter()
        self._stated: Counter[tuple[AccountScope, str]] = Counter()
        self._held: Counter[tuple[AccountScope, str]] = Counter()
        self._days: defaultdict[tuple[AccountScope, str], dict[tuple[int, str], tuple[int, ...]]] = defaultdict(dict)
        self._checked_before = _scope_of(START)

    async def check(self, conn: Conn, span: Range, *, limit: int) -> list[Difference]:  # noqa: ARG002  few can be found
        """Return what does not hold in a range."""
        for posted in await store.posted_sums(conn, span):
            self._available[posted.scope, posted.currency] += posted.available
            self._reserved[posted.scope, posted.currency] += posted.reserved
        for stated in await store.stated_sums(conn, span):
            self._stated[stated.scope, stated.currency] += stated.sums[-1]
            days = self._days[stated.scope, stated.currency]
            before = days.get((stated.day, stated.type), _NOTHING)
            days[stated.day, stated.type] = tuple(map(add, before, stated.sums))
        for held in await store.held_sums(conn, span):
            self._held[held.scope, held.currency] += held.total
        return await self._check_complete_accounts(conn, span.until)

    async def _check_complete_accounts(self, conn: Conn, until: Key) -> list[Difference]:
        """Compare the accounts that lie wholly before the end of a range, and forget them."""
        end = _scope_of(until)
        balances = await store.kept_balances(conn, self._checked_before, end)
        kept = {(each.sum.scope, each.sum.currency): each for each in balances}
        added_up = {*self._available, *self._reserved, *self._stated, *self._held}
        complete = sorted({key for key in added_up if key[0] < end} | kept.keys())
        checked_before, self._checked_before = self._checked_before, end
        missing = [key for key in complete if key not in kept]
        kept |= {key: KeptBalance(BalanceSum(*key, 0, 0), by_day=0, by_minute=0) for key in missing}
        kept_days: defaultdict[tuple[AccountScope, str], dict[tuple[int, str], tuple[int, ...]]] = defaultdict(dict)
        for each in await store.kept_days(conn, checked_before, end):
            kept_days[each.scope, each.currency][each.day, each.type] = each.sums
        return [
            difference
            for key in complete
            for difference in (*self._compare(kept[key]), *self._compare_days(key, kept_days[key]))
        ]

    def _compare_days(
        self, key: tuple[AccountScope, str], kept: Mapping[tuple[int, str], tuple[int, ...]]
    ) -> list[Difference]:
        """Return days of a balance whose sums differ from their balance transactions; none where they differ in all.

        That is said of the balance already.
        """
        days = self._days.pop(key, {})
        if sum(each[-1] for each in days.values()) != sum(each[-1] for each in kept.values()):
            return []
        return [
            Difference(
                scope=key[0],
                row=f"balance_activity {key[1]} {kind} of day {day}",
                expected=_day_words(days.get((day, kind), _NOTHING)),
                found=_day_words(kept.get((day, kind), _NOTHING)),
            )
            for day, kind in sorted(days.keys() | kept.keys())
            if days.get((day, kind), _NOTHING) != kept.get((day, kind), _NOTHING)
        ]

    def _compare(self, found_balance: KeptBalance) -> list[Difference]:
        """Return how a balance differs from the sums of its rows."""
        kept = found_balance.sum
        key = kept.scope, kept.currency
        everything = kept.available + kept.reserved
        stated = self._stated.pop(key, 0)
        compared = (
            ("", "journal_entries", self._available.pop(key, 0), kept.available),
            (" reserved", "journal_entries", self._reserved.pop(key, 0), kept.reserved),
            (" reserved", "holds", self._held.pop(key, 0), kept.reserved),
            ("", "balance_transactions", stated, everything),
        )
        differences = [
            Difference(
                scope=kept.scope,
                row=f"balances {kept.currency}{part}",
                expected=f"{total} by the sum of {table}",
                found=str(found),
            )
            for part, table, total, found in compared
            if total != found
        ]
        # Where balance and balance transactions disagree, that is said already, and sums are right that agree with one.
        sums = (("day", found_balance.by_day), ("minute", found_balance.by_minute))
        return differences + [
            Difference(
                scope=kept.scope,
                row=f"balance_activity {kept.currency} by {span}",
                expected=f"{stated} by the sum of balance_transactions",
                found=str(found),
            )
            for span, found in sums
            if found not in {stated, everything}
        ]


def _day_words(sums: tuple[int, ...]) -> str:
    number, gross, fee, net = sums
    return f"{number} of {gross} less {fee}: {net}"


def _scope_of(key: Key) -> AccountScope:
    return AccountScope(key[0], key[1])
