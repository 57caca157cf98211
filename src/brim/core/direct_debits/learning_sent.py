"""What the files that have left are, written into an older database: files, their entries, and what these present.

Entries are matched to top-ups by the individual id (`comparing_files`) or the end-to-end id (`comparing_messages`),
and by the amount, so none of them goes out again; counters move past what was used. What nothing here is, is a break.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from brim.base.currency import written_amount
from brim.base.errors import BrimError
from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.core import corrections, dishonors, refunds, reversals
from brim.core.direct_debits import entry_store, file_store, prenote_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.comparing_files import FileDebit, batches_in, debits_of, find_presented, read_day
from brim.core.direct_debits.comparing_messages import (
    LONGEST_ID,
    Sent,
    SentDebit,
    batches_of,
    entry_of,
    file_of,
    is_message,
    mandate_of,
    read_message,
    references_in,
    topup_of,
)
from brim.core.direct_debits.counting import count_file
from brim.core.direct_debits.entry_store import Group, KnownTopup
from brim.core.direct_debits.file_store import Counters
from brim.core.direct_debits.microdeposit_entries import open_amounts
from brim.core.direct_debits.microdeposit_rules import number_of
from brim.core.direct_debits.positions import BATCH_NUMBERS, TRACES
from brim.core.direct_debits.refunding import SentRefund, learn_refund
from brim.core.direct_debits.representing import Place
from brim.core.direct_debits.reversing import learn_reversal
from brim.core.direct_debits.rules import (
    INDIVIDUAL_ID_LENGTH,
    AchFile,
    Entry,
    EntryStatus,
    FileStatus,
    moved,
)
from brim.core.direct_debits.sent_lists import (
    ListedFile,
)
from brim.core.dishonors import ReturnStatus
from brim.core.events import Renderers
from brim.core.originators import find_mandates, learn_used
from brim.core.rails.ach import (
    ACH,
    MOST_RETRIES,
    OriginatorProfile,
    nacha,
    usable_ms,
)
from brim.core.rails.ach.nacha import DishonourAddenda, FileHeader, FileReport
from brim.core.rails.sepa import SEPA, UnreadableMessageError
from brim.core.reconciliation import BreakKind, NewBreak
from brim.core.time import OwnerTime
from brim.core.topups import NewDate, Status, reschedule
from brim.platform.database import Conn
from brim.platform.vault import Vault

_BY_COMPARING: Final = "compare"
_GOES_OUT: Final = frozenset({EntryStatus.QUEUED, EntryStatus.IN_FILE, EntryStatus.REJECTED})
"""Where an entry that has left, as its file says, may stand in an older database."""


class CompareError(BrimError):
    """What has left cannot be learned; nothing was changed, and outgoing files stay held."""

    def __init__(self, file_id: str, reason: str) -> None:
        super().__init__(f"The file {file_id} was sent, and cannot be compared: {reason}")


def named_in(file_id: str, content: bytes) -> list[str]:
    """Return by what a file names what it presents: individual ids, or the ids of top-ups."""
    if is_message(content):
        return [debit.topup for debit in read_sent_message(file_id, content).debits]
    return [
        debit.individual_id for debit in debits_of(content) if debit.presents or debit.is_reversal or debit.is_refund
    ]


def read_sent_message(file_id: str, content: bytes) -> Sent:
    """Return what a message says that has left.

    Raises:
        CompareError: it cannot be read.
    """
    try:
        return read_message(content)
    except (UnreadableMessageError, ValueError) as error:
        raise CompareError(file_id, f"it cannot be read: {error}.") from error


class SentLearning:
    """What is learned from the files of one originator."""

    def __init__(
        self, conn: Conn, vault: Vault, renderers: Renderers, counters: Counters, *, now_ms: int, ids: IdFactory
    ) -> None:
        self._conn = conn
        self._renderers = renderers
        self._vault = vault
        self._originator = counters.originator
        self._scope = counters.originator.scope
        self._counters = counters
        self._now_ms = now_ms
        self._ids = ids
        self._next_trace = counters.next_trace
        self._next_batch = counters.next_batch
        self._dates: dict[str, NewDate] = {}
        self._presented: dict[str, list[KnownTopup]] = {}
        self.entries = 0
        self.breaks = 0

    async def hold_unsent(self, listed: set[str]) -> list[AchFile]:
        """Return what was made and has not left, held until the transaction ends."""
        return [
            file
            for status in (FileStatus.BUILT, FileStatus.APPROVED)
            for file in await file_store.files_standing_at(self._conn, self._scope, self._originator.id, status)
            if file.id not in listed
        ]

    async def hold_presented(self, individual_ids: Iterable[str]) -> None:
        """Hold the top-ups and prenotes of what has left, before any entry: all do so in this order."""
        wanted = sorted(set(individual_ids))
        if not wanted:
            return
        if self._originator.profile.sepa is not None:
            self._presented = await entry_store.lock_topups_by_individual_id(
                self._conn, self._scope, wanted, rail=SEPA, length=LONGEST_ID
            )
            return
        length = INDIVIDUAL_ID_LENGTH
        topups = await entry_store.lock_topups_by_individual_id(
            self._conn, self._scope, wanted, rail=ACH, length=length
        )
        prenotes = await prenote_store.lock_by_individual_id(self._conn, self._scope, wanted, length=length)
        self._presented = topups | prenotes

    async def void(self, files: Sequence[AchFile]) -> None:
        """Give up files that have not left; their entries wait for the next one."""
        for file in files:
            await file_store.update_file(self._conn, moved(file, FileStatus.VOIDED, voided_ms=self._now_ms))
            await entry_store.requeue_entries(self._conn, self._scope, file.id, standing_at=[EntryStatus.IN_FILE])
            await corrections.requeue_refusals(self._conn, self._scope, file.id)
            await dishonors.requeue_dishonors(self._conn, self._scope, file.id)
            await reversals.requeue_reversals(self._conn, self._scope, file.id)
            await refunds.requeue_refunds(self._conn, self._scope, file.id)

    async def learn(self, file_id: str, listed: ListedFile, content: bytes) -> None:
        """Write a file that has left as sent, with its entries."""
        if is_message(content) is not (self._originator.profile.sepa is not None):
            raise CompareError(file_id, "it is of another rail than its originator.")
        if is_message(content):
            await self._learn_message(file_id, listed, content)
        else:
            await self._learn_file(file_id, listed, content)

    async def _learn_file(self, file_id: str, listed: ListedFile, content: bytes) -> None:
        """Write a NACHA file that has left as sent, with its entries."""
        report = nacha.check(io.BytesIO(content), lenient=False)
        debits = list(debits_of(content))
        if report.verdict is nacha.Verdict.HOLD or report.header is None or len(debits) != report.totals.entries:
            raise CompareError(file_id, "it cannot be read.")
        for debit in debits:
            self._use(debit)
        moving = [debit for debit in debits if not debit.is_offset]
        matched = [(debit, find_presented(debit, self._presented)) for debit in debits if debit.presents]
        latest = await self._latest([topup for _, topup in matched if topup is not None])
        clocks = {clock for _, topup in matched if topup and (clock := _clock_of(topup, latest.get(topup.id)))}
        file = self._file(
            file_id, listed, content, report, report.header, clock=clocks.pop() if len(clocks) == 1 else None
        )
        sealed = self._vault.seal(content, place=file.place)
        await file_store.insert_file(self._conn, file, batches_in(report), sealed)
        await file_store.update_file(self._conn, file)
        placed = []
        for debit, topup in matched:
            if topup is not None and debit.is_microdeposit:
                placed += await self._learn_microdeposit(file, debit, topup)
                continue
            if topup is None:
                await self._break(file, debit, debit.unknown_reason)
                continue
            before = latest.get(topup.id)
            again = debit.is_retry and (before is None or _came_back(before))
            if before is not None and before.status not in _GOES_OUT and not again:
                await self._break(file, debit, f"{topup.id} was debited before, in {before.file}")
                continue
            if topup.status is not Status.PENDING:
                await self._break(file, debit, f"{topup.id} is {topup.status} here, but its debit was sent")
            entry = self._entry(file, debit, topup, before, again=again)
            placed.append(entry)
            latest[topup.id] = entry
            if not entry.verifies:
                self._dates[topup.id] = _date_of(
                    self._originator.profile, entry, read_day(debit.batch.effective_entry_date)
                )
        await entry_store.place_sent_entries(self._conn, placed)
        await self._learn_others(file, debits)
        await count_file(
            self._conn, self._originator, file, renderers=self._renderers, now_ms=self._now_ms, ids=self._ids
        )
        self.entries += len(moving)

    async def _learn_message(self, file_id: str, listed: ListedFile, content: bytes) -> None:
        """Write a message that has left as sent, with its collections: each names its top-up."""
        sent = read_sent_message(file_id, content)
        if sent.file_id != file_id:
            raise CompareError(file_id, f"its copy says that it is {sent.file_id}.")
        batches = batches_of(sent)
        for batch in batches:
            self._use_batch(batch.number)
        matched = [(debit, topup_of(debit, self._presented)) for debit in sent.debits]
        latest = await self._latest([topup for _, topup in matched if topup is not None])
        clocks = {clock for _, topup in matched if topup and (clock := _clock_of(topup, latest.get(topup.id)))}
        file = file_of(
            self._originator,
            sent,
            listed,
            content,
            used=await file_store.modifiers_used(
                self._conn, Group(self._scope, self._originator.id, None), sent.message.made.date()
            ),
            by=_BY_COMPARING,
            clock=clocks.pop() if len(clocks) == 1 else None,
            now_ms=self._now_ms,
        )
        await file_store.insert_file(self._conn, file, batches, self._vault.seal(content, place=file.place))
        await file_store.update_file(self._conn, file)
        known = await find_mandates(self._conn, self._scope, references_in(sent))
        mandates = {debit: mandate_of(debit, known, None if topup is None else topup.owner) for debit, topup in matched}
        placed = [
            entry
            for debit, topup in matched
            if (entry := await self._collected(file, debit, topup, latest, mandates[debit])) is not None
        ]
        await entry_store.place_sent_entries(self._conn, placed)
        used = [
            (*mandate, debit.topup or debit.collection.end_to_end_id)
            for debit, mandate in mandates.items()
            if mandate is not None and debit.uses_mandate
        ]
        await learn_used(self._conn, used)
        await count_file(
            self._conn, self._originator, file, renderers=self._renderers, now_ms=self._now_ms, ids=self._ids
        )
        self.entries += len(matched)

    async def _collected(
        self,
        file: AchFile,
        debit: SentDebit,
        topup: KnownTopup | None,
        latest: Mapping[str, Entry],
        mandate: tuple[AccountScope, str] | None,
    ) -> Entry | None:
        """Return the entry of a collection that has left, for its place; None where it is only a break."""
        if topup is None:
            await self._break_of(
                file, debit, "its top-up is not in this database, so its money will arrive without one"
            )
            return None
        before = latest.get(topup.id)
        if before is not None and (before.status not in _GOES_OUT or before.number != debit.number):
            where = f", in {before.file}" if before.file else ""
            await self._break_of(file, debit, f"{topup.id} was collected before{where}")
            return None
        if topup.status is not Status.PENDING:
            await self._break_of(file, debit, f"{topup.id} is {topup.status} here, but its collection was sent")
        elif mandate is None:
            name = debit.collection.mandate_reference
            await self._break_of(file, debit, f"it is under the mandate {name}, which is not in this database")
        entry = entry_of(file, debit, topup, before, authorization_id=None if mandate is None else mandate[1])
        self._dates[topup.id] = _date_of(self._originator.profile, entry, debit.due)
        iban = debit.collection.debtor_iban.encode()
        return msgspec.structs.replace(entry, sealed=self._vault.seal(iban, place=entry.place))

    async def _learn_microdeposit(self, file: AchFile, debit: FileDebit, known: KnownTopup) -> list[Entry]:
        """Return one entry of micro-deposits that has left, for its place; none where it is a break."""
        owner = AccountScope(known.owner, self._scope.livemode)
        found = (await prenote_store.fetch_prenotes(self._conn, owner, [known.id]))[known.id]
        amounts = open_amounts(self._vault, found)
        is_debit = not debit.is_credit
        number = None if amounts is None else number_of(debit.detail.amount_cents, amounts, is_debit=is_debit)
        entries = await entry_store.list_entries_of_topups(self._conn, self._scope, [known.id])
        before = next((entry for entry in entries if entry.number == number), None)
        if number is None or (before is not None and before.status not in _GOES_OUT):
            await self._break(file, debit, f"{known.id} has no such entry, or another file had it")
            return []
        entry = msgspec.structs.replace(
            self._entry(file, debit, known, None, again=False), number=number, amount=0, sealed=b""
        )
        number_on_file = debit.detail.dfi_account_number.strip().encode()
        return [msgspec.structs.replace(entry, sealed=self._vault.seal(number_on_file, place=entry.place))]

    async def _learn_others(self, file: AchFile, debits: Sequence[FileDebit]) -> None:
        """Record the reversals, refunds and dishonors of a file that has left."""
        for debit in debits:
            if debit.is_reversal:
                await self._learn_reversal(file, debit)
            elif debit.is_refund:
                await self._learn_refund(file, debit)
            elif debit.dishonor is not None:
                await self._learn_dishonor(file, debit, debit.dishonor)

    async def _learn_dishonor(self, file: AchFile, debit: FileDebit, told: DishonourAddenda) -> None:
        """Record that a dishonor has left, so that it does not leave twice; one with an unknown return is a break."""
        named = await dishonors.find_by_original_trace(self._conn, self._scope, [told.original_trace_number])
        known = next((each for each in named if each.trace == told.return_trace_number), None)
        if known is None:
            reason = f"it dishonors the return {told.return_trace_number}, which is not in this database"
            await self._break(file, debit, reason)
            return
        found = await dishonors.hold_return(self._conn, self._scope, known.id)
        if found.file is not None:
            await self._break(file, debit, f"the return {found.id} was already dishonored, in {found.file}")
            return
        learned = msgspec.structs.replace(
            found,
            status=ReturnStatus.DISHONORED,
            dishonor_code=told.return_reason_code,
            information=told.addenda_information.rstrip() or None,
            dishonored_ms=found.dishonored_ms or file.built_ms,
            dishonored_by=found.dishonored_by or _BY_COMPARING,
            leaves_ms=found.leaves_ms or file.built_ms,
            file=file.id,
            batch=debit.batch.batch_number,
            dishonor_trace=debit.detail.trace_number,
            ended_ms=None,
        )
        await dishonors.update_return(self._conn, learned)

    async def _learn_reversal(self, file: AchFile, debit: FileDebit) -> None:
        """Record that a reversal has left, and let its top-up end; one of an unknown debit is a break."""
        fitting = [
            topup for topup in self._presented.get(debit.individual_id, ()) if topup.amount == debit.detail.amount_cents
        ]
        sent = await self._latest(fitting)
        entries = [entry for entry in sent.values() if entry.file is not None and entry.return_code is None]
        if len(entries) != 1:
            await self._break(file, debit, "it reverses a debit that is not in this database")
            return
        is_learned = await learn_reversal(
            self._conn,
            entries[0],
            file=file,
            batch=debit.batch.batch_number,
            trace=debit.detail.trace_number,
            profile=self._originator.profile,
            by=_BY_COMPARING,
            renderers=self._renderers,
            moment=OwnerTime(self._now_ms, self._ids),
        )
        if not is_learned:
            await self._break(file, debit, f"the debit of {entries[0].topup} was already reversed or returned")

    async def _learn_refund(self, file: AchFile, debit: FileDebit) -> None:
        """Record that a refund has left, so that it does not leave twice; one of an unknown debit is a break."""
        sent = await self._latest(self._presented.get(debit.individual_id, ()))
        settled = [entry for entry in sent.values() if entry.effective_date is not None]
        entries = [entry for entry in settled if entry.return_code is None] or settled
        if len(entries) != 1:
            await self._break(file, debit, "it refunds a debit that is not in this database")
            return
        await learn_refund(
            self._conn,
            self._vault,
            entries[0],
            SentRefund(file.id, debit.batch.batch_number, debit.detail, _BY_COMPARING),
            profile=self._originator.profile,
            renderers=self._renderers,
            moment=OwnerTime(self._now_ms, self._ids),
        )

    async def _latest(self, topups: Sequence[KnownTopup]) -> dict[str, Entry]:
        found = await entry_store.list_entries_of_topups(self._conn, self._scope, [topup.id for topup in topups])
        return {entry.topup: entry for entry in found}  # in the order of their presentment, so the last one stays

    def _file(
        self,
        file_id: str,
        listed: ListedFile,
        content: bytes,
        report: FileReport,
        header: FileHeader,
        *,
        clock: str | None,
    ) -> AchFile:
        made_ms = created_of(file_id) * 1000
        return AchFile(
            scope=self._scope,
            id=file_id,
            originator=self._originator.id,
            test_clock=clock,
            status=FileStatus.SENT,
            name=listed.name,
            file_date=read_day(header.file_creation_date),
            file_time=header.file_creation_time,
            modifier=header.file_id_modifier,
            effective_date=min(batch.effective_date for batch in batches_in(report)),
            entry_count=report.totals.entries,
            total_debit=report.totals.debits_cents,
            total_credit=report.totals.credits_cents,
            byte_count=len(content),
            sha256=hashlib.sha256(content).digest(),
            built_ms=made_ms,
            approved_ms=made_ms,
            approved_by=_BY_COMPARING,
            sent_ms=self._now_ms,
        )

    def _entry(self, file: AchFile, debit: FileDebit, topup: KnownTopup, before: Entry | None, *, again: bool) -> Entry:
        """Return the entry of a debit: the next presentment if it re-presents `before`, which was returned."""
        detail = debit.detail
        place = _place_of(topup, before, again=again)
        entry = Entry(
            scope=self._scope,
            topup=topup.id,
            number=before.number + again if before else 1,
            owner=topup.owner,
            originator=self._originator.id,
            test_clock=_clock_of(topup, before),
            status=EntryStatus.IN_FILE,
            amount=detail.amount_cents,
            hold_days=topup.settlement_days or 0,
            transaction_code=int(detail.transaction_code),
            sec_code=debit.batch.standard_entry_class_code,
            routing_number=detail.rdfi_identification + detail.check_digit,
            last4=detail.dfi_account_number.strip()[-4:],
            sealed=b"",
            receiver_name=detail.individual_name.strip(),
            claimed_ms=file.built_ms,
            effective_date=read_day(debit.batch.effective_entry_date),
            file=file.id,
            batch=debit.batch.batch_number,
            trace=detail.trace_number,
            retry=place.retry,
            retry_of=place.retry_of,
            original_date=place.original_date,
        )
        number = detail.dfi_account_number.strip().encode()
        return msgspec.structs.replace(entry, sealed=self._vault.seal(number, place=entry.place))

    def _use(self, debit: FileDebit) -> None:
        """Count past a trace and a batch number. Both go round, so what is ahead is what is nearer that way."""
        trace = int(debit.detail.trace_number[-7:])
        self._next_trace = max(self._next_trace, _past(self._counters.next_trace, trace, TRACES))
        self._use_batch(debit.batch.batch_number)

    def _use_batch(self, batch: int) -> None:
        self._next_batch = max(self._next_batch, _past(self._counters.next_batch, batch, BATCH_NUMBERS))

    async def move_counters(self) -> None:
        """Leave traces and batch numbers behind that were used."""
        group = Group(self._scope, self._originator.id, None)
        await file_store.move_counters(
            self._conn,
            group,
            traces=self._next_trace - self._counters.next_trace,
            batches=self._next_batch - self._counters.next_batch,
        )

    async def promise(self) -> None:
        """Write when the money of what has left is usable."""
        if self._dates:
            await reschedule(
                self._conn, list(self._dates.values()), OwnerTime(self._now_ms, self._ids), renderers=self._renderers
            )

    async def _break(self, file: AchFile, debit: FileDebit, reason: str) -> None:
        await self._list(file, debit.detail.trace_number, debit.detail.amount_cents, reason)

    async def _break_of(self, file: AchFile, debit: SentDebit, reason: str) -> None:
        await self._list(file, debit.collection.end_to_end_id, debit.collection.amount, reason)

    async def _list(self, file: AchFile, trace: str, amount: int, reason: str) -> None:
        currency = self._originator.profile.currency
        new = NewBreak(
            scope=self._scope,
            kind=BreakKind.SENT,
            cause=f"{file.id}/{trace}",
            detail=f"A debit of {written_amount(amount, currency)} was sent in {file.id}: {reason}.",
            amount=amount,
            currency=currency,
            reference=trace,
        )
        opened = await list_break(self._conn, self._renderers, new, now_ms=self._now_ms, ids=self._ids)
        self.breaks += opened is not None


def _came_back(before: Entry) -> bool:
    """Tell whether an entry was returned, given that a later file re-presents its debit.

    A first presentment that has left was, though an older database may not know it. For a re-presentment this is
    unknown until its return is: the later file may hold the same one.
    """
    if before.status is EntryStatus.RETURNED:
        return True
    return before.retry == 0 and before.file is not None


def _place_of(topup: KnownTopup, before: Entry | None, *, again: bool) -> Place:
    if before is None:
        return Place(retry=topup.retry or int(again), retry_of=topup.root, original_date=topup.original_date)
    if not again:
        return Place(retry=before.retry, retry_of=before.retry_of, original_date=before.original_date)
    return Place(
        retry=min(before.retry + 1, MOST_RETRIES),
        retry_of=before.retry_of,
        original_date=before.original_date or before.effective_date,
    )


def _clock_of(topup: KnownTopup, before: Entry | None) -> str | None:
    return topup.test_clock or (before.test_clock if before else None)


def _date_of(profile: OriginatorProfile, entry: Entry, effective_date: date) -> NewDate:
    usable = usable_ms(profile, effective_date, entry.hold_days)
    return NewDate(
        scope=entry.owner_scope,
        topup=entry.topup,
        due_ms=usable,
        expected_availability_date=usable // 1000,
        test_clock=entry.test_clock,
    )


def _past(counter: int, used: int, count: int) -> int:
    """Return the counter's value after a number that was used, or the counter where that is behind it."""
    ahead = (used - counter) % count
    return counter + ahead + 1 if ahead < count // 2 else counter
