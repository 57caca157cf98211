"""The operations on refunds of top-ups. Ours alone, for platforms."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.ach import params as declared
from brim.api.resources.ach import refund_handlers as handlers
from brim.api.resources.ach.refund_wire import RefundObject
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.core.accounts import NotPlatformError
from brim.core.originators import SecondPersonError
from brim.core.refunds import (
    AlreadyRefundedError,
    DebitReturnableError,
    NotRefundableError,
    RefundFundsError,
    RefundNotCancelableError,
    RefundTooLargeError,
)

REFUNDS: Final = (
    Operation(
        method="GET",
        path=handlers.REFUNDS,
        operation_id="GetBrimRefunds",
        summary="List refunds",
        description=(
            "Returns the refunds of your top-ups and of your connected accounts' top-ups, newest first. Only "
            "available to platforms."
        ),
        parameters=declared.REFUND_LIST,
        handler=handlers.list_refunds,
        resource="ach",
        level="read",
        returns=RefundObject,
        in_list=True,
        errors=(NotPlatformError, ExclusiveParametersError),
    ),
    Operation(
        method="GET",
        path=f"{handlers.REFUNDS}/{{refund}}",
        operation_id="GetBrimRefundsRefund",
        summary="Retrieve a refund",
        description="Returns a refund.",
        parameters=(),
        handler=handlers.retrieve_refund,
        resource="ach",
        level="read",
        returns=RefundObject,
        errors=(NotPlatformError,),
    ),
    Operation(
        method="POST",
        path=handlers.REFUNDS,
        operation_id="PostBrimRefunds",
        summary="Refund a top-up",
        description=(
            "Refunds a live ACH top-up, in full or in part, to the bank account that was debited. The money leaves "
            "the account's available balance immediately, and the refund goes out with the next file, which another "
            "operator, if there is one, has to approve. The top-up stays `succeeded`. If the debit was erroneous, "
            "reverse it instead."
        ),
        parameters=declared.REFUND_REQUEST,
        handler=handlers.request_refund,
        resource="ach",
        level="write",
        returns=RefundObject,
        errors=(
            NotPlatformError,
            ResourceMissingError,
            SecondPersonError,
            NotRefundableError,
            AlreadyRefundedError,
            RefundTooLargeError,
            DebitReturnableError,
            RefundFundsError,
        ),
    ),
    Operation(
        method="POST",
        path=f"{handlers.REFUNDS}/{{refund}}/cancel",
        operation_id="PostBrimRefundsRefundCancel",
        summary="Cancel a refund",
        description=(
            "Cancels a refund whose file isn't approved yet. The money returns to the account's available balance. "
            "If the refund is already in a file, that file is held and must be voided."
        ),
        parameters=(),
        handler=handlers.cancel_refund,
        resource="ach",
        level="write",
        returns=RefundObject,
        errors=(NotPlatformError, SecondPersonError, RefundNotCancelableError),
    ),
)
