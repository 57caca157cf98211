"""The operation on counts by status. It is ours alone, and for platforms."""

from typing import Final

from brim.api.framework.common_params import created
from brim.api.framework.kinds import Enum
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter
from brim.api.resources.status_counts import handlers
from brim.api.resources.status_counts.wire import StatusCountsObject
from brim.core.accounts import NotPlatformError
from brim.core.status_counts import CountedList

_PARAMETERS: Final = (
    created("objects"),
    Parameter(
        name="list",
        kind=Enum(tuple(each.value for each in CountedList)),
        required=True,
        description="The list whose objects are counted.",
    ),
)

STATUS_COUNTS: Final = (
    Operation(
        method="GET",
        path=handlers.STATUS_COUNTS,
        operation_id="GetBrimStatusCounts",
        summary="Count a list by status",
        description=(
            "Returns how many objects of a list have each status, such as how many refunds are pending. Only the "
            "newest 1,000 of each status are counted, and of breaks only those that are open."
        ),
        parameters=_PARAMETERS,
        handler=handlers.retrieve,
        resource="ach",
        level="read",
        returns=StatusCountsObject,
        errors=(NotPlatformError,),
    ),
)
