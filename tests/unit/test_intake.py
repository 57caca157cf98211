"""What one process takes in: connections by address, and bytes of what is half sent."""

import asyncio

import msgspec
import pytest

from brim.http.intake import SMALL, Intake, source_of
from brim.http.origin import Proxies
from brim.platform.settings import parse_networks
from tests.support.echo_server import LIMITS, Serving, echoing, request, status_of
from tests.support.waiting import PATIENCE_S


async def test_one_connection_too_many_is_turned_away_where_all_are_busy() -> None:
    async with echoing(max_connections=2) as serving:
        kept = [await serving.connect() for _ in range(2)]
        for _, writer in kept:
            writer.write(request("/wait"))
        await serving.until_handling(2)
        refusal = await serving.send()
        assert status_of(refusal) == 503
        assert b"\r\nRetry-After: 1\r\n" in refusal
        serving.app.may_go_on.set()
        for reader, writer in kept:
            assert (await asyncio.wait_for(reader.read(), PATIENCE_S)).endswith(b"GET /wait 0")
            writer.close()


async def test_whoever_rested_longest_makes_room() -> None:
    async with echoing(max_connections=2) as serving:
        (reader, writer), kept = await serving.connect(), await serving.connect()
        for each in (kept, (reader, writer), kept):
            each[1].write(request(extra=""))
            await each[0].readuntil(b"GET / 0")
            await asyncio.sleep(0.002)  # the event loop that serves counts in milliseconds
        assert status_of(await serving.send(request())) == 200
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        kept[1].write(request())
        assert status_of(await asyncio.wait_for(kept[0].read(), PATIENCE_S)) == 200
        writer.close()
        kept[1].close()


async def test_connections_that_never_ask_shut_nobody_out() -> None:
    async with echoing(max_connections=20) as serving:
        idle = [await serving.connect() for _ in range(100)]
        assert status_of(await serving.send(request())) == 200
        assert len(serving.server.server_state.connections) <= 20
        for _, writer in idle:
            writer.close()


async def test_one_address_cannot_have_all_connections() -> None:
    async with echoing(max_connections_per_address=2) as serving:
        kept = [await serving.connect() for _ in range(2)]
        for _, writer in kept:
            writer.write(request("/wait"))
        await serving.until_handling(2)
        assert status_of(await serving.send()) == 503
        elsewhere = await asyncio.open_connection("127.0.0.1", serving.port, local_addr=("127.0.0.2", 0))
        elsewhere[1].write(request())
        assert status_of(await asyncio.wait_for(elsewhere[0].read(), PATIENCE_S)) == 200
        serving.app.may_go_on.set()
        for reader, writer in kept:
            await reader.read()
            writer.close()
        elsewhere[1].close()
        assert status_of(await serving.send(request())) == 200


async def test_a_believed_proxy_has_as_many_connections_as_there_are() -> None:
    async with echoing(max_connections_per_address=1) as serving:
        serving.believe("127.0.0.0/8")
        kept = [await serving.connect() for _ in range(5)]
        for _, writer in kept:
            writer.write(request("/wait"))
        await serving.until_handling(5)
        serving.app.may_go_on.set()
        for reader, writer in kept:
            assert status_of(await asyncio.wait_for(reader.read(), PATIENCE_S)) == 200
            writer.close()


# Bytes of what is half sent.

HALF = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + b"a" * 900


async def send_halves(serving: Serving, count: int, half: bytes = HALF) -> list[asyncio.StreamWriter]:
    """Open so many connections, send the first part of a request on each, and wait until the server has it."""
    writers = []
    for _ in range(count):
        held = serving.app.intake.unfinished.held
        _, writer = await serving.connect()
        writer.write(half)
        writers.append(writer)
        while serving.app.intake.unfinished.held == held:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
    return writers


