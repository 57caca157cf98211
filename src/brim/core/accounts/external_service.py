"""External accounts: added from a token or from numbers, changed, deleted. Each change holds the account meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import Page, PageRequest, window_of
from brim.base.scope import AccountScope
from brim.core import funding, legal_holds
from brim.core.accounts import external_store as store
from brim.core.accounts.access import lock_account, require_account
from brim.core.accounts.external_rules import (
    EXTERNAL_PREFIX,
    MOST_EXTERNAL_ACCOUNTS,
    ExternalAccount,
    ExternalAccountEdit,
    TooManyExternalAccountsError,
    check_deletable,
    edited,
)
from brim.core.audit import Action, ObjectType
from brim.core.bank_accounts import BankAccount, BankNumbers, bank_name_of
from brim.core.funding import BankSecrets, TokenAlreadyUsedError, missing_funding, open_token
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.platform.database import Conn, Database

PARAM = "external_account"
_DEFAULT_CURRENCY = "usd"


RenderExternalAccount: TypeAlias = Callable[[ExternalAccount], bytes]
"""Writes an external account's reply."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A bank account on its way to become an external one; `token` is what it comes from, if anything."""

    id: str
    created: int
    bank_account: BankAccount
    currency: str
    holder_name: str | None = None
    token: str | None = None
    metadata: dict[str, str] = {}


async def draft(
    database: Database,
    secrets: BankSecrets,
    context: RequestContext,
    source: str | Mapping[str, Any],
    *,
    ids: IdFactory,
    metadata: Mapping[str, str] | None = None,
) -> Draft:
    """Return what a token's id, or validated numbers by name, say of a bank account. The number goes no further.

    Raises:
        ResourceMissingError: there is no such token.
        NoEncryptionKeyError, SecretUnreadableError: the server cannot keep account numbers.
    """
    new_id = ids.new_at(EXTERNAL_PREFIX, context.now_ms)
    made = Draft(
        id=new_id,
        created=ids.newest_second,
        bank_account=BankAccount(routing_number="", last4="", fingerprint="", bank_name=None),
        currency=_DEFAULT_CURRENCY,
        metadata=dict(metadata or {}),
    )
    if not isinstance(source, str):
        numbers = BankNumbers(source["routing_number"], source["account_number"])
        return msgspec.structs.replace(
            made,
            bank_account=BankAccount(
                routing_number=numbers.routing_number,
                last4=numbers.last4,
                fingerprint=await secrets.fingerprint(numbers),
                bank_name=bank_name_of(numbers.routing_number),
                country=source["country"],
                holder_type=source.get("account_holder_type"),
                account_type=source.get("account_type"),
            ),
            currency=source.get("currency", _DEFAULT_CURRENCY),
            holder_name=source.get("account_holder_name"),
        )
    token, numbers = await open_token(database, secrets, context.scope, source, param=PARAM)
    if token is None:  # a documented one, which can be used again and again
        account = BankAccount(
            routing_number=numbers.routing_number,
            last4=numbers.last4,
            fingerprint=await secrets.fingerprint(numbers),
            bank_name=bank_name_of(numbers.routing_number),
            holder_type="individual",
        )
        return msgspec.structs.replace(made, bank_account=account)
    return msgspec.structs.replace(
        made,
        id=EXTERNAL_PREFIX + token.id.rpartition("_")[2],  # as the token itself calls it
        bank_account=token.bank_account,
        currency=token.bank_account.currency or _DEFAULT_CURRENCY,
        holder_name=token.holder_name,
        token=token.id,
    )


async def add(
    conn: Conn, context: RequestContext, account_id: str, wanted: Draft, *, is_default: bool, replaces: bool = False
) -> ExternalAccount:
    """Store an external account of an account that the caller holds, and return it.

    Args:
        conn: the caller's transaction.
        context: the request, whose account the token belongs to.
        account_id: whose it becomes, in the mode of the request.
        wanted: what it is.
        is_default: whether it becomes the default of its currency; the first of a currency always does.
        replaces: whether the default before it goes.

    Raises:
        TokenAlreadyUsedError: the token was used before.
        TooManyExternalAccountsError: there are too many already.
    """
    holder = AccountScope(account_id, context.scope.livemode)
    if wanted.token is not None:
        await _use_token(conn, context.scope, wanted.token, wanted.id)
    if is_default:
        before = await store.clear_default(conn, holder, wanted.currency)
        if replaces and before is not None:
            replaced = await _require(conn, holder, before)
            await store.delete_external_account(conn, holder, before)
            await _record(conn, context, Action.EXTERNAL_ACCOUNT_DELETED, holder, before, before=replaced)
    total, in_currency = await store.count_external_accounts(conn, holder, wanted.currency)
    if total >= MOST_EXTERNAL_ACCOUNTS:
        raise TooManyExternalAccountsError
    external = ExternalAccount(
        scope=holder,
        id=wanted.id,
        created=wanted.created,
        bank_account=wanted.bank_account,
        currency=wanted.currency,
        holder_name=wanted.holder_name,
        is_default=is_default or not in_currency,
        metadata=wanted.metadata,
    )
    await store.insert_external_account(conn, external)
    await _record(conn, context, Action.EXTERNAL_ACCOUNT_MADE, holder, external.id, after=external)
    return external


