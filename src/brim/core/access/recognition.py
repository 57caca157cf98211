"""Recognises an API key and the account it acts for."""

from brim.core import accounts
from brim.core.access import store as keys
from brim.core.access.rules import ApiKey
from brim.platform.database import Database


async def recognise_key(database: Database, digest: bytes) -> ApiKey | None:
    """Return the key whose SHA-256 is `digest`, or None."""
    async with database.connection() as conn:
        return await keys.find_by_hash(conn, digest)


async def may_act_for(database: Database, key: ApiKey, account: str) -> bool:
    """Tell whether a key may act for an account: its own, or one whose platform is its own."""
    if account == key.account:
        return True
    async with database.connection() as conn:
        return await accounts.account_platform(conn, account) == key.account
