"""The handlers of `/v1/brim/statement_mappings`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.handlers import check_acts, check_live, check_platform
from brim.api.resources.statement_mappings.wire import mapping_json, preview_json
from brim.base import wire
from brim.core import direct_debits, statement_mappings
from brim.core.idempotency import Result, run_once
from brim.core.statement_mappings import mapping_of
from brim.platform.database import Conn

MAPPINGS: Final = "/v1/brim/statement_mappings"


async def list_mappings(call: Call) -> Result:
    """`GET /v1/brim/statement_mappings`."""
    await check_platform(call)
    page = await statement_mappings.page_mappings(call.service.database, call.scope, read_page(call.parameters))
    items = [mapping_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=MAPPINGS))


async def create(call: Call) -> Result:
    """`POST /v1/brim/statement_mappings`."""
    await check_platform(call)
    check_live(call)
    mapping = mapping_of(call.parameters["mapping"])

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        saved = await direct_debits.create_statement_mapping(
            conn,
            call.scope,
            call.parameters["bank_account"],
            mapping,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return mapping_json(saved)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/statement_mappings/{statement_mapping}`."""
    await check_platform(call)
    found = await statement_mappings.retrieve_mapping(call.service.database, call.scope, call.path_id)
    return Result(body=mapping_json(found))


async def update(call: Call) -> Result:
    """`POST /v1/brim/statement_mappings/{statement_mapping}`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        saved = await direct_debits.update_statement_mapping(
            conn,
            call.scope,
            call.path_id,
            call.parameters.get("mapping", {}),
            expected_version=call.parameters.get("expected_version"),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return mapping_json(saved)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def preview(call: Call) -> Result:
    """`POST /v1/brim/statement_mappings/preview`: read a file, and store nothing."""
    await check_platform(call)
    check_live(call)
    parameters = call.parameters
    async with call.service.database.connection() as conn:
        file = await direct_debits.preview_statement(
            conn,
            call.scope,
            parameters["bank_account"],
            parameters["file"],
            parameters.get("mapping", {}),
            name=parameters.get("name", ""),
        )
    return Result(body=preview_json(call.scope, file))
