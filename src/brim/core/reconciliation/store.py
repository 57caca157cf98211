"""Lines of statements and breaks in the database."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from brim.base.ids import Ids
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.reconciliation.rules import BREAK_PREFIX, Break, BreakKind, NewBreak, StatementLineRow
from brim.platform.database import Conn
from brim.platform.sql import load_queries, recordset

_SQL: Final = load_queries(__package__, "lines")
_LISTED: Final = (
    *("id", "kind", "cause", "bank_file", "amount", "currency", "reference", "detail", "raw", "opened_ms", "statement"),
)


async def insert_line(conn: Conn, line: StatementLineRow) -> bool:
    """Store a line of a statement; return whether it is new."""
    found = await conn.fetchval(
        _SQL["insert_statement_line"],
        line.scope.account,
        line.scope.livemode,
        line.bank_account,
        line.line_key,
        line.bank_file,
        line.position,
        line.booked_on,
        line.amount,
        line.currency,
        line.type_code,
        line.bank_reference,
        line.reference,
        line.description,
        line.matched_kind,
        line.matched,
        line.created_ms,
        line.id,
        line.statement,
        line.parent,
        line.remittance,
    )
    return found is not None


async def insert_lines(conn: Conn, lines: Sequence[StatementLineRow]) -> int:
    """Store lines of statements; return how many are new, the key of none of which was known."""
    rows = []
    for line in lines:
        row = msgspec.structs.asdict(line)
        scope: AccountScope = row.pop("scope")
        rows.append({"account": scope.account, "livemode": scope.livemode, **row})
    return len(await conn.fetch(_SQL["insert_statement_lines"], recordset(rows)))


async def find_line_keys(conn: Conn, scope: AccountScope, bank_account: str, keys: Sequence[str]) -> frozenset[str]:
    """Return which of some keys lines of a bank account have."""
    records = await conn.fetch(_SQL["find_line_keys"], scope.account, scope.livemode, bank_account, list(keys))
    return frozenset(record["line_key"] for record in records)


async def has_lines(conn: Conn, scope: AccountScope, bank_account: str) -> bool:
    """Tell whether lines of a bank account, by its name in the ledger, were posted."""
    return bool(await conn.fetchval(_SQL["has_lines"], scope.account, scope.livemode, bank_account))


async def open_break(conn: Conn, new: NewBreak, *, now_ms: int, ids: Ids) -> Break | None:
    """List what does not match, and return it; None where it was listed before."""
    opened = new_break(new, now_ms=now_ms, ids=ids)
    found = await conn.fetchrow(
        _SQL["open_break"],
        new.scope.account,
        new.scope.livemode,
        opened.id,
        opened.kind,
        opened.cause,
        opened.bank_file,
        opened.amount,
        opened.currency,
        opened.reference,
        opened.detail,
        opened.raw,
        now_ms,
        opened.statement,
    )
    if found is None:
        return None
    return msgspec.structs.replace(opened, statement=found["statement"], line=found["line"])


def new_break(new: NewBreak, *, now_ms: int, ids: Ids) -> Break:
    """Return what does not match as it is listed."""
    return Break(
        id=ids.new_at(BREAK_PREFIX, now_ms),
        kind=new.kind,
        cause=new.cause,
        bank_file=new.bank_file,
        amount=new.amount,
        currency=new.currency,
        reference=new.reference,
        detail=new.detail,
        raw=new.raw,
        opened_ms=now_ms,
        statement=new.statement,
    )


async def open_breaks(conn: Conn, scope: AccountScope, breaks: Sequence[Break]) -> dict[str, Break]:
    """List what does not match; return by id, with its line and statement, what was not listed before."""
    rows = [
        {
            "account": scope.account,
            "livemode": scope.livemode,
            **{name: getattr(each, name) for name in _LISTED},
        }
        for each in breaks
    ]
    records = {record["id"]: record for record in await conn.fetch(_SQL["open_breaks"], recordset(rows))}
    return {
        each.id: msgspec.structs.replace(each, statement=found["statement"], line=found["line"])
        for each in breaks
        if (found := records.get(each.id)) is not None
    }


async def list_open_breaks(conn: Conn, scope: AccountScope, *, limit: int) -> list[Break]:
    """Return a platform's open breaks, oldest first."""
    records = await conn.fetch(_SQL["list_open_breaks"], scope.account, scope.livemode, limit)
    return [Break(**dict(record)) for record in records]


