"""Verifies bank accounts by prenotes: entries without money, which a bank sends back where there is no such account.

Micro-deposits take the same way, but for how they end: `microdeposits`.

A prenote is queued for a file at its cut-off, as a top-up is. Once its bank has had the time to send it back, and the
originator's bank has accepted its file, the bank account counts as verified. A prenote that comes back, however late,
takes that away again.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from brim.base.actor import Actor, ActorKind
from brim.base.errors import NotInTestModeError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import corrections
from brim.core.direct_debits import entry_store
from brim.core.direct_debits import prenote_store as store
from brim.core.direct_debits.claiming import (
    MAX_BATCH,
    RETRY_BY_CLOCK_MS,
    RETRY_MS,
    RETURN_BREAKS,
    SOON_MS,
    Readings,
    check_collected,
    presentment,
    read_readings_of,
    reading_of,
)
from brim.core.direct_debits.encoding import names_of
from brim.core.direct_debits.entry_store import ClaimTerms
from brim.core.direct_debits.microdeposit_entries import presented_set
from brim.core.direct_debits.microdeposit_rules import EXPIRED, expires_ms
from brim.core.direct_debits.prenote_rules import (
    PRENOTE_PREFIX,
    ChangeNotifiedError,
    MicrodepositsPendingError,
    Prenote,
    PrenoteNotConfirmedError,
    PrenotePendingError,
    PrenoteQueuedError,
    PrenoteStatus,
    ended,
)
from brim.core.direct_debits.reading_rules import UnreadBankError, check_read
from brim.core.direct_debits.rules import CHECKING_PRENOTE, SAVINGS_PRENOTE, Entry, EntryStatus, UnclearReturnError
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, insert_events, new_event
from brim.core.funding import BankSecrets, begin_verification, conclude_verification
from brim.core.jobs import note_exception, short_error
from brim.core.originators import CollectionTerms, Debit, find_collection_terms, find_originator
from brim.core.rails.ach import date_of_file_made, effective_date_of, next_cutoff_ms, prenote_passes_ms, usable_ms
from brim.core.reconciliation import find_open_break
from brim.core.time import OwnerTime, lock_owner_time
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

JOB: Final = "prenotes"
"""What the job is called where stuck work is listed."""

_BY_JOB: Final = Actor(kind=ActorKind.JOB, name=JOB)
_EVENT_OF_STATUS: Final = {
    PrenoteStatus.PENDING: EventType.PRENOTE_CREATED,
    PrenoteStatus.VERIFIED: EventType.PRENOTE_VERIFIED,
    PrenoteStatus.FAILED: EventType.PRENOTE_FAILED,
    PrenoteStatus.CANCELED: EventType.PRENOTE_CANCELED,
}

_EVENT_OF_MICRODEPOSITS: Final = {
    PrenoteStatus.PENDING: EventType.MICRODEPOSITS_CREATED,
    PrenoteStatus.VERIFIED: EventType.MICRODEPOSITS_VERIFIED,
    PrenoteStatus.FAILED: EventType.MICRODEPOSITS_FAILED,
    PrenoteStatus.CANCELED: EventType.MICRODEPOSITS_CANCELED,
}

_log = structlog.get_logger()


async def start_prenote(
    conn: Conn,
    scope: AccountScope,
    funding_source: str,
    *,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
) -> Prenote:
    """Start to verify a live bank account by a prenote, in the caller's transaction: it leaves at the next cut-off.

    Raises:
        NotInTestModeError: it is a bank account of test mode.
        ResourceMissingError: the account has no such bank account.
        AlreadyVerifiedError: it needs no verification any more.
        PrenotePendingError, MicrodepositsPendingError: one to this bank account is pending, or micro-deposits are.
        LiveModeNotReadyError, RailStoppedError, NotAuthorizedError: nothing can be sent to it now.
        ClockAdvancingError: the account's test clock is on its way.
    """
    if not scope.livemode:
        raise NotInTestModeError
    moment = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    await check_none_pending(conn, scope, funding_source)
    prenote_id = moment.new_id(PRENOTE_PREFIX)
    await begin_verification(conn, scope, funding_source, detail=prenote_id, by=by, now_ms=now_ms, ids=ids)
    debit = Debit(scope=scope, funding_source=funding_source, param="funding_source", is_prenote=True)
    (terms,) = await find_collection_terms(conn, [debit], now_ms=now_ms)
    if not isinstance(terms, CollectionTerms):
        raise terms
    profile = terms.originator.profile
    cutoff_ms = next_cutoff_ms(profile, moment.now_ms)
    prenote = Prenote(
        scope=scope,
        id=prenote_id,
        funding_source=funding_source,
        created_ms=moment.now_ms,
        due_ms=cutoff_ms,
        test_clock=moment.test_clock,
        expected_ms=prenote_passes_ms(profile, effective_date_of(profile, cutoff_ms)),
    )
    if not await store.insert_prenote(conn, prenote):
        raise PrenotePendingError(funding_source)
    await announce(conn, renderers, prenote, moment, cause)
    return prenote


async def check_none_pending(conn: Conn, scope: AccountScope, funding_source: str) -> None:
    """Let a bank account pass that nothing verifies now, before it is held; what does stays as it is meanwhile.

    Raises:
        PrenotePendingError, MicrodepositsPendingError: something does.
    """
    pending = await store.lock_pending(conn, scope, funding_source)
    if pending is not None:
        if pending.is_microdeposits:
            raise MicrodepositsPendingError(funding_source)
        raise PrenotePendingError(funding_source)


async def retrieve_prenote(database: Database, scope: AccountScope, prenote_id: str) -> Prenote:
    """Return a prenote, one that has ended too.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    return await lookups.retrieve(database, scope, prenote_id, store.fetch_prenotes, kind="prenote")


