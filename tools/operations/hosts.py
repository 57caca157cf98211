"""Hosts of Debian as podman runs them, with systemd and networks of their own: three networks that one router joins.

The router is a network namespace in which the stand-ins for the Internet listen. Nothing has a way to this machine's
own network but by their proxy.
"""

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from container_test import podman, run, wait_for

IMAGE: Final = "localhost/debian-host:bookworm"
# What the installer of Debian brings, or a provider's image: systemd, SSH, and what packages are installed with.
PACKAGES: Final = (
    "systemd-sysv,dbus,openssh-server,openssh-client,ca-certificates,iproute2,python3,python3-venv,openssl,curl,procps"
)
# All that systemd needs; nothing by which this machine's clock, modules or devices could be changed.
CAPABILITIES: Final = (
    "--cap-add=ALL", "--cap-drop=SYS_TIME", "--cap-drop=SYS_MODULE", "--cap-drop=SYS_BOOT", "--cap-drop=SYS_RAWIO",
    "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined",
)  # fmt: skip
_CLONE_NEWNET: Final = 0x40000000


class HostError(Exception):
    """A block of the document, or a check of the drill, failed on a host."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network of the drill: its bridge, and the router's address in it."""

    bridge: str
    router: str


PUBLIC: Final = Network("public", "203.0.113.1")
PRIVATE: Final = Network("private", "10.20.0.1")
OFFICE: Final = Network("office", "198.51.100.1")


class Router:
    """A network namespace with a bridge for each network."""

    def __init__(self, name: str, names: Mapping[str, str]) -> None:
        self.name = name
        self.names = names

    def make(self) -> None:
        """Make the namespace, its bridges and the names that programs in it know."""
        hosts = Path("/etc/netns", self.name, "hosts")
        hosts.parent.mkdir(parents=True)
        hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{ip} {name}\n" for name, ip in self.names.items()))
        run("ip", "netns", "add", self.name)
        self.run("ip", "link", "set", "lo", "up")
        for network in (PUBLIC, PRIVATE, OFFICE):
            self.run("ip", "link", "add", network.bridge, "type", "bridge")
            self.run("ip", "address", "add", f"{network.router}/24", "dev", network.bridge)
            self.run("ip", "link", "set", network.bridge, "up")
        self.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")

    def remove(self) -> None:
        """Remove it, whatever of it was made."""
        run("ip", "netns", "delete", self.name, check=False)
        folder = Path("/etc/netns", self.name)
        (folder / "hosts").unlink(missing_ok=True)
        if folder.exists():
            folder.rmdir()

    def run(self, *words: str) -> str:
        """Run a command in the namespace and return what it prints."""
        return run("ip", "netns", "exec", self.name, *words).stdout

    def connect(self, pid: int, device: str, network: Network, address: str) -> None:
        """Give a process' network namespace a device with an address in a network."""
        end = f"v{pid}{device}"[:15]
        self.run("ip", "link", "add", end, "type", "veth", "peer", "name", device, "netns", str(pid))
        self.run("ip", "link", "set", end, "master", network.bridge, "up")
        enter = ("nsenter", f"--net=/proc/{pid}/ns/net")
        run(*enter, "ip", "address", "add", f"{address}/24", "dev", device)
        run(*enter, "ip", "link", "set", device, "up")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What this thread opens meanwhile, such as sockets, is in the namespace and stays there."""
        libc = ctypes.CDLL(None, use_errno=True)
        own_namespace, other = Path("/proc/thread-self/ns/net"), Path("/run/netns", self.name)
        with own_namespace.open("rb") as own, other.open("rb") as there:
            _set_namespace(libc, there.fileno())
            try:
                yield
            finally:
                _set_namespace(libc, own.fileno())

    def listen(self, address: str, port: int) -> socket.socket:
        """Return a socket that listens in the namespace."""
        with self.entered():
            return socket.create_server((address, port))


def _set_namespace(libc: ctypes.CDLL, fd: int) -> None:
    if libc.setns(fd, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    """One host: a container of systemd that knows no network but those it is given."""

    def __init__(self, name: str, prefix: str, names: Mapping[str, str]) -> None:
        self.name = name
        self.container = f"{prefix}-{name}"
        self.names = names

    def start(self) -> None:
        """Start it, and wait until systemd has."""
        known = [f"--add-host={name}:{address}" for name, address in self.names.items()]
        podman(
            "run", "--detach", "--network=none", f"--name={self.container}", f"--hostname={self.name}", *known,
            "--systemd=always", "--shm-size=1g", *CAPABILITIES, IMAGE, "/lib/systemd/systemd",
        )  # fmt: skip
        ready = ("exec", self.container, "systemctl", "is-active", "ssh", "multi-user.target")
        wait_for(lambda: podman(*ready, check=False).returncode == 0, f"{self.name} has started")

    def pid(self) -> int:
        """Return the process id of its systemd on this machine."""
        return int(podman("inspect", "--format={{.State.Pid}}", self.container).stdout)

    def remove(self) -> None:
        """Remove it with all that it has."""
        podman("rm", "--force", "--volumes", "--time=0", self.container, check=False)

    def run(self, script: str, *, title: str) -> str:
        """Run a script as root, in root's home, and return what it prints.

        Raises:
            HostError: it failed.
        """
        done = subprocess.run(self.command(), input=script, capture_output=True, text=True, check=False)
        if done.returncode:
            raise HostError(
                f"on {self.name}: {title}: exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
            )
        return done.stdout

    def command(self) -> list[str]:
        """Return the command that reads a script from its standard input."""
        shell = ("bash", "-euo", "pipefail", "-c", 'eval "$(cat)" < /dev/null')
        return ["podman", "exec", "-i", "--workdir=/root", "--env=HOME=/root", "--env=DEBIAN_FRONTEND=noninteractive",
                self.container, *shell]  # fmt: skip

    def write(self, path: str, content: bytes, mode: str = "644") -> None:
        """Write a file."""
        command = ["podman", "exec", "-i", self.container, "sh", "-c", f"install -D -m {mode} /dev/stdin '{path}'"]
        subprocess.run(command, input=content, check=True)


def copy_into(host: Host, folder: Path, target: str) -> None:
    """Copy a folder of this machine into a host."""
    podman("cp", f"{folder}{os.sep}.", f"{host.container}:{target}")
