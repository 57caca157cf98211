"""The handlers of `/v1/brim/workers` and `/v1/brim/stuck`."""

from brim.api.framework.call import Call
from brim.api.resources.jobs.wire import stuck_json, worker_json
from brim.base import wire
from brim.core import integrity, jobs
from brim.core.idempotency import Result


async def list_workers(call: Call) -> Result:
    """`GET /v1/brim/workers`: all there are, as they are few."""
    found = await jobs.list_workers(call.service.database, call.scope.account)
    items = [worker_json(worker, now_ms=call.now_ms) for worker in found]
    return Result(body=wire.list_json(items, has_more=False, url="/v1/brim/workers"))


async def list_stuck(call: Call) -> Result:
    """`GET /v1/brim/stuck`."""
    found = await integrity.list_stuck(call.service.database, call.scope.account)
    return Result(body=wire.list_json([stuck_json(item) for item in found], has_more=False, url="/v1/brim/stuck"))
