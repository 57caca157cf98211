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
            "Lists reversals of your debits and of your connected accounts' debits, newest first. "
            "Only available to platforms."
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
        description="Retrieves a reversal of a debit.",
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
            "Takes back a debit that had a wrong amount, receiver or date, or was a duplicate, within five banking "
            "days of its settlement. The top-up is `failed` or `reversed` at once, and the reversal goes out with the "
            "next file, which another operator has to approve. It is not a refund: a debit that was right is not "
            "reversed."
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
