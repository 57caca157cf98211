"""Hosts as network namespaces on one bridge, which the drill makes, cuts off, freezes and removes."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

ADDRESSES: Final[Mapping[str, str]] = {
    "edge": "10.30.0.10",
    "db1": "10.30.0.11",
    "db2": "10.30.0.12",
    "witness": "10.30.0.13",
    "api1": "10.30.0.21",
    "api2": "10.30.0.22",
    "worker1": "10.30.0.31",
    "worker2": "10.30.0.32",
    "client": "10.30.0.99",
}
"""As in packaging/high-availability, and a client outside."""

DATABASES: Final = ("db1", "db2")
APIS: Final = ("api1", "api2")
WORKERS: Final = ("worker1", "worker2")
_NAME: Final = "brim-ha-"
_DISK: Final = "size=1536m"
_ENDS_WITHIN_S: Final = 20.0


class DrillError(Exception):
    """The drill can't go on, or found something that may not be."""


def run(*command: str, check: bool = True, timeout_s: float = 60.0, text: str | None = None) -> str:
    """Return what a command prints.

    Raises:
        DrillError: it failed, or took too long.
    """
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=timeout_s, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise DrillError(f"{' '.join(command)} took longer than {timeout_s:.0f} s") from None
    if check and done.returncode:
        raise DrillError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout


def wait_until(holds: Callable[[], bool], what: str, *, within_s: float, every_s: float = 0.2) -> float:
    """Return how many seconds passed until something held.

    Raises:
        DrillError: it didn't in time.
    """
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within_s:
            raise DrillError(f"not within {within_s:.0f} s: {what}")
        time.sleep(every_s)
    return time.monotonic() - began


