"""Accounts over the API: a platform makes them and lists them, and either side changes what it may.

An account serves both modes; what it has agreed about settlement is a term of one mode, that of the key, and so are its
external accounts. Neighbours: `external_accounts` has those, `account_closing` the end of an account.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.ids import TIME_CHARS, encode_time, random_base62
from brim.base.metadata import MetadataChange, merge
from brim.base.paging import Page, PageRequest, Range, window_of
from brim.base.scope import AccountScope
from brim.core.account_config import set_settlement_days
from brim.core.accounts import store as accounts
from brim.core.accounts.access import check_live_change, lock_account, require_account
from brim.core.accounts.capabilities import UNREQUESTED, check_capability
from brim.core.accounts.details import AccountDetails, CapabilityState, changed
from brim.core.accounts.external_rules import SHOWN_WITH_ACCOUNT, ExternalAccount
from brim.core.accounts.external_service import Draft, add
from brim.core.accounts.external_store import fetch_external_accounts
from brim.core.accounts.rules import (
    ACCOUNT_CHARS,
    ACCOUNT_PREFIX,
    Account,
    check_agreement,
    check_platform,
    controller_of,
)
from brim.core.audit import Action, ObjectType
from brim.core.idempotency import RenderError, RequestContext, Result, record, run_once
from brim.platform.database import Conn, Database

RandomText: TypeAlias = Callable[[int], str]
RenderAccount: TypeAlias = Callable[[Account, Sequence[ExternalAccount], int], bytes]
"""Writes an account's reply, with its newest external accounts and how many it has."""

RenderCapability: TypeAlias = Callable[[Account, str, CapabilityState], bytes]
"""Writes the reply of an account's capability, which is named."""

Days: TypeAlias = int | msgspec.UnsetType | None
"""Banking days by an account's own agreement; None returns to the rail's, UNSET leaves them as they are."""


class CreateAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The validated parameters of an account under a platform; `details` is what was sent of them, by part."""

    type: str | None = None
    country: str = "US"
    default_currency: str = "usd"
    email: str | None = None
    business_name: str | None = None
    business_type: str | None = None
    metadata: dict[str, str] = {}
    details: Mapping[str, Any] = {}
    settlement_days: Days = msgspec.UNSET


class EditAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What an update changes; what is UNSET stays as it is, and `details` is what was sent of them, by part."""

    default_currency: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    business_name: str | msgspec.UnsetType | None = msgspec.UNSET
    business_type: str | msgspec.UnsetType = msgspec.UNSET
    metadata: MetadataChange | msgspec.UnsetType = msgspec.UNSET
    details: Mapping[str, Any] = {}
    settlement_days: Days = msgspec.UNSET


def new_account_id(now_ms: int, random_text: RandomText) -> str:
    """Return an id for an account made now; accounts made later sort after it."""
    return ACCOUNT_PREFIX + encode_time(now_ms) + random_text(ACCOUNT_CHARS - TIME_CHARS)


async def create_platform_account(
    database: Database,
    context: RequestContext,
    wanted: CreateAccount,
    *,
    render: RenderAccount,
    render_error: RenderError,
    external: Draft | None = None,
    random_text: RandomText = random_base62,
) -> Result:
    """Add an account under the request's own and return its reply; the platform's keys reach it from then on.

    Args:
        database: where.
        context: the request of the platform.
        wanted: the account.
        external: the bank account that it begins with.
        render: writes the account's reply.
        render_error: writes a refusal as (HTTP status, compact JSON).
        random_text: makes chance.

    Raises:
        NestedPlatformError: the request's account is under a platform itself.
        TypeAndControllerError: it was to have both.
        TokenAlreadyUsedError: the token of its bank account was used before.
        TooMuchMetadataError: an object of it would have too many metadata keys.
        IdempotencyMismatchError: the key stands for another request.
    """
    now_s = context.now_ms // 1000
    account_type, controller = controller_of(wanted.type, wanted.details.get("controller", {}))
    sent = {
        **wanted.details,
        "controller": controller if wanted.type is None and "controller" in wanted.details else {},
    }
    account = Account(
        account=new_account_id(context.now_ms, random_text),
        platform=context.scope.account,
        created=now_s,
        type=account_type,
        country=wanted.country,
        default_currency=wanted.default_currency,
        email=wanted.email,
        business_name=wanted.business_name,
        business_type=wanted.business_type,
        metadata=wanted.metadata,
        details=changed(AccountDetails(), sent, now_s=now_s),
    )

    async def work(conn: Conn) -> bytes:
        check_platform(await require_account(conn, context.scope, context.scope.account))
        await accounts.insert_account(conn, account, made_live=context.scope.livemode)
        made = await _agree(conn, account, wanted.settlement_days, livemode=context.scope.livemode)
        await record_account(conn, context, Action.ACCOUNT_MADE, made.account, before=None, after=made)
        if external is not None:
            await add(conn, context, account.account, external, is_default=True)
        return await render_account(conn, made, livemode=context.scope.livemode, render=render)

    return await run_once(database, context, work, render_error=render_error)


