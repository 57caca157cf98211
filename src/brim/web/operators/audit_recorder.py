"""Tells the audit log what pages do by the API that has no line of its own: deliveries again, and listening.

Every other operation writes its line in the transaction that does it, with whose page it was. These change nothing that
anybody set up, so their line is written once the API has done it. What was refused changed nothing and is told by the
request log alone, or somebody without rights could fill what is kept for ever.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from brim.api.framework.errors import UnrecognizedUrlError
from brim.api.framework.operation import Operation
from brim.api.framework.router import Router
from brim.base import json_codec
from brim.base.clock import Clock
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.audit import Actor, record_alone
from brim.http.message import Reply, Request
from brim.platform.database import Database

TOLD_AFTERWARDS: Final = frozenset(
    {
        "PostEventsIdRetry",
        "PostWebhookEndpointsWebhookEndpointResend",
        "PostWebhookEndpointsWebhookEndpointTest",
        "PostV2CoreEventDestinationsIdPing",
        "PostStripecliSessions",
        "PostBrimVerifications",
    }
)
"""The operations that write no line in their transaction: deliveries of what there is, and the official CLI, which
listens."""

log = structlog.get_logger()


class _Named(msgspec.Struct):
    """As much of a reply as tells which object it is."""

    id: str | None = None


class AuditRecorder:
    """One process's way to tell of requests to the API.

    Args:
        operations: the table that names what a request does.
        database: where the audit log is.
        clock: tells the time.
        ids: makes the ids of lines.
    """

    def __init__(self, operations: Sequence[Operation], database: Database, clock: Clock, ids: IdFactory) -> None:
        self._router = Router(operations)
        self._database = database
        self._clock = clock
        self._ids = ids

    def of(self, by: Actor, scope: AccountScope) -> "OperatorTold":
        """Return what pages tell of one operator's requests for one account."""
        return OperatorTold(self, by, scope)

    async def tell(self, by: Actor, scope: AccountScope, request: Request, reply: Reply) -> None:
        """Write the line of a request that was answered, where it has not written its own.

        It is done by then, so a line that cannot be written goes to the server's log and fails nobody's page.
        """
        action, object_id = self._name(request, reply)
        if action not in TOLD_AFTERWARDS:
            return
        is_repeated = any(line.lower().startswith("idempotent-replayed: true") for line in reply.headers)
        try:
            await record_alone(
                self._database,
                by,
                action,
                object_id=object_id,
                scope=scope,
                detail="sent again" if is_repeated else None,
                now_ms=self._clock(),
                ids=self._ids,
            )
        except BrimError as error:
            log.error(  # noqa: TRY400  no bug of ours, and its traceback tells nothing
                "an audit log entry is missing",
                reason=error.message,
                operator=by.id,
                address=by.address,
                action=action,
                object=object_id,
                account=scope.account,
                livemode=scope.livemode,
            )

    def _name(self, request: Request, reply: Reply) -> tuple[str, str | None]:
        """Return the operation's id, and that of the object: the one in the path, else the one that was made."""
        try:
            operation, path_ids = self._router.find(request.method, request.path)
        except UnrecognizedUrlError:
            return f"{request.method} {request.path}", None
        return operation.operation_id, "/".join(path_ids) or _id_in(reply)


class OperatorTold(msgspec.Struct, frozen=True):
    """One operator's way to the trail; see `brim.web.api_client.Told`."""

    trail: AuditRecorder
    by: Actor
    scope: AccountScope

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Write the line of a request that was answered."""
        await self.trail.tell(self.by, self.scope, request, reply)


def _id_in(reply: Reply) -> str | None:
    try:
        return json_codec.decode(reply.body, type=_Named).id
    except msgspec.DecodeError:
        return None
