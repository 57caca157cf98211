"""The operation on the health of the installation. It is ours alone, and for the platform account."""

from typing import Final

from brim.api.framework.kinds import BoundedInteger
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter
from brim.api.resources.health import handlers
from brim.api.resources.health.wire import HealthObject
from brim.core.accounts import NotOperatorError

_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999."""

HEALTH: Final = (
    Operation(
        method="GET",
        path="/v1/brim/health",
        operation_id="GetBrimHealth",
        summary="Retrieve the health of the installation",
        description=(
            "Returns the health of the installation across all accounts: failed top-ups by code, API errors, failing "
            "webhook endpoints, queues, the database, and the checks of `brim doctor`. Only available to the platform "
            "account."
        ),
        parameters=(
            Parameter(
                name="since",
                kind=BoundedInteger(least=0, most=_LAST_SECOND),
                description=(
                    "Top-ups and requests since this time are counted. Default: 24 hours ago; at most 8 days."
                ),
            ),
        ),
        handler=handlers.retrieve,
        resource="verification",
        level="read",
        returns=HealthObject,
        errors=(NotOperatorError,),
    ),
)
