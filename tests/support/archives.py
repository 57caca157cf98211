"""Archives of backups that no PostgreSQL wrote: segments of nothing, and base backups of a few bytes."""

from collections.abc import Iterable
from typing import Final

from brim.host.backups.archive import DATA, FOLDER, FORMAT, Archive, Manifest
from brim.host.backups.wal import SEGMENT_BYTES, Segment, format_lsn

IDENTIFIER: Final = "7450000000000000001"


def put_segments(archive: Archive, timeline: int, numbers: Iterable[int], *, identifier: str = IDENTIFIER) -> None:
    """Archive segments; number 5 was completed at 5,000 ms."""
    archive.claim(identifier, now_ms=0)
    for number in numbers:
        name = Segment(timeline, number).name
        archive.put_wal(name, number.to_bytes(8) + bytes(SEGMENT_BYTES - 8), completed_ms=number * 1000)


def put_base(archive: Archive, *, at: int, timeline: int = 1, identifier: str = IDENTIFIER) -> Manifest:
    """Store a base backup that begins and ends in a segment; its id has the number."""
    archive.claim(identifier, now_ms=0)
    base = f"base-{at:03}"
    parts = (archive.put_part(base, DATA, [b"files"]), archive.put_part(base, FOLDER, [b"{}"]))
    manifest = Manifest(
        format=FORMAT,
        id=base,
        system_identifier=identifier,
        server_version="18",
        brim_version="1",
        begun_ms=at * 1000 - 500,
        ended_ms=at * 1000,
        timeline=timeline,
        start=format_lsn(at * SEGMENT_BYTES + 40),
        stop=format_lsn(at * SEGMENT_BYTES + 400),
        objects=parts,
    )
    archive.put_manifest(manifest)
    return manifest


def history_of(*switches: tuple[int, int]) -> bytes:
    """Return a history file: timelines and the segments in which they were left."""
    return "".join(
        f"{timeline}\t{format_lsn(number * SEGMENT_BYTES + 40)}\tx\n" for timeline, number in switches
    ).encode()
