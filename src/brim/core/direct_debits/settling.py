"""Open lines that people say are batches, returned debits or transfers, posted as the matcher would."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from brim.base.currency import written_amount
from brim.base.errors import BrimError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import refunds
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits.batch_entries import booked_for, known_of
from brim.core.direct_debits.correcting import Correcting
from brim.core.direct_debits.credits import has_left
from brim.core.direct_debits.file_reading import FileReading
from brim.core.direct_debits.file_store import BankFile, FoundBatch
from brim.core.direct_debits.line_match import MOST_FEE, WHAT_MOVES, LineMatch
from brim.core.direct_debits.line_matching import UNBOOKED, transfer_of, unbooked_batches
from brim.core.direct_debits.line_posting import BOOKED_OTHERWISE, post_match
from brim.core.direct_debits.reading_again import find_line
from brim.core.direct_debits.rules import NO_REASON, AchFile, Entry, EntryStatus
from brim.core.direct_debits.undoing import undo_batch
from brim.core.events import Renderers
from brim.core.funding import BankSecrets
from brim.core.line_settlements import POSTED_HERE, LineSettlement, Part, PartKind, Suggestion
from brim.core.originators import Originator, find_originator, list_originators
from brim.core.push import TRANSFER_PREFIX, IncomingTransfer, TransferLine, TransferStatus, find_transfer
from brim.core.rails.ach import Transfers
from brim.core.reconciliation import LineStatus, MatchKind, ShownLine, StatementLineRow, fetch_lines
from brim.core.refunds import Refund
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_CLOSE_DAYS: Final = 5
_COLLECTED: Final = frozenset({EntryStatus.IN_FILE, EntryStatus.CONFIRMED, EntryStatus.RELEASED})


class UnfitMatchError(BrimError):
    """The batch, debit or transfer doesn't fit the statement line."""


