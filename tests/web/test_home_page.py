"""Home: a line for what needs somebody leads to exactly that, and balances, arrivals and totals are told."""

import re
from html import unescape
from typing import Any, Final

from tests.support.page_visitors import Person
from tests.support.recorded_api import KEYS, RecordedApi, refusal, visit
from tests.support.signing import SignedIn
from tests.support.wire import PENDING, Wire

HOME: Final = "/balance/overview"
_ATTENTION: Final = "/v1/brim/attention"
_DAY: Final = 86_400
_DAYS: Final = [{"start": day * _DAY, "received": 0, "returned": 0, "available": 500} for day in range(30)]
_WELL: Final[dict[str, Any]] = {
    "/v1/brim/balance_overview": {"currencies": [], "days_from": 0, "in_flight_is_complete": True, "livemode": True},
    "/v1/brim/balance_summary": {"totals": [], "accounts": [], "is_complete": True},
}


def _listed(*items: Any) -> dict[str, Any]:
    return {"object": "list", "data": list(items), "has_more": False}


def _item(title: str, page: str, *, severity: str = "critical") -> dict[str, Any]:
    return {"title": title, "detail": "Why", "page": page, "severity": severity}


async def _lines(*items: Any, target: str = HOME) -> list[tuple[str, str, str]]:
    """Return the lines of what needs attention: where each leads, and its words."""
    api = RecordedApi({path: (200, body) for path, body in {**_WELL, _ATTENTION: _listed(*items)}.items()})
    reply = await visit(api, target, signed_in=SignedIn(keys=KEYS))
    assert reply.status == 200
    found = re.findall(r'<li class="attention-(\w+)"><a href="([^"]*)">([^<]*)</a>', reply.body.decode())
    return [(tone, unescape(href), unescape(title)) for tone, href, title in found]


async def test_a_line_says_what_there_is_and_leads_there() -> None:
    items = [
        _item("1 bank file is held", "/ach/bank-files?status=held"),
        _item("<b> & more", "/webhooks/we_1", severity="warning"),
    ]
    lines = [
        ("bad", "/ach/bank-files?status=held", "1 bank file is held"),
        ("waiting", "/webhooks/we_1", "<b> & more"),
    ]
    assert await _lines(*items) == lines
    in_test_mode = [(tone, f"/test{href}", title) for tone, href, title in lines]
    assert await _lines(*items, target=f"/test{HOME}") == in_test_mode


async def test_the_last_days_are_those_of_the_viewers_zone_and_a_refusal_is_said() -> None:
    api = RecordedApi({path: (200, body) for path, body in _WELL.items()})
    zone = "; brim_zone=Asia%2FTokyo"
    assert (await visit(api, HOME, signed_in=SignedIn(keys=KEYS), cookies=zone)).status == 200
    asked = [request.query for request in api.requests if request.path == _ATTENTION]
    assert asked == [b"timezone=Asia%2FTokyo"]
    api.answers = {**api.answers, _ATTENTION: (429, refusal("Later"))}
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
