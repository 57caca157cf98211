"""Accounts with their balances, as a list for people reads them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.base import json_codec
from brim.base.paging import Page, Window, page_of
from brim.base.scope import AccountScope
from brim.core.account_overview.rules import AccountStatus, AccountSummary, CurrencyBalance
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, fragments=__package__)
_decode_balances: Final = json_codec.decoder(tuple[CurrencyBalance, ...])


async def use_bitmaps(conn: Conn) -> None:
    """Let the statements of the caller's transaction find names by their index, which is read by a bitmap."""
    await conn.execute(_SQL["use_bitmaps"])


async def count_named(conn: Conn, words: Sequence[str], *, most: int) -> int:
    """Return how many accounts have names with words that begin so, up to `most`."""
    count: int = await conn.fetchval(_SQL["count_named"], _tsquery(words), most)
    return count


async def list_named(
    conn: Conn, platform: AccountScope, window: Window, *, words: Sequence[str]
) -> Page[AccountSummary]:
    """Return a page of the accounts with such names, of which there are few."""
    return await _page(conn, "list_named", platform, window, _tsquery(words))


async def list_accounts(
    conn: Conn, platform: AccountScope, window: Window, *, words: Sequence[str]
) -> Page[AccountSummary]:
    """Return a page of accounts; with words, of those with such names, of which there are many."""
    return await _page(conn, "list_accounts", platform, window, _tsquery(words) if words else None)


async def _page(
    conn: Conn, statement: str, platform: AccountScope, window: Window, words: str | None
) -> Page[AccountSummary]:
    bounds = (window.low, window.high, window.newest_first, window.wanted)
    found = await conn.fetch(_SQL[statement], platform.account, platform.livemode, *bounds, words)
    return page_of(map(_summary, found), window)


def _tsquery(words: Sequence[str]) -> str:
    """Return words of letters and digits as PostgreSQL searches for those that begin with them."""
    return " & ".join(f"{word}:*" for word in words)


def _summary(record: Mapping[str, Any]) -> AccountSummary:
    status = AccountStatus.CLOSED if record["is_closed"] else AccountStatus.ACTIVE
    return AccountSummary(
        id=record["account"],
        name=record["business_name"],
        email=record["email"],
        country=record["country"],
        created=record["created"],
        status=AccountStatus.REJECTED if record["is_rejected"] else status,
        balances=_decode_balances(record["balances"]),
        last_activity=record["last_activity"],
    )
