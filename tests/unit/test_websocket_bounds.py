"""What a client of a websocket may make the server do and keep."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress

import pytest
from echo_server import Serving, echoing, request, status_of
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from api.flooding import frame
from brim.http.websocket import MAX_CONTROL_FRAMES, MAX_FRAGMENTS, MAX_MESSAGE

HANDSHAKE = (
    "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: echo\r\n\r\n"
)


class RawSocket:
    """A websocket of which a test says every byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def frame(self) -> tuple[int, bytes]:
        """Return the opcode and the data of the next frame."""
        async with asyncio.timeout(10):
            head = await self.reader.readexactly(2)
            length = head[1]
            if length > 125:
                length = int.from_bytes(await self.reader.readexactly({126: 2, 127: 8}[length]), "big")
            return head[0] & 0x0F, await self.reader.readexactly(length)

    async def closing_code(self) -> int:
        """Return the code with which the server closes; what comes before is passed over."""
        while True:
            opcode, data = await self.frame()
            if opcode == 8:
                return int.from_bytes(data[:2], "big")


async def open_socket(serving: Serving, *, path: str = "/socket", after: bytes = b"") -> RawSocket:
    reader, writer = await serving.connect()
    writer.write(HANDSHAKE.replace("/socket", path).encode() + after)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    return RawSocket(reader, writer)


async def test_a_message_in_too_many_pieces_ends_the_websocket() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.writer.write(frame(1, b"x", fin=False) + frame(0, fin=False) * MAX_FRAGMENTS)
        assert await raw.closing_code() == 1008
        raw.writer.close()


async def test_a_message_in_as_many_pieces_as_there_may_be_arrives() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving)
        for _ in range(2):
            raw.writer.write(frame(1, b"x", fin=False) + frame(0, fin=False) * (MAX_FRAGMENTS - 2) + frame(0, b"y"))
            assert await raw.frame() == (1, b"xy")
        raw.writer.close()


async def test_too_many_control_frames_end_the_websocket() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.writer.write(frame(9) * 10 * MAX_CONTROL_FRAMES)
        assert await raw.closing_code() == 1008
        raw.writer.close()


async def test_the_longest_message_arrives_however_it_is_cut() -> None:
    async with echoing() as serving:
        uri = f"ws://127.0.0.1:{serving.port}/socket"
        async with connect(uri, subprotocols=[Subprotocol("echo")], max_size=None) as client:
            longest = "x" * MAX_MESSAGE
            for sent in (longest, [longest[:1000], longest[1000:]]):
                await client.send(sent)
                assert await client.recv() == longest


async def test_what_is_sent_with_the_handshake_is_read_once_it_is_accepted() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving, after=frame(1, b"early") + frame(1, b"and earlier"))
        assert [await raw.frame(), await raw.frame()] == [(1, b"early"), (1, b"and earlier")]
        raw.writer.close()


async def test_a_conversation_that_is_behind_is_sent_no_more_than_it_can_keep() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving, path="/socket?wait")
        many = 500
        message = b"m" * 10_000
        raw.writer.write(frame(1, message) * many)
        while serving.app.intake.held < 64 * 1024:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0.01)
        for _ in range(200):  # it would read on, if it did
            await asyncio.sleep(0)
        assert serving.app.intake.held < 64 * 1024 + 2 * len(message)
        serving.app.may_go_on.set()
        for _ in range(many):
            assert await raw.frame() == (1, message)
        assert serving.app.intake.held == 0
        raw.writer.close()


async def test_a_client_that_reads_nothing_is_read_no_more_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brim.http.websocket.SILENT_FOR_S", 0.3)
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.reader._limit = 1  # type: ignore[attr-defined]  # it stops reading after the first piece
        raw.writer.write(frame(1, b"m" * 200_000) * 100)
        while serving.server.server_state.connections:  # noqa: ASYNC110  the sweeper runs on its own clock
            await asyncio.sleep(0.01)
        assert serving.app.intake.held == 0
        raw.writer.transport.abort()


