"""The end of an account: its platform rejects it, or deletes it. Its books stay, whatever happens.

Both need an account without money in live mode, and without some on its way there; test money keeps nobody. One that is
used in live mode is ended with a live key alone. From then on it cannot be topped up: that is one of its terms, which
every create under way holds, so none slips through.
Source: https://docs.stripe.com/api/accounts/delete and https://docs.stripe.com/api/accounts/reject.
"""

import msgspec

from brim.core import account_config, accounts, audit
from brim.core.access import expire_keys_of_account, record_ends
from brim.core.accounts import (
    Account,
    AccountInUseError,
    ExternalAccount,
    RenderAccount,
    check_controlled,
    check_live_change,
    delete_all_external_accounts,
    lock_account,
    record_account,
    render_account,
)
from brim.core.audit import Action, ObjectType
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
        ended = await expire_keys_of_account(conn, account_id, attempt.now_ms)
        await record_ends(conn, attempt.by, ended, now_ms=attempt.now_ms, ids=attempt.ids)
        for external in await delete_all_external_accounts(conn, account_id):
            await _record_forgotten(conn, attempt, external)
        await accounts.delete_account(conn, account, now_ms=attempt.now_ms)
        await record_account(conn, attempt, Action.ACCOUNT_DELETED, account_id, before=account, after=None)

    await database.transact(work)


async def _record_forgotten(conn: Conn, attempt: RequestContext, external: ExternalAccount) -> None:
    """Add a line to the audit log about an external account that goes with its account, in its own mode."""
    await audit.record(
        conn,
        attempt.by,
        Action.EXTERNAL_ACCOUNT_DELETED,
        object_type=ObjectType.EXTERNAL_ACCOUNT,
        object_id=external.id,
        before=external,
        scope=external.scope,
        now_ms=attempt.now_ms,
        ids=attempt.ids,
    )


async def _close(conn: Conn, attempt: RequestContext, account: Account, *, what: str) -> None:
    """Let an account that has no money be topped up no more. What its creates under way have made is seen by then."""
    await account_config.close(conn, account.account)
    await check_live_change(conn, attempt.scope, account, now_ms=attempt.now_ms)
    has_balance, has_pending = await accounts.live_money_of_account(conn, account.account)
    if has_balance:
        raise AccountInUseError(what, "it has a balance")
    if has_pending:
        raise AccountInUseError(what, "it has pending top-ups")
