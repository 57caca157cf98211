"""Ports for servers that have to know theirs before they start, and for addresses where nobody listens."""

import secrets
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

_GIVEN_PORTS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return several ports that nobody listens on now.

    They are none of those that the system gives to whoever asks for any port, such as each outgoing connection: another
    test would soon have them.
    """
    low, high = map(int, _GIVEN_PORTS.read_text().split())
    others = [port for port in range(10_000, 65_536) if not low <= port <= high] or [0]  # or any, if those are all
    with ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            with suppress(OSError):
                listener = held.enter_context(socket.create_server(("127.0.0.1", secrets.choice(others))))
                ports.append(listener.getsockname()[1])
        return ports
