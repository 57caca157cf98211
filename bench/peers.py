"""The other servers that people test such integrations against, installed for the moment and measured alike.

localstripe and stripe-stateful-mock know no top-ups, so they are asked for customers; what they keep, they do not
keep durably. stripe-mock keeps nothing. It is a single binary that no package registry has: it is measured where
it is on the PATH.
"""

import shutil
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from bench.cpu import cpu_seconds
from bench.http_load import HttpLoad
from bench.processes import answers, clean_environment, require_program, run_to_end, running
from bench.service import CREATE_BODY, TEST_KEY
from tests.support.ports import free_port

LOCALSTRIPE: Final = "1.15.10"
STATEFUL_MOCK: Final = "0.0.16"
_CUSTOMER: Final = "name=Jenny+Rosen&email=jenny%40example.com&description=Customer+of+May+31"
_SEEDS: Final = 20
"""Customers made before the first measurement; localstripe writes its whole store out at each."""

_LOCALSTRIPE_STORE: Final = Path("/tmp/localstripe.pickle")
"""Its own choice; there is no option."""


@dataclass(frozen=True)
class Peer:
    """A running peer: the three kinds of load, and its process id."""

    name: str
    pid: int
    create: HttpLoad
    retrieve: HttpLoad
    first_page: HttpLoad

    def cpu(self) -> float:
        """Return its processor time so far."""
        return cpu_seconds(self.pid)


PeerStarter: TypeAlias = Callable[[Path], AbstractContextManager[Peer]]
"""Runs a peer for as long as its block lasts; the folder is for what it needs."""


def known_peers() -> list[tuple[str, PeerStarter]]:
    """Return name and starter of each peer that can be had here; stripe-mock only where it is installed."""
    installable: list[tuple[str, PeerStarter]] = [
        ("localstripe", localstripe),
        ("stripe-stateful-mock", stripe_stateful_mock),
    ]
    return [*installable, ("stripe-mock", stripe_mock)] if shutil.which("stripe-mock") else installable


@contextmanager
def localstripe(folder: Path) -> Iterator[Peer]:
    """Install localstripe from PyPI into a virtual environment of its own, and run it."""
    environment = folder / "localstripe-environment"
    run_to_end([sys.executable, "-m", "venv", str(environment)])
    pip = [str(environment / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    run_to_end([*pip, f"localstripe=={LOCALSTRIPE}"])
    port = free_port()
    kept_before = _LOCALSTRIPE_STORE.exists()
    command = [str(environment / "bin" / "localstripe"), "--port", str(port), "--from-scratch"]
    try:
        with _serving("localstripe", command, folder, port, {}) as pid:
            yield _with_customers(f"localstripe {LOCALSTRIPE}", pid, port, folder)
    finally:
        if not kept_before:
            _LOCALSTRIPE_STORE.unlink(missing_ok=True)


@contextmanager
def stripe_stateful_mock(folder: Path) -> Iterator[Peer]:
    """Install stripe-stateful-mock from npm into a folder of its own, and run it."""
    npm = require_program("npm", how_to_get_it="On Debian and Ubuntu: apt-get install nodejs npm.")
    node = require_program("node", how_to_get_it="On Debian and Ubuntu: apt-get install nodejs.")
    modules = folder / "stripe-stateful-mock-modules"
    modules.mkdir()
    package = f"stripe-stateful-mock@{STATEFUL_MOCK}"
    run_to_end([npm, "install", "--prefix", str(modules), "--silent", "--no-audit", "--no-fund", package])
    port = free_port()
    command = [node, str(modules / "node_modules" / "stripe-stateful-mock" / "dist" / "cli.js")]
    with _serving("stripe-stateful-mock", command, folder, port, {"PORT": str(port), "LOG_LEVEL": "silent"}) as pid:
        yield _with_customers(f"stripe-stateful-mock {STATEFUL_MOCK}", pid, port, folder)


@contextmanager
def stripe_mock(folder: Path) -> Iterator[Peer]:
    """Run stripe-mock, which answers with fixtures; whatever id is asked for, there is one."""
    binary = require_program("stripe-mock", how_to_get_it="It is not in any package registry; see its releases page.")
    port = free_port()
    # It would listen for HTTPS beside, on every address, unless told where.
    command = [binary, "-http-addr", f"127.0.0.1:{port}", "-https-addr", f"127.0.0.1:{free_port()}"]
    with _serving("stripe-mock", command, folder, port, {}) as pid:
        url = f"http://127.0.0.1:{port}"
        yield Peer(
            name="stripe-mock",
            pid=pid,
            create=HttpLoad(url, "sk_test_123", "/v1/topups", body=CREATE_BODY),
            retrieve=HttpLoad(url, "sk_test_123", "/v1/topups/tu_123"),
            first_page=HttpLoad(url, "sk_test_123", "/v1/topups?limit=10"),
        )


@contextmanager
def _serving(name: str, command: list[str], folder: Path, port: int, extra: dict[str, str]) -> Iterator[int]:
    """Run a peer until the block ends, and yield its process id once it listens."""
    with running(name, command, folder=folder, env=clean_environment(extra)) as program:
        program.wait_until(lambda: answers(port))
        yield program.pid


def _with_customers(name: str, pid: int, port: int, folder: Path) -> Peer:
    """Return a stateful peer that has a few customers to ask for."""
    url = f"http://127.0.0.1:{port}"
    ids = folder / f"ids-{pid}"
    ids.write_text("".join(_make_customer(url) + "\n" for _ in range(_SEEDS)))
    return Peer(
        name=name,
        pid=pid,
        create=HttpLoad(url, TEST_KEY, "/v1/customers", body=_CUSTOMER),
        retrieve=HttpLoad(url, TEST_KEY, "/v1/customers", ids=ids),
        first_page=HttpLoad(url, TEST_KEY, "/v1/customers?limit=10"),
    )


class _Customer(msgspec.Struct):
    id: str


def _make_customer(url: str) -> str:
    """Make one customer and return its id."""
    request = urllib.request.Request(
        f"{url}/v1/customers", data=_CUSTOMER.encode(), headers={"Authorization": f"Bearer {TEST_KEY}"}
    )
    with urllib.request.urlopen(request, timeout=10.0) as reply:
        return msgspec.json.decode(reply.read(), type=_Customer).id
