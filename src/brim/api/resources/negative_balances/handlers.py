"""The handlers of `/v1/brim/negative_balances` and `/v1/brim/balance_reserves`."""

from functools import partial
from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.balance.wire import balance_json
from brim.api.resources.negative_balances.wire import negative_balance_json, reserve_json
from brim.api.resources.topups.handlers import find_named_funding
from brim.base import wire
from brim.base.errors import ResourceMissingError
from brim.core import accounts, ledger, negative_balances, topups
from brim.core.direct_debits import find_retry
from brim.core.idempotency import Result, replay_of, run_once
from brim.core.topups import CreateTopup
from brim.platform.database import Conn

URL: Final = "/v1/brim/negative_balances"
RESERVES: Final = "/v1/brim/balance_reserves"

_TWIN_WINDOW_MINUTES: Final = 60
"""Of two people who request the same top-up at once, one is refused."""


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/negative_balances`: the account's own, and those of its connected accounts."""
    async with call.service.database.connection() as conn:
        page = await negative_balances.list_negative_balances(
            conn,
            call.scope,
            read_page(call.parameters),
            account=call.parameters.get("account"),
            currency=call.parameters.get("currency"),
        )
    items = [negative_balance_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=URL))


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/negative_balances/{negative_balance}`."""
    async with call.service.database.connection() as conn:
        found = await negative_balances.retrieve_negative_balance(conn, call.scope, call.path_id)
    return Result(body=negative_balance_json(found))


async def top_up(call: Call) -> Result:
    """`POST /v1/brim/negative_balances/{negative_balance}/top_up`: create a top-up of the missing amount."""
    service, parameters = call.service, call.parameters
    account, currency = negative_balances.read_balance_id(call.path_id)
    if account != call.scope.account:
        raise ResourceMissingError("negative balance", call.path_id, param="negative_balance", in_path=True)
    kept = await service.batches.find_kept(call.context)
    if kept is not None:  # the balance may have recovered since
        return replay_of(call.context, kept)
    is_intended = (parameters.get("brim") or {}).get("allow_duplicate", False)
    async with service.database.connection() as conn:
        amount = await negative_balances.amount_to_ask_for(
            conn, call.scope, currency, amount=parameters.get("amount"), even_if_pending=is_intended
        )
    wanted = CreateTopup(
        amount=amount,
        currency=currency,
        description=parameters.get("description"),
        metadata={},
        payment_method=parameters.get("payment_method"),
        source=parameters.get("source"),
        allow_duplicate=is_intended,
        least_twin_window_minutes=_TWIN_WINDOW_MINUTES,
    )
    return await topups.create_topup(
        service.batches,
        service.configs,
        call.context,
        wanted,
        ids=service.ids,
        rails=service.rails,
        renderers=service.renderers,
        find_funding=partial(find_named_funding, service),
        find_collection=service.batches.find_collection,
        find_retry=partial(find_retry, service.database),
    )


async def hold_test_money(call: Call) -> Result:
    """`POST /v1/test_helpers/balance/hold`."""

    async def work(conn: Conn) -> bytes:
        await negative_balances.hold_test_money(
            conn,
            call.scope,
            amount=call.parameters["amount"],
            currency=call.parameters["currency"],
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return balance_json(call.scope, await ledger.fetch_balances(conn, call.scope))

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_reserves(call: Call) -> Result:
    """`GET /v1/brim/balance_reserves`: the account's own, and those of its connected accounts."""
    async with call.service.database.connection() as conn:
        page = await negative_balances.list_reserves(conn, call.scope, read_page(call.parameters))
    items = [reserve_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=RESERVES))


async def set_reserve(call: Call) -> Result:
    """`POST /v1/brim/balance_reserves`."""
    await accounts.check_is_platform(call.service.database, call.scope.account)

    async def work(conn: Conn) -> bytes:
        after = await negative_balances.set_reserve(
            conn,
            call.scope,
            call.parameters.get("account") or call.scope.account,
            call.parameters["currency"],
            call.parameters["amount"],
            by=call.by,
            renderers=call.service.renderers,
            cause=call.context.cause,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return reserve_json(after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)
