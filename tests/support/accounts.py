"""Accounts under a platform, created and edited as a request of an account's own key does it."""

import json
from functools import partial
from typing import Any

from brim.api.framework.errors import render_error
from brim.api.resources.accounts.wire import account_json
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.accounts.service import (
    CreateAccount,
    EditAccount,
    create_platform_account,
    update_account,
)
from brim.core.idempotency.rules import KeyClaim
from brim.core.idempotency.service import RequestContext, Result
from brim.platform.database import Database
from tests.support.audits import TESTER

NOW_MS = 1_790_000_000_000


def context_of(account: str, *, livemode: bool = False, key: str | None = None, now_ms: int = NOW_MS) -> RequestContext:
    """Return a request of an account's own key."""
    return RequestContext(
        scope=AccountScope(account, livemode),
        claim=KeyClaim(key, bytes(32)) if key else None,
        request_id="req_test",
        api_version="2026-10-28.endive",
        now_ms=now_ms,
        by=TESTER,
        ids=IdFactory(),
    )


async def make(database: Database, by: RequestContext, **wanted: Any) -> Result:
    return await create_platform_account(
        database, by, CreateAccount(**wanted), render=account_json, render_error=render_error
    )


async def change(
    database: Database, by: RequestContext, account_id: str, *, asking: str | None = None, **edit: Any
) -> Any:
    """Return the reply to an update; `asking` is whose key it is, by default the owner's own."""
    asking = asking or by.scope.account
    answer = await update_account(
        database,
        by,
        account_id,
        EditAccount(**edit),
        asking=asking,
        render=partial(account_json, with_extras=True),
        render_error=render_error,
    )
    return json.loads(answer.body)


def id_of(answer: Result) -> str:
    account_id: str = json.loads(answer.body)["id"]
    return account_id
