"""The handlers of `/v1/brim/ach/returns`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.actions import action
from brim.api.resources.ach.handlers import check_acts, check_platform, key_check
from brim.api.resources.ach.return_wire import return_json
from brim.base import wire
from brim.core import direct_debits, dishonors
from brim.core.dishonors import DISHONOR_CODES, ReturnFilters, ReturnStatus
from brim.core.idempotency import Result, run_once
from brim.platform.database import Conn

RETURNS: Final = "/v1/brim/ach/returns"
UNDECIDED: Final = "dishonorable"
"""The status filter that selects returns that can still be dishonored."""


async def list_returns(call: Call) -> Result:
    """`GET /v1/brim/ach/returns`."""
    await check_platform(call)
    status = call.parameters.get("status")
    filters = ReturnFilters(
        status=ReturnStatus(status) if status and status != UNDECIDED else None,
        topup=call.parameters.get("topup"),
        bank_file=call.parameters.get("bank_file"),
        file=call.parameters.get("file"),
        undecided_ms=call.now_ms if status == UNDECIDED else None,
    )
    page = await dishonors.list_returns(call.service.database, call.scope, read_page(call.parameters), filters)
    items = [return_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=RETURNS))


async def retrieve_return(call: Call) -> Result:
    """`GET /v1/brim/ach/returns/{return}`."""
    await check_platform(call)
    found = await dishonors.retrieve_return(call.service.database, call.scope, call.path_id)
    if found.status is not ReturnStatus.RETURNED or call.now_ms >= found.dishonorable_until_ms:
        return Result(body=return_json(found, actions=[]))
    async with call.service.database.connection() as conn:
        standing = await direct_debits.read_standing(conn, found)
        reasons = {code: dishonors.unfit_reason(found, standing, code) for code in DISHONOR_CODES}
        held = None if None in reasons.values() else "No dishonor code fits this return."
        actions = [action(call, "dishonor", held=held, check=await key_check(conn, call))]
    return Result(body=return_json(found, actions=actions, reasons=reasons))


async def dishonor_return(call: Call) -> Result:
    """`POST /v1/brim/ach/returns/{return}/dishonor`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        return return_json(
            await direct_debits.dishonor_return(
                conn,
                call.scope,
                call.path_id,
                code=call.parameters["code"],
                information=call.parameters.get("information"),
                renderers=call.service.renderers,
                cause=call.context.cause,
                by=call.by,
                now_ms=call.now_ms,
                ids=call.service.ids,
            )
        )

    return await run_once(call.service.database, call.context, work, render_error=render_error)
