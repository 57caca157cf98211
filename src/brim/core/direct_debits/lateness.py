"""Whether a file still leaves in time for the day that its entries name: in real time, or in that of a test clock."""

from pathlib import Path

from brim.core import dishonors, reversals
from brim.core.direct_debits import entry_store
from brim.core.direct_debits.rules import AchFile, FileStatus
from brim.core.direct_debits.sent_lists import has_list, read_sent_lists
from brim.core.originators import list_stops
from brim.core.rails.ach import GRACE_MS, OriginatorProfile, has_missed_its_cutoff, is_sftp
from brim.core.time import ClockAdvancingError, TestClock, read_clock
from brim.platform.database import Conn


async def clock_of_file(conn: Conn, file: AchFile) -> TestClock | None:
    """Return the test clock in whose time a file stands; None for real time, as after its clock was deleted."""
    owner = None if file.test_clock is None else await entry_store.first_owner(conn, file.scope, file.id)
    return None if owner is None else await read_clock(conn, owner)


async def time_of_file(conn: Conn, file: AchFile, *, now_ms: int) -> int:
    """Return what time it is for a file.

    Raises:
        ClockAdvancingError: the clock that keeps its time is on its way.
    """
    clock = await clock_of_file(conn, file)
    if clock is None:
        return now_ms
    if clock.is_advancing:
        raise ClockAdvancingError
    return clock.frozen_time * 1000


async def is_late(conn: Conn, file: AchFile, profile: OriginatorProfile, *, now_ms: int) -> bool:
    """Tell whether the window has passed for which a file was made, or the time of a dishonor or reversal in it.

    One that may have left is never late.

    A test clock leaps over the second in which a worker sends what is approved: that leaves as of the moment at which
    it was made, unless the rail is stopped. While the clock is on its way, nothing is late.
    """
    clock = await clock_of_file(conn, file)
    if clock is not None:
        if clock.is_advancing:
            return False
        if file.status is FileStatus.APPROVED and not await _is_stopped(conn, file, profile.rail):
            return False
    its_ms = now_ms if clock is None else clock.frozen_time * 1000
    if may_have_left(file, profile):
        return False
    if has_missed_its_cutoff(profile, file.effective_date, file.built_ms, its_ms):
        return True
    disputed = await dishonors.list_in_file(conn, file.scope, file.id)
    until = [each.dishonorable_until_ms for each in disputed]
    until += [each.sendable_until_ms for each in await reversals.list_in_file(conn, file.scope, file.id)]
    return any(each + GRACE_MS <= its_ms for each in until)


def may_have_left(file: AchFile, profile: OriginatorProfile) -> bool:
    """Tell whether a file may be with the bank, by the list of what has left.

    A file for a server may have left if there is no list here: another host may have one. The sender creates the list
    before anything else.
    """
    folder = Path(profile.list_folder)
    if is_sftp(profile.outgoing_folder) and file.status is FileStatus.APPROVED and not has_list(folder):
        return True
    return file.id in read_sent_lists(folder)


async def _is_stopped(conn: Conn, file: AchFile, rail: str) -> bool:
    """Tell whether a file cannot be sent because its rail is stopped, for all accounts of its platform."""
    stops = await list_stops(conn, file.scope)
    return any(stop.rail == rail and not stop.stopped_account for stop in stops)
