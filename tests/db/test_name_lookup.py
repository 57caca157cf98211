"""Names of webhooks' hosts: whatever DNS does or does not, a look-up costs its own account one place for a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest
import uvloop

from brim.platform.egress import names as name_lookup
from brim.platform.egress.names import MOST_PER_ACCOUNT, NameLookupError, NameResolver
from tests.support.dns_server import DnsServer, serving_names

LOCAL = [ip_address("127.0.0.1")]


@asynccontextmanager
async def resolving(server: DnsServer, *, timeout_s: float = 30.0) -> AsyncIterator[NameResolver]:
    resolver = NameResolver(servers=[server.address], timeout_s=timeout_s)
    try:
        yield resolver
    finally:
        await resolver.close()


def _known(letters: str) -> dict[str, str]:
    return {f"{letter}.test": "127.0.0.1" for letter in letters}


def in_flight(resolver: NameResolver) -> int:
    return len(resolver._in_flight)


async def test_a_name_is_looked_up_once_for_all_who_want_it_and_then_remembered() -> None:
    async with serving_names({"hooks.test": "127.0.0.1"}) as server, resolving(server) as resolver:
        found = await asyncio.gather(*[resolver("hooks.test", f"acct_{number}") for number in range(50)])
        assert all(list(each) == LOCAL for each in found)
        assert list(await resolver("HOOKS.test", "acct_x")) == LOCAL
        assert server.queries["hooks.test"] == 2  # A and AAAA
        assert resolver._per_account == {}


async def test_both_families_are_found() -> None:
    async with (
        serving_names({"both.test": "127.0.0.1 ::1", "six.test": "fd12::1"}) as server,
        resolving(server) as resolver,
    ):
        assert set(await resolver("both.test", "a")) == {ip_address("127.0.0.1"), ip_address("::1")}
        assert list(await resolver("six.test", "a")) == [ip_address("fd12::1")]


async def test_names_of_the_hosts_file_are_found_without_a_server() -> None:
    async with serving_names() as server, resolving(server) as resolver:
        assert set(await resolver("localhost", "a")) <= {ip_address("127.0.0.1"), ip_address("::1")}
        assert not server.queries


@pytest.mark.parametrize(
    ("ttl_s", "remembered_s"), [(0, name_lookup._LEAST_TTL_S), (60, 60.0), (86_400, name_lookup._LONGEST_TTL_S)]
)
async def test_an_answer_counts_for_its_ttl_within_bounds(ttl_s: int, remembered_s: float) -> None:
    async with serving_names({"hooks.test": "127.0.0.1"}, ttl_s=ttl_s) as server, resolving(server) as resolver:
        before = asyncio.get_running_loop().time()
        await resolver("hooks.test", "a")
        after = asyncio.get_running_loop().time()
        until_s = resolver._cache["hooks.test"].until_s
        assert before + remembered_s <= until_s <= after + remembered_s


async def test_a_name_that_does_not_exist_is_asked_for_again_soon() -> None:
    async with serving_names() as server, resolving(server) as resolver:
        for _ in range(2):
            with pytest.raises(NameLookupError, match=r"couldn't be resolved: Domain name not found\."):
                await resolver("none.test", "a")
        assert server.queries["none.test"] == 2
        assert resolver._cache["none.test"].until_s <= asyncio.get_running_loop().time() + 3


async def test_who_waits_for_a_name_without_an_answer_is_told_in_time_and_others_are_not_held_up() -> None:
    async with serving_names({"hooks.test": "127.0.0.1"}) as server, resolving(server, timeout_s=0.5) as resolver:
        holes = [asyncio.ensure_future(resolver(f"hole{number}.test", "acct_bad")) for number in range(100)]
        await server.wait_until(lambda queries: len(queries) >= MOST_PER_ACCOUNT)
        assert in_flight(resolver) == MOST_PER_ACCOUNT
        assert list(await resolver("hooks.test", "acct_good")) == LOCAL
        for outcome in await asyncio.gather(*holes, return_exceptions=True):
            assert isinstance(outcome, NameLookupError)
            assert str(outcome) == "The host name couldn't be resolved: there was no answer within 0.5 seconds."
        assert list(await resolver("hooks.test", "acct_good")) == LOCAL
        # What nobody waits for any more holds its place until c-ares has given it up, and no longer.
        assert len(server.queries) == MOST_PER_ACCOUNT + 1


async def test_a_free_place_is_taken_by_who_waits_for_one() -> None:
    async with serving_names({"hooks.test": "127.0.0.1"}) as server, resolving(server) as resolver:
        holes = [asyncio.ensure_future(resolver(f"hole{n}.test", "a")) for n in range(MOST_PER_ACCOUNT)]
        await server.wait_until(lambda queries: len(queries) >= MOST_PER_ACCOUNT)
        waiting = asyncio.ensure_future(resolver("hooks.test", "a"))
        for outcome in await asyncio.gather(*holes, return_exceptions=True):
            assert isinstance(outcome, NameLookupError)  # c-ares gave up
        assert list(await waiting) == LOCAL
        assert resolver._per_account == {}


async def test_who_waits_no_longer_does_not_end_the_look_up_for_the_others() -> None:
    async with serving_names({"hole.test": "127.0.0.1"}) as server, resolving(server) as resolver:
        first, second = [asyncio.ensure_future(resolver("hole.test", "a")) for _ in range(2)]
        await server.wait_until(lambda queries: queries["hole.test"] > 0)
        first.cancel()
        server.silent_about = "nothing"  # the next try is answered
        assert list(await second) == LOCAL


async def test_the_names_kept_are_bounded_and_the_least_used_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_lookup, "_MOST_NAMES", 3)
    async with serving_names(_known("abcd")) as server, resolving(server) as resolver:
        for name in "abcabad":
            await resolver(f"{name}.test", "x")
        assert list(resolver._cache) == ["b.test", "a.test", "d.test"]


async def test_a_name_with_many_addresses_keeps_a_few_of_them() -> None:
    many = " ".join(f"127.0.1.{number}" for number in range(30))
    async with serving_names({"many.test": many}) as server, resolving(server) as resolver:
        assert len(await resolver("many.test", "x")) == 16


@pytest.mark.parametrize(("limit", "value"), [("_LOOKUPS_PER_RESOLVER", 2), ("_RESOLVER_LIVES_S", 0.0)])
async def test_c_ares_begins_anew_so_that_its_own_memory_stays_small(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: float
) -> None:
    monkeypatch.setattr(name_lookup, limit, value)
    async with serving_names(_known("abcdef")) as server, resolving(server) as resolver:
        hole = asyncio.ensure_future(resolver("hole.test", "x"))
        await server.wait_until(lambda queries: queries["hole.test"] > 0)
        first = resolver._resolver
        for name in "abcdef":
            assert list(await resolver(f"{name}.test", "x")) == LOCAL
        assert resolver._resolver is not first
        with pytest.raises(NameLookupError, match=r"(?i)timeout"):  # not: cancelled with the one it went through
            await hole


def test_it_works_on_the_event_loop_of_the_workers() -> None:
    async def look_up() -> None:
        async with serving_names({"hooks.test": "127.0.0.1"}) as server, resolving(server, timeout_s=0.2) as resolver:
            assert list(await resolver("hooks.test", "x")) == LOCAL
            with pytest.raises(NameLookupError):
                await resolver("hole.test", "x")

    uvloop.run(look_up())
