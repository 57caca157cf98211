"""Verifies bank accounts by micro-deposits: their holders state the amounts of two small credits.

They are started here, leave and end as prenotes do (`prenotes`), and are made into entries by `microdeposit_entries`.
The amounts are in the row, encrypted, in the file, and at the bank: nothing else shows them.
"""

from typing import Final

import msgspec
import structlog

from brim.base.actor import Actor
from brim.base.errors import BrimError, NotInTestModeError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core.audit import Action
from brim.core.bank_accounts import Guess, Verification
from brim.core.direct_debits import entry_store, file_store
from brim.core.direct_debits import prenote_store as store
from brim.core.direct_debits.microdeposit_entries import open_amounts
from brim.core.direct_debits.microdeposit_rules import (
    EXPIRED,
    TOO_MANY_ATTEMPTS,
    Draw,
    Limit,
    MicrodepositCounts,
    MicrodepositsOffError,
    check_limits,
    check_pending,
    counted_since_ms,
    draw_amounts,
    encode_amounts,
    expires_ms,
    is_at_return_limit,
    judge,
)
from brim.core.direct_debits.prenote_rules import MicrodepositsPendingError, Prenote, PrenoteStatus, ended
from brim.core.direct_debits.prenotes import announce, check_none_pending
from brim.core.direct_debits.rules import MICRODEPOSITS_PREFIX, Entry, EntryStatus, FileStatus
from brim.core.events import BY_ITSELF, Cause, EventType, Renderers, insert_events, new_event
from brim.core.funding import (
    FundingKind,
    FundingSource,
    MicrodepositGuess,
    MicrodepositsNotSentError,
    Render,
    begin_verification,
    hold_for_guess,
    write_guess,
)
from brim.core.idempotency import RenderError, RequestContext, Result, run_once
from brim.core.originators import CollectionTerms, Debit, find_collection_terms, find_originator
from brim.core.rails.ach import (
    Microdeposits,
    OriginatorProfile,
    effective_date_of,
    local_day,
    next_cutoff_ms,
    start_of_day_ms,
    usable_ms,
)
from brim.core.time import OwnerTime, lock_owner_time
from brim.platform import lookups
from brim.platform.database import Conn, Database
from brim.platform.vault import Vault

_LEFT: Final = frozenset({FileStatus.SENT, FileStatus.ACKNOWLEDGED, FileStatus.SETTLED})

_log = structlog.get_logger()


async def start_microdeposits(  # noqa: PLR0913  who asks, when and by what means
    conn: Conn,
    vault: Vault,
    scope: AccountScope,
    funding_source: str,
    *,
    renderers: Renderers,
    cause: Cause = BY_ITSELF,
    by: Actor,
    now_ms: int,
    ids: IdFactory,
    draw: Draw = draw_amounts,
) -> Prenote:
    """Start to verify a live bank account by micro-deposits, in the caller's transaction: they leave at the cut-off.

    Its holder has as many attempts as at first, whatever became of an earlier verification.

    Raises:
        NotInTestModeError: it is a bank account of test mode.
        ResourceMissingError: the account has no such bank account.
        AlreadyVerifiedError: it needs no verification any more.
        PrenotePendingError, MicrodepositsPendingError: a prenote to it is pending, or micro-deposits are.
        MicrodepositsOffError: the originator sends none.
        MicrodepositLimitError: it has sent as many as its profile allows.
        LiveModeNotReadyError, RailStoppedError, NotAuthorizedError, ReturnRateError: nothing can be sent to it now.
        ClockAdvancingError: the account's test clock is advancing.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep the amounts.
    """
    if not scope.livemode:
        raise NotInTestModeError
    moment = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    terms = await _terms_for(conn, scope, funding_source, now_ms=now_ms)
    if isinstance(terms, CollectionTerms):  # one start at a time, so that limits hold
        await file_store.lock_counters(conn, AccountScope(terms.platform, scope.livemode), terms.originator.id)
    await check_none_pending(conn, scope, funding_source)
    set_id = moment.new_id(MICRODEPOSITS_PREFIX)
    action = Action.MICRODEPOSITS_STARTED
    source = await begin_verification(
        conn, scope, funding_source, action=action, detail=set_id, by=by, now_ms=now_ms, ids=ids
    )
    if not isinstance(terms, CollectionTerms):
        raise terms
    profile = terms.originator.profile
    platform = AccountScope(terms.platform, scope.livemode)
    counts = await _count(conn, platform, scope.account, source, profile, moment)
    reached = check_limits(profile, counts)
    cutoff_ms = next_cutoff_ms(profile, moment.now_ms)
    started = Prenote(
        scope=scope,
        id=set_id,
        funding_source=funding_source,
        created_ms=moment.now_ms,
        due_ms=cutoff_ms,
        test_clock=moment.test_clock,
        expected_ms=usable_ms(profile, effective_date_of(profile, cutoff_ms), 1),
        fingerprint=source.bank_account.fingerprint,
        has_debit=profile.microdeposits is Microdeposits.CREDITS_AND_DEBIT,
    )
    started = msgspec.structs.replace(started, sealed=vault.seal(encode_amounts(draw()), place=started.place))
    if not await store.insert_prenote(conn, started):
        raise MicrodepositsPendingError(funding_source)
    await announce(conn, renderers, started, moment, cause)
    for limit in reached:
        await announce_limit(conn, renderers, platform, started, limit, moment)
    return started


