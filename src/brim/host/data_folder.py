"""The data folder: claimed by one Brim at a time, and what lies in it.

`brim.lock` names the process that has it, `VERSION` the format it is written in, `test_secret_key` holds the
first account's test key and `encryption_key` the key to secrets at rest, `brim.json` says where a running Brim
answers, `postgres/` is the embedded database, `archiving` says where its WAL is archived. `restoring`
lies in one that is still being restored.
"""

import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError
from brim.base.folders import sync_folder
from brim.host.switch import CLUSTER, UPGRADED
from brim.platform.settings import parse_encryption_keys

_ENCRYPTION_KEY: Final = "encryption_key"
_STATUS_FILE: Final = "brim.json"
_KEPT_KEY: Final = "test_secret_key"
_ARCHIVING: Final = "archiving"
_RESTORING: Final = "restoring"
FORMAT: Final = 1
"""Raised when an earlier Brim could no longer read what this one writes; the database has versions of its own."""


class DataFolderUnusableError(BrimError):
    """The data folder cannot be made or written to."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The data folder {path} cannot be used: {reason}. Choose another one with --data-dir.")


class DataFolderInUseError(BrimError):
    """Another running Brim has the data folder."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(
            f"The data folder {path} is in use by another running Brim (process {owner or 'unknown'}). Stop that one, "
            "or choose another folder with --data-dir."
        )


class NoDataError(BrimError):
    """A command is to work on a data folder in which no Brim was ever started."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no Brim data in {path}. Run brim serve there first, or pass the right folder with --data-dir."
        )


class UnfinishedRestoreError(BrimError):
    """A restore into the data folder was interrupted, so what lies in it is not whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The restore into {path} was interrupted, and what there is of it is no data. Run brim backup restore "
            "again with the same --into: it removes this folder and starts over."
        )


class NewerDataFolderError(BrimError):
    """The data folder was written by a newer version of Brim."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"The data folder {path} was written by a newer version of Brim (format {found}, and this one knows "
            f"{FORMAT}). Upgrade Brim, or choose another folder with --data-dir."
        )


class DataFolder:
    """A data folder that this process has claimed.

    `left_by_crash` tells that the Brim before us was killed while it served; processes of it may still be ending.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left_by_crash = self._status_file.exists()

    @property
    def database(self) -> Path:
        """The embedded database's own folder."""
        return self.path / "postgres"

    def keep_test_secret_key(self, given: str | None, make: Callable[[], str]) -> str:
        """Return the first account's test key, and keep it: the one given, else the one kept, else a new one."""
        kept = kept_test_secret_key(self.path)
        key = given or kept or make()
        if key != kept:
            _write_whole(self.path / _KEPT_KEY, key + "\n", mode=0o600)
        return key

    def keep_encryption_key(self, make: Callable[[], str]) -> str:
        """Return the keys to secrets at rest that are kept here; where there are none, keep a new one."""
        keys = read_encryption_key(self.path)
        if keys is None:
            keys = make()
            _write_whole(self.path / _ENCRYPTION_KEY, keys + "\n", mode=0o600)
        return keys

    @property
    def archiving(self) -> str | None:
        """Where WAL is archived, None where it is not; whoever starts the database keeps its WAL then."""
        return _read_secret(self.path / _ARCHIVING)

    def keep_archiving(self, place: str | None) -> None:
        """Write where WAL is archived from now on, or that it is not any more."""
        if place is None:
            (self.path / _ARCHIVING).unlink(missing_ok=True)
        elif place != self.archiving:
            _write_whole(self.path / _ARCHIVING, place + "\n", mode=0o600)

    def keep_secrets(self, secrets: Mapping[str, str]) -> None:
        """Keep what `read_kept_secrets` returned of another folder."""
        for name, text in secrets.items():
            if name in {_ENCRYPTION_KEY, _KEPT_KEY}:
                _write_whole(self.path / name, text + "\n", mode=0o600)

    def mark_restoring(self) -> None:
        """Let nobody but another restore claim this folder, until `mark_restored`."""
        _write_whole(self.path / _RESTORING, "", mode=0o600)
        sync_folder(self.path)

    def mark_restored(self) -> None:
        """Let everybody claim this folder: what lies in it is whole."""
        (self.path / _RESTORING).unlink()
        sync_folder(self.path)

    def announce(self, url: str) -> None:
        """Tell other programs where this Brim answers."""
        _write_whole(self._status_file, json.dumps({"pid": os.getpid(), "url": url}) + "\n", mode=0o644)

    def withdraw(self) -> None:
        """Take back what `announce` told."""
        self._status_file.unlink(missing_ok=True)

    @property
    def _status_file(self) -> Path:
        return self.path / _STATUS_FILE


