"""The handlers of `/v1/balance` and `/v1/balance_transactions`."""

from collections.abc import Sequence
from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.balance import wire as balance_wire
from brim.api.resources.rendering import render_balance_transactions
from brim.base import wire
from brim.base.paging import Page
from brim.core import ledger
from brim.core.idempotency import Result
from brim.core.ledger import BalanceTransaction, BalanceTransactionFilters

RUNNING: Final = "/v1/brim/balance_transactions"


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
    page = await _page(call)
    paths = parameters.get("expand", ())
    items = await render_balance_transactions(database, page.items, paths)
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/balance_transactions"))


async def list_running(call: Call) -> Result:
    """`GET /v1/brim/balance_transactions`."""
    page = await _page(call)
    items = await _with_balances(call, page.items)
    return Result(body=wire.list_json(items, has_more=page.has_more, url=RUNNING))


async def retrieve_running(call: Call) -> Result:
    """`GET /v1/brim/balance_transactions/{id}`."""
    line = await ledger.retrieve_balance_transaction(call.service.database, call.scope, call.path_id)
    (body,) = await _with_balances(call, [line])
    return Result(body=body)


async def _page(call: Call) -> Page[BalanceTransaction]:
    parameters = call.parameters
    filters = BalanceTransactionFilters(
        created=parameters.get("created"),
        currency=parameters.get("currency"),
        source=parameters.get("source"),
        type=parameters.get("type"),
        payout=parameters.get("payout"),
    )
    return await ledger.list_balance_transactions(call.service.database, call.scope, filters, read_page(parameters))


async def _with_balances(call: Call, lines: Sequence[BalanceTransaction]) -> list[bytes]:
    async with call.service.database.connection() as conn:
        balances = await ledger.fetch_balances_after(conn, call.scope, lines)
    return [balance_wire.line_json(line, balances[line.id]) for line in lines]
