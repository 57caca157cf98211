"""What comes back: return codes and change codes as data, and what a return or a notification of change says.

Sources: Nacha operating rules, appendix four (codes, deadlines) and five (corrected data); `failure_code` follows the
network codes of Stripe's documentation in the vocabulary of its payouts and top-ups.
"""

from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from brim.core.rails.ach.nacha.codes import TRANSACTION_CODES
from brim.core.rails.ach.nacha.errors import CorrectionError
from brim.core.rails.ach.nacha.records import (
    ChangeAddenda,
    ContestAddenda,
    DishonourAddenda,
    Entry,
    EntryDetail,
    RefusedChangeAddenda,
    ReturnAddenda,
)
from brim.core.rails.ach.nacha.routing import is_routing_number


class Stage(StrEnum):
    """Who sends a return with a code."""

    RETURN = "return"
    """The receiving bank or an operator, about an entry."""
    DISHONOUR = "dishonour"
    """The originating bank, about a return."""
    CONTEST = "contest"
    """The receiving bank, about a dishonour."""


class Deadline(StrEnum):
    """What the days of a deadline are."""

    BANKING_DAYS = "banking_days"
    CALENDAR_DAYS = "calendar_days"
    NEXT_FILE = "next_file"
    """An operator finds it before the entry settles."""
    BY_AGREEMENT = "by_agreement"
    UNKNOWN = "unknown"


class Actor(StrEnum):
    """Who has to do something."""

    CUSTOMER = "customer"
    ORIGINATOR = "originator"
    COMPLIANCE = "compliance"
    ODFI = "odfi"


class Retry(StrEnum):
    """Whether the same debit may be sent again."""

    NEVER = "never"
    TWICE = "twice"
    """Up to two more times, within 180 days of the first settlement."""
    AFTER_FIX = "after_fix"
    """When what was wrong has been put right."""
    NEW_AUTHORISATION = "new_authorisation"
    CORRECTED = "corrected"
    """Corrected, within 60 days of the return's settlement."""


class ReturnCode(NamedTuple):
    """One return reason code. `failure_code` is None where no customer's debit failed."""

    code: str
    title: str
    days: int | None
    deadline: Deadline
    failure_code: str | None
    actor: Actor
    retry: Retry
    note: str = ""

    @property
    def stage(self) -> Stage:
        """Who sends it."""
        if self.code in _DISHONOUR_CODES:
            return Stage.DISHONOUR
        return Stage.CONTEST if self.code in _CONTEST_CODES else Stage.RETURN


_BANKING, _CALENDAR, _NEXT = Deadline.BANKING_DAYS, Deadline.CALENDAR_DAYS, Deadline.NEXT_FILE
_AGREED, _UNKNOWN = Deadline.BY_AGREEMENT, Deadline.UNKNOWN
_CUSTOMER, _ORIGINATOR, _COMPLIANCE, _ODFI = Actor.CUSTOMER, Actor.ORIGINATOR, Actor.COMPLIANCE, Actor.ODFI
_NEVER, _TWICE, _FIX, _AUTHORISE, _CORRECTED = (
    Retry.NEVER,
    Retry.TWICE,
    Retry.AFTER_FIX,
    Retry.NEW_AUTHORISATION,
    Retry.CORRECTED,
)

_OTHER: Final = "could_not_process"
_BAD_NUMBER: Final = "invalid_account_number"
_UNAUTHORISED: Final = "debit_not_authorized"

