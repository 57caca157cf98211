"""Bank accounts on file: make payment methods, change, verify and detach them; sources likewise.

A request's account number is sealed before anything is written, and never leaves here again. Neighbours: `tokens`
makes sources, `default_funding` says which bank account pays for what names none, `paying` finds the one that does.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from brim.base.errors import BrimError, NotInTestModeError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.metadata import MetadataChange, merge
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.account_config import bump_config_version
from brim.core.audit import Action, ObjectType
from brim.core.bank_accounts import BankAccount, BankNumbers, Guess, Party, Verification, bank_name_of
from brim.core.funding import store as funding
from brim.core.funding.bank_secrets import BankSecrets
from brim.core.funding.defaults import record_default
from brim.core.funding.documented import documented_payment_method
from brim.core.funding.rules import (
    KIND_WORDS,
    PREFIXES,
    AlreadyVerifiedError,
    DescriptorCodeMismatchError,
    FundingFilters,
    FundingKind,
    FundingSource,
    MicrodepositAmountsMismatchError,
    MicrodepositsTimedOutError,
    PartyChange,
    RehearsalOnlyError,
    TooManyAttemptsError,
    attached,
    check_can_be_guessed,
    judged,
    merged_party,
)
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.core.installation import InstallationKind, find_kind
from brim.core.rails import bank_account_rules
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors

Render: TypeAlias = Callable[[FundingSource], bytes]

REHEARSED: Final = "rehearsal"
"""The method of a bank account that nobody has verified, and that is played."""


class NewPaymentMethod(msgspec.Struct, frozen=True, kw_only=True):
    """The validated parameters of a payment method; `by_microdeposits` asks for it to be verified by them."""

    numbers: BankNumbers
    holder_type: str | None = None
    account_type: str = "checking"
    party: Party = Party()
    metadata: dict[str, str] = {}
    allow_redisplay: str = "unspecified"
    by_microdeposits: bool = False


class EditFundingSource(msgspec.Struct, frozen=True, kw_only=True):
    """What an update changes of a bank account on file; None stays as it is."""

    party: PartyChange = PartyChange()
    metadata: MetadataChange = MetadataChange()
    holder_type: str | None = None
    account_type: str | None = None
    allow_redisplay: str | None = None


class MicrodepositGuess(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says was sent: two amounts in cents, or the code; `param` is the parameter that said so."""

    amounts: tuple[int, int] | None = None
    descriptor_code: str | None = None
    param: str


