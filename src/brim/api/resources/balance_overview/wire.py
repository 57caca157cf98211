"""How the books are written for clients: what a top-up posted, the balance at a glance. Ours, in the wire's manner."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, TRANSACTION_TYPES, constant, described
from brim.base.currency import MAX_AMOUNT
from brim.base.json_codec import encode
from brim.core.balance_overview import BalanceSummary, BooksOverview, CurrencyOverview
from brim.core.ledger import AVAILABLE, DAY_S, FUNDING_CLEARING, Activity, JournalEntry, PeriodActivity


class TransferObject(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an entry: a positive amount from the debited ledger account to the credited one."""

    id: Annotated[str, described("The journal entry's id.", **TEXT)]
    object: Annotated[str, constant("brim.transfer")] = "brim.transfer"
    amount: Annotated[int, described("How much was moved, in minor units.", minimum=1, maximum=MAX_AMOUNT)]
    created: Annotated[int, described("When it was posted.", **TIME)]
    credit_account: Annotated[str, described("The ledger account that it credits.", examples=[AVAILABLE], **TEXT)]
    currency: Annotated[str, CURRENCY]
    debit_account: Annotated[str, described("The ledger account that it debits.", examples=[FUNDING_CLEARING], **TEXT)]
    kind: Annotated[str, described("The step of the top-up that posted it.", examples=["topup"], **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    topup: Annotated[str, described("The top-up that it belongs to.", **TEXT)]


class BalanceArrivalObject(msgspec.Struct, frozen=True, kw_only=True):
    """Pending top-ups that are expected on one day."""

    amount: Annotated[int, described("The sum of the top-ups, in minor units.", minimum=0)]
    start: Annotated[
        int | None,
        described("The first second of the UTC day on which they are expected; null if it is unknown.", **TIME),
    ]
    topups: Annotated[int, described("The number of pending top-ups.", minimum=0)]


class InFlightObject(msgspec.Struct, frozen=True, kw_only=True):
    """Pending top-ups."""

    arrivals: Annotated[list[BalanceArrivalObject], described("The same by day, the earliest first.")]
    amount: Annotated[int, described("The sum of the pending top-ups, in minor units.", minimum=0)]
    topups: Annotated[int, described("The number of pending top-ups.", minimum=0)]


class BalanceDayObject(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a balance."""

    available: Annotated[int, described("The available balance at the end of the day, in minor units.")]
    received: Annotated[int, described("What was added to the balance that day.", minimum=0)]
    returned: Annotated[int, described("What was deducted from the balance that day.", minimum=0)]
    start: Annotated[int, described("The first second of the day.", **TIME)]


class CurrencyOverviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of the balance overview."""

    available: Annotated[int, described("The available balance, in minor units; it can be negative after a return.")]
    currency: Annotated[str, CURRENCY]
    days: Annotated[list[BalanceDayObject], described("The last thirty days in UTC, in order.")]
    in_flight: Annotated[InFlightObject, described("Pending top-ups.")]


class BalanceOverviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """An overview of the balance."""

    object: Annotated[str, constant("brim.balance_overview")] = "brim.balance_overview"
    currencies: Annotated[
        list[CurrencyOverviewObject], described("Each currency that has a balance or pending top-ups.")
    ]
    days_from: Annotated[int, described("The first second of the first day.", **TIME)]
    in_flight_is_complete: Annotated[
        bool, described("Whether all pending top-ups were counted; if `false`, there are more.")
    ]
    livemode: Annotated[bool, LIVEMODE]


class CategoryObject(msgspec.Struct, frozen=True, kw_only=True):
    """The totals of one reporting category."""

    count: Annotated[int, described("How many balance transactions.", minimum=1)]
    fee: Annotated[int, described("Their fees, in minor units.")]
    gross: Annotated[int, described("Their amounts, before fees.")]
    net: Annotated[int, described("Their amounts after fees: the change in the balance.")]
    reporting_category: Annotated[str, described("Their reporting category.", enum=TRANSACTION_TYPES)]


class PeriodBalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """A balance over a period: opening balance, activity and closing balance."""

    account: Annotated[str | None, described("The account whose balance it is; null for the total of all.", **TEXT)]
    activity: Annotated[list[CategoryObject], described("What changed it, by reporting category.")]
    closing_balance: Annotated[int, described("The balance at the end of the period, reserved money included.")]
    currency: Annotated[str, CURRENCY]
    net_activity: Annotated[int, described("The net change: the closing balance less the opening balance.")]
    opening_balance: Annotated[int, described("The balance when the period began, reserved money included.")]


class BalanceSummaryObject(msgspec.Struct, frozen=True, kw_only=True):
    """Balances over a period."""

    object: Annotated[str, constant("brim.balance_summary")] = "brim.balance_summary"
    accounts: Annotated[list[PeriodBalanceObject], described("The balances of each account, by account and currency.")]
    interval_end: Annotated[int, described("The end of the period, exclusive.", **TIME)]
    interval_start: Annotated[int, described("The first second of the period.", **TIME)]
    is_complete: Annotated[
        bool, described("Whether all accounts are included; false if there are more than 1,000 connected accounts.")
    ]
    livemode: Annotated[bool, LIVEMODE]
    totals: Annotated[list[PeriodBalanceObject], described("The totals of each currency.")]


def summary_json(summary: BalanceSummary, *, since: int, until: int, livemode: bool) -> bytes:
    """Return the compact JSON of balances over a period."""
    return encode(
        BalanceSummaryObject(
            accounts=[_period(each, each.account) for each in summary.accounts],
            interval_end=until,
            interval_start=since,
            is_complete=summary.is_complete,
            livemode=livemode,
            totals=[_period(each, None) for each in summary.totals],
        )
    )


def _period(balance: PeriodActivity, account: str | None) -> PeriodBalanceObject:
    return PeriodBalanceObject(
        account=account,
        activity=[_category(each) for each in balance.activity],
        closing_balance=balance.closing,
        currency=balance.currency,
        net_activity=balance.closing - balance.opening,
        opening_balance=balance.opening,
    )


def _category(each: Activity) -> CategoryObject:
    return CategoryObject(count=each.number, fee=each.fee, gross=each.gross, net=each.net, reporting_category=each.type)


def entry_json(entry: JournalEntry) -> list[bytes]:
    """Return the compact JSON of a top-up's entry, one object a line."""
    return [
        encode(
            TransferObject(
                id=entry.id,
                amount=line.amount,
                created=entry.created,
                credit_account=line.credit_account,
                currency=line.currency,
                debit_account=line.debit_account,
                kind=entry.step,
                livemode=entry.scope.livemode,
                topup=entry.source,
            )
        )
        for line in entry.lines
    ]


def overview_json(overview: BooksOverview, *, livemode: bool) -> bytes:
    """Return the compact JSON of the balance at a glance."""
    return encode(
        BalanceOverviewObject(
            currencies=[_currency(each) for each in overview.currencies],
            days_from=overview.days_from,
            in_flight_is_complete=overview.in_flight_is_complete,
            livemode=livemode,
        )
    )


def _currency(currency: CurrencyOverview) -> CurrencyOverviewObject:
    return CurrencyOverviewObject(
        available=currency.available,
        currency=currency.currency,
        days=[
            BalanceDayObject(available=day.available, received=day.received, returned=day.returned, start=day.start)
            for day in currency.days
        ],
        in_flight=InFlightObject(
            amount=currency.in_flight.amount,
            arrivals=[
                BalanceArrivalObject(
                    amount=each.amount, start=None if each.day is None else each.day * DAY_S, topups=each.topups
                )
                for each in currency.in_flight.arrivals
            ],
            topups=currency.in_flight.topups,
        ),
    )
