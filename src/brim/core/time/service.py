"""What time it is for an account."""

from brim.base.errors import NotInLiveModeError
from brim.base.ids import IdFactory
from brim.base.scope import Owner
from brim.core.time import store as time_store
from brim.core.time.rules import Moment, TestClock, moment_of
from brim.platform.database import Conn, Database


async def hold_moment(conn: Conn, owner: Owner, *, now_ms: int, ids: IdFactory) -> Moment:
    """Return this moment in an owner's time, which stands still until the caller's transaction ends if it is a clock's.

    Raises:
        ClockAdvancingError: the owner's clock is on its way.
    """
    clock = None if owner.livemode else await time_store.hold_clock(conn, owner)
    return moment_of(clock, now_ms=now_ms, ids=ids)


async def find_clock(database: Database, owner: Owner) -> TestClock | None:
    """Return the clock of an owner, None for one who lives in real time."""
    async with database.connection() as conn:
        return await time_store.read_clock(conn, owner)


def check_test_mode(owner: Owner) -> None:
    """Let an owner pass who lives in test mode.

    Raises:
        NotInLiveModeError: it is live mode.
    """
    if owner.livemode:
        raise NotInLiveModeError