@pytest.mark.parametrize(
    "half",
    [
        HALF,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + b"a" * 900,
        b"POST / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 900,
        b"POST /" + b"a" * 930,
    ],
)
async def test_requests_that_are_half_sent_take_so_much_memory_and_no_more(half: bytes) -> None:
    async with echoing(max_unfinished=5_000, max_unfinished_per_address=5_000) as serving:
        writers = await send_halves(serving, 5, half)
        refusal = await serving.send(half)
        assert status_of(refusal) == 503
        assert b"\r\nRetry-After: 1\r\nStripe-Should-Retry: true\r\n" in refusal
        assert status_of(await serving.send(request())) == 200
        for writer in writers:
            writer.close()
        while serving.app.intake.unfinished.held:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        assert status_of(await serving.send(half[:10] + b" HTTP/1.1\r\n\r\n")) == 400


async def test_one_address_cannot_take_what_is_there_for_all() -> None:
    async with echoing(max_unfinished=10_000, max_unfinished_per_address=2_000) as serving:
        writers = await send_halves(serving, 2)
        assert status_of(await serving.send(HALF)) == 503
        reader, writer = await asyncio.open_connection("127.0.0.1", serving.port, local_addr=("127.0.0.2", 0))
        for piece in (HALF, b"a" * 100):
            writer.write(piece)
            await writer.drain()
        assert (await asyncio.wait_for(reader.readuntil(b"POST / 1000"), PATIENCE_S)).startswith(b"HTTP/1.1 200 ")
        for each in [*writers, writer]:
            each.close()


async def test_behind_a_believed_proxy_each_client_has_its_own_bound() -> None:
    half = HALF.replace(b"Host: x", b"Host: x\r\nX-Forwarded-For: 203.0.113.%d")
    async with echoing(max_unfinished=10_000, max_unfinished_per_address=2_000) as serving:
        serving.believe("127.0.0.0/8")
        writers = await send_halves(serving, 2, half % 1)
        assert status_of(await serving.send(half % 1)) == 503
        writers += await send_halves(serving, 2, half % 2)
        for writer in writers:
            writer.close()


async def test_what_was_half_sent_is_given_back_with_the_answer() -> None:
    async with echoing(max_unfinished=1_500, max_unfinished_per_address=1_500) as serving:
        reader, writer = await serving.connect()
        for _ in range(5):
            writer.write(HALF)
            while not serving.app.intake.unfinished.held:  # noqa: ASYNC110  the server offers no event for it
                await asyncio.sleep(0)
            writer.write(b"a" * 100)
            await asyncio.wait_for(reader.readuntil(b"POST / 1000"), PATIENCE_S)
            assert serving.app.intake.unfinished.held == 0
        writer.close()


async def test_requests_sent_ahead_are_bounded_too() -> None:
    async with echoing(max_unfinished=3_000, max_unfinished_per_address=3_000) as serving:
        reader, writer = await serving.connect()
        writer.write(request("/wait", extra="") + (HALF + b"a" * 100) * 5)
        await serving.until_handling(1)
        while serving.app.intake.unfinished.held < 2_000:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        assert serving.app.intake.unfinished.held <= 3_000
        serving.app.may_go_on.set()
        assert b"GET /wait 0" in await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()


