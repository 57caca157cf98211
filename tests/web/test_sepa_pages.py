"""What pages show of a creditor and of a bank account with an IBAN."""

from pathlib import Path

import pytest

from tests.support.ach_objects import NOW_MS, AchObjects
from tests.support.page_visitors import Person
from tests.support.pain008 import CREDITOR_ID
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire

NEW = "/ach/originators/new-sepa"


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def person(pages_url: str, account: str, key: str, live_key: str) -> Person:
    return Person(pages_url, SignedIn(keys={f"{account}/live": live_key, f"{account}/test": key}))


def test_a_creditor_is_shown_with_amounts_in_euros(person: Person, live: Wire, tmp_path: Path) -> None:
    made = live.post(
        "/v1/brim/ach/originators",
        {
            "account_number": "DE89370400440532013000",
            "profile[sepa][creditor_identifier]": CREDITOR_ID,
            "profile[sepa][creditor_name]": "Acme Top-ups",
            "profile[sepa][bic]": "COBADEFFXXX",
            "profile[time_zone]": "Europe/Berlin",
            "profile[outgoing_folder]": str(tmp_path / "to-bank"),
            "profile[incoming_folder]": str(tmp_path / "from-bank"),
        },
    ).json["id"]
    path = f"/ach/originators/{made}"
    shown = person.read(path)
    for words in ("Acme Top-ups Draft", CREDITOR_ID, "COBADEFFXXX", "14 days", "25,000.00 EUR"):
        assert words in shown
    assert f"{path}/edit" in person.visit(path).body.decode()
    assert "Acme Top-ups" in person.read("/ach/originators")

    # Live money is stopped on the rail that is chosen, or on each by which something is collected.
    stops = "/live-money/stops"
    assert person.send(stops, "/live-money/stop", {"reason": "drill", "account": "", "rail": ""}).status == 303
    assert live.get("/v1/brim/rails/sepa").json["stops"][0]["reason"] == "drill"
    assert live.get("/v1/brim/rails/ach").json["stops"] == []
    assert "Live money by SEPA is stopped for all accounts" in person.read("/live-money")
    assert person.send(stops, "/live-money/stop", {"reason": "both", "account": "", "rail": "ach"}).status == 303
    assert "Live money by SEPA is stopped for all accounts" in person.read(path)
    shown = person.read(stops)
    assert "ACH: Stopped for all accounts" in shown
    assert "SEPA: Stopped for all accounts" in shown


@pytest.fixture
def filled_in(person: Person, tmp_path: Path) -> dict[str, str]:
    """What somebody fills in for a new creditor: what the form holds at first, and what it asks for."""
    first = person.fields(NEW)
    return first | {
        "account_number": "DE89 3704 0044 0532 0130 00",
        "creditor_identifier": CREDITOR_ID,
        "creditor_name": "Acme Top-ups",
        "bic": "COBADEFFXXX",
        "time_zone": "Europe/Berlin",
        "outgoing_folder": str(tmp_path / "to-bank"),
        "incoming_folder": str(tmp_path / "from-bank"),
    }


def test_a_creditor_is_written_shown_and_changed_on_its_pages(
    person: Person, live: Wire, filled_in: dict[str, str]
) -> None:
    assert NEW in person.visit("/ach/originators").body.decode()
    written = person.send(NEW, NEW, filled_in | {"prenotification_days": "2", "day_cap": "1,234.50"})
    assert written.status == 303, written.body
    path = written.headers["location"].partition("?")[0]
    found = live.get(f"/v1/brim/ach/originators/{path.rpartition('/')[2]}").json
    assert (found["status"], found["last4"], found["profile"]["day_cap"]) == ("draft", "3000", 123_450)
    assert found["profile"]["sepa"]["prenotification_days"] == 2
    assert found["profile"]["file_name"].endswith(".xml")
    assert "Acme Top-ups Draft" in person.read(path)
    edit = f"{path}/edit"
    fields = person.fields(edit) | {"account_number": "", "message": "pain.008.001.02", "hold_days": "6"}
    assert fields["creditor_identifier"] == CREDITOR_ID
    assert person.post(edit, fields).headers["location"] == f"{path}?done=originator_updated"
    changed = live.get(f"/v1/brim/ach/originators/{found['id']}").json
    assert (changed["version"], changed["last4"], changed["profile"]["hold_days"]) == (2, "3000", 6)
    assert changed["profile"]["sepa"] == found["profile"]["sepa"] | {"message": "pain.008.001.02"}
    stale = person.post(edit, fields | {"hold_days": "7"})
    assert stale.status == 400
    assert "Load version 2" in stale.body.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("creditor_identifier", "DE99ZZZ09999999999"),
        ("creditor_identifier", ""),
        ("creditor_name", "\N{EURO SIGN} Top-ups"),
        ("bic", "NOBIC"),
        ("message", "pain.008.001.01"),
        ("prenotification_days", "90"),
        ("account_number", "DE88370400440532013000"),
        ("time_zone", ""),
        ("cutoffs", "25:00"),
        ("day_cap", "much"),
        ("incoming_folder", "somewhere"),
    ],
)
def test_what_is_wrong_with_a_creditor_is_said_at_its_field(
    person: Person, filled_in: dict[str, str], field: str, value: str
) -> None:
    reply = person.send(NEW, NEW, filled_in | {field: value})
    shown = reply.body.decode()
    assert reply.status == 400, shown
    assert f'id="error-{field}"' in shown
    assert "370400440532013000" not in shown.replace(" ", "")


