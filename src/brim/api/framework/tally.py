"""What is known of requests in sum: when keys were last used, and how many requests there were, by class of status.

A request costs a few entries of dictionaries; the database is written about once a minute, by each process.
"""

import asyncio
from typing import Final

import structlog

from brim.api.framework.auth import Grant
from brim.core.access import KeyUse
from brim.core.request_logs import RequestCounts
from brim.http.message import Request
from brim.platform.database import Database

WRITE_EVERY_S: Final = 60.0

log = structlog.get_logger()


class Tally:
    """One process's sums.

    Args:
        database: where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._keys = KeyUse(database)
        self._counts = RequestCounts(database)

    def note(self, grant: Grant, request: Request, *, status: int, now_ms: int) -> None:
        """Remember a request that was answered; those of pages are no program's, and are not counted."""
        self._keys.note(grant.key, now_ms=now_ms)
        if not request.by_operator:
            self._counts.note(grant.scope, status=status, now_ms=now_ms)

    async def flush(self) -> None:
        """Write what is waiting. Never raises."""
        try:
            await self._keys.flush()
        except Exception:
            log.exception("the last use of API keys could not be stored")
        try:
            await self._counts.flush()
        except Exception:
            log.exception("the counts of requests could not be stored")

    async def keep(self) -> None:
        """Write what is waiting, again and again."""
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.flush()
