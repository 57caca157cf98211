"""Create, preview, retrieve, update and cancel a top-up."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

import msgspec

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.metadata import MetadataChange, merge
from brim.base.scope import AccountScope
from brim.core.accounts import AccountClosedError
from brim.core.audit import ActorKind, PageAction
from brim.core.audit import ObjectType as AuditedType
from brim.core.events import ObjectType, Renderers
from brim.core.funding import IMPLICIT, Funding
from brim.core.idempotency import KeptReply, RenderError, RequestContext, Result, record, replay_of, run_once
from brim.core.originators import COLLECTION_ERRORS, CollectionTerms, Exposure, check_not_lapsed, exposures_of
from brim.core.rails import RAILS, Fail, Outcome, Rail, Rails, Return, Succeed, bank_account_rules
from brim.core.rails.ach import AchRail, effective_date_of
from brim.core.time import ClockAdvancingError, OwnerTime, check_test_mode, lock_owner_time, moment_of
from brim.core.topups import store as topups
from brim.core.topups.amounts import check_amount
from brim.core.topups.batches import Batches
from brim.core.topups.config import AccountConfig
from brim.core.topups.config_cache import ConfigCache
from brim.core.topups.retry_rules import RetriedAlreadyError, RetryRefusedError
from brim.core.topups.rules import (
    CreateTopup,
    CurrencyNotCollectedError,
    NoFundingSourceError,
    Topup,
    pending_topup,
)
from brim.core.topups.store import NewTopup
from brim.core.topups.transitions import Change, cancel, follow, topup_event, write_changes
from brim.platform.database import Conn, Database

_MOST_CONFIG_CHANGES: Final = 10
"""How often a create may find its account's configuration just changed, as when a test clock is advanced in a loop."""

_PERHAPS_ANSWERED: Final = (
    AccountClosedError,
    NoFundingSourceError,
    CurrencyNotCollectedError,
    ClockAdvancingError,
    *COLLECTION_ERRORS,
)
"""Why a top-up cannot be made, though another request may have made it under the same key before."""
_FORCED: Final[Mapping[type[Outcome], PageAction]] = {
    Succeed: PageAction.TOPUP_SUCCEEDED,
    Fail: PageAction.TOPUP_FAILED,
    Return: PageAction.TOPUP_REVERSED,
}
"""What a page asks for by the outcome that it forces."""

RenderTopup = Callable[[Conn, Topup], Awaitable[bytes]]
"""Writes a top-up as a reply, reading what is to be expanded on the given connection."""


class EditTopup(msgspec.Struct, frozen=True, kw_only=True):
    """What an update changes; `description` and `metadata` stay as they are where UNSET."""

    description: str | msgspec.UnsetType | None = msgspec.UNSET
    metadata: MetadataChange | msgspec.UnsetType = msgspec.UNSET


FindFunding: TypeAlias = Callable[[RequestContext, CreateTopup], Awaitable[Funding | KeptReply]]
"""Finds the bank account on file that a create names, or the answer that its key has already; asks the database."""

FindCollection: TypeAlias = Callable[[AccountScope, str, str, str], Awaitable[CollectionTerms]]
"""Finds by whom a rail collects a live debit of a bank account, named by its id in a parameter; asks the database."""

CheckNotCollected: TypeAlias = Callable[[Conn, Topup], Awaitable[None]]
"""Lets a top-up pass, which is held, that its rail has not handed to a bank; raises a refusal otherwise."""

FindRetry: TypeAlias = Callable[[RequestContext, CreateTopup], Awaitable[CreateTopup]]
"""Finds what allows a create to retry another top-up, and its funding source; raises if nothing does."""

PreviewFunding: TypeAlias = Callable[[AccountScope, CreateTopup], Awaitable[Funding]]
"""Finds the bank account on file that a create names, and only looks; asks the database."""