async def update_account(
    database: Database,
    context: RequestContext,
    account_id: str,
    edit: EditAccount,
    *,
    asking: str,
    render: RenderAccount,
    render_error: RenderError,
    external: Draft | None = None,
) -> Result:
    """Change what an account says of itself, or its settlement days, and return its reply.

    Args:
        database: where.
        context: the request, whose account is the account itself or its platform.
        account_id: which account.
        edit: what changes.
        asking: the account whose key it is: a platform's, also where it acts for the account itself.
        render: writes the account's reply.
        render_error: writes a refusal as (HTTP status, compact JSON).
        external: a bank account that takes the place of the default of its currency.

    Raises:
        UnreachableAccountError: the account can reach no such account.
        LiveAccountError: a test key is to change what is seen in live mode.
        PlatformAgreementError: its settlement days are its platform's to change.
        TokenAlreadyUsedError: the token of its bank account was used before.
        TooMuchMetadataError: it would have too many metadata keys.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        account = await lock_account(conn, context.scope, account_id)
        if edit.settlement_days is not msgspec.UNSET:
            check_agreement(account, asking=asking)
        edited = _edited(account, edit, now_s=context.now_ms // 1000)
        if edited != account:
            await check_live_change(conn, context.scope, account, now_ms=context.now_ms)
            await accounts.write_account(conn, edited)
        agreed = await _agree(conn, edited, edit.settlement_days, livemode=context.scope.livemode)
        await record_account(conn, context, Action.ACCOUNT_UPDATED, account_id, before=account, after=agreed)
        if external is not None:
            await add(conn, context, account_id, external, is_default=True, replaces=True)
        return await render_account(conn, agreed, livemode=context.scope.livemode, render=render)

    return await run_once(database, context, work, render_error=render_error)


async def update_capability(
    database: Database,
    context: RequestContext,
    account_id: str,
    name: str,
    *,
    requested: bool | None,
    render: RenderCapability,
    render_error: RenderError,
) -> Result:
    """Ask for a capability of an account or give it up, and return its reply; None leaves it as it is.

    Raises:
        UnreachableAccountError: the account can reach no such account.
        ResourceMissingError: there is no such capability.
        LiveAccountError: a test key asks, and the account is used in live mode.
        IdempotencyMismatchError: the key stands for another request.
    """
    check_capability(name)

    async def work(conn: Conn) -> bytes:
        account = await lock_account(conn, context.scope, account_id)
        if requested is not None:
            await check_live_change(conn, context.scope, account, now_ms=context.now_ms)
            sent = {"capabilities": {name: requested}}
            details = changed(account.details, sent, now_s=context.now_ms // 1000)
            before, account = account, msgspec.structs.replace(account, details=details)
            await accounts.write_account(conn, account)
            await record_account(conn, context, Action.CAPABILITY_UPDATED, account_id, before=before, after=account)
        return render(account, name, account.details.capabilities.get(name, UNREQUESTED))

    return await run_once(database, context, work, render_error=render_error)


async def retrieve_capability(
    database: Database, viewer: AccountScope, account_id: str, name: str
) -> tuple[Account, CapabilityState]:
    """Return an account, and a capability of it.

    Raises:
        UnreachableAccountError: the viewer can reach no such account.
        ResourceMissingError: there is no such capability.
    """
    account = await retrieve_account(database, viewer, account_id)
    check_capability(name)
    return account, account.details.capabilities.get(name, UNREQUESTED)


async def retrieve_account(database: Database, viewer: AccountScope, account_id: str) -> Account:
    """Return an account: the viewer's own, or one under it.

    Raises:
        UnreachableAccountError: the viewer can reach no such account.
    """
    async with database.connection() as conn:
        return await require_account(conn, viewer, account_id)


async def show_account(database: Database, viewer: AccountScope, account_id: str, *, render: RenderAccount) -> bytes:
    """Return the reply of an account: the viewer's own, or one under it.

    Raises:
        UnreachableAccountError: the viewer can reach no such account.
    """
    async with database.connection() as conn:
        account = await require_account(conn, viewer, account_id)
        return await render_account(conn, account, livemode=viewer.livemode, render=render)


async def render_account(conn: Conn, account: Account, *, livemode: bool, render: RenderAccount) -> bytes:
    """Return an account's reply, with its external accounts in one mode."""
    (body,) = await render_accounts(conn, [account], livemode=livemode, render=render)
    return body


