"""The handlers of `/v1/balance` and `/v1/balance_transactions`."""

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.rendering import render_balance_transactions
from brim.base import wire
from brim.core import ledger
from brim.core.idempotency import Result
from brim.core.ledger import BalanceTransactionFilters


async def retrieve(call: Call) -> Result:
    """`GET /v1/balance`."""
    balances = await ledger.retrieve_balance(call.service.database, call.scope)
    return Result(body=balance_wire.balance_json(call.scope, balances))


async def retrieve_transaction(call: Call) -> Result:
    """`GET /v1/balance_transactions/{id}`."""
    database = call.service.database
    line = await ledger.retrieve_balance_transaction(database, call.scope, call.path_id)
    paths = call.parameters.get("expand", ())
    (body,) = await render_balance_transactions(database, [line], paths)
    return Result(body=body)


async def list_transactions(call: Call) -> Result:
    """`GET /v1/balance_transactions`."""
    database, parameters = call.service.database, call.parameters
    filters = BalanceTransactionFilters(
        created=parameters.get("created"),
        currency=parameters.get("currency"),
        source=parameters.get("source"),
        type=parameters.get("type"),
        payout=parameters.get("payout"),
    )
    page = await ledger.list_balance_transactions(database, call.scope, filters, read_page(parameters))
    paths = parameters.get("expand", ())
    items = await render_balance_transactions(database, page.items, paths)
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/balance_transactions"))
