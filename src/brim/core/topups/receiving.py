"""Top-ups whose money has come by itself: written, announced, usable and confirmed by the bank in one transaction."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.accounts import AccountClosedError
from brim.core.events import BY_ITSELF, Cause, Event, EventType, Renderers, new_event
from brim.core.ledger import Balance, Posting
from brim.core.rails import Succeed
from brim.core.time import ClockAdvancingError, OwnerTime
from brim.core.topups import config_store
from brim.core.topups.bank_confirmation_rules import BankConfirmation, BankStep, bank_posting
from brim.core.topups.bank_confirmation_store import NewConfirmation
from brim.core.topups.bank_confirmations import confirm_by_bank
from brim.core.topups.rules import TOPUP_PREFIX, Topup
from brim.core.topups.store import NewTopup, insert_received, insert_topups
from brim.core.topups.transitions import Change, follow, topup_event, write_changes
from brim.platform.database import Conn

PUSH_RAIL: Final = "push"
"""The rail that such top-ups name. It is none of the registry: it collects nothing, and nobody asks it."""

_MOST_CONFIG_CHANGES: Final = 10


async def receive_topup(  # noqa: PLR0913  what came, for whom, where and when
    conn: Conn,
    scope: AccountScope,
    *,
    amount: int,
    currency: str,
    description: str | None,
    metadata: dict[str, str],
    bank_account: str,
    reference: str,
    renderers: Renderers,
    moment: OwnerTime,
    cause: Cause = BY_ITSELF,
) -> Topup:
    """Write a succeeded top-up of money that a statement's line (`reference`) brought, in the caller's transaction.

    It has all that any other has: the events of its creation and its success, its journal entries and its balance
    transaction. Nothing was debited, so it has neither a source nor a payment method.

    Raises:
        AccountClosedError: the account was rejected, deleted or closed.
        ClockAdvancingError: its configuration keeps changing.
    """
    for _ in range(_MOST_CONFIG_CHANGES):
        config = await config_store.read_config(conn, scope)
        if config.is_closed:
            raise AccountClosedError(scope.account)
        topup_id = moment.new_id(TOPUP_PREFIX)
        topup = _received(topup_id, scope, amount, currency, description, metadata, created=moment.ids.newest_second)
        event = topup_event(topup, moment, cause, renderers=renderers)
        new = NewTopup(topup, event, None, config.version)
        if not await insert_topups(conn, [new], now_ms=moment.now_ms):
            break
    else:
        raise ClockAdvancingError
    transition = follow(topup, Succeed(), moment, cause, renderers=renderers)
    if transition is None:
        raise AssertionError("unreachable")
    await write_changes(conn, [Change(transition, topup, moment, cause)], renderers=renderers)
    confirmation = BankConfirmation(
        scope=scope,
        topup=topup.id,
        step=BankStep.CREDIT,
        bank_account=bank_account,
        amount=amount,
        reference=reference,
    )
    await confirm_by_bank(conn, [(confirmation, moment)])
    return transition.topup


class PlannedTopup(msgspec.Struct, frozen=True, kw_only=True):
    """A top-up of money that came by itself, with all that is written of it.

    `events` are those of its creation, of its success and of its balance, in the order of their ids; the payload of the
    last is empty until the balance is held.
    """

    topup: Topup
    config_version: int
    events: tuple[Event, Event, Event]
    postings: tuple[Posting, ...]
    confirmation: NewConfirmation


class NotTogetherError(Exception):
    """A set of writes is not what it was planned to be, from a position (from 0) on; whoever planned it begins anew."""

    def __init__(self, position: int) -> None:
        super().__init__(str(position))
        self.position = position


def plan_topup(  # noqa: PLR0913  what came, for whom, where and when
    scope: AccountScope,
    *,
    amount: int,
    currency: str,
    description: str | None,
    metadata: dict[str, str],
    bank_account: str,
    reference: str,
    config_version: int,
    renderers: Renderers,
    moment: OwnerTime,
) -> PlannedTopup:
    """Return what `receive_topup` would write for an account that is open, in the order in which it makes ids."""
    topup_id = moment.new_id(TOPUP_PREFIX)
    topup = _received(topup_id, scope, amount, currency, description, metadata, created=moment.ids.newest_second)
    created = topup_event(topup, moment, BY_ITSELF, renderers=renderers)
    transition = follow(topup, Succeed(), moment, BY_ITSELF, renderers=renderers)
    if transition is None or transition.posting is None:
        raise AssertionError("unreachable")
    available = new_event(scope, EventType.BALANCE_AVAILABLE, scope.account, b"", moment, BY_ITSELF)
    confirmation = BankConfirmation(
        scope=scope,
        topup=topup_id,
        step=BankStep.CREDIT,
        bank_account=bank_account,
        amount=amount,
        reference=reference,
    )
    entry = bank_posting(
        confirmation,
        amount=amount,
        currency=currency,
        entry_id=moment.new_id("je_"),
        created=moment.now_ms // 1000,
    )
    return PlannedTopup(
        topup=transition.topup,
        config_version=config_version,
        events=(created, transition.event, available),
        postings=(transition.posting, entry),
        confirmation=NewConfirmation(confirmation, currency, moment.now_ms),
    )


async def write_topups(conn: Conn, planned: Sequence[PlannedTopup], *, renderers: Renderers) -> list[Event]:
    """Write planned top-ups, of which there is at least one, and return the event of the balance of each.

    The caller, in the same transaction, then confirms them, posts their entries and inserts their events. The balances
    are held from here on; each event shows them as they are after its top-up.

    Raises:
        NotTogetherError: an account's configuration has changed, or its balance is below zero, so that a top-up may
            bring it back.
    """
    stale = await insert_received(conn, [(each.topup, each.config_version) for each in planned])
    for position, each in enumerate(planned):
        if each.topup.id in stale:
            raise NotTogetherError(position)
    balances = await ledger.lock_balances(conn, {(each.topup.scope, each.topup.currency) for each in planned})
    events = []
    for position, each in enumerate(planned):
        topup, held = each.topup, balances[each.topup.scope]
        if held[topup.currency] < 0:
            raise NotTogetherError(position)
        held[topup.currency] += topup.amount
        shown = [Balance(currency=currency, available=held[currency]) for currency in sorted(held)]
        payload = renderers.payload(EventType.BALANCE_AVAILABLE, topup.scope, shown)
        events.append(msgspec.structs.replace(each.events[-1], payload=payload))
    return events


def _received(
    topup_id: str,
    scope: AccountScope,
    amount: int,
    currency: str,
    description: str | None,
    metadata: dict[str, str],
    *,
    created: int,
) -> Topup:
    return Topup(
        scope=scope,
        id=topup_id,
        amount=amount,
        currency=currency,
        created=created,
        description=description,
        expected_availability_date=created,
        metadata=metadata,
        rail=PUSH_RAIL,
    )
