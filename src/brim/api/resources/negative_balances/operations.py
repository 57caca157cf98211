"""The operations on negative balances, and on what is kept back for them. They are ours alone."""

from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.operation import Operation
from brim.api.resources.balance.wire import BalanceObject
from brim.api.resources.negative_balances import handlers
from brim.api.resources.negative_balances.params import RESERVE_SET, TEST_HOLD, TOP_UP
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
            "Returns your balances that are below zero, and those of your connected accounts: since when, by what, and "
            "what has recovered since."
        ),
        parameters=PAGE,
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
            "Returns a balance that is below zero, by the account's id and the currency, such as `acct_..._usd`. One "
            "that has recovered is not there any more: the event `brim.negative_balance.recovered` has it as it was."
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
        summary="Ask for a top-up of a negative balance",
        description=(
            "Creates a top-up of exactly what is below zero of your balance, or of a part of it. All rules of a create "
            "hold, caps too. Send an idempotency key, so that a retry cannot move the money twice; and an equal live "
            "top-up within an hour is refused unless you say that it is intended."
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
        summary="Hold a part of the balance",
        description=(
            "Takes money out of your available balance, for good, as spending it would, and returns the balance. A "
            "top-up that is reversed then takes it below zero. In test mode only."
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
        description="Returns what is kept back of your money, and of that of your connected accounts.",
        parameters=PAGE,
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
            "Keeps the first part of an account's money back for returns that come late: at once what is available of "
            "it, the rest from the next top-ups. A balance that falls below zero draws on it within seconds. 0 ends "
            "it, and what is held is available again."
        ),
        parameters=RESERVE_SET,
        handler=handlers.set_reserve,
        resource="ach",
        level="write",
        returns=ReserveObject,
        errors=(NotPlatformError, ResourceMissingError, ClockAdvancingError),
    ),
)