async def _terms_for(
    conn: Conn, scope: AccountScope, funding_source: str, *, now_ms: int
) -> CollectionTerms | BrimError:
    """Return by whom micro-deposits to a bank account are sent, or why they are not.

    Nobody sends any (`MicrodepositsOffError`), or `find_collection_terms` says why; return rates stop debits only.
    """
    debit = Debit(scope=scope, funding_source=funding_source, param="funding_source", is_prenote=True)
    (terms,) = await find_collection_terms(conn, [debit], now_ms=now_ms)
    if not isinstance(terms, CollectionTerms):
        return terms
    if terms.originator.profile.microdeposits is Microdeposits.OFF:
        return MicrodepositsOffError()
    if terms.originator.profile.microdeposits is Microdeposits.CREDITS_AND_DEBIT:
        (terms,) = await find_collection_terms(conn, [msgspec.structs.replace(debit, is_prenote=False)], now_ms=now_ms)
    return terms


async def _count(
    conn: Conn,
    platform: AccountScope,
    account: str,
    source: FundingSource,
    profile: OriginatorProfile,
    moment: OwnerTime,
) -> MicrodepositCounts:
    return await store.count_microdeposits(
        conn,
        platform,
        account,
        source.bank_account.fingerprint,
        day_ms=start_of_day_ms(profile, local_day(profile, moment.now_ms)),
        since_ms=counted_since_ms(moment.now_ms),
    )


async def announce_limit(
    conn: Conn, renderers: Renderers, platform: AccountScope, reached_by: Prenote, limit: Limit, moment: OwnerTime
) -> None:
    """Tell a platform that micro-deposits have reached a limit, and by which."""
    kind = EventType.MICRODEPOSITS_LIMIT_REACHED
    event = new_event(platform, kind, reached_by.id, renderers.payload(kind, reached_by, limit), moment, BY_ITSELF)
    await insert_events(conn, [event])
    _log.warning("micro-deposit limit reached", platform=platform.account, limit=limit, microdeposits=reached_by.id)


async def count_of_platform(conn: Conn, platform: AccountScope, *, now_ms: int) -> MicrodepositCounts:
    """Return how many micro-deposits the accounts of a platform have started in thirty days, and how many came back."""
    since_ms = counted_since_ms(now_ms)
    return await store.count_microdeposits(conn, platform, platform.account, "", day_ms=since_ms, since_ms=since_ms)


async def watch_returns(conn: Conn, renderers: Renderers, entry: Entry, moment: OwnerTime) -> None:
    """Tell a platform when the share of micro-deposits that came back reaches its limit, by those that just did."""
    returned = (await store.fetch_prenotes(conn, entry.owner_scope, [entry.topup]))[entry.topup]
    profile = (await find_originator(conn, entry.scope, entry.originator)).profile
    since_ms = counted_since_ms(moment.now_ms)
    counts = await store.count_microdeposits(conn, entry.scope, entry.owner, "", day_ms=since_ms, since_ms=since_ms)
    before = counts._replace(returned=counts.returned - 1)
    if is_at_return_limit(profile, counts) and not is_at_return_limit(profile, before):
        await announce_limit(conn, renderers, entry.scope, returned, Limit.RETURNS, moment)


