"""Takes test money out of a balance, as spending it would, so that a later return takes it below zero."""

from typing import Final

from brim.base.actor import Actor
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import audit
from brim.core.audit import Action, ObjectType
from brim.core.ledger import reserve
from brim.core.time import check_test_mode, lock_owner_time
from brim.platform.database import Conn

TEST_HOLD_SOURCE_TYPE: Final = "test_hold"
"""The ledger's source type for such a hold."""
_PREFIX: Final = "thold_"


async def hold_test_money(
    conn: Conn, scope: AccountScope, *, amount: int, currency: str, by: Actor, now_ms: int, ids: IdFactory
) -> None:
    """Hold part of an account's available balance in test mode, for good, in the caller's transaction.

    Raises:
        NotInLiveModeError: real money is not held by a test helper.
        InsufficientFundsError: less than that is available.
        ClockAdvancingError: the test clock that keeps the account's time is advancing.
    """
    check_test_mode(scope)
    moment = await lock_owner_time(conn, scope, now_ms=now_ms, ids=ids)
    source = moment.new_id(_PREFIX)
    await reserve(
        conn,
        scope,
        source_type=TEST_HOLD_SOURCE_TYPE,
        source=source,
        amount=amount,
        currency=currency,
        moment=moment,
    )
    detail = f"{source}: {amount} {currency}"
    await audit.record(
        conn,
        by,
        Action.TEST_MONEY_HELD,
        object_type=ObjectType.ACCOUNT,
        object_id=scope.account,
        scope=scope,
        detail=detail,
        now_ms=now_ms,
        ids=ids,
    )