def kept_test_secret_key(path: Path) -> str | None:
    """Return the first account's test key as a data folder keeps it, None when it keeps none."""
    return _read_secret(path / _KEPT_KEY)


def announced_url(path: Path) -> str | None:
    """Return where the Brim that runs in a data folder answers, None when none says so.

    One that was killed has not taken back what it said.
    """
    try:
        status = json.loads((path / _STATUS_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return str(status["url"])


def read_kept_secrets(path: Path) -> dict[str, str]:
    """Return the keys that a data folder keeps, by the names of their files."""
    kept = {name: _read_secret(path / name) for name in (_ENCRYPTION_KEY, _KEPT_KEY)}
    return {name: text for name, text in kept.items() if text}


def check_has_data(path: Path) -> None:
    """Check that a Brim was started in a data folder before, so that a command works on what it means.

    Raises:
        NoDataError: there is no database in it.
    """
    names = (CLUSTER, UPGRADED)  # an upgrade that was cut short between its renames left the second alone
    if not any((path / "postgres" / name / "PG_VERSION").exists() for name in names):
        raise NoDataError(path.absolute())


def read_encryption_key(path: Path) -> str | None:
    """Return the keys to secrets at rest that are kept in a data folder, claimed or not; None where there are none.

    Raises:
        DataFolderUnusableError: the file does not hold keys.
    """
    text = _read_secret(path / _ENCRYPTION_KEY)
    if not text:
        return None
    try:
        return parse_encryption_keys(text)
    except ValueError:
        raise DataFolderUnusableError(path, f"its file {_ENCRYPTION_KEY} does not hold encryption keys") from None


def _read_secret(file: Path) -> str | None:
    return file.read_text(encoding="utf-8").strip() if file.exists() else None


@contextmanager
def claim_data_folder(path: Path, *, restoring: bool = False) -> Iterator[DataFolder]:
    """Have the data folder, made if it is missing, for this process alone.

    Args:
        path: where it is.
        restoring: whether it is claimed to be restored, and may be what an interrupted restore has left.

    Raises:
        UnfinishedRestoreError: it is, and is claimed for something else.
        DataFolderInUseError: another process has it.
        DataFolderUnusableError: it cannot be made or written to.
        NewerDataFolderError: a newer version wrote it.
    """
    path = path.absolute()
    try:
        lock = _take_lock(path)
    except OSError as error:
        raise DataFolderUnusableError(path, error.strerror or str(error)) from None
    with os.fdopen(lock, "r+b"):  # closing the file releases the lock, as does the end of the process
        if not restoring and (path / _RESTORING).exists():
            raise UnfinishedRestoreError(path)
        _check_format(path)
        folder = DataFolder(path)
        folder.withdraw()
        try:
            yield folder
        finally:
            folder.withdraw()


def _take_lock(path: Path) -> int:
    """Return the open lock file, locked and with our process id in it."""
    # Root's database runs as another user, who has to get through to its own folder; he can list nothing here.
    path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    lock = os.open(path / "brim.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 32).decode(errors="replace").strip()
        os.close(lock)
        raise DataFolderInUseError(path, owner) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def _check_format(path: Path) -> None:
    """Refuse a folder in a format of the future; write ours into a new one."""
    file = path / "VERSION"
    if not file.exists():
        _write_whole(file, f"{FORMAT}\n", mode=0o644)
        return
    found = file.read_text(encoding="utf-8", errors="replace").strip()
    if not found.isdecimal():
        raise DataFolderUnusableError(path, f"its VERSION file says {found!r}, which no Brim writes")
    if int(found) > FORMAT:
        raise NewerDataFolderError(path, found)


def _write_whole(file: Path, text: str, *, mode: int) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of it."""
    unfinished = file.with_name(file.name + ".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
