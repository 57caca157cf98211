"""The operations on reversals of debits. Ours alone, for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach import params as declared
from brim.api.resources.ach import reversal_handlers as handlers
from brim.api.resources.ach.reversal_wire import ReversalObject
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.originators import SecondPersonError
from brim.core.reversals import AlreadyReversedError, DebitNotSentError, NotReversibleError, TooLateToReverseError

ACH_REVERSALS: Final = (
    Operation(
        method="GET",
        path=handlers.REVERSALS,
        operation_id="GetBrimAchReversals",
        summary="List reversals",
        description=(
            "Returns the reversals of your debits and of your connected accounts' debits, newest first. Only "
            "available to platforms."
        ),
        parameters=declared.REVERSAL_LIST,
        handler=handlers.list_reversals,
        resource="ach",
        level="read",
        returns=ReversalObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=f"{handlers.REVERSALS}/{{reversal}}",
        operation_id="GetBrimAchReversalsReversal",
        summary="Retrieve a reversal",
        description="Returns a reversal.",
        parameters=(),
        handler=handlers.retrieve_reversal,
        resource="ach",
        level="read",
        returns=ReversalObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=handlers.REVERSALS,
        operation_id="PostBrimAchReversals",
        summary="Reverse a debit",
        description=(
            "Reverses an erroneous debit, with a wrong amount, receiver or date, or a duplicate, within five banking "
            "days of its settlement. The top-up is `failed` or `reversed` immediately, and the reversal goes out with "
            "the next file, which another operator, if there is one, has to approve. A reversal isn't a refund: a "
            "correct debit can't be reversed."
        ),
        parameters=declared.REVERSAL_REQUEST,
        handler=handlers.request_reversal,
        resource="ach",
        level="write",
        returns=ReversalObject,
        errors=(
            NotPlatformError,
            ResourceMissingError,
            SecondPersonError,
            DebitNotSentError,
            AlreadyReversedError,
            NotReversibleError,
            TooLateToReverseError,
        ),
    ),
)
