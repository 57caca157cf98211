"""What is kept of one database in a store: base backups, their WAL, and whose they are.

`cluster` names the database: its system identifier, which PostgreSQL makes once for each. `wal/<timeline>/` has the
files of WAL by PostgreSQL's names, `base/<id>/` a base backup: `data.tar`, `folder` (the keys that lie beside the
database), and, last of all, `manifest`, without which there is no backup. Every object is sealed (`sealing`).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.host.backups.sealing import BackupKey, Readable, SealBrokenError, open_whole, opened, seal
from brim.host.backups.stores import ObjectExistsError, ObjectMissingError, Store, StoredObject, Tally, Written, counted
from brim.host.backups.wal import (
    SEGMENT_BYTES,
    Segment,
    Switch,
    history_name,
    is_wal_file,
    number_at,
    number_of,
    parse_history,
    segment_of,
    timeline_of,
)

Kind = TypeVar("Kind")

FORMAT: Final = 1
_CLUSTER: Final = "cluster"
_WAL: Final = "wal/"
_BASES: Final = "base/"
_MANIFEST: Final = "manifest"
DATA: Final = "data.tar"
FOLDER: Final = "folder"


class OtherClusterError(BrimError):
    """The place has the backups of another database."""

    def __init__(self, place: str, found: str, ours: str) -> None:
        super().__init__(
            f"{place} has the backups of another database (system identifier {found}; this one has {ours}). Each "
            "database needs a place of its own: choose another one with --backup-store."
        )


class NoBackupsError(BrimError):
    """The place has no backups."""

    def __init__(self, place: str) -> None:
        super().__init__(f"There are no backups in {place}.")


class NewerBackupError(BrimError):
    """The backups were written by a newer version of Brim."""

    def __init__(self, place: str, found: int) -> None:
        super().__init__(f"The backups in {place} have format {found}, and this version knows {FORMAT}. Upgrade Brim.")


class OtherContentError(BrimError):
    """A file of WAL is in the archive already, with other content."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The archive has another file of the name {name}: another copy of this database archives to the same "
            "place, or did. Give one of them another --backup-store; this file is kept in the data folder until then."
        )


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Whose backups a place has."""

    format: int
    system_identifier: str
    created_ms: int


class ManifestObject(msgspec.Struct, frozen=True, kw_only=True):
    """An object of a base backup: its bytes and their hash as they are stored, and as they were before."""

    name: str
    size: int
    sha256: str
    plain_size: int
    plain_sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A base backup: what it consists of, and which WAL goes with it. Times are Unix milliseconds."""

    format: int
    id: str
    system_identifier: str
    server_version: str
    brim_version: str
    begun_ms: int
    ended_ms: int
    timeline: int
    start: str
    stop: str
    objects: tuple[ManifestObject, ...]

    @property
    def size(self) -> int:
        """How many bytes it takes in the store, without its WAL."""
        return sum(each.size for each in self.objects)


class _WalHead(msgspec.Struct, frozen=True, kw_only=True):
    """What is noted before the content of a file of WAL."""

    completed_ms: int


@dataclass(frozen=True)
class WalFile:
    """A file of WAL as it was archived, and when PostgreSQL had completed it, in Unix milliseconds."""

    content: bytes
    completed_ms: int


@dataclass(frozen=True)
class StoredWal:
    """All files of WAL in the store, by PostgreSQL's names."""

    files: dict[str, StoredObject]

    @property
    def segments(self) -> set[Segment]:
        """The whole segments."""
        return {segment for name in self.files if (segment := segment_of(name))}

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return sum(file.size for file in self.files.values())

    def names_before(self, position: int) -> list[str]:
        """Return the files that only a restore from before a position of the log needs; histories are always needed."""
        first = number_at(position)
        return sorted(name for name in self.files if (number := number_of(name)) is not None and number < first)


