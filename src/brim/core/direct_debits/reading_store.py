"""How far what banks have sent was read, in the database."""

from collections.abc import Collection
from typing import Final

from brim.base.scope import AccountScope
from brim.core.direct_debits.reading_rules import BankReading
from brim.platform.database import Conn
from brim.platform.sql import columns, load_queries

_SQL: Final = load_queries(__package__, "readings")
_COLUMNS: Final = tuple(name for name in BankReading.__struct_fields__ if name not in {"scope", "originator"})

Whose = tuple[AccountScope, str]
"""A platform and its originator."""


async def read_readings(conn: Conn, originators: Collection[Whose]) -> dict[Whose, BankReading]:
    """Return how far what originators' banks have sent was read."""
    if not originators:
        return {}
    rows = [(scope.account, scope.livemode, originator) for scope, originator in sorted(originators)]
    found = {}
    for record in await conn.fetch(_SQL["read_bank_readings"], *columns(rows)):
        scope, originator = AccountScope(record["account"], record["livemode"]), record["originator"]
        fields = {name: record[name] for name in _COLUMNS}
        found[scope, originator] = BankReading(scope=scope, originator=originator, **fields)
    return found


async def note_reading(conn: Conn, whose: Whose, folder: str, *, began_ms: int) -> None:
    """Write that a folder was read completely."""
    scope, originator = whose
    await conn.execute(_SQL["note_bank_reading"], scope.account, scope.livemode, originator, folder, began_ms)


async def note_problem(conn: Conn, whose: Whose, problem: str, *, now_ms: int) -> None:
    """Write what has kept a folder from being read completely."""
    scope, originator = whose
    await conn.execute(_SQL["note_bank_reading_problem"], scope.account, scope.livemode, originator, problem, now_ms)


async def state_reading(conn: Conn, whose: Whose, *, now_ms: int) -> None:
    """Write that a person has said that everything that a bank has sent until now was imported."""
    scope, originator = whose
    await conn.execute(_SQL["state_bank_reading"], scope.account, scope.livemode, originator, now_ms)


async def await_reading(conn: Conn, whose: Whose, *, since_ms: int) -> None:
    """Let nothing of an originator leave until all is read that its bank has sent until a moment."""
    scope, originator = whose
    await conn.execute(_SQL["await_bank_reading"], scope.account, scope.livemode, originator, since_ms)


async def is_reading_awaited(conn: Conn, whose: Whose) -> bool:
    """Tell whether nothing of an originator may leave yet; once all is read, nothing is awaited any more."""
    reading = (await read_readings(conn, [whose])).get(whose)
    if reading is None or reading.awaited_ms is None:
        return False
    if reading.is_awaited:
        return True
    scope, originator = whose
    await conn.execute(_SQL["await_no_bank_reading"], scope.account, scope.livemode, originator, reading.awaited_ms)
    return False
