"""The operations on returns of debits. Ours alone, for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach import params as declared
from brim.api.resources.ach import return_handlers as handlers
from brim.api.resources.ach.return_wire import AchReturnObject
from brim.base.errors import ExclusiveParametersError
from brim.core.accounts import NotPlatformError
from brim.core.dishonors import NotDishonorableError, TooLateToDishonorError, UnfitDishonorError
from brim.core.originators import SecondPersonError

_RETURN: Final = f"{handlers.RETURNS}/{{return}}"

ACH_RETURNS: Final = (
    Operation(
        method="GET",
        path=handlers.RETURNS,
        operation_id="GetBrimAchReturns",
        summary="List returns",
        description=(
            "Returns the ACH returns of your debits and of your connected accounts' debits, newest first. Only "
            "available to platforms."
        ),
        parameters=declared.RETURN_LIST,
        handler=handlers.list_returns,
        resource="ach",
        level="read",
        returns=AchReturnObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_RETURN,
        operation_id="GetBrimAchReturnsReturn",
        summary="Retrieve a return",
        description="Returns an ACH return. While it can be dishonored, this includes the codes that fit it.",
        parameters=(),
        handler=handlers.retrieve_return,
        resource="ach",
        level="read",
        returns=AchReturnObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=f"{_RETURN}/dishonor",
        operation_id="PostBrimAchReturnsReturnDishonor",
        summary="Dishonor a return",
        description=(
            "Dishonors an improper return within five banking days of its settlement. The dishonor goes out with the "
            "next file. The customer is credited once the money is back and the dishonor can no longer be contested."
        ),
        parameters=declared.RETURN_DISHONOR,
        handler=handlers.dishonor_return,
        resource="ach",
        level="write",
        returns=AchReturnObject,
        errors=(NotPlatformError, SecondPersonError, NotDishonorableError, TooLateToDishonorError, UnfitDishonorError),
    ),
)