async def create_payment_method(
    database: Database,
    secrets: BankSecrets,
    context: RequestContext,
    wanted: NewPaymentMethod,
    *,
    ids: IdFactory,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Put a bank account on file and return its reply.

    Raises:
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep account numbers.
        IdempotencyMismatchError: the key stands for another request.
    """
    method_id = ids.new_at(PREFIXES[FundingKind.PAYMENT_METHOD], context.now_ms)
    created = ids.newest_second
    kept = await secrets.keep(wanted.numbers, scope=context.scope, object_id=method_id)
    scenario, verification = first_state(context.scope, wanted.numbers, by_microdeposits=wanted.by_microdeposits)
    method = FundingSource(
        scope=context.scope,
        id=method_id,
        kind=FundingKind.PAYMENT_METHOD,
        created=created,
        bank_account=BankAccount(
            routing_number=wanted.numbers.routing_number,
            last4=wanted.numbers.last4,
            fingerprint=kept.fingerprint,
            bank_name=bank_name_of(wanted.numbers.routing_number),
            holder_type=wanted.holder_type,
            account_type=wanted.account_type,
        ),
        verification=verification,
        party=wanted.party,
        metadata=wanted.metadata,
        allow_redisplay=wanted.allow_redisplay,
        scenario=scenario,
    )

    async def work(conn: Conn) -> bytes:
        await funding.insert_funding_source(conn, method, kept.sealed)
        await _record(conn, context, Action.FUNDING_SOURCE_MADE, None, method)
        return render(method)

    return await run_once(database, context, work, render_error=render_error)


def first_state(
    scope: AccountScope, numbers: BankNumbers, *, by_microdeposits: bool
) -> tuple[str | None, Verification]:
    """Return what a new bank account is to its rail, and whether it may be debited yet."""
    scenario, verification = bank_account_rules(livemode=scope.livemode).counterparty(numbers)
    if by_microdeposits and verification is Verification.VERIFIED:
        return scenario, Verification.PENDING
    return scenario, verification


async def retrieve_funding_source(
    database: Database, scope: AccountScope, kind: FundingKind, funding_id: str
) -> FundingSource:
    """Return a bank account on file, a detached one too, or what a documented test id stands for.

    Raises:
        ResourceMissingError: the account has none of that id and kind.
    """
    documented = find_documented(scope, funding_id) if kind is FundingKind.PAYMENT_METHOD else None
    if documented is not None:
        return documented
    async with database.connection() as conn:
        found = (await funding.fetch_funding_sources(conn, scope, [funding_id])).get(funding_id)
        if found is None or found.kind is not kind:
            raise await _missing(conn, scope, kind, funding_id)
        return found


def find_documented(scope: AccountScope, payment_method: str) -> FundingSource | None:
    """Return the payment method that a documented test id stands for, None for any other id."""
    documented = bank_account_rules(livemode=scope.livemode).documented_payment_method(payment_method)
    if documented is None:
        return None
    return documented_payment_method(scope, payment_method, verification=documented.verification)


async def update_funding_source(
    database: Database,
    context: RequestContext,
    kind: FundingKind,
    funding_id: str,
    edit: EditFundingSource,
    *,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Change what may change of a bank account on file and return its reply.

    Raises:
        ResourceMissingError: the account has none of that id and kind.
        TooMuchMetadataError: it would have more metadata than it may.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        source = await _lock(conn, context.scope, kind, funding_id)
        account = source.bank_account
        changed = msgspec.structs.replace(
            source,
            party=merged_party(source.party, edit.party),
            metadata=merge(source.metadata, edit.metadata),
            allow_redisplay=edit.allow_redisplay or source.allow_redisplay,
            bank_account=msgspec.structs.replace(
                account,
                holder_type=edit.holder_type or account.holder_type,
                account_type=edit.account_type or account.account_type,
            ),
        )
        await _write(conn, changed)
        await _record(conn, context, Action.FUNDING_SOURCE_UPDATED, source, changed)
        return render(changed)

    return await run_once(database, context, work, render_error=render_error)


async def attach_payment_method(
    database: Database,
    context: RequestContext,
    method_id: str,
    *,
    customer: str | None,
    customer_account: str | None,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Keep a payment method for a customer, one of the two that may be named, and return its reply.

    Raises:
        ResourceMissingError: the account has no such payment method.
        AlreadyAttachedError: it is kept for somebody else.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        method = await _lock(conn, context.scope, FundingKind.PAYMENT_METHOD, method_id)
        kept = attached(method, customer=customer, customer_account=customer_account)
        await funding.update_funding_source(conn, kept)
        await _record(conn, context, Action.FUNDING_SOURCE_ATTACHED, method, kept)
        return render(kept)

    return await run_once(database, context, work, render_error=render_error)


async def detach_funding_source(
    database: Database,
    context: RequestContext,
    kind: FundingKind,
    funding_id: str,
    *,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Let no new top-up be paid from a bank account, as a default neither, and return its reply.

    Raises:
        ResourceMissingError: the account has none of that id and kind.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        source = await _lock(conn, context.scope, kind, funding_id)
        detached = msgspec.structs.replace(source, is_detached=True, customer=None, customer_account=None)
        await funding.update_funding_source(conn, detached)
        currencies = await funding.delete_defaults_of(conn, context.scope, funding_id)
        if currencies:
            await bump_config_version(conn, context.scope)
        for currency in currencies:
            await record_default(conn, context, Action.DEFAULT_FUNDING_DELETED, currency, before=funding_id, after=None)
        await _record(conn, context, Action.FUNDING_SOURCE_DETACHED, source, detached)
        return render(detached)

    return await run_once(database, context, work, render_error=render_error)


async def verify_funding_source(
    database: Database,
    context: RequestContext,
    kind: FundingKind,
    funding_id: str,
    guess: MicrodepositGuess,
    *,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Compare what somebody says was sent with what was, and return the reply of the bank account, verified now.

    A refusal of these is an answer that is kept, and the attempt counts.

    Raises:
        ResourceMissingError: the account has none of that id and kind.
        AlreadyVerifiedError, MicrodepositsNotSentError: there is nothing to guess.
        MicrodepositAmountsMismatchError, DescriptorCodeMismatchError: it was wrong.
        TooManyAttemptsError, MicrodepositsTimedOutError: it was wrong for good.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        source = await _lock(conn, context.scope, kind, funding_id)
        check_can_be_guessed(source)
        after, refusal = await write_guess(conn, context, source, _judge(context.scope, guess), guess)
        if refusal is not None:
            raise refusal
        return render(after)

    return await run_once(database, context, work, render_error=render_error)


async def hold_for_guess(conn: Conn, scope: AccountScope, kind: FundingKind, funding_id: str) -> FundingSource:
    """Return a live bank account whose micro-deposits are stated, held until the transaction ends.

    Raises:
        ResourceMissingError: the account has none of that id and kind.
        AlreadyVerifiedError: it needs no verification any more.
    """
    source = await _lock(conn, scope, kind, funding_id)
    if source.verification is Verification.VERIFIED:
        raise AlreadyVerifiedError(funding_id)
    return source


async def write_guess(
    conn: Conn, context: RequestContext, source: FundingSource, found: Guess, guess: MicrodepositGuess
) -> tuple[FundingSource, BrimError | None]:
    """Write what a guess makes of a bank account that the transaction holds; return it, and a wrong one's refusal."""
    after = judged(source, found)
    await _write(conn, after)
    await _record(conn, context, Action.FUNDING_SOURCE_GUESSED, source, after)
    return after, None if after.verification is Verification.VERIFIED else _refusal(after, found, guess)


async def state_verification(
    database: Database,
    attempt: RequestContext,
    funding_id: str,
    *,
    method: str,
    evidence: str,
    render: Render,
    render_error: RenderError,
) -> Result:
    """Take a platform's word that a live bank account was verified, and return the reply of it.

    Args:
        database: where.
        attempt: the request, whose actor answers for it: the audit log keeps the method and the evidence.
        funding_id: which bank account.
        method: how it was verified, as one word.
        evidence: how that can be shown, such as a name of a document.
        render: writes the reply.
        render_error: writes a refusal.

    Raises:
        ResourceMissingError: the account has none of that id.
        NotInTestModeError: it is a bank account of test mode, where micro-deposits verify it.
        RehearsalOnlyError: the method is that of a rehearsal, and this installation is none.
        AlreadyVerifiedError: it needs no verification any more.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        before = await funding.lock_funding_source(conn, attempt.scope, funding_id)
        if before is None or before.is_detached:
            raise await _missing(conn, attempt.scope, _kind_of(funding_id), funding_id)
        if not attempt.scope.livemode:
            raise NotInTestModeError
        if method == REHEARSED and await find_kind(conn) is not InstallationKind.REHEARSAL:
            raise RehearsalOnlyError
        if before.verification is Verification.VERIFIED:
            raise AlreadyVerifiedError(funding_id)
        after = msgspec.structs.replace(before, verification=Verification.VERIFIED)
        await _write(conn, after)
        await audit.record(
            conn,
            attempt.by,
            Action.FUNDING_SOURCE_VERIFIED,
            object_type=ObjectType.FUNDING_SOURCE,
            object_id=funding_id,
            before=before,
            after=after,
            scope=attempt.scope,
            detail=f"{method}: {evidence}",
            now_ms=attempt.now_ms,
            ids=attempt.ids,
        )
        return render(after)

    return await run_once(database, attempt, work, render_error=render_error)


async def find_funding_source(database: Database, scope: AccountScope, funding_id: str) -> FundingSource:
    """Return a bank account on file that may be debited, of whatever kind.

    Raises:
        ResourceMissingError: the account has none of that id, or it was detached.
    """
    async with database.connection() as conn:
        found = (await funding.fetch_funding_sources(conn, scope, [funding_id])).get(funding_id)
    if found is None or found.is_detached:
        raise ResourceMissingError("funding source", funding_id, param="funding_source")
    return found


def _kind_of(funding_id: str) -> FundingKind:
    prefixes = (kind for kind, prefix in PREFIXES.items() if funding_id.startswith(prefix))
    return next(prefixes, FundingKind.SOURCE)


def _judge(scope: AccountScope, guess: MicrodepositGuess) -> Guess:
    rules = bank_account_rules(livemode=scope.livemode)
    if guess.amounts is not None:
        return rules.judge_amounts(guess.amounts)
    return rules.judge_descriptor_code(guess.descriptor_code or "")


def _refusal(source: FundingSource, found: Guess, guess: MicrodepositGuess) -> BrimError:
    """Return why a guess did not verify the bank account that it left behind."""
    if found is Guess.TOO_LATE:
        return MicrodepositsTimedOutError(source.id)
    if source.verification is Verification.FAILED:
        return TooManyAttemptsError(source.id)
    if guess.amounts is None:
        return DescriptorCodeMismatchError(source.attempts_left, param=guess.param)
    return MicrodepositAmountsMismatchError(source.attempts_left, param=guess.param)


async def _write(conn: Conn, source: FundingSource) -> None:
    """Write a change; where it is a source that pays for what names none, later top-ups carry it as it is now."""
    await funding.update_funding_source(conn, source)
    if source.kind is FundingKind.SOURCE and source.id in (await funding.read_defaults(conn, source.scope)).values():
        await bump_config_version(conn, source.scope)


async def _record(
    conn: Conn, context: RequestContext, action: Action, before: FundingSource | None, after: FundingSource
) -> None:
    """Add a line to the audit log about what a request does to a bank account on file."""
    await record(conn, context, action, ObjectType.FUNDING_SOURCE, after.id, before=before, after=after)


async def _lock(conn: Conn, scope: AccountScope, kind: FundingKind, funding_id: str) -> FundingSource:
    """Return a bank account that is on file, held for a change."""
    source = await funding.lock_funding_source(conn, scope, funding_id)
    if source is None or source.kind is not kind or source.is_detached:
        raise await _missing(conn, scope, kind, funding_id)
    return source


async def _missing(conn: Conn, scope: AccountScope, kind: FundingKind, funding_id: str) -> ResourceMissingError:
    """Return the error that there is no such bank account; it says whether the account's other mode has it."""
    other_mode = AccountScope(scope.account, not scope.livemode)
    in_other_mode = await funding.fetch_funding_sources(conn, other_mode, [funding_id])
    other_mode_of = scope.livemode if in_other_mode else None
    return ResourceMissingError(KIND_WORDS[kind], funding_id, param=kind, in_path=True, other_mode_of=other_mode_of)


async def fetch_payment_methods(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> list[FundingSource]:
    """Return those of an account's payment methods that exist, documented test ids among them, each once."""
    documented = {method_id: find_documented(scope, method_id) for method_id in dict.fromkeys(ids)}
    on_file = [method_id for method_id, method in documented.items() if method is None]
    found = await funding.fetch_funding_sources(conn, scope, on_file) if on_file else {}
    return [*found.values(), *(method for method in documented.values() if method is not None)]


async def list_funding_sources(
    database: Database,
    scope: AccountScope,
    kind: FundingKind,
    request: PageRequest,
    filters: FundingFilters = FundingFilters(),  # noqa: B008  frozen
) -> Page[FundingSource]:
    """Return a page of an account's bank accounts of one kind, without those that were detached.

    Raises:
        ResourceMissingError: a cursor names none of the account's.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, scope, request, kind=KIND_WORDS[kind], exists=_funding_source_exists)
    async with database.connection() as conn:
        return await funding.list_funding_sources(conn, scope, filters, window_of(PREFIXES[kind], None, request))


async def _funding_source_exists(conn: Conn, scope: AccountScope, funding_id: str) -> bool:
    return funding_id in await funding.fetch_funding_sources(conn, scope, [funding_id])