async def list_prenotes(
    database: Database, scope: AccountScope, request: PageRequest, *, funding_source: str | None
) -> Page[Prenote]:
    """Return a page of an account's prenotes, newest first: to one bank account, or all.

    Raises:
        ResourceMissingError: a cursor names none of the account's.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="prenote", exists=_exists)
    async with database.connection() as conn:
        return await store.page_prenotes(
            conn, scope, window_of(PRENOTE_PREFIX, None, request), funding_source=funding_source
        )


async def _exists(conn: Conn, scope: AccountScope, prenote_id: str) -> bool:
    return prenote_id in await store.fetch_prenotes(conn, scope, [prenote_id])


class Prenoting:
    """What it takes to work off prenotes that are due: the secrets, and what writes events."""

    def __init__(self, secrets: BankSecrets, vault: Vault, renderers: Renderers) -> None:
        self._secrets = secrets
        self._vault = vault
        self._renderers = renderers

    async def work_off_due(self, database: Database, *, now_ms: int, ids: IdFactory, limit: int = MAX_BATCH) -> int:
        """Work off up to `limit` prenotes that are due in real time; return how many were taken in hand."""
        moment = OwnerTime(now_ms, ids)

        async def work(conn: Conn) -> int:
            due = await store.claim_due(conn, now_ms=now_ms, limit=limit)
            await self.work_off(conn, [(prenote, moment) for prenote in due])
            return len(due)

        return await database.transact(work)

    async def work_off(self, conn: Conn, due: Sequence[tuple[Prenote, OwnerTime]]) -> None:
        """Work off prenotes that the caller's transaction holds, each at its moment.

        One that cannot go on is put off and noted, and its neighbours go on all the same.
        """
        if not due:
            return
        wanted = [(prenote.scope, prenote.id, prenote.funding_source) for prenote, _ in due]
        terms = await entry_store.read_claim_terms(conn, wanted)
        readings = await read_readings_of(conn, [(prenote.scope, terms[prenote.id]) for prenote, _ in due])
        for prenote, moment in due:
            try:
                async with conn.transaction():  # a savepoint: what failed is undone, the claim stays
                    await self._go_on(conn, prenote, terms[prenote.id], moment, readings)
            except UnreadBankError as error:
                if error.is_brief:
                    soon_ms = moment.now_ms + SOON_MS
                    await store.update_prenote(conn, msgspec.structs.replace(prenote, due_ms=soon_ms))
                else:
                    await _put_off(conn, prenote, error, moment)
            except Exception as error:  # noqa: BLE001  whatever is wrong with one must not hold up the others
                await _put_off(conn, prenote, error, moment)

    async def _go_on(
        self, conn: Conn, prenote: Prenote, terms: ClaimTerms, moment: OwnerTime, readings: Readings
    ) -> None:
        """Let a prenote do what is due.

        Raises:
            NoCollectionError: it cannot be put into a file now.
            PrenoteQueuedError, PrenoteNotConfirmedError, ChangeNotifiedError, UnclearReturnError, UnreadBankError: it
                has not verified its bank account yet.
        """
        platform = AccountScope(terms.platform, prenote.scope.livemode)
        entries = await entry_store.list_entries_of_topups(conn, platform, [prenote.id])
        if not entries:
            await self._queue(conn, prenote, terms, moment)
            return
        newest = entries[0] if prenote.is_microdeposits else entries[-1]
        entry = await entry_store.lock_entry(conn, newest) or newest
        if entry.effective_date is None:
            raise PrenoteQueuedError
        profile = (await find_originator(conn, platform, entry.originator)).profile
        if prenote.is_microdeposits:
            arrives_ms = usable_ms(profile, entry.effective_date, 1)
            await self._await_amounts(conn, prenote, entries, arrives_ms, moment, is_verified=terms.is_verified)
            return
        passes_ms = prenote_passes_ms(profile, entry.effective_date)
        if moment.now_ms < passes_ms:  # its file was made later than was expected
            await store.update_prenote(conn, msgspec.structs.replace(prenote, due_ms=passes_ms, expected_ms=passes_ms))
        elif terms.is_verified:  # somebody has stated it meanwhile
            await self._end(conn, prenote, PrenoteStatus.VERIFIED, moment, reason="The bank account was verified.")
        elif entry.status is not EntryStatus.CONFIRMED:
            raise PrenoteNotConfirmedError(entry)
        elif entry.change_code is not None and await corrections.has_unsettled(conn, platform, prenote.id):
            raise ChangeNotifiedError(entry.change_code)
        else:
            check_read(
                reading_of(readings, prenote.scope, terms),
                since_ms=max(passes_ms, entry.confirmed_ms or 0),
                now_ms=moment.now_ms,
                by_clock=prenote.test_clock is not None,
            )
            unclear = await find_open_break(conn, platform, RETURN_BREAKS, names_of(entry))
            if unclear is not None:
                raise UnclearReturnError(unclear, what="prenote", otherwise="detach the bank account first")
            await conclude(conn, prenote, is_verified=True, detail=f"prenote {prenote.id}", moment=moment)
            await entry_store.set_status(conn, [entry], EntryStatus.RELEASED, was=EntryStatus.CONFIRMED)
            await self._end(conn, prenote, PrenoteStatus.VERIFIED, moment)

    async def _await_amounts(
        self,
        conn: Conn,
        prenote: Prenote,
        entries: Sequence[Entry],
        arrives_ms: int,
        moment: OwnerTime,
        *,
        is_verified: bool,
    ) -> None:
        """Let micro-deposits wait until their amounts are stated, and fail once it is too late for that."""
        arriving = msgspec.structs.replace(prenote, expected_ms=arrives_ms)
        if is_verified:
            await entry_store.set_status(conn, entries, EntryStatus.RELEASED, was=EntryStatus.CONFIRMED)
            await self._end(conn, prenote, PrenoteStatus.VERIFIED, moment, reason="The bank account was verified.")
        elif moment.now_ms < arrives_ms:
            await store.update_prenote(conn, msgspec.structs.replace(arriving, due_ms=arrives_ms))
        elif moment.now_ms < expires_ms(arriving):
            await store.update_prenote(conn, msgspec.structs.replace(arriving, due_ms=expires_ms(arriving)))
        else:
            await conclude(conn, prenote, is_verified=False, detail=f"micro-deposits {prenote.id}", moment=moment)
            await entry_store.set_status(conn, entries, EntryStatus.RELEASED, was=EntryStatus.CONFIRMED)
            await self._end(conn, prenote, PrenoteStatus.FAILED, moment, reason=EXPIRED)

    async def _queue(self, conn: Conn, prenote: Prenote, terms: ClaimTerms, moment: OwnerTime) -> None:
        """Queue a prenote for the next file, unless it is not needed any more."""
        if terms.is_detached or terms.is_verified or terms.is_ended:
            reason = "The bank account was detached." if terms.is_detached else "The bank account was verified."
            if terms.is_ended:
                reason = "The account was deleted or rejected."
            await self._end(conn, prenote, PrenoteStatus.CANCELED, moment, reason=reason)
            return
        check_collected(terms)
        entry = presentment(
            self._secrets,
            self._vault,
            terms,
            scope=prenote.scope,
            presented=prenote.id,
            codes=(CHECKING_PRENOTE, SAVINGS_PRENOTE),
            test_clock=prenote.test_clock,
            claimed_ms=moment.now_ms,
        )
        is_savings = terms.account_type == "savings"
        entries = [entry]
        if prenote.is_microdeposits:
            entries = presented_set(self._vault, entry, prenote, is_savings=is_savings)
        await entry_store.insert_entries(conn, entries)
        profile = (await find_originator(conn, entry.scope, entry.originator)).profile
        effective_date = date_of_file_made(profile, moment.now_ms)
        passes_ms = prenote_passes_ms(profile, effective_date)
        if prenote.is_microdeposits:
            passes_ms = usable_ms(profile, effective_date, 1)
        await store.update_prenote(conn, msgspec.structs.replace(prenote, due_ms=passes_ms, expected_ms=passes_ms))

    async def _end(
        self, conn: Conn, prenote: Prenote, status: PrenoteStatus, moment: OwnerTime, *, reason: str | None = None
    ) -> None:
        after = ended(prenote, status, now_ms=moment.now_ms, reason=reason)
        await store.update_prenote(conn, after)
        await announce(conn, self._renderers, after, moment)
        _log.info("prenote ended", account=after.scope.account, prenote=after.id, status=after.status)


async def fail_prenote(
    conn: Conn,
    entry: Entry,
    *,
    return_code: str | None = None,
    reason: str | None = None,
    renderers: Renderers,
    moment: OwnerTime,
) -> bool:
    """Let the prenote of an entry fail, and its bank account be not verified, even if it was; return whether it did.

    One that failed before stays as it is; of micro-deposits the return is kept, since it counts.
    """
    prenote = await store.lock_prenote(conn, entry.owner_scope, entry.topup)
    if prenote is None:
        return False
    if prenote.status not in {PrenoteStatus.PENDING, PrenoteStatus.VERIFIED}:
        if prenote.is_microdeposits and prenote.return_code is None and return_code is not None:
            await store.update_prenote(conn, msgspec.structs.replace(prenote, return_code=return_code))
        return False
    after = ended(prenote, PrenoteStatus.FAILED, now_ms=moment.now_ms, return_code=return_code, reason=reason)
    await store.update_prenote(conn, after)
    detail = f"prenote {prenote.id}: {return_code or reason}"
    await conclude(conn, prenote, is_verified=False, detail=detail, moment=moment)
    await announce(conn, renderers, after, moment)
    _log.warning("prenote failed", account=after.scope.account, prenote=after.id, code=return_code, reason=reason)
    return True


async def ask_prenote_again(conn: Conn, entry: Entry, moment: OwnerTime) -> None:
    """Make the prenote of an entry due at a moment of its time, in the caller's transaction; one that ended stays."""
    prenote = await store.lock_prenote(conn, entry.owner_scope, entry.topup)
    if prenote is not None and prenote.status is PrenoteStatus.PENDING:
        due = msgspec.structs.replace(prenote, due_ms=moment.now_ms, test_clock=moment.test_clock)
        await store.update_prenote(conn, due)


