"""The operations of the operator: what nobody's account but the service itself is about. They are ours alone."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.verification import handlers as verification
from brim.api.resources.verification import wire as verification_wire
from brim.core.accounts import NotOperatorError

VERIFICATION: Final = (
    Operation(
        method="GET",
        path="/v1/brim/verification",
        operation_id="GetBrimVerification",
        summary="Retrieve the latest verification of the books",
        description="Returns what the latest verification of the books found. Only available to the platform account.",
        parameters=(),
        handler=verification.retrieve,
        resource="verification",
        level="read",
        returns=verification_wire.VerificationRunObject,
        errors=(NotOperatorError,),
    ),
)