async def create_topup(  # noqa: PLR0913  what a top-up is made from
    batches: Batches,
    configs: ConfigCache,
    context: RequestContext,
    wanted: CreateTopup,
    *,
    ids: IdFactory,
    rails: Rails,
    renderers: Renderers,
    find_funding: FindFunding,
    find_collection: FindCollection,
    find_retry: FindRetry,
) -> Result:
    """Return the new top-up's reply, or the first reply of its idempotency key; durable either way.

    Raises:
        AmountTooLargeError, InvalidAmountStepError: the currency does not allow the amount.
        ExclusiveParametersError: it names a source and a payment method.
        ResourceMissingError: there is no such source or payment method.
        UnverifiedFundingError: the bank account it names may not be debited.
        TokenAlreadyUsedError: the token it names has become a source.
        NoFundingSourceError: it is live, names nothing, and the account has no default in its currency.
        LiveModeNotReadyError, RailStoppedError, NotAuthorizedError, MandateUnusableError: live money of it cannot be
            collected now.
        EntryCapError, DayCapError, SourceCapError: the originator's profile does not allow so much.
        DuplicateTopupError: it is live, looks like one that was just created, and does not say that it is intended.
        RetryRefusedError, RetriedAlreadyError: it would retry what cannot be retried, or is retried already.
        ClockAdvancingError: the account's test clock is on its way.
        IdempotencyMismatchError: the key stands for another request.
        OverloadedError: too many creates wait already.
        DatabaseUnavailableError: nothing is known of the write; a retry under the same key finds out.
    """
    check_amount(wanted.amount, wanted.currency)
    if wanted.retry_of is not None:
        retrying = await _retrying(batches, context, wanted, find_retry)
        if isinstance(retrying, KeptReply):
            return replay_of(context, retrying)
        wanted = retrying
    named = _named_funding(context.scope, wanted)
    if named is None and (wanted.source or wanted.payment_method):
        found = await find_funding(context, wanted)
        if isinstance(found, KeptReply):
            return replay_of(context, found)
        named = found
    make = partial(
        _new_topup, context, wanted, named, ids=ids, rails=rails, renderers=renderers, find_collection=find_collection
    )
    return await _create(batches, configs, context, make)


async def _retrying(
    batches: Batches, context: RequestContext, wanted: CreateTopup, find_retry: FindRetry
) -> CreateTopup | KeptReply:
    """Return a create with what allows it to retry another top-up, or the response already stored under its key."""
    try:
        return await find_retry(context, wanted)
    except (RetryRefusedError, RetriedAlreadyError):
        kept = await batches.find_kept(context)
        if kept is None:
            raise
        return kept


async def _create(
    batches: Batches,
    configs: ConfigCache,
    context: RequestContext,
    make: Callable[[AccountConfig], Awaitable[NewTopup]],
) -> Result:
    """Write what `make` returns for the account's configuration, and return its reply."""
    for _ in range(_MOST_CONFIG_CHANGES):
        try:
            new = await make(configs.of(context.scope))
        except _PERHAPS_ANSWERED:
            kept = await batches.find_kept(context)
            if kept is not None:  # a retry gets its first answer, whatever stands in the way of another top-up
                return replay_of(context, kept)
            await configs.refresh(context.scope)  # perhaps it is so no longer
            new = await make(configs.of(context.scope))
        if is_of_page(context):
            created = await batches.create_alone(new, partial(_record, context, PageAction.TOPUP_MADE, None, new.topup))
        else:
            created = await batches.create(new)
        if created is None:
            return Result(body=new.event.payload)
        if isinstance(created, KeptReply):
            return replay_of(context, created)
        await configs.refresh(context.scope)
    raise ClockAdvancingError


