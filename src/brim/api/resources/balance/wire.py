"""How the balance and the lines of its statement are written for clients.

Source of every field: Stripe API reference and SDK types (Balance, Balance Transaction).
"""

from typing import Annotated

import msgspec

from brim.api.framework.schema import (
    CURRENCY,
    LIVEMODE,
    TEXT,
    TIME,
    TRANSACTION_TYPES,
    constant,
    described,
    expandable,
    identifier,
)
from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.base.wire import Expandable
from brim.core.ledger import Balance, BalanceTransaction


class BalanceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of a Balance."""

    amount: Annotated[
        int,
        described(
            "The amount, in the currency's smallest unit. Negative if a bank reversed more than the balance had left."
        ),
    ]
    currency: Annotated[str, CURRENCY]
    source_types: Annotated[
        dict[str, int], described("The same amount by the kind of account it came from, such as `bank_account`.")
    ]


class BalanceAmount(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of a part of a Balance that isn't broken down by source type."""

    amount: Annotated[int, described("The amount, in the currency's smallest unit.")]
    currency: Annotated[str, CURRENCY]


class PrefundingObject(msgspec.Struct, frozen=True, kw_only=True):
    """Funds set aside for refunds and disputes."""

    available: Annotated[list[BalanceAmount], described("Available funds, by currency.")]
    pending: Annotated[list[BalanceAmount], described("Funds that aren't available yet, by currency.")]


class BalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Balance object. Reserved, instant and prefunded amounts are always zero: only top-ups move money in Brim."""

    object: Annotated[str, constant("balance")] = "balance"
    available: Annotated[
        list[BalanceEntry],
        described("Funds that you can use now, by currency. A top-up adds to them when it succeeds."),
    ]
    connect_reserved: Annotated[
        list[BalanceAmount], described("Funds held for connected accounts, by currency. Always zero in Brim.")
    ]
    instant_available: Annotated[
        list[BalanceEntry],
        described("Funds that could be paid out instantly, by currency. Always zero in Brim, which makes no payouts."),
    ]
    livemode: Annotated[bool, LIVEMODE]
    pending: Annotated[
        list[BalanceEntry],
        described(
            "Funds that are posted and not available yet, by currency. Pending top-ups are not posted, so they "
            "are not included."
        ),
    ]
    refund_and_dispute_prefunding: Annotated[
        PrefundingObject, described("Funds set aside for refunds and disputes. Always zero in Brim.")
    ]


class BalanceTransactionObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Balance Transaction object. It has no `livemode` and no `metadata`. `source` can be expanded."""

    id: Annotated[str, identifier("txn", "balance transaction")]
    object: Annotated[str, constant("balance_transaction")] = "balance_transaction"
    amount: Annotated[
        int, described("Gross amount, in the currency's smallest unit. Negative if it takes money out of the balance.")
    ]
    available_on: Annotated[int, described("When the net amount becomes available, in Unix seconds.", **TIME)]
    balance_type: Annotated[
        str,
        described(
            "The balance that it changes.",
            enum=["issuing", "payments", "refund_and_dispute_prefunding", "risk_reserved"],
        ),
    ] = "payments"
    created: Annotated[int, described("When it was created, in Unix seconds. It is never changed afterwards.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[
        str | None, described("The description of the object that caused it, as it was then.", **TEXT)
    ]
    exchange_rate: Annotated[float | None, described("Always null: Brim exchanges no currency.")] = None
    fee: Annotated[int, described("Fee, in the currency's smallest unit. Brim charges none, so it is 0.")]
    fee_details: Annotated[tuple[()], described("What the fee consists of. Empty, as there is none.")] = ()
    net: Annotated[
        int, described("Net amount that changes the balance, in the currency's smallest unit: `amount` less `fee`.")
    ]
    reporting_category: Annotated[
        str, described("The category for accounting and reports. The same as `type` in Brim.", enum=TRANSACTION_TYPES)
    ]
    source: Annotated[Expandable, expandable("topup", "The top-up that it belongs to.")]
    status: Annotated[
        str,
        described(
            "Whether the net amount is available. It changes from `pending` to `available` on `available_on`.",
            enum=["available", "pending"],
        ),
    ]
    type: Annotated[str, described("What changed the balance.", enum=TRANSACTION_TYPES)]


class RunningBalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """A balance transaction with the balance after it."""

    id: Annotated[str, identifier("txn", "balance transaction")]
    object: Annotated[str, constant("brim.balance_transaction")] = "brim.balance_transaction"
    amount: Annotated[
        int, described("Gross amount, in the currency's smallest unit. Negative if it takes money out of the balance.")
    ]
    available_on: Annotated[int, described("When the net amount becomes available, in Unix seconds.", **TIME)]
    balance: Annotated[
        int,
        described(
            "The balance in its currency right after it, including reserved money: the sum of all balance transactions "
            "up to and including this one."
        ),
    ]
    created: Annotated[int, described("When it was created, in Unix seconds. It is never changed afterwards.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[
        str | None, described("The description of the object that caused it, as it was then.", **TEXT)
    ]
    fee: Annotated[int, described("Fee, in the currency's smallest unit. Brim charges none, so it is 0.")]
    livemode: Annotated[bool, LIVEMODE]
    net: Annotated[
        int, described("Net amount that changes the balance, in the currency's smallest unit: `amount` less `fee`.")
    ]
    source: Annotated[str, described("The top-up that it belongs to, by its id.", **TEXT)]
    type: Annotated[str, described("What changed the balance.", enum=TRANSACTION_TYPES)]


def line_json(line: BalanceTransaction, balance: int) -> bytes:
    """Return the compact JSON of a balance transaction with the balance right after it."""
    return encode(
        RunningBalanceObject(
            id=line.id,
            amount=line.amount,
            available_on=line.available_on,
            balance=balance,
            created=line.created,
            currency=line.currency,
            description=line.description,
            fee=line.fee,
            livemode=line.scope.livemode,
            net=line.net,
            source=line.source,
            type=line.type,
        )
    )


def balance_json(scope: AccountScope, balances: list[Balance]) -> bytes:
    """Return the Balance of an account; a fresh account shows zero US dollars.

    A pending top-up is in neither list: its balance transaction exists from success on.
    """
    shown = balances or [Balance(currency="usd", available=0)]
    zeros = [_entry(balance.currency, 0) for balance in shown]
    bare_zeros = [BalanceAmount(amount=0, currency=balance.currency) for balance in shown]
    return encode(
        BalanceObject(
            available=[_entry(balance.currency, balance.available) for balance in shown],
            connect_reserved=bare_zeros,
            instant_available=zeros,
            livemode=scope.livemode,
            pending=zeros,
            refund_and_dispute_prefunding=PrefundingObject(available=bare_zeros, pending=bare_zeros),
        )
    )


def _entry(currency: str, amount: int) -> BalanceEntry:
    return BalanceEntry(amount=amount, currency=currency, source_types={"bank_account": amount})


def balance_transaction_json(line: BalanceTransaction, *, source: bytes | None = None) -> bytes:
    """Return a balance transaction's compact JSON; it is booked when the money is usable, so it is always available.

    Args:
        line: what to write.
        source: the encoded object to stand in place of the source's id, if it was to be expanded.
    """
    return encode(
        BalanceTransactionObject(
            id=line.id,
            amount=line.amount,
            available_on=line.available_on,
            created=line.created,
            currency=line.currency,
            description=line.description,
            fee=line.fee,
            net=line.net,
            reporting_category=line.type,
            source=msgspec.Raw(source) if source else line.source,
            status="available",
            type=line.type,
        )
    )
