"""What is kept of one database in a store: base backups, their WAL, and whose they are.

`cluster` names the database: its system identifier, which PostgreSQL makes once for each. `wal/<timeline>/` has the
files of WAL by PostgreSQL's names, `base/<id>/` a base backup: `data.tar`, `folder` (the keys that lie beside the
database), and, last of all, `manifest`, without which there is no backup. Every object is sealed (`sealing`).

`brim upgrade` makes another cluster of the same database, whose WAL begins anew. What is kept of it has the same names
below `upgraded/001/`, of the next one below `upgraded/002/`; an archive is of one cluster of these.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from brim.base import json_codec
from brim.base.errors import BrimError
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
from brim.platform.sealing import BackupKey, Readable, SealBrokenError, open_whole, opened, seal

Kind = TypeVar("Kind")

FORMAT: Final = 1
_CLUSTER: Final = "cluster"
_WAL: Final = "wal/"
_BASES: Final = "base/"
_UPGRADED: Final = "upgraded/"
_MANIFEST: Final = "manifest"
DATA: Final = "data.tar"
FOLDER: Final = "folder"


class OtherClusterError(BrimError):
    """The place has the backups of another database."""

    def __init__(self, place: str, found: str, ours: str) -> None:
        super().__init__(
            f"{place} has the backups of another database (system identifier {found}; this one has {ours}). "
            f"Each database needs its own backup store. Choose another one with --backup-store."
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
    """Whose backups a place has; the major version of its PostgreSQL is unknown where an earlier Brim wrote this."""

    format: int
    system_identifier: str
    created_ms: int
    server_version: str | None = None


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
    """The backups of one database in a store: those of one cluster, where it was upgraded to several.

    Args:
        store: where they are.
        keys: the first seals, all open.
        own_version: returns the major version of PostgreSQL that this Brim brings. Of several clusters whoever reads
            means the last one of it, as no other can be restored; a writer says which one by `claim`.
    """

    def __init__(
        self, store: Store, keys: Sequence[BackupKey], *, own_version: Callable[[], str | None] = lambda: None
    ) -> None:
        self._store = store
        self._keys = keys
        self._own_version = own_version
        self._chosen: str | None = None
        self._is_ours = False

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self._store.place

    def claim(
        self,
        system_identifier: str,
        *,
        now_ms: int,
        earlier: Sequence[str] = (),
        server_version: str | None = None,
    ) -> None:
        """Take the place for a database, or find that it is its own already.

        Args:
            system_identifier: the cluster's.
            now_ms: when it happens.
            earlier: those of the clusters that it was upgraded from.
            server_version: the major version of its PostgreSQL.

        Raises:
            OtherClusterError: it is another one's.
            StoreError: the store does not answer.
        """
        ours = Cluster(
            format=FORMAT, system_identifier=system_identifier, created_ms=now_ms, server_version=server_version
        )
        while not self._is_ours:
            clusters = self._clusters()
            identifiers = [found.system_identifier for found in clusters]
            if system_identifier in identifiers:
                self._chosen = _below(identifiers.index(system_identifier))
                self._is_ours = True
            elif clusters and not set(identifiers) & set(earlier):
                raise OtherClusterError(self.place, identifiers[-1], system_identifier)
            else:
                with suppress(ObjectExistsError):  # another one was quicker
                    self._put(_below(len(clusters)) + _CLUSTER, [json_codec.encode(ours)])

    def cluster(self) -> Cluster:
        """Return whose backups these are.

        Raises:
            NoBackupsError: there are none.
            NewerBackupError: a newer version wrote them.
            SealBrokenError: none of the keys opens them.
        """
        found = self._find_cluster(self._at)
        if found is None:
            raise NoBackupsError(self.place)
        return found

    def of_each_cluster(self) -> list["Archive"]:
        """Return the archives of all clusters in the place, the first one first."""
        archives = [Archive(self._store, self._keys) for _ in self._clusters()]
        for number, archive in enumerate(archives):
            archive._chosen = _below(number)  # noqa: SLF001  of the same class
        return archives

    def versions_beside(self) -> list[str]:
        """Return the major versions of PostgreSQL of which backups of other clusters are in the same place."""
        others = [each for each in self.of_each_cluster() if not each.is_of_same_cluster(self)]
        return sorted({manifest.server_version for each in others for manifest in each.manifests()})

    def is_of_same_cluster(self, other: "Archive") -> bool:
        """Tell whether another archive of the place is of the same cluster."""
        return self._at == other._at  # noqa: SLF001  of the same class

    @property
    def _at(self) -> str:
        """Where the objects of the cluster are."""
        if self._chosen is None:
            clusters = self._clusters()
            if not clusters:
                return ""
            number = len(clusters) - 1
            if number:
                fitting = (None, self._own_version())
                number = max(
                    (at for at, found in enumerate(clusters) if found.server_version in fitting), default=number
                )
            self._chosen = _below(number)
        return self._chosen

    def _clusters(self) -> list[Cluster]:
        found: list[Cluster] = []
        while (cluster := self._find_cluster(_below(len(found)))) is not None:
            found.append(cluster)
        return found

    def _find_cluster(self, at: str) -> Cluster | None:
        try:
            found = self._decoded(at + _CLUSTER, Cluster)
        except ObjectMissingError:
            if next(iter(self._store.list(at)), None) is not None:
                raise SealBrokenError(at + _CLUSTER, "it is missing, and other objects are there") from None
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
            self._put(self._wal_name(name), [head, content])
        except ObjectExistsError:
            if self.get_wal(name).content != content:
                raise OtherContentError(name) from None

    def get_wal(self, name: str) -> WalFile:
        """Return a file of WAL.

        Raises:
            ObjectMissingError: it is not there.
            SealBrokenError: it is not what was stored, or not a whole segment.
        """
        stored = self._wal_name(name)
        with self._store.open(stored) as sealed:
            head, _, content = open_whole(sealed, self._keys, name=stored).partition(b"\n")
        if segment_of(name) and len(content) != SEGMENT_BYTES:
            raise SealBrokenError(stored, f"it has {len(content)} bytes and isn't a whole segment")
        return WalFile(content, json_codec.decode(head, type=_WalHead).completed_ms)

    def list_wal(self) -> StoredWal:
        """Return all files of WAL that are there."""
        files = {each.name.rpartition("/")[2]: each for each in self._store.list(self._at + _WAL)}
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
        self._store.remove(self._wal_name(name))

    # Base backups

    def put_part(self, base: str, part: str, content: Iterable[bytes]) -> ManifestObject:
        """Store an object of a base backup."""
        name = self._part_name(base, part)
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
        self._put(self._part_name(manifest.id, _MANIFEST), [json_codec.encode(manifest)])

    def manifests(self) -> list[Manifest]:
        """Return the base backups, the oldest first.

        Raises:
            SealBrokenError: a manifest is not what was stored.
        """
        names = [each.name for each in self._store.list(self._at + _BASES)]
        ids = sorted(name.split("/")[-2] for name in names if name.endswith("/" + _MANIFEST))
        return [self._decoded(self._part_name(base, _MANIFEST), Manifest) for base in ids]

    def unfinished_bases(self) -> dict[str, list[StoredObject]]:
        """Return, by what would be its id, the objects of base backups that have no manifest."""
        found: dict[str, list[StoredObject]] = {}
        for each in self._store.list(self._at + _BASES):
            found.setdefault(each.name.split("/")[-2], []).append(each)
        return {
            base: parts
            for base, parts in found.items()
            if self._part_name(base, _MANIFEST) not in [p.name for p in parts]
        }

    @contextmanager
    def part(self, base: str, part: str) -> Iterator[Iterator[bytes]]:
        """Give the content of an object of a base backup, piece by piece; it is certain only once it was read whole.

        Raises:
            ObjectMissingError: it is not there.
            SealBrokenError: it is not what was stored.
        """
        name = self._part_name(base, part)
        with self._store.open(name) as sealed:
            yield opened(sealed, self._keys, name=name)

    def check_part(self, manifest: Manifest, part: ManifestObject) -> None:
        """Read an object of a base backup and find that it is what the manifest says.

        Raises:
            ObjectMissingError: it is not there.
            SealBrokenError: it is something else.
        """
        name = self._part_name(manifest.id, part.name)
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
        self._store.remove(self._part_name(base, _MANIFEST))
        for each in list(self._store.list(f"{self._at}{_BASES}{base}/")):
            self._store.remove(each.name)

    def remove_unfinished(self, *, now_ms: int) -> None:
        """Remove what killed writers left."""
        self._store.remove_unfinished(now_ms=now_ms)

    def _wal_name(self, name: str) -> str:
        return f"{self._at}{_WAL}{name[:8]}/{name}"

    def _part_name(self, base: str, part: str) -> str:
        return f"{self._at}{_BASES}{base}/{part}"

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


def _below(number: int) -> str:
    """Return what the names of a cluster's objects begin with, by how many clusters the database had before."""
    return f"{_UPGRADED}{number:03}/" if number else ""
