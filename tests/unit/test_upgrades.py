"""A request to upgrade is ignored, and the request answered with its body and what comes after it."""

import asyncio

import pytest

from tests.support.echo_server import echoing, request, status_of
from tests.support.waiting import PATIENCE_S

H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
OTHERS = {
    "HTTP/2 in clear": H2C,
    "a usual snippet of proxies": "Connection: upgrade\r\nUpgrade: h2c\r\n",
    "a websocket elsewhere": "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    "TLS": "Upgrade: TLS/1.0\r\nConnection: Upgrade\r\n",
    "several": "Upgrade: foo/2, bar\r\nUpgrade: h2c\r\nConnection: keep-alive, Upgrade\r\n",
    "no connection option": "Upgrade: h2c\r\n",
    "a connection option alone": "Connection: upgrade\r\n",
}


@pytest.mark.parametrize("what", OTHERS)
async def test_a_wish_for_another_protocol_is_passed_over(what: str) -> None:
    async with echoing() as serving:
        answer = await serving.send(request("/a?b", body=b"abc", extra=OTHERS[what]) + request("/next"))
    assert b"POST /a 3HTTP/1.1 200" in answer
    assert answer.endswith(b"GET /next 0")


async def test_a_chunked_body_is_read_after_one() -> None:
    chunked = f"POST /a HTTP/1.1\r\nHost: x\r\n{H2C}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".encode()
    async with echoing() as serving:
        answer = await serving.send(chunked + request("/next"))
    assert b"POST /a 3" in answer
    assert answer.endswith(b"GET /next 0")


async def test_it_does_not_matter_how_the_request_is_cut() -> None:
    whole = request("/a", body=b"GET /b HTTP/1.1\r\n\r\n", extra=H2C) + request("/next", extra=H2C + "Cookie: a\r\n")
    async with echoing() as serving:
        for cut in range(1, len(whole)):
            reader, writer = await serving.connect()
            serving.app.handled.clear()
            writer.write(whole[:cut])
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(whole[cut:])
            await asyncio.wait_for(reader.readuntil(b"GET /next 0"), PATIENCE_S)
            assert serving.app.handled == ["/a", "/next"], cut
            writer.close()


async def test_all_other_headers_are_kept() -> None:
    async with echoing() as serving:
        await serving.send(request("/a", extra=H2C + "A: 1\r\nA: 2\r\nConnection: close\r\nB:  x  y\r\n"))
        headers = serving.app.requests[0].headers
    assert (headers[b"a"], headers[b"b"], headers[b"host"]) == (b"2", b"x  y", b"x")
    assert b"upgrade" not in headers


@pytest.mark.parametrize(
    ("hostile", "status"),
    [
        (
            "POST / HTTP/1.1\r\nHost: x\r\n" + H2C + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        ("POST / HTTP/1.1\r\nHost: x\r\n" + H2C + "Transfer-Encoding: chunked, identity\r\n\r\nabc", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\n" + H2C + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\n" + H2C + "Content-Length: 1001\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\n" + H2C + "\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n" + H2C + "\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\n" + H2C + "A:b\r\n" * 97 + "\r\n", 431),
        ("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n" + H2C + "\r\n", 400),
    ],
)
async def test_a_wish_for_another_protocol_opens_no_way_past_the_rules(hostile: str, status: int) -> None:
    async with echoing() as serving:
        assert status_of(await serving.send(hostile.encode())) == status
        assert serving.app.handled == []


@pytest.mark.parametrize(
    "no_handshake",
    [
        "POST /socket HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n",
        "GET /socket HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n",
        "GET /socket HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n",
        "GET /socket HTTP/1.0\r\nHost: x\r\nContent-Length: 3\r\n",
    ],
)
async def test_what_cannot_be_a_handshake_is_a_request_like_any_other(no_handshake: str) -> None:
    body = "3\r\nabc\r\n0\r\n\r\n" if "chunked" in no_handshake else "abc"
    async with echoing() as serving:
        sent = f"{no_handshake}Connection: close, Upgrade\r\nUpgrade: websocket\r\n\r\n{body}"
        assert (await serving.send(sent.encode())).endswith(b" /socket 3")


async def test_a_handshake_that_waits_for_an_answer_is_no_handshake() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/wait", extra="") + request("/socket", extra=OTHERS["a websocket elsewhere"]))
        await serving.until_handling(1)
        serving.app.may_go_on.set()
        await asyncio.wait_for(reader.readuntil(b"GET /wait 0"), PATIENCE_S)
        await asyncio.wait_for(reader.readuntil(b"GET /socket 0"), PATIENCE_S)
        writer.close()
