"""Lists, filters and auto-paging through the official Python SDK."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from stripe import InvalidRequestError, StripeClient

from tests.support.polling import wait_for_event
from tests.support.seeding import Seed, seed_topups
from tests.support.service import Server
from tests.support.wire import PENDING

NOON: Final = 1_780_000_000
"""A Unix second in the past, for top-ups that are all made in it."""


def ids_of(client: StripeClient, **params: Any) -> list[str]:
    """Return the ids of one page, as they come."""
    typed: Any = params
    return [topup.id for topup in client.v1.topups.list(typed).data]


@pytest.fixture
def crowd(server: Server, account: str) -> list[str]:
    """The ids of 230 top-ups of one and the same second, oldest first."""
    return seed_topups(server, account, [Seed(amount, NOON) for amount in range(1, 231)])


def test_an_empty_list_is_a_list(client: StripeClient) -> None:
    page = client.v1.topups.list()
    assert json.loads(str(page)) == {"object": "list", "data": [], "has_more": False, "url": "/v1/topups"}


def test_a_list_shows_the_ten_newest_first(client: StripeClient, crowd: list[str]) -> None:
    page = client.v1.topups.list()
    assert [topup.id for topup in page.data] == crowd[:-11:-1]
    assert page.has_more


@pytest.mark.parametrize(("limit", "shown"), [(-1, 1), (0, 1), (1, 1), (37, 37), (100, 100), (101, 100), (9**20, 100)])
def test_a_limit_out_of_bounds_becomes_the_nearest_inside(
    client: StripeClient, crowd: list[str], limit: int, shown: int
) -> None:
    assert ids_of(client, limit=limit) == crowd[: -shown - 1 : -1]


def test_lists_at_the_same_moment_get_what_each_asked_for(client: StripeClient, crowd: list[str]) -> None:
    asked: list[dict[str, Any]] = [
        {"limit": 3},
        {"limit": 5},
        {"limit": 3, "starting_after": crowd[7]},
        {"limit": 3, "status": "pending"},
    ]
    alone = [ids_of(client, **params) for params in asked]
    expanded = {"limit": 3, "expand": ["data.balance_transaction"]}
    with ThreadPoolExecutor(12) as many:
        found = list(many.map(lambda params: ids_of(client, **params), [*asked, expanded] * 24))
    assert found == [*alone, alone[0]] * 24


def test_starting_after_goes_to_older_ones(client: StripeClient, crowd: list[str]) -> None:
    page = client.v1.topups.list({"starting_after": crowd[5], "limit": 3})
    assert [topup.id for topup in page.data] == [crowd[4], crowd[3], crowd[2]]
    assert page.has_more
    page = client.v1.topups.list({"starting_after": crowd[3], "limit": 3})
    assert [topup.id for topup in page.data] == [crowd[2], crowd[1], crowd[0]]
    assert not page.has_more
    assert ids_of(client, starting_after=crowd[0]) == []


def test_ending_before_shows_the_nearest_newer_ones_newest_first(client: StripeClient, crowd: list[str]) -> None:
    page = client.v1.topups.list({"ending_before": crowd[-5], "limit": 3})
    assert [topup.id for topup in page.data] == [crowd[-2], crowd[-3], crowd[-4]]
    assert page.has_more
    page = client.v1.topups.list({"ending_before": crowd[-4], "limit": 3})
    assert [topup.id for topup in page.data] == [crowd[-1], crowd[-2], crowd[-3]]
    assert not page.has_more
    assert ids_of(client, ending_before=crowd[-1]) == []


def test_auto_paging_to_older_ones_meets_each_once(client: StripeClient, crowd: list[str]) -> None:
    seen = [topup.id for topup in client.v1.topups.list({"limit": 70}).auto_paging_iter()]
    assert seen == crowd[::-1]


def test_auto_paging_to_newer_ones_meets_each_once(client: StripeClient, crowd: list[str]) -> None:
    first = client.v1.topups.list({"limit": 70, "ending_before": crowd[0]})
    assert [topup.id for topup in first.auto_paging_iter()] == crowd[1:]


def test_auto_paging_keeps_the_filters(client: StripeClient, crowd: list[str]) -> None:
    params: Any = {"amount": {"gt": 20, "lte": 140}, "created": NOON, "status": "pending", "limit": 50}
    assert [topup.id for topup in client.v1.topups.list(params).auto_paging_iter()] == crowd[20:140][::-1]


def test_auto_paging_meets_none_twice_while_new_ones_are_made(client: StripeClient, crowd: list[str]) -> None:
    seen: list[str] = []
    for topup in client.v1.topups.list({"limit": 100}).auto_paging_iter():
        if len(seen) % 100 == 0:
            client.v1.topups.create({"amount": 5, "currency": "usd", "source": PENDING})
        seen.append(topup.id)
    assert seen == crowd[::-1]


@pytest.mark.parametrize(
    ("amount", "matches"),
    [
        (20, lambda amount: amount == 20),
        ({"gt": 20}, lambda amount: amount > 20),
        ({"gte": 20}, lambda amount: amount >= 20),
        ({"lt": 20}, lambda amount: amount < 20),
        ({"lte": 20}, lambda amount: amount <= 20),
        ({"gte": 20, "lt": 40}, lambda amount: 20 <= amount < 40),
        ({"gt": 40, "lt": 20}, lambda _amount: False),
        (7, lambda _amount: False),
    ],
)
def test_amounts_are_filtered(
    client: StripeClient, server: Server, account: str, amount: object, matches: Callable[[int], bool]
) -> None:
    amounts = [10, 20, 30, 40, 20]
    ids = seed_topups(server, account, [Seed(number, NOON) for number in amounts])
    expected = [topup_id for topup_id, number in zip(ids, amounts, strict=True) if matches(number)]
    assert ids_of(client, amount=amount) == expected[::-1]


@pytest.mark.parametrize(
    ("created", "matches"),
    [
        (NOON + 1, lambda second: second == 1),
        ({"gt": NOON + 1}, lambda second: second > 1),
        ({"gte": NOON + 1}, lambda second: second >= 1),
        ({"lt": NOON + 1}, lambda second: second < 1),
        ({"lte": NOON + 1}, lambda second: second <= 1),
        ({"gt": NOON, "lte": NOON + 2}, lambda second: 0 < second <= 2),
        (NOON - 1, lambda _second: False),
    ],
)
def test_seconds_are_filtered(
    client: StripeClient, server: Server, account: str, created: object, matches: Callable[[int], bool]
) -> None:
    seconds = [0, 0, 1, 1, 2, 3]
    ids = seed_topups(server, account, [Seed(100, NOON + second) for second in seconds])
    expected = [topup_id for topup_id, second in zip(ids, seconds, strict=True) if matches(second)]
    assert ids_of(client, created=created) == expected[::-1]


def test_statuses_are_filtered(client: StripeClient) -> None:
    topups = client.v1.topups
    made = {
        status: topups.create({"amount": 100, "currency": "usd", "source": source}).id
        for status, source in {
            "pending": PENDING,
            "canceled": PENDING,
            "succeeded": "btok_us_verified",
            "failed": "btok_us_verified_noAccount",
        }.items()
    }
    topups.cancel(made["canceled"])
    wait_for_event(client, "topup.succeeded", made["succeeded"])
    wait_for_event(client, "topup.failed", made["failed"])
    for status, topup_id in made.items():
        assert ids_of(client, status=status) == [topup_id]
    assert ids_of(client, status="reversed") == []
    with pytest.raises(InvalidRequestError, match="Invalid status: must be one of canceled, failed, pending"):
        ids_of(client, status="bogus")


def test_a_cursor_need_not_match_the_filters(client: StripeClient, crowd: list[str]) -> None:
    assert ids_of(client, starting_after=crowd[150], amount={"lte": 3}) == crowd[2::-1]


def test_unknown_cursors_are_the_parameter_s_fault(client: StripeClient, crowd: list[str]) -> None:
    for name in ("starting_after", "ending_before"):
        with pytest.raises(InvalidRequestError) as caught:
            ids_of(client, **{name: "tu_x"})
        assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, "resource_missing", name)
        assert caught.value.user_message == "No such topup: 'tu_x'"
    with pytest.raises(InvalidRequestError, match="Received both starting_after and ending_before") as caught:
        ids_of(client, starting_after=crowd[0], ending_before=crowd[1])
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, None, None)
    with pytest.raises(InvalidRequestError, match="No such topup: 'tu_x'"):
        ids_of(client, starting_after=crowd[0], ending_before="tu_x")
