"""Where the objects of a backup lie: names, bytes, and nothing else. A folder here; `s3` has the other kind.

An object appears whole or not at all, durably, and is never changed.
"""

import contextlib
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from brim.base.errors import BrimError
from brim.base.folders import sync_folder
from brim.platform.sealing import Readable

S3_SCHEME: Final = "s3://"
_UNFINISHED: Final = ".part-"
_UNFINISHED_AFTER_MS: Final = 24 * 60 * 60 * 1000
"""How old what a killed writer has left must be before it is removed: no object takes so long."""


class StoreError(BrimError):
    """The store cannot be reached, or refuses."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"The backups in {place} cannot be used: {reason}")


class ObjectExistsError(Exception):
    """There is an object of this name already; it stays as it is."""


class ObjectMissingError(BrimError):
    """There is no object of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The object {name} of the backup is missing.")


@dataclass(frozen=True)
class Written:
    """What was stored: how many bytes, and their SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class StoredObject:
    """An object as the store lists it."""

    name: str
    size: int
    modified_ms: int


class Store(Protocol):
    """A place for objects. Names have parts with slashes between."""

    place: str
    """Where it is, for people."""

    def put(self, name: str, content: Iterable[bytes]) -> Written:
        """Store a new object durably.

        Raises:
            ObjectExistsError: there is one of this name.
            StoreError: it cannot be stored; what there is of it is no object.
        """
        ...

    def open(self, name: str) -> contextlib.AbstractContextManager[Readable]:
        """Give an object's bytes to read.

        Raises:
            ObjectMissingError: there is none of this name.
            StoreError: the store does not answer.
        """
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose names begin so, in no order."""
        ...

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is no failure."""
        ...

    def remove_unfinished(self, *, now_ms: int) -> int:
        """Remove what killed writers left more than a day ago; return how much."""
        ...


class FolderStore:
    """A folder: on another disk, or one that is mounted from another machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = str(folder)

    def put(self, name: str, content: Iterable[bytes]) -> Written:
        """Store a new object: written beside, synced, and then linked into its place, which refuses a second one."""
        path = self._folder / name
        if path.exists():
            raise ObjectExistsError(name)
        unfinished = path.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
        try:
            _make_folders(path.parent)
            try:
                written = _write(unfinished, content)
                _place(unfinished, path)
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(path.parent)
        except FileExistsError:
            raise ObjectExistsError(name) from None
        except OSError as error:
            raise StoreError(self.place, f"{error.strerror or error}.") from error
        return written

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Readable]:
        """Give an object's bytes to read."""
        try:
            stream = (self._folder / name).open("rb")
        except FileNotFoundError:
            raise ObjectMissingError(name) from None
        except OSError as error:
            raise StoreError(self.place, f"{error.strerror or error}.") from error
        with stream:
            yield stream

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose names begin so."""
        top = self._folder / prefix.rpartition("/")[0]
        for folder, _, files in os.walk(top, onerror=self._refuse):
            for file in files:
                path = Path(folder, file)
                name = path.relative_to(self._folder).as_posix()
                if name.startswith(prefix) and not file.startswith(_UNFINISHED):
                    with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                        status = path.stat()
                        yield StoredObject(name, status.st_size, status.st_mtime_ns // 1_000_000)

    def remove(self, name: str) -> None:
        """Remove an object, and the folder that it leaves empty."""
        path = self._folder / name
        try:
            path.unlink(missing_ok=True)
            if path.parent != self._folder:
                with contextlib.suppress(OSError):  # others are in it
                    path.parent.rmdir()
        except OSError as error:
            raise StoreError(self.place, f"{error.strerror or error}.") from error

    def remove_unfinished(self, *, now_ms: int) -> int:
        """Remove what killed writers left more than a day ago."""
        removed = 0
        for path in self._folder.rglob(f"{_UNFINISHED}*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime_ns // 1_000_000 < now_ms - _UNFINISHED_AFTER_MS:
                    path.unlink()
                    removed += 1
        return removed

    def _refuse(self, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise StoreError(self.place, f"{error.strerror or error}.") from error


def open_store(text: str) -> Store:
    """Return the store that a setting means: `s3://bucket/prefix`, or a folder.

    Raises:
        StoreError: it needs a package that is not installed.
    """
    if text.startswith(S3_SCHEME):
        from brim.host.backups.s3 import S3Store  # noqa: PLC0415  boto3 takes half a second, and few have it

        return S3Store.from_text(text)
    return FolderStore(Path(text).absolute())


def counted(content: Iterable[bytes], observe: Callable[[bytes], None]) -> Iterator[bytes]:
    """Yield content as it is, and show each piece to whoever counts."""
    for piece in content:
        observe(piece)
        yield piece


class Tally:
    """Counts bytes and hashes them as they pass."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()

    def __call__(self, piece: bytes) -> None:
        """Count a piece."""
        self.size += len(piece)
        self._hash.update(piece)

    @property
    def written(self) -> Written:
        """What has passed."""
        return Written(self.size, self._hash.hexdigest())


class Pieces(io.RawIOBase):
    """Pieces as a stream of which any number of bytes can be read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer only at the end."""
        gathered, length = [self._rest], len(self._rest)
        while length < size and (piece := next(self._pieces, None)) is not None:
            gathered.append(piece)
            length += len(piece)
        whole = b"".join(gathered)
        self._rest = whole[size:]
        return whole[:size]

    def skip_rest(self) -> None:
        """Read to the end."""
        self._rest = b""
        for _ in self._pieces:
            pass


def _write(path: Path, content: Iterable[bytes]) -> Written:
    tally = Tally()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        for piece in counted(content, tally):
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    return tally.written


def _place(unfinished: Path, path: Path) -> None:
    """Give a file its name, unless there is one of that name; some file systems have no links."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(path) from None
        unfinished.rename(path)


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, durably."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)
