"""Look at statements and their lines: where they came from, and what became of each line."""

from typing import Final

import msgspec

from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core.reconciliation import listing_store as store
from brim.core.reconciliation.listing_store import LinePage
from brim.core.reconciliation.rules import (
    LINE_PREFIX,
    STATEMENT_PREFIX,
    BankStatement,
    ShownLine,
    StatementFilters,
)
from brim.platform import lookups
from brim.platform.database import Conn, Database

_ABOVE_ALL_IDS: Final = "~"


class StatementWithNeighbor(msgspec.Struct, frozen=True):
    """A statement, and the one before: its id and closing balance, None where there is none."""

    statement: BankStatement
    before: store.StatementBefore | None


async def retrieve_statement(database: Database, scope: AccountScope, statement: str) -> StatementWithNeighbor:
    """Return a platform's statement.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    found = await lookups.retrieve(database, scope, statement, store.fetch_statements, kind="bank statement")
    async with database.connection() as conn:
        return StatementWithNeighbor(found, await store.find_statement_before(conn, scope, statement))


async def page_statements(
    database: Database, scope: AccountScope, request: PageRequest, filters: StatementFilters
) -> Page[BankStatement]:
    """Return a page of a platform's statements, those that were taken last first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="bank statement", exists=_statement_exists)
    async with database.connection() as conn:
        return await store.page_statements(conn, scope, window_of(STATEMENT_PREFIX, None, request), filters)


async def page_lines_of_statement(
    database: Database, scope: AccountScope, statement: str, request: PageRequest
) -> LinePage:
    """Return a page of the lines that a statement has brought, the first one first.

    Raises:
        ResourceMissingError: there is no such statement, or a cursor names no line.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="statement line", exists=_line_exists)
    await lookups.retrieve(database, scope, statement, store.fetch_statements, kind="bank statement")
    async with database.connection() as conn:
        return await store.page_lines_of_statement(
            conn,
            scope,
            statement,
            after=request.starting_after or LINE_PREFIX,
            before=request.ending_before or LINE_PREFIX + _ABOVE_ALL_IDS,
            backwards=request.ending_before is not None,
            limit=request.limit,
        )


async def retrieve_line(database: Database, scope: AccountScope, line: str) -> ShownLine:
    """Return a platform's line, with what became of it.

    Raises:
        ResourceMissingError: there is none of that id.
    """
    return await lookups.retrieve(database, scope, line, store.fetch_lines, kind="statement line")


async def page_lines(
    database: Database, scope: AccountScope, request: PageRequest, *, only_open: bool = False
) -> Page[ShownLine]:
    """Return a page of a platform's lines, the newest first; `only_open` those whose break is open.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="statement line", exists=_line_exists)
    async with database.connection() as conn:
        return await store.page_lines(conn, scope, window_of(LINE_PREFIX, None, request), only_open=only_open)


async def _statement_exists(conn: Conn, scope: AccountScope, statement: str) -> bool:
    return statement in await store.fetch_statements(conn, scope, [statement])


async def _line_exists(conn: Conn, scope: AccountScope, line: str) -> bool:
    return line in await store.fetch_lines(conn, scope, [line])