async def _use_token(conn: Conn, scope: AccountScope, token_id: str, external_id: str) -> None:
    found = await funding.lock_bank_token(conn, scope, token_id)
    if found is None:
        raise missing_funding(token_id, param=PARAM)
    token, _ = found
    if token.used_as is not None:
        raise TokenAlreadyUsedError(token_id)
    await funding.use_bank_token(conn, msgspec.structs.replace(token, used_as=external_id, used_by=external_id))


async def create_external_account(
    database: Database,
    context: RequestContext,
    account_id: str,
    wanted: Draft,
    *,
    is_default: bool,
    render: RenderExternalAccount,
    render_error: RenderError,
) -> Result:
    """Add an external account to an account and return its reply.

    Raises:
        UnreachableAccountError: the account can reach no such account.
        TokenAlreadyUsedError: the token was used before.
        TooManyExternalAccountsError: there are too many already.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        await lock_account(conn, context.scope, account_id)
        return render(await add(conn, context, account_id, wanted, is_default=is_default))

    return await run_once(database, context, work, render_error=render_error)


async def update_external_account(
    database: Database,
    context: RequestContext,
    account_id: str,
    external_id: str,
    edit: ExternalAccountEdit,
    *,
    render: RenderExternalAccount,
    render_error: RenderError,
) -> Result:
    """Change what may change of an external account and return its reply.

    Raises:
        UnreachableAccountError: the account can reach no such account.
        ResourceMissingError: it has no such external account.
        TooMuchMetadataError: it would have too many metadata keys.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        await lock_account(conn, context.scope, account_id)
        holder = AccountScope(account_id, context.scope.livemode)
        external = await _require(conn, holder, external_id)
        changed = edited(external, edit)
        await store.update_external_account(conn, changed)
        if edit.is_default:
            await store.set_default(conn, changed)
            changed = msgspec.structs.replace(changed, is_default=True)
        await _record(
            conn, context, Action.EXTERNAL_ACCOUNT_UPDATED, holder, external_id, before=external, after=changed
        )
        return render(changed)

    return await run_once(database, context, work, render_error=render_error)


async def delete_external_account(
    database: Database, context: RequestContext, account_id: str, external_id: str
) -> None:
    """Forget an external account.

    Raises:
        UnreachableAccountError: the request's account can reach no such account.
        ResourceMissingError: it has no such external account.
        DefaultExternalAccountError: it is a default that is needed.
        LegalHoldError: the account is under a legal hold.
    """

    async def work(conn: Conn) -> None:
        account = await lock_account(conn, context.scope, account_id)
        await legal_holds.require_no_hold(conn, account_id)
        holder = AccountScope(account_id, context.scope.livemode)
        external = await _require(conn, holder, external_id)
        _, in_currency = await store.count_external_accounts(conn, holder, external.currency)
        check_deletable(external, default_currency=account.default_currency, others=in_currency - 1)
        await store.delete_external_account(conn, holder, external_id)
        await _record(conn, context, Action.EXTERNAL_ACCOUNT_DELETED, holder, external_id, before=external)

    await database.transact(work)


async def retrieve_external_account(
    database: Database, viewer: AccountScope, account_id: str, external_id: str
) -> ExternalAccount:
    """Return an external account.

    Raises:
        UnreachableAccountError: the viewer can reach no such account.
        ResourceMissingError: it has no such external account.
    """
    async with database.connection() as conn:
        await require_account(conn, viewer, account_id)
        return await _require(conn, AccountScope(account_id, viewer.livemode), external_id)


async def list_external_accounts(
    database: Database, viewer: AccountScope, account_id: str, request: PageRequest
) -> Page[ExternalAccount]:
    """Return a page of an account's external accounts, newest first.

    Raises:
        UnreachableAccountError: the viewer can reach no such account.
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    holder = AccountScope(account_id, viewer.livemode)
    async with database.connection() as conn:
        await require_account(conn, viewer, account_id)
        for param in ("starting_after", "ending_before"):
            cursor: str | None = getattr(request, param)
            if cursor is not None and await store.read_external_account(conn, holder, cursor) is None:
                raise ResourceMissingError("external account", cursor, param=param)
        if request.starting_after is not None and request.ending_before is not None:
            raise ExclusiveParametersError("starting_after", "ending_before")
        return await store.list_external_accounts(conn, holder, window_of(EXTERNAL_PREFIX, None, request))


async def _require(conn: Conn, holder: AccountScope, external_id: str) -> ExternalAccount:
    external = await store.read_external_account(conn, holder, external_id)
    if external is None:
        raise ResourceMissingError("external account", external_id, param="id", in_path=True)
    return external


async def _record(
    conn: Conn,
    context: RequestContext,
    action: Action,
    holder: AccountScope,
    external_id: str,
    *,
    before: ExternalAccount | None = None,
    after: ExternalAccount | None = None,
) -> None:
    """Add a line to the audit log about what a request does to an external account."""
    kind = ObjectType.EXTERNAL_ACCOUNT
    await record(conn, context, action, kind, external_id, before=before, after=after, account=holder.account)
