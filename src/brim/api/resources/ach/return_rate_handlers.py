"""The handlers of `/v1/brim/ach/return_rates`."""

from functools import partial
from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.resources.ach.actions import APPROVES, ActionObject, action
from brim.api.resources.ach.handlers import check_live, check_platform, key_check
from brim.api.resources.ach.return_rate_wire import return_rates_json
from brim.base import wire
from brim.base.errors import ResourceMissingError
from brim.core import accounts, operators, originators, return_rates
from brim.core.idempotency import Result, run_once
from brim.core.originators import Originator, OriginatorStatus
from brim.core.return_rates import ReturnRates
from brim.platform.database import Conn

RETURN_RATES: Final = "/v1/brim/ach/return_rates"


async def list_rates(call: Call) -> Result:
    """`GET /v1/brim/ach/return_rates`."""
    await check_platform(call)
    check_live(call)
    async with call.service.database.transaction() as conn:
        found = [
            rates
            for originator in await originators.list_originators(conn, call.scope)
            for rates in await return_rates.list_return_rates(conn, originator, now_ms=call.now_ms)
        ]
    items = [return_rates_json(each) for each in found]
    return Result(body=wire.list_json(items, has_more=False, url=RETURN_RATES))


async def retrieve_rates(call: Call) -> Result:
    """`GET /v1/brim/ach/return_rates/{subject}`."""
    await check_platform(call)
    async with call.service.database.transaction() as conn:
        return Result(body=await _shown(conn, call))


async def _shown(conn: Conn, call: Call) -> bytes:
    """Return the rates that a call names, with what whoever asks may do about them."""
    originator, owner = await _read_subject(conn, call)
    found = await return_rates.read_return_rates(conn, originator, owner, now_ms=call.now_ms)
    return return_rates_json(found, actions=await _actions_on(conn, call, found))


async def _actions_on(conn: Conn, call: Call, found: ReturnRates) -> list[ActionObject]:
    actions = [action(call, "override", check=await key_check(conn, call))]
    if found.asked is not None:
        check = partial(
            originators.check_person,
            call.by,
            prepared_by=found.asked.asked_by,
            approvers=await operators.count_approvers(conn),
        )
        actions.append(action(call, "approve_override", resource=APPROVES, check=check))
    if found.asked is not None or found.override is not None:
        actions.append(action(call, "end_override"))
    return actions


async def _read_subject(conn: Conn, call: Call) -> tuple[Originator, str]:
    """Return the originator that a call names; or the account, with the originator that it debits through, or did last.

    Raises:
        ResourceMissingError: it is neither an originator nor an account of this platform, or nobody debits for it.
    """
    if call.path_id.startswith(originators.ORIGINATOR_PREFIX):
        return await originators.find_originator(conn, call.scope, call.path_id), return_rates.ALL
    platform = await accounts.account_platform(conn, call.path_id)
    if call.scope.account not in {call.path_id, platform}:
        raise ResourceMissingError("account", call.path_id, param="subject", in_path=True)
    known = [each for each in await originators.list_originators(conn, call.scope) if each.activated_ms is not None]
    if not known:
        raise ResourceMissingError("originator", call.path_id, param="subject", in_path=True)
    newest = max(known, key=lambda each: (each.status is OriginatorStatus.ACTIVE, each.activated_ms))
    return newest, call.path_id


async def ask_for_override(call: Call) -> Result:
    """`POST /v1/brim/ach/return_rates/{subject}/override`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        originator, owner = await _read_subject(conn, call)
        await return_rates.ask_for_override(
            conn,
            originator,
            owner,
            reason=call.parameters["reason"],
            until_ms=call.parameters["until"] * 1000,
            approvers=await operators.count_approvers(conn),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return await _shown(conn, call)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def approve_override(call: Call) -> Result:
    """`POST /v1/brim/ach/return_rates/{subject}/approve_override`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        originator, owner = await _read_subject(conn, call)
        await return_rates.approve_override(
            conn,
            originator,
            owner,
            expected_until_ms=call.parameters["expected_until"] * 1000,
            approvers=await operators.count_approvers(conn),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return await _shown(conn, call)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def end_override(call: Call) -> Result:
    """`POST /v1/brim/ach/return_rates/{subject}/end_override`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        originator, owner = await _read_subject(conn, call)
        await return_rates.end_override(conn, originator, owner, by=call.by, now_ms=call.now_ms, ids=call.service.ids)
        return await _shown(conn, call)

    return await run_once(call.service.database, call.context, work, render_error=render_error)
