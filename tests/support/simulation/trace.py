"""What happened in a simulation, step by step, and one hash for all of it."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

_NEW_EACH_TIME: Final = re.compile(
    rb"__asyncpg_\w+?_[0-9a-f]+(?:__)?|g[A-P][\w-]{70,}={0,2}|67(?:4[1-9a-f]|50)[0-9a-f]{140,}"
)
"""What the driver calls statements and savepoints, counted over the whole process; and what is encrypted, which begins
with its key's id (`Vault`), as it is or in hexadecimal, and differs each time in all but length."""
_HEADER: Final = 5
"""Bytes of a message's type and length."""


class Trace:
    """Takes down steps; the hash is of their bytes too.

    Args:
        folder: where the simulation's files are, whose name differs each time.
        path: of a file that gets the readable steps; None for none.
    """

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self._folder = str(folder).encode()
        self._hash = hashlib.sha256()
        self._file: TextIO | None = path.open("w", encoding="utf-8") if path else None
        self.steps = 0

    @property
    def digest(self) -> str:
        """The hash of everything so far."""
        return self._hash.hexdigest()

    def tell(self, text: str, content: bytes = b"") -> None:
        """Take down a step, with bytes that were sent or received in it."""
        self.steps += 1
        self._hash.update(text.encode())
        masked = b"".join(self._masked(message) for message in _messages_in(content))
        self._hash.update(masked)
        if self._file:
            short = hashlib.sha256(masked).hexdigest()[:8] if content else ""
            print(self.steps, text, short, file=self._file)

    def _masked(self, message: bytes) -> bytes:
        return _NEW_EACH_TIME.sub(b"*", message.replace(self._folder, b"*"))

    def close(self) -> None:
        """Write down what is not yet."""
        if self._file:
            self._file.close()


def _messages_in(content: bytes) -> Iterator[bytes]:
    """Yield PostgreSQL's messages without their lengths, which are those of names that differ; or what else it is."""
    position = 0
    while position + _HEADER <= len(content):
        length = int.from_bytes(content[position + 1 : position + _HEADER])
        if position + 1 + length > len(content):
            break
        yield content[position : position + 1] + content[position + _HEADER : position + 1 + length]
        position += 1 + length
    yield content[position:]
