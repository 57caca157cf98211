"""The handlers of `/v1/brim/verification` and `/v1/brim/verifications`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.verification import wire as verification_wire
from brim.base import wire
from brim.base.scope import AccountScope
from brim.core import integrity
from brim.core.idempotency import Result

_BEFORE_ALL: Final = AccountScope("", livemode=False)


async def retrieve(call: Call) -> Result:
    """`GET /v1/brim/verification`."""
    found = await integrity.latest_run(call.service.database, call.scope.account, now_ms=call.now_ms)
    return Result(body=verification_wire.verification_json(found.run, is_outdated=found.is_outdated))


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/verifications`: all that are kept, as they are a hundred at most."""
    found = await integrity.list_verifications(call.service.database, call.scope.account)
    items = [verification_wire.past_run_json(each) for each in found]
    return Result(body=wire.list_json(items, has_more=False, url="/v1/brim/verifications"))


async def ask(call: Call) -> Result:
    """`POST /v1/brim/verifications`."""
    asked = await integrity.ask_verification(
        call.service.database,
        call.scope.account,
        asked_by=call.by.id or call.by.kind.value,
        now_ms=call.now_ms,
        ids=call.service.ids,
    )
    return Result(body=verification_wire.past_run_json(asked))


async def list_heads(call: Call) -> Result:
    """`GET /v1/brim/verification/heads`."""
    limit = read_page(call.parameters).limit
    account, _, mode = call.parameters.get("cursor", "").partition("/")
    after = AccountScope(account, livemode=mode == "live") if account else _BEFORE_ALL
    found = await integrity.list_heads(call.service.database, call.scope.account, after=after, limit=limit + 1)
    items = [verification_wire.head_json(head) for head in found[:limit]]
    return Result(body=wire.list_json(items, has_more=len(found) > limit, url="/v1/brim/verification/heads"))
