"""The handlers of `/v1/brim/funding_instructions` and `/v1/brim/incoming_transfers`."""

from typing import Final

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.handlers import check_platform
from brim.api.resources.push.wire import instructions_json, payer_json, transfer_json
from brim.base import wire
from brim.base.metadata import NO_CHANGE, merge
from brim.base.paging import page_of_few
from brim.core import operators, push
from brim.core.idempotency import Result, run_once
from brim.core.push import Expected, FundingInstructions, NewInstructions, Proposal, Scenario, TransferStatus
from brim.core.rails.ach import TransferPayers
from brim.core.time import lock_owner_time
from brim.platform.database import Conn

INSTRUCTIONS: Final = "/v1/brim/funding_instructions"
TRANSFERS: Final = "/v1/brim/incoming_transfers"
PAYERS: Final = "/v1/brim/known_payers"
FUND: Final = "/v1/test_helpers/funding_instructions/{funding_instructions}/fund"


async def create_instructions(call: Call) -> Result:
    """`POST /v1/brim/funding_instructions`."""
    parameters = call.parameters
    expires_at = parameters.get("expires_at")
    wanted = NewInstructions(
        currency=parameters["currency"],
        amount=parameters.get("amount"),
        expires_ms=None if expires_at is None else expires_at * 1000,
        description=parameters.get("description"),
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
        payers=TransferPayers(parameters["payers"]) if "payers" in parameters else None,
    )

    async def work(conn: Conn) -> bytes:
        made = await push.create_instructions(
            conn, call.scope, wanted, by=call.by, now_ms=call.now_ms, ids=call.service.ids
        )
        return await _render(conn, call, made)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_instructions(call: Call) -> Result:
    """`GET /v1/brim/funding_instructions`."""
    page = await push.page_instructions(call.service.database, call.scope, read_page(call.parameters))
    async with call.service.database.transaction() as conn:
        items = [await _render(conn, call, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=INSTRUCTIONS))


async def retrieve_instructions(call: Call) -> Result:
    """`GET /v1/brim/funding_instructions/{funding_instructions}`."""
    async with call.service.database.transaction() as conn:
        found = await push.retrieve_instructions(conn, call.scope, call.path_id)
        return Result(body=await _render(conn, call, found))


async def _render(conn: Conn, call: Call, found: FundingInstructions) -> bytes:
    """Return the JSON of instructions, with their status in the account's time."""
    details = await push.read_bank_details(conn, call.service.vault, found)
    moment = await lock_owner_time(conn, found.owner_scope, now_ms=call.now_ms, ids=call.service.ids)
    return instructions_json(found, details, now_ms=moment.now_ms)


async def fund(call: Call) -> Result:
    """`POST /v1/test_helpers/funding_instructions/{funding_instructions}/fund`."""
    parameters = call.parameters

    async def work(conn: Conn) -> bytes:
        played = await push.play_transfer(
            conn,
            call.scope,
            call.path_id,
            amount=parameters.get("amount"),
            currency=parameters.get("currency"),
            reference=parameters.get("reference"),
            scenario=Scenario(parameters.get("scenario") or Scenario.EXACT),
            renderers=call.service.renderers,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return transfer_json(played)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_transfers(call: Call) -> Result:
    """`GET /v1/brim/incoming_transfers`."""
    await check_platform(call)
    status = call.parameters.get("status")
    page = await push.page_transfers(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        status=TransferStatus(status) if status else None,
        topup=call.parameters.get("topup"),
    )
    items = [transfer_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=TRANSFERS))


async def retrieve_transfer(call: Call) -> Result:
    """`GET /v1/brim/incoming_transfers/{incoming_transfer}`."""
    await check_platform(call)
    return Result(body=transfer_json(await push.retrieve_transfer(call.service.database, call.scope, call.path_id)))


async def update_transfer(call: Call) -> Result:
    """`POST /v1/brim/incoming_transfers/{incoming_transfer}`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        after = await push.annotate(
            conn,
            call.scope,
            call.path_id,
            handled_by=call.parameters.get("handled_by", msgspec.UNSET),
            note=call.parameters.get("note", msgspec.UNSET),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return transfer_json(after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def assign_transfer(call: Call) -> Result:
    """`POST /v1/brim/incoming_transfers/{incoming_transfer}/assign`."""
    remember = bool(call.parameters.get("remember_payer"))
    return await _propose(call, Proposal.ASSIGN, owner=call.parameters["account"], remember_payer=remember)


async def send_back_transfer(call: Call) -> Result:
    """`POST /v1/brim/incoming_transfers/{incoming_transfer}/send_back`."""
    return await _propose(call, Proposal.SEND_BACK)


async def _propose(call: Call, proposal: Proposal, *, owner: str | None = None, remember_payer: bool = False) -> Result:
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        after = await push.propose(
            conn,
            call.scope,
            call.path_id,
            proposal,
            owner=owner,
            remember_payer=remember_payer,
            approvers=await operators.count_approvers(conn),
            renderers=call.service.renderers,
            cause=call.context.cause,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return transfer_json(after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def approve_transfer(call: Call) -> Result:
    """`POST /v1/brim/incoming_transfers/{incoming_transfer}/approve`."""
    await check_platform(call)
    action, owner = call.parameters.get("action"), call.parameters.get("account")
    remember = bool(call.parameters.get("remember_payer"))

    async def work(conn: Conn) -> bytes:
        after = await push.approve(
            conn,
            call.scope,
            call.path_id,
            expected=Expected(Proposal(action), owner, remember) if action else None,
            approvers=await operators.count_approvers(conn),
            renderers=call.service.renderers,
            cause=call.context.cause,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return transfer_json(after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def decline_transfer(call: Call) -> Result:
    """`POST /v1/brim/incoming_transfers/{incoming_transfer}/decline`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        after = await push.decline(
            conn,
            call.scope,
            call.path_id,
            approvers=await operators.count_approvers(conn),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return transfer_json(after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_payers(call: Call) -> Result:
    """`GET /v1/brim/known_payers`."""
    await check_platform(call)
    async with call.service.database.connection() as conn:
        found = await push.list_payers(conn, call.scope, call.parameters["account"])
    page = page_of_few(found, read_page(call.parameters), kind="known payer")
    items = [payer_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=PAYERS))


async def forget_payer(call: Call) -> Result:
    """`POST /v1/brim/known_payers/{known_payer}/forget`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        after = await push.forget_payer(
            conn, call.scope, call.path_id, by=call.by, now_ms=call.now_ms, ids=call.service.ids
        )
        return payer_json(after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)
