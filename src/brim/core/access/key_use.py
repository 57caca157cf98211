"""When keys are used: noted in memory with each request, and written now and then for many at once."""

from typing import Final

from brim.base.errors import DatabaseUnavailableError
from brim.core.access import store as keys
from brim.core.access.rules import ApiKey
from brim.platform.database import Conn, Database

EXACT_TO_MS: Final = 60_000
"""How often the row of a key is written at most, however many processes it is used with."""


class KeyUse:
    """What one process knows of the use of keys.

    Args:
        database: where the keys are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used: dict[bytes, int] = {}

    def note(self, key: ApiKey, *, now_ms: int) -> None:
        """Remember that a key is used."""
        self._used[key.hash] = now_ms

    async def flush(self) -> None:
        """Write when keys were last used; what cannot be written now is kept for the next time."""
        used, self._used = self._used, {}
        if not used:
            return

        async def work(conn: Conn) -> None:
            await keys.write_last_use(conn, used, exact_to_ms=EXACT_TO_MS)

        try:
            await self._database.transact(work)
        except DatabaseUnavailableError:
            self._used = used | self._used
