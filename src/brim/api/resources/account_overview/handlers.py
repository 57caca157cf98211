"""The handler of `/v1/brim/accounts`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.account_overview.wire import summary_json
from brim.base import wire
from brim.core.account_overview import list_account_summaries
from brim.core.idempotency import Result

URL: Final = "/v1/brim/accounts"


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/accounts`."""
    page = await list_account_summaries(
        call.service.database,
        call.scope,
        call.parameters.get("created"),
        read_page(call.parameters),
        query=call.parameters.get("query"),
    )
    sees_balances = call.rights.key.allows("balance", "read")
    items = [summary_json(each, sees_balances=sees_balances) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=URL))
