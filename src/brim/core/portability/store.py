"""The rows of accounts, table by table, as JSON."""

from collections.abc import AsyncIterator, Sequence
from typing import Final, NamedTuple

from brim.base.scope import AccountScope
from brim.core.portability.rules import UnfitRowsError
from brim.core.portability.table_rules import Table
from brim.platform.database import CAUSED_BY_A_ROW, Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_TIMEOUT_S: Final = 3600.0
"""How long a statement may take: nobody waits for it but a person."""


class AccountRow(NamedTuple):
    """An account that is exported, and the platform that it is under."""

    account: str
    platform: str | None
    created: int


async def list_exported_accounts(conn: Conn, account: str, *, with_connected: bool) -> list[AccountRow]:
    """Return an account, and those under it if that is asked for; none where there is no such account."""
    return [AccountRow(*record) for record in await conn.fetch(_SQL["list_exported_accounts"], account, with_connected)]


async def lists_others_entries(conn: Conn, account: str, accounts: Sequence[str]) -> bool:
    """Tell whether files of an account hold entries of others than those named."""
    return bool(await conn.fetchval(_SQL["lists_others_entries"], account, accounts, timeout=_TIMEOUT_S))


async def read_columns(conn: Conn, table: str) -> list[str]:
    """Return the columns of a table, in their order."""
    return [record["name"] for record in await conn.fetch(_SQL["columns_of"], table)]


async def read_schema_version(conn: Conn) -> int:
    """Return the last migration that was applied."""
    return int(await conn.fetchval(_SQL["schema_version"]))


async def read_rows(conn: Conn, table: Table, accounts: Sequence[str]) -> AsyncIterator[list[str]]:
    """Yield the rows of accounts in a table, some at a time, in the caller's transaction."""
    for wanted in _walks(table, accounts):
        cursor = await conn.cursor(_SQL[f"rows_of_{table.name}"], wanted, timeout=_TIMEOUT_S)
        while records := await cursor.fetch(table.step, timeout=_TIMEOUT_S):
            yield [record["line"] for record in records]


async def find_with_rows(conn: Conn, table: Table, accounts: Sequence[str]) -> str | None:
    """Return one of the accounts that has rows in a table."""
    for wanted in _walks(table, accounts):
        cursor = await conn.cursor(_SQL[f"rows_of_{table.name}"], wanted, timeout=_TIMEOUT_S)
        if await cursor.fetchrow(timeout=_TIMEOUT_S) is not None:
            return wanted if isinstance(wanted, str) else wanted[0]
    return None


def _walks(table: Table, accounts: Sequence[str]) -> Sequence[str | Sequence[str]]:
    """Return what the rows of accounts are asked for by, once for each time that they are asked for."""
    return accounts if table.is_walked else [accounts]


async def put_rows(conn: Conn, table: Table, rows: str) -> None:
    """Write rows, a JSON array, in the caller's transaction.

    Raises:
        UnfitRowsError: the database does not take them.
    """
    try:
        await conn.execute(_SQL[f"put_{table.name}"], rows, timeout=_TIMEOUT_S)
    except CAUSED_BY_A_ROW as error:
        raise UnfitRowsError(table.name, str(error)) from error


async def number_events(conn: Conn, scope: AccountScope, events: Sequence[str], *, now_ms: int) -> None:
    """Give events of an account the next numbers, and address them to no endpoint.

    Raises:
        UnfitRowsError: the database does not take them.
    """
    try:
        before = await conn.fetchval(_SQL["count_new_events"], scope.account, scope.livemode, len(events))
        await conn.execute(_SQL["put_new_events"], scope.account, scope.livemode, before, events, now_ms)
    except CAUSED_BY_A_ROW as error:
        raise UnfitRowsError("new_events", str(error)) from error
