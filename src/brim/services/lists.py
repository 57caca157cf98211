"""List top-ups, balance transactions, events and bank accounts: check the cursor, then read the page."""

from brim.base.paging import Page, PageRequest
from brim.base.scope import Owner
from brim.domain.topups import Topup, TopupFilters
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors
from brim.services.batches import Batches
from brim.store import lists, topups


async def list_topups(
    database: Database, batches: Batches, owner: Owner, filters: TopupFilters, request: PageRequest
) -> Page[Topup]:
    """Return a page of an owner's top-ups, where one index serves it by a query shared with other requests.

    Raises:
        ResourceMissingError: a cursor names no top-up of the owner.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, owner, request, kind="topup", exists=_topup_exists)
    query = lists.topup_list_query(owner, filters, request)
    if query is not None:
        return await batches.list_page(query)
    return await lists.search_topups(database, owner, filters, request)


async def _topup_exists(conn: Conn, owner: Owner, topup_id: str) -> bool:
    return await topups.fetch_topups(conn, [(owner, topup_id)]) != [None]
