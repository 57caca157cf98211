"""Token buckets: a second's worth at once, then as many a second as the limit says, in bounded memory."""

import pytest

from brim.api.framework import rate_limits
from brim.api.framework.errors import RateLimitedError
from brim.api.framework.rate_limits import AddressLimiter, RateLimiter, RateLimits
from brim.base.actor import Actor
from brim.base.scope import AccountScope
from brim.core.access.rules import ApiKey
from brim.http.message import Reply, Request
from brim.web.api_client import ask
from tests.support.audits import TESTER


def key_of(number: int, account: str = "acct_1", *, livemode: bool = False) -> ApiKey:
    return ApiKey(
        hash=number.to_bytes(32, "big"),
        account=account,
        livemode=livemode,
        id=f"mk_{number}",
        kind="secret",
        name=None,
        redacted="sk_test_abcd...wxyz",
        permissions=None,
        created=0,
        expires_ms=None,
    )


def taken(limiter: RateLimiter, *, count: int, now_s: float, number: int = 1, account: str = "acct_1") -> int:
    """Return how many of so many requests pass."""
    passed = 0
    for _ in range(count):
        try:
            limiter.take(key_of(number), AccountScope(account, livemode=False), writes=False, now_s=now_s)
        except RateLimitedError:
            continue
        passed += 1
    return passed


@pytest.mark.parametrize("rate", [1, 3, 7, 100, 333])
def test_a_bucket_holds_a_second_and_fills_evenly(rate: int) -> None:
    limiter = RateLimiter(RateLimits(test=rate))
    assert taken(limiter, count=2 * rate, now_s=1_000_000.0) == rate
    assert taken(limiter, count=2 * rate, now_s=1_000_000.0 + 1.5 / rate) == 1
    assert taken(limiter, count=2 * rate, now_s=1_000_010.0) == rate


def test_no_limit_limits_nothing() -> None:
    assert taken(RateLimiter(RateLimits(live=1)), count=1000, now_s=1.0) == 1000


def test_who_is_refused_by_one_bucket_empties_no_other() -> None:
    limiter = RateLimiter(RateLimits(test=2))
    assert taken(limiter, count=5, now_s=1.0, number=1, account="acct_1") == 2
    assert taken(limiter, count=5, now_s=1.0, number=2, account="acct_1") == 0
    assert taken(limiter, count=5, now_s=1.0, number=2, account="acct_2") == 2


def test_buckets_are_bounded_and_those_that_are_not_full_are_kept_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_BUCKETS", 100)
    limiter = RateLimiter(RateLimits(test=1))
    for number in range(500):
        assert taken(limiter, count=1, now_s=float(number), number=number, account=f"acct_{number}") == 1
    assert taken(limiter, count=1, now_s=499.5, number=499, account="acct_499") == 0
    for number in range(1000, 1500):  # all in one moment
        assert taken(limiter, count=1, now_s=600.0, number=number, account=f"acct_{number}") == 1
    held = limiter._buckets[False]._full_at
    assert len(held) <= 102


async def test_only_what_operators_do_on_pages_is_marked_as_theirs() -> None:
    """A visitor's key has its limit in the Shell and the explorer too: nobody is told of what it does."""
    seen: list[bool] = []

    class Seeing:
        async def handle(self, request: Request) -> Reply:
            seen.append(request.by_operator)
            return Reply(200, b"{}")

    class Told:
        @property
        def by(self) -> Actor:
            return TESTER

        async def __call__(self, _request: Request, _reply: Reply) -> None:
            return None

    for each in (None, Told()):
        await ask(Seeing(), Request("GET", "/v1/balance", b"", {}, b""), told=each)
    assert seen == [False, True]


def test_an_address_has_a_bucket_that_fills_slowly() -> None:
    limiter = AddressLimiter(3, 30.0)
    assert [limiter.take("192.0.2.1", now_s=100.0) for _ in range(4)] == [True, True, True, False]
    assert [limiter.take("192.0.2.1", now_s=110.0) for _ in range(2)] == [True, False]
    assert limiter.take("192.0.2.2", now_s=100.0)
    assert all(limiter.take(None, now_s=100.0) for _ in range(10))


def test_a_network_of_ipv6_has_one_bucket() -> None:
    limiter = AddressLimiter(1, 30.0)
    assert limiter.take("2001:db8::1", now_s=100.0)
    assert not limiter.take("2001:db8::2", now_s=100.0)
