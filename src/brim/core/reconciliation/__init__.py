"""Comparing what banks state with what was expected: lines of statements, and breaks where they differ.

`formats` reads banks' files and is pure. Neighbour: `ach` matches lines to its batches and returns. Start reading at
`rules`.
"""

from brim.core.reconciliation.rules import Break, BreakKind, MatchKind, NewBreak, StatementLineRow
from brim.core.reconciliation.service import BreakResolvedError, page_breaks, retrieve_break, settle_break
from brim.core.reconciliation.store import (
    OpenBreaks,
    find_open_break,
    find_open_breaks,
    insert_line,
    list_open_breaks,
    open_break,
    open_breaks_by_kind,
)

__all__ = [
    "Break",
    "BreakKind",
    "BreakResolvedError",
    "MatchKind",
    "NewBreak",
    "OpenBreaks",
    "StatementLineRow",
    "find_open_break",
    "find_open_breaks",
    "insert_line",
    "list_open_breaks",
    "open_break",
    "open_breaks_by_kind",
    "page_breaks",
    "retrieve_break",
    "settle_break",
]
