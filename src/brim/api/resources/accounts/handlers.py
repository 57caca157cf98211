"""The handlers of `/v1/accounts` and `/v1/account`."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from typing import Any, Final

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.errors import AccountUnreachableError, render_error
from brim.api.framework.expansion import paths_below
from brim.api.framework.operation import Handler
from brim.api.framework.paging import read_page
from brim.api.resources.accounts import wire as account_wire
from brim.base import json_codec, wire
from brim.base.metadata import NO_CHANGE, merge
from brim.core import account_closing, accounts
from brim.core.accounts import (
    MERGED,
    CreateAccount,
    Draft,
    EditAccount,
    NoDashboardError,
    RenderAccount,
    UnreachableAccountError,
    draft,
)
from brim.core.idempotency import Result

_DETAILS: Final = (*MERGED, "capabilities")
_PLAIN: Final = ("business_type", "default_currency", "email")
_REJECTED: Final = {"fraud": "fraud", "terms_of_service": "terms_of_service"}
"""What the object says of why it was rejected, by the beginning of the reason; everything else is `other`."""


def names_account(handler: Callable[[Call], Awaitable[Result]]) -> Handler:
    """Return a handler that refuses an account it does not reach as the vendor does: as one of somebody else's."""

    @wraps(handler)
    async def handle(call: Call) -> Result:
        try:
            return await handler(call)
        except UnreachableAccountError as error:
            raise AccountUnreachableError(call.rights.key.redacted, error.account) from None

    return handle


@names_account
async def create(call: Call) -> Result:
    """`POST /v1/accounts`."""
    parameters = call.parameters
    chosen = {name: parameters[name] for name in ("type", "country") if name in parameters}
    metadata = merge({}, parameters.get("metadata", NO_CHANGE))
    wanted = CreateAccount(**_read_details(parameters), **chosen, metadata=metadata)
    return await accounts.create_platform_account(
        call.service.database,
        call.context,
        wanted,
        external=await _read_external(call),
        render=_render(call),
        render_error=render_error,
    )


@names_account
async def retrieve(call: Call) -> Result:
    """`GET /v1/accounts/{account}`."""
    return Result(body=await _show(call, call.path_id))


@names_account
async def retrieve_own(call: Call) -> Result:
    """`GET /v1/account`."""
    return Result(body=await _show(call, call.scope.account))


async def _show(call: Call, account_id: str) -> bytes:
    return await accounts.show_account(call.service.database, call.scope, account_id, render=_render(call))


@names_account
async def update(call: Call) -> Result:
    """`POST /v1/accounts/{account}`."""
    edit = EditAccount(**_read_details(call.parameters), metadata=call.parameters.get("metadata", msgspec.UNSET))
    return await accounts.update_account(
        call.service.database,
        call.context,
        call.path_id,
        edit,
        asking=call.asking,
        external=await _read_external(call),
        render=_render(call),
        render_error=render_error,
    )


@names_account
async def reject(call: Call) -> Result:
    """`POST /v1/accounts/{account}/reject`."""
    reason = call.parameters["reason"]
    return await account_closing.reject_account(
        call.service.database,
        call.context,
        call.path_id,
        next((word for beginning, word in _REJECTED.items() if reason.startswith(beginning)), "other"),
        asking=call.asking,
        render=_render(call),
        render_error=render_error,
    )


@names_account
async def delete(call: Call) -> Result:
    """`DELETE /v1/accounts/{account}`."""
    await account_closing.delete_account(call.service.database, call.context, call.path_id, asking=call.asking)
    return Result(body=json_codec.encode(wire.DeletedObject(id=call.path_id, object="account")))


async def list_all(call: Call) -> Result:
    """`GET /v1/accounts`."""
    items, has_more = await accounts.show_platform_accounts(
        call.service.database,
        call.scope,
        call.parameters.get("created"),
        read_page(call.parameters),
        render=_render(call),
    )
    return Result(body=wire.list_json(items, has_more=has_more, url="/v1/accounts"))


@names_account
async def list_capabilities(call: Call) -> Result:
    """`GET /v1/accounts/{account}/capabilities`: those that were ever requested."""
    account = await accounts.retrieve_account(call.service.database, call.scope, call.path_id)
    states = sorted(account.details.capabilities.items())
    items = [account_wire.capability_json(account, name, state) for name, state in states]
    return Result(body=wire.list_json(items, has_more=False, url=f"/v1/accounts/{call.path_id}/capabilities"))


@names_account
async def retrieve_capability(call: Call) -> Result:
    """`GET /v1/accounts/{account}/capabilities/{capability}`."""
    account, state = await accounts.retrieve_capability(call.service.database, call.scope, call.path_id, call.item_id)
    return Result(body=account_wire.capability_json(account, call.item_id, state))


@names_account
async def update_capability(call: Call) -> Result:
    """`POST /v1/accounts/{account}/capabilities/{capability}`."""
    return await accounts.update_capability(
        call.service.database,
        call.context,
        call.path_id,
        call.item_id,
        requested=call.parameters.get("requested"),
        render=account_wire.capability_json,
        render_error=render_error,
    )


@names_account
async def create_login_link(call: Call) -> Result:
    """`POST /v1/accounts/{account}/login_links`: there is no dashboard that one could lead to."""
    account = await accounts.retrieve_account(call.service.database, call.scope, call.path_id)
    raise NoDashboardError(account.type)


def _render(call: Call) -> RenderAccount:
    """Return what writes accounts, with what Brim knows of them beyond the vendor's object if that was asked for."""
    with_extras = paths_below(call.parameters.get("expand", ()), "brim") is not None
    return partial(account_wire.account_json, with_extras=with_extras)


async def _read_external(call: Call) -> Draft | None:
    """Return the bank account that was sent with an account, if one was."""
    if "external_account" not in call.parameters:
        return None
    service = call.service
    return await draft(
        service.database, service.bank_secrets, call.context, call.parameters["external_account"], ids=service.ids
    )


def _read_details(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent of an account, by the names that use cases have for it."""
    sent = {name: parameters[name] for name in _PLAIN if name in parameters}
    details = {name: parameters[name] for name in _DETAILS if name in parameters}
    if "business_profile" in details:
        profile = dict(details["business_profile"])
        if "name" in profile:
            sent["business_name"] = profile.pop("name")
        details["business_profile"] = profile
    agreement = parameters.get("brim", {})
    if "settlement_days" in agreement:
        sent["settlement_days"] = agreement["settlement_days"]
    return sent | {"details": details}