class HandMatches:
    """Finds and posts what people match by hand: batches (`achf_.../1`), returned debits, transfers and refunds."""

    def __init__(self, database: Database, vault: Vault, renderers: Renderers) -> None:
        self._vault = vault
        self._renderers = renderers
        self._correcting = Correcting(BankSecrets(database, vault), vault, renderers)

    async def find_parts(
        self,
        conn: Conn,
        scope: AccountScope,
        *,
        bank_account: str,
        currency: str,
        batches: Sequence[str] = (),
        returns: Sequence[str] = (),
        transfers: Sequence[str] = (),
        refunded: Sequence[str] = (),
    ) -> tuple[Part, ...]:
        """Return the parts of a settlement that batches, returned debits, transfers that went back and refunds make.

        Each is whole; of a batch it is what belongs to something in the books, which after a restore may be less than
        the bank books for it.

        Raises:
            UnfitMatchError: there is none, it is another bank account's or in another currency, it was booked before,
                or it is named twice.
        """
        if batches or returns or refunded:
            _check_currency(await _of_bank_account(conn, scope, bank_account), currency)
        parts = []
        for target in batches:
            batch, originator = await self._find_batch(conn, scope, target, bank_account)
            reading = self._reading(conn, originator, "", now_ms=0, ids=IdFactory())
            name = f"{batch.file}/{batch.number}"
            if not (known := await known_of(reading, batch)):
                raise UnfitMatchError(f"Nothing that is in batch {name} is in the books.")
            parts.append(Part(kind=PartKind.BATCH, target=name, amount=known))
        for target in returns:
            entry, _ = await self._find_entry(conn, scope, target, bank_account)
            name = f"{entry.topup}/{entry.number}"
            parts.append(Part(kind=PartKind.RETURN, target=name, amount=-entry.amount))
        for target in transfers:
            transfer = await _find_transfer(conn, scope, target, bank_account, currency)
            parts.append(Part(kind=PartKind.TRANSFER_BACK, target=target, amount=-transfer.amount))
        for target in refunded:
            refund = await _find_refund(conn, scope, target, bank_account)
            parts.append(Part(kind=PartKind.REFUND, target=target, amount=-refund.amount))
        if len({part.target for part in parts}) < len(parts):
            raise UnfitMatchError("A batch, debit, transfer or refund is listed twice.")
        return tuple(parts)

    async def post(self, conn: Conn, settlement: LineSettlement, *, now_ms: int, ids: IdFactory) -> None:
        """Post the batches, returned debits, refunds and the transfer of a settlement, in the caller's transaction.

        Raises:
            UnfitMatchError: one was booked meanwhile, or has another amount by now; or it is no transfer.
        """
        matched = [part for part in settlement.parts if part.kind not in POSTED_HERE]
        if not matched:
            return
        scope = settlement.scope
        line = (await fetch_lines(conn, scope, [settlement.lines[0].line]))[settlement.lines[0].line]
        for part in matched:
            target = part.target or ""
            row = msgspec.structs.replace(line.unmatched(scope), amount=part.amount)
            if part.kind is PartKind.TRANSFER:
                originator = await _who_takes_transfers(conn, settlement, line)
                reading = self._reading(conn, originator, line.bank_file, now_ms=now_ms, ids=ids)
                written = await find_line(conn, self._vault, row)
                transfer = _as_kept(row, ids, now_ms) if written is None else await transfer_of(reading, written, row)
                match = LineMatch(kind=MatchKind.TRANSFER, id=transfer.transfer, transfer=transfer)
            elif part.kind is PartKind.TRANSFER_BACK:
                await _find_transfer(conn, scope, target, settlement.bank_account, settlement.currency)
                originator = await _of_bank_account(conn, scope, settlement.bank_account)
                match = LineMatch(kind=MatchKind.TRANSFER_BACK, id=target, taken_back=target)
            elif part.kind is PartKind.REFUND:
                refund = await _find_refund(conn, scope, target, settlement.bank_account)
                originator = await find_originator(conn, scope, refund.originator)
                match = LineMatch(kind=MatchKind.REFUND, id=target, credit=refund)
            elif part.kind is PartKind.BATCH:
                await file_store.lock_file(conn, scope, target.partition("/")[0])
                batch, originator = await self._find_batch(conn, scope, target, settlement.bank_account)
                match = LineMatch(kind=MatchKind.BATCH, id=target, batch=batch)
            else:
                entry, originator = await self._find_entry(conn, scope, target, settlement.bank_account)
                code = NO_REASON if entry.return_code is None else None
                match = LineMatch(kind=MatchKind.RETURN, id=target, entry=entry, return_code=code)
            reading = self._reading(conn, originator, line.bank_file, now_ms=now_ms, ids=ids)
            if match.batch is not None and await known_of(reading, match.batch) != part.amount:
                raise UnfitMatchError(f"The amount of batch {target} has changed.")
            try:
                unexplained = await post_match(reading, match, row)
            except BOOKED_OTHERWISE as error:
                raise UnfitMatchError(error.message) from error
            if unexplained is not None:
                raise UnfitMatchError(unexplained.problem)

    async def undo(
        self, conn: Conn, settlement: LineSettlement, *, is_trial: bool, now_ms: int, ids: IdFactory
    ) -> None:
        """Undo the batches of a settlement, in the caller's transaction; `is_trial` only tells whether that can be.

        Raises:
            MatchedSettlementError: see `undo_batch`.
        """
        scope = settlement.scope
        batches = [part for part in settlement.parts if part.kind is PartKind.BATCH]
        for part in sorted(batches, key=lambda each: each.target or ""):
            row = (await fetch_lines(conn, scope, [settlement.lines[0].line]))[settlement.lines[0].line]
            file = await file_store.lock_file(conn, scope, (part.target or "").partition("/")[0])
            if file is None:
                raise AssertionError("files are never removed")
            originator = await find_originator(conn, scope, file.originator)
            reading = self._reading(conn, originator, row.bank_file, now_ms=now_ms, ids=ids)
            line = row.unmatched(scope)
            await undo_batch(reading, file, part, line, settlement=settlement.id, is_trial=is_trial)

    async def suggest(self, conn: Conn, scope: AccountScope, line: ShownLine) -> list[Suggestion]:
        """Return which batches that no statement has booked an open line may be, with reasons, the likeliest first."""
        if line.status is not LineStatus.OPEN or not line.unposted:
            return []
        found = []
        for originator, file, batch in await unbooked_batches(conn, scope, line.bank_account):
            if line.currency != originator.profile.currency or not _is_near(line, batch):
                continue
            reading = self._reading(conn, originator, "", now_ms=0, ids=IdFactory())
            booked, known = await booked_for(reading, batch), await known_of(reading, batch)
            if known:
                found += _suggested(line, file, batch.number, (booked, known), batch.effective_date)
        return sorted(found, key=lambda each: -each.score)[:5]

    async def _find_batch(
        self, conn: Conn, scope: AccountScope, target: str, bank_account: str
    ) -> tuple[FoundBatch, Originator]:
        file_id, _, number = target.partition("/")
        file = (await file_store.fetch_files(conn, scope, [file_id])).get(file_id)
        if file is None or not (number.isascii() and number.isdigit() and len(number) <= 7):
            raise UnfitMatchError(f"There is no batch {target}. Write it as file/number, such as achf_.../1.")
        originator = await find_originator(conn, scope, file.originator)
        _check_account(target, originator, bank_account)
        batches = await file_store.find_batches_by_number(conn, scope, file.originator, int(number))
        batch = next((each for each in batches if each.file == file_id), None)
        if batch is None:
            raise UnfitMatchError(f"There is no batch {target}.")
        if not batch.is_unbooked or file.status not in UNBOOKED:
            raise UnfitMatchError(f"Batch {target} was already booked or rejected, or hasn't been sent.")
        return batch, originator

    async def _find_entry(
        self, conn: Conn, scope: AccountScope, target: str, bank_account: str
    ) -> tuple[Entry, Originator]:
        topup, _, number = target.partition("/")
        entries = [
            each
            for each in await entry_store.list_entries_of_topups(conn, scope, [topup])
            if not each.verifies and _came_back(each) and number in {"", str(each.number)}
        ]
        if not entries:
            raise UnfitMatchError(f"No debit of {target} was returned.")
        entry = max(entries, key=lambda each: each.number)
        originator = await find_originator(conn, scope, entry.originator)
        _check_account(target, originator, bank_account)
        return entry, originator

    def _reading(
        self, conn: Conn, originator: Originator, bank_file: str, *, now_ms: int, ids: IdFactory
    ) -> FileReading:
        by_hand = BankFile(
            id=bank_file,
            originator=originator.id,
            kind="statement",
            name="",
            status="applied",
            byte_count=0,
            findings="[]",
            received_ms=now_ms,
            applied_ms=now_ms,
            sha256=b"",
        )
        return FileReading(
            conn=conn,
            vault=self._vault,
            renderers=self._renderers,
            correcting=self._correcting,
            originator=originator,
            file=by_hand,
            content=b"",
            now_ms=now_ms,
            ids=ids,
        )


