"""What systemd and we tell each other: the sockets that it opened for us, and that we serve.

With the sockets no client is refused while we start anew; with the other, processes are restarted one after the other.
"""

import os
import socket
from collections.abc import MutableMapping, Sequence
from typing import Final

from brim.base.errors import BrimError
from brim.host.listener import listener_url

_FIRST_FD: Final = 3


class ActivatedSocketError(BrimError):
    """What systemd passed on is no socket that clients connect to."""

    def __init__(self, fd: int) -> None:
        super().__init__(
            f"File descriptor {fd}, which systemd passed on, isn't a listening stream socket. "
            "The socket unit needs ListenStream= and Accept=no."
        )


def activated_listeners(environ: MutableMapping[str, str] = os.environ) -> list[socket.socket]:
    """Return the listening sockets that systemd opened for this process; none where it opened none.

    The variables that tell of them are removed, so that no child takes them for its own.
    Source: sd_listen_fds(3).

    Raises:
        ActivatedSocketError: one of them is something else.
    """
    pid, count = environ.pop("LISTEN_PID", ""), environ.pop("LISTEN_FDS", "")
    environ.pop("LISTEN_FDNAMES", None)
    if pid != str(os.getpid()) or not count.isdecimal():
        return []
    return [_listener(fd) for fd in range(_FIRST_FD, _FIRST_FD + int(count))]


def tell_ready(environ: MutableMapping[str, str] = os.environ) -> None:
    """Tell systemd that this process serves, where its unit waits for that (Type=notify).

    The variable that asks for it is removed, so that no child answers.
    Source: sd_notify(3).
    """
    address = environ.pop("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"READY=1", "\0" + address[1:] if address.startswith("@") else address)


def own_url_of(listeners: Sequence[socket.socket]) -> str:
    """Return where somebody on this machine reaches us: by the first TCP socket, else by the name of the machine."""
    reachable = [listener for listener in listeners if listener.family in {socket.AF_INET, socket.AF_INET6}]
    return listener_url(reachable[0]) if reachable else "http://localhost"


def _listener(fd: int) -> socket.socket:
    try:
        listener = socket.socket(fileno=fd)
        if listener.type != socket.SOCK_STREAM or not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            raise ActivatedSocketError(fd)
    except OSError:
        raise ActivatedSocketError(fd) from None
    listener.set_inheritable(False)
    return listener
