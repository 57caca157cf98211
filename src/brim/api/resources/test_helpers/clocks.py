"""The handlers of `/v1/test_helpers/test_clocks`."""

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.test_helpers import wire as clock_wire
from brim.base import json_codec, wire
from brim.base.paging import page_of_few
from brim.core import test_clocks, time
from brim.core.idempotency import Result


async def create(call: Call) -> Result:
    """`POST /v1/test_helpers/test_clocks`."""
    return await test_clocks.create_clock(
        call.service.database,
        call.context,
        frozen_time=call.parameters["frozen_time"],
        name=call.parameters.get("name"),
        queues=call.service.queues,
        ids=call.service.ids,
        renderers=call.service.renderers,
        render_error=render_error,
    )


async def retrieve(call: Call) -> Result:
    """`GET /v1/test_helpers/test_clocks/{test_clock}`."""
    return Result(
        body=clock_wire.clock_json(await test_clocks.retrieve_clock(call.service.database, call.scope, call.path_id))
    )


async def list_all(call: Call) -> Result:
    """`GET /v1/test_helpers/test_clocks`: the account's clock, if it has one."""
    clock = await time.find_clock(call.service.database, call.scope)
    page = page_of_few([clock] if clock else [], read_page(call.parameters), kind="test clock")
    items = [clock_wire.clock_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/test_helpers/test_clocks"))


async def advance(call: Call) -> Result:
    """`POST /v1/test_helpers/test_clocks/{test_clock}/advance`."""
    return await test_clocks.advance_clock(
        call.service.database,
        call.context,
        call.path_id,
        frozen_time=call.parameters["frozen_time"],
        queues=call.service.queues,
        ids=call.service.ids,
        renderers=call.service.renderers,
        render_error=render_error,
    )


async def delete(call: Call) -> Result:
    """`DELETE /v1/test_helpers/test_clocks/{test_clock}`."""
    service = call.service
    await test_clocks.delete_clock(
        service.database,
        call.context,
        call.path_id,
        queues=service.queues,
        ids=service.ids,
        renderers=service.renderers,
    )
    return Result(body=json_codec.encode(wire.DeletedObject(id=call.path_id, object="test_helpers.test_clock")))
