"""Remembers accounts' terms in this process, so that a create costs no query for them.

What is remembered may be out of date; a create says under which version it was made, and its statement, which knows
the one in force, sends it back. So nothing here has to be told of a change.
"""

from typing import Final

from brim.base.scope import AccountScope
from brim.core.topups import config_store as terms
from brim.core.topups.config import NO_TERMS, AccountConfig
from brim.platform.database import Database

_MAX_REMEMBERED: Final = 10_000
"""Owners with terms of their own that one process remembers; beyond this it begins anew."""


class ConfigCache:
    """One process's knowledge of accounts' terms."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[AccountScope, AccountConfig] = {}

    def of(self, scope: AccountScope) -> AccountConfig:
        """Return an account's terms as last seen here."""
        return self._known.get(scope, NO_TERMS)

    async def refresh(self, scope: AccountScope) -> AccountConfig:
        """Look an account's terms up, and return them.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.connection() as conn:
            found = await terms.read_terms(conn, scope)
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        self._known[scope] = found
        return found
