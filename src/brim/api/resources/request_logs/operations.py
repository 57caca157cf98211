"""The operations that no SDK knows: ours about the service itself, and those of the official CLI alone."""

from typing import Final

from brim.api.framework.operation import Operation
from brim.api.resources.request_logs import handlers as request_logs
from brim.api.resources.request_logs import params as declared
from brim.api.resources.request_logs.wire import RequestLogObject
from brim.api.resources.stripe_cli import handlers as stripe_cli
from brim.api.resources.stripe_cli.wire import SessionObject
from brim.base.errors import ExclusiveParametersError
from brim.core.stripe_cli import ListenerFiltersError, TooManyListenersError
from brim.platform.vault import NoEncryptionKeyError, SecretUnreadableError

BRIM: Final = (
    Operation(
        method="GET",
        path=request_logs.URL,
        operation_id="GetBrimRequestLogs",
        summary="List API requests",
        description="Returns the latest API requests of your account, newest first, with secrets redacted.",
        parameters=declared.REQUEST_LOG_LIST,
        handler=request_logs.list_all,
        resource="request_logs",
        level="read",
        returns=RequestLogObject,
        in_list=True,
        errors=(ExclusiveParametersError,),
    ),
    Operation(
        method="POST",
        path=stripe_cli.SESSIONS,
        operation_id="PostStripecliSessions",
        summary="Open a session for the Stripe CLI",
        parameters=declared.CLI_SESSION_CREATE,
        handler=stripe_cli.create_session,
        resource="stripecli",
        level="write",
        returns=SessionObject,
        errors=(TooManyListenersError, ListenerFiltersError, NoEncryptionKeyError, SecretUnreadableError),
    ),
)
