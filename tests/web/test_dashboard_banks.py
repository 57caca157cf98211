"""Bank accounts, test clocks and verification in the dashboard, against a running service."""

from tests.support.page_visitors import Person, text_of
from tests.support.polling import until
from tests.support.service import Server, find_platform_account
from tests.support.signing import SignedIn
from tests.support.wire import Wire

ACCOUNTS = "/test/funding-sources"
NEW = f"{ACCOUNTS}/new"
CLOCKS = "/test/test-clocks"
GUESSED = {"holder_name": "Ada", "routing_number": "110000000", "account_number": "000987654321"}
KINDS = {"holder_type": "individual", "account_type": "checking"}


def add(person: Person, **more: str) -> str:
    """Add a bank account that has to be verified, and return where its page is."""
    reply = person.send(NEW, NEW, {**GUESSED, **KINDS, **more})
    assert reply.status == 303, reply.body
    return reply.headers["location"].partition("?")[0]


def test_a_bank_account_is_added_and_its_number_never_shown(person: Person, wire: Wire) -> None:
    page = add(person)
    shown = person.read(page)
    assert "STRIPE TEST BANK ··4321 Pending" in shown
    assert "3 attempts left" in shown
    assert "000987654321" not in shown
    (method,) = wire.get("/v1/payment_methods").json["data"]
    assert page == f"{ACCOUNTS}/{method['id']}"
    assert method["billing_details"]["name"] == "Ada"


def test_a_number_that_is_refused_is_not_written_back(person: Person) -> None:
    reply = person.send(NEW, NEW, {**GUESSED, **KINDS, "routing_number": "123456789"})
    shown = reply.body.decode()
    assert reply.status == 400
    assert 'id="error-routing_number"' in shown
    assert 'value="123456789"' in shown
    assert "000987654321" not in shown


def test_a_bank_account_is_verified_by_its_deposits_or_its_code(person: Person) -> None:
    page = add(person)
    wrong = person.send(page, f"{page}/verify", {"first": "1", "second": "2", "code": ""})
    assert (wrong.status, "2 attempts left" in text_of(wrong)) == (400, True)
    unread = person.send(page, f"{page}/verify", {"first": "many", "second": "45", "code": ""})
    assert "Enter the amount in cents" in text_of(unread)
    right = person.send(page, f"{page}/verify", {"first": ".32", "second": "45", "code": ""})
    assert right.headers["location"] == f"{page}?done=bank_verified"
    assert "Verified" in person.read(page)
    by_code = add(person, account_number="000987654322")
    reply = person.send(by_code, f"{by_code}/verify", {"first": "", "second": "", "code": "SM11AA"})
    assert reply.headers["location"] == f"{by_code}?done=bank_verified"


def test_a_verified_account_can_be_the_default_and_be_chosen(person: Person, wire: Wire) -> None:
    page = add(person, account_number="000123456789")
    source = page.rpartition("/")[2]
    assert person.send(page, f"{page}/default", {"currency": "usd"}).status == 303
    assert "Default for USD" in person.read(page)
    assert "USD : STRIPE TEST BANK ··6789" in person.read(ACCOUNTS)
    new = "/test/topups/new"
    assert f'<option value="{source}">' in person.visit(new).body.decode()
    person.send(new, new, {"amount": "3", "currency": "usd", "funding": source})
    assert wire.get("/v1/topups").json["data"][0]["payment_method"] == source
    removal = f"{ACCOUNTS}/defaults/usd/remove"
    assert person.send(ACCOUNTS, removal).status == 303
    assert "All currencies: test mode's default bank account" in person.read(ACCOUNTS)


def test_a_source_is_shown_and_detached_as_a_payment_method_is(person: Person, wire: Wire) -> None:
    source = wire.post("/v1/sources", {"type": "ach_debit", "token": "btok_us_verified"}).json["id"]
    page = f"{ACCOUNTS}/{source}"
    assert "Verified" in person.read(page)
    assert person.send(page, f"{page}/detach").headers["location"] == f"{ACCOUNTS}?done=bank_detached"
    assert wire.get(f"/v1/sources/{source}").json["status"] == "consumed"
    assert "No bank accounts yet" in person.read(ACCOUNTS)


