"""Readers of banks' statement files to one form: BAI2, camt.053 and camt.054 of ISO 20022, MT940 and MT942, CSV.

`pain002` reads what a bank says of the payments that it was sent.

Pure: no database, no clock, no network, no other capability. docs/statement-formats.md says what is read, flagged and
held. Start reading at `reading`, then `statement`.
"""

from brim.core.reconciliation.formats.csv_mapping import (
    DecimalSign,
    Delimiter,
    Encoding,
    MappingError,
    StatementMapping,
    ThousandsSign,
    check_mapping,
)
from brim.core.reconciliation.formats.csv_reader import FORMAT as CSV
from brim.core.reconciliation.formats.pain002 import (
    ReportedBatch,
    ReportedPayment,
    ReportStatus,
    StatusReason,
    StatusReport,
    is_status_report,
    read_status_report,
)
from brim.core.reconciliation.formats.reading import MAX_BYTES, held_file, is_mapped, read_statement
from brim.core.reconciliation.formats.statement import (
    AccountIdKind,
    Balance,
    Batch,
    Finding,
    LineStatus,
    Scope,
    Severity,
    Statement,
    StatementFile,
    StatementKind,
    StatementLine,
    StatementStatus,
    TransactionDetail,
    UnreadLine,
    Verdict,
)

__all__ = [
    "CSV",
    "MAX_BYTES",
    "AccountIdKind",
    "Balance",
    "Batch",
    "DecimalSign",
    "Delimiter",
    "Encoding",
    "Finding",
    "LineStatus",
    "MappingError",
    "ReportStatus",
    "ReportedBatch",
    "ReportedPayment",
    "Scope",
    "Severity",
    "Statement",
    "StatementFile",
    "StatementKind",
    "StatementLine",
    "StatementMapping",
    "StatementStatus",
    "StatusReason",
    "StatusReport",
    "ThousandsSign",
    "TransactionDetail",
    "UnreadLine",
    "Verdict",
    "check_mapping",
    "held_file",
    "is_mapped",
    "is_status_report",
    "read_statement",
    "read_status_report",
]
