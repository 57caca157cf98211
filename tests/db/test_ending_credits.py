"""What ends by itself posts in the time of its own transaction: whoever reads an interval waits for no other."""

from itertools import count
from types import SimpleNamespace
from typing import Any

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.ids import IdFactory
from brim.core.direct_debits.credits import end_each
from brim.platform.database import Conn, Database
from tests.support.live_money import PLATFORM


async def test_each_credit_that_ends_has_the_time_of_its_own_transaction(database: Database) -> None:
    """One that takes long would otherwise let the next post into an interval whose reports are signed."""
    times = count(1_000)
    seen: list[tuple[int, Any]] = []

    async def end(conn: Conn, each: Any, now_ms: int) -> bool:
        (began,) = await conn.fetch("SELECT now() AS at")
        seen.append((now_ms, began["at"]))
        return bool(each.id == "re_2")

    unanswered: Any = [SimpleNamespace(scope=PLATFORM, id=f"re_{number}") for number in (1, 2, 3)]
    ended = await end_each(database, WIRE_FORMATS, unanswered, end, clock=lambda: next(times), ids=IdFactory(lambda: 1))
    assert ended == 1
    assert len({now_ms for now_ms, _ in seen}) == len({at for _, at in seen}) == 3
    assert seen == sorted(seen)