async def preview_topup(
    configs: ConfigCache,
    scope: AccountScope,
    wanted: CreateTopup,
    *,
    now_ms: int,
    ids: IdFactory,
    rails: Rails,
    find_funding: PreviewFunding,
    find_collection: FindCollection,
) -> Topup:
    """Return the top-up that a create would make now, with what it would be promised; nothing is written.

    Raises:
        AmountTooLargeError, InvalidAmountStepError: the currency does not allow the amount.
        ExclusiveParametersError: it names a source and a payment method.
        ResourceMissingError: there is no such source or payment method.
        UnverifiedFundingError: the bank account it names may not be debited.
        TokenAlreadyUsedError: the token it names has become a source.
        NoFundingSourceError: it is live, names nothing, and the account has no default in its currency.
        ClockAdvancingError: the account's test clock is on its way.
        DatabaseUnavailableError: the account's configuration cannot be read.
    """
    check_amount(wanted.amount, wanted.currency)
    named = _named_funding(scope, wanted)
    if named is None and (wanted.source or wanted.payment_method):
        named = await find_funding(scope, wanted)
    current = await configs.refresh(scope)  # a stale create is refused; a preview would not be
    funding = named or _default_funding(scope, wanted.currency, current)
    collection = await _collection(scope, wanted.currency, funding, rails, find_collection)
    topup, _ = _draft(scope, wanted, funding, current, collection, now_ms=now_ms, ids=ids, rails=rails)
    return topup


async def _new_topup(
    context: RequestContext,
    wanted: CreateTopup,
    named: Funding | None,
    config: AccountConfig,
    *,
    ids: IdFactory,
    rails: Rails,
    renderers: Renderers,
    find_collection: FindCollection,
) -> NewTopup:
    """Return the pending top-up and its `topup.created` event; `named` is the funding that the create names."""
    if config.is_closed:
        raise AccountClosedError(context.scope.account)
    funding = named or _default_funding(context.scope, wanted.currency, config)
    collection = await _collection(context.scope, wanted.currency, funding, rails, find_collection)
    topup, moment = _draft(
        context.scope, wanted, funding, config, collection, now_ms=context.now_ms, ids=ids, rails=rails
    )
    if funding.source_on_file is not None:
        source = renderers.render(ObjectType.SOURCE, funding.source_on_file)
        topup = msgspec.structs.replace(topup, source_details=source)
    event = topup_event(topup, moment, context.cause, renderers=renderers)
    exposures: tuple[Exposure, ...] = ()
    twin_window_minutes = 0
    if collection is not None:
        if not wanted.allow_duplicate and wanted.retry is None:
            window = collection.originator.profile.duplicate_window_minutes
            twin_window_minutes = max(window, wanted.least_twin_window_minutes)
        exposures = exposures_of(
            collection.originator,
            context.scope,
            funding_source=topup.payment_method or topup.source or "",
            amount=topup.amount,
            now_ms=moment.now_ms,
        )
    mandate = None if collection is None else collection.mandate
    one_off = mandate.id if mandate is not None and mandate.is_one_off else None
    return NewTopup(topup, event, context.claim, config.version, exposures, twin_window_minutes, wanted.retry, one_off)


async def _collection(
    scope: AccountScope, currency: str, funding: Funding, rails: Rails, find_collection: FindCollection
) -> CollectionTerms | None:
    """Return by whom a live debit is collected; None where a rail serves it that needs nobody, as in test mode.

    Raises:
        CurrencyNotCollectedError: no rail collects live money in that currency.
        LiveModeNotReadyError, RailStoppedError, NotAuthorizedError: as `find_collection`.
    """
    if rails.serving(livemode=scope.livemode, currency=currency, funding_type=funding.type) is not None:
        return None
    rail = _collecting_rail(currency, funding.type)
    param = "payment_method" if funding.payment_method is not None else "source"
    return await find_collection(scope, funding.payment_method or funding.source or "", param, rail)


