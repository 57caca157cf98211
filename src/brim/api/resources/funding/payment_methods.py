"""The handlers of `/v1/payment_methods`, and of the defaults that are chosen among them and the sources."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.funding import verifying
from brim.api.resources.funding import wire as funding_wire
from brim.api.resources.funding.party import read_edit, read_party
from brim.api.resources.rendering import render_payment_method
from brim.base import json_codec, wire
from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.metadata import NO_CHANGE, merge
from brim.base.paging import Page
from brim.core import funding
from brim.core.bank_accounts import BankNumbers
from brim.core.funding import FundingFilters, FundingKind, MicrodepositGuess, NewPaymentMethod, Render, check_customer
from brim.core.idempotency import Result
from brim.http.parameter_errors import MissingParameterError

_KIND = FundingKind.PAYMENT_METHOD
_TYPE = "us_bank_account"
_NOBODY = ""
_DEFAULTS_URL = "/v1/brim/default_funding_sources"


async def create(call: Call) -> Result:
    """`POST /v1/payment_methods`."""
    parameters, service = call.parameters, call.service
    account = parameters[_TYPE]
    wanted = NewPaymentMethod(
        numbers=BankNumbers(account["routing_number"], account["account_number"]),
        holder_type=account.get("account_holder_type"),
        account_type=account.get("account_type", "checking"),
        party=read_party(parameters.get("billing_details", {})),
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
        allow_redisplay=parameters.get("allow_redisplay", "unspecified"),
        by_microdeposits="brim" in parameters,
    )
    return await funding.create_payment_method(
        service.database,
        service.bank_secrets,
        call.context,
        wanted,
        ids=service.ids,
        render=_renderer(call),
        render_error=render_error,
    )


async def retrieve(call: Call) -> Result:
    """`GET /v1/payment_methods/{payment_method}`."""
    method = await funding.retrieve_funding_source(call.service.database, call.scope, _KIND, call.path_id)
    return Result(body=_renderer(call)(method))


async def update(call: Call) -> Result:
    """`POST /v1/payment_methods/{payment_method}`."""
    return await funding.update_funding_source(
        call.service.database,
        call.context,
        _KIND,
        call.path_id,
        read_edit(call.parameters, party="billing_details"),
        render=_renderer(call),
        render_error=render_error,
    )


async def attach(call: Call) -> Result:
    """`POST /v1/payment_methods/{payment_method}/attach`.

    There are no customers here. The id is kept as it was given, because the calls that name it again, a list by
    customer above all, then find what they expect; nothing is debited because of it.
    """
    named = {name: call.parameters[name] for name in ("customer", "customer_account") if name in call.parameters}
    if not named:
        raise MissingParameterError("customer")
    if len(named) > 1:
        raise ExclusiveParametersError("customer", "customer_account")
    for param, customer_id in named.items():
        check_customer(customer_id, param=param)
    return await funding.attach_payment_method(
        call.service.database,
        call.context,
        call.path_id,
        customer=named.get("customer"),
        customer_account=named.get("customer_account"),
        render=_renderer(call),
        render_error=render_error,
    )


async def detach(call: Call) -> Result:
    """`POST /v1/payment_methods/{payment_method}/detach`."""
    return await funding.detach_funding_source(
        call.service.database, call.context, _KIND, call.path_id, render=_renderer(call), render_error=render_error
    )


async def verify(call: Call) -> Result:
    """`POST /v1/payment_methods/{payment_method}/verify_microdeposits`."""
    return await verifying.verify(call, _KIND, _read_guess(call), render=_renderer(call))


def _read_guess(call: Call) -> MicrodepositGuess:
    """Return the amounts or the code, exactly one of which has to be sent."""
    amounts, code = call.parameters.get("amounts"), call.parameters.get("descriptor_code")
    if amounts and code:
        raise ExclusiveParametersError("amounts", "descriptor_code")
    if amounts:
        return MicrodepositGuess(amounts=amounts, param="amounts")
    if code:
        return MicrodepositGuess(descriptor_code=code, param="descriptor_code")
    raise MissingParameterError("amounts")


async def list_all(call: Call) -> Result:
    """`GET /v1/payment_methods`: all are of one type, so the list of another type is empty."""
    service, parameters = call.service, call.parameters
    filters = FundingFilters(allow_redisplay=parameters.get("allow_redisplay"), kept_for=_read_customer(parameters))
    page = await funding.list_funding_sources(service.database, call.scope, _KIND, read_page(parameters), filters)
    if parameters.get("type", _TYPE) != _TYPE:
        page = Page(items=[], has_more=False)
    items = [_renderer(call)(method) for method in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url="/v1/payment_methods"))


def _read_customer(parameters: Mapping[str, Any]) -> str | None:
    """Return whose payment methods are listed, None for everybody's, and what nobody is called where none can match."""
    named = {name: parameters[name] for name in ("customer", "customer_account") if name in parameters}
    try:
        for param, customer_id in named.items():
            check_customer(customer_id, param=param)
    except ResourceMissingError:
        return _NOBODY
    return _NOBODY if len(named) > 1 else next(iter(named.values()), None)


def _renderer(call: Call) -> Render:
    return partial(render_payment_method, paths=call.parameters.get("expand", ()))


async def set_default(call: Call) -> Result:
    """`POST /v1/brim/default_funding_sources`."""
    return await funding.set_default(
        call.service.database,
        call.context,
        currency=call.parameters["currency"],
        funding_source=call.parameters["funding_source"],
        render=funding_wire.default_json,
        render_error=render_error,
    )


async def list_defaults(call: Call) -> Result:
    """`GET /v1/brim/default_funding_sources`: all that are set, and in test mode what pays for the rest."""
    defaults = await funding.list_defaults(call.service.database, call.scope)
    items = [funding_wire.default_json(call.scope, currency, source) for currency, source in defaults.items()]
    if not call.scope.livemode:
        items.append(funding_wire.implicit_default_json(call.scope))
    return Result(body=wire.list_json(items, has_more=False, url=_DEFAULTS_URL))


async def delete_default(call: Call) -> Result:
    """`DELETE /v1/brim/default_funding_sources/{currency}`."""
    currency = call.path_id.lower()
    await funding.delete_default(call.service.database, call.context, currency)
    return Result(body=json_codec.encode(wire.DeletedObject(id=currency, object="brim.default_funding_source")))
