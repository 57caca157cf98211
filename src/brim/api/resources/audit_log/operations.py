"""The operation on the audit log. It is ours alone, and for the platform account."""

from typing import Final

from brim.api.framework.common_params import PAGE
from brim.api.framework.operation import Operation
from brim.api.resources.audit_log import handlers
from brim.api.resources.audit_log.wire import AuditEntryObject
from brim.base.errors import ExclusiveParametersError
from brim.core.accounts import NotOperatorError

AUDIT_LOG: Final = (
    Operation(
        method="GET",
        path=handlers.URL,
        operation_id="GetBrimAuditLog",
        summary="List the audit log",
        description=(
            "Returns who changed what in all accounts, the newest first, with the fields before and after the change. "
            "Changes to top-ups are events instead. Only available to the platform account."
        ),
        parameters=PAGE,
        handler=handlers.list_all,
        resource="audit_log",
        level="read",
        returns=AuditEntryObject,
        in_list=True,
        errors=(NotOperatorError, ExclusiveParametersError),
    ),
)
