"""The operation about what needs attention. It is ours alone."""

from typing import Final

from brim.api.framework.kinds import Text
from brim.api.framework.operation import Operation
from brim.api.framework.params import Parameter
from brim.api.resources.attention import handlers
from brim.api.resources.attention.wire import AttentionItemObject
from brim.core.attention import UnknownTimezoneError

ATTENTION: Final = (
    Operation(
        method="GET",
        path=handlers.URL,
        operation_id="GetBrimAttention",
        summary="List what needs attention",
        description=(
            "Returns what needs attention, most severe first, as Home shows it. The platform account's key also sees "
            "verification and workers; a platform's live key also sees everything about its banks. What your key "
            "can't read is left out."
        ),
        parameters=(
            Parameter(
                name="timezone",
                kind=Text(max_length=100),
                description="The IANA time zone of the last seven days, `UTC` by default.",
            ),
        ),
        handler=handlers.list_all,
        resource="balance",
        level="read",
        returns=AttentionItemObject,
        in_list=True,
        errors=(UnknownTimezoneError,),
    ),
)
