"""Accounts in the dashboard, against a running service."""

from urllib.parse import urlencode

from tests.support.page_visitors import Person, text_of
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire

ACCOUNTS = "/test/accounts"
EMPTY = "\N{EN DASH}"
NEW = f"{ACCOUNTS}/new"
FIELDS = {"name": "Rocket Rides", "email": "ops@rocket.example", "country": "us", "currency": "eur"}


def add(person: Person, **more: str) -> str:
    """Add an account by its form, and return where its page is."""
    reply = person.send(NEW, NEW, {**FIELDS, "settlement_days": "", **more})
    assert reply.status == 303, reply.body
    return reply.headers["location"].partition("?")[0]


def test_a_platform_without_accounts_is_told_what_they_are(person: Person, account: str) -> None:
    shown = person.read(ACCOUNTS)
    assert "No connected accounts yet" in shown
    assert account in shown


def test_an_account_is_added_and_listed(person: Person, wire: Wire) -> None:
    page = add(person, settlement_days="3")
    (made,) = wire.get("/v1/accounts?expand[]=data.brim").json["data"]
    assert page == f"{ACCOUNTS}/{made['id']}"
    assert (made["business_profile"]["name"], made["country"], made["default_currency"]) == (
        "Rocket Rides",
        "US",
        "eur",
    )
    assert made["brim"]["settlement_days"] == 3
    assert "Settlement 3 banking days, by agreement" in person.read(page)
    in_live_mode = person.read(page.removeprefix("/test"))
    assert "Hold As in the originator's profile" in in_live_mode
    assert "Leave empty to use the originator's hold." in in_live_mode
    assert f"Rocket Rides {made['id']} Active {EMPTY} None yet" in person.read(ACCOUNTS)


def test_a_form_that_is_sent_twice_adds_one_account(person: Person, wire: Wire) -> None:
    fields = {**person.hidden(NEW, NEW), **FIELDS, "settlement_days": ""}
    assert person.post(NEW, fields).headers["location"] == person.post(NEW, fields).headers["location"]
    assert len(wire.get("/v1/accounts").json["data"]) == 1


def test_accounts_are_filtered_by_the_day_they_were_made(person: Person) -> None:
    add(person)
    assert "Rocket Rides" in person.read(f"{ACCOUNTS}?created_from=2020-01-01")
    assert "No matching accounts" in person.read(f"{ACCOUNTS}?created_to=2020-01-01")
    assert "Enter a date, such as" in person.read(f"{ACCOUNTS}?created_from=yesterday")


def test_accounts_are_found_by_name_or_id_with_their_balances_and_last_activity(
    person: Person, wire: Wire, server: Server, account: str
) -> None:
    """Each word has to begin a word of the name; what is shown is of the mode."""
    names = ("Fjord Freight", "Fjord & Söhne GmbH", "Blue fjordbakery", None)
    made = [wire.post("/v1/accounts", {"business_profile[name]": name} if name else {}).json["id"] for name in names]
    theirs = {"Stripe-Account": made[0]}
    for currency in ("usd", "eur"):
        topup = wire.post("/v1/topups", {"amount": 2500, "currency": currency}, headers=theirs).json["id"]
        wire.post(f"/v1/test_helpers/topups/{topup}/succeed", headers=theirs)

    def found(query: str) -> set[str]:
        return {each["id"] for each in wire.get(f"/v1/brim/accounts?{urlencode({'query': query})}").json["data"]}

    assert found("fjord") == set(made[:3])
    assert found("FJORD frei") == {made[0]}
    assert found("söhne") == {made[1]}
    assert found("bakery") == found("&") == found("acct_x") == set()
    assert found(made[3]) == {made[3]}
    assert found("acct_") == set(made)
    (summary,) = wire.get("/v1/brim/accounts?query=freight").json["data"]
    assert [(each["currency"], each["available"]) for each in summary["balances"]] == [("eur", 2500), ("usd", 2500)]
    assert summary["last_activity"] is not None
    assert "Fjord Freight" in person.read(f"{ACCOUNTS}?query=freight")
    assert "25.00 EUR 25.00 USD" in person.read(f"{ACCOUNTS}?query=freight")
    assert "No matching accounts" in person.read(f"{ACCOUNTS}?query=nobody")
    only_accounts = Wire(server.url, server.make_key(account, permissions={"accounts": "read"}))
    assert only_accounts.get("/v1/brim/accounts?query=freight").json["data"][0]["balances"] is None
    for no_id in ("acct_%EE%80%80", "acct_%01"):
        assert wire.get(f"/v1/brim/accounts?query={no_id}").json["data"] == []
    page = wire.get(f"/v1/brim/accounts?limit=2&starting_after={made[3]}").json
    assert ([each["id"] for each in page["data"]], page["has_more"]) == ([made[2], made[1]], True)


