"""Debits that take back a transfer which no statement has brought yet: it is taken back as soon as it comes.

Statements may come out of order. Such a debit is an open line, whose break refers to what it names. The transfer is
received as any other, and taken back in the same transaction; the open line is settled with that.
"""

from collections.abc import Sequence
from typing import Final

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.core.bank_accounts import find_numbers
from brim.core.direct_debits.file_reading import FileReading
from brim.core.line_settlements import LineSettlement, LineTakenError, Part, PartKind, settle_by_itself
from brim.core.push import (
    RETURN_BODY,
    IncomingTransfer,
    TransferLine,
    find_references,
    find_taken_back,
    numbers_in,
    policy_of,
    return_reference_of,
    take_back_line,
)
from brim.core.rails.ach import OriginatorProfile
from brim.core.reconciliation import (
    BreakKind,
    LineStatus,
    OpenBreak,
    ShownLine,
    fetch_breaks,
    fetch_lines,
    find_open_breaks,
)
from brim.platform.database import Conn

_MATCHER: Final = Actor(kind=ActorKind.JOB, name="matcher")


def recalled_name(profile: OriginatorProfile, texts: Sequence[str]) -> str | None:
    """Return the one reference, or else the one virtual account number, by which a debit names a transfer.

    None where it names none, or several.
    """
    references = [*find_references(texts), *find_references(texts, length=RETURN_BODY)]
    numbers = policy_of(profile).numbers
    if not references and numbers is not None:
        references = [each for each in find_numbers(texts) if each in numbers]
    return references[0] if len(references) == 1 else None


async def find_recalled(reading: FileReading, transfers: Sequence[IncomingTransfer]) -> set[str]:
    """Return the ids of those transfers, planned and not written yet, that open debits of their amount name."""
    said = await _debits_naming(reading, sorted({name for each in transfers for name in _names_of(each)}))
    return {
        each.id
        for each in transfers
        if said and any((name, -each.amount, each.currency) in said for name in _names_of(each))
    }


async def is_recalled(reading: FileReading, line: TransferLine) -> bool:
    """Tell whether an open debit of the amount of a transfer, which has not come yet, names it."""
    names = [*find_references(line.texts), *numbers_in(line), return_reference_of(line.row, 1)]
    said = await _debits_naming(reading, names)
    return any((name, -line.row.amount, line.row.currency) in said for name in names)


async def _debits_naming(reading: FileReading, names: Sequence[str]) -> set[tuple[str, int | None, str | None]]:
    """Return which of some names open lines refer to, with their amounts and currencies."""
    conn, scope = reading.conn, reading.originator.scope
    opened = await find_open_breaks(conn, scope, [BreakKind.LINE], names) if names else []
    if not opened:
        return set()
    found = await fetch_breaks(conn, scope, [each.id for each in opened])
    return {(each.reference, found[each.id].amount, found[each.id].currency) for each in opened}


def _names_of(transfer: IncomingTransfer) -> list[str]:
    """Return by what a debit may name a transfer."""
    return [name for name in (transfer.reference, transfer.number, transfer.return_reference) if name]


async def take_back_received(reading: FileReading, received: Sequence[IncomingTransfer]) -> None:
    """Take back those transfers, just received, of which an open debit says so beyond doubt; settle its line.

    Of several debits that say the same of one, the oldest is meant.
    """
    for transfer in received:
        scope = reading.originator.scope
        for opened in await find_open_breaks(reading.conn, scope, [BreakKind.LINE], _names_of(transfer)):
            line = await _line_of(reading, opened, transfer)
            if line is not None and await _settle(reading, line, transfer):
                break


async def _line_of(reading: FileReading, opened: OpenBreak, transfer: IncomingTransfer) -> ShownLine | None:
    """Return the line of a break, if it is an open debit that can mean nothing but a transfer."""
    conn, scope = reading.conn, reading.originator.scope
    found = (await fetch_breaks(conn, scope, [opened.id]))[opened.id]
    if found.line is None or (found.amount, found.currency) != (-transfer.amount, transfer.currency):
        return None
    line = (await fetch_lines(conn, scope, [found.line]))[found.line]
    if line.bank_account != transfer.bank_account or line.status is not LineStatus.OPEN:
        return None
    meant = await find_taken_back(
        conn,
        scope,
        [opened.reference],
        amount=transfer.amount,
        currency=transfer.currency,
        bank_account=transfer.bank_account,
    )
    return line if meant == transfer.id else None


async def _settle(reading: FileReading, line: ShownLine, transfer: IncomingTransfer) -> bool:
    """Settle a line with a transfer that it takes back; return False where somebody has just resolved its break."""
    part = Part(kind=PartKind.TRANSFER_BACK, target=transfer.id, amount=line.amount)
    try:
        async with reading.conn.transaction():
            await settle_by_itself(
                reading.conn,
                reading.originator.scope,
                line,
                part,
                note=f"It reverses {transfer.id}, which appeared on a later statement.",
                bank_file=reading.file.id,
                matches=_TakenBack(reading, line),
                by=_MATCHER,
                now_ms=reading.now_ms,
                ids=reading.ids,
            )
    except LineTakenError:
        return False
    return True


class _TakenBack:
    """Posts that a line takes back a transfer that was just received."""

    def __init__(self, reading: FileReading, line: ShownLine) -> None:
        self._reading = reading
        self._reference = f"{line.bank_account}/{line.line_key}"

    async def post(self, conn: Conn, settlement: LineSettlement, *, now_ms: int, ids: IdFactory) -> None:
        (part,) = settlement.parts
        problem = await take_back_line(
            conn,
            settlement.scope,
            part.target or "",
            line=self._reference,
            renderers=self._reading.renderers,
            now_ms=now_ms,
            ids=ids,
        )
        if problem is not None:
            raise AssertionError(problem)
