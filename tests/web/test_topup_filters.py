"""The list of top-ups: its filters, counts, order and saved views; times in the viewer's zone."""

import re
from base64 import urlsafe_b64encode
from html import unescape

from tests.support.page_visitors import Person
from tests.support.wire import Wire

LIST = "/test/topups"
VIEWS = "/test/saved-views"


def shown(person: Person, query: str) -> list[str]:
    """Return the ids of the top-ups on a page, in its order."""
    page = person.visit(f"{LIST}?{query}")
    assert page.status == 200, page.body
    return re.findall(r'class="row-link" href="/test/topups/(tu_\w+)"', page.body.decode())


def test_every_filter_shows_what_fits_and_the_statuses_are_counted(person: Person, wire: Wire) -> None:
    yen = [wire.create(amount=1000 + number, currency="jpy")["id"] for number in range(2)]
    dollars = [wire.create(amount=100 * (10 + number), description=f"Rent {number}")["id"] for number in range(3)]
    order = wire.create(amount=99, **{"metadata[order_id]": "6735", "metadata[shop]": "a"})["id"]
    person.send(f"{LIST}/{dollars[1]}", f"{LIST}/{dollars[1]}/fail", {"failure_code": "no_account"})
    assert shown(person, "currency=jpy&status=pending") == yen[::-1]
    assert shown(person, "currency=jpy&amount_from=1001") == [yen[1]]
    assert shown(person, "currency=usd&amount_from=10&amount_to=12.00") == dollars[::-1]
    assert shown(person, "metadata_key=order_id&metadata_value=6735") == [order]
    assert shown(person, "metadata_key=order_id&metadata_value=6736") == []
    assert shown(person, "failure_code=no_account") == [dollars[1]]
    assert shown(person, "description=rent+2") == [dollars[2]]
    assert shown(person, "funding_source=btok_us_verified_pending&order=oldest") == [*yen, *dollars, order]
    by_amount = [order, yen[0], dollars[0], yen[1], *dollars[1:]]
    assert shown(person, "order=smallest") == by_amount
    assert shown(person, "order=largest") == by_amount[::-1]
    page = person.read(f"{LIST}?currency=jpy")
    assert "Pending 2 Succeeded 0 Failed 0 Canceled 0 Reversed 0" in page
    assert "No matching top-ups" in person.read(f"{LIST}?currency=eur")
    assert "Enter the value too." in person.read(f"{LIST}?metadata_key=order_id")
    assert "JPY has no decimals." in person.read(f"{LIST}?currency=jpy&amount_from=1.5")


def test_a_status_has_the_column_that_it_needs(person: Person, wire: Wire) -> None:
    failed, pending = wire.create()["id"], wire.create()["id"]
    person.send(f"{LIST}/{failed}", f"{LIST}/{failed}/fail", {"failure_code": "insufficient_funds"})
    page = person.read(f"{LIST}?status=failed")
    assert "Status Reason Description" in page
    assert wire.get(f"/v1/topups/{failed}").json["failure_message"] in page
    page = person.read(f"{LIST}?status=pending")
    assert "Status Expected Description" in page
    assert pending in person.visit(f"{LIST}?status=pending").body.decode()


def test_a_list_sorted_by_amount_is_paged(person: Person, wire: Wire) -> None:
    amounts = {wire.create(amount=100 * (1 + number * 7 % 23))["id"]: number * 7 % 23 for number in range(22)}
    largest = sorted(amounts, key=lambda each: -amounts[each])
    first = person.visit(f"{LIST}?order=largest").body.decode()
    assert shown(person, "order=largest") == largest[:20]
    assert 'aria-sort="descending"' in first
    (following,) = re.findall(r'<a class="button" href="([^"]*)" rel="next">', first)
    assert shown(person, unescape(following).partition("?")[2]) == largest[20:]


def test_a_view_is_saved_shown_and_deleted(person: Person, wire: Wire) -> None:
    wire.create()
    form = f"{LIST}?status=failed&currency=usd"
    reply = person.send(form, VIEWS, {"name": "  Failed\n in  dollars <b> "})
    assert (reply.status, reply.headers["location"]) == (303, f"{LIST}?status=failed&currency=usd")
    person.cookie += "; " + reply.headers["set-cookie"].partition(";")[0]
    page = person.visit(form).body.decode()
    assert (
        f'<li><a href="{LIST}?status=failed&amp;currency=usd" aria-current="true">Failed in dollars &lt;b&gt;</a>'
        in page
    )
    reply = person.send(form, VIEWS, {"delete": "Failed in dollars <b>"})
    person.cookie = person.cookie.rpartition(";")[0] + "; " + reply.headers["set-cookie"].partition(";")[0]
    assert "Failed in dollars" not in person.read(LIST)
    deep = b'[{"name": "x", "filters": {}, "more": ' + b"[" * 2_000
    for hostile in ("!!", urlsafe_b64encode(deep).decode().rstrip("=")):
        person.cookie = person.cookie.rpartition(";")[0] + f"; brim_views={hostile}"
        assert person.visit(LIST).status == 200


def test_times_are_in_the_zone_of_the_browser_until_utc_is_preferred(person: Person, wire: Wire) -> None:
    topup = wire.create()
    page = f"{LIST}/{topup['id']}"
    assert re.search(r"Created \w{3} \d+, \d{4}, \d\d:\d\d:\d\d UTC ", person.read(page))
    person.cookie += "; brim_zone=Asia/Kathmandu"
    told = person.read(page)
    assert re.search(r"Created \w{3} \d+, \d{4}, \d\d:\d\d:\d\d UTC\+5:45 ", told)
    assert "Times in Asia/Kathmandu" in told
    assert "Created from ( Asia/Kathmandu )" in person.read(LIST)
    reply = person.send(f"{LIST}?currency=usd", "/test/account/time-zone", {"zone": "UTC"})
    assert reply.headers["location"] == f"{LIST}?currency=usd"
    person.cookie += "; " + reply.headers["set-cookie"].partition(";")[0]
    assert "Show times in Asia/Kathmandu" in person.read(page)
    assert "Times in UTC" in person.read(page)
    elsewhere = person.send(LIST, "/test/account/time-zone", {"zone": "Asia/Kathmandu", "back": "//evil.example"})
    assert elsewhere.headers["location"] == "/test/balance/overview"


def test_a_day_is_one_of_the_zone_that_is_shown(person: Person, wire: Wire) -> None:
    assert wire.post("/v1/test_helpers/test_clocks", {"frozen_time": 1_793_570_400}).status == 200  # Nov 1, 22:00 UTC
    topup = wire.create()["id"]
    days = "created_from=2026-11-01&created_to=2026-11-01"
    assert shown(person, days) == [topup]
    assert "Created (test clock)" in person.read(f"{LIST}?{days}")
    person.cookie += "; brim_zone=Europe/Athens"
    assert shown(person, days) == []
    assert shown(person, days.replace("11-01", "11-02")) == [topup]
