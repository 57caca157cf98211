"""What pages show of a creditor and of a bank account with an IBAN."""

from pathlib import Path

import pytest

from tests.support.page_visitors import Person
from tests.support.pain008 import CREDITOR_ID
from tests.support.service import Server
from tests.support.signing import SignedIn
from tests.support.wire import Wire


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
    assert f"{path}/edit" not in person.visit(path).body.decode()
    assert "Acme Top-ups" in person.read("/ach/originators")


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
    assert f"SEPA mandate {mandate['mandate_reference']}" in person.read(path)
