"""Makes entries, so that trace numbers, check digits and indicators fit each other."""

import msgspec

from brim.core.rails.ach.nacha.errors import FieldError
from brim.core.rails.ach.nacha.records import (
    ENTRY_DETAIL,
    ChangeAddenda,
    ContestAddenda,
    DishonourAddenda,
    Entry,
    EntryDetail,
    PaymentAddenda,
    RefusedChangeAddenda,
    ReturnAddenda,
)
from brim.core.rails.ach.nacha.routing import is_routing_number

Notification = ReturnAddenda | DishonourAddenda | ContestAddenda | ChangeAddenda | RefusedChangeAddenda


def trace_number(odfi_identification: str, sequence: int) -> str:
    """Return the trace number of an entry: the bank that sends it and seven digits of the sequence."""
    return f"{odfi_identification}{sequence:07d}"


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """From or to which account how much moves, and what the receiver sees of it.

    In a return or a change that is as in the original entry, and `routing_number` is that of the bank it goes to.
    """

    transaction_code: str
    routing_number: str
    account_number: str
    amount_cents: int
    individual_identification_number: str = ""
    individual_name: str = ""
    discretionary_data: str = ""

    def __repr__(self) -> str:
        return f"Movement({self.transaction_code}, {self.amount_cents} cents)"


def make_entry(movement: Movement, *, trace_number: str, payment_text: str | None = None) -> Entry:
    """Return a forward entry, with an addenda where there is a text for the receiver.

    Raises:
        FieldError: the routing number is none.
    """
    if payment_text is None:
        return Entry(_detail(movement, trace_number, "0"))
    addenda = PaymentAddenda(payment_related_information=payment_text, entry_detail_sequence_number=trace_number[-7:])
    return Entry(_detail(movement, trace_number, "1"), (addenda,))


def make_notification(movement: Movement, addenda: Notification) -> Entry:
    """Return a return, a dishonour, a contest or a notification of change, with the trace number of its addenda.

    Raises:
        FieldError: the routing number is none.
    """
    return Entry(_detail(movement, addenda.trace_number, "1"), (addenda,))


def _detail(movement: Movement, trace_number: str, addenda_record_indicator: str) -> EntryDetail:
    routing_number = movement.routing_number
    if not is_routing_number(routing_number):
        problem = f"{routing_number!r} isn't a routing number"
        raise FieldError(ENTRY_DETAIL.name, "rdfi_identification", routing_number, problem)
    return EntryDetail(
        transaction_code=movement.transaction_code,
        rdfi_identification=routing_number[:8],
        check_digit=routing_number[8],
        dfi_account_number=movement.account_number,
        amount_cents=movement.amount_cents,
        individual_identification_number=movement.individual_identification_number,
        individual_name=movement.individual_name,
        discretionary_data=movement.discretionary_data,
        addenda_record_indicator=addenda_record_indicator,
        trace_number=trace_number,
    )