class OpenBreaks(NamedTuple):
    """How many breaks of a kind are open, and since when the first is (Unix milliseconds)."""

    kind: str
    breaks: int
    since_ms: int


async def open_breaks_by_kind(conn: Conn, *, most: int) -> list[OpenBreaks]:
    """Return how many breaks of each kind are open, of all platforms, counted up to `most` in all."""
    return [OpenBreaks(**record) for record in await conn.fetch(_SQL["open_breaks_by_kind"], most)]


async def resolve_break(
    conn: Conn, scope: AccountScope, break_id: str, *, by: str, resolution: str, now_ms: int
) -> None:
    """Settle a break that is open."""
    await conn.execute(_SQL["resolve_break"], scope.account, scope.livemode, break_id, now_ms, by, resolution)


async def update_break(
    conn: Conn, scope: AccountScope, break_id: str, *, assigned_to: str | None, note: str | None
) -> None:
    """Write who looks after a break, and what is known of it."""
    await conn.execute(_SQL["update_break"], scope.account, scope.livemode, break_id, assigned_to, note)


async def reopen_break(conn: Conn, scope: AccountScope, break_id: str) -> None:
    """Take back that a break was settled, as what settled it was undone."""
    await conn.execute(_SQL["reopen_break"], scope.account, scope.livemode, break_id)


async def lock_break(conn: Conn, scope: AccountScope, break_id: str) -> Break | None:
    """Return a break that nobody else can change until the caller's transaction ends."""
    record = await conn.fetchrow(_SQL["lock_break"], scope.account, scope.livemode, break_id)
    return Break(**dict(record)) if record else None


async def fetch_breaks(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> dict[str, Break]:
    """Return a platform's breaks by id; those that do not exist are left out."""
    records = await conn.fetch(_SQL["fetch_breaks"], scope.account, scope.livemode, ids)
    return {record["id"]: Break(**dict(record)) for record in records}


async def page_breaks(
    conn: Conn, scope: AccountScope, place: Window, *, is_open: bool | None, bank_file: str | None, kind: str | None
) -> Page[Break]:
    """Return a page of a platform's breaks: open ones, settled ones, or all; found in one file, or anywhere."""
    records = await conn.fetch(
        _SQL["page_open_breaks" if is_open else "page_breaks"],
        scope.account,
        scope.livemode,
        place.low,
        place.high,
        place.newest_first,
        place.wanted,
        bank_file,
        kind,
        *([] if is_open else [is_open is False]),
    )
    return page_of((Break(**dict(record)) for record in records), place)


class OpenBreak(NamedTuple):
    """A break that is open, what it refers to, and its cause, which names it."""

    reference: str
    id: str
    cause: str


async def find_open_breaks(
    conn: Conn, scope: AccountScope, kinds: Sequence[BreakKind], references: Sequence[str]
) -> list[OpenBreak]:
    """Return the open breaks of some kinds that refer to one of some references, oldest first."""
    records = await conn.fetch(_SQL["find_open_breaks"], scope.account, scope.livemode, list(references), list(kinds))
    return [OpenBreak(**record) for record in records]


async def find_open_break(
    conn: Conn, scope: AccountScope, kinds: Sequence[BreakKind], references: Sequence[str]
) -> str | None:
    """Return the id of the oldest open break of some kinds that refers to one of a few; None where there is none."""
    found = await find_open_breaks(conn, scope, kinds, references)
    return found[0].id if found else None


async def find_open_break_of_cause(conn: Conn, scope: AccountScope, kind: BreakKind, cause: str) -> str | None:
    """Return the id of the open break of a kind that a cause names; None where there is none."""
    found: str | None = await conn.fetchval(
        _SQL["find_open_break_of_cause"], scope.account, scope.livemode, kind, cause
    )
    return found
