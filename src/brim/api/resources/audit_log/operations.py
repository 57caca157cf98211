"""The operation on the audit log. It is ours alone, and for the platform account."""

from typing import Final

from brim.api.framework.common_params import PAGE, created
from brim.api.framework.kinds import Text
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter
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
            "Returns who changed what in all accounts, newest first, with the fields before and after each change. "
            "Changes that API keys make to top-ups are only recorded as events. Only available to the platform account."
        ),
        parameters=(
            Parameter(name="account", kind=Text(), description="Only entries about objects of this account."),
            Parameter(name="action", kind=Text(), description="Only this action, such as `api_key.created`."),
            Parameter(
                name="actor",
                kind=Text(),
                description="Only actions of this operator, API key, job or user of the command line: an ID or a name.",
            ),
            created("entries"),
            Parameter(name="object_id", kind=Text(), description="Only actions on the object with this ID."),
            *PAGE,
        ),
        handler=handlers.list_all,
        resource="audit_log",
        level="read",
        returns=AuditEntryObject,
        in_list=True,
        errors=(NotOperatorError, ExclusiveParametersError),
    ),
)
