"""The handlers of `/v1/sources`."""

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.funding import verifying
from brim.api.resources.funding.party import read_edit, read_party
from brim.api.resources.funding.wire import source_json
from brim.base import wire
from brim.base.metadata import NO_CHANGE, merge
from brim.core import funding
from brim.core.funding import FundingKind, MicrodepositGuess, NewSource
from brim.core.idempotency import Result

_KIND = FundingKind.SOURCE


async def create(call: Call) -> Result:
    """`POST /v1/sources`."""
    parameters, service = call.parameters, call.service
    wanted = NewSource(
        token=parameters["token"],
        currency=parameters.get("currency"),
        party=read_party(parameters.get("owner", {})),
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
        by_microdeposits="brim" in parameters,
    )
    return await funding.create_source(
        service.database,
        service.bank_secrets,
        call.context,
        wanted,
        ids=service.ids,
        render=source_json,
        render_error=render_error,
    )


async def retrieve(call: Call) -> Result:
    """`GET /v1/sources/{source}`."""
    source = await funding.retrieve_funding_source(call.service.database, call.scope, _KIND, call.path_id)
    return Result(body=source_json(source))


async def update(call: Call) -> Result:
    """`POST /v1/sources/{source}`."""
    return await funding.update_funding_source(
        call.service.database,
        call.context,
        _KIND,
        call.path_id,
        read_edit(call.parameters, party="owner"),
        render=source_json,
        render_error=render_error,
    )


async def detach(call: Call) -> Result:
    """`POST /v1/sources/{source}/detach`."""
    return await funding.detach_funding_source(
        call.service.database, call.context, _KIND, call.path_id, render=source_json, render_error=render_error
    )


async def verify(call: Call) -> Result:
    """`POST /v1/sources/{source}/verify`."""
    guess = MicrodepositGuess(amounts=call.parameters["values"], param="values")
    return await verifying.verify(call, _KIND, guess, render=source_json)


async def list_all(call: Call) -> Result:
    """`GET /v1/sources`."""
    page = await funding.list_funding_sources(call.service.database, call.scope, _KIND, read_page(call.parameters))
    items = [source_json(source) for source in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/sources"))
