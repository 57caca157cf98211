"""Statements that were posted, and what is known of a bank account's days, in the database."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any, Final, NamedTuple

import msgspec

from brim.base.errors import BrimError
from brim.base.ids import Ids
from brim.base.scope import AccountScope
from brim.core.reconciliation import store
from brim.core.reconciliation.placing import KnownLine, KnownStatement, LineFacts, Placement, StatementFacts
from brim.core.reconciliation.rules import STATEMENT_PREFIX, StatementLineRow
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "statements")


class BankAccountName(msgspec.Struct, frozen=True):
    """A platform's bank account, by its name in the ledger, in one currency."""

    scope: AccountScope
    name: str
    currency: str

    @property
    def key(self) -> tuple[str, bool, str, str]:
        """What names it in every statement: account, mode, name, currency."""
        return self.scope.account, self.scope.livemode, self.name, self.currency


class StatementBeingAppliedError(BrimError):
    """A large statement of the bank account is still being applied; try again later."""

    def __init__(self, bank_account: str, file_id: str, applied: int, lines: int) -> None:
        super().__init__(
            f"The bank file {file_id} is being applied to {bank_account}: {applied:,} of its {lines:,} lines so far. "
            "Try again once it is applied."
        )


async def lock_bank_account(conn: Conn, of: BankAccountName, *, bank_file: str | None = None) -> None:
    """Take the statements of a bank account alone until the caller's transaction ends, to apply a file of it.

    Raises:
        StatementBeingAppliedError: only a part of another file is applied.
    """
    await conn.execute(_SQL["lock_bank_account"], *of.key[:3])
    await check_applied_whole(conn, of, bank_file=bank_file)


async def check_applied_whole(conn: Conn, of: BankAccountName, *, bank_file: str | None = None) -> None:
    """Let whoever asks pass if no file of a bank account, other than theirs, is applied to a part.

    Raises:
        StatementBeingAppliedError: one is.
    """
    found = await conn.fetchrow(_SQL["find_file_in_pieces"], *of.key[:3])
    if found is not None and found["id"] != bank_file:
        raise StatementBeingAppliedError(of.name, found["id"], found["lines_applied"], found["line_count"])


async def list_files_in_pieces(conn: Conn, scope: AccountScope) -> set[str]:
    """Return the ids of a platform's files of which only a part is applied."""
    return {each["id"] for each in await conn.fetch(_SQL["list_files_in_pieces"], scope.account, scope.livemode)}


async def list_statements(conn: Conn, of: BankAccountName, *, first_day: date) -> list[KnownStatement]:
    """Return the statements that end on a day or later, and before them those in force that end last."""
    records = await conn.fetch(_SQL["list_bank_statements"], *of.key, first_day)
    return [
        KnownStatement(
            id=record["id"],
            first_day=record["first_day"],
            last_day=record["last_day"],
            opening=record["opening"],
            closing=record["closing"],
            sequence=record["number"],
            content=record["content"],
            is_replaced=record["replaced_by"] is not None,
            line_count=record["line_count"],
            bank_file=record["bank_file"],
        )
        for record in records
    ]


async def list_lines(conn: Conn, of: BankAccountName, *, first_day: date, last_day: date) -> list[KnownLine]:
    """Return what is known of a bank account's days."""
    records = await conn.fetch(_SQL["list_lines_of_days"], *of.key, first_day, last_day)
    return [KnownLine(_facts(each), each["bank_file"]) for each in records]


async def list_payments(conn: Conn, of: BankAccountName, *, first_day: date, last_day: date) -> list[LineFacts]:
    """Return the payments of a bank account's days that are lines of entries which a statement has brought."""
    records = await conn.fetch(_SQL["list_payments_of_days"], *of.key, first_day, last_day)
    return [_facts(each) for each in records]


async def list_payment_facts(conn: Conn, scope: AccountScope, entry: str) -> list[LineFacts]:
    """Return what the payments of an entry say that are lines, in the order in which the bank lists them."""
    records = await conn.fetch(_SQL["list_payments_of_entry"], scope.account, scope.livemode, entry)
    return [_facts(each) for each in records]


async def list_announced_alone(
    conn: Conn, of: BankAccountName, *, first_day: date, last_day: date, not_in: str
) -> list[LineFacts]:
    """Return the credits of a bank account's days that notifications other than one file's have brought one by one."""
    records = await conn.fetch(_SQL["list_announced_alone"], *of.key, first_day, last_day, not_in)
    return [_facts(each) for each in records]


class AnnouncedEntry(NamedTuple):
    """An entry that a notification has brought, and its payments."""

    entry: LineFacts
    payments: tuple[LineFacts, ...]


