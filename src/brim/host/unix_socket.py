"""The Unix socket that clients on this machine may connect to instead of a port, which only our own user can.

The official CLI speaks plain HTTP to one that STRIPE_CLI_UNIX_SOCKET names, without any other flag.
"""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError
from brim.host.listener import TakenError, open_patiently
from brim.platform.settings import LISTEN_BACKLOG

_LONGEST_PATH: Final = 103
"""Bytes that the path of a Unix socket can have on every system. Source: macOS, unix(4); Linux has four more."""

_ONLY_OURS: Final = 0o177
"""Leaves a new file only the rights to read and write, to its owner: those that connecting needs."""


class SocketPathTooLongError(BrimError):
    """The system has no room for so long a path."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The path of the Unix socket {path} is longer than {_LONGEST_PATH} bytes. Choose a shorter one with "
            "--unix-socket."
        )


class SocketTakenError(TakenError):
    """Another program listens on the socket."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The Unix socket {path} is in use by another program. Stop that one, or choose another path with "
            "--unix-socket."
        )


class CannotListenAtPathError(BrimError):
    """There can be no socket at the path."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Cannot listen on the Unix socket {path}: {reason}. Choose another path with --unix-socket.")


def fits_socket(path: Path) -> bool:
    """Tell whether a path is short enough for a Unix socket."""
    return len(os.fsencode(path)) <= _LONGEST_PATH


def open_unix_listener(path: Path) -> socket.socket:
    """Return a listening Unix socket that only our own user may connect to.

    The file of a socket whose process was killed is replaced. `removed_afterwards` takes care of ours.

    Raises:
        SocketPathTooLongError: the path is longer than the system takes.
        SocketTakenError: another program listens there.
        CannotListenAtPathError: something else is there, or nothing can be made there.
    """
    if not fits_socket(path):
        raise SocketPathTooLongError(path)
    try:
        _clear_stale_socket(path)
        return _bind(path)
    except OSError as error:
        raise CannotListenAtPathError(path, error.strerror or str(error)) from None


async def wait_for_unix_listener(path: Path, *, patience_s: float) -> socket.socket:
    """Return a socket as `open_unix_listener` does; one that is in use is tried again for `patience_s` first."""
    return await open_patiently(lambda: open_unix_listener(path), patience_s=patience_s)


@contextmanager
def removed_afterwards(listener: socket.socket) -> Iterator[socket.socket]:
    """Yield a listening Unix socket, then close it and remove its file, unless that is another program's by then."""
    path = Path(listener.getsockname())
    ours = path.stat()
    with listener:
        try:
            yield listener
        finally:
            if path.exists() and path.stat().st_ino == ours.st_ino:
                path.unlink()


def _clear_stale_socket(path: Path) -> None:
    """Remove a socket that nobody answers at, and nothing else."""
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise CannotListenAtPathError(path, "there is a file of another kind")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise SocketTakenError(path)


def _bind(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    previous = os.umask(_ONLY_OURS)  # from the first moment on nobody else may connect
    try:
        listener.bind(str(path))
        listener.listen(LISTEN_BACKLOG)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(previous)
    return listener
