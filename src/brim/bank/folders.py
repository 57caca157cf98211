"""The two folders that bank and originator share, so that a crash leaves no half of a file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_UNFINISHED: Final = (".part", ".tmp")


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A file in the inbox; the identity tells one that was put there again from one that is still there."""

    path: Path
    identity: str

    @property
    def name(self) -> str:
        """The name its sender gave it."""
        return self.path.name


def arrived(inbox: Path) -> Iterator[ArrivedFile]:
    """Yield the finished files in the inbox by name."""
    for path in sorted(inbox.iterdir()):
        if not path.name.startswith(".") and not path.name.endswith(_UNFINISHED) and path.is_file():
            status = path.stat()
            yield ArrivedFile(path, f"{path.name} {status.st_ino} {status.st_mtime_ns}")


def remove(file: ArrivedFile) -> None:
    """Take a file out of the inbox, for good."""
    file.path.unlink(missing_ok=True)
    _sync_folder(file.path.parent)


def write(folder: Path, name: str, content: bytes) -> None:
    """Write a file whole: under a temporary name first, then durable, then under its own."""
    temporary = folder / f".{name}.part"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / name)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
