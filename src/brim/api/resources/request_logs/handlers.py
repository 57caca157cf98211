"""The handler of `/v1/brim/request_logs`."""

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.request_logs import wire as request_log_wire
from brim.base import wire
from brim.core import request_logs
from brim.core.idempotency import Result
from brim.core.request_logs import RequestFilters, RequestSource

URL = "/v1/brim/request_logs"


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/request_logs`."""
    names = ("api_key", "created", "method", "path", "path_prefix", "request_id", "status")
    given = {name: call.parameters[name] for name in names if name in call.parameters}
    if "source" in call.parameters:
        given["source"] = RequestSource(call.parameters["source"])
    filters = RequestFilters(**given)
    page = await request_logs.list_request_logs(call.service.database, call.scope, filters, read_page(call.parameters))
    items = [request_log_wire.request_log_json(record) for record in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=URL))
