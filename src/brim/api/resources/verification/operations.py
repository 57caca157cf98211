"""The operations of the operator: what nobody's account but the service itself is about. They are ours alone."""

from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.kinds import Text
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter
from brim.api.resources.verification import handlers as verification
from brim.api.resources.verification import wire as verification_wire
from brim.core.accounts import NotOperatorError

_HEADS: Final = (
    Parameter(
        name="cursor",
        kind=Text(),
        description="Only chains after this one: account and mode, such as `acct_1/live` or `acct_1/test`.",
    ),
    *(parameter for parameter in PAGE if parameter.name == "limit"),
)

VERIFICATION: Final = (
    Operation(
        method="GET",
        path="/v1/brim/verification",
        operation_id="GetBrimVerification",
        summary="Retrieve the latest verification of the books",
        description=(
            "Returns the result of the latest verification of the books. Only available to the platform account."
        ),
        parameters=(),
        handler=verification.retrieve,
        resource="verification",
        level="read",
        returns=verification_wire.VerificationRunObject,
        errors=(NotOperatorError,),
    ),
    Operation(
        method="GET",
        path="/v1/brim/verification/heads",
        operation_id="GetBrimVerificationHeads",
        summary="List chain heads",
        description=(
            "Returns the last seal of each account's hash chain. Keep copies elsewhere: the hash at a position must "
            "never change. Only available to the platform account."
        ),
        parameters=_HEADS,
        handler=verification.list_heads,
        resource="verification",
        level="read",
        returns=verification_wire.ChainHeadObject,
        in_list=True,
        errors=(NotOperatorError,),
    ),
    Operation(
        method="GET",
        path="/v1/brim/verifications",
        operation_id="GetBrimVerifications",
        summary="List verifications of the books",
        description=(
            "Returns the last 100 verifications, newest first, including those that are waiting, running or were "
            "interrupted. Only available to the platform account."
        ),
        parameters=(),
        handler=verification.list_all,
        resource="verification",
        level="read",
        returns=verification_wire.VerificationRunObject,
        in_list=True,
        errors=(NotOperatorError,),
    ),
    Operation(
        method="POST",
        path="/v1/brim/verifications",
        operation_id="PostBrimVerifications",
        summary="Request a verification of the books",
        description=(
            "Requests a verification of the books and the hash chains. A worker runs it as soon as no other "
            "verification is running. If one is already waiting, that one is returned. Only available to the platform "
            "account."
        ),
        parameters=(),
        handler=verification.ask,
        resource="verification",
        level="write",
        returns=verification_wire.VerificationRunObject,
        errors=(NotOperatorError,),
    ),
)
