"""What whoever posts may rely on: bad entries are refused with all that comes along, and others seal them."""

import pytest

from brim.base.ids import IdFactory
from brim.core import ledger
from brim.core.ledger import AVAILABLE, FUNDING_CLEARING, EntryLine, JournalEntry, Posting
from brim.core.ledger.rules import InvalidEntryError
from brim.platform.database import Database
from tests.support.books import OWNER, rows
from tests.support.chains import seal_all

IDS = IdFactory()


def _posting(*lines: EntryLine, source: str) -> Posting:
    return Posting(
        entry=JournalEntry(
            scope=OWNER, id=IDS.new("je_"), source_type="payout", source=source, step="payout", lines=lines, created=7
        )
    )


async def _post(database: Database, *postings: Posting) -> None:
    async with database.transaction() as conn:
        await ledger.lock_balances(conn, {(OWNER, "usd")})
        await ledger.post_entries(conn, postings)


def _line(debit: str, credit: str, amount: int = 5) -> EntryLine:
    return EntryLine(debit_account=debit, credit_account=credit, amount=amount, currency="usd")


@pytest.mark.parametrize("line", [_line("cash", AVAILABLE), _line("fees", "bank:"), _line("fees", "fees")])
async def test_an_entry_outside_of_the_chart_is_not_posted_nor_what_comes_with_it(
    database: Database, line: EntryLine
) -> None:
    good = _posting(_line(FUNDING_CLEARING, AVAILABLE), source="po_1")
    with pytest.raises(InvalidEntryError):
        await _post(database, good, _posting(line, source="po_2"))
    assert await rows(database, "TABLE journal_entries") == []
    assert await rows(database, "TABLE balances") == []


async def test_entries_are_left_for_the_worker_to_seal_unless_that_is_asked_for(database: Database) -> None:
    """Sealing holds the account's chain to the end of the transaction, and so everybody else who posts there."""
    await _post(database, _posting(_line(FUNDING_CLEARING, AVAILABLE), source="po_1"))
    await seal_all(database)  # so that there is a chain to hold
    posting = _posting(_line(FUNDING_CLEARING, AVAILABLE), source="po_2")
    await _post(database, posting)
    (waiting,) = await rows(database, "TABLE unsealed_entries")
    assert waiting["entry"] == posting.entry.id
    assert len(await rows(database, "TABLE entry_seals")) == 1