async def _who_takes_transfers(conn: Conn, settlement: LineSettlement, line: ShownLine) -> Originator:
    """Return the originator that takes the transfers of a settlement's bank account.

    Raises:
        UnfitMatchError: none does, or the settlement is not that one line is a transfer as a whole.
    """
    if len(settlement.lines) > 1 or len(settlement.parts) > 1 or settlement.amount != line.amount or line.amount <= 0:
        raise UnfitMatchError("A transfer must be a single credit line with its whole amount.")
    for each in await _all_of_bank_account(conn, settlement.scope, settlement.bank_account):
        if each.profile.transfers is Transfers.ON:
            return each
    raise UnfitMatchError(
        f"No originator takes the transfers of the bank account {settlement.bank_account}: set transfers in its "
        "profile to on."
    )


async def _of_bank_account(conn: Conn, scope: AccountScope, bank_account: str) -> Originator:
    found = await _all_of_bank_account(conn, scope, bank_account)
    if not found:
        raise UnfitMatchError(f"No originator has the bank account {bank_account}.")
    return found[0]


def _check_currency(originator: Originator, currency: str) -> None:
    """Raise UnfitMatchError if lines in a currency cannot be what an originator has collected."""
    if currency != originator.profile.currency:
        raise UnfitMatchError(f"The lines are in {currency.upper()}, and {WHAT_MOVES[originator.profile.rail]}.")


async def _all_of_bank_account(conn: Conn, scope: AccountScope, bank_account: str) -> list[Originator]:
    return [each for each in await list_originators(conn, scope) if each.profile.bank_account == bank_account]


