"""The search: what ids, amounts, metadata, texts and words lead to, on the page and in the palette's JSON."""

from urllib.parse import quote

from tests.support.page_visitors import Person
from tests.support.recorded_api import KEYS, RecordedApi, refusal, visit
from tests.support.signing import SignedIn
from tests.support.wire import Wire


def found(person: Person, wanted: str) -> list[tuple[str, str]]:
    """Return kind and address of each result."""
    reply = person.visit(f"/test/search.json?q={quote(wanted)}")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json"), reply.body
    page = person.read(f"/test/search?q={quote(wanted)}")
    assert all(each["title"] in page for each in reply.json)
    return [(each["where"].partition(" · ")[0], each["href"]) for each in reply.json]


def topups(person: Person, wanted: str) -> list[str]:
    return [href.rpartition("/")[2] for kind, href in found(person, wanted) if kind == "Top-up"]


def test_an_id_of_any_kind_leads_to_its_page(person: Person, wire: Wire) -> None:
    topup = wire.create()["id"]
    assert found(person, f" {topup} ") == [("Top-up", f"/test/topups/{topup}")]
    event = wire.get("/v1/events?limit=1").json["data"][0]["id"]
    assert found(person, event) == [("Event", f"/test/events/{event}")]
    assert found(person, "req_0123456789") == [("Open", "/test/logs/req_0123456789")]
    assert found(person, "we_0123456789") == [("Open", "/test/webhooks/we_0123456789")]
    assert found(person, "tu_0123456789") == []
    assert found(person, "zz_0123456789") == []


def test_a_balance_transaction_leads_to_its_topup(person: Person, wire: Wire) -> None:
    topup = wire.create()["id"]
    person.send(f"/test/topups/{topup}", f"/test/topups/{topup}/succeed")
    line = wire.get(f"/v1/topups/{topup}").json["balance_transaction"]
    assert found(person, line) == [("Balance transaction", f"/test/topups/{topup}")]


def test_amounts_are_read_in_each_currency(person: Person, wire: Wire) -> None:
    dollars = wire.create(amount=100_000)["id"]
    yen = wire.create(amount=1_000, currency="jpy", description="1000")["id"]
    wire.create(amount=1_000)
    assert topups(person, "1000") == [dollars, yen]
    assert topups(person, "1,000.00") == [dollars]
    assert topups(person, "jpy 1,000") == topups(person, "1000 JPY") == [yen]
    assert topups(person, "1000 xyz") == []


def test_metadata_and_descriptions_are_found(person: Person, wire: Wire) -> None:
    order = wire.create(**{"metadata[order_id]": "A 67", "metadata[shop]": "b"})["id"]
    rent = wire.create(description="Rent <for> May")["id"]
    assert topups(person, "order_id=A 67") == topups(person, "order_id: A 67") == topups(person, "A 67") == [order]
    assert topups(person, "order_id=A") == []
    assert topups(person, "rent <FOR>") == [rent]
    assert ("Search", "/test/topups?description=rent") in found(person, "rent")


def test_pages_and_actions_are_found_by_their_words(person: Person, viewer: Person) -> None:
    everything = found(person, "")
    assert {"Action", "Money", "Developers", "Documentation"} <= {kind for kind, _ in everything}
    assert ("Action", "/test/topups/new") in everything
    assert not any("/ach/" in href for _, href in everything)  # live money has no test mode
    assert ("Developers", "/test/webhooks") in found(person, "webhooks")
    assert ("Action", "/balance/overview") in found(person, "switch live")
    assert ("Action", "/test/topups/new") not in found(viewer, "")
    assert "Nothing found" in person.read("/test/search?q=zzzzzz")


async def test_an_api_that_is_overloaded_is_not_taken_for_one_that_has_nothing() -> None:
    api = RecordedApi({"/v1/brim/topups/search": (503, refusal("Later"))})
    assert (await visit(api, "/test/search?q=rent", signed_in=SignedIn(keys=KEYS))).status == 503
    api.answers = {"/v1/brim/topups/search": (403, refusal("Not yours"))}
    assert (await visit(api, "/test/search?q=rent", signed_in=SignedIn(keys=KEYS))).status == 200
