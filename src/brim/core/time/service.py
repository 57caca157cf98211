"""What time it is for an account."""

from brim.base.errors import NotInLiveModeError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.time import store as time_store
from brim.core.time.rules import OwnerTime, TestClock, moment_of
from brim.platform.database import Conn, Database


async def lock_owner_time(conn: Conn, scope: AccountScope, *, now_ms: int, ids: IdFactory) -> OwnerTime:
    """Return this moment in an account's time; a test clock then stands still until the caller's transaction ends.

    Raises:
        ClockAdvancingError: the account's clock is on its way.
    """
    return moment_of(await time_store.hold_clock(conn, scope), now_ms=now_ms, ids=ids)


async def find_clock(database: Database, scope: AccountScope) -> TestClock | None:
    """Return the clock of an account, None for one who lives in real time."""
    async with database.connection() as conn:
        return await time_store.read_clock(conn, scope)


def check_test_mode(scope: AccountScope) -> None:
    """Let an account pass who lives in test mode.

    Raises:
        NotInLiveModeError: it is live mode.
    """
    if scope.livemode:
        raise NotInLiveModeError
