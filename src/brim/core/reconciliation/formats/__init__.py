"""Readers of banks' statement files to one form: BAI2, camt.053 and camt.054 of ISO 20022, MT940 and MT942, CSV.

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
from brim.core.reconciliation.formats.reading import MAX_BYTES, held_file, read_statement
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
    "Scope",
    "Severity",
    "Statement",
    "StatementFile",
    "StatementKind",
    "StatementLine",
    "StatementMapping",
    "StatementStatus",
    "ThousandsSign",
    "TransactionDetail",
    "UnreadLine",
    "Verdict",
    "check_mapping",
    "held_file",
    "read_statement",
]
