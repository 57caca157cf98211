"""The official CLI's own addresses: where it asks for a session, and the websocket of one.

Source: the protocol as version 1.52.0 of the official CLI speaks it, observed, and its public source code.
"""

import re
from typing import Final

import structlog

from brim.api.framework.call import Call, Service
from brim.api.resources.request_logs.params import CLI_TARGETS
from brim.api.resources.stripe_cli.wire import SUBSCRIBE, SessionObject
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.core import stripe_cli
from brim.core.events import DEFAULT_API_VERSION
from brim.core.idempotency import Result
from brim.core.stripe_cli import Conversation, kept_features
from brim.http.message import Request
from brim.http.websocket import Socket

SESSIONS: Final = "/v1/stripecli/sessions"
_SUBSCRIBE: Final = re.compile(r"/subscribe/(acct_\w{1,100})/(live|test)")
_UNKNOWN: Final = '{"error":{"message":"Unknown WebSocket ID."}}'
"""Refused with this text, and no other, the CLI asks for a new session."""

_AWAY: Final = '{"error":{"message":"The service cannot be reached now."}}'

log = structlog.get_logger()


async def create_session(call: Call) -> Result:
    """`POST /v1/stripecli/sessions`."""
    features = call.parameters.get("websocket_features", ())
    passes_on = any(call.parameters.get(name) for name in CLI_TARGETS)
    kept = kept_features(features, passes_on=passes_on)
    call.rights.require_streams(kept)
    session = await stripe_cli.open_session(
        call.service.database,
        call.scope,
        device=call.parameters["device_name"],
        features=kept,
        filters=call.parameters.get("filters"),
        key_hash=call.rights.key.hash,
        vault=call.service.vault,
        now_ms=call.now_ms,
    )
    mode = "live" if call.scope.livemode else "test"
    return Result(
        body=encode(
            SessionObject(
                reconnect_delay=call.service.cli_reconnect_s,
                secret=session.secret,
                websocket_authorized_feature=",".join(features),
                websocket_id=session.id,
                websocket_url=f"{_websocket_base(call)}{SUBSCRIBE}{call.scope.account}/{mode}",
                default_version=DEFAULT_API_VERSION,
                latest_version=DEFAULT_API_VERSION,
                device_token=session.endpoint,
            )
        )
    )


def _websocket_base(call: Call) -> str:
    """Return where the program that asks finds websockets: where it found the API."""
    public = call.service.proxies.public
    if public is not None and call.host == public.netloc:
        return "ws" + str(public).removeprefix("http")
    return f"ws://{call.host}"


async def subscribe(service: Service, request: Request, socket: Socket) -> None:
    """Serve `/subscribe/{account}/{mode}`: the websocket of the session whose id is in its headers."""
    place = _SUBSCRIBE.fullmatch(request.path)
    session_id = request.header(b"websocket-id")
    try:
        listener = place and await stripe_cli.find_session(
            service.database,
            AccountScope(place[1], place[2] == "live"),
            session_id or "",
            now_ms=service.clock(),
        )
        if not listener:
            socket.refuse(400, _UNKNOWN)
            return
        conversation = Conversation(
            service.database,
            listener,
            socket,
            vault=service.vault,
            clock=service.clock,
            ids=service.ids,
            renderers=service.renderers,
        )
    except BrimError:
        socket.refuse(503, _AWAY)
        return
    socket.accept()
    socket.mark_known()
    try:
        await service.hub.serve(conversation)
    except DatabaseUnavailableError:
        log.warning("a listener's position could not be stored", account=listener.scope.account)
    finally:
        socket.shutdown()
