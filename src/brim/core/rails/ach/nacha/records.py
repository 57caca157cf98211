"""Every record of an ACH file, as a struct and as the table of its fields.

Names are the rule book's. Dates stay text (`YYMMDD`, or blank), since "000000" is common and is none. Amounts are
cents. Source of all positions: Nacha operating rules, appendices three (entries), four (returns) and five (changes);
moov-io/ach's documents agree.
"""

from typing import Final

import msgspec

from brim.core.rails.ach.nacha.fields import Layout, blank, code, constant, digits, number, right, text


class FileHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Record 1: from whom to whom, and which file of the day."""

    priority_code: str = "01"
    immediate_destination: str
    immediate_origin: str
    file_creation_date: str
    file_creation_time: str = ""
    file_id_modifier: str = "A"
    immediate_destination_name: str = ""
    immediate_origin_name: str = ""
    reference_code: str = ""


class BatchHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Record 5: who originates the entries that follow, as what, and when they take effect.

    For the writer, an empty `service_class_code` and a `batch_number` of 0 leave both to it.
    """

    service_class_code: str = ""
    company_name: str
    company_discretionary_data: str = ""
    company_identification: str
    standard_entry_class_code: str
    company_entry_description: str
    company_descriptive_date: str = ""
    effective_entry_date: str = ""
    settlement_date: str = ""
    originator_status_code: str = "1"
    odfi_identification: str
    batch_number: int = 0


class EntryDetail(msgspec.Struct, frozen=True, kw_only=True):
    """Record 6: one movement of money."""

    transaction_code: str
    rdfi_identification: str
    check_digit: str
    dfi_account_number: str
    amount_cents: int
    individual_identification_number: str = ""
    individual_name: str = ""
    discretionary_data: str = ""
    addenda_record_indicator: str = "0"
    trace_number: str

    @property
    def routing_number(self) -> str:
        """All nine digits of the receiving bank."""
        return self.rdfi_identification + self.check_digit

    def __repr__(self) -> str:
        return f"EntryDetail({self.transaction_code} {self.amount_cents} cents, trace {self.trace_number})"


class PaymentAddenda(msgspec.Struct, frozen=True, kw_only=True):
    """Record 7 of type 05: a text for the receiver."""

    payment_related_information: str = ""
    addenda_sequence_number: int = 1
    entry_detail_sequence_number: str


class ReturnAddenda(msgspec.Struct, frozen=True, kw_only=True):
    """Record 7 of type 99: why the receiving bank returns an entry."""

    return_reason_code: str
    original_trace_number: str
    date_of_death: str = ""
    original_rdfi_identification: str
    addenda_information: str = ""
    trace_number: str


class DishonourAddenda(msgspec.Struct, frozen=True, kw_only=True):
    """Record 7 of type 99: why the originating bank does not accept a return."""

    return_reason_code: str
    original_trace_number: str
    original_rdfi_identification: str
    return_trace_number: str
    return_settlement_date: str = ""
    original_return_reason: str
    addenda_information: str = ""
    trace_number: str


class ContestAddenda(msgspec.Struct, frozen=True, kw_only=True):
    """Record 7 of type 99: why the receiving bank contests that its return was dishonoured."""

    return_reason_code: str
    original_trace_number: str
    date_original_entry_returned: str = ""
    original_rdfi_identification: str
    original_settlement_date: str = ""
    return_trace_number: str
    return_settlement_date: str = ""
    original_return_reason: str
    dishonoured_return_trace_number: str
    dishonoured_return_settlement_date: str = ""
    dishonoured_return_reason: str
    trace_number: str


class ChangeAddenda(msgspec.Struct, frozen=True, kw_only=True):
    """Record 7 of type 98: what the receiving bank wants changed in later entries."""

    change_code: str
    original_trace_number: str
    original_rdfi_identification: str
    corrected_data: str
    trace_number: str


class RefusedChangeAddenda(msgspec.Struct, frozen=True, kw_only=True):
    """Record 7 of type 98: why the originating bank refuses a notification of change."""

    refused_change_code: str
    original_trace_number: str
    original_rdfi_identification: str
    corrected_data: str
    change_code: str
    trace_sequence_number: str
    trace_number: str


class BatchControl(msgspec.Struct, frozen=True, kw_only=True):
    """Record 8: the sums of a batch."""

    service_class_code: str
    entry_addenda_count: int
    entry_hash: int
    total_debits_cents: int
    total_credits_cents: int
    company_identification: str
    odfi_identification: str
    batch_number: int


class FileControl(msgspec.Struct, frozen=True, kw_only=True):
    """Record 9: the sums of a file."""

    batch_count: int
    block_count: int
    entry_addenda_count: int
    entry_hash: int
    total_debits_cents: int
    total_credits_cents: int


Addenda = PaymentAddenda | ReturnAddenda | DishonourAddenda | ContestAddenda | ChangeAddenda | RefusedChangeAddenda


class Entry(msgspec.Struct, frozen=True):
    """An entry with its addenda."""

    detail: EntryDetail
    addenda: tuple[Addenda, ...] = ()


FILE_HEADER: Final = Layout(
    "file header",
    FileHeader,
    constant(1, "1"),
    digits("priority_code", 2, 3, required=False),
    right("immediate_destination", 4, 13),
    right("immediate_origin", 14, 23),
    digits("file_creation_date", 24, 29, required=False),
    digits("file_creation_time", 30, 33, required=False),
    code("file_id_modifier", 34, 34),
    constant(35, "094"),
    constant(38, "10"),
    constant(40, "1"),
    text("immediate_destination_name", 41, 63),
    text("immediate_origin_name", 64, 86),
    text("reference_code", 87, 94),
)

