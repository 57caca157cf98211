"""Which PostgreSQL data directory is the one: `cluster`. An upgrade puts another one in its place, by three renames.

A verified copy is called `cluster.upgraded`; then the earlier directory is renamed, and the copy takes its name. A
crash before that last rename leaves no `cluster`: whoever comes next makes it. Beside a `cluster` a copy is worth
nothing, as an earlier Brim may have written since.
"""

from pathlib import Path
from typing import Final

from brim.base.errors import BrimError
from brim.base.folders import sync_folder

CLUSTER: Final = "cluster"
UPGRADING: Final = "cluster.upgrading"
UPGRADED: Final = "cluster.upgraded"
_EARLIER: Final = "cluster.postgresql-"


class OtherMajorVersionError(BrimError):
    """The data folder was written by another major version of PostgreSQL."""

    def __init__(self, cluster: Path, *, found: int, wanted: int) -> None:
        move = f"Run brim upgrade --data-dir {cluster.parent.parent}; until then the earlier Brim keeps working on it."
        way_out = move if found < wanted else "Use the Brim that wrote it, or a newer one."
        super().__init__(
            f"The database in {cluster} was written by PostgreSQL {found}, and this Brim brings PostgreSQL {wanted}. "
            + way_out
        )


def earlier_cluster(folder: Path, major: int) -> Path:
    """Return what the earlier data directory is called after an upgrade."""
    return folder / f"{_EARLIER}{major}"


def switch(folder: Path, major: int) -> None:
    """Put the upgraded data directory, which is verified, in the place of the one of an earlier major version."""
    (folder / UPGRADING).rename(folder / UPGRADED)
    (folder / CLUSTER).rename(earlier_cluster(folder, major))
    sync_folder(folder)
    finish_switch(folder)


def finish_switch(folder: Path) -> None:
    """Make the last rename of a switch that was cut short; does nothing where none was."""
    upgraded = folder / UPGRADED
    if not (folder / CLUSTER).exists() and upgraded.exists():
        upgraded.rename(folder / CLUSTER)
        sync_folder(folder)
