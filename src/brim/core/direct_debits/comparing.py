"""After an older database was restored: learns from what has left what the bank may have, and lets files go again.

The lists beside the outgoing folders name what has left, and sealed copies have its bytes (`sent_lists`). Each file
that the database does not know is written into it as sent. Its entries are matched to top-ups by the individual id, or
the end-to-end id (`comparing_messages`), and the amount, so none of them goes out again; counters move past what was
used. All of it in the caller's transaction.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from brim.base.actor import Actor
from brim.base.errors import BrimError
from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.core import audit, corrections, dishonors, refunds, reversals
from brim.core.audit import Action
from brim.core.direct_debits import entry_store, file_store, lineage_store, prenote_store, reading_store
from brim.core.direct_debits.announcing import list_break
from brim.core.direct_debits.comparing_messages import (
    LONGEST_ID,
    Sent,
    SentDebit,
    batches_of,
    entry_of,
    file_of,
    is_message,
    is_of_creditor,
    mandate_of,
    read_message,
    references_in,
    topup_of,
)
from brim.core.direct_debits.counting import count_file
from brim.core.direct_debits.encoding import OFFSET_ID, REFUSAL_CLASS
from brim.core.direct_debits.entry_store import Group, KnownTopup
from brim.core.direct_debits.file_store import Counters
from brim.core.direct_debits.microdeposit_entries import open_amounts
from brim.core.direct_debits.microdeposit_rules import MICRODEPOSIT_DESCRIPTION, number_of
from brim.core.direct_debits.positions import BATCH_NUMBERS, TRACES
from brim.core.direct_debits.refunding import SentRefund, learn_refund
from brim.core.direct_debits.representing import Place
from brim.core.direct_debits.reversing import learn_reversal
from brim.core.direct_debits.rules import (
    CHECKING_CREDIT,
    INDIVIDUAL_ID_LENGTH,
    SAVINGS_CREDIT,
    AchFile,
    Batch,
    Entry,
    EntryStatus,
    FileStatus,
    moved,
)
from brim.core.direct_debits.sending import RESTORED, UNKNOWN_FILES
from brim.core.direct_debits.sent_lists import (
    SENT_LIST,
    ListedFile,
    has_list,
    last_folder,
    list_sent,
    read_sent_copy,
    read_sent_lists,
    unknown_sent_files,
)
from brim.core.dishonors import ReturnStatus
from brim.core.events import Renderers
from brim.core.originators import Originator, find_mandates, find_originator, learn_used
from brim.core.rails.ach import (
    ACH,
    MOST_RETRIES,
    RETRY_DESCRIPTION,
    REVERSAL_DESCRIPTION,
    OriginatorProfile,
    nacha,
    usable_ms,
)
from brim.core.rails.ach.nacha import BatchHeader, DishonourAddenda, EntryDetail, FileHeader, FileReport
from brim.core.rails.sepa import SEPA, UnreadableMessageError
from brim.core.reconciliation import BreakKind, NewBreak
from brim.core.time import OwnerTime
from brim.core.topups import NewDate, Status, reschedule
from brim.platform.database import Conn
from brim.platform.vault import Vault

_BY_COMPARING: Final = "compare"
_GOES_OUT: Final = frozenset({EntryStatus.QUEUED, EntryStatus.IN_FILE, EntryStatus.REJECTED})
"""Where an entry that has left, as its file says, may stand in an older database."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison came to: files and entries that were written as sent, files given up, breaks, files let go.

    `went_on` is the folder in which files were sent later than in the profile's, None where it is still that one.
    """

    files: int = 0
    entries: int = 0
    voided: int = 0
    breaks: int = 0
    released: int = 0
    went_on: str | None = None


class GivenFile(NamedTuple):
    """A file that somebody says has left, with the name that it has."""

    name: str
    content: bytes


class CompareError(BrimError):
    """What has left cannot be learned; nothing was changed, and outgoing files stay held."""

    def __init__(self, file_id: str, reason: str) -> None:
        super().__init__(f"The file {file_id} has left, and cannot be compared: {reason}")


class ListMissingError(BrimError):
    """The list of what has left is not there, or is an older one; nothing was changed, and files stay held."""

    def __init__(self, folder: Path, file_id: str | None) -> None:
        lacks = "is missing" if file_id is None else f"does not name {file_id}, which has left"
        super().__init__(
            f"The list {folder / SENT_LIST} {lacks}, so it does not tell what the bank may have. Bring the newest one "
            "back. If it is lost, or nothing was ever sent, ask the bank for all files that it has had from you, and "
            "then compare with --without-list."
        )


class _Debit(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a file that has left, and its batch."""

    batch: BatchHeader
    detail: EntryDetail
    dishonor: DishonourAddenda | None = None

    @property
    def is_refusal(self) -> bool:
        """Whether it tells a bank that its notification of change is refused, and moves nothing."""
        return self.batch.standard_entry_class_code == REFUSAL_CLASS

    @property
    def presents(self) -> bool:
        """Whether it presents a top-up or a prenote."""
        return not (self.is_refusal or self.dishonor or self.is_offset or self.is_reversal or self.is_refund)

    @property
    def is_retry(self) -> bool:
        """Whether it presents a returned debit again."""
        return self.batch.company_entry_description.strip() == RETRY_DESCRIPTION

    @property
    def is_offset(self) -> bool:
        """Whether it moves on the originator's account what its batch moves on those of others."""
        return self.individual_id == OFFSET_ID

    @property
    def is_microdeposit(self) -> bool:
        """Whether it is one of the entries whose amounts the holder of a bank account states."""
        return self.batch.company_entry_description.strip() == MICRODEPOSIT_DESCRIPTION

    @property
    def is_reversal(self) -> bool:
        """Whether it takes a debit back."""
        return self.batch.company_entry_description.strip() == REVERSAL_DESCRIPTION and not self.is_offset

    @property
    def is_refund(self) -> bool:
        """Whether it pays a debit back that was right."""
        return self.is_credit and not (self.is_offset or self.is_reversal or self.is_microdeposit)

    @property
    def is_credit(self) -> bool:
        return int(self.detail.transaction_code) in {CHECKING_CREDIT, SAVINGS_CREDIT}

    @property
    def unknown_reason(self) -> str:
        """Why a person has to look at it, if nothing in the database is what it presents."""
        if self.is_microdeposit:
            return "it is a micro-deposit that is not in this database, which verifies no bank account"
        if not self.detail.amount_cents:
            return "it is a prenote that is not in this database, which says of no bank account what comes back"
        return "its top-up is not in this database: money will come without one"

    @property
    def individual_id(self) -> str:
        return self.detail.individual_identification_number.strip()


