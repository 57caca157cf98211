"""The HTTP protocol on real connections: framing, limits, order, draining."""

import asyncio
from contextlib import suppress
from typing import cast

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.typing import Subprotocol

from brim.http.admission import Admission
from brim.http.request_reader import MAX_HEADERS
from brim.http.websocket import MAX_MESSAGE
from tests.support.echo_server import Serving, echoing, request, status_of
from tests.support.waiting import PATIENCE_S


async def test_a_request_is_answered_with_length_and_date() -> None:
    async with echoing() as serving:
        answer = await serving.send(request("/a?b=c", body=b"12345"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\ndate: ")
    assert head.endswith(b"\r\nConnection: close")
    assert body == b"POST /a 5"


async def test_a_chunked_body_is_one_body() -> None:
    chunks = (
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    async with echoing() as serving:
        assert (await serving.send(chunks)).endswith(b"POST / 5")


async def test_a_request_may_arrive_byte_by_byte() -> None:
    async with echoing() as serving:
        answer = await serving.send(*[bytes([byte]) for byte in request("/slow", body=b"abc")])
    assert answer.endswith(b"POST /slow 3")


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    paths = [f"/{number}" for number in range(40)]
    ahead = b"".join(request(path, extra="") for path in paths[:-1]) + request(paths[-1])
    async with echoing() as serving:
        answer = await serving.send(ahead)
        assert serving.app.handled == paths
    bodies = [line.split()[1].decode() for line in answer.split(b"\r\n") if b"GET /" in line]
    assert [body.removesuffix("HTTP/1.1") for body in bodies] == paths


async def test_head_is_answered_without_a_body() -> None:
    async with echoing() as serving:
        answer = await serving.send(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")


async def test_an_old_client_is_answered_and_let_go() -> None:
    async with echoing() as serving:
        assert status_of(await serving.send(b"GET / HTTP/1.0\r\n\r\n")) == 200


async def test_a_body_that_waits_to_be_invited_is_invited() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        head, body = request("/", body=b"abc", extra="Expect: 100-continue\r\n").split(b"abc")[0], b"abc"
        writer.write(head)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert await reader.readuntil(b"POST / 3")
        writer.close()


@pytest.mark.parametrize(
    ("what", "hostile", "status"),
    [
        (
            "two ways to frame",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        ("two lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        ("a negative length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        ("a bad chunk size", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("a space before the colon", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        ("a wish for a proxy", b"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 400),
        ("no host", b"GET / HTTP/1.1\r\n\r\n", 400),
        ("two hosts", b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        ("one host twice", b"GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400),
        ("a host that is none", b"GET / HTTP/1.1\r\nHost: x/y@z\r\n\r\n", 400),
        ("a long target", b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        ("a large header", b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 3000 + b"\r\n\r\n", 431),
        ("a header that never ends", b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 600_000, 431),
        ("many headers", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n", 431),
        ("a large body announced", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413),
        (
            "a large body in chunks",
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"a" * 2000,
            413,
        ),
    ],
)
async def test_a_hostile_request_is_refused_at_once(what: str, hostile: bytes, status: int) -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(hostile)
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        assert serving.app.handled == [], what
    assert status_of(answer) == status
    error = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]


async def test_trailers_do_not_become_headers() -> None:
    async with echoing() as serving:
        await serving.send(
            b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"0\r\nAuthorization: x\r\n\r\n"
        )
        assert b"authorization" not in serving.app.requests[0].headers


async def test_a_request_that_dawdles_is_refused() -> None:
    async with echoing(read_timeout_s=0.1) as serving:
        assert status_of(await serving.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")) == 408
        assert status_of(await serving.send(b"GET / HTT")) == 408


async def test_a_connection_that_rests_is_closed() -> None:
    async with echoing(idle_timeout_s=0.1) as serving:
        answer = await serving.send(request(extra=""))
        assert answer.count(b"HTTP/1.1") == 1


async def test_a_client_that_does_not_read_is_dropped_and_holds_up_nobody() -> None:
    async with echoing(read_timeout_s=0.2) as serving:
        _, deaf = await serving.connect()
        deaf.write(request("/large", extra="") * 8)
        await deaf.drain()
        assert status_of(await serving.send(request())) == 200
        while len(serving.server.server_state.connections):  # noqa: ASYNC110  the sweeper runs on its own clock
            await asyncio.sleep(0.01)
        assert serving.app.handled.count("/large") < 8
        deaf.transport.abort()


async def test_a_client_that_leaves_harms_nobody() -> None:
    async with echoing() as serving:
        _, leaver = await serving.connect()
        leaver.write(request("/wait"))
        await serving.app.waiting.wait()
        leaver.transport.abort()
        serving.app.may_go_on.set()
        assert status_of(await serving.send(request())) == 200


async def test_a_stop_lets_requests_in_flight_finish() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        _, idle = await serving.connect()
        writer.write(request("/wait", extra=""))
        await serving.app.waiting.wait()
        serving.server.should_exit = True
        await serving.until_refused()
        serving.app.may_go_on.set()
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
        assert answer.endswith(b"GET /wait 0")
        assert b"Connection: close" in answer
        writer.close()
        idle.close()


async def test_a_stop_takes_what_is_on_its_way_as_the_last_request() -> None:
    async with echoing() as serving:
        new_reader, new = await serving.connect()
        half_reader, half = await serving.connect()
        rested_reader, rested = await serving.connect()
        rested.write(request("/", extra=""))
        await rested_reader.readuntil(b"GET / 0")
        half.write(request("/half", extra="")[:10])
        await serving.until_one_is("_in_head")
        serving.server.should_exit = True
        await serving.until_one_is("_is_last")
        new.write(request("/new", extra=""))
        half.write(request("/half", extra="")[10:])
        for reader, path in ((new_reader, b"/new"), (half_reader, b"/half")):
            answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
            assert answer.endswith(b"GET " + path + b" 0")
            assert b"Connection: close" in answer
        assert await asyncio.wait_for(rested_reader.read(), PATIENCE_S) == b""
        for writer in (new, half, rested):
            writer.close()


async def test_a_stop_does_not_wait_for_who_asks_nothing() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        serving.server.should_exit = True
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        writer.close()


async def test_a_websocket_is_taken_over_and_pieces_of_a_message_are_put_together() -> None:
    async with echoing() as serving:
        async with connect(f"ws://127.0.0.1:{serving.port}/socket", subprotocols=[Subprotocol("echo")]) as client:
            assert client.subprotocol == "echo"
            await client.send(["one ", "message ", "in pieces"])
            assert await client.recv() == "one message in pieces"
            await (await client.ping())
        assert await serving.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


async def test_a_websocket_may_be_refused_with_a_text() -> None:
    async with echoing() as serving:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{serving.port}/socket?refuse", subprotocols=[Subprotocol("echo")])
        assert (refused.value.response.status_code, refused.value.response.body) == (400, b"not you")


async def test_a_websocket_says_goodbye_when_the_server_stops() -> None:
    async with (
        echoing() as serving,
        connect(f"ws://127.0.0.1:{serving.port}/socket", subprotocols=[Subprotocol("echo")]) as client,
    ):
        await client.send("hello")
        await client.recv()
        serving.server.should_exit = True
        with pytest.raises(ConnectionClosedOK):
            await asyncio.wait_for(client.recv(), PATIENCE_S)
        assert client.close_code == 1000


async def test_a_message_that_is_too_large_ends_the_websocket() -> None:
    async with (
        echoing() as serving,
        connect(f"ws://127.0.0.1:{serving.port}/socket", subprotocols=[Subprotocol("echo")]) as client,
    ):
        await client.send("x" * (MAX_MESSAGE + 1))
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(client.recv(), PATIENCE_S)
        assert client.close_code == 1009


# Streamed replies.

STREAM = b"4\r\none,\r\n4\r\ntwo,\r\n"


async def test_a_streamed_reply_comes_in_chunks_as_they_are_made() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/file", extra=""))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"\r\nTransfer-Encoding: chunked\r\n" in head
        assert b"Content-Length" not in head
        assert await reader.readexactly(len(STREAM)) == STREAM
        serving.app.may_go_on.set()
        rest = await reader.readexactly(100 * len(b"186a0\r\n\r\n") + 10_000_000 + len(b"0\r\n\r\n"))
        assert rest.endswith(b"\r\n0\r\n\r\n")
        writer.write(request("/next"))
        assert (await asyncio.wait_for(reader.read(), PATIENCE_S)).endswith(b"GET /next 0")
        writer.close()


async def test_an_old_client_gets_a_streamed_reply_without_chunks() -> None:
    async with echoing() as serving:
        serving.app.may_go_on.set()
        head, _, body = (await serving.send(b"GET /file HTTP/1.0\r\n\r\n")).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head
    assert body == b"one,two," + b"x" * 10_000_000


async def test_head_of_a_streamed_reply_makes_nothing_of_its_body() -> None:
    async with echoing() as serving:
        answer = await serving.send(b"HEAD /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer.endswith(b"\r\n\r\n")
        assert not serving.app.waiting.is_set()


async def test_a_body_that_waits_is_invited_once_the_requests_before_it_are_answered() -> None:
    invited = request("/", body=b"abc", extra="Expect: 100-continue\r\nConnection: close\r\n").removesuffix(b"abc")
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/file", extra=""))
        await reader.readuntil(STREAM)
        writer.write(invited)
        while not serving.app.intake.unfinished.held:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        serving.app.may_go_on.set()
        rest = await reader.readexactly(100 * len(b"186a0\r\n\r\n") + 10_000_000 + len(b"0\r\n\r\n"))
        assert rest.endswith(b"\r\n0\r\n\r\n")
        assert b"HTTP/1.1" not in rest
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert (await asyncio.wait_for(reader.read(), PATIENCE_S)).endswith(b"POST / 3")
        writer.close()


async def test_a_body_that_came_uninvited_is_not_invited_afterwards() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/wait", extra="") + request("/a", body=b"abc", extra="Expect: 100-continue\r\n"))
        await serving.until_handling(1)
        kept = serving.app.intake.unfinished.held
        writer.write(request("/b", body=b"abc").removesuffix(b"c"))
        while serving.app.intake.unfinished.held == kept:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        serving.app.may_go_on.set()
        await reader.readuntil(b"POST /a 3")
        writer.write(b"c")
        assert b"100 Continue" not in await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()


async def test_an_old_client_is_not_invited() -> None:
    async with echoing() as serving:
        answer = await serving.send(b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
    assert status_of(answer) == 200


async def test_a_stream_that_fails_is_never_taken_for_whole() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/torn"))
        received = b""
        with suppress(ConnectionResetError):
            while piece := await asyncio.wait_for(reader.read(1000), PATIENCE_S):
                received += piece
        assert not received.endswith(b"0\r\n\r\n")
        writer.close()


async def test_a_stream_ends_with_its_client() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/news", extra=""))
        await reader.readuntil(STREAM)
        writer.close()
        await asyncio.wait_for(serving.app.ended.wait(), PATIENCE_S)


async def test_a_stream_waits_for_a_client_that_does_not_read() -> None:
    async with echoing(read_timeout_s=0.2) as serving:
        reader, writer = await serving.connect()
        cast("asyncio.Transport", writer.transport).pause_reading()
        serving.app.may_go_on.set()
        writer.write(request("/file", extra=""))
        await asyncio.wait_for(serving.app.ended.wait(), PATIENCE_S)  # it dawdled for too long
        assert serving.app.pieces < 100
        writer.close()
        del reader


async def test_a_stream_without_an_end_does_not_hold_up_a_stop() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/news", extra=""))
        await reader.readuntil(STREAM)
        serving.server.should_exit = True
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b"0\r\n\r\n"
        assert serving.app.ended.is_set()
        writer.close()


async def test_a_file_that_is_being_sent_is_finished_at_a_stop() -> None:
    async with echoing() as serving:
        reader, writer = await serving.connect()
        writer.write(request("/file", extra=""))
        await reader.readuntil(STREAM)
        serving.server.should_exit = True
        await serving.until_refused()
        serving.app.may_go_on.set()
        rest = await asyncio.wait_for(reader.read(), PATIENCE_S)
        assert rest.count(b"x") == 10_000_000
        assert rest.endswith(b"\r\n0\r\n\r\n")
        writer.close()


def allow_one_at_a_time(serving: Serving) -> Admission:
    """Have the server work on one request at a time."""
    serving.app.admission = admission = Admission()
    admission.limit = 0.5  # it rises by itself, in so short a time never to two
    return admission


def close(*connections: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    for _, writer in connections:
        writer.close()


async def test_a_request_beyond_the_bound_is_refused_and_its_connection_goes_on() -> None:
    async with echoing() as serving:
        admission = allow_one_at_a_time(serving)
        first, second = await serving.connect(), await serving.connect()
        first[1].write(request("/wait", extra=""))
        await serving.app.waiting.wait()
        # Two ahead: the first is held, and what waited behind it is refused with it.
        second[1].write(request("/held", extra="") + request("/behind", extra=""))
        for _ in range(2):
            refused = await second[0].readuntil(b"too many")
            assert refused.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
            assert b"\r\nRetry-After: 1\r\n" in refused
        serving.app.may_go_on.set()
        assert (await first[0].readuntil(b"GET /wait 0")).startswith(b"HTTP/1.1 200 OK")
        second[1].write(request("/again"))
        assert (await second[0].read()).endswith(b"GET /again 0")
        assert serving.app.handled == ["/wait", "/again"]
        assert (admission.under_way, admission.held) == (0, 0)
        close(first, second)


async def test_a_held_request_takes_the_place_of_one_that_was_answered() -> None:
    async with echoing() as serving:
        admission = allow_one_at_a_time(serving)
        first, second, gone = [await serving.connect() for _ in range(3)]
        first[1].write(request("/wait"))
        await serving.app.waiting.wait()
        second[1].write(request("/held", body=b"x" * 900))
        await serving.until_held("/held")
        gone[1].write(request("/gone"))
        await serving.until_held("/gone")
        gone[1].transport.abort()
        while len(serving.server.server_state.connections) > 2:  # noqa: ASYNC110  uvicorn offers no event for it
            await asyncio.sleep(0)
        serving.app.may_go_on.set()
        assert (await second[0].read()).endswith(b"POST /held 900")
        assert (await first[0].read()).endswith(b"GET /wait 0")
        assert serving.app.handled == ["/wait", "/held"]
        assert (admission.under_way, admission.held) == (0, 0)
        close(first, second, gone)


async def test_a_stop_waits_for_what_is_held() -> None:
    async with echoing() as serving:
        allow_one_at_a_time(serving)
        first, second = await serving.connect(), await serving.connect()
        first[1].write(request("/wait", extra=""))
        await serving.app.waiting.wait()
        second[1].write(request("/held", extra=""))
        await serving.until_held("/held")
        serving.server.should_exit = True
        serving.app.may_go_on.set()
        assert (await second[0].read()).endswith(b"GET /held 0")
        assert (await first[0].read()).endswith(b"GET /wait 0")
        close(first, second)
