"""The parameters of the operations on events.

Source: Stripe API reference, Events; `after_sequence` and `object_id` are ours.
"""

from typing import Final

from brim.api.framework.common_params import PAGE, created, expand
from brim.api.framework.kinds import MAX_BIGINT, Boolean, BoundedInteger, Text, TextList
from brim.api.framework.params import Parameter

MAX_EVENT_TYPES: Final = 20
"""Source: Stripe API reference, list all events."""

EVENT_RETRIEVE: Final = (expand("event"),)
EVENT_LIST: Final = (
    Parameter(
        name="after_sequence",
        kind=BoundedInteger(least=0, most=MAX_BIGINT),
        description=(
            "Only events with a greater sequence number, in ascending order; 0 starts at the oldest event that is "
            "kept. Each event then has its number in `brim.sequence`. The numbers have no gaps, so you can prove that "
            "you missed none. Can only be combined with `limit`."
        ),
    ),
    created("events"),
    Parameter(
        name="delivery_success",
        kind=Boolean(),
        description="Only events that every endpoint has received (`true`), or that some endpoint has not (`false`).",
    ),
    Parameter(
        name="object_id",
        kind=Text(),
        description="Only events about the object with this id, such as a top-up.",
    ),
    Parameter(
        name="type",
        kind=Text(),
        description=(
            "Only events of this type. `*` matches any ending, as in `topup.*`. Don't send it together with `types`."
        ),
    ),
    Parameter(
        name="types",
        kind=TextList(max_items=MAX_EVENT_TYPES),
        description="Only events of these types. Don't send it together with `type`.",
    ),
    *PAGE,
    expand("event", in_list=True),
)
EVENT_RETRY: Final = (
    Parameter(
        name="account",
        kind=Text(),
        description="The connected account whose event it is.",
    ),
    Parameter(
        name="for_stripecli",
        kind=Boolean(),
        description="Whether to send it only to the CLI sessions that are currently listening, and to no endpoint.",
    ),
    Parameter(
        name="webhook_endpoint",
        kind=Text(),
        description="The endpoint to send it to, by its id. By default, all endpoints that subscribe to its type.",
    ),
    expand("event"),
)
