"""How the books are written for clients: what a top-up posted, the balance at a glance. Ours, in the wire's manner."""

import msgspec

from brim.base.json_codec import encode
from brim.core.balance_overview import BooksOverview, CurrencyOverview
from brim.core.ledger import JournalEntry


class TransferObject(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an entry: a positive amount from the debited ledger account to the credited one."""

    id: str
    object: str = "brim.transfer"
    amount: int
    created: int
    credit_account: str
    currency: str
    debit_account: str
    kind: str
    livemode: bool
    topup: str


class InFlightObject(msgspec.Struct, frozen=True, kw_only=True):
    """What pending top-ups will bring."""

    amount: int
    topups: int


class BalanceDayObject(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a balance."""

    available: int
    received: int
    returned: int
    start: int


class CurrencyOverviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of the balance at a glance."""

    available: int
    currency: str
    days: list[BalanceDayObject]
    in_flight: InFlightObject


class BalanceOverviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """The balance at a glance."""

    object: str = "brim.balance_overview"
    currencies: list[CurrencyOverviewObject]
    days_from: int
    in_flight_is_complete: bool
    livemode: bool


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
        in_flight=InFlightObject(amount=currency.in_flight.amount, topups=currency.in_flight.topups),
    )
