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
from brim.core.funding import FundingKind, MicrodepositGuess, NewSource, SepaCurrencyError
from brim.core.idempotency import Result
from brim.http.parameter_errors import MissingParameterError

_KIND = FundingKind.SOURCE


async def create(call: Call) -> Result:
    """`POST /v1/sources`."""
    parameters, service = call.parameters, call.service
    is_sepa = parameters["type"] == "sepa_debit"
    needed = "sepa_debit" if is_sepa else "token"
    if needed not in parameters:
        raise MissingParameterError(needed)
    party = read_party(parameters.get("owner", {}))
    if is_sepa and not party.name:
        raise MissingParameterError("owner[name]")
    if is_sepa and parameters.get("currency", "eur") != "eur":
        raise SepaCurrencyError
    wanted = NewSource(
        token=parameters["token"] if not is_sepa else "",
        iban=parameters["sepa_debit"]["iban"] if is_sepa else None,
        currency=parameters.get("currency"),
        party=party,
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
        by_microdeposits="brim" in parameters and not is_sepa,
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
