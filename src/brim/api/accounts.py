"""The handlers of `/v1/accounts` and `/v1/account`."""

from collections.abc import Mapping
from typing import Any

import msgspec

from brim.api.call import Call
from brim.api.errors import render_error
from brim.api.paging import read_page
from brim.domain import account_wire, wire
from brim.domain.metadata import NO_CHANGE, merge
from brim.services import accounts
from brim.services.accounts import CreateAccount, EditAccount
from brim.services.idempotency import Answer


async def create(call: Call) -> Answer:
    """`POST /v1/accounts`."""
    details = _read_details(call.parameters)
    chosen = {name: call.parameters[name] for name in ("type", "country") if name in call.parameters}
    metadata = merge({}, call.parameters.get("metadata", NO_CHANGE))
    wish = CreateAccount(**details, **chosen, metadata=metadata)
    return await accounts.create_platform_account(call.service.database, call.attempt, wish, render_error=render_error)


async def retrieve(call: Call) -> Answer:
    """`GET /v1/accounts/{account}`."""
    account = await accounts.retrieve_account(call.service.database, call.owner, call.path_id)
    return Answer(body=account_wire.account_json(account))


async def retrieve_own(call: Call) -> Answer:
    """`GET /v1/account`."""
    account = await accounts.retrieve_account(call.service.database, call.owner, call.owner.account)
    return Answer(body=account_wire.account_json(account))


async def update(call: Call) -> Answer:
    """`POST /v1/accounts/{account}`."""
    details = _read_details(call.parameters)
    edit = EditAccount(**details, metadata=call.parameters.get("metadata", msgspec.UNSET))
    return await accounts.update_account(
        call.service.database, call.attempt, call.path_id, edit, asking=call.asking, render_error=render_error
    )


async def list_all(call: Call) -> Answer:
    """`GET /v1/accounts`."""
    created = call.parameters.get("created")
    page = await accounts.list_platform_accounts(call.service.database, call.owner, created, read_page(call.parameters))
    items = [account_wire.account_json(account) for account in page.items]
    return Answer(body=wire.list_json(items, has_more=page.has_more, url="/v1/accounts"))


def _read_details(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent of an account's details, by the names that use cases have for them."""
    sent = {name: parameters[name] for name in ("business_type", "default_currency", "email") if name in parameters}
    profile, agreement = parameters.get("business_profile", {}), parameters.get("brim", {})
    if "name" in profile:
        sent["business_name"] = profile["name"]
    if "settlement_days" in agreement:
        sent["settlement_days"] = agreement["settlement_days"]
    return sent
