"""Ports for servers that have to know theirs before they start, and for addresses where nobody listens."""

import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

_GIVEN_PORTS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """Return a port that nobody listens on now.

    It is none of those that the system gives to whoever asks for any port, such as each outgoing connection: another
    test would soon have it.
    """
    low, high = map(int, _GIVEN_PORTS.read_text().split())
    others = [port for port in range(10_000, 65_536) if not low <= port <= high] or [0]  # or any, if those are all
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", secrets.choice(others))) as listener:
            port: int = listener.getsockname()[1]
            return port