def _draft(
    scope: AccountScope,
    wanted: CreateTopup,
    funding: Funding,
    config: AccountConfig,
    collection: CollectionTerms | None,
    *,
    now_ms: int,
    ids: IdFactory,
    rails: Rails,
) -> tuple[Topup, OwnerTime]:
    """Return the pending top-up of a create under this configuration, and its moment in the account's time.

    Raises:
        AccountClosedError: the account's account was rejected or deleted.
        NoFundingSourceError: no rail of this server collects that money.
        MandateUnusableError: the mandate will have lapsed.
    """
    if config.is_closed:
        raise AccountClosedError(scope.account)
    moment = moment_of(config.test_clock, now_ms=now_ms, ids=ids)
    rail: Rail | None = rails.serving(livemode=scope.livemode, currency=wanted.currency, funding_type=funding.type)
    if collection is not None:
        rail = AchRail(collection.originator.profile, wanted.amount)
    if rail is None:
        raise NoFundingSourceError(wanted.currency)
    plan = rail.plan(
        currency=wanted.currency,
        scenario=funding.scenario,
        settlement_days=config.settlement_days,
        now_ms=moment.now_ms,
        is_frozen=moment.test_clock is not None,
    )
    if collection is not None and plan.due_ms is not None:
        check_not_lapsed(collection, effective_date_of(collection.originator.profile, plan.due_ms), param="source")
    return pending_topup(scope, wanted, moment, funding, plan, rail=rail.name), moment


def _named_funding(scope: AccountScope, wanted: CreateTopup) -> Funding | None:
    """Return the funding if the create names a documented test id; None if it names another one, or nothing."""
    if wanted.source and wanted.payment_method:
        raise ExclusiveParametersError("source", "payment_method")
    rules = bank_account_rules(livemode=scope.livemode)
    if wanted.source and (token := rules.documented_source(wanted.source)):
        return Funding(source=wanted.source, scenario=token.scenario)
    if wanted.payment_method and (method := rules.documented_payment_method(wanted.payment_method)):
        return Funding(payment_method=wanted.payment_method, scenario=method.scenario) if method.is_verified else None
    return None


def _default_funding(scope: AccountScope, currency: str, config: AccountConfig) -> Funding:
    """Return what pays for a top-up that names nothing: the account's default, else test mode's own.

    Raises:
        CurrencyNotCollectedError: it is live, and no rail collects that currency.
        NoFundingSourceError: it is live, and there is no default.
    """
    if currency in config.defaults:
        return config.defaults[currency]
    if scope.livemode:
        _collecting_rail(currency, "source")
        raise NoFundingSourceError(currency)
    return IMPLICIT


def _collecting_rail(currency: str, funding_type: str) -> str:
    """Return the name of the rail that collects live money in a currency.

    Raises:
        CurrencyNotCollectedError: none does.
    """
    live = [entry for entry in RAILS if entry.livemode]
    for entry in live:
        if entry.serves(livemode=True, currency=currency, funding_type=funding_type):
            return entry.name
    collected = {entry.name: entry.currencies or () for entry in live}
    raise CurrencyNotCollectedError(currency, collected=collected)


async def retrieve_topup(batches: Batches, scope: AccountScope, topup_id: str) -> Topup:
    """Return a top-up as it is now.

    Raises:
        ResourceMissingError: the account has none of that id.
    """
    topup = await batches.retrieve(scope, topup_id)
    if topup is None:
        other_mode = await batches.retrieve(AccountScope(scope.account, not scope.livemode), topup_id)
        raise _missing(scope, topup_id, in_other_mode=other_mode is not None)
    return topup


