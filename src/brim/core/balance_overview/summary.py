"""Balances over a period: what they began with, what changed them by category, and what they ended with."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.accounts import page_account_ids
from brim.core.ledger import MINUTE_S, Activity, PeriodActivity
from brim.platform.database import Database

MOST_ACCOUNTS: Final = 1_000
"""How many accounts one look adds up: beyond, a report does, whose worker takes its time."""


_LAST: Final = 253_402_300_800
"""Where the year 9999 ends."""


class SummaryIntervalError(BrimError):
    """The ends of the period aren't whole minutes, or aren't in order.

    Args:
        param: the parameter to blame.
        sentence: what is wrong with it.
    """

    def __init__(self, param: str, sentence: str) -> None:
        super().__init__(sentence)
        self.param = param


class BalanceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Balances over a period: the totals of each currency, whose `account` is empty, and what each account has of them.

    With `is_complete` false there are more accounts than were added up.
    """

    totals: tuple[PeriodActivity, ...]
    accounts: tuple[PeriodActivity, ...]
    is_complete: bool


def check_interval(since: int, until: int) -> None:
    """Validate the ends of a period.

    Raises:
        SummaryIntervalError: they are no whole minutes, or not in order.
    """
    for name, second in (("interval_start", since), ("interval_end", until)):
        if not 0 <= second <= _LAST or second % MINUTE_S:
            raise SummaryIntervalError(name, f"{name} must be a whole minute, a multiple of 60 from 0 to {_LAST}.")
    if since >= until:
        raise SummaryIntervalError("interval_end", "interval_end must be after interval_start.")


async def summarize_balances(
    database: Database,
    scope: AccountScope,
    *,
    since: int,
    until: int,
    currency: str | None = None,
    of_connected: bool = False,
    most_accounts: int = MOST_ACCOUNTS,
) -> BalanceSummary:
    """Return balances over a period.

    Args:
        database: where they are.
        scope: whose.
        since: the first second of the period, a whole minute.
        until: its end, a whole minute, not in it.
        currency: only this one.
        of_connected: whether the accounts under it are added, too.
        most_accounts: how many of those at most.

    Raises:
        SummaryIntervalError: the period has other ends.
    """
    check_interval(since, until)
    async with database.connection() as conn:
        under = []
        if of_connected:
            under = await page_account_ids(conn, scope.account, after="", limit=most_accounts + 1)
        found = await ledger.fetch_period_activity(
            conn, [scope.account, *under[:most_accounts]], livemode=scope.livemode, since=since, until=until
        )
    shown = [each for each in found if currency in {None, each.currency}]
    return BalanceSummary(totals=tuple(add_up(shown)), accounts=tuple(shown), is_complete=len(under) <= most_accounts)


def add_up(balances: Sequence[PeriodActivity]) -> list[PeriodActivity]:
    """Return the totals of several accounts' balances, by currency."""
    return [
        _total(currency, [each for each in balances if each.currency == currency])
        for currency in sorted({each.currency for each in balances})
    ]


def _total(currency: str, balances: Collection[PeriodActivity]) -> PeriodActivity:
    by_type: dict[str, list[Activity]] = {}
    for balance in balances:
        for each in balance.activity:
            by_type.setdefault(each.type, []).append(each)
    return PeriodActivity(
        account="",
        currency=currency,
        closing=sum(each.closing for each in balances),
        activity=tuple(
            Activity(
                type=name,
                number=sum(each.number for each in of),
                gross=sum(each.gross for each in of),
                fee=sum(each.fee for each in of),
                net=sum(each.net for each in of),
            )
            for name, of in sorted(by_type.items())
        ),
    )
