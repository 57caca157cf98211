"""How the balance and the lines of its statement are written for clients.

Source of every field: Stripe API reference and SDK types (Balance, Balance Transaction).
"""

import msgspec

from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.base.wire import Expandable
from brim.core.ledger import Balance, BalanceTransaction


class BalanceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of a Balance."""

    amount: int
    currency: str
    source_types: dict[str, int]


class BalanceAmount(msgspec.Struct, frozen=True, kw_only=True):
    """One currency of a part of a Balance that has no source types."""

    amount: int
    currency: str


class PrefundingObject(msgspec.Struct, frozen=True, kw_only=True):
    """What is set aside for refunds and disputes."""

    available: list[BalanceAmount]
    pending: list[BalanceAmount]


class BalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Balance object. What is held, paid out at once or set aside is always zero: only top-ups move money here."""

    object: str = "balance"
    available: list[BalanceEntry]
    connect_reserved: list[BalanceAmount]
    instant_available: list[BalanceEntry]
    livemode: bool
    pending: list[BalanceEntry]
    refund_and_dispute_prefunding: PrefundingObject


class BalanceTransactionObject(msgspec.Struct, frozen=True, kw_only=True):
    """The Balance Transaction object; it has no livemode and no metadata. `source` may stand expanded."""

    id: str
    object: str = "balance_transaction"
    amount: int
    available_on: int
    balance_type: str = "payments"
    created: int
    currency: str
    description: str | None
    exchange_rate: float | None = None
    fee: int
    fee_details: tuple[()] = ()
    net: int
    reporting_category: str
    source: Expandable
    status: str
    type: str


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
