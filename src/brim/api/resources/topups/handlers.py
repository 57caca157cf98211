"""The handlers of `/v1/topups`: from validated parameters to one use case and its reply."""

from functools import partial
from typing import Final

import msgspec

from brim.api.framework.call import Call, Service
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.rendering import availability_of, expand_created, expand_topups, render_topup, render_topups
from brim.api.resources.topups.wire import counts_json, preview_json, search_json
from brim.base import wire
from brim.base.currency import amount_step
from brim.base.metadata import NO_CHANGE, merge
from brim.base.paging import DEFAULT_LIMIT
from brim.base.scope import AccountScope
from brim.core import topups
from brim.core.direct_debits import check_not_collected, find_retry
from brim.core.funding import Funding, find_funding, preview_funding
from brim.core.idempotency import KeptReply, RequestContext, Result
from brim.core.rails import DEFAULT_FAILURE, DEFAULT_RETURN, FAILURES, Fail, Outcome, Return, Succeed
from brim.core.topups import CreateTopup, EditTopup, RenderTopup, Topup, TopupFilters, TopupOrder, TopupSearch
from brim.platform.database import Conn

PREVIEW: Final = "/v1/brim/availability_preview"
SEARCH: Final = "/v1/brim/topups/search"
COUNTS: Final = "/v1/brim/topups/counts"
_LIST: Final = "/v1/topups"


