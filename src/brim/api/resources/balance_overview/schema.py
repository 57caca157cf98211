"""The schemas of the books as people look at them."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, Component, constant
from brim.api.resources.balance_overview import wire as books_wire
from brim.base.currency import MAX_AMOUNT
from brim.core.ledger import AVAILABLE, FUNDING_CLEARING

_BALANCE_OVERVIEW: Final[dict[str, Schema]] = {
    "object": constant("brim.balance_overview"),
    "currencies": {"description": "Each currency that has a balance or something on its way."},
    "days_from": {"description": "From when on every day is there.", **TIME},
    "in_flight_is_complete": {"description": "Whether all that is on its way was counted; else there is more."},
    "livemode": LIVEMODE,
}
_CURRENCY_OVERVIEW: Final[dict[str, Schema]] = {
    "available": {"description": "What can be used, in minor units; below zero after a return."},
    "currency": CURRENCY,
    "days": {"description": "The last thirty days of UTC in their order."},
    "in_flight": {"description": "What pending top-ups will bring."},
}
_BALANCE_DAY: Final[dict[str, Schema]] = {
    "available": {"description": "What could be used at the end of the day, in minor units."},
    "received": {"description": "What came to the balance that day.", "minimum": 0},
    "returned": {"description": "What banks took back that day.", "minimum": 0},
    "start": {"description": "The first second of the day.", **TIME},
}
_IN_FLIGHT: Final[dict[str, Schema]] = {
    "amount": {"description": "The sum of the pending top-ups, in minor units.", "minimum": 0},
    "topups": {"description": "How many they are.", "minimum": 0},
}
_TRANSFER: Final[dict[str, Schema]] = {
    "id": {"description": "The transfer's id.", **TEXT},
    "object": constant("brim.transfer"),
    "amount": {"description": "How much was moved, in minor units.", "minimum": 1, "maximum": MAX_AMOUNT},
    "created": {"description": "When it was posted.", **TIME},
    "credit_account": {"description": "The ledger account that it credits.", "examples": [AVAILABLE], **TEXT},
    "currency": CURRENCY,
    "debit_account": {"description": "The ledger account that it debits.", "examples": [FUNDING_CLEARING], **TEXT},
    "kind": {"description": "Which step of the top-up posted it.", "examples": ["topup"], **TEXT},
    "livemode": LIVEMODE,
    "topup": {"description": "The top-up that it belongs to.", **TEXT},
}

BOOKS: Final = (
    Component(books_wire.BalanceOverviewObject, "brim.balance_overview", _BALANCE_OVERVIEW),
    Component(books_wire.CurrencyOverviewObject, "brim.currency_overview", _CURRENCY_OVERVIEW),
    Component(books_wire.BalanceDayObject, "brim.balance_day", _BALANCE_DAY),
    Component(books_wire.InFlightObject, "brim.in_flight", _IN_FLIGHT),
    Component(books_wire.TransferObject, "brim.transfer", _TRANSFER),
)
