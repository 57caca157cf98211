"""Pages of top-ups."""

from collections.abc import Sequence

from brim.base.paging import Page, PageRequest
from brim.base.scope import AccountScope
from brim.core.topups import list_store as lists
from brim.core.topups import store as topups
from brim.core.topups.batches import Batches
from brim.core.topups.rules import Topup, TopupFilters
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors


async def list_topups(
    database: Database, batches: Batches, scope: AccountScope, filters: TopupFilters, request: PageRequest
) -> Page[Topup]:
    """Return a page of an account's top-ups, where one index serves it by a query shared with other requests.

    Raises:
        ResourceMissingError: a cursor names no top-up of the account.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, scope, request, kind="topup", exists=_topup_exists)
    query = lists.topup_list_query(scope, filters, request)
    if query is not None:
        return await batches.list_page(query)
    return await lists.search_topups(database, scope, filters, request)


async def list_first_pages(
    conn: Conn, scopes: Sequence[AccountScope], filters: TopupFilters, request: PageRequest
) -> list[Page[Topup]]:
    """Return the first page of each of some accounts, by one statement.

    Raises:
        ValueError: no index serves these filters in order.
    """
    queries = [lists.topup_list_query(scope, filters, request) for scope in scopes]
    served = [query for query in queries if query is not None]
    if len(served) < len(queries):
        raise ValueError(filters)
    return await lists.list_topups_many(conn, served)


async def _topup_exists(conn: Conn, scope: AccountScope, topup_id: str) -> bool:
    return await topups.fetch_topups(conn, [(scope, topup_id)]) != [None]


async def fetch_topups(conn: Conn, scope: AccountScope, ids: Sequence[str]) -> list[Topup]:
    """Return those of an account's top-ups that exist."""
    found = await topups.fetch_topups(conn, [(scope, topup_id) for topup_id in dict.fromkeys(ids)])
    return [topup for topup in found if topup is not None]
