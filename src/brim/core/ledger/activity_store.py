"""What balances were, and what changed them, without adding up every balance transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from brim.base.ids import created_of, first_id_at
from brim.base.scope import AccountScope
from brim.core.ledger.rules import BalanceTransaction
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "activity")
MINUTE_S: Final = 60
DAY_S: Final = 24 * 60 * 60
_PREFIX: Final = "txn_"
_LATEST_ID_S: Final = 30
"""By how much an id may be later than its `created`: a transaction's time is from when it began, its ids go on."""


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """What balance transactions of one type come to, in minor units, and how many they are."""

    type: str
    number: int
    gross: int
    fee: int
    net: int


class PeriodActivity(msgspec.Struct, frozen=True, kw_only=True):
    """One balance of an account over a period: what changed it in it, by type, and what it was at its end.

    Reserved money is part of it, as it is the account's.
    """

    account: str
    currency: str
    closing: int
    activity: tuple[Activity, ...]

    @property
    def opening(self) -> int:
        """What it was when the period began."""
        return self.closing - sum(each.net for each in self.activity)


async def fetch_balances_after(
    conn: Conn, scope: AccountScope, transactions: Iterable[BalanceTransaction]
) -> dict[str, int]:
    """Return what the balance in its currency was right after each of an account's balance transactions, by id.

    It is available and reserved money together: what all balance transactions up to that one, by id, add up to. The
    minute is that of the id: one may have been made some seconds after the `created` that was written beside it.
    """
    by_minute: dict[tuple[str, int], list[str]] = defaultdict(list)
    for each in transactions:
        made = created_of(each.id)
        by_minute[each.currency, made - made % MINUTE_S].append(each.id)
    minutes = [minute for _, minute in by_minute]
    records = await conn.fetch(
        _SQL["balances_after"],
        scope.account,
        scope.livemode,
        [currency for currency, _ in by_minute],
        minutes,
        [_next_day(minute) for minute in minutes],
        [min(ids) for ids in by_minute.values()],
        [first_id_at(_PREFIX, minute + MINUTE_S + _LATEST_ID_S) for minute in minutes],
        [each for ids in by_minute.values() for each in ids],
    )
    return {record["id"]: record["balance"] for record in records}


def _next_day(second: int) -> int:
    return second - second % DAY_S + DAY_S


_IN: Final = "in"
_AFTER: Final = "after"


async def fetch_period_activity(
    conn: Conn, accounts: Collection[str], *, livemode: bool, since: int, until: int
) -> list[PeriodActivity]:
    """Return the balances of accounts over a period, by account and currency; its ends are whole minutes."""
    ranges = [(_IN, *each) for each in _spans(since, until)] + [(_AFTER, *each) for each in _spans(until, None)]
    records = await conn.fetch(_SQL["activity_sums"], list(accounts), livemode, *map(list, zip(*ranges, strict=True)))
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for record in records:
        found[record["account"], record["currency"]].append(record)
    return [_period(account, currency, of) for (account, currency), of in found.items()]


def _period(account: str, currency: str, records: Sequence[Any]) -> PeriodActivity:
    return PeriodActivity(
        account=account,
        currency=currency,
        closing=records[0]["total"] - sum(each["net"] for each in records if each["part"] == _AFTER),
        activity=tuple(
            Activity(type=each["type"], number=each["number"], gross=each["gross"], fee=each["fee"], net=each["net"])
            for each in sorted(records, key=lambda each: each["type"] or "")
            if each["part"] == _IN
        ),
    )


_NEVER: Final = 1 << 62


def _spans(since: int, until: int | None) -> list[tuple[int, int, int]]:
    """Return the ranges of a period: whole days, and whole minutes at both ends. None: it has no end."""
    first = since if since % DAY_S == 0 else _next_day(since)
    last = _NEVER if until is None else until - until % DAY_S
    if until is not None and first >= last:
        return [(MINUTE_S, since, until)]
    ends = [(MINUTE_S, since, first), (MINUTE_S, last, until)] if until is not None else [(MINUTE_S, since, first)]
    return [(DAY_S, first, last), *(each for each in ends if each[1] < each[2])]
