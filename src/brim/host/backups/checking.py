"""Which base backup and which WAL a moment needs, and whether they are there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from brim.base.errors import BrimError
from brim.host.backups.archive import Archive, Manifest, StoredWal
from brim.host.backups.wal import Reach, Segment, Switch, history_name, number_at, number_before, parse_lsn, reach


class BaseWithoutWalError(BrimError):
    """A base backup lacks WAL that was written while it was made; the files in it do not go together."""

    def __init__(self, base: str, missing: Segment) -> None:
        super().__init__(
            f"The base backup {base} restores nothing: its WAL is not in the archive ({missing} is missing). "
            f"Create another one with brim backup create."
        )


class WalGapError(BrimError):
    """A segment is missing, and later ones are there."""

    def __init__(self, base: str, missing: Segment, ends_ms: int | None) -> None:
        until = "" if ends_ms is None else f" From it, moments until {tell_moment(ends_ms)} can be restored with --at."
        super().__init__(f"The WAL after the base backup {base} has a gap: {missing} is missing.{until}")


class NothingThatOldError(BrimError):
    """All base backups are younger than the moment, or there is none, where all is asked for."""

    def __init__(self, at_ms: int | None, beside: Sequence[str]) -> None:
        none = (
            "There is no base backup. Create one with brim backup create."
            if at_ms is None
            else f"No base backup was finished before {tell_moment(at_ms)}, so that moment cannot be restored."
        )
        other = (
            f" In the same place are base backups of PostgreSQL {' and '.join(beside)}, from before an upgrade: the "
            "Brim that made them restores them."
        )
        super().__init__(none + (other if beside else ""))


class NothingThatYoungError(BrimError):
    """The archive ends before the moment."""

    def __init__(self, at_ms: int, ends_ms: int) -> None:
        super().__init__(
            f"The archive reaches until {tell_moment(ends_ms)}, which is before {tell_moment(at_ms)}. What was written "
            "since is in the data folder alone, if anywhere. To restore all that there is: --at latest."
        )


class NoWayToTimelineError(BrimError):
    """There is no base backup from which a timeline can be reached."""

    def __init__(self, timeline: int) -> None:
        super().__init__(f"No base backup leads to the timeline {timeline}.")


class TwoCopiesError(BrimError):
    """A timeline went on after another one had begun, so two copies of the database lived, and one of them is meant."""

    def __init__(self, ends: Mapping[int, int]) -> None:
        told = ", ".join(f"{timeline} (until {tell_moment(end_ms)})" for timeline, end_ms in sorted(ends.items()))
        super().__init__(
            f"Two copies of the database were archived to the same store at the same time, on the timelines "
            f"{told}. Choose one with --timeline."
        )


class NoSuchBaseError(BrimError):
    """There is no base backup of that id."""

    def __init__(self, base: str) -> None:
        super().__init__(f"There is no base backup {base}; brim backup list lists them.")


@dataclass(frozen=True)
class Contents:
    """What an archive has."""

    manifests: Sequence[Manifest]
    wal: StoredWal
    histories: Mapping[int, Sequence[Switch]]

    @property
    def newest_timeline(self) -> int:
        """The timeline that was begun last."""
        return max(
            (
                *(segment.timeline for segment in self.wal.segments),
                *self.histories,
                *(m.timeline for m in self.manifests),
            )
        )

    def reach(self, manifest: Manifest, timeline: int) -> Reach | None:
        """Return how far the log goes from a base backup towards a timeline; None where no way leads there."""
        return reach(start_of(manifest), timeline, self.histories, self.wal.segments)


@dataclass(frozen=True)
class Plan:
    """How a moment is restored: from which base backup, to which timeline, reading what; None means to the end."""

    manifest: Manifest
    timeline: int
    reach: Reach
    at_ms: int | None


def tell_moment(at_ms: int) -> str:
    """Return a moment as a person reads it and `--at` takes it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def start_of(manifest: Manifest) -> Segment:
    """Return the first segment that a base backup needs."""
    return Segment(manifest.timeline, number_at(parse_lsn(manifest.start)))


