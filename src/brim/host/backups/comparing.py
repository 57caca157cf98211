"""Finds what a restore has undone, in the archive: what was archived after the restored moment is still there.

The timeline that was left is restored to its end among the temporary files, and both copies are compared.
"""

import asyncio
from pathlib import Path

from brim.base.errors import BrimError
from brim.host.backups.archive import Archive
from brim.host.backups.checking import Plan, plan_restore
from brim.host.backups.wal import Switch, number_at, parse_history


class NotRestoredError(BrimError):
    """The data folder has no history, so nothing was undone in it."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"The database in {data_dir} was not restored to a moment: it has no timeline before its own.")


class NothingLeftError(BrimError):
    """The archive has nothing of the timeline after it was left."""

    def __init__(self, timeline: int) -> None:
        super().__init__(
            f"The archive has nothing that was written on timeline {timeline} after the restored moment; only ids from "
            "elsewhere (--ids) and the lists of bank files can tell what has left."
        )


def left_timeline(data_dir: Path) -> Switch:
    """Return the timeline that a restored database comes from, and where it was left.

    Raises:
        NotRestoredError: it was not restored.
    """
    folder = data_dir / "postgres" / "cluster" / "pg_wal"
    histories = sorted(folder.glob("*.history")) if folder.is_dir() else []
    if not histories:
        raise NotRestoredError(data_dir)
    return parse_history(histories[-1].read_text(encoding="ascii"))[-1]


async def plan_of_left(archive: Archive, left: Switch) -> Plan:
    """Return how the end of a timeline that was left is restored.

    Raises:
        NothingLeftError: nothing was archived of it after that.
        BrimError: it cannot be restored; the sentence says why.
    """
    plan = await asyncio.to_thread(plan_restore, archive, timeline=left.timeline)
    last = plan.reach.last
    if last is None or last.timeline != left.timeline or last.number < number_at(left.position):
        raise NothingLeftError(left.timeline)
    return plan
