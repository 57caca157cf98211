"""The parameters of the operations that no SDK knows. Source of a session's: what the official CLI sends."""

from typing import Final

from brim.api.framework.common_params import PAGE, created
from brim.api.framework.kinds import Enum, IntegerRange, Text, TextList
from brim.api.framework.params import Parameter
from brim.core.request_logs import RequestSource

REQUEST_LOG_LIST: Final = (
    created("requests"),
    Parameter(name="method", kind=Enum(("DELETE", "GET", "POST")), description="Only requests with this method."),
    Parameter(
        name="api_key", kind=Text(), description="Only requests made with the key with this id, such as `mk_...`."
    ),
    Parameter(name="path", kind=Text(), description="Only requests with exactly this path, without the query."),
    Parameter(
        name="path_prefix", kind=Text(), description="Only requests whose path begins with this, such as `/v1/topups`."
    ),
    Parameter(name="request_id", kind=Text(), description="Only the request with this id."),
    Parameter(
        name="source",
        kind=Enum(tuple(source.value for source in RequestSource)),
        description="Only requests from your programs, or only those from the dashboard.",
    ),
    Parameter(
        name="status",
        kind=IntegerRange(least=0, most=1000),  # HTTP has three digits
        description="Only requests with this HTTP status, or with one within these bounds.",
    ),
    *PAGE,
)

MAX_CLI_FEATURES: Final = 10
CLI_TARGETS: Final = (
    *("forward_to_url", "forward_connect_to_url"),
    *("forward_thin_to_url", "forward_thin_connect_to_url"),
)
CLI_SESSION_CREATE: Final = (
    Parameter(
        name="device_name",
        kind=Text(max_length=200),
        required=True,
        description="The name of the computer that listens. Each has its own signing secret.",
    ),
    Parameter(
        name="websocket_features",
        kind=TextList(max_items=MAX_CLI_FEATURES),
        description="What to send: `webhooks` for events, `v2_events` for thin ones, `request_logs` for requests.",
    ),
    Parameter(name="filters", kind=Text(), description="Which requests to send, as JSON: the flags of `logs tail`."),
    *(
        Parameter(name=name, kind=Text(clearable=True), description="The URL that the CLI forwards events to.")
        for name in CLI_TARGETS
    ),
)
