"""The parameters of the operations on bank statements. Ours."""

from typing import Final

from brim.api.framework.common_params import PAGE, created, page_in_order
from brim.api.framework.kinds import BoundedInteger, CurrencyCode, Day, Enum, Text, TextList
from brim.api.framework.params import Parameter
from brim.core.line_settlements import MOST_LINES, SettlementStatus

_AMOUNT: Final = BoundedInteger(least=-(10**15), most=10**15)
_NOTE: Final = Text(max_length=500)

STATEMENT_LIST: Final = (
    *PAGE,
    Parameter(
        name="bank_account",
        kind=Text(max_length=32),
        description="Only statements of this bank account, by its name in the ledger, such as `operating`.",
    ),
    Parameter(name="bank_file", kind=Text(), description="Only statements in this file from the bank."),
    Parameter(name="currency", kind=CurrencyCode(), description="Only statements in this currency."),
    Parameter(name="first_day", kind=Day(), description="Only statements of this day or later, such as `2026-11-30`."),
    Parameter(name="last_day", kind=Day(), description="Only statements of this day or earlier, such as `2026-11-30`."),
    Parameter(
        name="status",
        kind=Enum(("in_force", "replaced")),
        description="Only statements in force, or only those that a later statement has replaced.",
    ),
    Parameter(
        name="breaks",
        kind=Enum(("open", "none")),
        description="`open` for statements with open breaks, `none` for those without.",
    ),
)
STATEMENT_LINES: Final = page_in_order()
LINE_LIST: Final = (
    *PAGE,
    created("lines"),
    Parameter(
        name="status",
        kind=Enum(("open",)),
        description="`open` for lines that aren't posted, or only in part.",
    ),
    Parameter(
        name="topup",
        kind=Text(),
        description="Only the lines that moved this top-up's money: all of them, on one page.",
    ),
)
SETTLEMENT_LIST: Final = (
    *PAGE,
    created("settlements"),
    Parameter(
        name="status",
        kind=Enum(tuple(status.value for status in SettlementStatus)),
        description="Only settlements with this status.",
    ),
)
SETTLEMENT_PROPOSE: Final = (
    Parameter(
        name="lines",
        kind=TextList(max_items=MOST_LINES),
        required=True,
        description="Open statement lines of one bank account. The open amount of each is settled.",
    ),
    Parameter(
        name="note",
        kind=_NOTE,
        required=True,
        description="An explanation, shown to whoever confirms it and recorded in the audit log.",
    ),
    Parameter(
        name="fees",
        kind=_AMOUNT,
        description=(
            "The part that is a bank charge (negative) or interest, in signed minor units. All parts must add up to "
            "the open amount of the lines; lines that offset each other need none."
        ),
    ),
    Parameter(
        name="batches",
        kind=TextList(max_items=MOST_LINES),
        description="Batches that the lines settle, as file and number: `achf_.../1`. Their top-ups are confirmed.",
    ),
    Parameter(
        name="returned_debits",
        kind=TextList(max_items=MOST_LINES),
        description="Top-ups whose returned debits the lines book: `tu_...`.",
    ),
    Parameter(
        name="returned_transfers",
        kind=TextList(max_items=MOST_LINES),
        description="Incoming transfers that the lines reverse: `itr_...`. Their top-ups are reversed.",
    ),
    Parameter(
        name="refunds",
        kind=TextList(max_items=MOST_LINES),
        description="Refunds that the lines pay, if the bank booked them individually: `rfnd_...`.",
    ),
    Parameter(name="suspense", kind=_AMOUNT, description="The part that isn't identified yet, in signed minor units."),
    Parameter(
        name="transfer",
        kind=_AMOUNT,
        description=(
            "The whole amount of a line that is a transfer from a customer, in minor units: it is credited by its "
            "reference, or becomes an incoming transfer in suspense."
        ),
    ),
)
BREAK_REOPEN: Final = (Parameter(name="note", kind=_NOTE, required=True, description="Why the break is reopened."),)
SETTLEMENT_CONFIRM: Final = (
    Parameter(
        name="expected_status",
        kind=Enum((SettlementStatus.PROPOSED.value, SettlementStatus.UNDO_PROPOSED.value)),
        required=True,
        description="The status of the settlement that you have seen. If it has changed since, nothing is done.",
    ),
)
SETTLEMENT_UNDO: Final = (
    Parameter(name="note", kind=_NOTE, required=True, description="Why the settlement is wrong."),
)
BREAK_UPDATE: Final = (
    Parameter(
        name="assigned_to",
        kind=Text(max_length=200, clearable=True),
        description="The owner of the break. Send an empty string to remove it.",
    ),
    Parameter(
        name="note",
        kind=Text(max_length=2000, clearable=True),
        description=(
            "A note about the break. Send an empty string to remove it. Earlier notes are kept in the audit log."
        ),
    ),
)
