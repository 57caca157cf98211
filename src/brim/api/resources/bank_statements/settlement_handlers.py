"""The handlers of `/v1/brim/line_settlements`."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.actions import APPROVES, ActionObject, action
from brim.api.resources.ach.handlers import check_acts, check_platform, key_check
from brim.api.resources.ach.wire import break_json
from brim.api.resources.bank_statements.settlement_wire import settlement_json
from brim.base import wire
from brim.core import direct_debits, line_settlements, operators, reconciliation
from brim.core.direct_debits import HandMatches
from brim.core.idempotency import Result, run_once
from brim.core.line_settlements import LineSettlement, Part, PartKind, Proposal, SettlementStatus
from brim.platform.database import Conn

SETTLEMENTS: Final = "/v1/brim/line_settlements"
_AMOUNTS: Final = (PartKind.FEES, PartKind.SUSPENSE, PartKind.TRANSFER)
_WAITING: Final = frozenset({SettlementStatus.PROPOSED, SettlementStatus.UNDO_PROPOSED})


async def list_settlements(call: Call) -> Result:
    """`GET /v1/brim/line_settlements`."""
    await check_platform(call)
    status = call.parameters.get("status")
    page = await line_settlements.list_settlements(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        status=SettlementStatus(status) if status else None,
    )
    items = [settlement_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=SETTLEMENTS))


async def retrieve_settlement(call: Call) -> Result:
    """`GET /v1/brim/line_settlements/{line_settlement}`."""
    await check_platform(call)
    found = await line_settlements.retrieve_settlement(call.service.database, call.scope, call.path_id)
    return Result(body=settlement_json(found, actions=await _actions(call, found)))


async def _actions(call: Call, found: LineSettlement) -> list[ActionObject]:
    async with call.service.database.connection() as conn:
        approvers = await operators.count_approvers(conn)
        acts = await key_check(conn, call)
    if found.status in _WAITING:
        confirms = partial(line_settlements.check_confirms, call.by, found, approvers=approvers)
        return [action(call, "confirm", resource=APPROVES, check=confirms), action(call, "reject", check=acts)]
    if found.status is SettlementStatus.POSTED:
        return [action(call, "undo", check=acts)]
    return []


async def propose_settlement(call: Call) -> Result:
    """`POST /v1/brim/line_settlements`."""
    await check_platform(call)
    given = call.parameters
    amounts = ((kind, given.get(kind.value) or 0) for kind in _AMOUNTS)
    own = tuple(Part(kind=kind, amount=amount) for kind, amount in amounts if amount)

    async def propose(conn: Conn, more: dict[str, Any]) -> LineSettlement:
        matched = await _find_matched(conn, call)
        proposal = Proposal(lines=given["lines"], parts=(*matched, *own), note=given["note"])
        return await line_settlements.propose_settlement(conn, call.scope, proposal, matches=_matches(call), **more)

    return await _act(call, propose)


def _matches(call: Call) -> HandMatches:
    return HandMatches(call.service.database, call.service.vault, call.service.renderers)


async def _find_matched(conn: Conn, call: Call) -> tuple[Part, ...]:
    """Return the parts that are batches, debits, transfers or refunds, of the bank account of the first line."""
    names = {
        "batches": "batches",
        "returns": "returned_debits",
        "transfers": "returned_transfers",
        "refunded": "refunds",
    }
    targets = {name: call.parameters.get(parameter, ()) for name, parameter in names.items()}
    lines = await reconciliation.fetch_lines(conn, call.scope, call.parameters["lines"][:1])
    if not lines or not any(targets.values()):
        return ()
    (line,) = lines.values()
    return await _matches(call).find_parts(
        conn, call.scope, bank_account=line.bank_account, currency=line.currency, **targets
    )


async def confirm_settlement(call: Call) -> Result:
    """`POST /v1/brim/line_settlements/{line_settlement}/confirm`."""
    await check_platform(call)
    expected = SettlementStatus(call.parameters["expected_status"])
    return await _act(
        call,
        lambda conn, more: line_settlements.confirm_settlement(
            conn, call.scope, call.path_id, expected=expected, matches=_matches(call), **more
        ),
    )


async def reject_settlement(call: Call) -> Result:
    """`POST /v1/brim/line_settlements/{line_settlement}/reject`."""
    await check_platform(call)
    return await _act(
        call, lambda conn, more: line_settlements.reject_settlement(conn, call.scope, call.path_id, **more)
    )


async def undo_settlement(call: Call) -> Result:
    """`POST /v1/brim/line_settlements/{line_settlement}/undo`."""
    await check_platform(call)
    told = {"note": call.parameters["note"], "matches": _matches(call)}
    return await _act(
        call, lambda conn, more: line_settlements.propose_undo(conn, call.scope, call.path_id, **told, **more)
    )


async def _act(call: Call, use: Callable[[Conn, dict[str, Any]], Awaitable[LineSettlement]]) -> Result:
    async def work(conn: Conn) -> bytes:
        approvers = await operators.count_approvers(conn)
        more = {"by": call.by, "approvers": approvers, "now_ms": call.now_ms, "ids": call.service.ids}
        return settlement_json(await use(conn, more))

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def update_break(call: Call) -> Result:
    """`POST /v1/brim/breaks/{break}`."""
    await check_platform(call)
    given = call.parameters

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        changes = {name: given[name] for name in ("assigned_to", "note") if name in given}
        after = await reconciliation.update_break(
            conn, call.scope, call.path_id, changes, by=call.by, now_ms=call.now_ms, ids=call.service.ids
        )
        return break_json(call.scope, after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def reopen_break(call: Call) -> Result:
    """`POST /v1/brim/breaks/{break}/reopen`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        after = await reconciliation.reopen_resolved(
            conn,
            call.scope,
            call.path_id,
            note=call.parameters["note"],
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return break_json(call.scope, after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def take_in(call: Call) -> Result:
    """`POST /v1/brim/breaks/{break}/take_in`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        service = call.service
        settled = await direct_debits.take_in(
            conn,
            service.vault,
            service.renderers,
            call.scope,
            call.path_id,
            by=call.by,
            now_ms=call.now_ms,
            ids=service.ids,
        )
        return break_json(call.scope, settled)

    return await run_once(call.service.database, call.context, work, render_error=render_error)
