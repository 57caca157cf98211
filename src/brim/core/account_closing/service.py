"""The end of an account: its platform rejects it, or deletes it. Its books stay, whatever happens.

The account must have no money in live mode, available or pending; test money does not matter. An account that is used
in live mode takes a live key to end. From then on it cannot be topped up: that is part of its configuration, which each
create has a lock on, so none slips through.
Source: https://docs.stripe.com/api/accounts/delete and https://docs.stripe.com/api/accounts/reject.
"""

import msgspec

from brim.base.actor import Actor
from brim.base.errors import BrimError, ResourceMissingError
from brim.base.ids import Ids
from brim.base.scope import AccountScope
from brim.core import account_config, accounts, audit, legal_holds, push
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


class AccountEndedError(BrimError):
    """An account was rejected by its platform, and only that could take it back."""

    def __init__(self, account: str) -> None:
        super().__init__(f"The account {account} was rejected by its platform, so it stays closed.")


async def reject_account(
    database: Database,
    context: RequestContext,
    account_id: str,
    reason: str,
    *,
    asking: str,
    render: RenderAccount,
    render_error: RenderError,
) -> Result:
    """Let an account not be topped up any more, and return its reply.

    Raises:
        UnreachableAccountError: the request's account can reach no such account.
        NotAuthorizedError: somebody other than its platform asks.
        LiveAccountError: a test key asks, and the account is used in live mode.
        AccountInUseError: it has live money, or some on its way.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        account = await lock_account(conn, context.scope, account_id)
        check_controlled(account, asking=asking, what="reject")
        await _close(conn, context, account, what="rejected")
        details = msgspec.structs.replace(account.details, rejected=reason)
        rejected = msgspec.structs.replace(account, details=details)
        await accounts.write_account(conn, rejected)
        await record_account(conn, context, Action.ACCOUNT_REJECTED, account_id, before=account, after=rejected)
        return await render_account(conn, rejected, livemode=context.scope.livemode, render=render)

    return await run_once(database, context, work, render_error=render_error)


async def delete_account(database: Database, context: RequestContext, account_id: str, *, asking: str) -> None:
    """Let nobody reach an account any more: its keys end, what it said of itself goes, its books stay.

    Raises:
        UnreachableAccountError: the request's account can reach no such account.
        NotAuthorizedError: somebody other than its platform asks.
        LiveAccountError: a test key asks, and the account is used in live mode.
        AccountInUseError: it has live money, or some on its way.
        LegalHoldError: it is under a legal hold.
    """

    async def work(conn: Conn) -> None:
        account = await lock_account(conn, context.scope, account_id)
        check_controlled(account, asking=asking, what="delete")
        await legal_holds.require_no_hold(conn, account_id)
        await _close(conn, context, account, what="deleted")
        ended = await expire_keys_of_account(conn, account_id, context.now_ms)
        await record_ends(conn, context.by, ended, now_ms=context.now_ms, ids=context.ids)
        for external in await delete_all_external_accounts(conn, account_id):
            await _record_forgotten(conn, context, external)
        await accounts.delete_account(conn, account, now_ms=context.now_ms)
        await record_account(conn, context, Action.ACCOUNT_DELETED, account_id, before=account, after=None)

    await database.transact(work)


async def set_closed(
    database: Database,
    account_id: str,
    *,
    is_closed: bool,
    with_connected: bool,
    by: Actor,
    now_ms: int,
    ids: Ids,
) -> list[str]:
    """Let an account not be topped up any more in either mode, or again, and return which accounts that was.

    It is for a person who moves live money to another installation: what is under way goes on. Accounts under it that
    were rejected are passed over.

    Raises:
        ResourceMissingError: there is no such account.
        AccountEndedError: its platform has rejected it, so it stays closed.
    """

    async def work(conn: Conn) -> list[str]:
        found = {each.account: each for each in await accounts.list_accounts(conn)}
        if account_id not in found:
            raise ResourceMissingError("account", account_id, param="account")
        if found[account_id].details.rejected is not None:
            raise AccountEndedError(account_id)
        under = [each.account for each in found.values() if each.platform == account_id and not each.details.rejected]
        chosen = sorted([account_id, *(under if with_connected else ())])
        for chosen_id in chosen:
            await accounts.hold_account(conn, chosen_id)
            await (account_config.close if is_closed else account_config.reopen)(conn, chosen_id)
            await audit.record(
                conn,
                by,
                Action.ACCOUNT_CLOSED if is_closed else Action.ACCOUNT_REOPENED,
                object_type=ObjectType.ACCOUNT,
                object_id=chosen_id,
                scope=AccountScope(chosen_id, livemode=True),
                now_ms=now_ms,
                ids=ids,
            )
        return chosen

    return await database.transact(work)


async def _record_forgotten(conn: Conn, context: RequestContext, external: ExternalAccount) -> None:
    """Add a line to the audit log about an external account that goes with its account, in its own mode."""
    await audit.record(
        conn,
        context.by,
        Action.EXTERNAL_ACCOUNT_DELETED,
        object_type=ObjectType.EXTERNAL_ACCOUNT,
        object_id=external.id,
        before=external,
        scope=external.scope,
        now_ms=context.now_ms,
        ids=context.ids,
    )


async def _close(conn: Conn, context: RequestContext, account: Account, *, what: str) -> None:
    """Let an account that has no money be topped up no more. What its creates under way have made is seen by then."""
    await account_config.close(conn, account.account)
    await check_live_change(conn, context.scope, account, now_ms=context.now_ms)
    money = await accounts.live_money_of_account(conn, account.account)
    if money.has_balance:
        raise AccountInUseError(what, "it has a balance")
    if money.has_pending:
        raise AccountInUseError(what, "it has pending top-ups")
    if money.has_dishonored:
        raise AccountInUseError(what, "it waits for the money of dishonored returns")
    if money.has_reversal:
        raise AccountInUseError(what, "the bank has not booked a reversal of one of its debits")
    if money.has_refund:
        raise AccountInUseError(what, "the bank has not booked a refund of one of its top-ups")
    await push.release_numbers(conn, account.account, now_ms=context.now_ms)
