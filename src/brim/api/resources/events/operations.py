"""The operations on events. Source: Stripe API reference, Events."""

from typing import Final

from brim.api.framework.common_params import ATTEMPT_LIST
from brim.api.framework.operation import Operation
from brim.api.resources.events import handlers as events
from brim.api.resources.events import params as declared
from brim.api.resources.events import wire as event_wire
from brim.api.resources.webhooks import wire as webhook_wire
from brim.base.errors import ExclusiveParametersError
from brim.core.webhooks import EndpointDisabledError, EndpointNotListeningError

EVENTS: Final = (
    Operation(
        method="GET",
        path="/v1/events",
        operation_id="GetEvents",
        summary="List all events",
        description=(
            "Returns the events of the last 30 days, newest first. With `after_sequence`, events are in order of "
            "their sequence numbers, which have no gaps, so you can be sure that you missed none."
        ),
        parameters=declared.EVENT_LIST,
        handler=events.list_all,
        resource="events",
        level="read",
        returns=event_wire.EventObject,
        in_list=True,
        errors=(ExclusiveParametersError,),
    ),
    Operation(
        method="GET",
        path="/v1/events/{id}",
        operation_id="GetEventsId",
        summary="Retrieve an event",
        description="Returns an event, with the object as it was when the event occurred.",
        parameters=declared.EVENT_RETRIEVE,
        handler=events.retrieve,
        resource="events",
        level="read",
        returns=event_wire.EventObject,
    ),
    Operation(
        method="GET",
        path="/v1/events/{id}/deliveries",
        operation_id="GetEventsIdDeliveries",
        summary="List the deliveries of an event",
        description="Returns each endpoint that an event is addressed to, and whether it has received it.",
        parameters=(),
        handler=events.list_deliveries,
        resource="events",
        level="read",
        returns=webhook_wire.WebhookDeliveryObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path="/v1/events/{id}/attempts",
        operation_id="GetEventsIdAttempts",
        summary="List the attempts to send an event",
        description=(
            "Returns the attempts to send an event to your endpoints, newest first: status, duration, the first 1 KB "
            "of the response, and when it is retried."
        ),
        parameters=ATTEMPT_LIST,
        handler=events.list_attempts,
        resource="events",
        level="read",
        returns=webhook_wire.WebhookAttemptObject,
        in_list=True,
    ),
    Operation(
        method="POST",
        path="/v1/events/{id}/retry",
        operation_id="PostEventsIdRetry",
        summary="Resend an event",
        description=(
            "Resends an event to one endpoint, or to all that subscribe to its type. Its id stays the same, so that "
            "receivers recognize it as a duplicate."
        ),
        parameters=declared.EVENT_RETRY,
        handler=events.retry,
        resource="events",
        level="write",
        returns=event_wire.EventObject,
        errors=(EndpointDisabledError, EndpointNotListeningError),
    ),
)