async def compare_sent(  # noqa: PLR0913  who asks, when and by what means
    conn: Conn,
    vault: Vault,
    renderers: Renderers,
    scope: AccountScope,
    originator_id: str,
    *,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    without_list: bool = False,
    given: Sequence[GivenFile] = (),
) -> Comparison:
    """Write what has left into the database, and release outgoing files; in the caller's transaction.

    Files that were made and not sent are given up: their traces may be used, or what comes in may forbid their entries.
    These wait for the next file, but for those that the unknown files have. Nothing leaves before all is read that the
    bank has sent by now. Done again, it changes nothing.
    In a database that was restored, the folder must have its list, unless somebody says that there is none
    (`without_list`). What has left may be `given` where no copy of it was kept, and messages of SEPA, which name
    themselves, where no list does; these are listed then.

    Raises:
        ResourceMissingError: there is no such originator.
        ListMissingError: the database was restored, and the folder's list is missing or older than it.
        CompareError: the copy of a file is missing, or it is not what the list says; or a file that is given is none of
            the originator's that has left.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read what is encrypted.
    """
    originator = await find_originator(conn, scope, originator_id)
    await entry_store.hold_clocks(conn, scope)
    counters = await file_store.lock_counters(conn, scope, originator_id)
    if counters is None:
        raise CompareError(originator_id, "its originator is gone.")
    folder = Path(originator.profile.list_folder)
    is_restored = not await lineage_store.is_compared(conn, scope, originator_id)
    if not without_list and is_restored:
        await _require_list(conn, originator, folder)
    listed_before = await unknown_sent_files(conn, originator)
    unlisted = await _unlisted(conn, vault, originator, folder, given, listed_before)
    # In the order in which they were made: what was rejected and went out again is in the later one.
    unknown = dict(sorted({**listed_before, **unlisted}.items()))
    comparing = _Comparing(conn, vault, renderers, counters, now_ms=now_ms, ids=ids)
    is_anew = is_restored and not without_list  # without a list, it may have left
    unsent = await comparing.hold_unsent(set(read_sent_lists(folder))) if unknown or is_anew else []
    await comparing.hold_presented(
        name
        for file_id, listed in unknown.items()
        for name in _named_in(file_id, _opened(vault, scope, file_id, listed, given))
    )
    await comparing.void(unsent)
    for file_id, listed in unknown.items():
        await comparing.learn(file_id, listed, _opened(vault, scope, file_id, listed, given))
        if file_id in unlisted:
            _list_anew(vault, originator, file_id, listed, given)
    await comparing.move_counters()
    await comparing.promise()
    await lineage_store.set_compared(conn, scope, originator_id)
    if unknown or is_restored:
        await reading_store.await_reading(conn, (scope, originator_id), since_ms=now_ms)
    released = 0
    for reason in (UNKNOWN_FILES, RESTORED):
        released += await file_store.release_held(conn, scope, originator_id, because=reason)
    last = last_folder(folder)
    found = Comparison(
        files=len(unknown),
        entries=comparing.entries,
        voided=len(unsent),
        breaks=comparing.breaks,
        released=released,
        went_on=None if last == folder else str(last),
    )
    detail = (
        f"{originator_id}: {found.files} files and {found.entries} entries learned, {found.voided} unsent files given "
        f"up, {found.breaks} breaks"
    )
    await audit.record(conn, by, Action.ACH_COMPARED, scope=scope, detail=detail, now_ms=now_ms, ids=ids)
    return found


