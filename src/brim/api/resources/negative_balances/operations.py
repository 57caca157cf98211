"""The operations on negative balances and on reserves. Ours alone."""

from typing import Final

from brim.api.framework.common_params import page_in_order
from brim.api.framework.operation import Operation
from brim.api.resources.balance.wire import BalanceObject
from brim.api.resources.negative_balances import handlers
from brim.api.resources.negative_balances.params import BALANCE_LIST, RESERVE_SET, TEST_HOLD, TOP_UP
from brim.api.resources.negative_balances.wire import NegativeBalanceObject, ReserveObject
from brim.api.resources.topups.operations import CREATION_ERRORS
from brim.api.resources.topups.wire import TopupObject
from brim.base.errors import ExclusiveParametersError, NotInLiveModeError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.ledger import InsufficientFundsError
from brim.core.negative_balances import DebtPendingError, DebtTooSmallError, NotNegativeError
from brim.core.time import ClockAdvancingError

_ONE: Final = f"{handlers.URL}/{{negative_balance}}"

NEGATIVE_BALANCES: Final = (
    Operation(
        method="GET",
        path=handlers.URL,
        operation_id="GetBrimNegativeBalances",
        summary="List negative balances",
        description=(
            "Returns your negative balances and those of your connected accounts: since when they have been negative, "
            "what caused them, and what has been recovered."
        ),
        parameters=BALANCE_LIST,
        handler=handlers.list_all,
        resource="balance",
        level="read",
        returns=NegativeBalanceObject,
        in_list=True,
        errors=(ResourceMissingError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_ONE,
        operation_id="GetBrimNegativeBalancesNegativeBalance",
        summary="Retrieve a negative balance",
        description=(
            "Returns a negative balance by the account's id and the currency, such as `acct_..._usd`. Once it has "
            "recovered, it no longer exists: the event `brim.negative_balance.recovered` has its final figures."
        ),
        parameters=(),
        handler=handlers.retrieve,
        resource="balance",
        level="read",
        returns=NegativeBalanceObject,
        errors=(ResourceMissingError,),
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/top_up",
        operation_id="PostBrimNegativeBalancesNegativeBalanceTopUp",
        summary="Request a top-up for a negative balance",
        description=(
            "Creates a top-up of exactly the amount that your balance is below zero, or of part of it, under the same "
            "rules and caps as any other. Send an idempotency key, so that a retry cannot move the money twice. An "
            "equal live top-up within an hour is refused unless `brim[allow_duplicate]` is set."
        ),
        parameters=TOP_UP,
        handler=handlers.top_up,
        resource="topups",
        level="write",
        returns=TopupObject,
        errors=(*CREATION_ERRORS, NotNegativeError, DebtTooSmallError, DebtPendingError),
    ),
    Operation(
        method="POST",
        path="/v1/test_helpers/balance/hold",
        operation_id="PostTestHelpersBalanceHold",
        summary="Spend test money",
        description=(
            "Removes money from your available balance permanently, as if it was spent, and returns the balance. "
            "Reversing a top-up then makes the balance negative. In test mode only."
        ),
        parameters=TEST_HOLD,
        handler=handlers.hold_test_money,
        resource="topups",
        level="write",
        returns=BalanceObject,
        errors=(NotInLiveModeError, InsufficientFundsError, ClockAdvancingError),
    ),
    Operation(
        method="GET",
        path=handlers.RESERVES,
        operation_id="GetBrimBalanceReserves",
        summary="List reserves",
        description="Returns your reserves and those of your connected accounts.",
        parameters=page_in_order(),
        handler=handlers.list_reserves,
        resource="balance",
        level="read",
        returns=ReserveObject,
        in_list=True,
        errors=(ResourceMissingError, ExclusiveParametersError),
    ),
    Operation(
        method="POST",
        path=handlers.RESERVES,
        operation_id="PostBrimBalanceReserves",
        summary="Set a reserve",
        description=(
            "Holds part of an account's money for late returns: what is available is held at once, the rest comes from "
            "the next top-ups. A negative balance draws on it within seconds. 0 removes the reserve and makes the "
            "money available again."
        ),
        parameters=RESERVE_SET,
        handler=handlers.set_reserve,
        resource="ach",
        level="write",
        returns=ReserveObject,
        errors=(NotPlatformError, ResourceMissingError, ClockAdvancingError),
    ),
)