def test_a_bank_account_with_an_iban_is_shown_and_its_mandate_recorded(person: Person, live: Wire) -> None:
    form = {"type": "sepa_debit", "sepa_debit[iban]": "NL91ABNA0417164300", "owner[name]": "Jenny Rosen"}
    source = live.post("/v1/sources", form).json["id"]
    path = f"/funding-sources/{source}"
    shown = person.read(path)
    assert "IBAN ··4300" in shown
    assert "Routing number" not in shown
    assert "IBAN ··4300" in person.read("/funding-sources")
    recorded = person.send(path, f"{path}/authorize", {"text": "I authorize SEPA direct debits.", "sec_code": "CORE"})
    assert recorded.status == 303, recorded.body
    (mandate,) = live.get(f"/v1/brim/authorizations?funding_source={source}").json["data"]
    assert mandate["sec_code"] == "CORE"
    assert f"SEPA mandate {mandate['mandate_reference']}, Core, recurrent" in person.read(path)


def test_a_top_up_in_euros_is_shown_with_its_collection_and_in_target_days(
    server: Server, person: Person, live: Wire, account: str, tmp_path: Path
) -> None:
    made = live.post(
        "/v1/brim/ach/originators",
        {
            "account_number": "DE89370400440532013000",
            "profile[sepa][creditor_identifier]": CREDITOR_ID,
            "profile[sepa][creditor_name]": "Acme Top-ups",
            "profile[sepa][bic]": "COBADEFFXXX",
            "profile[time_zone]": "Europe/Berlin",
            "profile[outgoing_folder]": str(tmp_path / "to-bank"),
            "profile[incoming_folder]": str(tmp_path / "from-bank"),
        },
    ).json["id"]
    objects = AchObjects(server, account, tmp_path, originator=made, now_ms=NOW_MS)
    objects.active_originator()
    form = {"type": "sepa_debit", "sepa_debit[iban]": "NL91ABNA0417164300", "owner[name]": "Jenny Rosen"}
    source = live.post("/v1/sources", form).json["id"]
    mandate = {"accepted_at": 1_793_520_000, "sec_code": "CORE", "text": "I authorize SEPA direct debits."}
    live.post("/v1/brim/authorizations", {"funding_source": source, **mandate})
    topup = live.post("/v1/topups", {"amount": 2000, "currency": "eur", "source": source})
    shown = person.read(f"/topups/{topup.json['id']}")
    assert "From the cut-off to the end of the hold, in TARGET banking days." in shown
    assert "On a bank statement Not yet" in shown
    assert "SEPA Bank statement lines Not in a file yet." in shown
    file = objects.file(has_entry=True, currency="eur")
    assert "End-to-end ID Amount Status" in person.read(f"/ach/files/{file.id}")


def test_a_business_mandate_is_recorded_and_confirmed_on_its_page(person: Person, live: Wire) -> None:
    form = {"type": "sepa_debit", "sepa_debit[iban]": "NL91ABNA0417164300", "owner[name]": "Acme B.V."}
    source = live.post("/v1/sources", form).json["id"]
    path = f"/funding-sources/{source}"
    fields = {"text": "We authorize debits.", "sec_code": "B2B", "sequence_type": "OOFF", "mandate_reference": "a//b"}
    refused = person.send(path, f"{path}/authorize", fields)
    assert refused.status == 400
    assert "Invalid mandate reference" in refused.body.decode()
    person.send(path, f"{path}/authorize", fields | {"mandate_reference": "B-1"})
    shown = person.read(path)
    assert "SEPA mandate B-1, B2B, one-off" in shown
    assert "Not yet: nothing can be collected" in shown
    (mandate,) = live.get(f"/v1/brim/authorizations?funding_source={source}").json["data"]
    confirmed = person.send(path, f"{path}/authorizations/{mandate['id']}/confirm", {"confirmed_at": ""})
    assert confirmed.status == 303, confirmed.body
    assert "Not yet" not in person.read(path)


def test_a_mandate_is_amended_on_its_page(person: Person, live: Wire) -> None:
    form = {"type": "sepa_debit", "sepa_debit[iban]": "NL91ABNA0417164300", "owner[name]": "Jenny Rosen"}
    source, other = (live.post("/v1/sources", form).json["id"] for _ in range(2))
    path = f"/funding-sources/{source}"
    fields = {"text": "I authorize debits.", "sec_code": "CORE", "mandate_reference": "M-1"}
    assert person.send(path, f"{path}/authorize", fields).status == 303
    (mandate,) = live.get(f"/v1/brim/authorizations?funding_source={source}").json["data"]
    amend = f"{path}/authorizations/{mandate['id']}/amend"
    refused = person.send(path, amend, {"new_reference": "a//b"})
    assert refused.status == 400
    assert 'id="error-new_reference"' in refused.body.decode()
    assert person.send(path, amend, {"new_reference": "M-2"}).status == 303
    assert "the reference was M-1; sent with the next collection" in person.read(path)
    assert person.send(path, amend, {"new_source": other}).status == 303
    assert "SEPA mandate M-2" in person.read(f"/funding-sources/{other}")
    assert "has not authorized debits" in person.read(path)
