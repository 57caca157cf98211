"""The handler of `/v1/brim/health`."""

from typing import Final

import brim
from brim.api.framework.call import Call
from brim.api.resources.health.wire import health_json
from brim.core.health import LONGEST_PERIOD_S, read_health
from brim.core.idempotency import Result
from brim.core.request_logs import HOUR_S

_DAY_S: Final = 24 * HOUR_S


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/health`."""
    service, now = call.service, call.now_ms // 1000
    since = call.parameters.get("since", now - _DAY_S)
    health = await read_health(
        service.database,
        call.scope.account,
        livemode=call.scope.livemode,
        since=min(max(since, now - LONGEST_PERIOD_S), now),
        clock=service.clock,
        version=brim.__version__,
        data_dir=service.data_dir,
    )
    key = call.rights.key
    return Result(
        body=health_json(
            health, may_read=lambda resource: key.allows(resource, "read"), now=now, version=brim.__version__
        )
    )