async def render_accounts(
    conn: Conn, found: Sequence[Account], *, livemode: bool, render: RenderAccount
) -> list[bytes]:
    """Return the replies of several accounts, with their external accounts in one mode."""
    ids = [account.account for account in found]
    externals = await fetch_external_accounts(conn, ids, livemode=livemode, most=SHOWN_WITH_ACCOUNT)
    return [render(account, shown, total) for account in found for shown, total in [externals[account.account]]]


async def list_platform_accounts(
    database: Database, platform: AccountScope, created: Range | None, request: PageRequest
) -> Page[Account]:
    """Return a page of the accounts under a platform, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    async with database.connection() as conn:
        return await _list(conn, platform, created, request)


async def show_platform_accounts(
    database: Database, platform: AccountScope, created: Range | None, request: PageRequest, *, render: RenderAccount
) -> tuple[list[bytes], bool]:
    """Return the replies of a page of the accounts under a platform, newest first, and whether there are others.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    async with database.connection() as conn:
        page = await _list(conn, platform, created, request)
        bodies = await render_accounts(conn, page.items, livemode=platform.livemode, render=render)
        return bodies, page.has_more


async def _list(conn: Conn, platform: AccountScope, created: Range | None, request: PageRequest) -> Page[Account]:
    await _check_cursor(conn, platform, request.starting_after, param="starting_after")
    await _check_cursor(conn, platform, request.ending_before, param="ending_before")
    if request.starting_after is not None and request.ending_before is not None:
        raise ExclusiveParametersError("starting_after", "ending_before")
    return await accounts.list_platform_accounts(conn, platform, window_of(ACCOUNT_PREFIX, created, request))


async def _check_cursor(conn: Conn, platform: AccountScope, cursor: str | None, *, param: str) -> None:
    """Let a cursor pass that is none, or an account under the platform."""
    if cursor is not None and await accounts.account_platform(conn, cursor) != platform.account:
        raise ResourceMissingError("account", cursor, param=param)


async def record_account(
    conn: Conn, context: RequestContext, action: Action, account: str, *, before: Account | None, after: Account | None
) -> None:
    """Add a line to the audit log about what a request does to an account."""
    await record(conn, context, action, ObjectType.ACCOUNT, account, before=before, after=after, account=account)


def _edited(account: Account, edit: EditAccount, *, now_s: int) -> Account:
    """Return the account as it is after an edit, its settlement days aside."""
    wanted = {
        "default_currency": edit.default_currency,
        "email": edit.email,
        "business_name": edit.business_name,
        "business_type": edit.business_type,
    }
    changes = {name: value for name, value in wanted.items() if value is not msgspec.UNSET}
    edited = msgspec.structs.replace(account, **changes, details=changed(account.details, edit.details, now_s=now_s))
    if isinstance(edit.metadata, MetadataChange):
        edited = msgspec.structs.replace(edited, metadata=merge(account.metadata, edit.metadata))
    return edited


async def _agree(conn: Conn, account: Account, days: Days, *, livemode: bool) -> Account:
    """Write an account's settlement days in one mode, if they are to change, and return the account with them."""
    if isinstance(days, msgspec.UnsetType):
        return account
    await set_settlement_days(conn, AccountScope(account.account, livemode), days)
    return msgspec.structs.replace(account, settlement_days=days)