async def list_announced_together(
    conn: Conn, of: BankAccountName, *, first_day: date, last_day: date, not_in: str
) -> list[AnnouncedEntry]:
    """Return the credits of several payments that notifications other than one file's have brought on some days."""
    entries: dict[str, LineFacts] = {}
    payments: dict[str, list[LineFacts]] = defaultdict(list)
    for each in await conn.fetch(_SQL["list_announced_together"], *of.key, first_day, last_day, not_in):
        if each["parent"] is None:
            entries[each["id"]] = _facts(each)
        else:
            payments[each["parent"]].append(_facts(each))
    return [AnnouncedEntry(facts, tuple(payments[entry])) for entry, facts in entries.items()]


async def insert_statement(
    conn: Conn,
    of: BankAccountName,
    facts: StatementFacts,
    placement: Placement,
    *,
    bank_file: str,
    content: bytes | None = None,
    now_ms: int,
    ids: Ids,
) -> str:
    """Store a statement that is posted, and return its id; `content` is another hash than that of what it says."""
    statement_id = ids.new_at(STATEMENT_PREFIX, now_ms)
    await conn.execute(
        _SQL["insert_bank_statement"],
        of.scope.account,
        of.scope.livemode,
        statement_id,
        of.name,
        of.currency,
        bank_file,
        facts.sequence,
        facts.first_day,
        facts.last_day,
        facts.opening,
        facts.closing,
        len(facts.lines),
        facts.content if content is None else content,
        placement.place,
        now_ms,
        len(placement.new),
    )
    return statement_id


async def read_content(conn: Conn, scope: AccountScope, statement: str) -> bytes | None:
    """Return the hash of what a statement says; None where there is none of that id."""
    found: bytes | None = await conn.fetchval(_SQL["read_statement_content"], scope.account, scope.livemode, statement)
    return found


async def replace_statements(conn: Conn, of: BankAccountName, ids: Sequence[str], *, by: str) -> None:
    """Write that statements were replaced by another."""
    await conn.execute(_SQL["replace_bank_statements"], of.scope.account, of.scope.livemode, list(ids), by)


async def insert_new_line(conn: Conn, row: StatementLineRow, *, is_new: bool) -> StatementLineRow | None:
    """Store a line under its key, or one made of it where that is another line's; return it as it is stored.

    What is not certainly new (`is_new`) is not stored where a line with that key says the same; None is returned.
    """
    for number in count():
        key = row.line_key if not number else f"{row.line_key}/{row.booked_on}/{row.amount}"
        stored = msgspec.structs.replace(row, line_key=key if number < 2 else f"{key}/{number}")
        if await store.insert_line(conn, stored):
            return stored
        if not is_new and await is_line_known(conn, stored):
            return None
    raise AssertionError("unreachable")


async def is_line_known(conn: Conn, row: StatementLineRow) -> bool:
    """Tell whether the line with a row's key says the same as it."""
    found = await conn.fetchrow(
        _SQL["find_statement_line"], row.scope.account, row.scope.livemode, row.bank_account, row.line_key
    )
    said = (row.booked_on, row.amount, row.currency)
    return found is not None and (found["booked_on"], found["amount"], found["currency"]) == said


async def said_elsewhere(conn: Conn, of: BankAccountName, rows: Sequence[StatementLineRow]) -> frozenset[LineFacts]:
    """Return what other files have said on the days of the rows of one file that have no reference of the bank's."""
    unnamed = [row for row in rows if not row.bank_reference]
    if not unnamed:
        return frozenset()
    days = [row.booked_on for row in unnamed]
    known = await list_lines(conn, of, first_day=min(days), last_day=max(days))
    return frozenset(each.facts for each in known if each.bank_file != unnamed[0].bank_file)


class Entry(NamedTuple):
    """A stored line that is an entry: its id, the bank's reference, and whether its payments are lines."""

    id: str
    bank_reference: str | None
    is_itemized: bool


async def find_entries(conn: Conn, of: BankAccountName, *, booked_on: date, amount: int) -> list[Entry]:
    """Return the entries of a bank account's day of one amount, in signed minor units."""
    return [Entry(**record) for record in await conn.fetch(_SQL["find_entries"], *of.key, booked_on, amount)]


async def list_payments_of_entry(conn: Conn, scope: AccountScope, entry: str) -> list[tuple[int, str | None]]:
    """Return the payments of an entry that are lines: signed minor units, and the payer's reference."""
    records = await conn.fetch(_SQL["list_payments_of_entry"], scope.account, scope.livemode, entry)
    return [(record["amount"], record["reference"]) for record in records]


def facts_of(row: StatementLineRow) -> LineFacts:
    """Return what a line says, to compare it with others."""
    return LineFacts(row.booked_on, row.amount, row.bank_reference or "", row.reference or "", row.description)


def _facts(record: Any) -> LineFacts:
    return LineFacts(
        record["booked_on"],
        record["amount"],
        record["bank_reference"] or "",
        record["reference"] or "",
        record["description"],
    )
