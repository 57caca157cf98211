"""What PostgreSQL calls its files of WAL, and which of them one moment needs: arithmetic, no files.

A segment is named by its timeline and its number. A restore begins a new timeline, whose history file says from which
other one it comes and where it left it.

Source: PostgreSQL documentation, "Continuous Archiving and Point-in-Time Recovery", "WAL Internals"; the formats of
`src/backend/access/transam/timeline.c` and `src/include/access/xlog_internal.h`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SEGMENT_BYTES: Final = 16 * 1024 * 1024
"""What `initdb` chooses unless it is told otherwise."""

_SEGMENTS_PER_XLOG: Final = 0x1_0000_0000 // SEGMENT_BYTES
_FILE: Final = re.compile(
    r"(?P<timeline>[0-9A-F]{8})(\.history|(?P<log>[0-9A-F]{8})(?P<segment>[0-9A-F]{8})(?P<more>\.[0-9A-F]{8}\.backup|\.partial)?)"
)
_LSN: Final = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})")
_HISTORY_LINE: Final = re.compile(r"\s*(\d+)\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})")


@dataclass(frozen=True, order=True)
class Segment:
    """One segment: its timeline, and its number since the beginning of the log."""

    timeline: int
    number: int

    @property
    def name(self) -> str:
        """What PostgreSQL calls its file."""
        log, segment = divmod(self.number, _SEGMENTS_PER_XLOG)
        return f"{self.timeline:08X}{log:08X}{segment:08X}"

    def __str__(self) -> str:
        return self.name


def is_wal_file(name: str) -> bool:
    """Tell whether a name is that of a file which PostgreSQL archives."""
    return _FILE.fullmatch(name) is not None


def timeline_of(name: str) -> int:
    """Return the timeline of a file that PostgreSQL archives.

    Raises:
        ValueError: it archives no such file.
    """
    match = _FILE.fullmatch(name)
    if match is None:
        raise ValueError(name)
    return int(match["timeline"], 16)


def segment_of(name: str) -> Segment | None:
    """Return the segment that a file is, None for a history file or one that is not whole."""
    match = _FILE.fullmatch(name)
    number = number_of(name)
    return None if match is None or number is None or match["more"] else Segment(int(match["timeline"], 16), number)


def number_of(name: str) -> int | None:
    """Return the number of the segment that a file is, whole or in part, or is about; None for a history file."""
    match = _FILE.fullmatch(name)
    if match is None or match["log"] is None:
        return None
    return int(match["log"], 16) * _SEGMENTS_PER_XLOG + int(match["segment"], 16)


def history_name(timeline: int) -> str:
    """Return what PostgreSQL calls the history file of a timeline."""
    return f"{timeline:08X}.history"


def parse_lsn(text: str) -> int:
    """Return a position in the log, which is written as `0/2000028`.

    Raises:
        ValueError: it is written otherwise.
    """
    match = _LSN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1], 16) << 32 | int(match[2], 16)


def format_lsn(position: int) -> str:
    """Return a position in the log as PostgreSQL writes it."""
    return f"{position >> 32:X}/{position & 0xFFFF_FFFF:X}"


def number_at(position: int) -> int:
    """Return the number of the segment that has a position."""
    return position // SEGMENT_BYTES


def number_before(position: int) -> int:
    """Return the number of the segment that has the last byte before a position."""
    return (position - 1) // SEGMENT_BYTES


@dataclass(frozen=True)
class Switch:
    """Where a timeline was left for the next one."""

    timeline: int
    position: int


def parse_history(text: str) -> tuple[Switch, ...]:
    """Return the timelines that one comes from, the first one first, as its history file says."""
    lines = [line.partition("#")[0] for line in text.splitlines()]
    matches = [_HISTORY_LINE.match(line) for line in lines]
    return tuple(Switch(int(match[1]), parse_lsn(match[2])) for match in matches if match)


@dataclass(frozen=True)
class Reach:
    """How far the log goes without a gap from where a base backup begins, on the way to a timeline.

    Attributes:
        segments: what a restore reads, in order.
        missing: the first segment that it would need and that is not there although later ones are; None without a gap.
    """

    segments: tuple[Segment, ...]
    missing: Segment | None

    @property
    def last(self) -> Segment | None:
        """The last segment that can be read."""
        return self.segments[-1] if self.segments else None


def reach(
    start: Segment, timeline: int, histories: Mapping[int, Sequence[Switch]], there: Collection[Segment]
) -> Reach | None:
    """Return how far the log can be read from a segment on the way to a timeline; None where no way leads there.

    Args:
        start: where a base backup begins.
        timeline: where to.
        histories: by timeline, those that it comes from.
        there: the segments that were archived.
    """
    steps = _steps(start, timeline, histories)
    if steps is None:
        return None
    found: list[Segment] = []
    for step, end in steps:
        number = step.number
        while end is None or number < end:
            segment = Segment(step.timeline, number)
            if segment not in there:
                is_gap = end is not None or any(
                    other.timeline == step.timeline and other.number > number for other in there
                )
                return Reach(tuple(found), segment if is_gap else None)
            found.append(segment)
            number += 1
    return Reach(tuple(found), None)


def _steps(
    start: Segment, timeline: int, histories: Mapping[int, Sequence[Switch]]
) -> list[tuple[Segment, int | None]] | None:
    """Return where each timeline on the way begins to be read, and the number before which it ends."""
    if timeline == start.timeline:
        return [(start, None)]
    way = histories.get(timeline, ())
    if start.timeline not in [switch.timeline for switch in way]:
        return None
    steps: list[tuple[Segment, int | None]] = []
    position = start
    for switch, following in _pairs(way, timeline):
        if switch.timeline < start.timeline:
            continue
        end = number_at(switch.position)  # the new timeline has a copy of the segment in which it begins
        if end < position.number:
            return None  # the base backup begins after the log was left
        steps.append((position, end))
        position = Segment(following, end)
    steps.append((position, None))
    return steps


def _pairs(way: Sequence[Switch], timeline: int) -> Iterator[tuple[Switch, int]]:
    """Yield each timeline with the one that follows it."""
    following = [*(switch.timeline for switch in way[1:]), timeline]
    yield from zip(way, following, strict=True)
