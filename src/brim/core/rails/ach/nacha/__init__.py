"""The ACH file format of Nacha: a writer, a reader that takes what banks really send, and the codes of returns.

`FileWriter` and `write_file` make files; `check` judges one and `entries` yields what is in it; `RETURN_CODES` and
`CHANGE_CODES` say what came back means. Pure and without dependencies on the rest of Brim. Start reading at `records`,
then `fields`; docs/nacha.md says what is held and what is parked.
"""

from brim.core.rails.ach.nacha.addenda import ItemKind
from brim.core.rails.ach.nacha.build import Movement, make_entry, make_notification, trace_number
from brim.core.rails.ach.nacha.codes import TRANSACTION_CODES, Purpose, TransactionCode
from brim.core.rails.ach.nacha.dates import to_yymmdd
from brim.core.rails.ach.nacha.errors import CorrectionError, FieldError, NachaError
from brim.core.rails.ach.nacha.findings import Finding, Scope, Severity, Verdict
from brim.core.rails.ach.nacha.items import Item
from brim.core.rails.ach.nacha.reader import BatchReport, FileReport, Totals, check, entries
from brim.core.rails.ach.nacha.records import (
    BatchControl,
    BatchHeader,
    ChangeAddenda,
    ContestAddenda,
    DishonourAddenda,
    Entry,
    EntryDetail,
    FileControl,
    FileHeader,
    PaymentAddenda,
    RefusedChangeAddenda,
    ReturnAddenda,
)
from brim.core.rails.ach.nacha.returns import (
    CHANGE_CODES,
    REFUSED_CHANGE_CODES,
    RETURN_CODES,
    Actor,
    ChangeCode,
    Contest,
    Correction,
    Deadline,
    Dishonour,
    NotificationOfChange,
    RefusedNotification,
    Retry,
    ReturnCode,
    ReturnInfo,
    Stage,
    Use,
    format_correction,
    parse_correction,
)
from brim.core.rails.ach.nacha.routing import check_digit, is_routing_number
from brim.core.rails.ach.nacha.text import to_ach_text
from brim.core.rails.ach.nacha.writer import (
    Batch,
    FileFormat,
    FileTotals,
    FileWriter,
    LineEnding,
    WrittenFile,
    write_file,
)

__all__ = [
    "CHANGE_CODES", "REFUSED_CHANGE_CODES", "RETURN_CODES", "TRANSACTION_CODES", "Actor", "Batch", "BatchControl",
    "BatchHeader", "BatchReport", "ChangeAddenda", "ChangeCode", "Contest", "ContestAddenda", "Correction",
    "CorrectionError", "Deadline", "Dishonour", "DishonourAddenda", "Entry", "EntryDetail", "FieldError",
    "FileControl", "FileFormat", "FileHeader", "FileReport", "FileTotals", "FileWriter", "Finding", "Item",
    "ItemKind", "LineEnding", "Movement", "NachaError", "NotificationOfChange", "PaymentAddenda", "Purpose",
    "RefusedChangeAddenda", "RefusedNotification", "Retry", "ReturnAddenda", "ReturnCode", "ReturnInfo", "Scope",
    "Severity", "Stage", "Totals", "TransactionCode", "Use", "Verdict", "WrittenFile", "check", "check_digit",
    "entries", "format_correction", "is_routing_number", "make_entry", "make_notification", "parse_correction",
    "to_ach_text", "to_yymmdd", "trace_number", "write_file",
]  # fmt: skip