async def note_change_of_prenote(conn: Conn, entry: Entry, *, code: str) -> None:
    """Write that a bank has notified a change of the bank account that a prenote went to."""
    prenote = await store.lock_prenote(conn, entry.owner_scope, entry.topup)
    if prenote is not None:
        await store.update_prenote(conn, msgspec.structs.replace(prenote, change_code=code))


async def forget_prenote_exceptions(database: Database) -> int:
    """Forget what could not be done about prenotes and has been done since; return how much."""
    async with database.connection() as conn:
        return await store.forget_exceptions(conn, job=JOB)


async def conclude(conn: Conn, prenote: Prenote, *, is_verified: bool, detail: str, moment: OwnerTime) -> None:
    """Write what a prenote, or micro-deposits, say of their bank account, in the caller's transaction."""
    await conclude_verification(
        conn,
        prenote.scope,
        prenote.funding_source,
        is_verified=is_verified,
        detail=detail,
        by=_BY_JOB,
        now_ms=moment.now_ms,
        ids=moment.ids,
    )


async def announce(
    conn: Conn, renderers: Renderers, prenote: Prenote, moment: OwnerTime, cause: Cause = BY_ITSELF
) -> None:
    """Tell the account where a prenote, or micro-deposits, stand."""
    kind = (_EVENT_OF_MICRODEPOSITS if prenote.is_microdeposits else _EVENT_OF_STATUS)[prenote.status]
    event = new_event(prenote.scope, kind, prenote.id, renderers.payload(kind, prenote), moment, cause)
    await insert_events(conn, [event])


async def _put_off(conn: Conn, prenote: Prenote, error: Exception, moment: OwnerTime) -> None:
    """Look again later at a prenote that cannot go on, and note why where stuck work is listed."""
    next_try_ms = moment.now_ms + (RETRY_MS if prenote.test_clock is None else RETRY_BY_CLOCK_MS)
    _log.error(
        "prenote is stuck",
        account=prenote.scope.account,
        prenote=prenote.id,
        error=type(error).__name__,
        reason=str(error),
    )
    await store.update_prenote(conn, msgspec.structs.replace(prenote, due_ms=next_try_ms))
    await note_exception(
        conn,
        prenote.scope,
        job=JOB,
        object_id=prenote.id,
        failed_ms=moment.now_ms,
        next_try_ms=next_try_ms,
        error=short_error(error),
    )
