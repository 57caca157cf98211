"""The operations that are ours alone, about the service itself."""

from typing import Final

from brim.api import declarations as declared
from brim.api import request_logs
from brim.api.operation import Operation
from brim.domain.errors import ExclusiveParametersError
from brim.domain.request_log_wire import RequestLogObject

BRIM: Final = (
    Operation(
        method="GET",
        path=request_logs.URL,
        operation_id="GetBrimRequestLogs",
        summary="List requests that were made",
        parameters=declared.REQUEST_LOG_LIST,
        handler=request_logs.list_all,
        resource="request_logs",
        level="read",
        returns=RequestLogObject,
        in_list=True,
        errors=(ExclusiveParametersError,),
    ),
)
