"""When deliveries are tried next, told so that no time is named that might pass unmet."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from brim.core.webhooks import delivery_store as deliveries
from brim.core.webhooks.deliveries import DeliveryStanding, PastAttempt
from brim.platform.database import Conn

_Planned = TypeVar("_Planned", DeliveryStanding, PastAttempt)


async def plan_next(conn: Conn, found: Sequence[_Planned], *, now_ms: int) -> list[_Planned]:
    """Return deliveries or attempts with the plan of their next attempts, and no time that might pass unmet."""
    waiting = [each.endpoint for each in found if each.next_attempt_ms is not None]
    queues = await deliveries.read_queues(conn, sorted(set(waiting)))
    planned: list[_Planned] = []
    for each in found:
        queue = queues.get(each.endpoint)
        if each.next_attempt_ms is None or queue is None:
            planned.append(msgspec.structs.replace(each, next_attempt_ms=None))
            continue
        plan, at_ms = queue.plan(each.next_attempt_ms, each.leased_until_ms, now_ms=now_ms)
        planned.append(msgspec.structs.replace(each, plan=plan, next_attempt_ms=at_ms))
    return planned