class Archive:
    """The backups of one database in a store."""

    def __init__(self, store: Store, keys: Sequence[BackupKey]) -> None:
        self._store = store
        self._keys = keys
        self._is_ours = False

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self._store.place

    def claim(self, system_identifier: str, *, now_ms: int) -> None:
        """Take the place for a database, or find that it is its own already.

        Raises:
            OtherClusterError: it is another one's.
            StoreError: the store does not answer.
        """
        if self._is_ours:
            return
        ours = Cluster(format=FORMAT, system_identifier=system_identifier, created_ms=now_ms)
        found = self._find_cluster()
        if found is None:
            with suppress(ObjectExistsError):  # another one was quicker
                self._put(_CLUSTER, [json_codec.encode(ours)])
            found = self.cluster()
        if found.system_identifier != system_identifier:
            raise OtherClusterError(self.place, found.system_identifier, system_identifier)
        self._is_ours = True

    def cluster(self) -> Cluster:
        """Return whose backups these are.

        Raises:
            NoBackupsError: there are none.
            NewerBackupError: a newer version wrote them.
            SealBrokenError: none of the keys opens them.
        """
        found = self._find_cluster()
        if found is None:
            raise NoBackupsError(self.place)
        return found

    def _find_cluster(self) -> Cluster | None:
        try:
            found = self._decoded(_CLUSTER, Cluster)
        except ObjectMissingError:
            if next(iter(self._store.list("")), None) is not None:
                raise SealBrokenError(_CLUSTER, "it is missing, and other objects are there") from None
            return None
        if found.format > FORMAT:
            raise NewerBackupError(self.place, found.format)
        return found

    # Files of WAL

    def put_wal(self, name: str, content: bytes, *, completed_ms: int) -> None:
        """Store a file of WAL; the same one again does nothing.

        Raises:
            OtherContentError: there is one of this name with other content, which stays.
            StoreError: it could not be stored.
        """
        head = json_codec.encode(_WalHead(completed_ms=completed_ms)) + b"\n"
        try:
            self._put(_wal_name(name), [head, content])
        except ObjectExistsError:
            if self.get_wal(name).content != content:
                raise OtherContentError(name) from None

    def get_wal(self, name: str) -> WalFile:
        """Return a file of WAL.

        Raises:
            ObjectMissingError: it is not there.
            SealBrokenError: it is not what was stored, or not a whole segment.
        """
        stored = _wal_name(name)
        with self._store.open(stored) as sealed:
            head, _, content = open_whole(sealed, self._keys, name=stored).partition(b"\n")
        if segment_of(name) and len(content) != SEGMENT_BYTES:
            raise SealBrokenError(stored, f"it has {len(content)} bytes and is no whole segment")
        return WalFile(content, json_codec.decode(head, type=_WalHead).completed_ms)

    def list_wal(self) -> StoredWal:
        """Return all files of WAL that are there."""
        files = {each.name.rpartition("/")[2]: each for each in self._store.list(_WAL)}
        return StoredWal({name: each for name, each in files.items() if is_wal_file(name)})

    def histories(self, wal: StoredWal) -> dict[int, tuple[Switch, ...]]:
        """Return, by timeline, those that it comes from.

        Raises:
            SealBrokenError: a history file is not what was stored.
        """
        timelines = {timeline_of(name) for name in wal.files}
        return {
            timeline: parse_history(self.get_wal(history_name(timeline)).content.decode())
            for timeline in timelines
            if history_name(timeline) in wal.files
        }

    def remove_wal(self, name: str) -> None:
        """Remove a file of WAL."""
        self._store.remove(_wal_name(name))

    # Base backups

    def put_part(self, base: str, part: str, content: Iterable[bytes]) -> ManifestObject:
        """Store an object of a base backup."""
        name = _part_name(base, part)
        tally = Tally()
        written = self._put(name, counted(content, tally))
        return ManifestObject(
            name=part,
            size=written.size,
            sha256=written.sha256,
            plain_size=tally.size,
            plain_sha256=tally.written.sha256,
        )

    def put_manifest(self, manifest: Manifest) -> None:
        """Make a base backup of objects that were stored."""
        self._put(_part_name(manifest.id, _MANIFEST), [json_codec.encode(manifest)])

    def manifests(self) -> list[Manifest]:
        """Return the base backups, the oldest first.

        Raises:
            SealBrokenError: a manifest is not what was stored.
        """
        names = [each.name for each in self._store.list(_BASES)]
        ids = sorted(name.split("/")[1] for name in names if name.endswith("/" + _MANIFEST))
        return [self._decoded(_part_name(base, _MANIFEST), Manifest) for base in ids]

    def unfinished_bases(self) -> dict[str, list[StoredObject]]:
        """Return, by what would be its id, the objects of base backups that have no manifest."""
        found: dict[str, list[StoredObject]] = {}
        for each in self._store.list(_BASES):
            found.setdefault(each.name.split("/")[1], []).append(each)
        return {
            base: parts for base, parts in found.items() if _part_name(base, _MANIFEST) not in [p.name for p in parts]
        }

    @contextmanager
    def part(self, base: str, part: str) -> Iterator[Iterator[bytes]]:
        """Give the content of an object of a base backup, piece by piece; it is certain only once it was read whole.

        Raises:
            ObjectMissingError: it is not there.
            SealBrokenError: it is not what was stored.
        """
        name = _part_name(base, part)
        with self._store.open(name) as sealed:
            yield opened(sealed, self._keys, name=name)

    def check_part(self, manifest: Manifest, part: ManifestObject) -> None:
        """Read an object of a base backup and find that it is what the manifest says.

        Raises:
            ObjectMissingError: it is not there.
            SealBrokenError: it is something else.
        """
        name = _part_name(manifest.id, part.name)
        stored, plain = Tally(), Tally()
        with self._store.open(name) as sealed:
            for piece in opened(_Watched(sealed, stored), self._keys, name=name):
                plain(piece)
        if stored.written != Written(part.size, part.sha256) or plain.written != Written(
            part.plain_size, part.plain_sha256
        ):
            raise SealBrokenError(name, "it is not what the manifest says")

    def remove_base(self, base: str) -> None:
        """Remove a base backup, the manifest first, so that a half of it is none."""
        self._store.remove(_part_name(base, _MANIFEST))
        for each in list(self._store.list(f"{_BASES}{base}/")):
            self._store.remove(each.name)

    def remove_unfinished(self, *, now_ms: int) -> None:
        """Remove what killed writers left."""
        self._store.remove_unfinished(now_ms=now_ms)

    def _put(self, name: str, content: Iterable[bytes]) -> Written:
        return self._store.put(name, seal(content, self._keys, name=name))

    def _decoded(self, name: str, kind: type[Kind]) -> Kind:
        with self._store.open(name) as sealed:
            return json_codec.decode(open_whole(sealed, self._keys, name=name), type=kind)


class _Watched:
    """A stream that shows what is read of it."""

    def __init__(self, stream: Readable, tally: Tally) -> None:
        self._stream = stream
        self._tally = tally

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, or fewer."""
        piece = self._stream.read(size)
        self._tally(piece)
        return piece


def _wal_name(name: str) -> str:
    return f"{_WAL}{name[:8]}/{name}"


def _part_name(base: str, part: str) -> str:
    return f"{_BASES}{base}/{part}"