async def verify_by_microdeposits(  # noqa: PLR0913  the request, and by what means it is answered
    database: Database,
    vault: Vault,
    renderers: Renderers,
    context: RequestContext,
    kind: FundingKind,
    funding_id: str,
    guess: MicrodepositGuess,
    *,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Compare what somebody says was sent to a live bank account with what was, and return its reply, verified now.

    A refusal of a wrong statement is an answer that is kept, and the attempt counts.

    Raises:
        ResourceMissingError: the account has none of that id and kind.
        AlreadyVerifiedError, MicrodepositsNotSentError: there is nothing to state.
        MicrodepositAmountsMismatchError, DescriptorCodeMismatchError: it was wrong.
        TooManyAttemptsError, MicrodepositsTimedOutError: it was wrong for good.
        ClockAdvancingError: the account's test clock is advancing.
        IdempotencyMismatchError: the key stands for another request.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot read the amounts.
    """

    async def work(conn: Conn) -> bytes:
        scope = context.scope
        moment = await lock_owner_time(conn, scope, now_ms=context.now_ms, ids=context.ids)
        sent = await store.lock_newest_microdeposits(conn, scope, funding_id)
        entries = await _entries_of(conn, sent)
        source = await hold_for_guess(conn, scope, kind, funding_id)
        amounts = None if sent is None else open_amounts(vault, sent)
        if sent is None or amounts is None:
            raise MicrodepositsNotSentError(funding_id)
        check_pending(sent, funding_id)
        if not await _have_left(conn, entries):
            raise MicrodepositsNotSentError(funding_id, reason="they haven't been sent yet")
        is_late = moment.now_ms >= expires_ms(sent)
        found = Guess.TOO_LATE if is_late else judge(amounts, guess.amounts)
        after, refusal = await write_guess(conn, context, source, found, guess)
        if after.verification is not Verification.PENDING:
            await _end(conn, renderers, sent, entries, after, moment, is_late=is_late)
        if refusal is not None:
            raise refusal
        return render(after)

    return await run_once(database, context, work, render_error=render_error)


async def _entries_of(conn: Conn, sent: Prenote | None) -> list[Entry]:
    if sent is None:
        return []
    platform = await store.platform_of(conn, sent.scope)
    return await entry_store.list_entries_of_topups(conn, platform, [sent.id])


async def _have_left(conn: Conn, entries: list[Entry]) -> bool:
    """Tell whether micro-deposits have left: who states them before does not know them from the bank."""
    first = next(iter(entries), None)
    if first is None or first.file is None:
        return False
    file = (await file_store.fetch_files(conn, first.scope, [first.file])).get(first.file)
    return file is not None and file.status in _LEFT


async def _end(
    conn: Conn,
    renderers: Renderers,
    sent: Prenote,
    entries: list[Entry],
    after: FundingSource,
    moment: OwnerTime,
    *,
    is_late: bool,
) -> None:
    """End micro-deposits whose amounts were stated, rightly or for the last time."""
    is_right = after.verification is Verification.VERIFIED
    status = PrenoteStatus.VERIFIED if is_right else PrenoteStatus.FAILED
    reason = None if is_right else EXPIRED if is_late else TOO_MANY_ATTEMPTS
    over = ended(sent, status, now_ms=moment.now_ms, reason=reason)
    await store.update_prenote(conn, over)
    await entry_store.set_status(conn, entries, EntryStatus.RELEASED, was=EntryStatus.CONFIRMED)
    await announce(conn, renderers, over, moment)
    _log.info("micro-deposits ended", account=over.scope.account, microdeposits=over.id, status=over.status)


async def retrieve_microdeposits(database: Database, scope: AccountScope, set_id: str) -> Prenote:
    """Return micro-deposits, those that have ended too.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    if not set_id.startswith(MICRODEPOSITS_PREFIX):
        raise ResourceMissingError("micro-deposits", set_id, param="microdeposits", in_path=True)
    return await lookups.retrieve(database, scope, set_id, store.fetch_prenotes, kind="microdeposits")


async def list_microdeposits(
    database: Database, scope: AccountScope, request: PageRequest, *, funding_source: str | None
) -> Page[Prenote]:
    """Return a page of an account's micro-deposits, newest first: to one bank account, or all.

    Raises:
        ResourceMissingError: a cursor names none of the account's.
        ExclusiveParametersError: both cursors are given.
    """
    await lookups.check_cursors(database, scope, request, kind="microdeposits", exists=_exists)
    async with database.connection() as conn:
        place = window_of(MICRODEPOSITS_PREFIX, None, request)
        return await store.page_prenotes(conn, scope, place, funding_source=funding_source)


async def _exists(conn: Conn, scope: AccountScope, set_id: str) -> bool:
    return set_id in await store.fetch_prenotes(conn, scope, [set_id])
