"""Takes what is due of the ACH rail's top-ups.

At the cut-off they are queued for a file; when their hold is over they succeed, if the bank has given its word.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import structlog

from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.direct_debits import entry_store, reading_store
from brim.core.direct_debits.encoding import names_of
from brim.core.direct_debits.entry_store import ClaimTerms
from brim.core.direct_debits.microdeposit_rules import CREDIT_CODES, class_of
from brim.core.direct_debits.reading_rules import BankReading, UnreadBankError, check_read
from brim.core.direct_debits.representing import check_same_company, has_passed, late_failure, next_place
from brim.core.direct_debits.rules import (
    CHECKING_DEBIT,
    CHECKING_PRENOTE,
    SAVINGS_DEBIT,
    SAVINGS_PRENOTE,
    Amendment,
    Entry,
    EntryStatus,
    NoCollectionError,
    NotConfirmedError,
    TakenBackError,
    TooLateToCancelError,
    UnclearReturnError,
)
from brim.core.events import BY_ITSELF, Renderers
from brim.core.funding import BankSecrets, reveal_number
from brim.core.jobs import note_exception, short_error
from brim.core.originators import MandateUnusableError, OneOff, take_amendments, take_one_offs, why_unusable
from brim.core.rails import Succeed
from brim.core.rails.ach import ACH, MANDATES
from brim.core.rails.sepa import SEPA, SequenceType
from brim.core.reconciliation import BreakKind, find_open_breaks
from brim.core.time import OwnerTime
from brim.core.topups import Change, OfRails, Status, Topup, claim_due, follow, postpone, write_changes
from brim.platform.database import Conn, Database, halved
from brim.platform.vault import Vault

OF_ACH: Final = OfRails((ACH, SEPA), are_meant=True)
JOB: Final = "ach"
"""What the job is called where stuck work is listed."""
MAX_BATCH: Final = 500

RETRY_MS: Final = 60_000
SOON_MS: Final = 1_000
"""How long what waits for the next reading of the bank's folder is left alone."""
RETRY_BY_CLOCK_MS: Final = 60 * 60 * 1000
"""How long what cannot go on waits, in real time and in that of a test clock, which must not try every minute of it."""
RETURN_BREAKS: Final = (BreakKind.RETURN, BreakKind.ITEM)
"""The kinds of breaks that a return becomes which could not be applied."""
NO_NAME: Final = "ACCOUNT HOLDER"
_DEBITS: Final = (CHECKING_DEBIT, SAVINGS_DEBIT)
_PRENOTES: Final = (CHECKING_PRENOTE, SAVINGS_PRENOTE)

_log = structlog.get_logger()


