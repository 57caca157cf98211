"""The operations on webhook endpoints. Source: Stripe API reference, Webhook Endpoints.

Rolling a secret, test deliveries and the list of attempts are ours.
"""

from typing import Final

from brim.api import declarations as declared
from brim.api import webhook_endpoints as handlers
from brim.api.operation import Operation
from brim.domain import webhook_wire, wire
from brim.domain.endpoints import (
    EndpointDisabledError,
    EndpointNotListeningError,
    NothingToSendError,
    TooManyEndpointsError,
)
from brim.domain.targets import TargetBlockedError
from brim.services.vault import NoEncryptionKeyError, SecretUnreadableError

_ENDPOINTS: Final = "/v1/webhook_endpoints"
_ENDPOINT: Final = f"{_ENDPOINTS}/{{webhook_endpoint}}"

WEBHOOKS: Final = (
    Operation(
        method="POST",
        path=_ENDPOINTS,
        operation_id="PostWebhookEndpoints",
        summary="Create a webhook endpoint",
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
        parameters=declared.WEBHOOK_ATTEMPT_LIST,
        handler=handlers.list_attempts,
        resource="webhook_endpoints",
        level="read",
        returns=webhook_wire.WebhookAttemptObject,
        in_list=True,
    ),
    Operation(
        method="POST",
        path=f"{_ENDPOINT}/test",
        operation_id="PostWebhookEndpointsWebhookEndpointTest",
        summary="Send the newest event to a webhook endpoint",
        parameters=declared.WEBHOOK_ENDPOINT_TEST,
        handler=handlers.send_test,
        resource="webhook_endpoints",
        level="write",
        returns=wire.EventObject,
        errors=(EndpointDisabledError, EndpointNotListeningError, NothingToSendError),
    ),
    Operation(
        method="POST",
        path=f"{_ENDPOINT}/roll_secret",
        operation_id="PostWebhookEndpointsWebhookEndpointRollSecret",
        summary="Roll a webhook endpoint's secret",
        parameters=declared.WEBHOOK_ENDPOINT_ROLL,
        handler=handlers.roll_secret,
        resource="webhook_endpoints",
        level="write",
        returns=webhook_wire.WebhookEndpointObject,
        errors=(NoEncryptionKeyError, SecretUnreadableError),
    ),
)
