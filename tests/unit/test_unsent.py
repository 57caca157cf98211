"""What clients do not read: it costs a bounded memory, and what is there for everybody costs nothing more."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brim.http.protocol import HIGH_WATER
from tests.support.echo_server import Serving, echoing, request, status_of
from tests.support.waiting import PATIENCE_S

BODY = 20_000_000
"""Several times what the system itself keeps of it."""


@asynccontextmanager
async def deaf_client(serving: Serving, asked: bytes, *, address: str = "127.0.0.1") -> AsyncIterator[socket.socket]:
    """Ask for something and read nothing of it."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.bind((address, 0))
        client.setblocking(False)
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", serving.port))
        handled = len(serving.app.handled)
        await asyncio.get_running_loop().sock_sendall(client, asked)
        while len(serving.app.handled) == handled:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        yield client


async def read_all(client: socket.socket) -> bytes:
    """Return all that comes until the server closes, or cuts the connection."""
    received = bytearray()
    try:
        while piece := await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 1_000_000), PATIENCE_S):
            received += piece
    except ConnectionResetError:
        pass
    return bytes(received)


async def test_a_reply_is_counted_while_its_client_does_not_read_it() -> None:
    async with echoing(max_unfinished=BODY * 2, max_unfinished_per_address=BODY * 2) as serving:
        unsent = serving.app.intake.unsent
        async with deaf_client(serving, request(f"/large?{BODY}")) as client:
            assert HIGH_WATER < unsent.held <= BODY + 1000
            assert (await read_all(client)).endswith(b"x" * 1000)
        assert unsent.is_empty


async def test_one_address_cannot_leave_more_unread_than_it_may() -> None:
    async with echoing(max_unfinished=BODY * 4, max_unfinished_per_address=BODY) as serving:
        unsent = serving.app.intake.unsent
        async with (
            deaf_client(serving, request(f"/large?{BODY}")) as first,
            deaf_client(serving, request(f"/large?{BODY}")) as second,
            deaf_client(serving, request(f"/large?{BODY}"), address="127.0.0.2") as elsewhere,
        ):
            assert HIGH_WATER < unsent.held <= BODY * 2
            assert len(await read_all(second)) < BODY
            for client in (first, elsewhere):
                assert len(await read_all(client)) > BODY
        assert unsent.is_empty


async def test_what_is_left_unread_is_bounded_for_all_addresses_together() -> None:
    async with echoing(max_unfinished=BODY, max_unfinished_per_address=BODY) as serving:
        async with (
            deaf_client(serving, request(f"/large?{BODY}"), address="127.0.0.2") as first,
            deaf_client(serving, request(f"/large?{BODY}"), address="127.0.0.3") as second,
        ):
            assert serving.app.intake.unsent.held <= BODY
            assert len(await read_all(second)) < BODY
            assert len(await read_all(first)) > BODY
        assert status_of(await serving.send(request())) == 200


async def test_behind_a_believed_proxy_what_is_unread_counts_for_the_client() -> None:
    async with echoing(max_unfinished=BODY * 4, max_unfinished_per_address=BODY) as serving:
        serving.believe("127.0.0.0/8")
        asked = [
            request(f"/large?{BODY}", extra=f"X-Forwarded-For: 203.0.113.{n}\r\nConnection: close\r\n")
            for n in (1, 1, 2)
        ]
        async with (
            deaf_client(serving, asked[0]) as first,
            deaf_client(serving, asked[1]) as second,
            deaf_client(serving, asked[2]) as other,
        ):
            assert len(await read_all(second)) < BODY
            for client in (first, other):
                assert len(await read_all(client)) > BODY


async def test_a_body_that_is_there_anyway_counts_for_nobody() -> None:
    async with (
        echoing(max_unfinished=100_000, max_unfinished_per_address=100_000) as serving,
        deaf_client(serving, request(f"/constant?{BODY}")) as first,
        deaf_client(serving, request(f"/constant?{BODY}")) as second,
    ):
        assert serving.app.intake.unsent.held == 0
        for client in (first, second):
            assert (await read_all(client)).endswith(b"x" * 1000)


async def test_a_stream_that_is_not_read_is_counted_too() -> None:
    async with echoing() as serving:
        serving.app.may_go_on.set()
        async with deaf_client(serving, request("/file")) as client:
            while not serving.app.intake.unsent.held:  # noqa: ASYNC110  the server offers no event for it
                await asyncio.sleep(0)
            assert (await read_all(client)).endswith(b"\r\n0\r\n\r\n")
        assert serving.app.intake.unsent.is_empty