class Claiming:
    """What it takes to work off top-ups that are due: the secrets, and what writes events."""

    def __init__(self, secrets: BankSecrets, vault: Vault, renderers: Renderers) -> None:
        self._secrets = secrets
        self._vault = vault
        self._renderers = renderers

    async def work_off_due(self, database: Database, *, now_ms: int, ids: IdFactory, limit: int = MAX_BATCH) -> int:
        """Work off up to `limit` top-ups that are due in real time; return how many were taken in hand."""
        moment = OwnerTime(now_ms, ids)

        async def work(conn: Conn) -> int:
            due = await claim_due(conn, OF_ACH, now_ms=now_ms, limit=limit)
            await self.work_off(conn, [(topup, moment) for topup in due])
            return len(due)

        return await database.transact(work)

    async def work_off(self, conn: Conn, due: Sequence[tuple[Topup, OwnerTime]]) -> Sequence[Change]:
        """Work off top-ups that the caller's transaction holds, each at its moment; return those that came to an end.

        One that cannot go on is put off and noted, and its neighbours go on all the same.
        """
        if not due:
            return []
        wanted = [(topup.scope, topup.id, topup.payment_method or topup.source or "") for topup, _ in due]
        terms = await entry_store.read_claim_terms(conn, wanted)
        readings = await read_readings_of(conn, [(topup.scope, terms[topup.id]) for topup, _ in due])
        unclear = await _find_unclear(conn, [(topup, terms[topup.id]) for topup, _ in due])
        steps = _Steps()
        for topup, moment in due:
            try:
                self._decide(topup, terms[topup.id], moment, steps, readings, unclear.get(topup.id))
            except UnreadBankError as error:
                if error.is_brief:
                    await postpone(conn, [(topup, moment.now_ms + SOON_MS)])
                else:
                    await _put_off(conn, topup, error, moment)
            except Exception as error:  # noqa: BLE001  whatever is wrong with one must not hold up the others
                await _put_off(conn, topup, error, moment)
        if steps.asleep:
            await postpone(conn, [(topup, None) for topup in steps.asleep])
        if steps.queued:
            await self._queue(conn, steps.queued, {topup.id: (topup, moment) for topup, moment in due})
        if steps.changes:
            if steps.released:
                await entry_store.set_status(conn, steps.released, EntryStatus.RELEASED, was=EntryStatus.CONFIRMED)
            await write_changes(conn, steps.changes, renderers=self._renderers)
        return steps.changes

    async def _queue(self, conn: Conn, queued: Sequence[Entry], claimed: Mapping[str, tuple[Topup, OwnerTime]]) -> None:
        """Write entries; one that breaks the batch is put off alone."""

        async def write(part: Sequence[Entry]) -> Sequence[None]:
            async with conn.transaction():  # a savepoint: what failed is undone, the claim stays
                await take_one_offs(conn, [_use(entry) for entry in part if entry.is_one_off], param="source")
                telling = await take_amendments(conn, [_use(entry) for entry in part if entry.amendment])
                await entry_store.insert_entries(conn, [_told(entry, telling) for entry in part])
            return []

        async def put_off(entry: Entry, error: Exception) -> Sequence[None]:
            topup, moment = claimed[entry.topup]
            await _put_off(conn, topup, error, moment)
            return []

        await halved(write, queued, alone=put_off, caused_by=(MandateUnusableError,))

    def _decide(
        self,
        topup: Topup,
        terms: ClaimTerms,
        moment: OwnerTime,
        steps: "_Steps",
        readings: "Readings",
        unclear: str | None,
    ) -> None:
        """Add to `steps` what becomes of a top-up that is due; `unclear` is the break of what may be its return.

        Raises:
            NoCollectionError: it cannot be collected now.
            NotConfirmedError: its hold is over, and the bank has not confirmed it.
            TakenBackError: the bank has taken the money back, and has not said why.
            UnreadBankError: what the bank has sent was not all read since its hold is over and it was confirmed.
            UnclearReturnError: what may be its return could not be applied.
        """
        if topup.status is not Status.PENDING or terms.entry_status in _NOTHING_TO_DO:
            steps.asleep.append(topup)
            return
        if terms.entry_status in _TO_BE_QUEUED:
            if has_passed(next_place(terms), now_ms=moment.now_ms):
                late = late_failure(terms.return_code)
                failed = follow(topup, late, moment, BY_ITSELF, renderers=self._renderers)
                if failed is not None:
                    steps.changes.append(Change(failed, topup, moment, BY_ITSELF))
                return
            if unclear is not None:
                raise UnclearReturnError(unclear, what="top-up", otherwise="cancel it: it was never sent to the bank")
            steps.queued.append(self._entry(topup, terms, moment))
            steps.asleep.append(topup)
            return
        entry = _presented(topup, terms)
        if terms.entry_status is not EntryStatus.CONFIRMED:
            raise NotConfirmedError(entry)
        if terms.is_taken_back:
            raise TakenBackError(entry)
        hold_ends_ms = (topup.expected_availability_date or 0) * 1000
        check_read(
            reading_of(readings, topup.scope, terms),
            since_ms=max(hold_ends_ms, terms.confirmed_ms or 0),
            now_ms=moment.now_ms,
            by_clock=topup.test_clock is not None,
        )
        if unclear is not None:
            otherwise = "get the return from the bank again, and resolve it once that is applied"
            raise UnclearReturnError(unclear, what="top-up", otherwise=otherwise)
        transition = follow(topup, Succeed(), moment, BY_ITSELF, renderers=self._renderers)
        if transition is not None:
            steps.changes.append(Change(transition, topup, moment, BY_ITSELF))
            steps.released.append(entry)

    def _entry(self, topup: Topup, terms: ClaimTerms, moment: OwnerTime) -> Entry:
        """Return the next presentment of a top-up, with the account number sealed for it.

        Raises:
            NoCollectionError: it cannot be collected now.
            NoEncryptionKeyError, SecretUnreadableError: the server cannot read the account number.
        """
        check_debited(terms)
        check_mandate(terms, topup.id)
        check_same_company(next_place(terms), terms)
        entry = presentment(
            self._secrets,
            self._vault,
            terms,
            scope=topup.scope,
            presented=topup.id,
            codes=_DEBITS,
            test_clock=topup.test_clock,
            claimed_ms=moment.now_ms,
        )
        return msgspec.structs.replace(entry, amount=topup.amount, hold_days=topup.settlement_days or 0)


