"""What a statement that waits for approval would post: read, placed and matched as it is applied. Nothing is written.

Everything is read in one transaction that cannot write, so a preview holds no lock that anybody waits for.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final
from weakref import WeakKeyDictionary

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import file_store
from brim.core.direct_debits.correcting import Correcting
from brim.core.direct_debits.csv_mappings import PREVIEW_BYTES
from brim.core.direct_debits.file_reading import FileReading
from brim.core.direct_debits.file_store import BankFile
from brim.core.direct_debits.imported_statements import APPROVABLE, BankFileStateError, mapping_of, read_bank_bytes
from brim.core.direct_debits.incoming import Kind, kind_of
from brim.core.direct_debits.line_match import LineMatch
from brim.core.direct_debits.line_matching import asked_line, match_new
from brim.core.direct_debits.line_rows import bounded, reference_of, row_of
from brim.core.direct_debits.recalls import is_recalled
from brim.core.direct_debits.statement_lines import announced_alone, announced_together, is_of_account
from brim.core.events import Renderers
from brim.core.funding import BankSecrets
from brim.core.originators import find_originator, read_account_number
from brim.core.push import ForeseenTransfer, foresee_line, policy_of
from brim.core.reconciliation import (
    AnnouncedAlone,
    BankAccountName,
    Earlier,
    ForeseenStatement,
    LineFacts,
    StatementLineRow,
    check_applied_whole,
    facts_of,
    foresee_statement,
    is_line_known,
    payments_of,
    said_elsewhere,
)
from brim.core.reconciliation.formats import (
    Finding,
    Statement,
    StatementFile,
    StatementLine,
    StatementMapping,
    held_file,
    read_statement,
)
from brim.core.statement_mappings import find_mapping
from brim.platform.database import Database
from brim.platform.vault import Vault

MOST_PREVIEWED: Final = 100
"""How many lines, findings and statements a preview shows; only these lines are matched, in a fraction of a second."""
LARGEST_PREVIEWED: Final = 16 * 1024 * 1024
"""Bytes of a file that is previewed; one above `PREVIEW_BYTES` is read, and not placed or matched.

Uploads have at most ten million; of BAI2 it is 150,000 lines, which take 200 MB while they are read.
"""


class Outcome(StrEnum):
    """What would become of a line."""

    KNOWN = "known"
    """Another file has brought it: nothing is posted."""
    IN_DOUBT = "in_doubt"
    """It may be known or new: a person is asked."""
    POSTED = "posted"
    """It is matched, and posted."""
    OPEN = "open"
    """It becomes an open line: nothing explains it, or not all of it."""
    NOT_POSTED = "not_posted"
    """Its statement, or the line, is not read as one that could be posted."""
    UNMATCHED = "unmatched"
    """It was not looked at: the file is too large, or there are too many lines."""


class PreviewedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line, or a payment of the entry before it, and what would become of it; amounts are signed minor units.

    `matched` is what it is about, of the kind `matched_kind`; `account` is whom a transfer would credit.
    """

    statement: int
    booked_on: date | None
    amount: int
    currency: str
    description: str
    reference: str | None
    outcome: Outcome
    is_payment: bool = False
    matched_kind: str | None = None
    matched: str | None = None
    account: str | None = None
    problem: str | None = None


class PreviewedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of a file: its balances and sums in minor units, its place, and what a person would be asked."""

    account_last4: str
    is_ours: bool
    currency: str
    number: str
    period_from: date | None
    period_to: date | None
    opening: int | None
    closing: int | None
    line_count: int
    credits: int
    debits: int
    new_count: int | None = None
    place: str | None = None
    questions: tuple[str, ...] = ()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a file from the bank would post.

    `is_matched` tells whether it was placed and matched: a large file is only read, and one above `LARGEST_PREVIEWED`
    is not even that, so that it has no `verdict`.
    """

    file: BankFile
    mapping: str | None
    format: str
    verdict: str | None
    findings: Sequence[Finding]
    statements: Sequence[PreviewedStatement]
    statement_count: int
    lines: Sequence[PreviewedLine]
    line_count: int
    is_matched: bool