_CODES: Final = (
    ReturnCode("R01", "Insufficient funds", 2, _BANKING, "insufficient_funds", _CUSTOMER, _TWICE),
    ReturnCode("R02", "Account closed", 2, _BANKING, "account_closed", _CUSTOMER, _NEVER),
    ReturnCode("R03", "No account or unable to locate account", 2, _BANKING, "no_account", _CUSTOMER, _FIX),
    ReturnCode("R04", "Invalid account number", 2, _BANKING, _BAD_NUMBER, _CUSTOMER, _FIX),
    ReturnCode("R05", "Corporate debit to a consumer account", 60, _CALENDAR, _UNAUTHORISED, _ORIGINATOR, _NEVER,
               "Sent as CCD to a consumer: stop, and correct the entry class."),
    ReturnCode("R06", "Returned at the ODFI's request", None, _AGREED, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R07", "Authorization revoked", 60, _CALENDAR, _UNAUTHORISED, _CUSTOMER, _NEVER,
               "The authorization has ended."),
    ReturnCode("R08", "Payment stopped", 2, _BANKING, _UNAUTHORISED, _CUSTOMER, _AUTHORISE),
    ReturnCode("R09", "Uncollected funds", 2, _BANKING, "insufficient_funds", _CUSTOMER, _TWICE),
    ReturnCode("R10", "Originator not known or not authorized to debit", 60, _CALENDAR, _UNAUTHORISED, _CUSTOMER,
               _NEVER, "Possible fraud."),
    ReturnCode("R11", "Debit not in accordance with the authorization", 60, _CALENDAR, _UNAUTHORISED, _ORIGINATOR,
               _CORRECTED, "Needs no new authorization, and counts as unauthorized all the same."),
    ReturnCode("R12", "Account sold to another bank", 2, _BANKING, "account_closed", _CUSTOMER, _FIX),
    ReturnCode("R13", "Invalid routing number", None, _NEXT, _BAD_NUMBER, _ORIGINATOR, _FIX,
               "Should have been found before sending."),
    ReturnCode("R14", "Representative payee deceased", 2, _BANKING, "bank_ownership_changed", _CUSTOMER, _NEVER),
    ReturnCode("R15", "Account holder deceased", 2, _BANKING, "bank_ownership_changed", _CUSTOMER, _NEVER),
    ReturnCode("R16", "Account frozen", 2, _BANKING, "account_frozen", _COMPLIANCE, _NEVER,
               "By the bank, by legal order or by OFAC."),
    ReturnCode("R17", "Invalid entry criteria or questionable circumstances", 2, _BANKING, _OTHER, _COMPLIANCE, _NEVER,
               "QUESTIONABLE in the addenda asks for a fraud review."),
    ReturnCode("R18", "Improper effective entry date", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R19", "Amount field error", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R20", "Non-transaction account", 2, _BANKING, "bank_account_restricted", _CUSTOMER, _FIX,
               "Needs another account."),
    ReturnCode("R21", "Invalid company identification", 2, _BANKING, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R22", "Invalid individual identification number", 2, _BANKING, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R23", "Credit refused by receiver", None, _UNKNOWN, "declined", _CUSTOMER, _NEVER, "Credits only."),
    ReturnCode("R24", "Duplicate entry", 2, _BANKING, _OTHER, _ORIGINATOR, _NEVER,
               "An incident: find out whether the entry was sent twice."),
    ReturnCode("R25", "Addenda error", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R26", "Mandatory field error", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R27", "Trace number error", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R28", "Routing number check digit error", None, _NEXT, _BAD_NUMBER, _ORIGINATOR, _FIX,
               "Should have been found before sending."),
    ReturnCode("R29", "Corporate customer did not authorize", 2, _BANKING, _UNAUTHORISED, _CUSTOMER, _AUTHORISE),
    ReturnCode("R30", "RDFI doesn't participate in check truncation", None, _NEXT, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R31", "Permissible return of a corporate entry", None, _AGREED, _UNAUTHORISED, _ODFI, _AUTHORISE,
               "A late return of CCD or CTX that the ODFI has agreed to."),
    ReturnCode("R32", "RDFI cannot settle", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R33", "Return of an XCK entry", 60, _CALENDAR, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R34", "RDFI with limited participation", None, _NEXT, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R35", "Improper debit entry", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R36", "Improper credit entry", None, _NEXT, _OTHER, _ORIGINATOR, _FIX),
    ReturnCode("R37", "Source document presented for payment", 60, _CALENDAR, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R38", "Stop payment on source document", 60, _CALENDAR, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R39", "Improper source document", 2, _BANKING, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R40", "Enrollment returned by agency", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R41", "Enrollment: invalid transaction code", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R42", "Enrollment: routing number error", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R43", "Enrollment: invalid account number", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R44", "Enrollment: invalid individual identification", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R45", "Enrollment: invalid name", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R46", "Enrollment: invalid payee indicator", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R47", "Enrollment: duplicate", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R50", "State law affecting check re-presentment", 2, _BANKING, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R51", "Re-presented check ineligible or improper", 60, _CALENDAR, _UNAUTHORISED, _ORIGINATOR, _NEVER),
    ReturnCode("R52", "Stop payment on re-presented check", 60, _CALENDAR, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R53", "Check and re-presentment both presented", 60, _CALENDAR, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R61", "Misrouted return", 5, _BANKING, None, _ODFI, _NEVER),
    ReturnCode("R62", "Return of erroneous or reversing debit", 5, _BANKING, None, _ODFI, _NEVER),
    ReturnCode("R67", "Duplicate return", 5, _BANKING, None, _ODFI, _NEVER),
    ReturnCode("R68", "Untimely return", 5, _BANKING, None, _ODFI, _NEVER),
    ReturnCode("R69", "Field errors in return", 5, _BANKING, None, _ODFI, _NEVER,
               "The addenda says which, as 01*03."),
    ReturnCode("R70", "Permissible return not accepted", 5, _BANKING, None, _ODFI, _NEVER),
    ReturnCode("R71", "Misrouted dishonored return", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R72", "Untimely dishonored return", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R73", "Timely original return", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R74", "Corrected return", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R75", "Return not a duplicate", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R76", "No errors found in return", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R77", "Dishonor for R62 not accepted", 2, _BANKING, None, _ORIGINATOR, _NEVER),
    ReturnCode("R80", "International entry coding error", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R81", "Not a participant in international ACH", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R82", "Invalid foreign bank", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R83", "Foreign bank cannot settle", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R84", "Not processed by gateway", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R85", "Incorrectly coded international payment", None, _UNKNOWN, _OTHER, _ORIGINATOR, _NEVER),
    ReturnCode("R90", "Sanctions obligations of the RDFI", None, _UNKNOWN, "account_frozen", _COMPLIANCE, _NEVER),
)  # fmt: skip

_DISHONOUR_CODES: Final = frozenset({"R61", "R62", "R67", "R68", "R69", "R70"})
_CONTEST_CODES: Final = frozenset({"R71", "R72", "R73", "R74", "R75", "R76", "R77"})

RETURN_CODES: Final = {each.code: each for each in _CODES}
"""By code."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """The corrected data of a notification of change, each value None where it is not to be changed."""

    routing_number: str | None = None
    account_number: str | None = None
    transaction_code: str | None = None
    individual_identification_number: str | None = None
    individual_name: str | None = None

    def __repr__(self) -> str:
        return f"Correction({', '.join(name for name, value in msgspec.structs.asdict(self).items() if value)})"


class _Part(NamedTuple):
    """Where a value may stand in the corrected data; of several places the first that holds one counts."""

    name: str
    places: tuple[tuple[int, int], ...]


_ROUTING: Final = _Part("routing_number", ((1, 9),))


class Use(StrEnum):
    """Where a change code is allowed."""

    EVERYWHERE = "everywhere"
    INTERNATIONAL = "international"
    """About international entries (IAT) only."""
    WITHDRAWN = "withdrawn"
    """By the rules of today nowhere; banks send it all the same."""


class ChangeCode(NamedTuple):
    """One change code, and what its corrected data consists of; nothing where it is not about the bank account."""

    code: str
    title: str
    parts: tuple[_Part, ...] = ()
    use: Use = Use.EVERYWHERE


_CHANGES: Final = (
    ChangeCode("C01", "Account number", (_Part("account_number", ((1, 17),)),)),
    ChangeCode("C02", "Routing number", (_ROUTING,)),
    ChangeCode("C03", "Routing number and account number", (_ROUTING, _Part("account_number", ((13, 29),)))),
    ChangeCode("C04", "Individual name", (_Part("individual_name", ((1, 22),)),), Use.WITHDRAWN),
    ChangeCode("C05", "Transaction code", (_Part("transaction_code", ((1, 2),)),)),
    ChangeCode(
        "C06",
        "Account number and transaction code",
        (_Part("account_number", ((1, 17),)), _Part("transaction_code", ((21, 22), (28, 29)))),
    ),
    ChangeCode(
        "C07",
        "Routing number, account number and transaction code",
        (_ROUTING, _Part("account_number", ((10, 26),)), _Part("transaction_code", ((27, 28), (28, 29)))),
    ),
    ChangeCode("C08", "Receiving bank, international", use=Use.INTERNATIONAL),
    ChangeCode("C09", "Individual identification number", (_Part("individual_identification_number", ((1, 22),)),)),
    ChangeCode("C10", "Company name", use=Use.WITHDRAWN),
    ChangeCode("C11", "Company identification", use=Use.WITHDRAWN),
    ChangeCode("C12", "Company name and company identification", use=Use.WITHDRAWN),
    ChangeCode("C13", "Addenda format"),
    ChangeCode("C14", "Entry class, international", use=Use.INTERNATIONAL),
)

CHANGE_CODES: Final = {each.code: each for each in _CHANGES}
"""By code. The second place of a transaction code is where moov-io/ach writes it, and files in the wild follow."""

REFUSED_CHANGE_CODES: Final = {
    "C61": "Misrouted notification",
    "C62": "Incorrect trace number",
    "C63": "Incorrect company identification",
    "C64": "Incorrect individual identification number",
    "C65": "Incorrectly formatted corrected data",
    "C66": "Incorrect discretionary data",
    "C67": "Routing number not from the original entry",
    "C68": "Account number not from the original entry",
    "C69": "Incorrect transaction code",
}
"""Why an ODFI refuses a notification of change, by code."""


def parse_correction(change_code: str, corrected_data: str) -> Correction:
    """Return what a notification of change corrects; nothing for codes without parts (C08, C10 to C14).

    Raises:
        CorrectionError: the code is unknown, or a value is missing or impossible.
    """
    change = CHANGE_CODES.get(change_code)
    if change is None:
        raise CorrectionError(f"change code {change_code!r} is unknown")
    data = corrected_data.ljust(29)
    values = {part.name: _value_of(part, data, change_code) for part in change.parts}
    return Correction(**values)


def format_correction(change_code: str, correction: Correction) -> str:
    """Return the corrected data of a notification of change, the opposite of `parse_correction`."""
    data = [" "] * 29
    for part in CHANGE_CODES[change_code].parts:
        first, last = part.places[0]
        value = getattr(correction, part.name) or ""
        data[first - 1 : last] = value.ljust(last - first + 1)[: last - first + 1]
    return "".join(data).rstrip()


def _value_of(part: _Part, data: str, change_code: str) -> str:
    for first, last in part.places:
        value = data[first - 1 : last].strip(" ")
        if _is_possible(part.name, value):
            return value
    raise CorrectionError(f"the corrected data in {change_code} contains no valid {part.name.replace('_', ' ')}")


def _is_possible(name: str, value: str) -> bool:
    if name == "routing_number":
        return is_routing_number(value)
    if name == "transaction_code":
        return value in TRANSACTION_CODES
    return bool(value)


class ReturnInfo(msgspec.Struct, frozen=True, kw_only=True):
    """An entry came back: which, why, and how much of it.

    What identifies the entry is its trace number, the amount, its RDFI and the account; what identifies the return is
    (`original_trace_number`, `code`, `trace_number`).
    """

    code: str
    original_trace_number: str
    original_rdfi_identification: str
    date_of_death: str
    information: str
    trace_number: str
    amount_cents: int
    account_number: str
    is_debit: bool

    @property
    def reason(self) -> ReturnCode:
        """What the code means."""
        return RETURN_CODES[self.code]

    def __repr__(self) -> str:
        return f"ReturnInfo({self.code}, trace {self.original_trace_number}, {self.amount_cents} cents)"


class NotificationOfChange(msgspec.Struct, frozen=True, kw_only=True):
    """The receiving bank wants later entries changed; the entry itself was paid."""

    code: str
    original_trace_number: str
    original_rdfi_identification: str
    corrected_data: str
    correction: Correction
    trace_number: str
    account_number: str
    transaction_code: str

    def __repr__(self) -> str:
        return f"NotificationOfChange({self.code}, trace {self.original_trace_number})"


class RefusedNotification(msgspec.Struct, frozen=True, kw_only=True):
    """The originating bank refuses a notification of change."""

    code: str
    change_code: str
    original_trace_number: str
    original_rdfi_identification: str
    trace_sequence_number: str
    trace_number: str


class Dishonour(msgspec.Struct, frozen=True, kw_only=True):
    """The originating bank does not accept a return. It concerns the return, never the customer."""

    code: str
    original_trace_number: str
    original_rdfi_identification: str
    return_trace_number: str
    return_settlement_date: str
    return_code: str
    information: str
    trace_number: str
    amount_cents: int


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """The receiving bank contests that its return was dishonoured."""

    code: str
    original_trace_number: str
    original_rdfi_identification: str
    date_original_entry_returned: str
    original_settlement_date: str
    return_trace_number: str
    return_settlement_date: str
    return_code: str
    dishonour_trace_number: str
    dishonour_settlement_date: str
    dishonour_code: str
    trace_number: str
    amount_cents: int


Notice = ReturnInfo | NotificationOfChange | RefusedNotification | Dishonour | Contest
"""What the addenda 98 or 99 of an entry says."""


def notice_of(entry: Entry, *, is_debit: bool) -> Notice | None:
    """Return what the addenda of an entry says of another entry; None for a forward entry.

    Raises:
        CorrectionError: the corrected data of a notification of change is unreadable.
        KeyError: the code of a return, a change or a refusal is unknown.
    """
    for addenda in entry.addenda:
        match addenda:
            case ReturnAddenda():
                return _return_of(entry.detail, addenda, is_debit=is_debit)
            case DishonourAddenda():
                return _dishonour_of(entry.detail, addenda)
            case ContestAddenda():
                return _contest_of(entry.detail, addenda)
            case ChangeAddenda():
                return _change_of(entry.detail, addenda)
            case RefusedChangeAddenda():
                return _refusal_of(addenda)
            case _:
                pass
    return None


def _return_of(detail: EntryDetail, addenda: ReturnAddenda, *, is_debit: bool) -> ReturnInfo:
    return ReturnInfo(
        code=RETURN_CODES[addenda.return_reason_code].code,
        original_trace_number=addenda.original_trace_number,
        original_rdfi_identification=addenda.original_rdfi_identification,
        date_of_death=addenda.date_of_death,
        information=addenda.addenda_information,
        trace_number=addenda.trace_number,
        amount_cents=detail.amount_cents,
        account_number=detail.dfi_account_number,
        is_debit=is_debit,
    )


def _change_of(detail: EntryDetail, addenda: ChangeAddenda) -> NotificationOfChange:
    return NotificationOfChange(
        code=CHANGE_CODES[addenda.change_code].code,
        original_trace_number=addenda.original_trace_number,
        original_rdfi_identification=addenda.original_rdfi_identification,
        corrected_data=addenda.corrected_data,
        correction=parse_correction(addenda.change_code, addenda.corrected_data),
        trace_number=addenda.trace_number,
        account_number=detail.dfi_account_number,
        transaction_code=detail.transaction_code,
    )


def _refusal_of(addenda: RefusedChangeAddenda) -> RefusedNotification:
    return RefusedNotification(
        code=addenda.refused_change_code,
        change_code=addenda.change_code,
        original_trace_number=addenda.original_trace_number,
        original_rdfi_identification=addenda.original_rdfi_identification,
        trace_sequence_number=addenda.trace_sequence_number,
        trace_number=addenda.trace_number,
    )


def _dishonour_of(detail: EntryDetail, addenda: DishonourAddenda) -> Dishonour:
    return Dishonour(
        code=addenda.return_reason_code,
        original_trace_number=addenda.original_trace_number,
        original_rdfi_identification=addenda.original_rdfi_identification,
        return_trace_number=addenda.return_trace_number,
        return_settlement_date=addenda.return_settlement_date,
        return_code="R" + addenda.original_return_reason,
        information=addenda.addenda_information,
        trace_number=addenda.trace_number,
        amount_cents=detail.amount_cents,
    )


def _contest_of(detail: EntryDetail, addenda: ContestAddenda) -> Contest:
    return Contest(
        code=addenda.return_reason_code,
        original_trace_number=addenda.original_trace_number,
        original_rdfi_identification=addenda.original_rdfi_identification,
        date_original_entry_returned=addenda.date_original_entry_returned,
        original_settlement_date=addenda.original_settlement_date,
        return_trace_number=addenda.return_trace_number,
        return_settlement_date=addenda.return_settlement_date,
        return_code="R" + addenda.original_return_reason,
        dishonour_trace_number=addenda.dishonoured_return_trace_number,
        dishonour_settlement_date=addenda.dishonoured_return_settlement_date,
        dishonour_code="R" + addenda.dishonoured_return_reason,
        trace_number=addenda.trace_number,
        amount_cents=detail.amount_cents,
    )
