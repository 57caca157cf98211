"""The handler of `/v1/brim/verification`."""

from brim.api.framework.call import Call
from brim.api.resources.verification import wire as verification_wire
from brim.core.idempotency import Result
from brim.core.integrity import latest_run


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/verification`."""
    return Result(body=verification_wire.verification_json(await latest_run(call.service.database, call.scope.account)))