async def test_what_is_half_sent_is_bounded_for_all_websockets_of_an_address() -> None:
    async with echoing(max_unfinished_per_address=500_000) as serving:
        sockets = [await open_socket(serving) for _ in range(4)]
        for raw in sockets:
            raw.writer.write(frame(1, b"x" * 200_000, fin=False))
        assert await asyncio.wait_for(first_of([raw.closing_code() for raw in sockets]), 10) == 1013
        assert serving.app.intake.held <= 500_000
        for raw in sockets:
            raw.writer.close()
        while serving.app.intake.held:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0.01)


async def first_of(waits: list[Coroutine[None, None, int]]) -> int:
    done, others = await asyncio.wait([asyncio.ensure_future(wait) for wait in waits], return_when="FIRST_COMPLETED")
    for each in others:
        each.cancel()
    await asyncio.wait(others)
    return done.pop().result()


BAD_HANDSHAKES = {
    "no key": HANDSHAKE.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
    "a bad key": HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "abc"),
    "a key beyond ASCII": HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "\xe9\xff=="),
    "two keys": HANDSHAKE.replace(
        "Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key"
    ),
    "an old version": HANDSHAKE.replace("Version: 13", "Version: 8"),
    "no version": HANDSHAKE.replace("Sec-WebSocket-Version: 13\r\n", ""),
    "another subprotocol": HANDSHAKE.replace("Protocol: echo", "Protocol: other"),
    "no subprotocol": HANDSHAKE.replace("Sec-WebSocket-Protocol: echo\r\n", ""),
    "a subprotocol that is none": HANDSHAKE.replace("Protocol: echo", 'Protocol: ,;=/"x'),
    "an extension that is none": HANDSHAKE.replace("echo\r\n", "other\r\nSec-WebSocket-Extensions: ,;=\r\n"),
    "two origins": HANDSHAKE.replace("echo\r\n", "echo\r\nOrigin: a\r\nOrigin: b\r\n"),
}


@pytest.mark.parametrize("what", BAD_HANDSHAKES)
async def test_a_handshake_that_is_none_is_refused_and_leaves_nothing(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with echoing() as serving:
        answer = await serving.send(BAD_HANDSHAKES[what].encode("latin-1"))
        assert status_of(answer) == 400
        assert serving.app.handled == []
        while serving.server.server_state.tasks or serving.server.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert status_of(await serving.send(request())) == 200
    assert caplog.records == []


async def test_a_handshake_may_have_headers_as_long_as_any_request() -> None:
    async with echoing(max_header=32_768) as serving:
        reader, writer = await serving.connect()
        writer.write(HANDSHAKE.replace("Host: x", "Host: x\r\nCookie: " + "c" * 20_000).encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        writer.close()


async def test_a_client_that_goes_while_it_is_not_read_is_forgotten() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.writer.write(frame(1, b"x" * 1000, fin=False))
        raw.writer.transport.abort()
        while serving.server.server_state.tasks or serving.server.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert serving.app.intake.held == 0


async def test_a_binary_message_that_is_no_text_harms_nobody() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.writer.write(frame(2, b"\xff\xfe"))
        assert await raw.frame() == (1, "\N{REPLACEMENT CHARACTER}".encode() * 2)
        raw.writer.write(b"\xff" * 20)
        assert await raw.closing_code() == 1002
        raw.writer.close()


async def test_a_message_larger_than_there_may_be_ends_the_websocket_however_it_is_cut() -> None:
    async with echoing() as serving:
        uri = f"ws://127.0.0.1:{serving.port}/socket"
        async with connect(uri, subprotocols=[Subprotocol("echo")]) as client:
            with suppress(ConnectionClosedError):
                await client.send(["x" * (MAX_MESSAGE // 2)] * 3)
            await client.wait_closed()
            assert client.close_code == 1009
