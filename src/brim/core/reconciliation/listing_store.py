"""Statements and their lines as people look at them, in the database."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.reconciliation.rules import (
    LINE_BREAKS,
    MOST_COUNTED,
    BankStatement,
    BreakKind,
    ShownLine,
    StatementFilters,
)
from brim.core.reconciliation.statement_store import list_files_in_pieces
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "listing")


class StatementBefore(NamedTuple):
    """The statement before another: its id, and its closing balance in minor units."""

    id: str
    closing: int


class LinePage(NamedTuple):
    """Lines in the order of their statement, and whether there are more in the direction travelled."""

    items: list[ShownLine]
    has_more: bool


async def fetch_statements(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, BankStatement]:
    """Return a platform's statements by id, with what is open; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_statements"], scope.account, scope.livemode, ids)
    return {each.id: each for each in await _with_breaks(conn, scope, records)}


async def page_statements(
    conn: Conn, scope: AccountScope, window: Window, filters: StatementFilters
) -> Page[BankStatement]:
    """Return a page of a platform's statements."""
    records = await conn.fetch(
        _SQL["page_statements"],
        scope.account,
        scope.livemode,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
        filters.bank_account,
        filters.currency,
        filters.bank_file,
        filters.first_day,
        filters.last_day,
        filters.is_in_force,
        filters.is_open,
    )
    return page_of(await _with_breaks(conn, scope, records), window)


async def _with_breaks(conn: Conn, scope: AccountScope, records: Sequence[Any]) -> list[BankStatement]:
    found = [BankStatement(**dict(record)) for record in records]
    ids = [each.id for each in found]
    open_breaks = await conn.fetch(_SQL["open_breaks_of_statements"], scope.account, scope.livemode, ids, MOST_COUNTED)
    in_pieces = await list_files_in_pieces(conn, scope) if found else set[str]()
    of: dict[str, list[Any]] = defaultdict(list)
    for each in open_breaks:
        of[each["statement"]].append(each)
    return [
        msgspec.structs.replace(
            each,
            open_breaks=len(of[each.id]),
            open_amount=sum(b["amount"] or 0 for b in of[each.id] if b["kind"] in LINE_BREAKS),
            gap=next((b["id"] for b in of[each.id] if b["kind"] == BreakKind.GAP), None),
            is_applied=each.bank_file not in in_pieces,
        )
        for each in found
    ]


async def find_statement_before(conn: Conn, scope: AccountScope, statement: str) -> StatementBefore | None:
    """Return the statement of the same bank account that ends last before one begins; None where there is none."""
    record = await conn.fetchrow(_SQL["find_statement_before"], scope.account, scope.livemode, statement)
    return StatementBefore(record["id"], record["closing"]) if record else None


async def fetch_lines(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, ShownLine]:
    """Return a platform's lines by id, with what became of each; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_lines"], scope.account, scope.livemode, ids)
    return {record["id"]: ShownLine(**dict(record)) for record in records}


async def page_lines(conn: Conn, scope: AccountScope, window: Window, *, only_open: bool) -> Page[ShownLine]:
    """Return a page of a platform's lines, or of those that a break says are not posted."""
    records = await conn.fetch(
        _SQL["page_open_lines" if only_open else "page_lines"],
        scope.account,
        scope.livemode,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
    )
    found = await fetch_lines(conn, scope, [record["id"] for record in records])
    return page_of(found.values(), window)


async def page_lines_of_statement(
    conn: Conn, scope: AccountScope, statement: str, *, after: str, before: str, backwards: bool, limit: int
) -> LinePage:
    """Return a page of the lines that a statement has brought, in its order, between two ids (exclusive)."""
    records = await conn.fetch(
        _SQL["page_lines_of_statement"],
        scope.account,
        scope.livemode,
        statement,
        after,
        before,
        not backwards,
        limit + 1,
    )
    ids = [record["id"] for record in records][:limit]
    found = await fetch_lines(conn, scope, ids)
    return LinePage([found[each] for each in sorted(ids)], has_more=len(records) > limit)


async def list_lines_by_reference(conn: Conn, scope: AccountScope, references: Sequence[str]) -> list[ShownLine]:
    """Return the lines that references name, as confirmations do: `operating/LINE-1`."""
    records = await conn.fetch(_SQL["list_lines_by_reference"], scope.account, scope.livemode, list(references))
    found = await fetch_lines(conn, scope, [record["id"] for record in records])
    return [found[each] for each in sorted(found)]
