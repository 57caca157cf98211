"""Hostile requests against a whole service: refused quickly with a 4xx, and memory does not grow."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.support.brim_process import RunningBrim
from tests.support.process_memory import resident_bytes
from tests.support.wire import Wire

MAX_GROWTH_BYTES = 20 * 1024 * 1024
SLOW_CLIENTS = 500


@pytest.fixture
def brim(start_brim: Callable[..., RunningBrim]) -> RunningBrim:
    """A service that gives a request two seconds to arrive."""
    return start_brim(env={"BRIM_READ_TIMEOUT": "2s", "BRIM_LOG_LEVEL": "warning"})


@pytest.fixture
def wire(brim: RunningBrim) -> Wire:
    return Wire(brim.url, brim.test_key)


HOSTILE_BODIES = {
    "a hundred thousand parameters": b"&".join(b"a%d=1" % number for number in range(100_000)),
    "a parameter nested ten thousand deep": b"metadata" + b"[a]" * 10_000 + b"=1",
    "a number of a million digits": b"amount=" + b"9" * 1_000_000 + b"&currency=usd",
    "a name of a million characters": b"a" * 1_000_000 + b"=1",
    "a value of a million percent signs": b"amount=1&currency=usd&description=" + b"%" * 1_000_000,
    "a million characters percent-encoded": b"amount=1&currency=usd&description=" + b"%41" * 333_333,
    "a thousand metadata keys": b"amount=1&currency=usd&" + b"&".join(b"metadata[%d]=x" % n for n in range(990)),
    "a thousand paths to expand": b"amount=1&currency=usd&" + b"&".join(b"expand[]=x%d" % n for n in range(990)),
    "more than a megabyte": b"amount=" + b"1" * 1_100_000,
    "bytes that are no text": b"amount=\xff\xfe&currency=usd",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_BODIES)
def test_a_hostile_body_is_refused(wire: Wire, name: str) -> None:
    assert 400 <= wire.post("/v1/topups", body=HOSTILE_BODIES[name]).status < 500


def test_memory_does_not_grow_under_hostile_requests(brim: RunningBrim, wire: Wire) -> None:
    """What the allocator keeps for bodies of a megabyte levels off after some rounds; from then on nothing is added."""
    api = brim.child_pid("api")
    for number in range(15):
        attack(brim, wire, number)
    before = resident_bytes(api)
    for number in range(15, 45):
        attack(brim, wire, number)
    assert resident_bytes(api) - before < MAX_GROWTH_BYTES


def attack(brim: RunningBrim, wire: Wire, number: int) -> None:
    """Send every hostile body once, and a few paths and keys that nobody sent before."""
    for body in HOSTILE_BODIES.values():
        assert 400 <= wire.post("/v1/topups", body=body).status < 500
    wire.get(f"/v1/topups/{'x' * 1000}{number}")
    wire.get(f"/v1/{'y' * 1000}{number}")
    Wire(brim.url, f"sk_test_{number:040}").get("/v1/topups")


def test_slow_clients_do_not_slow_the_others_and_are_turned_away(brim: RunningBrim) -> None:
    """Five hundred connections send one byte of a request and no more; healthy clients do not notice."""
    address = urlsplit(brim.url)
    with ExitStack() as stack:
        alone_s = list(_durations(brim, 50))
        slow = [
            stack.enter_context(socket.create_connection((address.hostname, address.port))) for _ in range(SLOW_CLIENTS)
        ]
        for client in slow:
            client.sendall(b"G")
        crowded_s = list(_durations(brim, 50))
        for client in slow:
            client.settimeout(30)
            assert client.recv(12) == b"HTTP/1.1 408"
    # A whole order of magnitude, because the machine may be busy: what is looked for is a service that stalls.
    assert sorted(crowded_s)[25] < 10 * sorted(alone_s)[25] + 0.05


def _durations(brim: RunningBrim, count: int) -> Iterator[float]:
    """Yield how long each of some retrieves took, on one connection."""
    address = urlsplit(brim.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
    for _ in range(count):
        began = time.monotonic()
        connection.request("GET", "/v1/topups?limit=1", headers={"Authorization": f"Bearer {brim.test_key}"})
        assert connection.getresponse().read()
        yield time.monotonic() - began
    connection.close()
