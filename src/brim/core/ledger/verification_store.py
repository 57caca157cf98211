"""Reads entries, balances and holds range by range and finds what contradicts itself; changes nothing."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.ledger.chart import AVAILABLE, CHART, FAMILIES, RESERVED
from brim.core.ledger.hold_rules import POST_STEP, RESERVE_STEP, VOID_STEP
from brim.core.verification import Difference, Range, Sum, bounds_of, differences
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")
_CODES: Final = [account.code for account in CHART if account.code not in FAMILIES]


class BalanceSum(NamedTuple):
    """What an account has of a currency, or what some rows add to that, in minor units."""

    scope: AccountScope
    currency: str
    available: int
    reserved: int


class KeptBalance(NamedTuple):
    """A balance as it is kept, and what the sums by day and by minute of its balance transactions come to."""

    sum: BalanceSum
    by_day: int
    by_minute: int


class DaySum(NamedTuple):
    """What balance transactions of one type and day of UTC come to; `day` counts from the Unix epoch."""

    scope: AccountScope
    currency: str
    type: str
    day: int
    sums: tuple[int, int, int, int]
    """How many they are, and their amounts, fees and nets in minor units."""


async def wrong_entries(conn: Conn, span: Range, source_types: Collection[str], *, limit: int) -> list[Difference]:
    """Return entries of unknown source types, of accounts outside the chart, or without all their lines."""
    arguments = (*bounds_of(span), list(source_types), _CODES, limit)
    return differences(await conn.fetch(_SQL["wrong_entries"], *arguments))


async def orphan_lines(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return lines of a range of entries that belong to none."""
    return differences(await conn.fetch(_SQL["orphan_lines"], *bounds_of(span), limit))


async def unknown_transactions(conn: Conn, span: Range, types: Collection[str], *, limit: int) -> list[Difference]:
    """Return balance transactions of unknown types."""
    return differences(await conn.fetch(_SQL["unknown_transactions"], *bounds_of(span), list(types), limit))


async def wrong_hold_entries(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return entries, missing ones too, that differ from what holds call for."""
    arguments = (*bounds_of(span), AVAILABLE, RESERVED, RESERVE_STEP, POST_STEP, VOID_STEP, limit)
    return differences(await conn.fetch(_SQL["wrong_hold_entries"], *arguments))


async def posted_sums(conn: Conn, span: Range) -> list[BalanceSum]:
    """Return what the entries of a range of sources add to balances."""
    return [_balance(record) for record in await conn.fetch(_SQL["posted_sums"], *bounds_of(span), AVAILABLE, RESERVED)]


async def stated_sums(conn: Conn, span: Range) -> list[DaySum]:
    """Return what the balance transactions of a range of sources add up to, by day and type."""
    return [_day_sum(record) for record in await conn.fetch(_SQL["stated_sums"], *bounds_of(span))]


async def kept_days(conn: Conn, first: AccountScope, end: AccountScope) -> list[DaySum]:
    """Return the sums by day and type that are kept of the accounts from `first` on, before `end`."""
    records = await conn.fetch(_SQL["kept_days"], first.account, first.livemode, end.account, end.livemode)
    return [_day_sum(record) for record in records]


async def held_sums(conn: Conn, span: Range) -> list[Sum]:
    """Return what the holds of a range of sources keep reserved."""
    return [_sum(record) for record in await conn.fetch(_SQL["held_sums"], *bounds_of(span))]


async def kept_balances(conn: Conn, first: AccountScope, end: AccountScope) -> list[KeptBalance]:
    """Return the balances of the accounts from `first` on, before `end`."""
    records = await conn.fetch(_SQL["kept_balances"], first.account, first.livemode, end.account, end.livemode)
    return [KeptBalance(_balance(record[:5]), int(record["by_day"]), int(record["by_minute"])) for record in records]


def _sum(record: Any) -> Sum:
    account, livemode, currency, total = record
    return Sum(AccountScope(account, livemode), currency, int(total))


def _day_sum(record: Any) -> DaySum:
    account, livemode, currency, kind, day, number, gross, fee, net = record
    return DaySum(AccountScope(account, livemode), currency, kind, day, (int(number), int(gross), int(fee), int(net)))


def _balance(record: Any) -> BalanceSum:
    account, livemode, currency, available, reserved = record
    return BalanceSum(AccountScope(account, livemode), currency, int(available), int(reserved))
