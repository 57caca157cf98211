"""Entries in the database: everything that moves money is posted here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec

from brim.base.scope import AccountScope
from brim.core.ledger.chain import Seal, SealedEntry, extend
from brim.core.ledger.chain_store import hold_free_heads
from brim.core.ledger.rules import (
    BalanceChange,
    BalanceTransaction,
    EntryLine,
    JournalEntry,
    OverdrawnError,
    Posting,
    UnheldBalanceError,
    balance_change,
    check_entry,
)
from brim.platform.database import Conn
from brim.platform.sql import load_queries, recordset

_SQL: Final = load_queries(__package__, "posting")

_Key = tuple[AccountScope, str]


async def post_entries(conn: Conn, postings: Sequence[Posting], *, seal_at_once: bool = False) -> None:
    """Post entries, of which there is at least one, with their balance transactions, and change the balances by them.

    Everything is written in one statement of the caller's transaction, which holds the balances that are changed
    (`lock_balances`). With `seal_at_once` entries are sealed, too, where nobody else holds their chain; the transaction
    then holds it to its end, so it must be a short one. All others are sealed by the worker.

    Raises:
        InvalidEntryError: an entry does not fit the chart of accounts.
        UnheldBalanceError: the transaction does not hold a balance that an entry changes.
        OverdrawnError: one that must not overdraw would leave less than nothing available.
    """
    for posting in postings:
        check_entry(posting.entry)
    changes = _changes_by_balance(postings)
    seals = await _extend_free_chains(conn, postings) if seal_at_once else []
    ends = {seal.scope: seal for seal in seals}
    records = await conn.fetch(
        _SQL["post_entries"],
        recordset(_entry_row(posting.entry) for posting in postings),
        recordset(row for posting in postings for row in _further_line_rows(posting.entry)),
        recordset(_transaction_row(shown) for posting in postings if (shown := posting.balance_transaction)),
        recordset(_balance_row(key, changes[key]) for key in sorted(changes)),
        recordset(map(_seal_row, seals)),
        recordset(map(_seal_row, ends.values())),
    )
    if len(records) != len(changes):
        raise UnheldBalanceError(f"{len(changes) - len(records)} of {len(changes)}")
    _check_overdraft(postings, records)


async def _extend_free_chains(conn: Conn, postings: Sequence[Posting]) -> list[Seal]:
    """Return the seals of entries whose chains nobody else holds; the transaction holds these from here on."""
    entries: dict[AccountScope, list[SealedEntry]] = defaultdict(list)
    for posting in postings:
        entries[posting.entry.scope].append(_sealed_entry(posting.entry))
    heads = await hold_free_heads(conn, entries)
    return [seal for scope, head in heads.items() for seal in extend(head, entries[scope])]


def _sealed_entry(entry: JournalEntry) -> SealedEntry:
    """Return an entry as it is sealed."""
    scope = entry.scope
    values = (scope.account, scope.livemode, entry.id, entry.source_type, entry.source, entry.step)
    first, *further = map(msgspec.structs.astuple, entry.lines)
    return SealedEntry._make((*values, *first, entry.created, tuple(further)))


def _seal_row(seal: Seal) -> dict[str, Any]:
    return {
        "account": seal.scope.account,
        "livemode": seal.scope.livemode,
        "position": seal.position,
        "entry": seal.entry,
        "hash": seal.hash.hex(),
        "format": seal.format,
    }


def _changes_by_balance(postings: Sequence[Posting]) -> dict[_Key, BalanceChange]:
    """Return what entries add to each balance that they touch."""
    lines: dict[_Key, list[EntryLine]] = defaultdict(list)
    for posting in postings:
        for line in posting.entry.lines:
            lines[posting.entry.scope, line.currency].append(line)
    changes = {key: balance_change(of_balance, key[1]) for key, of_balance in lines.items()}
    return {key: change for key, change in changes.items() if change != BalanceChange()}


def _check_overdraft(postings: Sequence[Posting], records: Sequence[Mapping[str, Any]]) -> None:
    """Raise OverdrawnError if a balance is below zero that something spent, rather than a bank took back."""
    overdrawn = {
        (AccountScope(record["account"], record["livemode"]), record["currency"])
        for record in records
        if record["available"] < 0
    }
    if not overdrawn:
        return
    for posting in postings:
        entry = posting.entry
        for currency in {line.currency for line in entry.lines}:
            takes = balance_change(entry.lines, currency).available < 0
            if takes and not posting.may_overdraw and (entry.scope, currency) in overdrawn:
                raise OverdrawnError(f"{entry.step} of {entry.source}: {currency}")


def _entry_row(entry: JournalEntry) -> dict[str, Any]:
    first = entry.lines[0]
    return {
        "account": entry.scope.account,
        "livemode": entry.scope.livemode,
        "id": entry.id,
        "source_type": entry.source_type,
        "source": entry.source,
        "step": entry.step,
        "created": entry.created,
        "line_count": len(entry.lines),
        **msgspec.structs.asdict(first),
    }


def _further_line_rows(entry: JournalEntry) -> list[dict[str, Any]]:
    return [
        {
            "account": entry.scope.account,
            "livemode": entry.scope.livemode,
            "entry": entry.id,
            "line": number,
            **msgspec.structs.asdict(line),
        }
        for number, line in enumerate(entry.lines[1:], 2)
    ]


def _transaction_row(transaction: BalanceTransaction) -> dict[str, Any]:
    row = msgspec.structs.asdict(transaction)
    scope: AccountScope = row.pop("scope")
    return {"account": scope.account, "livemode": scope.livemode, **row}


def _balance_row(key: _Key, change: BalanceChange) -> dict[str, Any]:
    scope, currency = key
    return {
        "account": scope.account,
        "livemode": scope.livemode,
        "currency": currency,
        "available": change.available,
        "reserved": change.reserved,
    }


async def fetch_entries(conn: Conn, scope: AccountScope, source: str) -> list[JournalEntry]:
    """Return what a source, named by its id, posted, in order; nothing for one that does not exist."""
    records = await conn.fetch(_SQL["entries_of_source"], scope.account, scope.livemode, source)
    return entries_of(scope, records)


def entries_of(scope: AccountScope, records: Iterable[Mapping[str, Any]]) -> list[JournalEntry]:
    """Return journal entries from their lines, one record each; those of one entry stand together, in its order."""
    return [_entry(scope, list(lines)) for _, lines in groupby(records, key=itemgetter("id"))]


def _entry(scope: AccountScope, records: Sequence[Mapping[str, Any]]) -> JournalEntry:
    first = records[0]
    return JournalEntry(
        scope=scope,
        id=first["id"],
        source_type=first["source_type"],
        source=first["source"],
        step=first["step"],
        created=first["created"],
        lines=tuple(
            EntryLine(
                debit_account=record["debit_account"],
                credit_account=record["credit_account"],
                amount=record["amount"],
                currency=record["currency"],
            )
            for record in records
        ),
    )