async def test_whoever_sends_little_gets_through_where_others_have_taken_all() -> None:
    async with echoing(max_unfinished=4_000, max_unfinished_per_address=2_000) as serving:
        halves = []
        for number in range(8):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", serving.port, local_addr=(f"127.0.0.{2 + number // 2}", 0)
            )
            writer.write(HALF)
            halves.append((reader, writer))
        while serving.app.intake.unfinished.held < 3_500:  # noqa: ASYNC110  the server offers no event for it
            await asyncio.sleep(0)
        for _ in range(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", serving.port, local_addr=("127.0.0.9", 0))
            body = b"a" * 500
            head = request("/", body=body, extra=f"Connection: close\r\nA: {'b' * 500}\r\n").removesuffix(body)
            writer.write(head)
            await until_half_came(serving, "127.0.0.9")
            writer.write(body)
            assert (await asyncio.wait_for(reader.read(), PATIENCE_S)).endswith(b"POST / 500")
            assert serving.app.intake.unfinished.held <= 4_000
            writer.close()
        for _, writer in halves:
            writer.close()


async def until_half_came(serving: Serving, source: str) -> None:
    """Return once something is held of an address."""
    while source not in serving.app.intake.unfinished._sources:  # noqa: ASYNC110  the server offers no event for it
        await asyncio.sleep(0)


class Dropped:
    """The owner of a share, which gives up all when told to."""

    def __init__(self, intake: Intake, address: str | None, size: int) -> None:
        self.share = intake.open(address, self)
        self.is_dropped = not self.share.hold(size)

    def drop_unfinished(self) -> None:
        self.is_dropped = True
        self.share.hold(0)

    drop_unsent = drop_unfinished


def sizes(**changes: int) -> Intake:
    return Intake(msgspec.structs.replace(LIMITS, **changes))


def test_the_largest_of_whoever_has_the_most_makes_room() -> None:
    intake = sizes(max_unfinished=100, max_unfinished_per_address=60)
    many = [Dropped(intake, "192.0.2.1", size) for size in (20, 30)]
    one = Dropped(intake, "192.0.2.2", 45)
    newcomer = Dropped(intake, "192.0.2.3", 10)
    assert [each.is_dropped for each in (*many, one, newcomer)] == [False, True, False, False]


def test_nobody_makes_room_for_what_is_larger_than_they_are() -> None:
    intake = sizes(max_unfinished=100, max_unfinished_per_address=60)
    small = [Dropped(intake, f"192.0.2.{number}", 20) for number in range(5)]
    assert Dropped(intake, "192.0.2.9", 20).is_dropped
    assert not any(each.is_dropped for each in small)


def test_what_is_not_small_takes_nobodys_place() -> None:
    intake = sizes(max_unfinished=SMALL * 8, max_unfinished_per_address=SMALL * 8)
    large = [Dropped(intake, f"192.0.2.{number}", SMALL * 4) for number in range(2)]
    assert Dropped(intake, "192.0.2.9", SMALL + 1).is_dropped
    assert not any(each.is_dropped for each in large)
    assert not Dropped(intake, "192.0.2.9", SMALL).is_dropped


def test_whoever_gives_nothing_up_keeps_others_out() -> None:
    intake = sizes(max_unfinished=100, max_unfinished_per_address=100)
    stubborn = Dropped(intake, "192.0.2.1", 100)
    stubborn.drop_unfinished = lambda: None  # type: ignore[method-assign]
    assert Dropped(intake, "192.0.2.2", 10).is_dropped
    assert intake.unfinished.held == 100


def test_a_proxys_client_holds_something_on_as_many_connections_as_it_may_have() -> None:
    limits = msgspec.structs.replace(LIMITS, max_connections_per_address=2)
    intake = Intake(limits, Proxies(parse_networks("192.0.2.0/24")))
    shares = [intake.open("192.0.2.1", Nobody()) for _ in range(4)]
    for share, client in zip(shares, (b"1", b"1", b"1", b"2"), strict=True):
        share.name_client({b"x-forwarded-for": b"203.0.113." + client})
    assert [share.hold(1) for share in shares] == [True, True, False, True]


class Nobody:
    """The owner of a share of no connection."""

    def drop_unfinished(self) -> None:
        raise AssertionError("nothing is to be dropped here")

    drop_unsent = drop_unfinished


def test_nothing_is_left_of_connections_that_are_closed() -> None:
    intake = Intake(LIMITS)
    shares = [intake.open(address, Nobody()) for address in ("192.0.2.1", "192.0.2.1", "2001:db8::1", None)]
    for share in shares:
        assert share.hold(10)
    assert intake.unfinished.held == 40
    for share in [*shares, *shares]:
        share.close()
        assert share.hold(10)
    assert intake.is_empty


def test_a_believed_proxy_that_names_itself_is_bounded_by_nothing_of_its_own() -> None:
    intake = Intake(LIMITS, Proxies(parse_networks("192.0.2.0/24")))
    share = intake.open("192.0.2.1", Nobody())
    assert (share.source, share.is_crowded) == (None, False)
    share.name_client({})
    assert share.hold(LIMITS.max_unfinished)
    share.close()
    assert intake.is_empty


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_ipv6_address_counts_as_its_network(address: str, source: str) -> None:
    assert source_of(address) == source