_large: Final = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]()
"""Of large files, a process reads one at a time."""


class Previews:
    """Previews files from the bank."""

    def __init__(self, database: Database, vault: Vault, renderers: Renderers) -> None:
        self._database = database
        self._vault = vault
        self._secrets = BankSecrets(database, vault)
        self._renderers = renderers

    async def preview(self, scope: AccountScope, file_id: str, *, now_ms: int, ids: IdFactory) -> Preview:
        """Return what a file from the bank would post, if it were applied now.

        Raises:
            ResourceMissingError: the platform has none of that id.
            BankFileStateError: it does not wait for an approval.
            BytesForgottenError: its bytes are gone.
            BankFileSeenOtherwiseError: they are not those that were stored.
            StatementBeingAppliedError: a part of another file of its bank account is applied: its end is not known.
        """
        async with self._database.connection() as conn:
            file = (await file_store.fetch_bank_files(conn, scope, [file_id])).get(file_id)
        if file is None:
            raise ResourceMissingError("bank file", file_id, param="bank_file", in_path=True)
        if file.status not in APPROVABLE:
            raise BankFileStateError(file, "previewed")
        if file.byte_count <= PREVIEW_BYTES:
            return await self._preview(file, scope, now_ms=now_ms, ids=ids)
        async with _large.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            return await self._preview(file, scope, now_ms=now_ms, ids=ids)

    async def _preview(self, file: BankFile, scope: AccountScope, *, now_ms: int, ids: IdFactory) -> Preview:
        await self._secrets.prepare()
        async with self._database.connection() as conn:
            originator = await find_originator(conn, scope, file.originator)
            content = await read_bank_bytes(conn, self._vault, scope, file)
            mapping = await mapping_of(conn, originator, content)
            saved = await find_mapping(conn, scope, originator.profile.bank_account)
            number = await read_account_number(conn, self._vault, originator)
            whose = originator.profile
            await check_applied_whole(conn, BankAccountName(scope, whose.bank_account, whose.currency))
        found = saved.mapping if saved and mapping else None
        if file.byte_count > PREVIEW_BYTES:
            return await asyncio.to_thread(_preview_large, content, file, found, mapping, number)
        read = await asyncio.to_thread(_read, content, file, found)
        async with self._database.transaction(isolation="repeatable_read", readonly=True) as conn:
            reading = FileReading(
                conn=conn,
                vault=self._vault,
                renderers=self._renderers,
                correcting=Correcting(self._secrets, self._vault, self._renderers),
                originator=originator,
                file=file,
                content=b"",
                now_ms=now_ms,
                ids=ids,
            )
            statements, lines = await _Foreseeing(reading, read, number).run()
        return _preview_of(read, file, mapping, statements, lines, is_matched=True)


def _preview_large(
    content: bytes, file: BankFile, found: StatementMapping | None, mapping: str | None, number: str
) -> Preview:
    """Return what a large file says. It is read, summed up and forgotten in one thread, so that the others go on."""
    read = _read(content, file, found)
    first = read.statements[:MOST_PREVIEWED]
    statements = [_shown(each, is_ours=is_of_account(read, each, number)) for each in first]
    return _preview_of(read, file, mapping, statements, _unmatched(read), is_matched=False)


def _preview_of(
    read: StatementFile,
    file: BankFile,
    mapping: str | None,
    statements: Sequence[PreviewedStatement],
    lines: Sequence[PreviewedLine],
    *,
    is_matched: bool,
) -> Preview:
    return Preview(
        file=file,
        mapping=mapping,
        format=read.format,
        verdict=None if file.byte_count > LARGEST_PREVIEWED else read.verdict,
        findings=read.findings[:MOST_PREVIEWED],
        statements=statements,
        statement_count=len(read.statements),
        lines=lines,
        line_count=sum(len(statement.lines) for statement in read.statements),
        is_matched=is_matched,
    )


