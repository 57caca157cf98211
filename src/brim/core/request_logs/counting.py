"""How many requests programs make, by the class of what they were answered: counted in memory, written now and then."""

from collections import Counter
from typing import Final, NamedTuple

from brim.base.errors import DatabaseUnavailableError
from brim.base.scope import AccountScope
from brim.core.request_logs import store as request_logs
from brim.core.request_logs.rules import HOUR_S
from brim.platform.database import Conn, Database

_HOUR_MS: Final = HOUR_S * 1000

ALL_ACCOUNTS: Final = ""
"""In place of an account: what all have together, so that it is read in one step an hour."""


class Counted(NamedTuple):
    """What is counted together: an hour (its first Unix second), an account and mode, a class of statuses such as 4."""

    livemode: bool
    status_class: int
    hour: int
    account: str


class RequestCounts:
    """What one process has counted since it wrote last.

    Args:
        database: where it is written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: Counter[tuple[bool, int, int, str]] = Counter()  # a plain tuple, as each request makes one

    def note(self, scope: AccountScope, *, status: int, now_ms: int) -> None:
        """Count a request, for its account and for all together."""
        self._noted[scope.livemode, status // 100, now_ms // _HOUR_MS, scope.account] += 1

    async def flush(self) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        noted, self._noted = self._noted, Counter()
        if not noted:
            return
        counted: Counter[Counted] = Counter()
        for (livemode, status_class, hours, account), number in noted.items():
            for each in (ALL_ACCOUNTS, account):
                counted[Counted(livemode, status_class, hours * HOUR_S, each)] += number

        async def work(conn: Conn) -> None:
            await request_logs.add_request_counts(conn, sorted(counted.items()))

        try:
            await self._database.transact(work)
        except DatabaseUnavailableError:
            self._noted.update(noted)
