"""The handlers of `/v1/brim/legal_holds`."""

from collections.abc import Awaitable, Callable
from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.legal_holds.wire import hold_json
from brim.base import wire
from brim.base.errors import NotInTestModeError
from brim.core import accounts, legal_holds
from brim.core.idempotency import Result, run_once
from brim.core.legal_holds import HoldKind, LegalHold
from brim.platform.database import Conn

URL: Final = "/v1/brim/legal_holds"


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/legal_holds`."""
    await accounts.check_operates(call.service.database, call.scope.account)
    page = await legal_holds.list_holds(call.service.database, read_page(call.parameters))
    return Result(body=wire.list_json([hold_json(hold) for hold in page.items], has_more=page.has_more, url=URL))


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/legal_holds/{legal_hold}`."""
    await accounts.check_operates(call.service.database, call.scope.account)
    async with call.service.database.connection() as conn:
        return Result(body=hold_json(await legal_holds.retrieve_hold(conn, call.path_id)))


async def place(call: Call) -> Result:
    """`POST /v1/brim/legal_holds`."""

    async def work(conn: Conn) -> LegalHold:
        return await legal_holds.place_hold(
            conn,
            kind=HoldKind(call.parameters["covers"]),
            account=call.parameters.get("account") or "",
            reason=call.parameters["reason"],
            reference=call.parameters.get("reference"),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )

    return await _change(call, work)


async def lift(call: Call) -> Result:
    """`POST /v1/brim/legal_holds/{legal_hold}/lift`."""

    async def work(conn: Conn) -> LegalHold:
        return await legal_holds.lift_hold(conn, call.path_id, by=call.by, now_ms=call.now_ms, ids=call.service.ids)

    return await _change(call, work)


async def _change(call: Call, change: Callable[[Conn], Awaitable[LegalHold]]) -> Result:
    """Place or lift a hold, once for each key. It holds live mode too, so no test key does it."""
    await accounts.check_operates(call.service.database, call.scope.account)
    if not call.scope.livemode:
        raise NotInTestModeError

    async def work(conn: Conn) -> bytes:
        return hold_json(await change(conn))

    return await run_once(call.service.database, call.context, work, render_error=render_error)
