"""The handlers of `/v1/brim/authorizations`, and of what verifies live bank accounts: prenotes and micro-deposits."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.authorizations.wire import (
    authorization_json,
    microdeposits_json,
    prenote_json,
    proof_json,
    verified_json,
)
from brim.base import wire
from brim.base.scope import AccountScope
from brim.core import accounts, direct_debits, funding, originators
from brim.core.idempotency import Result, run_once
from brim.core.originators import NewAuthorization
from brim.core.rails.ach import SecCode
from brim.core.rails.sepa import SequenceType
from brim.platform.database import Conn

URL: Final = "/v1/brim/authorizations"
PRENOTES: Final = "/v1/brim/prenotes"
MICRODEPOSITS: Final = "/v1/brim/microdeposits"


async def create(call: Call) -> Result:
    """`POST /v1/brim/authorizations`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    parameters = call.parameters
    source = await funding.find_funding_source(call.service.database, call.scope, parameters["funding_source"])
    sec_code = SecCode(parameters["sec_code"])
    originators.check_kind(sec_code, has_iban=source.bank_account.has_iban)
    new = NewAuthorization(
        funding_source=source.id,
        sec_code=sec_code,
        text=parameters["text"],
        accepted_ms=parameters["accepted_at"] * 1000,
        evidence=parameters.get("evidence", {}),
        mandate_reference=parameters.get("mandate_reference"),
        sequence_type=SequenceType(parameters["sequence_type"]) if "sequence_type" in parameters else None,
        confirmed_ms=parameters["confirmed_at"] * 1000 if "confirmed_at" in parameters else None,
        last_collected_on=parameters.get("last_collected_on"),
    )

    async def work(conn: Conn) -> bytes:
        return authorization_json(await originators.create_authorization(conn, call.context, new))

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def end(call: Call) -> Result:
    """`POST /v1/brim/authorizations/{authorization}/end`."""
    await accounts.check_is_platform(call.service.database, call.asking)

    async def work(conn: Conn) -> bytes:
        ended = await originators.end_authorization(
            conn, call.context, call.path_id, reason=call.parameters.get("reason")
        )
        history = await originators.list_amendments(conn, call.scope, [ended.id])
        return authorization_json(ended, history.get(ended.id, ()))

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def amend(call: Call) -> Result:
    """`POST /v1/brim/authorizations/{authorization}/amend`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    context, moved_to = call.context, call.parameters.get("funding_source")
    if moved_to is not None:
        source = await funding.find_funding_source(call.service.database, call.scope, moved_to)
        if not source.bank_account.has_iban:
            raise originators.MandateTermsError("This bank account has no IBAN.", param="funding_source")

    async def work(conn: Conn) -> bytes:
        amended = await originators.amend_mandate(
            conn,
            call.scope,
            call.path_id,
            mandate_reference=call.parameters.get("mandate_reference"),
            funding_source=moved_to,
            by=context.by,
            now_ms=context.now_ms,
            ids=context.ids,
        )
        history = await originators.list_amendments(conn, call.scope, [amended.id])
        return authorization_json(amended, history.get(amended.id, ()))

    return await run_once(call.service.database, context, work, render_error=render_error)


async def confirm(call: Call) -> Result:
    """`POST /v1/brim/authorizations/{authorization}/confirm`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    context = call.context
    confirmed_at = call.parameters.get("confirmed_at")

    async def work(conn: Conn) -> bytes:
        confirmed = await originators.confirm_mandate(
            conn,
            call.scope,
            call.path_id,
            confirmed_ms=context.now_ms if confirmed_at is None else confirmed_at * 1000,
            by=context.by,
            now_ms=context.now_ms,
            ids=context.ids,
        )
        history = await originators.list_amendments(conn, call.scope, [confirmed.id])
        return authorization_json(confirmed, history.get(confirmed.id, ()))

    return await run_once(call.service.database, context, work, render_error=render_error)


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/authorizations/{authorization}`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    found = await originators.retrieve_authorization(call.service.database, call.scope, call.path_id)
    async with call.service.database.connection() as conn:
        history = await originators.list_amendments(conn, call.scope, [found.id])
    return Result(body=authorization_json(found, history.get(found.id, ())))


async def export_proof(call: Call) -> Result:
    """`GET /v1/brim/authorizations/{authorization}/proof`."""
    await accounts.check_is_platform(call.service.database, call.asking)

    async def work(conn: Conn) -> originators.ExportedProof:
        return await originators.export_proof(
            conn,
            call.service.vault,
            call.scope,
            call.path_id,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )

    return Result(body=proof_json(await call.service.database.transact(work)))


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/authorizations`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    page = await originators.list_authorizations(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        funding_source=call.parameters.get("funding_source"),
    )
    async with call.service.database.connection() as conn:
        history = await originators.list_amendments(conn, call.scope, [each.id for each in page.items])
    items = [authorization_json(each, history.get(each.id, ())) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=URL))


