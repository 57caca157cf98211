"""The operations on legal holds. They are ours alone, and for the platform account."""

from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.operation import Operation
from brim.api.resources.legal_holds import handlers
from brim.api.resources.legal_holds.params import HOLD_CREATE
from brim.api.resources.legal_holds.wire import LegalHoldObject
from brim.base.errors import ExclusiveParametersError, NotInTestModeError, ResourceMissingError
from brim.core.accounts import NotOperatorError
from brim.core.legal_holds import HoldLiftedError, HoldTextError

_HOLD: Final = f"{handlers.URL}/{{legal_hold}}"

LEGAL_HOLDS: Final = (
    Operation(
        method="GET",
        path=handlers.URL,
        operation_id="GetBrimLegalHolds",
        summary="List legal holds",
        description=(
            "Returns legal holds, newest first, including those that have been lifted. Only available to the platform "
            "account."
        ),
        parameters=PAGE,
        handler=handlers.list_all,
        resource="legal_holds",
        level="read",
        returns=LegalHoldObject,
        in_list=True,
        errors=(NotOperatorError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=_HOLD,
        operation_id="GetBrimLegalHoldsLegalHold",
        summary="Retrieve a legal hold",
        description="Returns a legal hold, lifted or not. Only available to the platform account.",
        parameters=(),
        handler=handlers.retrieve,
        resource="legal_holds",
        level="read",
        returns=LegalHoldObject,
        errors=(NotOperatorError,),
    ),
    Operation(
        method="POST",
        path=handlers.URL,
        operation_id="PostBrimLegalHolds",
        summary="Place a legal hold",
        description=(
            "Places a legal hold on an account, a platform with all its connected accounts, or the whole "
            "installation: none of its data is pruned or erased, in either mode, from the moment this returns. "
            "Requires a live key, and is only available to the platform account."
        ),
        parameters=HOLD_CREATE,
        handler=handlers.place,
        resource="legal_holds",
        level="write",
        returns=LegalHoldObject,
        errors=(NotOperatorError, NotInTestModeError, ResourceMissingError, HoldTextError),
    ),
    Operation(
        method="POST",
        path=f"{_HOLD}/lift",
        operation_id="PostBrimLegalHoldsLegalHoldLift",
        summary="Lift a legal hold",
        description=(
            "Lifts a legal hold. Data that is past its retention period is removed within the hour, unless another "
            "hold covers it. Requires a live key, and is only available to the platform account."
        ),
        parameters=(),
        handler=handlers.lift,
        resource="legal_holds",
        level="write",
        returns=LegalHoldObject,
        errors=(NotOperatorError, NotInTestModeError, HoldLiftedError),
    ),
)
