"""Where the bytes of a statement come from."""

from typing import Protocol


class Source(Protocol):
    """What has bytes: a file, or anything that is read like one."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`, none at the end."""