def test_what_is_wrong_with_an_account_is_said_at_its_field(person: Person, wire: Wire) -> None:
    for name, value in (("email", "nobody"), ("country", "Utopia"), ("settlement_days", "31")):
        reply = person.send(NEW, NEW, {**FIELDS, "settlement_days": "", name: value})
        assert (reply.status, f'id="error-{name}"' in reply.body.decode()) == (400, True)
    assert wire.get("/v1/accounts").json["data"] == []


def test_an_account_is_changed(person: Person, wire: Wire) -> None:
    page = add(person)
    changed = {"name": "", "email": "new@rocket.example", "currency": "usd", "settlement_days": "5"}
    assert person.send(page, page, changed).headers["location"] == f"{page}?done=updated"
    account = wire.get(f"/v1/accounts/{page.rpartition('/')[2]}?expand[]=brim").json
    assert (account["business_profile"]["name"], account["email"]) == (None, "new@rocket.example")
    assert account["brim"]["settlement_days"] == 5
    assert person.send(page, page, {**changed, "email": "x"}).status == 400


def test_one_under_a_platform_changes_what_is_its_own(pages_url: str, server: Server, wire: Wire) -> None:
    under = wire.post("/v1/accounts", {"brim[settlement_days]": 2}).json["id"]
    own = Person(pages_url, SignedIn(keys={f"{under}/test": server.make_key(under)}))
    page = f"{ACCOUNTS}/{under}"
    changed = {"name": "Ours", "email": "", "currency": "usd", "settlement_days": "2"}
    assert own.send(page, page, changed).status == 303
    reply = own.send(page, page, {**changed, "settlement_days": "1"})
    assert (reply.status, "Ours" in text_of(reply)) == (reply.status, True)
    assert 400 <= reply.status < 500
    nested = own.send(NEW, NEW, {**FIELDS, "settlement_days": ""})
    assert (nested.status, "cannot have accounts of its own" in text_of(nested)) == (400, True)


def test_the_account_that_is_shown_is_switched(
    pages_url: str, server: Server, wire: Wire, account: str, key: str
) -> None:
    under = wire.post("/v1/accounts", {"business_profile[name]": "Fjord Freight"}).json["id"]
    keys = {f"{account}/test": key, f"{under}/test": server.make_key(under)}
    person = Person(pages_url, SignedIn(keys=keys))
    reply = person.send(f"{ACCOUNTS}/{under}", "/test/account", {"account": under})
    assert f"brim_account={under};" in reply.headers["set-cookie"]
    person.cookie += f"; brim_account={under}"
    assert "Connected accounts of Fjord Freight" in person.read(ACCOUNTS)


def test_only_another_account_can_be_switched_to(person: Person, account: str) -> None:
    assert "Switch to this account" in person.read(add(person))
    assert "Switch to this account" not in person.read(f"{ACCOUNTS}/{account}")


def test_another_platforms_account_is_not_there(person: Person, server: Server) -> None:
    foreign = Wire(server.url, server.make_key(server.make_account().id)).post("/v1/accounts").json["id"]
    assert person.visit(f"{ACCOUNTS}/{foreign}").status == 404
    assert person.visit("/test/connect/accounts/overview").headers["location"] == ACCOUNTS
