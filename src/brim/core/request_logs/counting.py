"""How many requests programs make, by the class of what they were answered: counted in memory, written now and then."""

from collections import Counter
from typing import Final, NamedTuple

from brim.base.errors import DatabaseUnavailableError
from brim.base.scope import AccountScope
from brim.core.request_logs import store as request_logs
from brim.core.request_logs.rules import HOUR_S
from brim.platform.database import Conn, Database

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
        self._counted: Counter[Counted] = Counter()

    def note(self, scope: AccountScope, *, status: int, now_ms: int) -> None:
        """Count a request, for its account and for all together."""
        hour = now_ms // 1000 // HOUR_S * HOUR_S
        for account in (ALL_ACCOUNTS, scope.account):
            self._counted[Counted(scope.livemode, status // 100, hour, account)] += 1

    async def flush(self) -> None:
        """Write what was counted; what cannot be written now is kept for the next time."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return

        async def work(conn: Conn) -> None:
            await request_logs.add_request_counts(conn, sorted(counted.items()))

        try:
            await self._database.transact(work)
        except DatabaseUnavailableError:
            self._counted.update(counted)
