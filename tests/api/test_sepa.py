"""A platform that collects by SEPA: its creditor, bank accounts with IBANs, mandates and top-ups, by the API."""

from pathlib import Path
from typing import Any

import pytest
from stripe import StripeClient

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.originators import activate_originator
from brim.platform.database import Database
from tests.support.ach_objects import NOW_MS
from tests.support.pain008 import CREDITOR_IBAN, CREDITOR_ID, DEBTOR_IBANS
from tests.support.polling import wait_for_event
from tests.support.service import Server
from tests.support.wire import Wire, WireReply

ORIGINATORS = "/v1/brim/ach/originators"
AUTHORIZATIONS = "/v1/brim/authorizations"
IBAN = DEBTOR_IBANS[-1]
SOURCE = {"type": "sepa_debit", "sepa_debit[iban]": "NL91 ABNA 0417 1643 00", "owner[name]": "Jenny Rosen"}
MANDATE = {"accepted_at": 1_793_520_000, "sec_code": "CORE", "text": "I authorize SEPA direct debits."}


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def form(tmp_path: Path) -> dict[str, str]:
    """What a new originator is asked for with."""
    return {
        "account_number": "DE89 3704 0044 0532 0130 00",
        "profile[sepa][creditor_identifier]": CREDITOR_ID,
        "profile[sepa][creditor_name]": "Acme Top-ups",
        "profile[sepa][bic]": "COBADEFFXXX",
        "profile[sepa][prenotification_days]": "1",
        "profile[time_zone]": "Europe/Berlin",
        "profile[file_name]": "{date}-{id}.xml",
        "profile[outgoing_folder]": str(tmp_path / "to-bank"),
        "profile[incoming_folder]": str(tmp_path / "from-bank"),
    }


def refused(reply: WireReply, *, param: str) -> None:
    assert (reply.status, reply.json["error"]["param"]) == (400, param), reply.body


def activate(server: Server, account: str, originator: str) -> None:
    async def work(database: Database) -> None:
        async with database.connection() as conn:
            await activate_originator(
                conn,
                AccountScope(account, livemode=True),
                originator,
                approvers=1,
                by=Actor(kind=ActorKind.OPERATOR, id="op_1", name="finance@example.com"),
                now_ms=NOW_MS,
                ids=IdFactory(lambda: NOW_MS),
            )

    server.run(work)


def test_a_topup_in_euros_is_created_from_an_iban_under_a_mandate(
    server: Server, live: Wire, account: str, form: dict[str, str]
) -> None:
    made = live.post(ORIGINATORS, form)
    assert made.status == 200, made.body
    assert made.json["last4"] == CREDITOR_IBAN[-4:]
    assert made.json["profile"]["sepa"] == {
        "bic": "COBADEFFXXX",
        "creditor_identifier": CREDITOR_ID,
        "creditor_name": "Acme Top-ups",
        "message": "pain.008.001.08",
        "prenotification_days": 1,
        "remittance": "Top-up",
    }
    changed = live.post(f"{ORIGINATORS}/{made.json['id']}", {"profile[sepa][remittance]": "Prepaid balance"})
    assert changed.json["profile"]["sepa"] == made.json["profile"]["sepa"] | {"remittance": "Prepaid balance"}
    activate(server, account, made.json["id"])
    source = live.post("/v1/sources", SOURCE)
    assert source.status == 200, source.body
    assert IBAN not in source.body.decode()
    found = source.json
    assert (found["type"], found["flow"], found["status"], found["currency"]) == (
        "sepa_debit",
        "none",
        "chargeable",
        "eur",
    )
    assert (found["sepa_debit"]["country"], found["sepa_debit"]["last4"]) == ("NL", "4300")
    assert "ach_debit" not in found
    assert live.get(f"/v1/sources/{found['id']}").json == found
    wanted = {"amount": 2000, "currency": "eur", "source": found["id"]}
    refused(live.post("/v1/topups", wanted), param="source")
    mandate = live.post(AUTHORIZATIONS, {"funding_source": found["id"], **MANDATE, "mandate_reference": "M-4711"})
    assert (mandate.json["sec_code"], mandate.json["mandate_reference"]) == ("CORE", "M-4711")
    topup = live.post("/v1/topups", {**wanted, "expand[]": "brim.rail"})
    assert topup.status == 200, topup.body
    assert (topup.json["status"], topup.json["brim"]["rail"]["name"]) == ("pending", "sepa")
    canceled = live.post(f"/v1/topups/{topup.json['id']}/cancel", {})
    assert canceled.json["status"] == "canceled"


