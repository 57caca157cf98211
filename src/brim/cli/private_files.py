"""Files for their owner alone, such as those with account numbers in them."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from brim.base.errors import BrimError


class UnwritableFileError(BrimError):
    """A file could not be written, and what was there before is still there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} can't be written: {reason}.")


@contextmanager
def private_file(path: Path) -> Iterator[Callable[[bytes], object]]:
    """Lend what writes a file that only its owner may read (0600), whatever file it takes the place of.

    It takes that place in the end, as a whole: a block that raises leaves everything as it was.

    Raises:
        UnwritableFileError: something other than a file is there, or nothing can be written there.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise UnwritableFileError(path, "it is not a regular file")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # 0600
    except OSError as error:
        raise UnwritableFileError(path, error.strerror or str(error)) from None
    content: list[bytes] = []
    try:
        with os.fdopen(descriptor, "wb") as written:
            yield content.append
            try:
                written.writelines(content)
                written.flush()
                os.fsync(descriptor)
                Path(name).replace(target)
            except OSError as error:
                raise UnwritableFileError(path, error.strerror or str(error)) from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def private_output(path: Path | None) -> AbstractContextManager[Callable[[bytes], object]]:
    """Lend what writes to a file for its owner alone, or to standard output."""
    if path is None:
        return nullcontext(sys.stdout.buffer.write)
    return private_file(path)
