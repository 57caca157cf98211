"""What the server says about itself, without a key: health, readiness, metrics and its OpenAPI document."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from brim.api.app import SystemHandler
from brim.api.framework.operation import Operation
from brim.api.openapi import build_openapi
from brim.base import json_codec
from brim.base.public_url import PublicUrl
from brim.core.gauges import Gauges
from brim.http.message import ConstantReply, Reply, Request
from brim.platform.database import Database
from brim.platform.readiness import find_obstacle
from brim.platform.telemetry import metrics

_METRICS_ARE_INSIDE: Final = json_codec.encode(
    {
        "error": {
            "message": "Metrics are not served through a proxy. Scrape Brim's own port.",
            "type": "invalid_request_error",
        }
    }
)
_ALIVE: Final = b'{\n  "status": "ok"\n}\n'
_REHEARSING: Final = b'{\n  "status": "ok",\n  "installation": "rehearsal"\n}\n'


def system_handlers(
    database: Database,
    operations: Sequence[Operation],
    gauges: Gauges,
    *,
    public: PublicUrl | None = None,
    is_rehearsal: Callable[[], bool] = lambda: False,
) -> Mapping[str, SystemHandler]:
    """Return the handlers by path.

    Args:
        database: tells whether requests can be served.
        operations: what the document is of.
        gauges: read what the metrics show of the database.
        public: the server that the document names, None for where it comes from.
        is_rehearsal: tells whether the installation only rehearses; the health says so.
    """

    @cache
    def openapi() -> bytes:  # made for the first who asks, not before a start
        document = build_openapi(operations, server=str(public or "/"))
        return json_codec.pretty(json_codec.encode(document))

    async def healthz(_: Request) -> Reply:
        return Reply(200, _REHEARSING if is_rehearsal() else _ALIVE)

    async def readyz(_: Request) -> Reply:
        obstacle = await find_obstacle(database)
        if obstacle is None:
            return Reply(200, _ALIVE)
        return Reply(503, json_codec.encode({"status": "unavailable", "reason": obstacle}) + b"\n")

    async def prometheus(request: Request) -> Reply:
        if b"x-forwarded-for" in request.headers:  # it came through a proxy, perhaps from the Internet
            return Reply(403, _METRICS_ARE_INSIDE)
        return Reply(200, metrics.render_metrics(await gauges.read()), content_type=metrics.CONTENT_TYPE)

    async def openapi_json(_: Request) -> Reply:
        return ConstantReply(200, openapi())

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": prometheus, "/openapi.json": openapi_json}