def test_what_does_not_belong_together_is_refused(live: Wire) -> None:
    source = live.post("/v1/sources", SOURCE).json["id"]
    wrong = live.post(AUTHORIZATIONS, {"funding_source": source, **MANDATE, "sec_code": "WEB"})
    refused(wrong, param="sec_code")
    bad = live.post(AUTHORIZATIONS, {"funding_source": source, **MANDATE, "mandate_reference": "a//b"})
    refused(bad, param="mandate_reference")
    first = live.post(AUTHORIZATIONS, {"funding_source": source, **MANDATE})
    assert first.json["mandate_reference"] == first.json["id"].replace("_", "-")
    other = live.post("/v1/sources", SOURCE).json["id"]
    taken = {"funding_source": other, **MANDATE, "mandate_reference": first.json["mandate_reference"]}
    refused(live.post(AUTHORIZATIONS, taken), param="mandate_reference")
    for form, param in (
        ({**SOURCE, "sepa_debit[iban]": "NL92ABNA0417164300"}, "sepa_debit[iban]"),
        ({**SOURCE, "sepa_debit[iban]": "CH9300762011623852957"}, "sepa_debit[iban]"),
        ({**SOURCE, "currency": "usd"}, "currency"),
        ({"type": "sepa_debit", "owner[name]": "Jenny Rosen"}, "sepa_debit"),
        ({"type": "sepa_debit", "sepa_debit[iban]": IBAN}, "owner[name]"),
        ({"type": "ach_debit"}, "token"),
    ):
        refused(live.post("/v1/sources", form), param=param)
    for what in ("prenotes", "microdeposits"):
        assert live.post(f"/v1/brim/{what}", {"funding_source": source}).status == 400


def test_a_mandate_of_the_b2b_scheme_is_confirmed(live: Wire) -> None:
    source = live.post("/v1/sources", SOURCE).json["id"]
    one_off = {"funding_source": source, **MANDATE, "sec_code": "B2B", "sequence_type": "OOFF"}
    mandate = live.post(AUTHORIZATIONS, one_off).json
    assert (mandate["sec_code"], mandate["sequence_type"], mandate["confirmed_at"], mandate["used_by"]) == (
        "B2B", "OOFF", None, None
    )  # fmt: skip
    confirmed = live.post(f"{AUTHORIZATIONS}/{mandate['id']}/confirm", {"confirmed_at": 1_793_600_000})
    assert confirmed.json == mandate | {"confirmed_at": 1_793_600_000}
    core = live.post(AUTHORIZATIONS, {"funding_source": source, **MANDATE}).json
    assert (core["sequence_type"], core["confirmed_at"]) == ("RCUR", None)
    refused(live.post(f"{AUTHORIZATIONS}/{core['id']}/confirm", {}), param="authorization")
    refused(live.post(AUTHORIZATIONS, {"funding_source": source, **MANDATE, "confirmed_at": 5}), param="confirmed_at")


def test_a_mandate_is_amended(live: Wire) -> None:
    source, other = (live.post("/v1/sources", SOURCE).json["id"] for _ in range(2))
    mandate = live.post(AUTHORIZATIONS, {"funding_source": source, **MANDATE, "last_collected_on": "2026-02-28"}).json
    assert (mandate["lapses_on"], mandate["amendments"]) == ("2029-02-28", [])
    path = f"{AUTHORIZATIONS}/{mandate['id']}"
    amended = live.post(f"{path}/amend", {"mandate_reference": "M-2", "funding_source": other}).json
    (told,) = amended["amendments"]
    assert (amended["mandate_reference"], amended["funding_source"]) == ("M-2", other)
    assert (told["former_reference"], told["former_funding_source"]) == (mandate["mandate_reference"], source)
    assert (told["former_creditor_identifier"], told["presented_on"]) == (None, None)
    assert live.get(path).json == amended == live.get(AUTHORIZATIONS).json["data"][0]
    refused(live.post(f"{path}/amend", {}), param="mandate_reference")
    refused(live.post(f"{path}/amend", {"mandate_reference": mandate["mandate_reference"]}), param="mandate_reference")
    refused(live.post(f"{path}/amend", {"funding_source": "src_none"}), param="funding_source")


def test_a_creditor_that_no_bank_would_take_is_refused(live: Wire, form: dict[str, str]) -> None:
    for field, value in (
        ("profile[sepa][creditor_identifier]", "DE99ZZZ09999999999"),
        ("profile[sepa][bic]", "NOBIC"),
        ("profile[sepa][message]", "pain.008.001.01"),
        ("profile[company_id]", "1234567890"),
        ("account_number", "DE88370400440532013000"),
    ):
        reply = live.post(ORIGINATORS, form | {field: value})
        assert reply.status == 400, (field, reply.body)


def test_sepa_is_stopped_and_resumed_by_itself(live: Wire) -> None:
    stopped = live.post("/v1/brim/rails/sepa/stop", {"reason": "drill"})
    assert (stopped.json["rail"], stopped.json["status"]) == ("sepa", "stopped")
    assert live.get("/v1/brim/rails/sepa").json["status"] == "stopped"
    assert live.get("/v1/brim/rails/ach").json["status"] == "running"


@pytest.mark.parametrize(
    ("iban", "event"),
    [("DE89370400440532013000", "topup.succeeded"), ("DE62370400440532013001", "topup.failed")],
)
def test_test_ibans_play_their_part(client: StripeClient, iban: str, event: str) -> None:
    wanted: Any = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "owner": {"name": "Jenny Rosen"}}
    source = client.v1.sources.create(wanted)
    topup = client.v1.topups.create({"amount": 2000, "currency": "eur", "source": source.id})
    assert source.sepa_debit is not None
    assert source.sepa_debit.last4 == iban[-4:]
    assert wait_for_event(client, event, topup.id).data.object["currency"] == "eur"
