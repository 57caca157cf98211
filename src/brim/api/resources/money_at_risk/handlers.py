"""The handler of `/v1/brim/money_at_risk`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.resources.ach.handlers import check_live, check_platform
from brim.api.resources.money_at_risk.wire import money_at_risk_json
from brim.core import money_at_risk
from brim.core.idempotency import Result

MONEY_AT_RISK: Final = "/v1/brim/money_at_risk"


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/money_at_risk`."""
    await check_platform(call)
    check_live(call)
    found = await money_at_risk.read_money_at_risk(call.service.database, call.scope, now_ms=call.now_ms)
    return Result(body=money_at_risk_json(found, livemode=call.scope.livemode))