def _use(entry: Entry) -> OneOff:
    return entry.owner_scope, entry.authorization_id or "", entry.topup


def _told(entry: Entry, telling: Collection[str]) -> Entry:
    """Return an entry without the amendments of its mandate where another top-up tells banks of them."""
    if entry.amendment is None or entry.topup in telling:
        return entry
    return msgspec.structs.replace(entry, **Amendment()._asdict())


Readings = Mapping[reading_store.Whose, BankReading]
"""How far what originators' banks have sent was read."""


async def read_readings_of(conn: Conn, presented: Sequence[tuple[AccountScope, ClaimTerms]]) -> Readings:
    """Return how far was read what the banks have sent of entries that only wait for their time."""
    whose = {_whose(scope, terms) for scope, terms in presented if terms.entry_status is EntryStatus.CONFIRMED}
    return await reading_store.read_readings(conn, whose)


def reading_of(readings: Readings, scope: AccountScope, terms: ClaimTerms) -> BankReading | None:
    """Return how far was read what the bank of an account's entry has sent."""
    return readings.get(_whose(scope, terms))


async def _find_unclear(conn: Conn, due: Sequence[tuple[Topup, ClaimTerms]]) -> dict[str, str]:
    """Return the open breaks of what may be a return of top-ups that only wait for their time, by the top-ups.

    Of one that is to be presented again it may be a later return, after which that is not allowed.
    """
    meant: dict[AccountScope, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for topup, terms in due:
        if terms.entry_status in _MAY_HAVE_RETURNED:
            platform = AccountScope(terms.platform, topup.scope.livemode)
            for name in names_of(_presented(topup, terms)):
                meant[platform][name].append(topup.id)
    found: dict[str, str] = {}
    for platform, topups in meant.items():
        for each in await find_open_breaks(conn, platform, RETURN_BREAKS, list(topups)):
            for topup_id in topups[each.reference]:
                found.setdefault(topup_id, each.id)
    return found


def _whose(scope: AccountScope, terms: ClaimTerms) -> reading_store.Whose:
    return AccountScope(terms.platform, scope.livemode), terms.entry_originator or ""


def check_collected(terms: ClaimTerms) -> None:
    """Let what is due for a file pass that one can be made for now.

    Raises:
        NoCollectionError: it cannot.
    """
    if terms.stop_reason is not None:
        raise NoCollectionError(f"the rail is stopped: {terms.stop_reason}")
    if terms.originator is None:
        raise NoCollectionError("no originator is active.")
    if terms.sec_code is None:
        raise NoCollectionError(
            "the authorization of the account holder has ended. Cancel it, or record a new authorization."
        )
    if (terms.sec_code in MANDATES) is bool(terms.routing_number):
        raise NoCollectionError("the authorization is for another kind of bank account. Record a new one.")
    if terms.sealed is None or terms.funding_source is None:
        raise NoCollectionError("its bank account is not on file.")


def check_debited(terms: ClaimTerms) -> None:
    """Let a debit that is due for a file pass that one can be made for now.

    Raises:
        NoCollectionError: it cannot.
    """
    check_collected(terms)
    if terms.is_detached:
        raise NoCollectionError("its bank account was detached. Cancel it.")
    if not terms.is_verified:
        raise NoCollectionError("its bank account is no longer verified. Cancel it, or verify the bank account.")


def check_mandate(terms: ClaimTerms, topup: str) -> None:
    """Let a top-up that is due for a file pass whose mandate, if it has one, can be used for it.

    Raises:
        NoCollectionError: it cannot.
    """
    reason = why_unusable(
        terms.sec_code or "",
        terms.sequence_type,
        used_by=terms.used_by,
        confirmed_ms=terms.mandate_confirmed_ms,
        topup=topup,
    )
    if reason is not None:
        raise NoCollectionError(f"nothing can be collected under the mandate {terms.authorization_id}: {reason}")


def may_leave(vault: Vault, entry: Entry, terms: ClaimTerms) -> bool:
    """Tell whether a queued entry is what would be queued now, too: much may have changed while it waited.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read the account number.
    """
    codes = _PRENOTES if entry.is_prenote else CREDIT_CODES if entry.is_credit else _DEBITS
    sec_code = terms.sec_code
    if entry.is_microdeposit and sec_code is not None:
        sec_code = class_of(sec_code, is_debit=entry.is_debit)
    presented = (entry.originator, entry.sec_code, entry.transaction_code, entry.mandate_reference)
    if presented != (terms.originator, sec_code, _code(codes, terms), terms.mandate_reference):
        return False
    if entry.is_sepa and (entry.is_one_off, entry.amendment) != (_is_one_off(terms), _amendment(terms, entry.topup)):
        return False
    if entry.verifies and (terms.is_detached or terms.is_verified or terms.is_ended):
        return False
    try:
        (check_collected if entry.verifies else check_debited)(terms)
        check_mandate(terms, entry.topup)
        check_same_company(next_place(terms), terms)
    except NoCollectionError:
        return False
    return not terms.is_corrected or _is_as_on_file(vault, entry, terms)


def _is_as_on_file(vault: Vault, entry: Entry, terms: ClaimTerms) -> bool:
    """Tell whether an entry has what is on file of a bank account, after its bank has corrected that."""
    if (entry.routing_number, entry.receiver_name) != (terms.routing_number, terms.holder_name or NO_NAME):
        return False
    on_file = reveal_number(vault, terms.sealed or b"", scope=entry.owner_scope, object_id=terms.funding_source or "")
    return vault.open(entry.sealed, place=entry.place).decode() == on_file


def _is_one_off(terms: ClaimTerms) -> bool:
    return terms.mandate_reference is not None and terms.sequence_type == SequenceType.ONE_OFF


def _amendment(terms: ClaimTerms, topup: str) -> Amendment | None:
    """Return what a collection tells banks of the amendments of its mandate; None where there is nothing to tell.

    One collection tells of them: others go out without, until it is settled or ends otherwise.
    """
    if terms.mandate_reference is None or _is_one_off(terms) or terms.used_by not in {None, topup}:
        return None
    is_known = terms.known_identifier is not None
    found = Amendment(
        former_reference=None if terms.pending_reference == terms.mandate_reference else terms.pending_reference,
        is_of_new_account=terms.is_of_new_account,
        former_creditor_identifier=terms.known_identifier
        if is_known and terms.known_identifier != terms.creditor_identifier
        else None,
        former_creditor_name=terms.known_name if is_known and terms.known_name != terms.creditor_name else None,
    )
    return None if found == Amendment() else found


def _code(codes: tuple[int, int], terms: ClaimTerms) -> int:
    """Return the transaction code for the type of the account: the first of two, or the second for savings."""
    return codes[terms.account_type == "savings"]


def presentment(
    secrets: BankSecrets,
    vault: Vault,
    terms: ClaimTerms,
    *,
    scope: AccountScope,
    presented: str,
    codes: tuple[int, int],
    test_clock: str | None,
    claimed_ms: int,
) -> Entry:
    """Return the next presentment of what has passed `check_collected`, of no amount, with the account number sealed.

    Args:
        secrets: opens the account number on file.
        vault: seals it for the entry.
        terms: what is known of it.
        scope: whose it is.
        presented: its id.
        codes: the transaction codes for a checking and for a savings account.
        test_clock: the clock that keeps its time.
        claimed_ms: the moment.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read the account number.
    """
    number = secrets.reveal(terms.sealed or b"", scope=scope, object_id=terms.funding_source or "")
    place = next_place(terms)
    entry = Entry(
        scope=AccountScope(terms.platform, scope.livemode),
        topup=presented,
        number=(terms.number or 0) + 1,
        owner=scope.account,
        originator=terms.originator or "",
        test_clock=test_clock,
        status=EntryStatus.QUEUED,
        amount=0,
        hold_days=0,
        transaction_code=_code(codes, terms),
        sec_code=terms.sec_code or "",
        routing_number=terms.routing_number or "",
        last4=terms.last4 or "",
        sealed=b"",
        receiver_name=terms.holder_name or NO_NAME,
        claimed_ms=claimed_ms,
        retry=place.retry,
        retry_of=place.retry_of,
        original_date=place.original_date,
        mandate_reference=terms.mandate_reference,
        mandate_signed_on=_signed_on(terms),
        authorization_id=terms.authorization_id if terms.mandate_reference else None,
        sequence_type=(terms.sequence_type or SequenceType.RECURRENT) if terms.mandate_reference else None,
        **(_amendment(terms, presented) or Amendment())._asdict(),
    )
    return msgspec.structs.replace(entry, sealed=vault.seal(number.encode(), place=entry.place))


def _signed_on(terms: ClaimTerms) -> date | None:
    """Return the day on which a mandate was signed, at the originator's bank; None for what is no mandate."""
    if terms.mandate_reference is None or terms.accepted_ms is None or terms.time_zone is None:
        return None
    return datetime.fromtimestamp(terms.accepted_ms // 1000, ZoneInfo(terms.time_zone)).date()


class _Steps:
    """What is to be written of top-ups that are due."""

    def __init__(self) -> None:
        self.queued: list[Entry] = []
        self.asleep: list[Topup] = []
        self.changes: list[Change] = []
        self.released: list[Entry] = []


_MAY_HAVE_RETURNED: Final = frozenset({EntryStatus.CONFIRMED, EntryStatus.RETURNED})
"""Where a return of the newest entry may lie open that changes what becomes of its top-up."""
_NOTHING_TO_DO: Final = frozenset({EntryStatus.QUEUED, EntryStatus.RELEASED})
"""Where a top-up waits for its file, or has come to its end by what the bank sent."""
_TO_BE_QUEUED: Final = frozenset({None, EntryStatus.REJECTED, EntryStatus.RETURNED})
"""The statuses in which a pending top-up's newest entry lets it be due for a file; a returned one is re-presented."""


def _presented(topup: Topup, terms: ClaimTerms) -> Entry:
    """Return as much of a top-up's newest entry as is known here."""
    return Entry(
        scope=AccountScope(terms.platform, topup.scope.livemode),
        topup=topup.id,
        number=terms.number or 0,
        owner=topup.scope.account,
        originator=terms.originator or "",
        test_clock=topup.test_clock,
        status=terms.entry_status or EntryStatus.IN_FILE,
        amount=topup.amount,
        hold_days=0,
        transaction_code=CHECKING_DEBIT,
        sec_code=terms.sec_code or "",
        routing_number="",
        last4="",
        sealed=b"",
        receiver_name="",
        claimed_ms=0,
        file=terms.file,
        trace=terms.trace,
        retry_of=terms.retry_of,
    )


async def _put_off(conn: Conn, topup: Topup, error: Exception, moment: OwnerTime) -> None:
    """Ask again later about a top-up that cannot go on, and note why where stuck work is listed."""
    pause_ms = RETRY_MS if topup.test_clock is None else RETRY_BY_CLOCK_MS
    next_try_ms = moment.now_ms + pause_ms
    _log.error(
        "ach topup is stuck",
        account=topup.scope.account,
        topup=topup.id,
        error=type(error).__name__,
        reason=str(error),
    )
    await postpone(conn, [(topup, next_try_ms)])
    await note_exception(
        conn,
        topup.scope,
        job=JOB,
        object_id=topup.id,
        failed_ms=moment.now_ms,
        next_try_ms=next_try_ms,
        error=short_error(error),
    )


async def check_not_collected(conn: Conn, topup: Topup) -> None:
    """Let a top-up pass, held by the caller's transaction, that no file has taken or will take.

    Raises:
        TooLateToCancelError: it is in a file, or waits for the one of its cut-off.
    """
    if topup.rail in {ACH, SEPA} and topup.status is Status.PENDING and await entry_store.is_collected(conn, topup):
        raise TooLateToCancelError
