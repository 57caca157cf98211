"""Webhooks that leave through a proxy: it is asked for the vetted address, and TLS is with the endpoint."""

import asyncio
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
import uvloop

from brim.core.webhooks.deliveries import Answer
from brim.core.webhooks.rules import Outcome
from brim.core.webhooks.sender import WebhookSender
from brim.platform.database import Database
from brim.platform.egress.proxy import EgressProxy
from brim.platform.egress.targets import Address
from brim.testing.catcher import catching, status
from tests.db.connect_proxy import Behave, ConnectProxy, proxying
from tests.support.books import OWNER
from tests.support.brim_process import run_brim
from tests.support.dns_server import serving_names
from tests.support.hooks import ENCRYPTION_KEY, add_events, attempts, insert_endpoint, new_endpoint
from tests.support.tls_receivers import Names, catching_tls
from tests.support.workers import running_worker, until

TIMEOUT_S = 30.0
PUBLIC = "93.184.216.34"
REFUSED = "The proxy for webhooks refused the connection or could not make it (HTTP {}).".format


def through(proxy: ConnectProxy, *, login: str = "", timeout_s: float = TIMEOUT_S, **settings: object) -> WebhookSender:
    way = EgressProxy.from_url(f"http://{login}127.0.0.1:{proxy.port}")
    arguments = {"resolve": Names(PUBLIC), "proxy": way, **settings}
    return WebhookSender(timeout_s=timeout_s, **arguments)  # type: ignore[arg-type]


async def post(poster: WebhookSender, url: str, *, livemode: bool = False) -> Answer:
    return await poster.post(url, livemode=livemode, headers={"X-Test": "1"}, body=b'{"id":"evt_x"}')


async def plain_http_goes_by_connect() -> None:
    async with catching() as catcher, proxying({f"{PUBLIC}:80": catcher.port}) as proxy:
        answer = await post(through(proxy), "http://hooks.test/x?y=1")
    assert (answer.outcome, answer.http_status) == (Outcome.DELIVERED, 200)
    assert proxy.requests == [f"CONNECT {PUBLIC}:80 HTTP/1.1\r\nHost: {PUBLIC}:80\r\n\r\n"]
    assert catcher.caught[0].path == "/x?y=1"
    assert catcher.caught[0].headers["host"] == "hooks.test"


async def tls_is_with_the_endpoint(folder: Path) -> None:
    async with catching_tls(folder) as (catcher, trusting), proxying({f"{PUBLIC}:443": catcher.port}) as proxy:
        poster = through(proxy, tls=trusting)
        assert (await post(poster, "https://hooks.test/", livemode=True)).outcome is Outcome.DELIVERED
        other_name = await post(poster, "https://other.test/", livemode=True)
        unknown_issuer = await post(through(proxy), "https://hooks.test/", livemode=True)
        assert proxy.asked == [f"CONNECT {PUBLIC}:443 HTTP/1.1"] * 3
        assert "hooks.test" not in "".join(proxy.requests)
    for answer in (other_name, unknown_issuer):
        assert answer.outcome is Outcome.UNREACHABLE
        assert (answer.error or "").startswith("The certificate could not be verified")
    assert len(catcher.caught) == 1


async def test_plain_http_goes_by_connect_to_the_vetted_address() -> None:
    await plain_http_goes_by_connect()


async def test_tls_is_spoken_with_the_endpoint_and_verified_for_its_name(tmp_path: Path) -> None:
    await tls_is_with_the_endpoint(tmp_path)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_both_work_on_the_event_loop_of_the_workers(scheme: str, tmp_path: Path) -> None:
    uvloop.run(plain_http_goes_by_connect() if scheme == "http" else tls_is_with_the_endpoint(tmp_path))


async def test_an_ipv6_address_is_written_in_brackets() -> None:
    async with proxying() as proxy:
        answer = await post(through(proxy, resolve=Names("2606:4700::1111")), "https://hooks.test/", livemode=True)
    assert proxy.asked == ["CONNECT [2606:4700::1111]:443 HTTP/1.1"]
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, REFUSED(403))


