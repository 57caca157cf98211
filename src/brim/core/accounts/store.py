"""Accounts in the database. What an account is able to see is decided here: itself, and those under it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.accounts.details import AccountDetails
from brim.core.accounts.rules import Account
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)
_decode_details: Final = json_codec.decoder(AccountDetails)


async def find_account(conn: Conn, account: str) -> Account | None:
    """Return an account without its agreement in either mode, None when it does not exist."""
    return _found(await conn.fetchrow(_SQL["find_account"], account))


async def hold_account(conn: Conn, account: str) -> bool:
    """Keep an account from being deleted until the transaction ends; tell whether it is there."""
    record = await conn.fetchrow(_SQL["hold_account"], account)
    return record is not None and record["deleted_ms"] is None


async def account_platform(conn: Conn, account: str) -> str | None:
    """Return the platform whose keys may act for an account; None when there is none, or no such account."""
    found = await find_account(conn, account)
    return found.platform if found else None


async def read_account(conn: Conn, viewer: AccountScope, account: str) -> Account | None:
    """Return an account that the viewer can reach, with its agreement in the viewer's mode."""
    return _found(await conn.fetchrow(_SQL["read_account"], account, viewer.account, viewer.livemode))


async def lock_account(conn: Conn, viewer: AccountScope, account: str) -> Account | None:
    """Return an account that the viewer can reach, held until the transaction ends."""
    return _found(await conn.fetchrow(_SQL["lock_account"], account, viewer.account, viewer.livemode))


async def list_accounts(conn: Conn) -> list[Account]:
    """Return all accounts without their agreements, oldest first."""
    return [_account_from_record(record) for record in await conn.fetch(_SQL["list_accounts"])]


async def list_first_accounts(conn: Conn, limit: int) -> list[Account]:
    """Return up to so many accounts without their agreements, oldest first."""
    return [_account_from_record(record) for record in await conn.fetch(_SQL["list_first_accounts"], limit)]


async def list_platform_accounts(conn: Conn, platform: AccountScope, window: Window) -> Page[Account]:
    """Return a page of the accounts under a platform, with their agreements in the platform's mode."""
    records = await conn.fetch(
        _SQL["list_platform_accounts"],
        platform.account,
        platform.livemode,
        window.low,
        window.high,
        window.newest_first,
        window.wanted,
    )
    return page_of(map(_account_from_record, records), window)


async def page_account_ids(conn: Conn, platform: str, *, after: str, limit: int) -> list[str]:
    """Return the next accounts under a platform after one, deleted ones too."""
    return [record["account"] for record in await conn.fetch(_SQL["page_account_ids"], platform, after, limit)]


async def find_first_account(conn: Conn) -> str | None:
    """Return the id of the oldest account without a platform, None when there is none yet."""
    account: str | None = await conn.fetchval(_SQL["first_account"])
    return account


async def insert_account(conn: Conn, account: Account, *, made_live: bool = False) -> None:
    """Add an account, made with a live key or not; its agreement is written beside it, as its configuration."""
    await conn.execute(
        _SQL["insert_account"],
        account.account,
        account.platform,
        account.created,
        account.type,
        account.country,
        account.default_currency,
        account.email,
        account.business_name,
        account.business_type,
        json_codec.encode_text(account.metadata),
        json_codec.encode_text(account.details),
        made_live,
    )


async def write_account(conn: Conn, account: Account) -> None:
    """Write what an account says of itself and may change."""
    await conn.execute(
        _SQL["update_account"],
        account.account,
        account.default_currency,
        account.email,
        account.business_name,
        account.business_type,
        json_codec.encode_text(account.metadata),
        json_codec.encode_text(account.details),
    )


async def delete_account(conn: Conn, account: Account, *, now_ms: int) -> None:
    """Let nobody reach an account any more, and forget what it said of itself."""
    await conn.execute(_SQL["delete_account"], account.account, now_ms)
    await conn.execute(_SQL["count_deleted_below"], account.platform)


async def is_used_live(conn: Conn, account: str, *, now_ms: int) -> bool:
    """Tell whether an account is used in live mode."""
    used: bool = await conn.fetchval(_SQL["is_used_live"], account, now_ms)
    return used


class LiveMoney(NamedTuple):
    """Whether an account has money in live mode; whether pending top-ups, dishonored returns or credits move some."""

    has_balance: bool
    has_pending: bool
    has_dishonored: bool
    has_reversal: bool
    has_refund: bool


async def live_money_of_account(conn: Conn, account: str) -> LiveMoney:
    """Tell whether an account has money in live mode, and whether some is on its way."""
    record = await conn.fetchrow(_SQL["live_money_of_account"], account)
    return LiveMoney(**record)


async def lock_accounts(conn: Conn) -> None:
    """Keep others from adding accounts until the transaction ends."""
    await conn.execute(_SQL["lock_accounts"])


def _found(record: Mapping[str, Any] | None) -> Account | None:
    """Return the account in a row, None where there is no row, or that of a deleted one."""
    return _account_from_record(record) if record and record["deleted_ms"] is None else None


def _account_from_record(record: Mapping[str, Any]) -> Account:
    """Return the account in a row of the columns that every statement here selects."""
    return Account(
        account=record["account"],
        platform=record["platform"],
        created=record["created"],
        type=record["type"],
        country=record["country"],
        default_currency=record["default_currency"],
        email=record["email"],
        business_name=record["business_name"],
        business_type=record["business_type"],
        metadata=json_codec.decode(record["metadata"], type=dict[str, str]),
        details=_decode_details(record["details"]),
        settlement_days=record.get("settlement_days"),
    )
