"""The handlers of `/v1/accounts/{account}/external_accounts`."""

from typing import Any, Final

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.resources.accounts.handlers import names_account
from brim.api.resources.accounts.wire import external_account_json, external_accounts_url
from brim.base import json_codec, wire
from brim.base.metadata import NO_CHANGE, MetadataChange, merge
from brim.base.paging import Page
from brim.core import accounts
from brim.core.accounts import ExternalAccountEdit
from brim.core.idempotency import Result

_KIND: Final = "bank_account"


@names_account
async def create(call: Call) -> Result:
    """`POST /v1/accounts/{account}/external_accounts`."""
    parameters, service = call.parameters, call.service
    wanted = await accounts.draft(
        service.database,
        service.bank_secrets,
        call.context,
        parameters["external_account"],
        ids=service.ids,
        metadata=merge({}, parameters.get("metadata", NO_CHANGE)),
    )
    return await accounts.create_external_account(
        service.database,
        call.context,
        call.path_id,
        wanted,
        is_default=parameters.get("default_for_currency", False),
        render=external_account_json,
        render_error=render_error,
    )


@names_account
async def retrieve(call: Call) -> Result:
    """`GET /v1/accounts/{account}/external_accounts/{id}`."""
    external = await accounts.retrieve_external_account(call.service.database, call.scope, call.path_id, call.item_id)
    return Result(body=external_account_json(external))


@names_account
async def update(call: Call) -> Result:
    """`POST /v1/accounts/{account}/external_accounts/{id}`."""
    return await accounts.update_external_account(
        call.service.database,
        call.context,
        call.path_id,
        call.item_id,
        _read_edit(call.parameters),
        render=external_account_json,
        render_error=render_error,
    )


def _read_edit(parameters: Any) -> ExternalAccountEdit:
    return ExternalAccountEdit(
        holder_name=parameters.get("account_holder_name", msgspec.UNSET),
        holder_type=parameters.get("account_holder_type", msgspec.UNSET),
        account_type=parameters.get("account_type", msgspec.UNSET),
        is_default=parameters.get("default_for_currency", False),
        metadata=parameters.get("metadata", MetadataChange()),
    )


@names_account
async def delete(call: Call) -> Result:
    """`DELETE /v1/accounts/{account}/external_accounts/{id}`."""
    await accounts.delete_external_account(call.service.database, call.context, call.path_id, call.item_id)
    return Result(body=json_codec.encode(wire.DeletedObject(id=call.item_id, object=_KIND)))


@names_account
async def list_all(call: Call) -> Result:
    """`GET /v1/accounts/{account}/external_accounts`: all are bank accounts, so the list of cards is empty."""
    page = await accounts.list_external_accounts(
        call.service.database, call.scope, call.path_id, read_page(call.parameters)
    )
    if call.parameters.get("object", _KIND) != _KIND:
        page = Page(items=[], has_more=False)
    items = [external_account_json(external) for external in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=external_accounts_url(call.path_id)))
