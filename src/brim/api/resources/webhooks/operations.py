"""The operations on webhook endpoints. Source: Stripe API reference, Webhook Endpoints.

Rolling a secret, test deliveries and the list of attempts are ours.
"""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.events import wire as event_wire
from brim.api.resources.webhooks import handlers
from brim.api.resources.webhooks import params as declared
from brim.api.resources.webhooks import wire as webhook_wire
from brim.base import wire
from brim.base.errors import ResourceMissingError
from brim.core.webhooks import (
    EndpointDisabledError,
    EndpointNotListeningError,
    NothingToSendError,
    ResendInProgressError,
    TooManyEndpointsError,
)
from brim.platform.egress.targets import TargetBlockedError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

_ENDPOINTS: Final = "/v1/webhook_endpoints"
_ENDPOINT: Final = f"{_ENDPOINTS}/{{webhook_endpoint}}"

WEBHOOKS: Final = (
    Operation(
        method="POST",
        path=_ENDPOINTS,
        operation_id="PostWebhookEndpoints",
        summary="Create a webhook endpoint",
        description=(
            "Creates a webhook endpoint. Only this response contains its `secret`, with which you verify signatures, "
            "so store it."
        ),
        parameters=declared.WEBHOOK_ENDPOINT_CREATE,
        handler=handlers.create,
        resource="webhook_endpoints",
        level="write",
        returns=webhook_wire.WebhookEndpointObject,
        errors=(TargetBlockedError, TooManyEndpointsError, NoEncryptionKeyError, SecretUnreadableError),
    ),
    Operation(
        method="GET",
        path=_ENDPOINTS,
        operation_id="GetWebhookEndpoints",
        summary="List all webhook endpoints",
        description="Returns your endpoints, newest first.",
        parameters=declared.WEBHOOK_ENDPOINT_LIST,
        handler=handlers.list_all,
        resource="webhook_endpoints",
        level="read",
        returns=webhook_wire.WebhookEndpointObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=_ENDPOINT,
        operation_id="GetWebhookEndpointsWebhookEndpoint",
        summary="Retrieve a webhook endpoint",
        description="Returns an endpoint, without its secret.",
        parameters=declared.WEBHOOK_ENDPOINT_RETRIEVE,
        handler=handlers.retrieve,
        resource="webhook_endpoints",
        level="read",
        returns=webhook_wire.WebhookEndpointObject,
    ),
    Operation(
        method="POST",
        path=_ENDPOINT,
        operation_id="PostWebhookEndpointsWebhookEndpoint",
        summary="Update a webhook endpoint",
        description="Updates an endpoint's URL, its types of events and its description, or disables it.",
        parameters=declared.WEBHOOK_ENDPOINT_UPDATE,
        handler=handlers.update,
        resource="webhook_endpoints",
        level="write",
        returns=webhook_wire.WebhookEndpointObject,
        errors=(TargetBlockedError,),
    ),
    Operation(
        method="DELETE",
        path=_ENDPOINT,
        operation_id="DeleteWebhookEndpointsWebhookEndpoint",
        summary="Delete a webhook endpoint",
        description="Deletes an endpoint. Its pending events are discarded.",
        parameters=(),
        handler=handlers.delete,
        resource="webhook_endpoints",
        level="write",
        returns=wire.DeletedObject,
    ),
    Operation(
        method="GET",
        path=f"{_ENDPOINT}/attempts",
        operation_id="GetWebhookEndpointsWebhookEndpointAttempts",
        summary="List the attempts to reach a webhook endpoint",
        description=(
            "Returns the attempts to send events to an endpoint, newest first: status, duration, and the first 1 KB "
            "of the response."
        ),
        parameters=declared.ENDPOINT_ATTEMPT_LIST,
        handler=handlers.list_attempts,
        resource="webhook_endpoints",
        level="read",
        returns=webhook_wire.WebhookAttemptObject,
        in_list=True,
    ),
    Operation(
        method="GET",
        path=f"{_ENDPOINT}/attempts/{{attempt}}",
        operation_id="GetWebhookEndpointsWebhookEndpointAttemptsAttempt",
        summary="Retrieve an attempt to reach a webhook endpoint",
        description="Returns one delivery attempt: the request headers, the response, and when it is retried.",
        parameters=(),
        handler=handlers.retrieve_attempt,
        resource="webhook_endpoints",
        level="read",
        returns=webhook_wire.WebhookAttemptObject,
    ),
    Operation(
        method="GET",
        path=f"{_ENDPOINT}/health",
        operation_id="GetWebhookEndpointsWebhookEndpointHealth",
        summary="Retrieve the health of a webhook endpoint",
        description=(
            "Returns the success rate and latency of an endpoint's latest attempts, the number of pending events, and "
            "the time of the next attempt."
        ),
        parameters=(),
        handler=handlers.retrieve_health,
        resource="webhook_endpoints",
        level="read",
        returns=webhook_wire.WebhookHealthObject,
    ),
    Operation(
        method="POST",
        path=f"{_ENDPOINT}/resend",
        operation_id="PostWebhookEndpointsWebhookEndpointResend",
        summary="Resend missed events to a webhook endpoint",
        description=(
            "Queues events created since a given time that the endpoint subscribes to and has not received, oldest "
            "first, at most 10,000 per request and 50 per second. Repeating the request queues nothing twice."
        ),
        parameters=declared.WEBHOOK_ENDPOINT_RESEND,
        handler=handlers.resend_missed,
        resource="webhook_endpoints",
        level="write",
        returns=webhook_wire.WebhookResendObject,
        errors=(ResourceMissingError, EndpointDisabledError, ResendInProgressError),
    ),
    Operation(
        method="POST",
        path=f"{_ENDPOINT}/test",
        operation_id="PostWebhookEndpointsWebhookEndpointTest",
        summary="Send a test event to a webhook endpoint",
        description=(
            "Sends the newest event of the given type, or of any type that the endpoint subscribes to, right away."
        ),
        parameters=declared.WEBHOOK_ENDPOINT_TEST,
        handler=handlers.send_test,
        resource="webhook_endpoints",
        level="write",
        returns=event_wire.EventObject,
        errors=(EndpointDisabledError, EndpointNotListeningError, NothingToSendError),
    ),
    Operation(
        method="POST",
        path=f"{_ENDPOINT}/roll_secret",
        operation_id="PostWebhookEndpointsWebhookEndpointRollSecret",
        summary="Roll a webhook endpoint's secret",
        description=(
            "Gives an endpoint a new secret. Until the old one expires, deliveries are signed with both, so that you "
            "can replace it without rejecting any."
        ),
        parameters=declared.WEBHOOK_ENDPOINT_ROLL,
        handler=handlers.roll_secret,
        resource="webhook_endpoints",
        level="write",
        returns=webhook_wire.WebhookEndpointObject,
        errors=(NoEncryptionKeyError, SecretUnreadableError),
    ),
)