async def _require_list(conn: Conn, originator: Originator, folder: Path) -> None:
    """Check that a folder has its list, and that it names what the bank has not answered as far as the database knows.

    Raises:
        ListMissingError: it has none, or an older one.
    """
    if not has_list(folder):
        raise ListMissingError(folder, None)
    listed = read_sent_lists(folder)
    for file in await file_store.files_unanswered(conn):
        if file.scope == originator.scope and file.originator == originator.id and file.id not in listed:
            raise ListMissingError(folder, file.id)


async def _unlisted(
    conn: Conn,
    vault: Vault,
    originator: Originator,
    folder: Path,
    given: Sequence[GivenFile],
    unknown: Mapping[str, ListedFile],
) -> dict[str, ListedFile]:
    """Return the messages among given files that no list names and the database does not know.

    One that the database knows and has not sent is listed: from now on it may have left, and is not given up.

    Raises:
        CompareError: a file is none that a list names, and no message of ours.
    """
    hashes = {file.sha256 for file in (*read_sent_lists(folder).values(), *unknown.values())}
    found: dict[str, ListedFile] = {}
    for file in given:
        sha256 = hashlib.sha256(file.content).hexdigest()
        if sha256 in hashes:
            continue
        if originator.profile.sepa is None or not is_message(file.content):
            raise CompareError(file.name, "no list names it, and only messages of SEPA say themselves what they are.")
        sent = _read_message(file.name, file.content)
        if not is_of_creditor(sent, originator.profile.sepa):
            raise CompareError(file.name, "it collects for another creditor.")
        if sent.file_id in unknown:
            raise CompareError(file.name, f"it is not what the list says has left as {sent.file_id}.")
        known = (await file_store.fetch_files(conn, originator.scope, [sent.file_id])).get(sent.file_id)
        if known is not None and (known.sha256.hex() != sha256 or known.status is FileStatus.VOIDED):
            raise CompareError(file.name, f"the database knows {sent.file_id} otherwise: it is {known.status}.")
        if known is None:
            found[sent.file_id] = ListedFile(sha256, f"{sent.file_id}.xml", folder, originator.id)
        elif known.status in {FileStatus.BUILT, FileStatus.APPROVED}:
            listed = ListedFile(sha256, known.name, folder, originator.id)
            _list_anew(vault, originator, known.id, listed, given)
    return found


def _list_anew(
    vault: Vault, originator: Originator, file_id: str, listed: ListedFile, given: Sequence[GivenFile]
) -> None:
    """Write a message that somebody has given into the list of what has left, for the next restore."""
    scope = originator.scope
    content = _opened(vault, scope, file_id, listed, given)
    sealed = vault.seal(content, place=f"ach_file/{scope.account}/{scope.livemode}/{file_id}")
    list_sent(listed.folder, listed.name, content, file_id=file_id, sealed=sealed, originator=originator.id)


