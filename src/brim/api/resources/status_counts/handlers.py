"""The handler of `/v1/brim/status_counts`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.resources.ach.handlers import check_platform
from brim.api.resources.status_counts.wire import status_counts_json
from brim.core.idempotency import Result
from brim.core.status_counts import CountedList, count_statuses

STATUS_COUNTS: Final = "/v1/brim/status_counts"


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/status_counts`."""
    await check_platform(call)
    counted = CountedList(call.parameters["list"])
    created = call.parameters.get("created")
    counts = await count_statuses(call.service.database, call.scope, counted, created, now_ms=call.now_ms)
    return Result(body=status_counts_json(counted, counts, livemode=call.scope.livemode))