def test_a_form_that_comes_back_says_that_the_account_number_must_be_entered_again(person: Person) -> None:
    reply = person.send(NEW, NEW, GUESSED | {"routing_number": "110000001"})
    shown = text_of(reply)
    assert (reply.status, shown.count("Enter this again.")) == (400, 1)
    assert GUESSED["account_number"] not in reply.body.decode()
    assert "Enter this again." not in text_of(person.send(NEW, NEW, GUESSED | {"account_number": ""}))


def test_an_account_number_is_in_no_kept_request(person: Person, wire: Wire) -> None:
    add(person)
    path = "/v1/brim/request_logs?path=/v1/payment_methods&method=POST"
    kept = until(lambda: wire.get(path).json["data"], what="the request in the log")
    assert kept[0]["user_agent"] == "Brim pages"
    assert "000987654321" not in wire.get(path).body.decode()


def test_time_is_frozen_moved_on_and_let_go(person: Person, wire: Wire) -> None:
    reply = person.send(CLOCKS, CLOCKS, {"frozen_time": "2026-11-20T15:00", "name": "Friday"})
    assert reply.headers["location"] == f"{CLOCKS}?done=clock_created"
    (clock,) = wire.get("/v1/test_helpers/test_clocks").json["data"]
    assert (clock["name"], clock["frozen_time"]) == ("Friday", 1_795_186_800)
    assert "A test clock is active: Nov 20, 2026, 15:00:00 UTC" in person.read("/test/balance/overview")
    new = "/test/topups/new"
    made = person.send(new, new, {"amount": "10", "currency": "usd", "funding": "default"}).headers["location"]
    page = person.read(made)
    assert "5 banking days after Fri, Nov 20, 2026, the day of submission" in page
    assert "Sat, Nov 21, 2026 weekend Sun, Nov 22, 2026 weekend Mon, Nov 23, 2026 counted" in page
    assert "Thu, Nov 26, 2026 Thanksgiving Day Fri, Nov 27, 2026 counted" in page
    advance = f"{CLOCKS}/{clock['id']}/advance"
    assert person.send(CLOCKS, advance, {"step": "week"}).headers["location"] == f"{CLOCKS}?done=clock_advancing"
    until(lambda: "Ready" in person.read(CLOCKS), what="the clock to arrive")
    assert "USD 0.00 10.00" in person.read("/test/balance/overview")
    assert person.send(CLOCKS, advance, {"target": "2026-12-01 00:00"}).status == 303
    until(lambda: "USD 10.00 0.00" in person.read("/test/balance/overview"), what="the money")
    until(lambda: "Ready" in person.read(CLOCKS), what="the clock to arrive")
    backwards = person.send(CLOCKS, advance, {"target": "2026-11-01 00:00"})
    assert (backwards.status, "can only be advanced" in text_of(backwards)) == (400, True)
    assert person.send(CLOCKS, f"{CLOCKS}/{clock['id']}/delete").status == 303
    assert wire.get("/v1/test_helpers/test_clocks").json["data"] == []


def test_a_time_that_cannot_be_read_freezes_nothing(person: Person, wire: Wire) -> None:
    reply = person.send(CLOCKS, CLOCKS, {"frozen_time": "next week", "name": ""})
    assert "Enter a time in UTC, such as" in text_of(reply)
    assert wire.get("/v1/test_helpers/test_clocks").json["data"] == []


def test_live_mode_has_no_clock_to_freeze(person: Person) -> None:
    assert "No test clock in live mode" in person.read("/test-clocks")


def test_verification_is_the_operators_and_others_are_told(person: Person) -> None:
    assert "Not available for this account" in person.read("/test/verification")


def test_the_operator_has_the_books_verified_and_reads_what_was_checked(pages_url: str, server: Server) -> None:
    account = find_platform_account(server)
    Wire(server.url, server.make_key(account)).create(source="btok_us_verified")
    operator = Person(pages_url, SignedIn(keys={f"{account}/test": server.make_key(account)}))
    page = "/test/verification"
    assert operator.send(page, page).headers["location"] == f"{page}?done=verification_asked"

    def result() -> str | None:
        text = operator.read(page)
        return text if "Totals by currency" in text and "result appears here" not in text else None

    shown = until(result, what="the result")
    for words in ("ago)", "What was checked Top-ups", "Hash chains", "History", "Chain heads", "Reserved"):
        assert words in shown


def test_workers_are_the_platform_accounts_and_others_are_told(person: Person) -> None:
    assert "Not available for this account" in person.read("/test/workers")
