"""Shows every file operation of a process, before it and after it, and in the middle of a write."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

FILE_OPERATIONS: Final = ("open", "write", "fsync", "rename")


class _WatchedFile:
    """A file whose writes are watched."""

    def __init__(self, file: Any, name: str, watch: Callable[[str, str, str], None]) -> None:
        self._file, self._name, self._watch = file, name, watch

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> int:
        half = len(content) // 2
        self._watch("before", "write", self._name)
        self._file.write(content[:half])
        self._file.flush()
        self._watch("amid", "write", self._name)
        self._file.write(content[half:])
        self._watch("after", "write", self._name)
        return len(content)


@contextmanager
def watched_files(watch: Callable[[str, str, str], None]) -> Iterator[None]:
    """Show file operations meanwhile: the moment, the operation and the file's name; some have no name to tell.

    Files of programs are none of it, nor what is not named from the root.
    """
    real_open, real_rename, real_fsync = Path.open, Path.rename, os.fsync

    def open_watched(path: Path, *arguments: Any, **named: Any) -> Any:
        if not path.is_absolute() or path.suffix in {".sql", ".py"}:
            return real_open(path, *arguments, **named)
        watch("before", "open", path.name)
        file = real_open(path, *arguments, **named)
        return _WatchedFile(file, path.name, watch) if "b" in str(arguments) and "r" not in str(arguments) else file

    def rename_watched(path: Path, target: Path) -> Path:
        watch("before", "rename", target.name)
        done = real_rename(path, target)
        watch("after", "rename", target.name)
        return done

    def fsync_watched(descriptor: int) -> None:
        watch("before", "fsync", "")
        real_fsync(descriptor)
        watch("after", "fsync", "")

    Path.open, Path.rename, os.fsync = open_watched, rename_watched, fsync_watched  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        Path.open, Path.rename, os.fsync = real_open, real_rename, real_fsync  # type: ignore[method-assign]