def _named_in(file_id: str, content: bytes) -> list[str]:
    """Return by what a file names what it presents: individual ids, or the ids of top-ups."""
    if is_message(content):
        return [debit.topup for debit in _read_message(file_id, content).debits]
    return [debit.individual_id for debit in _debits(content) if debit.presents or debit.is_reversal or debit.is_refund]


def _read_message(file_id: str, content: bytes) -> Sent:
    try:
        return read_message(content)
    except (UnreadableMessageError, ValueError) as error:
        raise CompareError(file_id, f"it cannot be read: {error}.") from error


def _opened(vault: Vault, scope: AccountScope, file_id: str, listed: ListedFile, given: Sequence[GivenFile]) -> bytes:
    if not listed.sha256:
        raise CompareError(f"in {listed.folder}", "files went there, and its list of them is not there any more.")
    by_hand = next((each for each in given if hashlib.sha256(each.content).hexdigest() == listed.sha256), None)
    if by_hand is not None:
        return by_hand.content
    try:
        sealed = read_sent_copy(file_id, listed)
    except FileNotFoundError:
        raise CompareError(file_id, "no copy of it was kept beside the list. Give it with --file.") from None
    content = vault.open(sealed, place=f"ach_file/{scope.account}/{scope.livemode}/{file_id}")
    if hashlib.sha256(content).hexdigest() != listed.sha256:
        raise CompareError(file_id, "its copy is not what the list says has left.")
    return content


class _Comparing:
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
        debits = list(_debits(content))
        if report.verdict is nacha.Verdict.HOLD or report.header is None or len(debits) != report.totals.entries:
            raise CompareError(file_id, "it cannot be read.")
        for debit in debits:
            self._use(debit)
        moving = [debit for debit in debits if not debit.is_offset]
        matched = [(debit, _match(debit, self._presented)) for debit in debits if debit.presents]
        latest = await self._latest([topup for _, topup in matched if topup is not None])
        clocks = {clock for _, topup in matched if topup and (clock := _clock_of(topup, latest.get(topup.id)))}
        file = self._file(
            file_id, listed, content, report, report.header, clock=clocks.pop() if len(clocks) == 1 else None
        )
        sealed = self._vault.seal(content, place=file.place)
        await file_store.insert_file(self._conn, file, _batches(report), sealed)
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
                await self._break(file, debit, f"{topup.id} is {topup.status} here, and its debit has left")
            entry = self._entry(file, debit, topup, before, again=again)
            placed.append(entry)
            latest[topup.id] = entry
            if not entry.verifies:
                self._dates[topup.id] = _date_of(
                    self._originator.profile, entry, _day(debit.batch.effective_entry_date)
                )
        await entry_store.place_sent_entries(self._conn, placed)
        await self._learn_others(file, debits)
        await count_file(
            self._conn, self._originator, file, renderers=self._renderers, now_ms=self._now_ms, ids=self._ids
        )
        self.entries += len(moving)

    async def _learn_message(self, file_id: str, listed: ListedFile, content: bytes) -> None:
        """Write a message that has left as sent, with its collections: each names its top-up."""
        sent = _read_message(file_id, content)
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
            await self._break_of(file, debit, "its top-up is not in this database: money will come without one")
            return None
        before = latest.get(topup.id)
        if before is not None and (before.status not in _GOES_OUT or before.number != debit.number):
            where = f", in {before.file}" if before.file else ""
            await self._break_of(file, debit, f"{topup.id} was collected before{where}")
            return None
        if topup.status is not Status.PENDING:
            await self._break_of(file, debit, f"{topup.id} is {topup.status} here, and its collection has left")
        elif mandate is None:
            name = debit.collection.mandate_reference
            await self._break_of(file, debit, f"it is under the mandate {name}, which is not in this database")
        entry = entry_of(file, debit, topup, before, authorization_id=None if mandate is None else mandate[1])
        self._dates[topup.id] = _date_of(self._originator.profile, entry, debit.due)
        iban = debit.collection.debtor_iban.encode()
        return msgspec.structs.replace(entry, sealed=self._vault.seal(iban, place=entry.place))

    async def _learn_microdeposit(self, file: AchFile, debit: _Debit, known: KnownTopup) -> list[Entry]:
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

    async def _learn_others(self, file: AchFile, debits: Sequence[_Debit]) -> None:
        """Record the reversals, refunds and dishonors of a file that has left."""
        for debit in debits:
            if debit.is_reversal:
                await self._learn_reversal(file, debit)
            elif debit.is_refund:
                await self._learn_refund(file, debit)
            elif debit.dishonor is not None:
                await self._learn_dishonor(file, debit, debit.dishonor)

    async def _learn_dishonor(self, file: AchFile, debit: _Debit, told: DishonourAddenda) -> None:
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

    async def _learn_reversal(self, file: AchFile, debit: _Debit) -> None:
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
            await self._break(file, debit, f"the debit of {entries[0].topup} was already reversed, or has come back")

    async def _learn_refund(self, file: AchFile, debit: _Debit) -> None:
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
            file_date=_day(header.file_creation_date),
            file_time=header.file_creation_time,
            modifier=header.file_id_modifier,
            effective_date=min(batch.effective_date for batch in _batches(report)),
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

    def _entry(self, file: AchFile, debit: _Debit, topup: KnownTopup, before: Entry | None, *, again: bool) -> Entry:
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
            effective_date=_day(debit.batch.effective_entry_date),
            file=file.id,
            batch=debit.batch.batch_number,
            trace=detail.trace_number,
            retry=place.retry,
            retry_of=place.retry_of,
            original_date=place.original_date,
        )
        number = detail.dfi_account_number.strip().encode()
        return msgspec.structs.replace(entry, sealed=self._vault.seal(number, place=entry.place))

    def _use(self, debit: _Debit) -> None:
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

    async def _break(self, file: AchFile, debit: _Debit, reason: str) -> None:
        await self._list(file, debit.detail.trace_number, debit.detail.amount_cents, reason)

    async def _break_of(self, file: AchFile, debit: SentDebit, reason: str) -> None:
        await self._list(file, debit.collection.end_to_end_id, debit.collection.amount, reason)

    async def _list(self, file: AchFile, trace: str, amount: int, reason: str) -> None:
        new = NewBreak(
            scope=self._scope,
            kind=BreakKind.SENT,
            cause=f"{file.id}/{trace}",
            detail=f"A debit of {amount} cents has left in {file.id}: {reason}.",
            amount=amount,
            currency=self._originator.profile.currency,
            reference=trace,
        )
        opened = await list_break(self._conn, self._renderers, new, now_ms=self._now_ms, ids=self._ids)
        self.breaks += opened is not None


