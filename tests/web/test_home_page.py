"""Home: a line for what needs somebody leads to exactly that, and balances, arrivals and totals are told."""

import re
from html import unescape
from typing import Any, Final

import pytest

from tests.support.page_visitors import Person
from tests.support.recorded_api import KEYS, RecordedApi, refusal, visit
from tests.support.signing import SignedIn
from tests.support.wire import PENDING, Wire

HOME: Final = "/balance/overview"
_DAY: Final = 86_400
_DAYS: Final = [{"start": day * _DAY, "received": 0, "returned": 0, "available": 500} for day in range(30)]
_WELL: Final[dict[str, Any]] = {
    "/v1/brim/balance_overview": {"currencies": [], "days_from": 0, "in_flight_is_complete": True, "livemode": True},
    "/v1/brim/balance_summary": {"totals": [], "accounts": [], "is_complete": True},
    "/v1/brim/verification": {"status": "agree", "created": 1_700_000_000, "warnings": []},
    "/v1/brim/workers": {"data": [{"status": "running"}], "has_more": False},
    "/v1/brim/rails/ach": {"status": "running", "stops": []},
    "/v1/brim/rails/sepa": {"status": "running", "stops": []},
}


def _some(*objects: Any, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": list(objects), "has_more": has_more}


def _endpoint(number: int) -> dict[str, Any]:
    return {
        "id": f"we_{number}",
        "url": f"https://example.com/{number}",
        "brim": {"delivery": {"notice": "Nothing was received since Monday."}},
    }


def _rates(level: str, override: object = None) -> dict[str, Any]:
    return _some({"rates": [{"level": "clear"}, {"level": level}], "asked_override": override})


async def _lines(answers: dict[str, Any], *, target: str = HOME) -> list[tuple[str, str, str]]:
    """Return the lines of what needs attention: where each leads, and its words."""
    api = RecordedApi({path: (200, body) for path, body in {**_WELL, **answers}.items()})
    reply = await visit(api, target, signed_in=SignedIn(keys=KEYS))
    assert reply.status == 200
    found = re.findall(r'<li class="attention-(\w+)"><a href="([^"]*)">([^<]*)</a>', reply.body.decode())
    return [(tone, unescape(href), unescape(title)) for tone, href, title in found]


@pytest.mark.parametrize(
    ("path", "body", "line"),
    [
        ("/v1/brim/breaks", _some({}), ("bad", "/breaks", "1 open break")),
        ("/v1/brim/breaks", _some({}, {}, has_more=True), ("bad", "/breaks", "More than 2 open breaks")),
        ("/v1/brim/ach/files", _some({}), ("waiting", "/ach/files?status=built", "1 file awaits approval")),
        (
            "/v1/brim/incoming_transfers",
            _some({}, {}),
            ("waiting", "/incoming-transfers?status=suspended", "2 transfers in suspense"),
        ),
        (
            "/v1/brim/ach/returns",
            _some({}),
            ("waiting", "/ach/returns?status=dishonorable", "1 return can be dishonored"),
        ),
        (
            "/v1/brim/ach/return_rates",
            _rates("reached"),
            ("bad", "/ach/return-rates", "A return rate has reached its limit"),
        ),
        (
            "/v1/brim/ach/return_rates",
            _rates("warned"),
            ("waiting", "/ach/return-rates", "A return rate is near its limit"),
        ),
        (
            "/v1/brim/ach/return_rates",
            _rates("clear", {"reason": "x"}),
            ("waiting", "/ach/return-rates", "An override of a return rate awaits approval"),
        ),
        (
            "/v1/brim/rails/ach",
            {"status": "stopped", "stops": [{"account": None}]},
            ("bad", "/live-money/stops", "Live money by ACH is stopped"),
        ),
        (
            "/v1/brim/rails/sepa",
            {"status": "running", "stops": [{"account": "acct_1"}]},
            ("bad", "/live-money/stops", "Live money by SEPA is stopped"),
        ),
        ("/v1/brim/workers", _some({"status": "gone"}), ("bad", "/workers", "No worker is running")),
        ("/v1/brim/stuck", _some({}, {}), ("bad", "/workers", "2 stuck items")),
        (
            "/v1/brim/verification",
            {"status": "differ", "created": 1_700_000_000, "warnings": []},
            ("bad", "/verification", "The books don't balance"),
        ),
        (
            "/v1/brim/verification",
            {"status": "none_yet", "created": None, "warnings": ["nothing_checked"]},
            ("waiting", "/verification", "The books were never verified"),
        ),
        (
            "/v1/brim/verification",
            {"status": "agree", "created": 1_700_000_000, "warnings": ["outdated"]},
            ("waiting", "/verification", "The last verification is old"),
        ),
        ("/v1/webhook_endpoints", _some(_endpoint(1)), ("bad", "/webhooks/we_1", "https://example.com/1")),
        (
            "/v1/webhook_endpoints",
            _some(*map(_endpoint, range(4))),
            ("bad", "/webhooks", "4 webhook endpoints need attention"),
        ),
        ("/v1/brim/negative_balances", _some({}), ("bad", "/negative-balances", "1 negative balance")),
    ],
)
async def test_a_line_says_what_there_is_and_leads_there(path: str, body: Any, line: tuple[str, str, str]) -> None:
    assert await _lines({path: body}) == [line]


async def test_each_queue_of_one_kind_has_its_own_line_and_the_worst_come_first() -> None:
    queues = {"/v1/brim/ach/bank_files": _some({}), "/v1/brim/line_settlements": _some({})}
    assert await _lines(queues) == [
        ("bad", "/ach/bank-files?status=held", "1 bank file is held"),
        ("waiting", "/ach/bank-files?status=awaiting_approval", "1 imported statement awaits approval"),
        ("waiting", "/line-settlements?status=proposed", "1 settlement awaits confirmation"),
        ("waiting", "/line-settlements?status=undo_proposed", "1 undo awaits confirmation"),
    ]


async def test_the_banks_are_not_asked_for_in_test_mode_nor_what_somebody_may_not_see() -> None:
    assert await _lines({"/v1/brim/breaks": _some({})}, target=f"/test{HOME}") == []
    api = RecordedApi({path: (200, body) for path, body in _WELL.items()})
    api.answers = {**api.answers, "/v1/brim/verification": (403, refusal("Not yours"))}
    assert (await visit(api, HOME, signed_in=SignedIn(keys=KEYS))).status == 200
    api.answers = {**api.answers, "/v1/brim/breaks": (429, refusal("Later"))}
    assert (await visit(api, HOME, signed_in=SignedIn(keys=KEYS))).status == 429


async def test_a_platform_reads_the_totals_of_its_accounts() -> None:
    overview = {
        **_WELL["/v1/brim/balance_overview"],
        "currencies": [
            {
                "currency": currency,
                "available": amount,
                "days": [{**day, "available": amount} for day in _DAYS],
                "in_flight": {
                    "amount": 70,
                    "topups": 2,
                    "arrivals": [
                        {"start": 28 * _DAY, "amount": 30, "topups": 1},
                        {"start": None, "amount": 40, "topups": 1},
                    ],
                },
            }
            for currency, amount in (("jpy", 500), ("usd", 90_000))
        ],
    }
    total = {"currency": "usd", "closing_balance": 1_234_567, "net_activity": -100}
    api = RecordedApi(
        {
            **{path: (200, body) for path, body in _WELL.items()},
            "/v1/brim/balance_overview": (200, overview),
            "/v1/brim/balance_summary": (200, {"totals": [total], "accounts": [], "is_complete": False}),
        }
    )
    page = (await visit(api, HOME, signed_in=SignedIn(keys=KEYS))).body.decode()
    assert "Nothing needs attention." in page
    assert "12,345.67" in page
    assert "first 1,000 connected accounts" in page
    # The larger one first, with its chart; what should be there by now says so, and what has no day comes last.
    assert page.index('id="available-usd"') < page.index('id="available-jpy"')
    assert "USD available, by day" in page
    assert [page.index(word) for word in ("overdue", "No date")] == sorted(
        page.index(word) for word in ("overdue", "No date")
    )
    named = (await visit(api, f"{HOME}?currency=jpy", signed_in=SignedIn(keys=KEYS))).body.decode()
    assert "JPY available, by day" in named


def test_failed_and_reversed_topups_lead_to_the_list_of_exactly_those(person: Person, wire: Wire) -> None:
    for acts in (("fail",), ("fail",), ("succeed", "reverse"), ()):
        made = wire.create(source=PENDING)["id"]
        for act in acts:
            wire.post(f"/v1/test_helpers/topups/{made}/{act}")
    page = person.visit(f"/test{HOME}").body.decode()
    links = {unescape(title): unescape(href) for href, title in re.findall(r'-bad"><a href="([^"]*)">([^<]*)<', page)}
    assert set(links) == {"2 failed top-ups", "1 reversed top-up"}
    assert person.visit(links["2 failed top-ups"]).body.decode().count('class="row-link"') == 2
    assert person.visit(links["1 reversed top-up"]).body.decode().count('class="row-link"') == 1


def test_the_last_days_are_those_of_a_test_clock(person: Person, wire: Wire) -> None:
    assert wire.post("/v1/test_helpers/test_clocks", {"frozen_time": 1_700_000_000}).status == 200  # Nov 14, 2023
    wire.post(f"/v1/test_helpers/topups/{wire.create(source=PENDING)['id']}/fail")
    page = person.visit(f"/test{HOME}").body.decode()
    assert 'href="/test/topups?status=failed&amp;created_from=2023-11-08">1 failed top-up<' in page
