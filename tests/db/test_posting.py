"""What the other side may do to us, and whom a URL may lead to: over real sockets."""

import asyncio
import gzip
import socket as socket_module
import struct
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest

from brim.base.scope import AccountScope
from brim.core.webhooks.deliveries import Answer
from brim.core.webhooks.endpoints import EndpointRules, check_url
from brim.core.webhooks.rules import Outcome
from brim.core.webhooks.sender import MOST_READ, WebhookSender
from brim.platform.database import Database
from brim.platform.egress.targets import Address, TargetBlockedError
from brim.testing.catcher import Caught, Reply, catching, status
from tests.support.hooks import Hooks, add_endpoint, add_events, attempts
from tests.support.tls_receivers import Names, catching_tls

TIMEOUT_S = 0.4
CHUNK = b"x" * 65_536
HEAD = b"HTTP/1.1 200 OK\r\n"


def raw(*pieces: bytes, pause_s: float = 0.0, then: str = "close") -> Reply:
    """Answer with these bytes, with pauses between them; then close, or say nothing more for ever."""

    async def reply(_caught: Caught, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        if then == "half-close":
            writer.write_eof()
        if then != "close":
            await asyncio.Event().wait()

    return reply


async def endless(_caught: Caught, writer: asyncio.StreamWriter) -> None:
    """Answer with ten gigabytes."""
    writer.write(HEAD + b"Content-Length: 10000000000\r\n\r\n")
    while True:
        writer.write(CHUNK)
        await writer.drain()


async def reset(_caught: Caught, writer: asyncio.StreamWriter) -> None:
    """Cut the connection in such a way that the other side hears of it as an error."""
    socket: socket_module.socket = writer.get_extra_info("socket")
    socket.setsockopt(socket_module.SOL_SOCKET, socket_module.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


BOMB = gzip.compress(b"\0" * 10_000_000)
MISBEHAVIOURS: dict[str, tuple[Reply, Outcome, int | None]] = {
    "500": (status(500), Outcome.REFUSED, 500),
    "404": (status(404), Outcome.REFUSED, 404),
    "never answers": (raw(then="wait"), Outcome.TIMED_OUT, None),
    "closes at once": (raw(), Outcome.GARBLED, None),
    "half-closes at once": (raw(then="half-close"), Outcome.GARBLED, None),
    "half a head": (raw(HEAD, then="half-close"), Outcome.GARBLED, None),
    "half a body": (raw(HEAD + b"Content-Length: 10\r\n\r\nabc", then="half-close"), Outcome.DELIVERED, 200),
    "garbage": (raw(b"\x00\xff\x16\x03 hello\r\n\r\n" * 9), Outcome.GARBLED, None),
    "an endless head": (raw(HEAD, *[b"X: " + CHUNK + b"\r\n"] * 9), Outcome.GARBLED, None),
    "a head byte by byte": (raw(*[bytes([byte]) for byte in HEAD], pause_s=0.1), Outcome.TIMED_OUT, None),
    "a body byte by byte": (raw(HEAD + b"\r\n", *[b"x"] * 99, pause_s=0.1), Outcome.DELIVERED, 200),
    "ten gigabytes": (endless, Outcome.DELIVERED, 200),
    "a bomb": (raw(HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + BOMB), Outcome.DELIVERED, 200),
    "an upgrade": (raw(b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), Outcome.REFUSED, 101),
    "a bad chunk": (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Outcome.DELIVERED, 200),
    "first 100": (raw(b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"\r\n"), Outcome.DELIVERED, 200),
    "a reset": (reset, Outcome.UNREACHABLE, None),
}


async def post(url: str, *, livemode: bool = False, poster: WebhookSender | None = None) -> Answer:
    poster = poster or WebhookSender(timeout_s=TIMEOUT_S)
    return await poster.post(url, livemode=livemode, headers={"X-Test": "1"}, body=b'{"id":"evt_x"}')


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_whatever_it_answers_is_an_outcome_in_time(name: str) -> None:
    reply, outcome, http_status = MISBEHAVIOURS[name]
    loop = asyncio.get_running_loop()
    async with catching() as catcher:
        catcher.reply = reply
        began = loop.time()
        answer = await post(catcher.url)
        assert loop.time() - began < TIMEOUT_S + 1
    assert (answer.outcome, answer.http_status) == (outcome, http_status)
    assert (answer.error is None) == (http_status is not None)
    assert len(answer.body_head or b"") <= 1024
    if name == "a bomb":
        assert answer.body_head == BOMB[:1024]


async def test_no_more_than_64_kib_are_read() -> None:
    """The other side cannot write much more than what is read and what the system holds for us."""
    written = 0

    async def reply(_caught: Caught, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(HEAD + b"Content-Length: 10000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 1024)
            await writer.drain()
            written += 1024

    async with catching() as catcher:
        catcher.reply = reply
        answer = await post(catcher.url)
    assert answer.outcome is Outcome.DELIVERED
    assert written < MOST_READ + 8 * 1024 * 1024


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/inner", "/inner", "http://169.254.169.254/latest", "file:///x"]
)
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(code: int, target: str) -> None:
    async with catching() as catcher:
        catcher.reply = status(code, Location=target.format(port=catcher.port))
        answer = await post(catcher.url)
    assert (answer.outcome, answer.http_status, catcher.connections) == (Outcome.REFUSED, code, 1)


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    async with catching() as catcher:
        url = catcher.url
    answer = await post(url)
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "The connection was refused.")


async def test_who_never_reads_times_out() -> None:
    writers: list[asyncio.StreamWriter] = []

    def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writers.append(writer)

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        poster = WebhookSender(timeout_s=TIMEOUT_S)
        answer = await poster.post(f"http://127.0.0.1:{port}/", livemode=False, headers={}, body=b"x" * 20_000_000)
        for writer in writers:
            writer.close()
    assert answer.outcome is Outcome.TIMED_OUT
    assert len(writers) == 1


BLOCKED_URLS = [
    *"https://127.0.0.1/ https://0.0.0.0/ https://[::1]/ https://[::ffff:127.0.0.1]/ https://10.0.0.1/".split(),
    *"https://172.16.0.1/ https://192.168.0.1/ https://169.254.169.254/latest/meta-data https://100.64.0.1/".split(),
    *"https://[fc00::1]/ https://[fe80::1]/ https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/".split(),
    *"https://2130706433/ https://017700000001/ https://0x7f000001/ https://0x7f.0.0.1/ https://127.1/".split(),
    *"https://localhost/ https://localhost./ https://LOCALHOST/ https://user@127.0.0.1/".split(),
    *"https://8.8.8.8@127.0.0.1/ https://127.0.0.1:8443/ http://127.0.0.1/ file:///etc/passwd gopher://x/".split(),
    *"http://8.8.8.8/ https://8.8.8.8:22/ https://8.8.8.8:80/".split(),
]


@pytest.mark.parametrize("url", BLOCKED_URLS)
async def test_live_mode_is_blocked_when_saving_and_when_sending_alike(url: str) -> None:
    poster = WebhookSender(timeout_s=TIMEOUT_S)
    with pytest.raises(TargetBlockedError):
        check_url(url, EndpointRules(), livemode=True)
    answer = await post(url, livemode=True, poster=poster)
    assert answer.outcome is Outcome.BLOCKED
    assert (answer.error or "").startswith("Invalid URL: ")


async def test_a_name_that_stands_for_a_private_address_is_blocked() -> None:
    for addresses in ("10.0.0.1", "8.8.8.8 10.0.0.1", "::1", "169.254.169.254"):
        poster = WebhookSender(timeout_s=TIMEOUT_S, resolve=Names(addresses))
        assert (await post("https://x.example/", livemode=True, poster=poster)).outcome is Outcome.BLOCKED


async def test_the_address_that_was_vetted_is_the_one_dialled() -> None:
    """A name that is public when it is vetted and private a moment later leads nowhere private."""
    async with catching() as inner:
        names = Names("192.0.2.1", "127.0.0.1")
        poster = WebhookSender(timeout_s=TIMEOUT_S, resolve=names, allowed=[ip_network("192.0.2.0/24")])
        answer = await post(f"http://x.example:{inner.port}/", livemode=True, poster=poster)
        assert answer.outcome in {Outcome.TIMED_OUT, Outcome.UNREACHABLE}
        assert names.asked == 1
        answer = await post(f"http://x.example:{inner.port}/", livemode=True, poster=poster)
        assert answer.outcome is Outcome.BLOCKED
    assert inner.connections == 0


async def test_the_next_address_is_dialled_when_one_does_not_take_the_call() -> None:
    async with catching() as catcher:
        poster = WebhookSender(timeout_s=60.0, resolve=Names("127.0.0.2 127.0.0.1"))
        answer = await post(f"http://x.example:{catcher.port}/", poster=poster)
        assert answer.outcome is Outcome.DELIVERED
        assert catcher.caught[0].headers["host"] == f"x.example:{catcher.port}"


async def test_a_name_that_nobody_knows_is_unreachable_and_may_be_saved() -> None:
    async def unknown(_host: str, _account: str) -> Sequence[Address]:
        raise OSError(2, "Name or service not known")

    poster = WebhookSender(timeout_s=TIMEOUT_S, resolve=unknown)
    check_url("https://x.example/", EndpointRules(), livemode=True)
    assert (await post("https://x.example/", livemode=True, poster=poster)).outcome is Outcome.UNREACHABLE


async def test_the_operators_networks_are_reached_in_live_mode() -> None:
    async with catching() as catcher:
        allowed = (ip_network("127.0.0.0/8"),)
        poster = WebhookSender(timeout_s=60.0, allowed=allowed)
        check_url(catcher.url, EndpointRules(allowed=allowed), livemode=True)
        assert (await post(catcher.url, livemode=True, poster=poster)).outcome is Outcome.DELIVERED


async def test_certificates_are_verified_for_the_name_in_the_url(tmp_path: Path) -> None:
    async with catching_tls(tmp_path) as (catcher, trusting):
        names = Names("127.0.0.1")
        poster = WebhookSender(timeout_s=60.0, resolve=names, tls=trusting)
        assert (await post(f"https://hooks.test:{catcher.port}/", poster=poster)).outcome is Outcome.DELIVERED
        other_name = await post(f"https://other.test:{catcher.port}/", poster=poster)
        stranger = WebhookSender(timeout_s=60.0, resolve=names)
        unknown_issuer = await post(f"https://hooks.test:{catcher.port}/", poster=stranger)
    for answer in (other_name, unknown_issuer):
        assert answer.outcome is Outcome.UNREACHABLE
        assert (answer.error or "").startswith("The certificate could not be verified")
    assert len(catcher.caught) == 1


async def test_live_events_never_leave_for_a_private_address(database: Database) -> None:
    async with catching() as catcher:
        live = AccountScope("acct_books", livemode=True)
        await add_endpoint(database, catcher.url, scope=live)
        await add_events(database, 1, scope=live)
        await Hooks(database).pass_time(0)
    assert catcher.connections == 0
    [row] = await attempts(database, "outcome, error")
    assert row == {
        "outcome": "blocked",
        "error": "Invalid URL: 127.0.0.1 is not a public address, which live mode asks for.",
    }
