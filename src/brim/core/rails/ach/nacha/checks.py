"""What a file must be like before it is written, beyond the fields of each record by itself.

Operators reject a file for its sums, a batch for its traces, class or company, and return an entry for the rest; so
all of it is an error here. Source: Nacha operating rules, appendix two.
"""

import re
from typing import Final

from brim.core.rails.ach.nacha.addenda import ItemKind
from brim.core.rails.ach.nacha.codes import (
    CHANGE_CLASS,
    CREDITS_ONLY,
    DEBITS_ONLY,
    MOST_ADDENDA,
    SERVICE_CLASSES,
    TRANSACTION_CODES,
    UNSUPPORTED_CLASSES,
    ZERO_DOLLAR_CLASSES,
    Purpose,
    TransactionCode,
)
from brim.core.rails.ach.nacha.dates import is_date
from brim.core.rails.ach.nacha.errors import FieldError
from brim.core.rails.ach.nacha.records import (
    BATCH_HEADER,
    ENTRY_DETAIL,
    FILE_HEADER,
    BatchHeader,
    ChangeAddenda,
    ContestAddenda,
    DishonourAddenda,
    Entry,
    EntryDetail,
    FileHeader,
    PaymentAddenda,
    RefusedChangeAddenda,
    ReturnAddenda,
)
from brim.core.rails.ach.nacha.returns import CHANGE_CODES, RETURN_CODES, Stage, parse_correction
from brim.core.rails.ach.nacha.routing import check_digit

_MODIFIER: Final = re.compile("[A-Z0-9]")
_CLASS: Final = re.compile("[A-Z]{3}")
_NO_DATE: Final = frozenset({"", "000000"})

_STAGES: Final = {
    ItemKind.RETURN: Stage.RETURN,
    ItemKind.DISHONOUR: Stage.DISHONOUR,
    ItemKind.CONTEST: Stage.CONTEST,
}


def check_file_header(header: FileHeader) -> None:
    """Raise FieldError where a file header cannot be sent."""
    if not is_date(header.file_creation_date):
        raise _header_error("file_creation_date", header.file_creation_date, "isn't a date")
    time = header.file_creation_time
    if time and not (time.isdigit() and time[:2] < "24" and time[2:] < "60"):
        raise _header_error("file_creation_time", time, "isn't a time of day")
    if not _MODIFIER.fullmatch(header.file_id_modifier):
        raise _header_error("file_id_modifier", header.file_id_modifier, "is not one of A-Z and 0-9")


def check_batch_header(header: BatchHeader, *, last_number: int) -> None:
    """Raise FieldError where a batch header cannot be sent."""
    if header.service_class_code not in SERVICE_CLASSES:
        raise _batch_error("service_class_code", header.service_class_code, "isn't a service class")
    entry_class = header.standard_entry_class_code
    if not _CLASS.fullmatch(entry_class) or entry_class in UNSUPPORTED_CLASSES:
        raise _batch_error(
            "standard_entry_class_code", entry_class, "is not three capital letters, or is not supported"
        )
    effective = header.effective_entry_date
    if effective not in _NO_DATE and not is_date(effective):
        raise _batch_error("effective_entry_date", effective, "isn't a date")
    if header.batch_number <= last_number:
        raise _batch_error("batch_number", header.batch_number, f"is not greater than {last_number}")


def check_entry(entry: Entry, kind: ItemKind, header: BatchHeader, *, last_trace: str) -> TransactionCode:
    """Return what the transaction code of an entry says; raise FieldError where the entry cannot be sent."""
    detail = entry.detail
    code = TRANSACTION_CODES.get(detail.transaction_code)
    if code is None:
        raise _entry_error("transaction_code", detail.transaction_code, "is unknown")
    if check_digit(detail.rdfi_identification) != detail.check_digit:
        raise _entry_error("check_digit", detail.check_digit, f"does not fit {detail.rdfi_identification}")
    if not detail.trace_number.startswith(header.odfi_identification):
        raise _entry_error("trace_number", detail.trace_number, f"does not begin with {header.odfi_identification}")
    if detail.trace_number <= last_trace:
        raise _entry_error("trace_number", detail.trace_number, f"is not greater than {last_trace}")
    if detail.addenda_record_indicator != ("1" if entry.addenda else "0"):
        raise _entry_error("addenda_record_indicator", detail.addenda_record_indicator, "does not fit the addenda")
    if (header.service_class_code == DEBITS_ONLY and not code.is_debit) or (
        header.service_class_code == CREDITS_ONLY and code.is_debit
    ):
        raise _entry_error("transaction_code", detail.transaction_code, f"is not of class {header.service_class_code}")
    if kind is ItemKind.FORWARD:
        _check_forward(entry, code, header)
    else:
        _check_notice(entry, kind, header)
    return code


