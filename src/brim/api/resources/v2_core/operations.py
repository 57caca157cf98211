"""The operations below `/v2/core`: thin events, and the destinations that they are sent to.

Source: Stripe API reference, v2 Events and Event Destinations, and the services of the official SDKs. A destination is
a webhook endpoint, so a key's permission for endpoints is what counts.
"""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.v2_core import destinations, thin_events
from brim.api.resources.v2_core import params as declared
from brim.api.resources.v2_core.destination_wire import DeletedDestination, EventDestinationObject
from brim.api.resources.v2_core.event_wire import ThinEventObject
from brim.core.webhooks import EndpointDisabledError, TooManyEndpointsError, VersionOfThinError
from brim.platform.egress.targets import TargetBlockedError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_DESTINATION: Final = f"{destinations.URL}/{{id}}"
_SWITCHES: Final = {
    "disable": "Stops sending events to a destination until it is enabled again.",
    "enable": "Sends events to a destination again.",
}

CORE: Final = (
    Operation(
        method="GET",
        path=thin_events.URL,
        operation_id="GetV2CoreEvents",
        summary="List all thin events",
        description="Returns thin events, newest first.",
        parameters=declared.V2_EVENT_LIST,
        handler=thin_events.list_all,
        resource="events",
        level="read",
        returns=ThinEventObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{thin_events.URL}/{{id}}",
        operation_id="GetV2CoreEventsId",
        summary="Retrieve a thin event",
        description="Returns a thin event, which names the object that it is about.",
        parameters=(),
        handler=thin_events.retrieve,
        resource="events",
        level="read",
        returns=ThinEventObject,
    ),
    Operation(
        method="POST",
        path=destinations.URL,
        operation_id="PostV2CoreEventDestinations",
        summary="Create an event destination",
        description="Creates a destination that events are sent to, thin or as snapshots.",
        parameters=declared.EVENT_DESTINATION_CREATE,
        handler=destinations.create,
        resource="webhook_endpoints",
        level="write",
        returns=EventDestinationObject,
        errors=(
            TargetBlockedError,
            TooManyEndpointsError,
            NoEncryptionKeyError,
            SecretUnreadableError,
            VersionOfThinError,
        ),
    ),
    Operation(
        method="GET",
        path=destinations.URL,
        operation_id="GetV2CoreEventDestinations",
        summary="List all event destinations",
        description="Returns your destinations, newest first.",
        parameters=declared.EVENT_DESTINATION_LIST,
        handler=destinations.list_all,
        resource="webhook_endpoints",
        level="read",
        returns=EventDestinationObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=_DESTINATION,
        operation_id="GetV2CoreEventDestinationsId",
        summary="Retrieve an event destination",
        description="Returns a destination, with what you ask for in `include`.",
        parameters=declared.EVENT_DESTINATION_RETRIEVE,
        handler=destinations.retrieve,
        resource="webhook_endpoints",
        level="read",
        returns=EventDestinationObject,
    ),
    Operation(
        method="POST",
        path=_DESTINATION,
        operation_id="PostV2CoreEventDestinationsId",
        summary="Update an event destination",
        description="Updates a destination's name, description, metadata, URL or event types.",
        parameters=declared.EVENT_DESTINATION_UPDATE,
        handler=destinations.update,
        resource="webhook_endpoints",
        level="write",
        returns=EventDestinationObject,
        errors=(TargetBlockedError,),
    ),
    Operation(
        method="DELETE",
        path=_DESTINATION,
        operation_id="DeleteV2CoreEventDestinationsId",
        summary="Delete an event destination",
        description="Deletes a destination. Its pending events are discarded.",
        parameters=(),
        handler=destinations.delete,
        resource="webhook_endpoints",
        level="write",
        returns=DeletedDestination,
    ),
    *(
        Operation(
            method="POST",
            path=f"{_DESTINATION}/{verb}",
            operation_id=f"PostV2CoreEventDestinationsId{verb.title()}",
            summary=f"{verb.title()} an event destination",
            description=_SWITCHES[verb],
            parameters=(),
            handler=handler,
            resource="webhook_endpoints",
            level="write",
            returns=EventDestinationObject,
        )
        for verb, handler in (("disable", destinations.disable), ("enable", destinations.enable))
    ),
    Operation(
        method="POST",
        path=f"{_DESTINATION}/ping",
        operation_id="PostV2CoreEventDestinationsIdPing",
        summary="Send a ping to an event destination",
        description="Sends a ping event, so that you can see whether it arrives.",
        parameters=(),
        handler=destinations.ping,
        resource="webhook_endpoints",
        level="write",
        returns=ThinEventObject,
        errors=(EndpointDisabledError,),
    ),
)
