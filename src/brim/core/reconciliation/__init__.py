"""Comparing what banks state with what was expected: lines of statements, and breaks where they differ.

`formats` reads banks' files, and `placing` finds what is new in them; both are pure. Neighbor: `ach` matches lines to
its batches and returns. Start reading at `rules`, then `taking`.
"""

from brim.core.reconciliation.rules import Break, BreakKind, MatchKind, NewBreak, StatementLineRow
from brim.core.reconciliation.service import BreakResolvedError, page_breaks, retrieve_break, settle_break
from brim.core.reconciliation.statement_store import BankAccountName, insert_new_line
from brim.core.reconciliation.store import (
    OpenBreaks,
    find_open_break,
    find_open_breaks,
    has_lines,
    list_open_breaks,
    lock_break,
    open_break,
    open_breaks_by_kind,
)
from brim.core.reconciliation.taking import TakenStatement, take_statement

__all__ = [
    "BankAccountName",
    "Break",
    "BreakKind",
    "BreakResolvedError",
    "MatchKind",
    "NewBreak",
    "OpenBreaks",
    "StatementLineRow",
    "TakenStatement",
    "find_open_break",
    "find_open_breaks",
    "has_lines",
    "insert_new_line",
    "list_open_breaks",
    "lock_break",
    "open_break",
    "open_breaks_by_kind",
    "page_breaks",
    "retrieve_break",
    "settle_break",
    "take_statement",
]
