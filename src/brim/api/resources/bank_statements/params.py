"""The parameters of the operations on bank statements. Ours."""

from typing import Final

from brim.api.framework.common_params import PAGE, created
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
    Parameter(name="bank_file", kind=Text(), description="Only statements that this file from the bank has brought."),
    Parameter(name="currency", kind=CurrencyCode(), description="Only statements in this currency."),
    Parameter(name="first_day", kind=Day(), description="Only statements of this day or later ones: `2026-11-30`."),
    Parameter(name="last_day", kind=Day(), description="Only statements of this day or earlier ones: `2026-11-30`."),
    Parameter(
        name="status",
        kind=Enum(("in_force", "replaced")),
        description="Only statements in force, or only those that a later one has replaced.",
    ),
    Parameter(
        name="breaks",
        kind=Enum(("open", "none")),
        description="`open` for statements with open breaks, `none` for those without.",
    ),
)
STATEMENT_LINES: Final = PAGE
LINE_LIST: Final = (
    *PAGE,
    created("lines"),
    Parameter(
        name="status",
        kind=Enum(("open",)),
        description="`open` for lines that are not posted, or not with their whole amount.",
    ),
    Parameter(
        name="topup",
        kind=Text(),
        description="Only the lines that have moved the money of this top-up: all of them, on one page.",
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
        description="Open statement lines of one bank account. What each leaves open is settled.",
    ),
    Parameter(
        name="note",
        kind=_NOTE,
        required=True,
        description="What it is, for whoever confirms it, and for the audit log.",
    ),
    Parameter(
        name="fees",
        kind=_AMOUNT,
        description=(
            "The part that is a charge of the bank (below zero) or interest, in signed minor units. With `suspense` it "
            "adds up to what the lines leave open; lines that make up for each other need neither."
        ),
    ),
    Parameter(
        name="batches",
        kind=TextList(max_items=MOST_LINES),
        description="Batches that the lines book, as file and number: `achf_.../1`. Their top-ups are confirmed.",
    ),
    Parameter(
        name="returned_debits",
        kind=TextList(max_items=MOST_LINES),
        description="Top-ups whose returned debits the lines take back: `tu_...`.",
    ),
    Parameter(
        name="returned_transfers",
        kind=TextList(max_items=MOST_LINES),
        description="Incoming transfers that the lines take back: `itr_...`. Their top-ups are reversed.",
    ),
    Parameter(
        name="refunds",
        kind=TextList(max_items=MOST_LINES),
        description="Refunds that the lines pay, where the bank has booked them one by one: `rfnd_...`.",
    ),
    Parameter(name="suspense", kind=_AMOUNT, description="The part that isn't identified yet, in signed minor units."),
    Parameter(
        name="transfer",
        kind=_AMOUNT,
        description=(
            "All of one line that is a transfer from a customer, in minor units: it is credited by its reference, or "
            "is an incoming transfer in suspense."
        ),
    ),
)
BREAK_REOPEN: Final = (Parameter(name="note", kind=_NOTE, required=True, description="Why it is open again."),)
SETTLEMENT_CONFIRM: Final = (
    Parameter(
        name="expected_status",
        kind=Enum((SettlementStatus.PROPOSED.value, SettlementStatus.UNDO_PROPOSED.value)),
        required=True,
        description="Where you have seen the settlement stand. If it stands elsewhere by now, nothing is done.",
    ),
)
SETTLEMENT_UNDO: Final = (Parameter(name="note", kind=_NOTE, required=True, description="Why it is wrong."),)
BREAK_UPDATE: Final = (
    Parameter(
        name="assigned_to",
        kind=Text(max_length=200, clearable=True),
        description="Who looks after it; empty for nobody.",
    ),
    Parameter(
        name="note",
        kind=Text(max_length=2000, clearable=True),
        description="What is known of it; empty for nothing. The audit log keeps what it was before.",
    ),
)
