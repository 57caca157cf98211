"""What a file from the bank says, read again: a line as it is kept has less than the bank wrote."""

from collections.abc import Sequence

import msgspec

from brim.base.scope import AccountScope
from brim.core.direct_debits import file_store
from brim.core.direct_debits.file_store import bank_file_place
from brim.core.direct_debits.line_matching import transfer_texts
from brim.core.direct_debits.line_rows import bounded, reference_of
from brim.core.direct_debits.statement_lines import is_of_account
from brim.core.originators import Originator, find_originator, read_account_number
from brim.core.reconciliation import StatementLineRow, payments_of
from brim.core.reconciliation.formats import Statement, StatementLine, read_statement
from brim.core.statement_mappings import find_mapping
from brim.platform.database import Conn
from brim.platform.vault import Vault


class ReadAgain(msgspec.Struct, frozen=True):
    """A file that was read again: whose it is, and its statements of that bank account with their lines."""

    originator: Originator
    statements: Sequence[tuple[Statement, Sequence[StatementLine]]]


async def read_again(conn: Conn, vault: Vault, scope: AccountScope, file_id: str) -> ReadAgain | None:
    """Return what the statements of a file say; None where its bytes are not kept any more."""
    file = (await file_store.fetch_bank_files(conn, scope, [file_id])).get(file_id)
    kept = await file_store.find_bank_bytes(conn, scope, file_id)
    if file is None or kept is None or kept.sealed is None:
        return None
    originator = await find_originator(conn, scope, file.originator)
    number = await read_account_number(conn, vault, originator)
    saved = await find_mapping(conn, scope, originator.profile.bank_account)
    content = vault.open(kept.sealed, place=bank_file_place(scope, file_id))
    found = read_statement(content, mapping=saved.mapping if saved else None)
    return ReadAgain(
        originator,
        [
            (statement, lines)
            for statement, lines in found.postable_statements()
            if is_of_account(found, statement, number)
        ],
    )


async def find_line(conn: Conn, vault: Vault, row: StatementLineRow) -> StatementLine | None:
    """Return a line, or a payment of an entry, as the bank wrote it.

    None where its file is not kept any more, or lines that are kept as the same say different things.
    """
    found = await read_again(conn, vault, row.scope, row.bank_file)
    wanted = _kept(row)
    said: dict[object, StatementLine] = {}
    for statement, lines in found.statements if found is not None else ():
        if statement.currency != row.currency:
            continue
        for line in lines:
            for each in payments_of(line) if row.parent is not None else (line,):
                if wanted == (
                    each.amount_minor,
                    bounded(each.bank_reference) or None,
                    reference_of(each),
                    each.text,
                    each.remittance or None,
                ):
                    said.setdefault((transfer_texts(each), each.details), each)
    return next(iter(said.values())) if len(said) == 1 else None


def _kept(row: StatementLineRow) -> tuple[int, str | None, str | None, str, str | None]:
    """Return what is kept of what the bank wrote of a line."""
    return row.amount, row.bank_reference, row.reference, row.description, row.remittance
