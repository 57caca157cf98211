"""Accounts over the API: a platform makes them and lists them, and either side changes what it may.

An account serves both modes; what it has agreed about settlement is a term of one mode, that of the key.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from brim.domain.account_wire import account_json
from brim.domain.accounts import (
    ACCOUNT_CHARS,
    ACCOUNT_PREFIX,
    Account,
    check_agreement,
    check_platform,
)
from brim.domain.errors import ExclusiveParametersError, ResourceMissingError
from brim.domain.metadata import MetadataChange, merge
from brim.domain.pages import Page, PageRequest, Range, window
from brim.domain.topups import Owner
from brim.kit.ids import TIME_CHARS, encode_time, random_base62
from brim.services.idempotency import Answer, Attempt, RenderError, run_once
from brim.store import accounts
from brim.store.database import Conn, Database
from brim.store.terms import set_settlement_days

RandomText: TypeAlias = Callable[[int], str]
Days: TypeAlias = int | msgspec.UnsetType | None
"""Banking days by an account's own agreement; None returns to the rail's, UNSET leaves them as they are."""


class CreateAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A validated wish for an account under a platform."""

    type: str = "standard"
    country: str = "US"
    default_currency: str = "usd"
    email: str | None = None
    business_name: str | None = None
    business_type: str | None = None
    metadata: dict[str, str] = {}
    settlement_days: Days = msgspec.UNSET


class EditAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What an update changes; what is UNSET stays as it is."""

    default_currency: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    business_name: str | msgspec.UnsetType | None = msgspec.UNSET
    business_type: str | msgspec.UnsetType = msgspec.UNSET
    metadata: MetadataChange | msgspec.UnsetType = msgspec.UNSET
    settlement_days: Days = msgspec.UNSET


def new_account_id(now_ms: int, random_text: RandomText) -> str:
    """Return an id for an account made now; accounts made later sort after it."""
    return ACCOUNT_PREFIX + encode_time(now_ms) + random_text(ACCOUNT_CHARS - TIME_CHARS)


async def create_platform_account(
    database: Database,
    attempt: Attempt,
    wish: CreateAccount,
    *,
    render_error: RenderError,
    random_text: RandomText = random_base62,
) -> Answer:
    """Add an account under the attempt's own and return its reply; the platform's keys reach it from then on.

    Raises:
        NestedPlatformError: the attempt's account is under a platform itself.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        check_platform(await _require(conn, attempt.owner, attempt.owner.account))
        account = Account(
            account=new_account_id(attempt.now_ms, random_text),
            platform=attempt.owner.account,
            created=attempt.now_ms // 1000,
            type=wish.type,
            country=wish.country,
            default_currency=wish.default_currency,
            email=wish.email,
            business_name=wish.business_name,
            business_type=wish.business_type,
            metadata=wish.metadata,
        )
        await accounts.insert_account(conn, account)
        return account_json(await _agree(conn, account, wish.settlement_days, livemode=attempt.owner.livemode))

    return await run_once(database, attempt, work, render_error=render_error)


async def update_account(
    database: Database,
    attempt: Attempt,
    account_id: str,
    edit: EditAccount,
    *,
    asking: str,
    render_error: RenderError,
) -> Answer:
    """Change what an account says of itself, or its settlement days, and return its reply.

    Args:
        database: where.
        attempt: the request, whose owner is the account itself or its platform.
        account_id: which account.
        edit: what changes.
        asking: the account whose key it is: a platform's, also where it acts for the account itself.
        render_error: writes a refusal as (HTTP status, compact JSON).

    Raises:
        ResourceMissingError: the owner can reach no such account.
        PlatformAgreementError: its settlement days are its platform's to change.
        TooMuchMetadataError: it would have too many metadata keys.
        IdempotencyMismatchError: the key stands for another request.
    """

    async def work(conn: Conn) -> bytes:
        account = await accounts.lock_account(conn, attempt.owner, account_id)
        if account is None:
            raise _missing(account_id)
        if edit.settlement_days is not msgspec.UNSET:
            check_agreement(account, asking=asking)
        edited = _edited(account, edit)
        if edited != account:
            await accounts.update_account(conn, edited)
        return account_json(await _agree(conn, edited, edit.settlement_days, livemode=attempt.owner.livemode))

    return await run_once(database, attempt, work, render_error=render_error)


async def retrieve_account(database: Database, viewer: Owner, account_id: str) -> Account:
    """Return an account: the viewer's own, or one under it.

    Raises:
        ResourceMissingError: the viewer can reach no such account.
    """
    async with database.connection() as conn:
        return await _require(conn, viewer, account_id)


async def list_platform_accounts(
    database: Database, platform: Owner, created: Range | None, request: PageRequest
) -> Page[Account]:
    """Return a page of the accounts under a platform, newest first.

    Raises:
        ResourceMissingError: a cursor names none of them.
        ExclusiveParametersError: both cursors are given.
    """
    async with database.connection() as conn:
        await _check_cursor(conn, platform, request.starting_after, param="starting_after")
        await _check_cursor(conn, platform, request.ending_before, param="ending_before")
        if request.starting_after is not None and request.ending_before is not None:
            raise ExclusiveParametersError("starting_after", "ending_before")
        return await accounts.list_platform_accounts(conn, platform, window(ACCOUNT_PREFIX, created, request))


async def _check_cursor(conn: Conn, platform: Owner, cursor: str | None, *, param: str) -> None:
    """Let a cursor pass that is none, or an account under the platform."""
    if cursor is not None and await accounts.account_platform(conn, cursor) != platform.account:
        raise ResourceMissingError("account", cursor, param=param)


async def _require(conn: Conn, viewer: Owner, account_id: str) -> Account:
    account = await accounts.read_account(conn, viewer, account_id)
    if account is None:
        raise _missing(account_id)
    return account


def _missing(account_id: str) -> ResourceMissingError:
    return ResourceMissingError("account", account_id, param="account", in_path=True)


def _edited(account: Account, edit: EditAccount) -> Account:
    """Return the account as it is after an edit, its settlement days aside."""
    wanted = {
        "default_currency": edit.default_currency,
        "email": edit.email,
        "business_name": edit.business_name,
        "business_type": edit.business_type,
    }
    changes = {name: value for name, value in wanted.items() if value is not msgspec.UNSET}
    edited = msgspec.structs.replace(account, **changes)
    if isinstance(edit.metadata, MetadataChange):
        edited = msgspec.structs.replace(edited, metadata=merge(account.metadata, edit.metadata))
    return edited


async def _agree(conn: Conn, account: Account, days: Days, *, livemode: bool) -> Account:
    """Write an account's settlement days in one mode, if they are to change, and return the account with them."""
    if isinstance(days, msgspec.UnsetType):
        return account
    await set_settlement_days(conn, Owner(account.account, livemode), days)
    return msgspec.structs.replace(account, settlement_days=days)
