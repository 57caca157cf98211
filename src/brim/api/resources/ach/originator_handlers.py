"""The handlers of `/v1/brim/ach/originators`."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.actions import APPROVES, ActionObject, action
from brim.api.resources.ach.handlers import check_acts, check_live, check_platform, key_check
from brim.api.resources.ach.originator_params import NEEDED_FOR_ACH
from brim.api.resources.ach.originator_wire import originator_json
from brim.base import wire
from brim.base.paging import page_of_few
from brim.core import direct_debits, operators, originators
from brim.core.idempotency import Result, run_once
from brim.core.originators import Originator, OriginatorStatus
from brim.core.rails.ach import OriginatorProfile, ProfileError
from brim.http.parameter_errors import MissingParameterError
from brim.platform.database import Conn

ORIGINATORS: Final = "/v1/brim/ach/originators"
_CUTOFFS: Final = 3
"""How many of the next cut-offs are shown."""
_TIME: Final = "a time of day is written with two digits for the hour and two for the minute, such as 09:00 or 17:00."
_ROUTING_NUMBER: Final = "a routing number has nine digits."
_SHAPES: Final = {
    "odfi_routing_number": _ROUTING_NUMBER,
    "immediate_destination": _ROUTING_NUMBER,
    "cutoffs": _TIME,
    "same_day_cutoffs": _TIME,
    "opening": _TIME,
    "retry_schedule": "write +1 for one banking day after the return, or 1/15 for the 1st or 15th of the month.",
    "line_ending": "it is crlf or lf.",
    "bank_account": "it has 1 to 32 lower-case letters, digits and underscores.",
}
"""What is said of a text that a field's pattern refuses, instead of the pattern."""


async def create(call: Call) -> Result:
    """`POST /v1/brim/ach/originators`."""
    await check_platform(call)
    check_live(call)
    given = call.parameters["profile"]
    missing = [name for name in NEEDED_FOR_ACH if name not in given and "sepa" not in given]
    if missing:
        raise MissingParameterError(f"profile[{missing[0]}]")
    profile = _profile_of(given)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        made = await direct_debits.save_originator(
            conn,
            call.service.vault,
            call.scope,
            originators.ProfileChange(profile, account_number=call.parameters["account_number"]),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return await _json(conn, call, made)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def update(call: Call) -> Result:
    """`POST /v1/brim/ach/originators/{originator}`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        before = await originators.find_originator(conn, call.scope, call.path_id)
        fields = {**msgspec.to_builtins(before.profile), **call.parameters.get("profile", {})}
        if before.profile.sepa is not None and "sepa" in fields:
            fields["sepa"] = {**msgspec.to_builtins(before.profile.sepa), **fields["sepa"]}
        after = await direct_debits.save_originator(
            conn,
            call.service.vault,
            call.scope,
            originators.ProfileChange(
                _profile_of(fields),
                originator_id=before.id,
                account_number=call.parameters.get("account_number"),
                expected_version=call.parameters.get("expected_version"),
            ),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return await _json(conn, call, after)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


def _profile_of(fields: Mapping[str, Any]) -> OriginatorProfile:
    """Return the profile of parameters.

    Raises:
        ProfileError: a field is none that a profile can have.
    """
    try:
        return msgspec.convert(dict(fields), OriginatorProfile)
    except msgspec.ValidationError as error:
        sentence, _, path = str(error).partition(" - at `$.")
        field = path.rstrip("`").partition("[")[0].partition(".")[0]
        reason = _SHAPES.get(field) if "matching regex" in sentence else None
        raise ProfileError(field or "profile", reason or f"{sentence[:1].lower()}{sentence[1:]}.") from None


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/ach/originators/{originator}`."""
    await check_platform(call)
    async with call.service.database.connection() as conn:
        found = await originators.find_originator(conn, call.scope, call.path_id)
        return Result(body=await _json(conn, call, found, actions=await _actions(conn, call, found)))


async def _actions(conn: Conn, call: Call, originator: Originator) -> list[ActionObject]:
    """Return what the status of an originator allows, and whether whoever asks may do it."""
    actions = [action(call, "update", check=await key_check(conn, call))]
    if originator.status is OriginatorStatus.ACTIVE:
        return [*actions, action(call, "suspend")]
    others = await originators.list_originators(conn, call.scope)
    of_rail = [each for each in others if each.profile.rail == originator.profile.rail]
    held = next((f"{each.id} is active." for each in of_rail if each.status is OriginatorStatus.ACTIVE), None)
    approvers = await operators.count_approvers(conn)
    check = partial(originators.check_person, call.by, prepared_by=originator.changed_by, approvers=approvers)
    return [*actions, action(call, "activate", resource=APPROVES, held=held, check=check)]


async def _json(
    conn: Conn, call: Call, originator: Originator, *, actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET
) -> bytes:
    """Return an originator's compact JSON, with its next cut-offs in its platform's time."""
    now_ms, _ = await direct_debits.read_now(conn, call.scope, now_ms=call.now_ms)
    return originator_json(
        originator, direct_debits.next_cutoffs(originator, now_ms=now_ms, count=_CUTOFFS), actions=actions
    )


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/ach/originators`."""
    await check_platform(call)
    async with call.service.database.connection() as conn:
        found = await originators.list_originators(conn, call.scope)
        page = page_of_few(found, read_page(call.parameters), kind="originator")
        items = [await _json(conn, call, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=ORIGINATORS))


async def activate(call: Call) -> Result:
    """`POST /v1/brim/ach/originators/{originator}/activate`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        active = await originators.activate_originator(
            conn,
            call.scope,
            call.path_id,
            approvers=await operators.count_approvers(conn),
            expected_version=call.parameters.get("expected_version"),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return await _json(conn, call, active)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def suspend(call: Call) -> Result:
    """`POST /v1/brim/ach/originators/{originator}/suspend`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        suspended = await originators.suspend_originator(
            conn, call.scope, call.path_id, by=call.by, now_ms=call.now_ms, ids=call.service.ids
        )
        return await _json(conn, call, suspended)

    return await run_once(call.service.database, call.context, work, render_error=render_error)