def _read(content: bytes, file: BankFile, mapping: StatementMapping | None) -> StatementFile:
    if file.byte_count > LARGEST_PREVIEWED:
        return held_file("too_large", "The file is too large for a preview. Download it instead.")
    kind = kind_of(content, file.name)
    if kind is not Kind.STATEMENT:
        return held_file("not_a_statement", f"The file isn't a statement: it is read as {kind}.")
    return read_statement(content, mapping=mapping)


def _shown(statement: Statement, *, is_ours: bool, foreseen: ForeseenStatement | None = None) -> PreviewedStatement:
    amounts = [line.amount_minor for line in statement.lines]
    return PreviewedStatement(
        account_last4=statement.account_number[-4:],
        is_ours=is_ours,
        currency=statement.currency,
        number=statement.sequence or statement.statement_id,
        period_from=statement.period_from,
        period_to=statement.period_to,
        opening=statement.opening.amount_minor if statement.opening else None,
        closing=statement.closing.amount_minor if statement.closing else None,
        line_count=len(amounts),
        credits=sum(amount for amount in amounts if amount > 0),
        debits=sum(amount for amount in amounts if amount < 0),
        new_count=None if foreseen is None else len(foreseen.lines),
        place=None if foreseen is None else foreseen.place,
        questions=() if foreseen is None else foreseen.questions[:MOST_PREVIEWED],
    )


def _unmatched(read: StatementFile) -> list[PreviewedLine]:
    """Return the first lines of a file as they were read."""
    found = (
        _line(number, line, line.booking_date, Outcome.UNMATCHED)
        for number, statement in enumerate(read.statements)
        for line in statement.lines
    )
    return [line for line, _ in zip(found, range(MOST_PREVIEWED), strict=False)]


def _line(
    statement: int, line: StatementLine, booked_on: date | None, outcome: Outcome, *, is_payment: bool = False
) -> PreviewedLine:
    return PreviewedLine(
        statement=statement,
        booked_on=booked_on,
        amount=line.amount_minor,
        currency=line.currency,
        description=" ".join(text for text in (line.text, line.remittance) if text),
        reference=line.customer_reference or line.end_to_end_id or None,
        outcome=outcome,
        is_payment=is_payment,
    )


class _Said(msgspec.Struct, kw_only=True):
    """What other files have said that lines of a statement may be, and whether it is certain which lines are new."""

    elsewhere: frozenset[LineFacts] = frozenset()
    alone: AnnouncedAlone = msgspec.field(default_factory=lambda: AnnouncedAlone(()))
    is_certain: bool = True


def _part_of(row: StatementLineRow, payment: StatementLine) -> StatementLineRow:
    """Return a payment of an entry as the line that it would be."""
    return msgspec.structs.replace(
        row,
        amount=payment.amount_minor,
        parent=row.id,
        bank_reference=bounded(payment.bank_reference) or None,
        reference=reference_of(payment),
        description=payment.text,
        remittance=payment.remittance or None,
    )


