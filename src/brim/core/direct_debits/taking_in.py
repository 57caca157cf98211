"""Lines that were not posted because nobody could tell whether they are new: a person says that they are.

They are stored as open lines, and posted only once somebody has settled them. The file that brought them is read again.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from brim.base.actor import Actor
from brim.base.errors import BrimError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.line_rows import row_of
from brim.core.direct_debits.reading_again import read_again
from brim.core.direct_debits.recalls import recalled_name
from brim.core.events import Renderers
from brim.core.reconciliation import (
    TAKEN_IN,
    TAKEN_KINDS,
    BankAccountName,
    Break,
    BreakKind,
    BreakResolvedError,
    NewBreak,
    Place,
    Placement,
    StatementFacts,
    StatementLineRow,
    facts_of_statement,
    insert_new_line,
    insert_statement,
    lock_bank_account,
    lock_break,
    read_content,
    settle_break,
)
from brim.core.reconciliation.formats import Statement
from brim.platform.database import Conn
from brim.platform.vault import Vault


class NotTakenInError(BrimError):
    """The break has no lines to import."""

    def __init__(self, break_id: str, why: str) -> None:
        super().__init__(f"The break {break_id} has no lines to import: {why}")


class _Found(msgspec.Struct, frozen=True):
    """A statement of a file as it was read again: what it says, and its booked lines."""

    statement: Statement
    facts: StatementFacts
    rows: Sequence[StatementLineRow]


async def take_in(
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    scope: AccountScope,
    break_id: str,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Break:
    """Store as open lines what a break says may be known or new, and settle the break, in the caller's transaction.

    Raises:
        ResourceMissingError: the platform has none of that id.
        BreakResolvedError: somebody has settled it before.
        NotTakenInError: it is another kind of break, or the file's bytes are gone.
    """
    seen = await lock_break(conn, scope, break_id)
    if seen is None:
        raise ResourceMissingError("break", break_id, param="break", in_path=True)
    if seen.resolved_ms is not None:
        raise BreakResolvedError(seen)
    if seen.kind not in TAKEN_KINDS or seen.bank_file is None or seen.line is not None:
        raise NotTakenInError(break_id, "it is not about a statement or a line that may be known or new.")
    file = await read_again(conn, vault, scope, seen.bank_file)
    if file is None:
        raise NotTakenInError(seen.id, "its file is no longer kept.")
    originator = file.originator
    of = BankAccountName(scope, originator.profile.bank_account, seen.currency or originator.profile.currency)
    await lock_bank_account(conn, of)
    found = [
        _Found(statement, facts, rows)
        for statement, lines in file.statements
        if statement.currency == of.currency
        for rows in [[row_of(originator, seen.bank_file, statement, each, now_ms=now_ms, ids=ids) for each in lines]]
        for facts in [facts_of_statement(statement, rows)]
        if facts is not None
    ]
    taken = await (_take_line if seen.kind == BreakKind.LINE else _take_statement)(
        conn, of, seen, found, now_ms=now_ms, ids=ids
    )
    for row in taken:
        stored = await insert_new_line(conn, row, is_new=True)
        if stored is not None:
            texts = [text for text in (stored.remittance, stored.description, stored.reference) if text]
            recalled = recalled_name(file.originator.profile, texts) if stored.amount < 0 else None
            opened = NewBreak(
                scope=scope,
                kind=BreakKind.LINE,
                cause=f"{stored.bank_account}/{stored.line_key}",
                detail=f"This manually imported line matches nothing in the books: {stored.description}".rstrip(": "),
                bank_file=seen.bank_file,
                amount=stored.amount,
                currency=stored.currency,
                reference=recalled or stored.reference or stored.bank_reference,
            )
            await list_break(conn, renderers, opened, now_ms=now_ms, ids=ids)
    resolution = f"{TAKEN_IN}{len(taken)} open {'line' if len(taken) == 1 else 'lines'}."
    return await settle_break(conn, scope, break_id, resolution=resolution, by=by, now_ms=now_ms, ids=ids)


async def _take_line(
    conn: Conn, of: BankAccountName, seen: Break, found: Sequence[_Found], *, now_ms: int, ids: IdFactory
) -> list[StatementLineRow]:
    """Return the one line that a break is about, by its statement and its position."""
    del now_ms, ids
    statement, _, position = seen.cause.partition("/")
    content = await read_content(conn, of.scope, statement)
    for each in found:
        if each.facts.content == content and position.isdigit() and int(position) < len(each.rows):
            return [msgspec.structs.replace(each.rows[int(position)], statement=statement)]
    raise NotTakenInError(seen.id, "its statement is not in the file that it names.")


async def _take_statement(
    conn: Conn, of: BankAccountName, seen: Break, found: Sequence[_Found], *, now_ms: int, ids: IdFactory
) -> list[StatementLineRow]:
    """Return all lines of the statement that a break is about, which is stored as one that goes on from another."""
    wanted = seen.cause.rpartition("/")[2]
    for each in found:
        if each.facts.content.hex()[:16] == wanted:
            placement = Placement(place=Place.CONTINUES, new=tuple(range(len(each.rows))))
            stored = await insert_statement(
                conn,
                of,
                each.facts,
                placement,
                bank_file=seen.bank_file or "",
                content=hashlib.sha256(each.facts.content + seen.id.encode()).digest(),
                now_ms=now_ms,
                ids=ids,
            )
            return [msgspec.structs.replace(row, statement=stored) for row in each.rows]
    raise NotTakenInError(seen.id, "its balances and lines do not agree, or the bank has withdrawn it.")
