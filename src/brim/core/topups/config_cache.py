"""Caches accounts' configuration in this process, so that a create costs no query for it.

What is remembered may be out of date; a create says under which version it was made, and its statement, which knows
the one in force, sends it back. So nothing here has to be told of a change.
"""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.topups import config_store
from brim.core.topups.config import NO_CONFIG, AccountConfig
from brim.platform.database import Database

_MAX_REMEMBERED: Final = 10_000
"""Scopes whose configuration one process caches; beyond this the cache is emptied."""


class ConfigCache:
    """One process's cache of accounts' configuration."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[AccountScope, AccountConfig] = {}

    def of(self, scope: AccountScope) -> AccountConfig:
        """Return an account's configuration as last read here."""
        return self._known.get(scope, NO_CONFIG)

    async def refresh(self, scope: AccountScope) -> AccountConfig:
        """Read an account's configuration, cache it and return it.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.connection() as conn:
            found = await config_store.read_config(conn, scope)
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        self._known[scope] = found
        return found
