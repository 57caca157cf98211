"""The handlers of `/v1/brim/refunds`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.handlers import check_acts, check_platform
from brim.api.resources.ach.refund_wire import refund_json
from brim.base import wire
from brim.base.metadata import NO_CHANGE, merge
from brim.core import direct_debits, refunds
from brim.core.idempotency import Result, run_once
from brim.core.refunds import RefundFilters, RefundStatus
from brim.platform.database import Conn

REFUNDS: Final = "/v1/brim/refunds"


async def list_refunds(call: Call) -> Result:
    """`GET /v1/brim/refunds`."""
    await check_platform(call)
    status = call.parameters.get("status")
    filters = RefundFilters(
        status=RefundStatus(status) if status else None,
        topup=call.parameters.get("topup"),
        file=call.parameters.get("file"),
    )
    page = await refunds.list_refunds(call.service.database, call.scope, read_page(call.parameters), filters)
    items = [refund_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=REFUNDS))


async def retrieve_refund(call: Call) -> Result:
    """`GET /v1/brim/refunds/{refund}`."""
    await check_platform(call)
    return Result(body=refund_json(await refunds.retrieve_refund(call.service.database, call.scope, call.path_id)))


async def request_refund(call: Call) -> Result:
    """`POST /v1/brim/refunds`."""
    await check_platform(call)
    wanted = direct_debits.RefundRequest(
        amount=call.parameters.get("amount"),
        description=call.parameters.get("description"),
        metadata=merge({}, call.parameters.get("metadata", NO_CHANGE)),
    )

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        return refund_json(
            await direct_debits.request_refund(
                conn,
                call.scope,
                call.parameters["topup"],
                wanted,
                renderers=call.service.renderers,
                cause=call.context.cause,
                by=call.by,
                now_ms=call.now_ms,
                ids=call.service.ids,
            )
        )

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def cancel_refund(call: Call) -> Result:
    """`POST /v1/brim/refunds/{refund}/cancel`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        return refund_json(
            await direct_debits.cancel_refund(
                conn,
                call.scope,
                call.path_id,
                renderers=call.service.renderers,
                cause=call.context.cause,
                by=call.by,
                now_ms=call.now_ms,
                ids=call.service.ids,
            )
        )

    return await run_once(call.service.database, call.context, work, render_error=render_error)