def _debits(content: bytes) -> Iterator[_Debit]:
    """Yield the entries of a file that can be read."""
    for item in nacha.entries(io.BytesIO(content), lenient=False):
        if item.batch is not None and item.entry is not None:
            told = next((each for each in item.entry.addenda if isinstance(each, DishonourAddenda)), None)
            yield _Debit(batch=item.batch, detail=item.entry.detail, dishonor=told)


def _match(debit: _Debit, topups: Mapping[str, Sequence[KnownTopup]]) -> KnownTopup | None:
    """Return the top-up of a debit: the one with its individual id, or for a retry the one that waits for it.

    A micro-deposit belongs to the set with its id; which entry of that it is, its amount tells.
    """
    fitting = [
        topup
        for topup in topups.get(debit.individual_id, ())
        if (topup.amount == debit.detail.amount_cents or debit.is_microdeposit)
        and (debit.is_retry or topup.root is None)
    ]
    if len(fitting) > 1:
        fitting = [topup for topup in fitting if topup.status is Status.PENDING]
    return fitting[0] if len(fitting) == 1 else None


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


def _batches(report: FileReport) -> list[Batch]:
    return [
        Batch(
            number=batch.header.batch_number,
            sec_code=batch.header.standard_entry_class_code,
            effective_date=_day(batch.header.effective_entry_date),
            entry_count=batch.totals.entries,
            total_debit=batch.totals.debits_cents,
            total_credit=batch.totals.credits_cents,
            company_name=batch.header.company_name.strip(),
            company_id=batch.header.company_identification.strip(),
            description=batch.header.company_entry_description.strip(),
        )
        for batch in report.batches
        if batch.header is not None
    ]


def _day(text: str) -> date:
    return datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007  a day, not a moment


def _past(counter: int, used: int, count: int) -> int:
    """Return the counter's value after a number that was used, or the counter where that is behind it."""
    ahead = (used - counter) % count
    return counter + ahead + 1 if ahead < count // 2 else counter