async def test_the_next_address_is_asked_for_when_the_proxy_cannot_reach_one() -> None:
    async with catching() as catcher, proxying({f"{PUBLIC}:80": catcher.port}) as proxy:
        answer = await post(through(proxy, resolve=Names(f"8.8.8.8 {PUBLIC}")), "http://hooks.test/")
    assert answer.outcome is Outcome.DELIVERED
    assert proxy.asked == ["CONNECT 8.8.8.8:80 HTTP/1.1", f"CONNECT {PUBLIC}:80 HTTP/1.1"]


@pytest.mark.parametrize("addresses", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "168.63.129.16", f"{PUBLIC} ::1"])
async def test_what_may_not_be_dialled_is_not_asked_for(addresses: str) -> None:
    async with proxying() as proxy:
        answer = await post(through(proxy, resolve=Names(addresses)), "https://hooks.test/", livemode=True)
    assert (answer.outcome, proxy.requests) == (Outcome.BLOCKED, [])


async def test_credentials_are_told_to_the_proxy_and_to_nobody_else() -> None:
    async with catching() as catcher, proxying({f"{PUBLIC}:80": catcher.port}) as proxy:
        poster = through(proxy, login="jane:s%3Acret%40@")
        assert (await post(poster, "http://hooks.test/")).outcome is Outcome.DELIVERED
        proxy.behave = saying(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        refused = await post(poster, "http://hooks.test/")
    assert "\r\nProxy-Authorization: Basic amFuZTpzOmNyZXRA\r\n" in proxy.requests[0]
    assert "proxy-authorization" not in catcher.caught[0].headers
    assert (refused.outcome, refused.error) == (
        Outcome.UNREACHABLE,
        "The proxy for webhooks refused the connection: it asks for another user name or password (HTTP 407).",
    )


def saying(data: bytes, *, then_wait: bool = False) -> Behave:
    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then_wait:
            await asyncio.Event().wait()

    return behave


MISBEHAVIOURS: dict[str, tuple[bytes, str]] = {
    "refuses": (b"HTTP/1.1 403 No\r\nX-Secret: 10.0.0.9\r\n\r\nsecret", REFUSED(403)),
    "cannot connect": (b"HTTP/1.0 502 Bad\r\n\r\n", REFUSED(502)),
    "redirects": (b"HTTP/1.1 302 X\r\nLocation: http://10.0.0.1/\r\n\r\n", REFUSED(302)),
    "closes at once": (b"", "The proxy for webhooks closed the connection without an answer."),
    "closes in its answer": (b"HTTP/1.1 200 ", "The proxy for webhooks closed the connection without an answer."),
    "speaks another protocol": (b"SSH-2.0-x\r\n\r\n", "The proxy for webhooks did not answer as HTTP proxies do."),
    "never ends its head": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000, "did not answer as HTTP proxies do."),
    "says too much": (
        b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "The proxy for webhooks sent more than an answer.",
    ),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_whatever_the_proxy_answers_is_an_outcome(name: str, scheme: str) -> None:
    data, sentence = MISBEHAVIOURS[name]
    async with proxying(behave=saying(data)) as proxy:
        answer = await post(through(proxy, login="jane:secret@"), f"{scheme}://hooks.test/")
    assert answer.outcome is Outcome.UNREACHABLE
    assert sentence in (answer.error or "")
    for untold in ("secret", "jane", "127.0.0.1", "10.0.0"):
        assert untold not in (answer.error or "")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["to CONNECT", "after it"])
async def test_a_proxy_that_says_nothing_times_out(scheme: str, data: bytes) -> None:
    async with proxying(behave=saying(data, then_wait=True)) as proxy:
        answer = await post(through(proxy, timeout_s=0.4), f"{scheme}://hooks.test/")
    assert (answer.outcome, answer.error) == (Outcome.TIMED_OUT, "There was no response within 0.4 seconds.")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_hangs_up_once_connected_is_an_outcome(scheme: str) -> None:
    async with proxying(behave=saying(b"HTTP/1.1 200 OK\r\n\r\n")) as proxy:
        answer = await post(through(proxy), f"{scheme}://hooks.test/")
    assert answer.outcome in {Outcome.GARBLED, Outcome.UNREACHABLE}


