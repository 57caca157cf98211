"""Readers of banks' statement files to one form: BAI2, camt.053 and camt.054 of ISO 20022, MT940 and MT942 of SWIFT.

Pure: no database, no clock, no network, no other capability. docs/statement-formats.md says what is read, flagged and
held. Start reading at `reading`, then `statement`.
"""

from brim.core.reconciliation.formats.reading import MAX_BYTES, read_statement
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
    "MAX_BYTES",
    "AccountIdKind",
    "Balance",
    "Batch",
    "Finding",
    "LineStatus",
    "Scope",
    "Severity",
    "Statement",
    "StatementFile",
    "StatementKind",
    "StatementLine",
    "StatementStatus",
    "TransactionDetail",
    "UnreadLine",
    "Verdict",
    "read_statement",
]
