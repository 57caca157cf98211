"""What a live create depends on beside the account's own terms: asked of the database for each live top-up."""

import msgspec

from brim.base.scope import AccountScope
from brim.core.originators import store
from brim.core.originators.rules import LiveModeNotReadyError, NotAuthorizedError, Originator, RailStoppedError
from brim.core.rails.ach import ACH
from brim.platform.database import Conn


class CollectionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """By whom a live top-up is collected."""

    platform: str
    originator: Originator


async def find_collection_terms(conn: Conn, scope: AccountScope, *, funding_source: str, param: str) -> CollectionTerms:
    """Return by whom a debit of an account's bank account is collected.

    Raises:
        LiveModeNotReadyError: no originator is active.
        RailStoppedError: an operator has stopped the rail, for all or for the account.
        NotAuthorizedError: the holder of the bank account has not authorized debits.
    """
    found = await store.read_collection_terms(conn, scope, funding_source=funding_source, rail=ACH)
    if found is None or found.originator is None:
        raise LiveModeNotReadyError
    if found.stop_reason is not None:
        raise RailStoppedError(ACH, found.stop_reason)
    if not found.is_authorized:
        raise NotAuthorizedError(funding_source, param=param)
    return CollectionTerms(platform=found.platform, originator=found.originator)