async def verify(call: Call) -> Result:
    """`POST /v1/brim/funding_sources/{funding_source}/verify`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    return await funding.state_verification(
        call.service.database,
        call.context,
        call.path_id,
        method=call.parameters["method"],
        evidence=call.parameters["evidence"],
        render=verified_json,
        render_error=render_error,
    )


async def start_prenote(call: Call) -> Result:
    """`POST /v1/brim/prenotes`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    context = call.context

    async def work(conn: Conn) -> bytes:
        started = await direct_debits.start_prenote(
            conn,
            call.scope,
            call.parameters["funding_source"],
            renderers=call.service.renderers,
            cause=context.cause,
            by=context.by,
            now_ms=context.now_ms,
            ids=context.ids,
        )
        return prenote_json(started)

    return await run_once(call.service.database, context, work, render_error=render_error)


async def retrieve_prenote(call: Call) -> Result:
    """`GET /v1/brim/prenotes/{prenote}`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    prenote = await direct_debits.retrieve_prenote(call.service.database, call.scope, call.path_id)
    platform = AccountScope(call.asking, call.scope.livemode)
    async with call.service.database.connection() as conn:
        entries = await direct_debits.list_entries_of_topups(conn, platform, [prenote.id])
    return Result(body=prenote_json(prenote, entries))


async def list_prenotes(call: Call) -> Result:
    """`GET /v1/brim/prenotes`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    page = await direct_debits.list_prenotes(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        funding_source=call.parameters.get("funding_source"),
    )
    items = [prenote_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=PRENOTES))


async def start_microdeposits(call: Call) -> Result:
    """`POST /v1/brim/microdeposits`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    context = call.context

    async def work(conn: Conn) -> bytes:
        started = await direct_debits.start_microdeposits(
            conn,
            call.service.vault,
            call.scope,
            call.parameters["funding_source"],
            renderers=call.service.renderers,
            cause=context.cause,
            by=context.by,
            now_ms=context.now_ms,
            ids=context.ids,
        )
        return microdeposits_json(started)

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def retrieve_microdeposits(call: Call) -> Result:
    """`GET /v1/brim/microdeposits/{microdeposits}`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    found = await direct_debits.retrieve_microdeposits(call.service.database, call.scope, call.path_id)
    platform = AccountScope(call.asking, call.scope.livemode)
    async with call.service.database.connection() as conn:
        entries = await direct_debits.list_entries_of_topups(conn, platform, [found.id])
    return Result(body=microdeposits_json(found, entries=entries))


async def list_microdeposits(call: Call) -> Result:
    """`GET /v1/brim/microdeposits`."""
    await accounts.check_is_platform(call.service.database, call.asking)
    page = await direct_debits.list_microdeposits(
        call.service.database,
        call.scope,
        read_page(call.parameters),
        funding_source=call.parameters.get("funding_source"),
    )
    items = [microdeposits_json(each) for each in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=MICRODEPOSITS))
