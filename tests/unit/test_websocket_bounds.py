"""What a client of a websocket may make the server do and keep."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from brim.http.websocket import MAX_CONTROL_FRAMES, MAX_FRAGMENTS, MAX_MESSAGE
from tests.support.echo_server import Serving, echoing, request, status_of
from tests.support.flooding import frame
from tests.support.waiting import PATIENCE_S

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
        async with asyncio.timeout(PATIENCE_S):
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


async def open_socket(
    serving: Serving, *, path: str = "/socket", after: bytes = b"", address: str = "127.0.0.1", client: str = ""
) -> RawSocket:
    """Open a websocket from an address, or for the client that a proxy names."""
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port, local_addr=(address, 0))
    named = f"Host: x\r\nX-Forwarded-For: {client}" if client else "Host: x"
    writer.write(HANDSHAKE.replace("/socket", path).replace("Host: x", named).encode() + after)
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
        while serving.app.intake.unfinished.held < 64 * 1024:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0.01)
        for _ in range(200):  # it would read on, if it did
            await asyncio.sleep(0)
        assert serving.app.intake.unfinished.held < 64 * 1024 + 2 * len(message)
        serving.app.may_go_on.set()
        for _ in range(many):
            assert await raw.frame() == (1, message)
        assert serving.app.intake.unfinished.held == 0
        raw.writer.close()


async def test_a_client_that_reads_nothing_is_read_no_more_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brim.http.websocket.SILENT_FOR_S", 0.3)
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.reader._limit = 1  # type: ignore[attr-defined]  # it stops reading after the first piece
        raw.writer.write(frame(1, b"m" * 200_000) * 100)
        while serving.server.server_state.connections:  # noqa: ASYNC110  the sweeper runs on its own clock
            await asyncio.sleep(0.01)
        assert serving.app.intake.unfinished.held == 0
        raw.writer.transport.abort()


async def test_what_is_half_sent_is_bounded_for_all_websockets_of_an_address() -> None:
    async with echoing(max_unfinished_per_address=500_000) as serving:
        sockets = [await open_socket(serving) for _ in range(4)]
        for raw in sockets:
            raw.writer.write(frame(1, b"x" * 200_000, fin=False))
        assert await asyncio.wait_for(first_of([raw.closing_code() for raw in sockets]), PATIENCE_S) == 1013
        assert serving.app.intake.unfinished.held <= 500_000
        for raw in sockets:
            raw.writer.close()
        while serving.app.intake.unfinished.held:  # noqa: ASYNC110  the server offers no event for it
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
        assert serving.app.intake.unfinished.held == 0


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


# Whoever has not shown who they are.

STRANGER = "/socket?stranger"


async def is_open(raw: RawSocket) -> bool:
    """Tell whether a websocket is answered."""
    raw.writer.write(frame(1, b"hello"))
    return await raw.frame() == (1, b"hello")


async def closing_code_of(raw: RawSocket) -> int:
    """Return the code with which the server closes, and close too."""
    code = await raw.closing_code()
    raw.writer.close()
    return code


async def test_strangers_have_a_part_of_all_connections_and_the_oldest_of_whoever_has_the_most_makes_room() -> None:
    async with echoing(max_connections=24, max_connections_per_address=800) as serving:
        single = await open_socket(serving, path=STRANGER, address="127.0.0.2")
        several = [await open_socket(serving, path=STRANGER, address="127.0.0.3") for _ in range(2)]
        newcomer = await open_socket(serving, path=STRANGER, address="127.0.0.4")
        assert await closing_code_of(several[0]) == 1013
        for raw in (single, several[1], newcomer):
            assert await is_open(raw)
            raw.writer.close()


async def test_one_client_has_few_websockets_before_it_shows_who_it_is() -> None:
    async with echoing(max_connections=800, max_connections_per_address=32) as serving:
        known = await open_socket(serving)
        oldest, *others = [await open_socket(serving, path=STRANGER) for _ in range(3)]
        assert await closing_code_of(oldest) == 1013
        for raw in (known, *others):
            assert await is_open(raw)
            raw.writer.close()


async def test_a_stranger_makes_room_before_a_connection_that_rests() -> None:
    async with echoing(max_connections=8) as serving:
        resting = [await serving.connect() for _ in range(7)]
        for reader, writer in resting:
            writer.write(request(extra=""))
            await reader.readuntil(b"GET / 0")
        stranger = await open_socket(serving, path=STRANGER)
        assert status_of(await serving.send(request())) == 200
        assert await closing_code_of(stranger) == 1013
        for reader, writer in resting:
            writer.write(request())
            assert status_of(await asyncio.wait_for(reader.read(), PATIENCE_S)) == 200
            writer.close()


async def test_behind_a_proxy_strangers_are_counted_by_client() -> None:
    async with echoing(max_connections=800, max_connections_per_address=16) as serving:
        serving.believe("127.0.0.0/8")
        first = await open_socket(serving, path=STRANGER, client="203.0.113.1")
        other = await open_socket(serving, path=STRANGER, client="203.0.113.2")
        second = await open_socket(serving, path=STRANGER, client="203.0.113.1")
        assert await closing_code_of(first) == 1013
        for raw in (other, second):
            assert await is_open(raw)
            raw.writer.close()


async def test_behind_a_proxy_a_client_has_no_more_websockets_than_connections_of_its_own() -> None:
    async with echoing(max_connections_per_address=2) as serving:
        serving.believe("127.0.0.0/8")
        sockets = [await open_socket(serving, client="203.0.113.1") for _ in range(2)]
        asked = HANDSHAKE.replace("Host: x", "Host: x\r\nX-Forwarded-For: 203.0.113.1").encode()
        assert status_of(await serving.send(asked)) == 503
        sockets.append(await open_socket(serving, client="203.0.113.2"))
        for raw in sockets:
            assert await is_open(raw)
            raw.writer.transport.abort()
        while not serving.app.intake.is_empty:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0.01)


async def test_what_a_websocket_does_not_read_is_counted_until_it_is_gone() -> None:
    async with echoing() as serving:
        raw = await open_socket(serving)
        raw.reader._limit = 1  # type: ignore[attr-defined]  # it stops reading after the first piece
        raw.writer.write(frame(1, b"m" * 200_000) * 100)
        while not serving.app.intake.unsent.held:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        raw.writer.transport.abort()
        while not serving.app.intake.is_empty:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0.01)


async def test_whoever_sends_little_takes_the_place_of_a_long_message() -> None:
    async with echoing(max_unfinished=300_000, max_unfinished_per_address=300_000) as serving:
        raw = await open_socket(serving)
        raw.writer.write(frame(1, b"x" * 200_000, fin=False))
        while serving.app.intake.unfinished.held < 200_000:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        other = await open_socket(serving)
        other.writer.write(frame(1, b"x" * 120_000, fin=False) + frame(0, b""))
        assert await closing_code_of(raw) == 1013
        assert await other.frame() == (1, b"x" * 120_000)
        other.writer.close()