async def _find_transfer(
    conn: Conn, scope: AccountScope, target: str, bank_account: str, currency: str
) -> IncomingTransfer:
    """Return a transfer that a debit of a bank account may take back.

    Raises:
        UnfitMatchError: there is none, it is of another bank account or currency, or it went back before.
    """
    try:
        found = await find_transfer(conn, scope, target)
    except ResourceMissingError as error:
        raise UnfitMatchError(f"There is no transfer {target}.") from error
    if (found.bank_account, found.currency) != (bank_account, currency):
        raise UnfitMatchError(f"{target} is of the bank account {found.bank_account}, in {found.currency.upper()}.")
    if found.status in {TransferStatus.RETURNED, TransferStatus.RECALLED, TransferStatus.ITEMIZED}:
        raise UnfitMatchError(f"The transfer {target} is already {found.status}.")
    return found


async def _find_refund(conn: Conn, scope: AccountScope, target: str, bank_account: str) -> Refund:
    """Return a refund that a debit of a bank account may have paid.

    Raises:
        UnfitMatchError: there is none, it is of another bank account, it has not left, or it was booked before.
    """
    found = (await refunds.fetch_refunds(conn, scope, [target])).get(target)
    if found is None:
        raise UnfitMatchError(f"There is no refund {target}.")
    originator = await find_originator(conn, scope, found.originator)
    _check_account(target, originator, bank_account)
    if found.settled_by is not None or not await has_left(conn, found, originator.profile):
        raise UnfitMatchError(f"The refund {target} was already booked, or hasn't been sent to the bank.")
    return found


def _as_kept(row: StatementLineRow, ids: IdFactory, now_ms: int) -> TransferLine:
    """Return a line as a transfer of whose payer, and of the account that it was sent to, nothing is known any more."""
    texts = tuple(text for text in (row.remittance, row.description, row.reference, row.bank_reference) if text)
    return TransferLine(row=row, texts=texts, transfer=ids.new_at(TRANSFER_PREFIX, now_ms))


def _check_account(target: str, originator: Originator, bank_account: str) -> None:
    if originator.profile.bank_account != bank_account:
        raise UnfitMatchError(f"{target} is of the bank account {originator.profile.bank_account}.")


def _came_back(entry: Entry) -> bool:
    """Tell whether a debit was returned; a collection of SEPA may be what a line takes back: no other file says so."""
    return entry.return_code is not None or (entry.is_sepa and entry.status in _COLLECTED)


def _is_near(line: ShownLine, batch: FoundBatch) -> bool:
    """Tell whether what a batch moves, in or out, is a line's amount or within a bank's fee of it."""
    return abs(max(batch.total_debit, batch.total_credit) - abs(line.unposted)) <= MOST_FEE


def _suggested(
    line: ShownLine, file: AchFile, number: int, amounts: tuple[int, int], effective: date
) -> list[Suggestion]:
    """Return a batch as a suggestion, if what the bank books for it is a line's amount or a bank's fee above it.

    What of it belongs to nothing in the books (`amounts` are all, and what does) is suggested to be put in suspense.
    """
    total, known = amounts
    fee = total - line.unposted
    if not 0 <= fee <= MOST_FEE or total * line.unposted <= 0:
        return []
    target, days = f"{file.id}/{number}", abs((line.booked_on - effective).days)
    score = (60 if not fee else 30) + (20 if days <= _CLOSE_DAYS else 0)
    reason = f"Batch {number} of {file.name} has this total" + (
        f", less {written_amount(fee, line.currency)} that may be a fee" if fee else ""
    )
    reason += f", and was due {days} {'day' if days == 1 else 'days'} from it, with no statement booking it."
    parts = [Part(kind=PartKind.BATCH, target=target, amount=known)]
    if total != known:
        reason += f" {written_amount(total - known, line.currency)} of it belongs to no top-up in it."
        parts.append(Part(kind=PartKind.SUSPENSE, amount=total - known))
    if fee:
        parts.append(Part(kind=PartKind.FEES, amount=-fee))
    return [Suggestion(lines=(line.id,), parts=tuple(parts), reason=reason, score=score)]
