"""The handlers of `/v1/brim/ach/files`, `/v1/brim/ach/bank_files`, `/v1/brim/breaks` and `/v1/brim/rails/ach`."""

from collections.abc import Callable
from functools import partial
from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.ach.actions import APPROVES, ActionObject, action
from brim.api.resources.ach.preview_wire import preview_json
from brim.api.resources.ach.wire import (
    bank_file_json,
    break_json,
    correction_json,
    entry_json,
    file_json,
    outlook_json,
    rail_json,
    rail_state_json,
    readiness_json,
)
from brim.base import wire
from brim.base.errors import NotInTestModeError, ResourceMissingError
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.core import (
    accounts,
    corrections,
    direct_debits,
    dishonors,
    operators,
    originators,
    reconciliation,
    refunds,
    reversals,
)
from brim.core.corrections import CorrectionFilters, CorrectionStatus
from brim.core.direct_debits import BankFile, FileStatus
from brim.core.idempotency import Result, run_once
from brim.core.rails import FILE_RAILS
from brim.core.reconciliation import Break
from brim.platform.database import Conn

FILES: Final = "/v1/brim/ach/files"
BANK_FILES: Final = "/v1/brim/ach/bank_files"
BREAKS: Final = "/v1/brim/breaks"
CORRECTIONS: Final = "/v1/brim/corrections"
_SHA256_BYTES: Final = 32


async def list_files(call: Call) -> Result:
    """`GET /v1/brim/ach/files`."""
    await check_platform(call)
    status = call.parameters.get("status")
    page = await direct_debits.page_files(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        status=FileStatus(status) if status else None,
    )
    return Result(body=wire.list_json([file_json(each) for each in page.items], has_more=page.has_more, url=FILES))


async def retrieve_file(call: Call) -> Result:
    """`GET /v1/brim/ach/files/{file}`."""
    await check_platform(call)
    found = await direct_debits.retrieve_file(call.service.database, call.scope, call.path_id)
    async with call.service.database.connection() as conn:
        review = await direct_debits.review_file(conn, found.file)
    actions = await _actions_on_file(call, found)
    return Result(body=file_json(found.file, found.batches, review=review, actions=actions))


async def _actions_on_file(call: Call, found: direct_debits.FileWithBatches) -> list[ActionObject]:
    """Return what the status of a file allows, and whether whoever asks may do it."""
    file = found.file
    actions = []
    if file.status is FileStatus.BUILT:
        async with call.service.database.connection() as conn:
            originator = await originators.find_originator(conn, call.scope, file.originator)
            approvers = await operators.count_approvers(conn)
            check = partial(
                direct_debits.check_approver,
                call.by,
                await direct_debits.find_preparers(conn, file, originator),
                approvers=approvers,
            )
        actions.append(action(call, "approve", resource=APPROVES, held=file.held_because, check=check))
    if FileStatus.VOIDED in direct_debits.FILE_TRANSITIONS[file.status]:
        actions.append(action(call, "void"))
    if file.status is FileStatus.REJECTED or any(batch.status == "rejected" for batch in found.batches):
        waiting = await direct_debits.page_entries(call.service.database, call.scope, file.id, PageRequest(limit=1))
        async with call.service.database.connection() as conn:
            if waiting.entries or await _has_others(conn, call.scope, file.id):
                actions.append(action(call, "resubmit", check=await key_check(conn, call)))
    return actions


async def _has_others(conn: Conn, scope: AccountScope, file_id: str) -> bool:
    """Tell whether a file has dishonors, reversals or refunds, which go out again as its entries do."""
    return bool(
        await dishonors.list_in_file(conn, scope, file_id)
        or await reversals.list_in_file(conn, scope, file_id)
        or await refunds.list_in_file(conn, scope, file_id)
    )


async def list_entries(call: Call) -> Result:
    """`GET /v1/brim/ach/files/{file}/entries`."""
    await check_platform(call)
    page = await direct_debits.page_entries(call.service.database, call.scope, call.path_id, read_page(call.parameters))
    items = [entry_json(each) for each in page.entries]
    url = f"{FILES}/{call.path_id}/entries"
    return Result(body=wire.list_json(items, has_more=page.has_more, url=url))


