"""The handler of `/v1/brim/attention`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.resources.attention.wire import attention_json
from brim.base import wire
from brim.core import attention, time
from brim.core.idempotency import Result

URL: Final = "/v1/brim/attention"


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/attention`: all of it, as kinds are few; without what the key may not read."""
    clock = None if call.scope.livemode else await time.find_clock(call.service.database, call.scope)
    found = await attention.find_attention(
        call.service.database,
        call.scope,
        now_ms=call.now_ms,
        account_now_s=clock.frozen_time if clock else None,
        timezone=call.parameters.get("timezone", "UTC"),
    )
    shown = [each for each in found if call.rights.key.allows(attention.resource_of(each.kind), "read")]
    items = [attention_json(each) for each in attention.merge_endpoints(shown)]
    return Result(body=wire.list_json(items, has_more=False, url=URL))