def missing_of_base(manifest: Manifest, there: Collection[Segment]) -> Segment | None:
    """Return the first segment without which a base backup is worth nothing and that is not there."""
    first, last = start_of(manifest), number_before(parse_lsn(manifest.stop))
    needed = (Segment(manifest.timeline, number) for number in range(first.number, last + 1))
    return next((segment for segment in needed if segment not in there), None)


def read_contents(archive: Archive) -> Contents:
    """Return what an archive has.

    Raises:
        NoBackupsError: nothing.
        SealBrokenError: a manifest or a history file is not what was stored.
        StoreError: the store does not answer.
    """
    archive.cluster()
    wal = archive.list_wal()
    return Contents(archive.manifests(), wal, archive.histories(wal))


def ends_ms(archive: Archive, found: Reach) -> int | None:
    """Return until when the log goes, in Unix milliseconds: when its last whole segment was completed."""
    return None if found.last is None else archive.get_wal(found.last.name).completed_ms


def plan_restore(
    archive: Archive, *, at_ms: int | None = None, timeline: int | None = None, base: str | None = None
) -> Plan:
    """Return how a moment is restored.

    Args:
        archive: where from.
        at_ms: the moment in Unix milliseconds; None means all that there is.
        timeline: of which course of things; None means the newest, if all others had ended when it began.
        base: from which base backup; None means the newest that is old enough.

    Raises:
        NothingThatOldError, NoWayToTimelineError, NoSuchBaseError: no base backup does.
        TwoCopiesError: several timelines could be meant.
        BaseWithoutWalError, WalGapError: WAL is missing.
        NothingThatYoungError: the archive ends before.
    """
    contents = read_contents(archive)
    if not contents.manifests:
        raise NothingThatOldError(at_ms, archive.versions_beside())
    if timeline is None:
        timeline = contents.newest_timeline
        _check_one_copy(archive, contents)
    ways = [(manifest, way) for manifest in contents.manifests if (way := contents.reach(manifest, timeline))]
    if not ways:
        raise NoWayToTimelineError(timeline)
    if base is not None:
        ways = [(manifest, way) for manifest, way in ways if manifest.id == base]
        if not ways:
            raise NoSuchBaseError(base)
    fitting = [(manifest, way) for manifest, way in ways if at_ms is None or manifest.ended_ms <= at_ms]
    if not fitting:
        raise NothingThatOldError(at_ms, archive.versions_beside())
    manifest, way = fitting[-1]
    missing = missing_of_base(manifest, contents.wal.segments)
    if missing is not None:
        raise BaseWithoutWalError(manifest.id, missing)
    end_ms = ends_ms(archive, way)
    if way.missing is not None and (at_ms is None or end_ms is None or at_ms > end_ms):
        raise WalGapError(manifest.id, way.missing, end_ms)
    if at_ms is not None and end_ms is not None and at_ms > end_ms:
        raise NothingThatYoungError(at_ms, end_ms)
    return Plan(manifest, timeline, way, at_ms)


def _check_one_copy(archive: Archive, contents: Contents) -> None:
    """Check that no other timeline went on after the newest one had begun: it may be that of a trial.

    Raises:
        TwoCopiesError: one did.
    """
    history = history_name(contents.newest_timeline)
    if history not in contents.wal.files:
        return
    began_ms = archive.get_wal(history).completed_ms
    last: dict[int, Segment] = {}
    for segment in sorted(contents.wal.segments):
        last[segment.timeline] = segment
    ends = {timeline: archive.get_wal(segment.name).completed_ms for timeline, segment in last.items()}
    if any(timeline != contents.newest_timeline and end_ms > began_ms for timeline, end_ms in ends.items()):
        raise TwoCopiesError(ends)