class _Foreseeing:
    """Places the statements of a file and matches its first lines, each as if those before it had been posted."""

    def __init__(self, reading: FileReading, read: StatementFile, account_number: str) -> None:
        self._reading = reading
        self._read = read
        self._account_number = account_number
        self._earlier: dict[str, Earlier] = {}
        self._booked = set[str]()
        self._received: dict[str, int] = {}
        self._lines: list[PreviewedLine] = []

    async def run(self) -> tuple[list[PreviewedStatement], list[PreviewedLine]]:
        """Return the statements of the file, and its first lines."""
        postable = {id(statement): lines for statement, lines in self._read.postable_statements()}
        shown = []
        for number, statement in enumerate(self._read.statements):
            lines = postable.get(id(statement), ())
            is_ours = is_of_account(self._read, statement, self._account_number)
            foreseen = None
            if is_ours and id(statement) in postable:
                foreseen = await self._foresee(number, statement, lines)
            posted = {line.position for line in lines} if foreseen is not None else frozenset[int]()
            for line in statement.lines:
                if line.position not in posted and len(self._lines) < MOST_PREVIEWED:
                    self._lines.append(_line(number, line, line.booking_date, Outcome.NOT_POSTED))
            if number < MOST_PREVIEWED:
                shown.append(_shown(statement, is_ours=is_ours, foreseen=foreseen))
        return shown, self._lines

    async def _foresee(self, number: int, statement: Statement, lines: Sequence[StatementLine]) -> ForeseenStatement:
        whose = self._reading.originator
        rows = [
            row_of(whose, self._reading.file.id, statement, line, now_ms=self._reading.now_ms, ids=self._reading.ids)
            for line in lines
        ]
        of = BankAccountName(whose.scope, whose.profile.bank_account, statement.currency)
        earlier = self._earlier.setdefault(of.currency, Earlier())
        foreseen = await foresee_statement(self._reading.conn, statement, rows, of=of, earlier=earlier)
        new, in_doubt = set(foreseen.lines), set(foreseen.in_doubt)
        said = _Said(
            elsewhere=frozenset() if foreseen.is_certain else await said_elsewhere(self._reading.conn, of, rows),
            alone=await announced_alone(self._reading, of, rows, new if foreseen.is_certain else ())
            if any(payments_of(line) for line in lines)
            else AnnouncedAlone(()),
            is_certain=foreseen.is_certain,
        )
        together = await announced_together(self._reading, of, rows, foreseen)
        for position, (line, row) in enumerate(zip(lines, rows, strict=True)):
            if len(self._lines) >= MOST_PREVIEWED:
                break
            if position in new:
                await self._match(number, line, row, said, is_announced=position in together)
            else:
                outcome = Outcome.IN_DOUBT if position in in_doubt else Outcome.KNOWN
                self._lines.append(_line(number, line, row.booked_on, outcome))
        return foreseen

    async def _match(
        self, number: int, line: StatementLine, row: StatementLineRow, said: "_Said", *, is_announced: bool
    ) -> None:
        """Add a new line, and the payments that take its place."""
        shown = _line(number, line, row.booked_on, Outcome.KNOWN, is_payment=row.parent is not None)
        if not said.is_certain and await is_line_known(self._reading.conn, row):
            self._lines.append(shown)
            return
        asked = asked_line(self._reading, line, row)
        match = await match_new(asked, elsewhere=said.elsewhere, is_announced=is_announced)
        self._lines.append(await self._outcome(shown, match, row))
        payments = match.payments[: MOST_PREVIEWED - len(self._lines)]
        parts = [_part_of(row, payment) for payment in payments]
        announced = said.alone.take([facts_of(part) for part in parts])
        for position, (payment, part) in enumerate(zip(payments, parts, strict=True)):
            await self._match(number, payment, part, _Said(), is_announced=position in announced)

    async def _outcome(self, shown: PreviewedLine, match: LineMatch, row: StatementLineRow) -> PreviewedLine:
        problem = match.problem
        if problem is None and match.batch is not None and match.id is not None:
            if match.id in self._booked:
                problem = "An earlier line in this file books this batch."
            self._booked.add(match.id)
        account, is_open = None, problem is not None
        if match.transfer is not None and problem is None:
            transfer = await foresee_line(
                self._reading.conn,
                msgspec.structs.replace(match.transfer, row=row),
                policy=policy_of(self._reading.originator.profile),
                received=self._received,
            )
            account, problem = transfer.account, _suspended(transfer)
            if await is_recalled(self._reading, match.transfer):
                problem = "An open debit recalls it: it is received and immediately recalled."
        is_new_transfer = match.transfer is not None
        return msgspec.structs.replace(
            shown,
            outcome=Outcome.OPEN if is_open else Outcome.POSTED,
            matched_kind=match.kind,
            matched=None if is_new_transfer else match.id,
            account=account,
            problem=problem,
        )


def _suspended(transfer: ForeseenTransfer) -> str | None:
    """Return which part of a transfer goes into suspense, and why, for people; None where all of it is credited."""
    kept = [part for part in transfer.parts if part.reason is not None]
    if not kept:
        return None
    whole = "It" if len(transfer.parts) == 1 else f"A part of {kept[0].amount}"
    return f"{whole} goes into suspense: {str(kept[0].reason).replace('_', ' ')}."