def _check_forward(entry: Entry, code: TransactionCode, header: BatchHeader) -> None:
    detail, entry_class = entry.detail, header.standard_entry_class_code
    if entry_class == CHANGE_CLASS:
        raise _batch_error("standard_entry_class_code", entry_class, "is for notifications of change only")
    if header.effective_entry_date in _NO_DATE:
        raise _batch_error("effective_entry_date", header.effective_entry_date, "is blank")
    if code.purpose is Purpose.RETURN:
        raise _entry_error("transaction_code", detail.transaction_code, "is for returns only")
    if (code.purpose is Purpose.LIVE) != (detail.amount_cents > 0):
        raise _entry_error("amount_cents", detail.amount_cents, f"does not fit {code.purpose}")
    if code.purpose is Purpose.ZERO_DOLLAR and entry_class in MOST_ADDENDA:
        _check_zero_dollar(entry, entry_class)
    _check_payments(entry, entry_class)


def _check_zero_dollar(entry: Entry, entry_class: str) -> None:
    code = entry.detail.transaction_code
    if entry_class not in ZERO_DOLLAR_CLASSES:
        raise _entry_error("transaction_code", code, f"is not allowed in {entry_class}")
    if not entry.addenda:
        raise _entry_error("transaction_code", code, "needs an addenda, which is all it sends")


def _check_payments(entry: Entry, entry_class: str) -> None:
    if len(entry.addenda) > MOST_ADDENDA.get(entry_class, len(entry.addenda)):
        raise _entry_error("addenda_record_indicator", "1", f"{entry_class} has at most {MOST_ADDENDA[entry_class]}")
    for number, addenda in enumerate(entry.addenda, 1):
        if isinstance(addenda, PaymentAddenda):
            _check_payment(addenda, number, entry.detail)


def _check_payment(addenda: PaymentAddenda, number: int, detail: EntryDetail) -> None:
    if addenda.addenda_sequence_number != number:
        raise FieldError("addenda 05", "addenda_sequence_number", addenda.addenda_sequence_number, f"is not {number}")
    if addenda.entry_detail_sequence_number != detail.trace_number[8:]:
        found = addenda.entry_detail_sequence_number
        raise FieldError("addenda 05", "entry_detail_sequence_number", found, f"{found!r} is not of the entry")


def _check_notice(entry: Entry, kind: ItemKind, header: BatchHeader) -> None:
    addenda = entry.addenda[0]
    if len(entry.addenda) > 1 or isinstance(addenda, PaymentAddenda):
        raise _entry_error("addenda_record_indicator", "1", "a return or a change has one addenda")
    if addenda.trace_number != entry.detail.trace_number:
        raise FieldError(kind.value, "trace_number", addenda.trace_number, "is not that of the entry")
    is_change = kind in {ItemKind.CHANGE, ItemKind.REFUSED_CHANGE}
    if is_change != (header.standard_entry_class_code == CHANGE_CLASS):
        raise _batch_error("standard_entry_class_code", header.standard_entry_class_code, f"does not fit a {kind}")
    if is_change and entry.detail.amount_cents:
        raise _entry_error("amount_cents", entry.detail.amount_cents, f"is not 0 for a {kind}")
    match addenda:
        case ReturnAddenda() | DishonourAddenda() | ContestAddenda():
            _check_return_code(addenda.return_reason_code, kind)
        case ChangeAddenda():
            if addenda.change_code not in CHANGE_CODES:
                raise FieldError(kind.value, "change_code", addenda.change_code, f"{addenda.change_code!r} is unknown")
            parse_correction(addenda.change_code, addenda.corrected_data)
        case RefusedChangeAddenda():
            pass


def _check_return_code(found: str, kind: ItemKind) -> None:
    if found not in RETURN_CODES or RETURN_CODES[found].stage is not _STAGES[kind]:
        raise FieldError(kind.value, "return_reason_code", found, f"{found!r} isn't a code of a {kind}")


def _header_error(field: str, value: object, problem: str) -> FieldError:
    return FieldError(FILE_HEADER.name, field, value, f"{value!r} {problem}")


def _batch_error(field: str, value: object, problem: str) -> FieldError:
    return FieldError(BATCH_HEADER.name, field, value, f"{value!r} {problem}")


def _entry_error(field: str, value: object, problem: str) -> FieldError:
    return FieldError(ENTRY_DETAIL.name, field, value, f"{value!r} {problem}")
