"""Comparing what banks state with what was expected: lines of statements, and breaks where they differ.

`formats` reads banks' files, and `placing` finds what is new in them; both are pure. Neighbor: `ach` matches lines to
its batches and returns. Start reading at `rules`, then `taking`.
"""

from brim.core.reconciliation.itemizing import payments_of
from brim.core.reconciliation.listing import (
    StatementWithNeighbor,
    page_lines,
    page_lines_of_statement,
    page_statements,
    retrieve_line,
    retrieve_statement,
)
from brim.core.reconciliation.listing_store import fetch_lines, list_lines_by_reference
from brim.core.reconciliation.placing import Place, Placement, StatementFacts
from brim.core.reconciliation.rules import (
    LINE_BREAKS,
    LINE_PREFIX,
    BankStatement,
    Break,
    BreakKind,
    LineStatus,
    MatchKind,
    NewBreak,
    ShownLine,
    StatementFilters,
    StatementLineRow,
)
from brim.core.reconciliation.service import (
    BreakResolvedError,
    explain_by_payments,
    page_breaks,
    retrieve_break,
    settle_break,
    update_break,
)
from brim.core.reconciliation.statement_store import (
    BankAccountName,
    Entry,
    facts_of,
    find_entries,
    insert_new_line,
    insert_statement,
    lock_bank_account,
    read_content,
    said_elsewhere,
)
from brim.core.reconciliation.store import (
    OpenBreaks,
    find_open_break,
    find_open_break_of_cause,
    find_open_breaks,
    has_lines,
    list_open_breaks,
    lock_break,
    open_break,
    open_breaks_by_kind,
    reopen_break,
)
from brim.core.reconciliation.taking import TakenStatement, facts_of_statement, take_statement

__all__ = [
    "LINE_BREAKS",
    "LINE_PREFIX",
    "BankAccountName",
    "BankStatement",
    "Break",
    "BreakKind",
    "BreakResolvedError",
    "Entry",
    "LineStatus",
    "MatchKind",
    "NewBreak",
    "OpenBreaks",
    "Place",
    "Placement",
    "ShownLine",
    "StatementFacts",
    "StatementFilters",
    "StatementLineRow",
    "StatementWithNeighbor",
    "TakenStatement",
    "explain_by_payments",
    "facts_of",
    "facts_of_statement",
    "fetch_lines",
    "find_entries",
    "find_open_break",
    "find_open_break_of_cause",
    "find_open_breaks",
    "has_lines",
    "insert_new_line",
    "insert_statement",
    "list_lines_by_reference",
    "list_open_breaks",
    "lock_bank_account",
    "lock_break",
    "open_break",
    "open_breaks_by_kind",
    "page_breaks",
    "page_lines",
    "page_lines_of_statement",
    "page_statements",
    "payments_of",
    "read_content",
    "reopen_break",
    "retrieve_break",
    "retrieve_line",
    "retrieve_statement",
    "said_elsewhere",
    "settle_break",
    "take_statement",
    "update_break",
]
