"""The operations about background work. They are ours alone, and for the platform account."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.jobs import handlers
from brim.api.resources.jobs.wire import StuckObject, WorkerObject
from brim.core.accounts import NotOperatorError

JOBS: Final = (
    Operation(
        method="GET",
        path="/v1/brim/workers",
        operation_id="GetBrimWorkers",
        summary="List workers",
        description=(
            "Returns the worker processes that were seen in the last day, newest first, with the last success of each "
            "job. Only available to the platform account."
        ),
        parameters=(),
        handler=handlers.list_workers,
        resource="verification",
        level="read",
        returns=WorkerObject,
        in_list=True,
        errors=(NotOperatorError,),
    ),
    Operation(
        method="GET",
        path="/v1/brim/stuck",
        operation_id="GetBrimStuck",
        summary="List stuck work",
        description=(
            "Returns up to 100 items of work that were due and failed, with the number of attempts, the last error, "
            "and the time of the next attempt. Ledger chains that can't be sealed come first, with the reason. Only "
            "available to the platform account."
        ),
        parameters=(),
        handler=handlers.list_stuck,
        resource="verification",
        level="read",
        returns=StuckObject,
        in_list=True,
        errors=(NotOperatorError,),
    ),
)
