"""The handlers of `/v1/brim/ach/reversals`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.handlers import check_acts, check_platform
from brim.api.resources.ach.reversal_wire import reversal_json
from brim.base import wire
from brim.core import direct_debits, reversals
from brim.core.idempotency import Result, run_once
from brim.core.reversals import ReversalFilters, ReversalReason, ReversalStatus
from brim.platform.database import Conn

REVERSALS: Final = "/v1/brim/ach/reversals"


async def list_reversals(call: Call) -> Result:
    """`GET /v1/brim/ach/reversals`."""
    await check_platform(call)
    status = call.parameters.get("status")
    filters = ReversalFilters(
        status=ReversalStatus(status) if status else None,
        topup=call.parameters.get("topup"),
        file=call.parameters.get("file"),
    )
    page = await reversals.list_reversals(call.service.database, call.scope, read_page(call.parameters), filters)
    items = [reversal_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=REVERSALS))


async def retrieve_reversal(call: Call) -> Result:
    """`GET /v1/brim/ach/reversals/{reversal}`."""
    await check_platform(call)
    found = await reversals.retrieve_reversal(call.service.database, call.scope, call.path_id)
    return Result(body=reversal_json(found))


async def request_reversal(call: Call) -> Result:
    """`POST /v1/brim/ach/reversals`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        return reversal_json(
            await direct_debits.request_reversal(
                conn,
                call.scope,
                call.parameters["topup"],
                reason=ReversalReason(call.parameters["reason"]),
                renderers=call.service.renderers,
                cause=call.context.cause,
                by=call.by,
                now_ms=call.now_ms,
                ids=call.service.ids,
            )
        )

    return await run_once(call.service.database, call.context, work, render_error=render_error)