async def update_topup(
    database: Database,
    context: RequestContext,
    topup_id: str,
    edit: EditTopup,
    *,
    render: RenderTopup,
    render_error: RenderError,
) -> Result:
    """Change description and metadata, in any status, and return the top-up's reply.

    Raises:
        ResourceMissingError: the account has none of that id.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        topup = await _lock(conn, context.scope, topup_id)
        changed = msgspec.structs.replace(
            topup,
            description=topup.description if edit.description is msgspec.UNSET else edit.description,
            metadata=topup.metadata if edit.metadata is msgspec.UNSET else merge(topup.metadata, edit.metadata),
        )
        if changed != topup:
            await topups.update_topup(conn, changed)
            await _record(context, PageAction.TOPUP_UPDATED, topup, changed, conn)
        return await render(conn, changed)

    return await run_once(database, context, work, render_error=render_error)


async def cancel_topup(
    database: Database,
    context: RequestContext,
    topup_id: str,
    *,
    ids: IdFactory,
    renderers: Renderers,
    render: RenderTopup,
    render_error: RenderError,
    check_not_collected: CheckNotCollected,
) -> Result:
    """Call off a pending top-up, announce it, and return its reply; that it is not pending is an answer too.

    Raises:
        ResourceMissingError: the account has none of that id.
        KeptRefusalError: it is with the bank, as far as `check_not_collected` knows.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        moment = await lock_owner_time(conn, context.scope, now_ms=context.now_ms, ids=ids)
        topup = await _lock(conn, context.scope, topup_id)
        await check_not_collected(conn, topup)
        transition = cancel(topup, moment, context.cause, renderers=renderers)
        await write_changes(conn, [Change(transition, topup, moment, context.cause)], renderers=renderers)
        await _record(context, PageAction.TOPUP_CANCELED, topup, transition.topup, conn)
        return await render(conn, transition.topup)

    return await run_once(database, context, work, render_error=render_error)


async def force_outcome(
    database: Database,
    context: RequestContext,
    topup_id: str,
    outcome: Outcome,
    *,
    ids: IdFactory,
    renderers: Renderers,
    render: RenderTopup,
    render_error: RenderError,
) -> Result:
    """Let a test-mode top-up come to an end as if the bank had answered now, and return its reply.

    That it cannot go there from where it stands is an answer too.

    Raises:
        NotInLiveModeError: real money is not moved by a test helper.
        ResourceMissingError: the account has none of that id.
        ClockAdvancingError: the account's test clock is on its way.
        IdempotencyMismatchError: the key stands for another request.
    """
    check_test_mode(context.scope)

    async def work(conn: Conn) -> bytes:
        moment = await lock_owner_time(conn, context.scope, now_ms=context.now_ms, ids=ids)
        topup = await _lock(conn, context.scope, topup_id)
        transition = follow(topup, outcome, moment, context.cause, renderers=renderers)
        if transition:
            await write_changes(conn, [Change(transition, topup, moment, context.cause)], renderers=renderers)
            await _record(context, _FORCED[type(outcome)], topup, transition.topup, conn)
        return await render(conn, transition.topup if transition else topup)

    return await run_once(database, context, work, render_error=render_error)


def is_of_page(context: RequestContext) -> bool:
    """Tell whether an operator's page asks."""
    return context.by.kind is ActorKind.OPERATOR


async def _record(context: RequestContext, action: PageAction, before: Topup | None, after: Topup, conn: Conn) -> None:
    """Add a line to the audit log about what an operator's page does; what keys do has its events alone."""
    if is_of_page(context):
        await record(conn, context, action, AuditedType.TOPUP, after.id, before=before, after=after)


async def _lock(conn: Conn, scope: AccountScope, topup_id: str) -> Topup:
    topup = await topups.lock_topup(conn, scope, topup_id)
    if topup is None:
        other_mode = await topups.lock_topup(conn, AccountScope(scope.account, not scope.livemode), topup_id)
        raise _missing(scope, topup_id, in_other_mode=other_mode is not None)
    return topup


def _missing(scope: AccountScope, topup_id: str, *, in_other_mode: bool) -> ResourceMissingError:
    return ResourceMissingError(
        "topup", topup_id, param="topup", in_path=True, other_mode_of=scope.livemode if in_other_mode else None
    )