class Host:
    """One host: a namespace, a folder for what it writes, and for a database host a disk of its own."""

    def __init__(self, network: "Network", name: str) -> None:
        self.network = network
        self.name = name
        self.address = ADDRESSES[name]
        self.namespace = f"{network.name}-{name}"
        self.folder = network.folder / name

    def make(self) -> None:
        """Make the host."""
        net = self.network.namespace
        run("ip", "netns", "add", self.namespace)
        run("ip", "-n", net, "link", "add", self.name, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        run("ip", "-n", net, "link", "set", self.name, "master", "bridge", "up")
        run("ip", "-n", self.namespace, "address", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            run("ip", "-n", self.namespace, "link", "set", device, "up")
        self.folder.mkdir(mode=0o755)
        if self.name in DATABASES:
            self.disk.mkdir()
            run("mount", "-t", "tmpfs", "-o", f"{_DISK},mode=755", self.namespace, str(self.disk))
            shutil.chown(self.disk, "postgres", "postgres")
            shutil.chown(self.folder, "postgres", "postgres")
            self.sockets.mkdir()
            shutil.chown(self.sockets, "postgres", "postgres")

    @property
    def disk(self) -> Path:
        """Where PostgreSQL's data is."""
        return self.folder / "disk"

    @property
    def sockets(self) -> Path:
        """What this host sees as /run/postgresql."""
        return self.folder / "sockets"

    def command(self, *words: str, user: str | None = None) -> list[str]:
        """Return the command that runs `words` on this host; what it mounts, only it and its children see."""
        inside = ["ip", "netns", "exec", self.namespace]
        if user is None:
            return [*inside, *words]
        mounted = ["sh", "-c", f'mount --bind {self.sockets} /run/postgresql && exec "$@"', "sh"]
        return [*inside, *mounted, "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *words]

    def run(
        self, *words: str, user: str | None = None, timeout_s: float = 60.0, text: str | None = None, check: bool = True
    ) -> str:
        """Return what a command prints on this host.

        Raises:
            DrillError: it failed, or took too long.
        """
        return run(*self.command(*words, user=user), timeout_s=timeout_s, text=text, check=check)

    def start(
        self, *words: str, env: Mapping[str, str], user: str | None = None, log: str | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program that stays; its output goes into a file of the host's folder."""
        with (self.folder / f"{log or Path(words[0]).name}.log").open("ab") as output:
            return subprocess.Popen(
                self.command(*words, user=user),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**_environment(), **env},
                cwd="/",
                start_new_session=True,
            )

    def pids(self) -> list[int]:
        """Return all processes of this host."""
        return [int(word) for word in run("ip", "netns", "pids", self.namespace, check=False).split()]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every process of this host."""
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def cut_off(self) -> None:
        """Take the host off the network: packets vanish, and nobody is told."""
        run("ip", "-n", self.network.namespace, "link", "set", self.name, "nomaster")

    def join(self) -> None:
        """Put the host back on the network."""
        run("ip", "-n", self.network.namespace, "link", "set", self.name, "master", "bridge")

    def drop(self, *addresses: str) -> None:
        """Let nothing through between this host and some others."""
        listed = ", ".join(addresses)
        run(
            *self.command("nft", "-f", "-"),
            text="table ip drill {\n"
            f"chain to {{ type filter hook output priority 0; ip daddr {{ {listed} }} drop; }}\n"
            f"chain from {{ type filter hook input priority 0; ip saddr {{ {listed} }} drop; }}\n}}\n",
        )

    def drop_nothing(self) -> None:
        """Let everything through again."""
        self.run("nft", "delete", "table", "ip", "drill")

    def remove(self) -> None:
        """End the host's processes and remove it."""
        deadline = time.monotonic() + _ENDS_WITHIN_S
        while self.pids() and time.monotonic() < deadline:
            self.signal(signal.SIGKILL)
            time.sleep(0.05)
        run("ip", "netns", "delete", self.namespace, check=False)
        if self.name in DATABASES:
            run("umount", "-l", str(self.disk), check=False)


class Network:
    """The bridge in a namespace of its own, and the hosts on it."""

    def __init__(self) -> None:
        self.name = f"{_NAME}{os.getpid()}"
        self.namespace = f"{self.name}-net"
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir="/dev/shm" if _has_room() else None))
        self.folder.chmod(0o755)
        self.hosts = {name: Host(self, name) for name in ADDRESSES}

    def __enter__(self) -> Self:
        remove_leftovers()
        try:
            run("ip", "netns", "add", self.namespace)
            run("ip", "-n", self.namespace, "link", "add", "bridge", "type", "bridge")
            run("ip", "-n", self.namespace, "link", "set", "bridge", "up")
            for host in self.hosts.values():
                host.make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        for host in self.hosts.values():
            host.remove()
        run("ip", "netns", "delete", self.namespace, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]


def remove_leftovers() -> None:
    """Remove the hosts of drills that were killed before they could."""
    for name in re.findall(rf"^{_NAME}\d+-\S+", run("ip", "netns", "list"), re.MULTILINE):
        pid = int(name.split("-")[2])
        if pid == os.getpid() or Path(f"/proc/{pid}").exists():
            continue
        for process in run("ip", "netns", "pids", name, check=False).split():
            os.kill(int(process), signal.SIGKILL)
        run("ip", "netns", "delete", name, check=False)
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        device, place = line.split()[:2]
        found = re.fullmatch(rf"{_NAME}(\d+)-db\d", device)
        if found and int(found[1]) != os.getpid() and not Path(f"/proc/{found[1]}").exists():
            run("umount", "-l", place, check=False)
            shutil.rmtree(Path(place).parents[1], ignore_errors=True)


def missing_needs() -> list[str]:
    """Return what the drill needs and this machine lacks, as sentences."""
    programs: Sequence[tuple[str, str]] = (
        ("patroni", "patroni python3-etcd"), ("etcd", "etcd-server"), ("haproxy", "haproxy"),
        ("nft", "nftables"), ("ip", "iproute2"), ("setpriv", "util-linux"),
        ("psql", "postgresql-client-15"), ("/usr/lib/postgresql/15/bin/postgres", "postgresql-15"),
    )  # fmt: skip
    lacking = [package for program, package in programs if not shutil.which(program)]
    needs = [f"Missing Debian packages: apt-get install {' '.join(lacking)}"] if lacking else []
    if os.geteuid() != 0:
        needs.append("It needs root, for network namespaces and small disks.")
    return needs


def _environment() -> dict[str, str]:
    """Return the environment of every program: nothing of this machine's but where programs are."""
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def _has_room() -> bool:
    """Tell whether etcd can flush to memory: what is tested ends processes, never the machine."""
    return Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > 4 << 30
