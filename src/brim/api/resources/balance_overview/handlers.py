"""The handlers of what Brim shows of the books beyond the vendor's objects."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.resources.balance_overview import wire as books_wire
from brim.base import wire
from brim.core import accounts, balance_overview, ledger, topups
from brim.core.idempotency import Result

OVERVIEW: Final = "/v1/brim/balance_overview"
SUMMARY: Final = "/v1/brim/balance_summary"
TRANSFERS: Final = "/v1/brim/topups/{topup}/transfers"


async def retrieve_overview(call: Call) -> Result:
    """`GET /v1/brim/balance_overview`."""
    found = await balance_overview.retrieve_overview(call.service.database, call.scope, now_s=call.now_ms // 1000)
    return Result(body=books_wire.overview_json(found, livemode=call.scope.livemode))


async def summarize(call: Call) -> Result:
    """`GET /v1/brim/balance_summary`."""
    parameters = call.parameters
    of_connected = parameters.get("connected_accounts", False)
    if of_connected:
        await accounts.check_is_platform(call.service.database, call.scope.account)
    since, until = parameters["interval_start"], parameters["interval_end"]
    found = await balance_overview.summarize_balances(
        call.service.database,
        call.scope,
        since=since,
        until=until,
        currency=parameters.get("currency"),
        of_connected=of_connected,
    )
    return Result(body=books_wire.summary_json(found, since=since, until=until, livemode=call.scope.livemode))


async def list_transfers(call: Call) -> Result:
    """`GET /v1/brim/topups/{topup}/transfers`: all there are, in the order of their making."""
    topup = await topups.retrieve_topup(call.service.batches, call.scope, call.path_id)
    entries = await ledger.list_entries(call.service.database, call.scope, topup.id)
    items = [item for entry in entries for item in books_wire.entry_json(entry)]
    return Result(body=wire.list_json(items, has_more=False, url=TRANSFERS.format(topup=topup.id)))
