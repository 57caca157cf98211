"""The end of an account: its platform rejects it, or deletes it. Its books stay, whatever happens.

Both need an account without money in live mode, and without some on its way there; test money keeps nobody. One that is
used in live mode is ended with a live key alone. From then on it cannot be topped up: that is one of its terms, which
every create under way holds, so none slips through.
Source: https://docs.stripe.com/api/accounts/delete and https://docs.stripe.com/api/accounts/reject.
"""

import msgspec

from brim.core import account_config, accounts
from brim.core.access import expire_keys_of_account
from brim.core.accounts import (
    Account,
    AccountInUseError,
    RenderAccount,
    check_controlled,
    check_live_change,
    delete_all_external_accounts,
    lock_account,
    record_account,
    render_account,
)
from brim.core.audit import Action
from brim.core.idempotency import RenderError, RequestContext, Result, run_once
from brim.platform.database import Conn, Database


async def reject_account(
    database: Database,
    attempt: RequestContext,
    account_id: str,
    reason: str,
    *,
    asking: str,
    render: RenderAccount,
    render_error: RenderError,
) -> Result:
    """Let an account not be topped up any more, and return its reply.

    Raises:
        UnreachableAccountError: the attempt's account can reach no such account.
        NotAuthorizedError: somebody other than its platform asks.
        LiveAccountError: a test key asks, and the account is used in live mode.
        AccountInUseError: it has live money, or some on its way.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        account = await lock_account(conn, attempt.scope, account_id)
        check_controlled(account, asking=asking, what="reject")
        await _close(conn, attempt, account, what="rejected")
        details = msgspec.structs.replace(account.details, rejected=reason)
        rejected = msgspec.structs.replace(account, details=details)
        await accounts.write_account(conn, rejected)
        await record_account(conn, attempt, Action.ACCOUNT_REJECTED, account_id, before=account, after=rejected)
        return await render_account(conn, rejected, livemode=attempt.scope.livemode, render=render)

    return await run_once(database, attempt, work, render_error=render_error)


async def delete_account(database: Database, attempt: RequestContext, account_id: str, *, asking: str) -> None:
    """Let nobody reach an account any more: its keys end, what it said of itself goes, its books stay.

    Raises:
        UnreachableAccountError: the attempt's account can reach no such account.
        NotAuthorizedError: somebody other than its platform asks.
        LiveAccountError: a test key asks, and the account is used in live mode.
        AccountInUseError: it has live money, or some on its way.
    """

    async def work(conn: Conn) -> None:
        account = await lock_account(conn, attempt.scope, account_id)
        check_controlled(account, asking=asking, what="delete")
        await _close(conn, attempt, account, what="deleted")
        await expire_keys_of_account(conn, account_id, attempt.now_ms)
        await delete_all_external_accounts(conn, account_id)
        await accounts.delete_account(conn, account, now_ms=attempt.now_ms)
        await record_account(conn, attempt, Action.ACCOUNT_DELETED, account_id, before=account, after=None)

    await database.transact(work)


async def _close(conn: Conn, attempt: RequestContext, account: Account, *, what: str) -> None:
    """Let an account that has no money be topped up no more. What its creates under way have made is seen by then."""
    await account_config.close(conn, account.account)
    await check_live_change(conn, attempt.scope, account, now_ms=attempt.now_ms)
    has_balance, has_pending = await accounts.live_money_of_account(conn, account.account)
    if has_balance:
        raise AccountInUseError(what, "it has a balance")
    if has_pending:
        raise AccountInUseError(what, "it has pending top-ups")