async def approve_file(call: Call) -> Result:
    """`POST /v1/brim/ach/files/{file}/approve`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        file = await direct_debits.approve_file(
            conn,
            call.scope,
            call.path_id,
            sha256=_read_hash(call.parameters["sha256"]),
            expected_status=FileStatus(call.parameters["expected_status"]),
            approvers=await operators.count_approvers(conn),
            renderers=call.service.renderers,
            cause=call.context.cause,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return file_json(file, review=await direct_debits.review_file(conn, file))

    return await run_once(call.service.database, call.context, work, render_error=render_error)


def _read_hash(text: str) -> bytes:
    """Return the bytes of a hash; what is none is nobody's hash."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return b""
    return found if len(found) == _SHA256_BYTES else b""


async def void_file(call: Call) -> Result:
    """`POST /v1/brim/ach/files/{file}/void`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        return file_json(
            await direct_debits.void_file(
                conn,
                call.scope,
                call.path_id,
                expected_status=FileStatus(call.parameters["expected_status"]),
                by=call.by,
                now_ms=call.now_ms,
                ids=call.service.ids,
            )
        )

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def resubmit_file(call: Call) -> Result:
    """`POST /v1/brim/ach/files/{file}/resubmit`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        await direct_debits.resubmit_file(
            conn,
            call.scope,
            call.path_id,
            expected_status=FileStatus(call.parameters["expected_status"]),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return file_json(await direct_debits.find_file(conn, call.scope, call.path_id))

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_bank_files(call: Call) -> Result:
    """`GET /v1/brim/ach/bank_files`."""
    await check_platform(call)
    page = await direct_debits.page_bank_files(
        call.service.database, call.scope, read_page(call.parameters), status=call.parameters.get("status")
    )
    items = [bank_file_json(call.scope, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=BANK_FILES))


async def import_bank_file(call: Call) -> Result:
    """`POST /v1/brim/ach/bank_files`: store a file from the bank; a worker applies it, a statement once approved."""
    await check_platform(call)
    check_live(call)
    parameters = call.parameters

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        originator = await originators.choose_originator(conn, call.scope, parameters.get("originator"))
        taken = await direct_debits.store_bank_file(
            conn,
            call.service.vault,
            call.service.renderers,
            originator,
            parameters.get("name", "upload"),
            parameters["file"],
            by=call.by,
            approvers=await operators.count_approvers(conn),
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return bank_file_json(call.scope, taken.file, is_new=taken.is_new)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def retrieve_bank_file(call: Call) -> Result:
    """`GET /v1/brim/ach/bank_files/{bank_file}`."""
    await check_platform(call)
    found = await direct_debits.retrieve_bank_file(call.service.database, call.scope, call.path_id)
    return Result(body=bank_file_json(call.scope, found, actions=await _actions_on_bank_file(call, found)))


async def _actions_on_bank_file(call: Call, file: BankFile) -> list[ActionObject]:
    if file.status not in direct_debits.APPROVABLE:
        return []
    async with call.service.database.connection() as conn:
        approvers = await operators.count_approvers(conn)
        acts = await key_check(conn, call)
    check = partial(direct_debits.check_approves_import, call.by, file, approvers=approvers)
    approve = action(call, "approve", resource=APPROVES, check=check)
    return [approve, action(call, "reject", check=acts)] if file.status == direct_debits.AWAITING else [approve]


async def preview_bank_file(call: Call) -> Result:
    """`GET /v1/brim/ach/bank_files/{bank_file}/preview`."""
    await check_platform(call)
    service = call.service
    previews = direct_debits.Previews(service.database, service.vault, service.renderers)
    found = await previews.preview(call.scope, call.path_id, now_ms=call.now_ms, ids=service.ids)
    return Result(body=preview_json(call.scope, found))


async def approve_bank_file(call: Call) -> Result:
    """`POST /v1/brim/ach/bank_files/{bank_file}/approve`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        approved = await direct_debits.approve_bank_file(
            conn,
            call.service.vault,
            call.service.renderers,
            call.scope,
            call.path_id,
            sha256=_read_hash(call.parameters["sha256"]),
            mapping=call.parameters.get("expected_mapping"),
            expected_status=call.parameters["expected_status"],
            approvers=await operators.count_approvers(conn),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return bank_file_json(call.scope, approved)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def reject_bank_file(call: Call) -> Result:
    """`POST /v1/brim/ach/bank_files/{bank_file}/reject`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        rejected = await direct_debits.reject_bank_file(
            conn,
            call.service.renderers,
            call.scope,
            call.path_id,
            reason=call.parameters["reason"],
            approvers=await operators.count_approvers(conn),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return bank_file_json(call.scope, rejected)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_breaks(call: Call) -> Result:
    """`GET /v1/brim/breaks`."""
    await check_platform(call)
    status = call.parameters.get("status")
    page = await reconciliation.page_breaks(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        is_open=None if status is None else status == "open",
        bank_file=call.parameters.get("bank_file"),
        kind=call.parameters.get("kind"),
    )
    items = [break_json(call.scope, each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=BREAKS))


async def retrieve_break(call: Call) -> Result:
    """`GET /v1/brim/breaks/{break}`."""
    await check_platform(call)
    found = await reconciliation.retrieve_break(call.service.database, call.scope, call.path_id)
    actions = []
    if found.resolved_ms is None:
        async with call.service.database.connection() as conn:
            actions.append(action(call, "resolve", check=await _resolve_check(conn, call, found)))
    return Result(body=break_json(call.scope, found, actions=actions))


async def _resolve_check(conn: Conn, call: Call, found: Break) -> Callable[[], None]:
    not_key, approvers = await key_check(conn, call), await operators.count_approvers(conn)
    requested_by = await direct_debits.who_requested_what_it_ends(conn, call.scope, found)

    def check() -> None:
        not_key()
        direct_debits.check_credits_by_second_person(call.by, requested_by, approvers=approvers)

    return check


async def resolve_break(call: Call) -> Result:
    """`POST /v1/brim/breaks/{break}/resolve`."""
    await check_platform(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        settled = await direct_debits.resolve_break(
            conn,
            call.scope,
            call.path_id,
            resolution=call.parameters["resolution"],
            approvers=await operators.count_approvers(conn),
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return break_json(call.scope, settled)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def list_corrections(call: Call) -> Result:
    """`GET /v1/brim/corrections`: a platform's, or those of one account below it."""
    platform, owner = await _platform_of(call)
    status = call.parameters.get("status")
    page = await corrections.list_corrections(
        call.service.database,
        platform,
        read_page(call.parameters),
        CorrectionFilters(
            owner=owner,
            status=CorrectionStatus(status) if status else None,
            funding_source=call.parameters.get("funding_source"),
            topup=call.parameters.get("topup"),
            bank_file=call.parameters.get("bank_file"),
        ),
    )
    items = [correction_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=CORRECTIONS))


async def retrieve_correction(call: Call) -> Result:
    """`GET /v1/brim/corrections/{correction}`."""
    platform, owner = await _platform_of(call)
    found = await corrections.retrieve_correction(call.service.database, platform, call.path_id, owner=owner)
    actions = []
    if found.status is CorrectionStatus.OPEN and found.originator is not None:
        async with call.service.database.connection() as conn:
            actions.append(action(call, "refuse", check=await key_check(conn, call)))
    return Result(body=correction_json(found, actions=actions))


async def refuse_correction(call: Call) -> Result:
    """`POST /v1/brim/corrections/{correction}/refuse`."""
    platform, owner = await _platform_of(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        await corrections.retrieve_correction(call.service.database, platform, call.path_id, owner=owner)
        refused = await direct_debits.refuse_correction(
            conn,
            platform,
            call.path_id,
            code=call.parameters["code"],
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return correction_json(refused)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def _platform_of(call: Call) -> tuple[AccountScope, str | None]:
    """Return the platform that asks, and the account below it that it asks for; None for all of them.

    Raises:
        NotPlatformError: it is an account that is connected to one.
    """
    await accounts.check_is_platform(call.service.database, call.asking)
    owner = None if call.scope.account == call.asking else call.scope.account
    return AccountScope(call.asking, call.scope.livemode), owner


def _check_rail(name: str) -> str:
    if name not in FILE_RAILS:
        raise ResourceMissingError("rail", name, param="rail", in_path=True)
    return name


async def stop_rail(call: Call) -> Result:
    """`POST /v1/brim/rails/{rail}/stop`."""
    rail = _check_rail(call.path_id)
    account = await _read_account(call)

    async def work(conn: Conn) -> bytes:
        changed = await originators.stop_rail(
            conn,
            call.scope,
            rail=rail,
            account=account,
            reason=call.parameters["reason"],
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return rail_state_json(call.scope, rail, account, is_stopped=True, changed=changed)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def resume_rail(call: Call) -> Result:
    """`POST /v1/brim/rails/{rail}/resume`."""
    rail = _check_rail(call.path_id)
    account = await _read_account(call)

    async def work(conn: Conn) -> bytes:
        await check_acts(conn, call)
        changed = await originators.resume_rail(
            conn, call.scope, rail=rail, account=account, by=call.by, now_ms=call.now_ms, ids=call.service.ids
        )
        return rail_state_json(call.scope, rail, account, is_stopped=False, changed=changed)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def retrieve_rail(call: Call) -> Result:
    """`GET /v1/brim/rails/{rail}`."""
    rail = _check_rail(call.path_id)
    await check_platform(call)
    check_live(call)
    async with call.service.database.connection() as conn:
        stops = [stop for stop in await originators.list_stops(conn, call.scope) if stop.rail == rail]
        actions = [action(call, "stop"), action(call, "resume", check=await key_check(conn, call))]
    return Result(body=rail_json(call.scope, rail, stops, actions))


async def read_outlook(call: Call) -> Result:
    """`GET /v1/brim/ach/outlook`."""
    await check_platform(call)
    check_live(call)
    outlook = await direct_debits.read_outlook(call.service.database, call.scope, now_ms=call.now_ms)
    return Result(body=outlook_json(call.scope, outlook))


async def read_readiness(call: Call) -> Result:
    """`GET /v1/brim/live_readiness`."""
    await check_platform(call)
    check_live(call)
    found = await direct_debits.read_readiness(
        call.service.database, call.service.vault, call.scope, now_ms=call.now_ms
    )
    return Result(body=readiness_json(call.scope, found))


async def _read_account(call: Call) -> str | None:
    """Return the account that is named, one of the platform's or itself; None where none is."""
    await check_platform(call)
    check_live(call)
    account: str | None = call.parameters.get("account")
    if account is None or account == call.scope.account:
        return account
    async with call.service.database.connection() as conn:
        if await accounts.account_platform(conn, account) != call.scope.account:
            raise ResourceMissingError("account", account, param="account")
    return account


async def check_acts(conn: Conn, call: Call) -> None:
    """Let a call pass whoever's it is while one person does everything, and no key where several do.

    Raises:
        SecondPersonError: see `originators.check_not_key`.
    """
    (await key_check(conn, call))()


async def key_check(conn: Conn, call: Call) -> Callable[[], None]:
    """Return what `check_acts` asks."""
    approvers = await operators.count_approvers(conn)
    return partial(originators.check_not_key, call.by, approvers=approvers)


async def check_platform(call: Call) -> None:
    """Let a call pass that acts for a platform.

    Raises:
        NotPlatformError: it acts for an account that is connected to one.
    """
    await accounts.check_is_platform(call.service.database, call.scope.account)


def check_live(call: Call) -> None:
    """Let a call pass that is one of live mode.

    Raises:
        NotInTestModeError: it is one of test mode.
    """
    if not call.scope.livemode:
        raise NotInTestModeError
