"""What time it is for an account."""

from collections.abc import Iterable

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


async def lock_owner_times(
    conn: Conn, scopes: Iterable[AccountScope], *, now_ms: int, ids: IdFactory
) -> dict[AccountScope, OwnerTime]:
    """Return this moment in the time of each of some accounts, as `lock_owner_time` does, in one round trip.

    Raises:
        ClockAdvancingError: the clock of one is on its way.
    """
    in_order = sorted(set(scopes))
    clocks = await time_store.hold_clocks(conn, in_order)
    return {scope: moment_of(clocks.get(scope), now_ms=now_ms, ids=ids) for scope in in_order}


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