async def test_a_proxy_that_is_not_there_is_unreachable() -> None:
    async with proxying() as proxy:
        poster = through(proxy)
    answer = await post(poster, "http://hooks.test/")
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, "The proxy for webhooks could not be reached.")


async def resolve_all_but_the_proxy(host: str, _account: str) -> Sequence[Address]:
    if host == "proxy.test":
        raise OSError(2, "secret")
    return [ip_address(PUBLIC)]


async def test_a_proxy_whose_name_is_not_known_is_unreachable() -> None:
    poster = WebhookSender(
        timeout_s=TIMEOUT_S, resolve=resolve_all_but_the_proxy, proxy=EgressProxy.from_url("http://proxy.test:3128")
    )
    answer = await post(poster, "http://hooks.test/")
    sentence = "The proxy for webhooks could not be reached: its name could not be looked up."
    assert (answer.outcome, answer.error) == (Outcome.UNREACHABLE, sentence)


async def test_this_machine_is_reached_through_a_proxy_on_it_and_directly_where_the_proxy_is_elsewhere() -> None:
    """A proxy elsewhere would take 127.0.0.1 for itself, which nobody has vetted."""
    async with catching() as catcher, proxying({f"127.0.0.1:{catcher.port}": catcher.port}) as proxy:
        assert (await post(through(proxy), catcher.url)).outcome is Outcome.DELIVERED
        assert proxy.asked == [f"CONNECT 127.0.0.1:{catcher.port} HTTP/1.1"]
        elsewhere = WebhookSender(
            timeout_s=TIMEOUT_S, resolve=Names("192.0.2.1"), proxy=EgressProxy.from_url("http://proxy.test:3128")
        )
        assert (await post(elsewhere, catcher.url)).outcome is Outcome.DELIVERED
        assert len(proxy.requests) == 1


@pytest.mark.slow
async def test_a_worker_sends_through_the_proxy_and_trusts_the_operators_authority(
    service_url: str, database: Database, tmp_path: Path
) -> None:
    async with (
        catching_tls(tmp_path) as (catcher, _),
        proxying({f"{PUBLIC}:443": catcher.port}) as proxy,
        serving_names({"hooks.test": PUBLIC}) as server,
    ):
        catcher.reply = status(200)
        await insert_endpoint(database, new_endpoint("https://hooks.test/", scope=OWNER))
        await add_events(database, 2)
        env = {
            "BRIM_ENCRYPTION_KEY": ENCRYPTION_KEY,
            "BRIM_WEBHOOK_DNS": server.address,
            "BRIM_WEBHOOK_PROXY": f"http://jane:secret@127.0.0.1:{proxy.port}",
            "BRIM_WEBHOOK_CA_FILE": str(tmp_path / "certificate.pem"),
        }
        async with running_worker(service_url, env=env):
            await until(lambda: _delivered(database, 2))
    assert set(proxy.asked) == {f"CONNECT {PUBLIC}:443 HTTP/1.1"}
    assert len(catcher.caught) == 2


async def _delivered(database: Database, count: int) -> bool:
    return [row["outcome"] for row in await attempts(database)] == ["delivered"] * count


def write_nothing(_path: Path) -> None:
    """Leave the file away."""


BAD_FILES: dict[str, Callable[[Path], object]] = {
    "missing": write_nothing,
    "empty": lambda path: path.write_text(""),
    "no certificate": lambda path: path.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_without_certificates_is_refused_at_the_start(name: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    BAD_FILES[name](path)
    ended = run_brim("worker", env={"BRIM_WEBHOOK_CA_FILE": str(path), "BRIM_DATABASE_URL": "postgresql://x/y"})
    assert ended.returncode != 0
    assert f"BRIM_WEBHOOK_CA_FILE cannot be '{path}': it must be a readable PEM file of certificates." in ended.stderr
    assert "Traceback" not in ended.stderr