async def create(call: Call) -> Result:
    """`POST /v1/topups`."""
    parameters = call.parameters
    options = parameters.get("payment_method_options") or {}
    brim = parameters.get("brim") or {}
    wanted = CreateTopup(
        amount=parameters["amount"],
        currency=parameters["currency"],
        description=parameters.get("description"),
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
        payment_method=parameters.get("payment_method"),
        payment_method_network=options.get("us_bank_account", {}).get("network"),
        source=parameters.get("source"),
        statement_descriptor=parameters.get("statement_descriptor"),
        transfer_group=parameters.get("transfer_group"),
        allow_duplicate=brim.get("allow_duplicate", False),
        retry_of=brim.get("retry_of"),
    )
    service = call.service
    answer = await topups.create_topup(
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
    if "expand" in parameters:
        body = await expand_created(
            service.database,
            answer.body,
            call.scope,
            parameters["expand"],
            find=partial(topups.retrieve_topup, service.batches),
        )
        return msgspec.structs.replace(answer, body=body)
    return answer


async def preview(call: Call) -> Result:
    """`GET /v1/brim/availability_preview`."""
    service, parameters = call.service, call.parameters
    currency = parameters["currency"]
    wanted = CreateTopup(
        amount=parameters.get("amount", amount_step(currency)),  # where none is named, one that is surely allowed
        currency=currency,
        payment_method=parameters.get("payment_method"),
        source=parameters.get("source"),
    )
    topup = await topups.preview_topup(
        service.configs,
        call.scope,
        wanted,
        now_ms=call.now_ms,
        ids=service.ids,
        rails=service.rails,
        find_funding=partial(_preview_funding, service),
        find_collection=service.batches.find_collection,
    )
    return Result(body=preview_json(topup, availability_of(topup)))


async def _preview_funding(service: Service, scope: AccountScope, wanted: CreateTopup) -> Funding:
    """Look up the bank account on file that a preview names."""
    return await preview_funding(
        service.database,
        service.bank_secrets,
        scope,
        source=wanted.source,
        payment_method=wanted.payment_method,
        find_source=service.batches.find_source,
    )


async def find_named_funding(service: Service, context: RequestContext, wanted: CreateTopup) -> Funding | KeptReply:
    """Look up the bank account on file that a create names."""
    return await find_funding(
        service.database,
        service.bank_secrets,
        context,
        source=wanted.source,
        payment_method=wanted.payment_method,
        ids=service.ids,
        find_source=service.batches.find_source,
    )


async def retrieve(call: Call) -> Result:
    """`GET /v1/topups/{topup}`."""
    topup = await topups.retrieve_topup(call.service.batches, call.scope, call.path_id)
    paths = call.parameters.get("expand", ())
    return Result(body=await render_topup(call.service.database, topup, paths))


async def update(call: Call) -> Result:
    """`POST /v1/topups/{topup}`."""
    edit = EditTopup(
        description=call.parameters.get("description", msgspec.UNSET),
        metadata=call.parameters.get("metadata", msgspec.UNSET),
    )
    return await topups.update_topup(
        call.service.database,
        call.context,
        call.path_id,
        edit,
        render=_renderer(call),
        render_error=render_error,
    )


async def cancel(call: Call) -> Result:
    """`POST /v1/topups/{topup}/cancel`."""
    return await topups.cancel_topup(
        call.service.database,
        call.context,
        call.path_id,
        ids=call.service.ids,
        renderers=call.service.renderers,
        render=_renderer(call),
        render_error=render_error,
        check_not_collected=check_not_collected,
    )


async def force_success(call: Call) -> Result:
    """`POST /v1/test_helpers/topups/{topup}/succeed`."""
    return await _force(call, Succeed())


async def force_failure(call: Call) -> Result:
    """`POST /v1/test_helpers/topups/{topup}/fail`."""
    code = call.parameters.get("failure_code", DEFAULT_FAILURE)
    return await _force(call, Fail(code, FAILURES[code]))


async def force_return(call: Call) -> Result:
    """`POST /v1/test_helpers/topups/{topup}/reverse`."""
    code = call.parameters.get("failure_code", DEFAULT_RETURN)
    return await _force(call, Return(code, FAILURES[code]))


async def _force(call: Call, outcome: Outcome) -> Result:
    return await topups.force_outcome(
        call.service.database,
        call.context,
        call.path_id,
        outcome,
        ids=call.service.ids,
        renderers=call.service.renderers,
        render=_renderer(call),
        render_error=render_error,
    )


def _renderer(call: Call) -> RenderTopup:
    """Return what writes this call's reply inside the transaction of its change."""
    paths = call.parameters.get("expand", ())

    async def render(conn: Conn, topup: Topup) -> bytes:
        (body,) = await expand_topups(conn, [topup], paths)
        return body

    return render


async def list_all(call: Call) -> Result:
    """`GET /v1/topups`."""
    service, parameters = call.service, call.parameters
    filters = TopupFilters(
        amount=parameters.get("amount"), created=parameters.get("created"), status=parameters.get("status")
    )
    page = await topups.list_topups(service.database, service.batches, call.scope, filters, read_page(parameters))
    paths = parameters.get("expand", ())
    body = None if paths else page.bodies.get(_LIST)
    if body is None:
        items = await render_topups(service.database, page.items, paths)
        body = wire.list_json(items, has_more=page.has_more, url=_LIST)
        if not paths:
            page.bodies[_LIST] = body
    return Result(body=body)


async def search(call: Call) -> Result:
    """`GET /v1/brim/topups/search`."""
    service, parameters = call.service, call.parameters
    limit = parameters.get("limit", DEFAULT_LIMIT)
    found = await topups.search_topups(
        service.database, call.scope, _search(call), limit=limit, page=parameters.get("page")
    )
    items = await render_topups(service.database, found.items, parameters.get("expand", ()))
    return Result(body=search_json(items, found, url=SEARCH))


async def count(call: Call) -> Result:
    """`GET /v1/brim/topups/counts`."""
    counts = await topups.count_topups(call.service.database, call.scope, _search(call))
    return Result(body=counts_json(counts, livemode=call.scope.livemode))


def _search(call: Call) -> TopupSearch:
    parameters = call.parameters
    names = ("amount", "created", "currency", "description", "failure_code", "funding_source", "status")
    return TopupSearch(
        **{name: parameters[name] for name in names if name in parameters},
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
        order=TopupOrder(parameters.get("order", TopupOrder.NEWEST)),
    )
