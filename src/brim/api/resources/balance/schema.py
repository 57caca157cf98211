"""The schemas of the balance and the lines of its statement."""

from typing import Final

from brim.api.framework.params import Schema
from brim.api.framework.schema import (
    CURRENCY,
    LIVEMODE,
    TEXT,
    TIME,
    TRANSACTION_TYPES,
    Component,
    constant,
    expandable,
    identifier,
)
from brim.api.resources.balance import wire as balance_wire

_BALANCE_TRANSACTION: Final[dict[str, Schema]] = {
    "id": identifier("txn", "balance transaction"),
    "object": constant("balance_transaction"),
    "amount": {"description": "What it adds to the balance before fees, in minor units; negative when it takes away."},
    "available_on": {"description": "When its net becomes usable.", **TIME},
    "balance_type": {
        "description": "Which balance it belongs to.",
        "enum": ["issuing", "payments", "refund_and_dispute_prefunding", "risk_reserved"],
    },
    "created": {"description": "When it was booked.", **TIME},
    "currency": CURRENCY,
    "description": {"description": "The description of what caused it.", **TEXT},
    "exchange_rate": {"description": "Null: no currency is exchanged."},
    "fee": {"description": "What it costs, in minor units."},
    "fee_details": {"description": "What the fee is made of."},
    "net": {"description": "The amount without the fee, in minor units."},
    "reporting_category": {"description": "What it is for the books.", "enum": TRANSACTION_TYPES},
    "source": expandable("topup", "The object that caused it."),
    "status": {"description": "Whether its net is usable yet.", "enum": ["available", "pending"]},
    "type": {"description": "What kind of movement it is.", "enum": TRANSACTION_TYPES},
}
_BALANCE: Final[dict[str, Schema]] = {
    "object": constant("balance"),
    "available": {"description": "What is usable, by currency."},
    "connect_reserved": {"description": "What is held for connected accounts, by currency: always zero."},
    "instant_available": {"description": "What could be paid out instantly, by currency: always zero."},
    "livemode": LIVEMODE,
    "pending": {"description": "What is booked but not usable yet, by currency."},
    "refund_and_dispute_prefunding": {"description": "What is set aside for refunds and disputes: always zero."},
}
_BALANCE_AMOUNT: Final[dict[str, Schema]] = {
    "amount": {"description": "In minor units."},
    "currency": CURRENCY,
}
_PREFUNDING: Final[dict[str, Schema]] = {
    "available": {"description": "What is usable, by currency."},
    "pending": {"description": "What is not usable yet, by currency."},
}
_BALANCE_ENTRY: Final[dict[str, Schema]] = {
    "amount": {"description": "In minor units; below zero after money was returned late."},
    "currency": CURRENCY,
    "source_types": {"description": "The same, by the kind of account it came from."},
}

BALANCE: Final = (
    Component(balance_wire.BalanceTransactionObject, "balance_transaction", _BALANCE_TRANSACTION),
    Component(balance_wire.BalanceObject, "balance", _BALANCE),
    Component(balance_wire.BalanceEntry, "balance_entry", _BALANCE_ENTRY),
    Component(balance_wire.BalanceAmount, "balance_amount", _BALANCE_AMOUNT),
    Component(balance_wire.PrefundingObject, "balance_prefunding", _PREFUNDING),
)
