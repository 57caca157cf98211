"""The handlers of `/v1/tokens`."""

from brim.api.framework.call import Call
from brim.api.framework.errors import render_error
from brim.api.resources.funding.wire import token_json
from brim.core import funding
from brim.core.bank_accounts import BankNumbers
from brim.core.funding import NewBankToken
from brim.core.idempotency import Result


async def create(call: Call) -> Result:
    """`POST /v1/tokens`."""
    account, service = call.parameters["bank_account"], call.service
    wanted = NewBankToken(
        numbers=BankNumbers(account["routing_number"], account["account_number"]),
        country=account["country"],
        currency=account.get("currency", "usd"),
        holder_name=account.get("account_holder_name"),
        holder_type=account.get("account_holder_type"),
        account_type=account.get("account_type"),
    )
    return await funding.create_token(
        service.database,
        service.bank_secrets,
        call.context,
        wanted,
        ids=service.ids,
        render=token_json,
        render_error=render_error,
    )


async def retrieve(call: Call) -> Result:
    """`GET /v1/tokens/{token}`."""
    return Result(body=token_json(await funding.retrieve_token(call.service.database, call.scope, call.path_id)))
