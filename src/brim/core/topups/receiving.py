"""Top-ups whose money has come by itself: written, announced, usable and confirmed by the bank in one transaction."""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.accounts import AccountClosedError
from brim.core.events import BY_ITSELF, Cause, Renderers
from brim.core.rails import Succeed
from brim.core.time import ClockAdvancingError, OwnerTime
from brim.core.topups import config_store
from brim.core.topups.bank_confirmation_rules import BankConfirmation, BankStep
from brim.core.topups.bank_confirmations import confirm_by_bank
from brim.core.topups.rules import TOPUP_PREFIX, Topup
from brim.core.topups.store import NewTopup, insert_topups
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
        created = moment.ids.newest_second
        topup = Topup(
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
