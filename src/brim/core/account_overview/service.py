"""List the accounts under a platform."""

from typing import Final

import msgspec

from brim.base.errors import ExclusiveParametersError, ResourceMissingError
from brim.base.paging import Page, PageRequest, Range, Window, window_of
from brim.base.scope import AccountScope
from brim.core.account_overview import store
from brim.core.account_overview.rules import AccountSummary, is_id, words_of
from brim.core.accounts import ACCOUNT_PREFIX, account_platform
from brim.platform.database import Conn, Database

_FEW: Final = 1_000
"""Where fewer accounts match, they are sorted; of more, the newest are soon found on a walk along the ids."""


async def list_account_summaries(
    database: Database, platform: AccountScope, created: Range | None, request: PageRequest, *, query: str | None
) -> Page[AccountSummary]:
    """Return a page of the accounts under a platform, newest first.

    Args:
        database: where.
        platform: whose accounts, and in which mode their balances.
        created: only those created then.
        request: which page.
        query: the beginning of an id, or words that begin words of the name; None for all accounts.

    Raises:
        ResourceMissingError: a cursor names no account under the platform.
        ExclusiveParametersError: both cursors are given.
    """
    if request.starting_after is not None and request.ending_before is not None:
        raise ExclusiveParametersError("starting_after", "ending_before")
    window = window_of(ACCOUNT_PREFIX, created, request)
    async with database.transaction() as conn:
        for param, cursor in (("starting_after", request.starting_after), ("ending_before", request.ending_before)):
            if cursor is not None and await account_platform(conn, cursor) != platform.account:
                raise ResourceMissingError("account", cursor, param=param)
        return await _find(conn, platform, window, (query or "").strip())


async def _find(conn: Conn, platform: AccountScope, window: Window, query: str) -> Page[AccountSummary]:
    if is_id(query):
        before = f"{query[:-1]}{chr(ord(query[-1]) - 1)}~"  # bounds are exclusive, and the whole id may be given
        low, high = max(window.low, before), min(window.high, query + "~")
        return await store.list_accounts(conn, platform, msgspec.structs.replace(window, low=low, high=high), words=[])
    words = words_of(query)
    if query and not words:
        return Page([], has_more=False)
    if words:
        await store.use_bitmaps(conn)
    if words and await store.count_named(conn, words, most=_FEW) < _FEW:
        return await store.list_named(conn, platform, window, words=words)
    return await store.list_accounts(conn, platform, window, words=words)