BATCH_HEADER: Final = Layout(
    "batch header",
    BatchHeader,
    constant(1, "5"),
    digits("service_class_code", 2, 4),
    text("company_name", 5, 20, required=True),
    text("company_discretionary_data", 21, 40),
    text("company_identification", 41, 50, required=True),
    code("standard_entry_class_code", 51, 53),
    text("company_entry_description", 54, 63, required=True),
    text("company_descriptive_date", 64, 69),
    digits("effective_entry_date", 70, 75, required=False),
    digits("settlement_date", 76, 78, required=False),
    code("originator_status_code", 79, 79),
    digits("odfi_identification", 80, 87),
    number("batch_number", 88, 94),
)

ENTRY_DETAIL: Final = Layout(
    "entry detail",
    EntryDetail,
    constant(1, "6"),
    digits("transaction_code", 2, 3),
    digits("rdfi_identification", 4, 11),
    digits("check_digit", 12, 12),
    text("dfi_account_number", 13, 29, required=True, strict=True, secret=True),
    number("amount_cents", 30, 39),
    text("individual_identification_number", 40, 54),
    text("individual_name", 55, 76, secret=True),
    text("discretionary_data", 77, 78),
    digits("addenda_record_indicator", 79, 79),
    digits("trace_number", 80, 94),
)

PAYMENT_ADDENDA: Final = Layout(
    "addenda 05",
    PaymentAddenda,
    constant(1, "7"),
    constant(2, "05"),
    text("payment_related_information", 4, 83),
    number("addenda_sequence_number", 84, 87),
    digits("entry_detail_sequence_number", 88, 94),
)

RETURN_ADDENDA: Final = Layout(
    "addenda 99 (return)",
    ReturnAddenda,
    constant(1, "7"),
    constant(2, "99"),
    code("return_reason_code", 4, 6),
    digits("original_trace_number", 7, 21),
    digits("date_of_death", 22, 27, required=False),
    digits("original_rdfi_identification", 28, 35),
    text("addenda_information", 36, 79),
    digits("trace_number", 80, 94),
)

DISHONOUR_ADDENDA: Final = Layout(
    "addenda 99 (dishonour)",
    DishonourAddenda,
    constant(1, "7"),
    constant(2, "99"),
    code("return_reason_code", 4, 6),
    digits("original_trace_number", 7, 21),
    blank(22, 27),
    digits("original_rdfi_identification", 28, 35),
    blank(36, 38),
    digits("return_trace_number", 39, 53),
    digits("return_settlement_date", 54, 56, required=False),
    digits("original_return_reason", 57, 58),
    text("addenda_information", 59, 79),
    digits("trace_number", 80, 94),
)

CONTEST_ADDENDA: Final = Layout(
    "addenda 99 (contest)",
    ContestAddenda,
    constant(1, "7"),
    constant(2, "99"),
    code("return_reason_code", 4, 6),
    digits("original_trace_number", 7, 21),
    digits("date_original_entry_returned", 22, 27, required=False),
    digits("original_rdfi_identification", 28, 35),
    digits("original_settlement_date", 36, 38, required=False),
    digits("return_trace_number", 39, 53),
    digits("return_settlement_date", 54, 56, required=False),
    digits("original_return_reason", 57, 58),
    digits("dishonoured_return_trace_number", 59, 73),
    digits("dishonoured_return_settlement_date", 74, 76, required=False),
    digits("dishonoured_return_reason", 77, 78),
    blank(79, 79),
    digits("trace_number", 80, 94),
)

CHANGE_ADDENDA: Final = Layout(
    "addenda 98 (change)",
    ChangeAddenda,
    constant(1, "7"),
    constant(2, "98"),
    code("change_code", 4, 6),
    digits("original_trace_number", 7, 21),
    blank(22, 27),
    digits("original_rdfi_identification", 28, 35),
    text("corrected_data", 36, 64, required=True, strict=True, secret=True),
    blank(65, 79),
    digits("trace_number", 80, 94),
)

REFUSED_CHANGE_ADDENDA: Final = Layout(
    "addenda 98 (refused change)",
    RefusedChangeAddenda,
    constant(1, "7"),
    constant(2, "98"),
    code("refused_change_code", 4, 6),
    digits("original_trace_number", 7, 21),
    blank(22, 27),
    digits("original_rdfi_identification", 28, 35),
    text("corrected_data", 36, 64, required=True, strict=True, secret=True),
    code("change_code", 65, 67),
    digits("trace_sequence_number", 68, 74),
    blank(75, 79),
    digits("trace_number", 80, 94),
)

BATCH_CONTROL: Final = Layout(
    "batch control",
    BatchControl,
    constant(1, "8"),
    digits("service_class_code", 2, 4),
    number("entry_addenda_count", 5, 10),
    number("entry_hash", 11, 20),
    number("total_debits_cents", 21, 32),
    number("total_credits_cents", 33, 44),
    text("company_identification", 45, 54, required=True),
    blank(55, 73),  # message authentication code: by agreement with an operator only
    blank(74, 79),
    digits("odfi_identification", 80, 87),
    number("batch_number", 88, 94),
)

FILE_CONTROL: Final = Layout(
    "file control",
    FileControl,
    constant(1, "9"),
    number("batch_count", 2, 7),
    number("block_count", 8, 13),
    number("entry_addenda_count", 14, 21),
    number("entry_hash", 22, 31),
    number("total_debits_cents", 32, 43),
    number("total_credits_cents", 44, 55),
    blank(56, 94),
)

PADDING: Final = "9" * 94
"""Fills a file up to a whole block."""

BLOCKING_FACTOR: Final = 10
"""Records in a block."""
