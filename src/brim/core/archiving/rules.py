"""What PostgreSQL says of its archiver, and when somebody has to look."""

from typing import Final

import msgspec

_NAME_LENGTH: Final = 24
_SEGMENTS_PER_LOG: Final = 256
"""Of 16 MB each; a server with other ones has more or less waiting than is said."""


class Archiving(msgspec.Struct, frozen=True, kw_only=True):
    """Whether WAL is archived at all, and how that went; times are Unix milliseconds, None for never."""

    is_on: bool
    last_archived: str | None
    last_archived_ms: int | None
    last_failed: str | None
    last_failed_ms: int | None
    current: str

    @property
    def is_failing(self) -> bool:
        """Whether the last try failed."""
        return self.is_on and self.last_failed_ms is not None and self.last_failed_ms >= (self.last_archived_ms or 0)

    @property
    def waiting(self) -> int | None:
        """How many whole segments wait; None where nothing was archived since PostgreSQL has counted."""
        if self.last_archived is None or len(self.last_archived) < _NAME_LENGTH:
            return None
        return max(0, _number(self.current) - _number(self.last_archived) - 1)

    @property
    def problem(self) -> str | None:
        """What somebody has to look at, in a sentence; None for nothing."""
        if not self.is_failing:
            return None
        waiting = "" if self.waiting is None else f" {self.waiting} segments of 16 MB wait in the data folder."
        return (
            f"WAL is not archived: {self.last_failed} failed, and is tried again every minute.{waiting} The log of "
            "brim serve, or PostgreSQL's, has the reason. Nothing else stops until the disk is full."
        )


def _number(name: str) -> int:
    """Return the number of a segment, by the name of its file."""
    return int(name[8:16], 16) * _SEGMENTS_PER_LOG + int(name[16:24], 16)
