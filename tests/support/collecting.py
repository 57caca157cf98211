"""By whom live top-ups are collected, as the API asks for it."""

from collections.abc import Awaitable, Callable

from brim.base.scope import AccountScope
from brim.core.originators import CollectionTerms, find_collection_terms
from brim.platform.database import Database


def collection_of(database: Database) -> Callable[[AccountScope, str, str], Awaitable[CollectionTerms]]:
    """Return what finds by whom a live debit of a bank account is collected."""

    async def find(scope: AccountScope, funding_source: str, param: str) -> CollectionTerms:
        async with database.connection() as conn:
            return await find_collection_terms(conn, scope, funding_source=funding_source, param=param)

    return find
