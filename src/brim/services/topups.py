"""Create, retrieve, update and cancel a top-up."""

from collections.abc import Awaitable, Callable

import msgspec

from brim.domain import topups as rules
from brim.domain.amounts import check_amount
from brim.domain.errors import ExclusiveParametersError, ResourceMissingError, missing_funding
from brim.domain.events import EVENT_OF_STATUS, Event
from brim.domain.metadata import MetadataChange, merge
from brim.domain.topups import NoFundingSourceError, Owner, Topup
from brim.domain.wire import topup_json
from brim.kit.errors import BrimError
from brim.kit.ids import IdFactory
from brim.rails.rail import Rail
from brim.rails.sandbox import is_known_payment_method, is_known_source
from brim.services.batches import Batches
from brim.services.idempotency import Answer, Attempt, replay, run_once
from brim.store import topups
from brim.store.database import Conn, Database
from brim.store.topups import NewTopup

RenderTopup = Callable[[Conn, Topup], Awaitable[bytes]]
"""Writes a top-up as a reply, reading what is to be expanded on the given connection."""


class CreateTopup(msgspec.Struct, frozen=True, kw_only=True):
    """A validated wish for a top-up. `amount` is in minor units of `currency`."""

    amount: int
    currency: str
    description: str | None = None
    metadata: dict[str, str] = {}
    payment_method: str | None = None
    payment_method_network: str | None = None
    source: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None


class EditTopup(msgspec.Struct, frozen=True, kw_only=True):
    """What an update changes; `description` and `metadata` stay as they are where UNSET."""

    description: str | msgspec.UnsetType | None = msgspec.UNSET
    metadata: MetadataChange | msgspec.UnsetType = msgspec.UNSET


async def create_topup(batches: Batches, attempt: Attempt, wish: CreateTopup, *, ids: IdFactory, rail: Rail) -> Answer:
    """Return the new top-up's reply, or the first reply of its idempotency key; durable either way.

    Raises:
        AmountTooLargeError, InvalidAmountStepError: the currency does not allow the amount.
        ExclusiveParametersError: it names a source and a payment method.
        ResourceMissingError: there is no such source or payment method.
        NoFundingSourceError: it is live, and live mode has no funding sources yet.
        IdempotencyMismatchError: the key stands for another request.
        OverloadedError: too many creates wait already.
        DatabaseUnavailableError: nothing is known of the write; a retry under the same key finds out.
    """
    check_amount(wish.amount, wish.currency)
    _check_funding(attempt.owner, wish)
    new = _new_topup(attempt, wish, ids=ids, rail=rail)
    kept = await batches.create(new)
    if kept and attempt.claim:
        return replay(attempt.claim, kept)
    return Answer(body=new.event.payload)


def _check_funding(owner: Owner, wish: CreateTopup) -> None:
    """Let a wish pass whose money can come from somewhere; without source or payment method, from the default one."""
    if wish.source and wish.payment_method:
        raise ExclusiveParametersError("source", "payment_method")
    if wish.source and (owner.livemode or not is_known_source(wish.source)):
        raise missing_funding(wish.source, param="source")
    if wish.payment_method and (owner.livemode or not is_known_payment_method(wish.payment_method)):
        raise missing_funding(wish.payment_method, param="payment_method")
    if owner.livemode:
        raise NoFundingSourceError(wish.currency)


def _new_topup(attempt: Attempt, wish: CreateTopup, *, ids: IdFactory, rail: Rail) -> NewTopup:
    """Return the pending top-up and its `topup.created` event."""
    topup_id = ids.new_at("tu_", attempt.now_ms)
    plan = rail.plan(source=wish.source, payment_method=wish.payment_method, now_ms=attempt.now_ms)
    topup = Topup(
        owner=attempt.owner,
        id=topup_id,
        amount=wish.amount,
        currency=wish.currency,
        created=ids.newest_second,
        description=wish.description,
        expected_availability_date=plan.expected_availability_date,
        metadata=wish.metadata,
        payment_method=wish.payment_method,
        payment_method_network=wish.payment_method_network,
        source=wish.source,
        statement_descriptor=wish.statement_descriptor,
        transfer_group=wish.transfer_group,
        settle_due_ms=plan.settle_due_ms,
    )
    event = _event_of(topup, attempt, event_id=ids.new_at("evt_", attempt.now_ms), created=topup.created)
    return NewTopup(topup, event, attempt.claim)


def _event_of(topup: Topup, attempt: Attempt, *, event_id: str, created: int) -> Event:
    """Return the event that announces the status a request has just given a top-up."""
    return Event(
        owner=topup.owner,
        id=event_id,
        type=EVENT_OF_STATUS[topup.status],
        created=created,
        api_version=attempt.api_version,
        object_id=topup.id,
        payload=topup_json(topup),
        request_id=attempt.request_id,
        idempotency_key=attempt.claim.key if attempt.claim else None,
    )


async def retrieve_topup(batches: Batches, owner: Owner, topup_id: str) -> Topup:
    """Return a top-up as it is now.

    Raises:
        ResourceMissingError: the owner has none of that id.
    """
    topup = await batches.retrieve(owner, topup_id)
    if topup is None:
        other_mode = await batches.retrieve(Owner(owner.account, not owner.livemode), topup_id)
        raise _missing(owner, topup_id, in_other_mode=other_mode is not None)
    return topup


async def update_topup(
    database: Database,
    attempt: Attempt,
    topup_id: str,
    edit: EditTopup,
    *,
    render: RenderTopup,
    render_error: Callable[[BrimError], tuple[int, bytes]],
) -> Answer:
    """Change description and metadata, in any status, and return the top-up's reply.

    Raises:
        ResourceMissingError: the owner has none of that id.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        topup = await _lock(conn, attempt.owner, topup_id)
        changed = msgspec.structs.replace(
            topup,
            description=topup.description if edit.description is msgspec.UNSET else edit.description,
            metadata=topup.metadata if edit.metadata is msgspec.UNSET else merge(topup.metadata, edit.metadata),
        )
        if changed != topup:
            await topups.update_topup(conn, changed)
        return await render(conn, changed)

    return await run_once(database, attempt, work, render_error=render_error)


async def cancel_topup(
    database: Database,
    attempt: Attempt,
    topup_id: str,
    *,
    ids: IdFactory,
    render: RenderTopup,
    render_error: Callable[[BrimError], tuple[int, bytes]],
) -> Answer:
    """Call off a pending top-up, announce it, and return its reply; a refusal is an answer too.

    Raises:
        ResourceMissingError: the owner has none of that id.
        InvalidTransitionError: it is not pending, and no idempotency key keeps that answer.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        topup = rules.cancel(await _lock(conn, attempt.owner, topup_id))
        event_id = ids.new_at("evt_", attempt.now_ms)
        await topups.update_topup(conn, topup)
        await topups.insert_event(conn, _event_of(topup, attempt, event_id=event_id, created=ids.newest_second))
        return await render(conn, topup)

    return await run_once(database, attempt, work, render_error=render_error)


async def _lock(conn: Conn, owner: Owner, topup_id: str) -> Topup:
    topup = await topups.lock_topup(conn, owner, topup_id)
    if topup is None:
        other_mode = await topups.lock_topup(conn, Owner(owner.account, not owner.livemode), topup_id)
        raise _missing(owner, topup_id, in_other_mode=other_mode is not None)
    return topup


def _missing(owner: Owner, topup_id: str, *, in_other_mode: bool) -> ResourceMissingError:
    return ResourceMissingError(
        "topup", topup_id, param="topup", in_path=True, other_mode_of=owner.livemode if in_other_mode else None
    )
