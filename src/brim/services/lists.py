"""List top-ups, balance transactions, events and bank accounts: check the cursor, then read the page."""

from brim.base.paging import Page, PageRequest, window
from brim.base.scope import Owner
from brim.domain.funding_sources import KIND_WORDS, PREFIXES, FundingFilters, FundingKind, FundingSource
from brim.domain.topups import Topup, TopupFilters
from brim.platform.database import Conn, Database
from brim.platform.lookups import check_cursors
from brim.services.batches import Batches
from brim.store import funding, lists, topups


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


async def list_funding_sources(
    database: Database,
    owner: Owner,
    kind: FundingKind,
    request: PageRequest,
    filters: FundingFilters = FundingFilters(),  # noqa: B008  frozen
) -> Page[FundingSource]:
    """Return a page of an owner's bank accounts of one kind, without those that were detached.

    Raises:
        ResourceMissingError: a cursor names none of the owner's.
        ExclusiveParametersError: both cursors are given.
    """
    await check_cursors(database, owner, request, kind=KIND_WORDS[kind], exists=_funding_source_exists)
    async with database.connection() as conn:
        return await funding.list_funding_sources(conn, owner, filters, window(PREFIXES[kind], None, request))


async def _topup_exists(conn: Conn, owner: Owner, topup_id: str) -> bool:
    return await topups.fetch_topups(conn, [(owner, topup_id)]) != [None]


async def _funding_source_exists(conn: Conn, owner: Owner, funding_id: str) -> bool:
    return funding_id in await funding.fetch_funding_sources(conn, owner, [funding_id])
