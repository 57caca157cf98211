"""A platform states what the holders of bank accounts agreed to, and how live bank accounts were verified."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.ach_objects import AchObjects
from tests.support.service import Server
from tests.support.wire import Wire, assert_error

AUTHORIZATIONS = "/v1/brim/authorizations"
PRENOTES = "/v1/brim/prenotes"
METHOD = {
    "type": "us_bank_account",
    "billing_details[name]": "Jenny Rosen",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
    "us_bank_account[account_holder_type]": "individual",
}
AGREED = {
    "accepted_at": 1_793_520_000,
    "sec_code": "WEB",
    "text": "I authorize debits.",
    "evidence[ip_address]": "192.0.2.1",
}


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


def bank_account(wire: Wire, **headers: str) -> str:
    reply = wire.send("POST", "/v1/payment_methods", form=METHOD, headers=headers)
    assert reply.status == 200, reply.body
    return str(reply.json["id"])


def audited(server: Server, request_id: str) -> list[tuple[str, str | None]]:
    async def read(database: object) -> list[tuple[str, str | None]]:
        async with database.connection() as conn:  # type: ignore[attr-defined]
            found = await conn.fetch("SELECT action, detail FROM audit_log WHERE request_id = $1", request_id)
            return [(each["action"], each["detail"]) for each in found]

    return list(server.run(read))


def test_an_authorization_is_recorded_replaced_and_ended(live: Wire) -> None:
    source = bank_account(live)
    first = live.post(AUTHORIZATIONS, {"funding_source": source, **AGREED})
    assert first.status == 200, first.body
    assert first.json["status"] == "active"
    assert first.json["evidence"] == {"ip_address": "192.0.2.1", "reference": None, "user_agent": None}
    second = live.post(AUTHORIZATIONS, {"funding_source": source, **AGREED, "sec_code": "PPD"}).json
    replaced = live.get(f"{AUTHORIZATIONS}/{first.json['id']}").json
    assert (replaced["status"], replaced["end_reason"]) == ("ended", "replaced")
    ended = live.post(f"{AUTHORIZATIONS}/{second['id']}/end", {"reason": "letter of 1 May"}).json
    assert (ended["status"], ended["end_reason"]) == ("ended", "letter of 1 May")
    assert live.post(f"{AUTHORIZATIONS}/{second['id']}/end", {}).json == ended
    other = live.post(AUTHORIZATIONS, {"funding_source": bank_account(live), **AGREED}).json
    listed = live.get(f"{AUTHORIZATIONS}?funding_source={source}").json["data"]
    assert [each["id"] for each in listed] == [second["id"], first.json["id"]]
    assert [each["id"] for each in live.get(f"{AUTHORIZATIONS}?limit=1").json["data"]] == [other["id"]]
    older = live.get(f"{AUTHORIZATIONS}?ending_before={first.json['id']}&limit=1").json
    assert ([each["id"] for each in older["data"]], older["has_more"]) == ([second["id"]], True)


def test_an_authorization_is_of_a_bank_account_that_is_there(live: Wire) -> None:
    reply = live.post(AUTHORIZATIONS, {"funding_source": "pm_nobodys", **AGREED})
    assert_error(reply, 400, "No such funding source: 'pm_nobodys'", code="resource_missing", param="funding_source")


def test_a_platform_speaks_for_its_connected_accounts_and_they_do_not(server: Server, live: Wire, account: str) -> None:
    under = server.make_account(platform=account).id
    source = bank_account(live, **{"Stripe-Account": under})
    form = {"funding_source": source, **AGREED}
    refused = Wire(server.url, server.make_key(under, livemode=True)).post(AUTHORIZATIONS, form)
    assert refused.status == 403
    assert refused.error["message"].startswith("Only available to a platform.")
    made = live.send("POST", AUTHORIZATIONS, form=form, headers={"Stripe-Account": under})
    assert made.status == 200, made.body
    assert live.post(AUTHORIZATIONS, form).status == 400


def test_a_live_bank_account_is_verified_by_the_platforms_word(server: Server, live: Wire) -> None:
    source = bank_account(live)
    path = f"/v1/brim/funding_sources/{source}/verify"
    assert live.get(f"/v1/payment_methods/{source}?expand[]=brim").json["brim"]["verification"]["status"] != "verified"
    form = {"method": "instant", "evidence": "check 4711"}
    verified = live.send("POST", path, form=form, headers={"Idempotency-Key": source})
    assert (verified.status, verified.json["verification"]) == (200, "verified")
    assert audited(server, verified.headers["request-id"]) == [("funding_source.verified", "instant: check 4711")]
    assert live.send("POST", path, form=form, headers={"Idempotency-Key": source}).body == verified.body
    again = live.post(path, form)
    assert (again.status, again.error["code"]) == (400, "payment_method_bank_account_already_verified")


def test_outside_of_a_rehearsal_no_bank_account_counts_as_verified_without_having_been(live: Wire) -> None:
    source = bank_account(live)
    reply = live.post(f"/v1/brim/funding_sources/{source}/verify", {"method": "rehearsal", "evidence": "none"})
    assert_error(
        reply,
        400,
        "The method rehearsal skips verification, so it is available only in a rehearsal installation.",
        param="method",
    )
    assert live.get(f"/v1/payment_methods/{source}?expand[]=brim").json["brim"]["verification"]["status"] != "verified"


def test_a_prenote_is_started_once_and_found_again(server: Server, live: Wire, account: str, tmp_path: Path) -> None:
    source = bank_account(live)
    form = {"funding_source": source}
    assert live.post(PRENOTES, form).error["code"] == "live_mode_not_ready"
    AchObjects(server, account, tmp_path).active_originator()
    assert live.post(PRENOTES, form).error["code"] == "debit_not_authorized"
    assert live.post(AUTHORIZATIONS, {**form, **AGREED}).status == 200
    made = live.send("POST", PRENOTES, form=form, headers={"Idempotency-Key": source})
    assert made.status == 200, made.body
    found: Any = made.json
    assert (found["object"], found["status"], found["funding_source"]) == ("brim.prenote", "pending", source)
    assert found["expected_verification"] > found["created"]
    assert live.send("POST", PRENOTES, form=form, headers={"Idempotency-Key": source}).body == made.body
    assert audited(server, made.headers["request-id"]) == [("funding_source.prenote_started", found["id"])]
    again = live.post(PRENOTES, form)
    assert (again.status, again.error["code"], again.error["param"]) == (400, "prenote_pending", "funding_source")
    assert live.get(f"{PRENOTES}/{found['id']}").json == found | {"entries": []}
    assert live.get(f"{PRENOTES}?funding_source={source}").json["data"] == [found]
    assert live.get(f"{PRENOTES}?funding_source=pm_other").json["data"] == []
    (event,) = live.get("/v1/events?type=brim.prenote.created").json["data"]
    assert (event["data"]["object"], event["request"]["idempotency_key"]) == (found, source)
    under = server.make_account(platform=account).id
    below = Wire(server.url, server.make_key(under, livemode=True))
    assert (below.get(PRENOTES).status, below.post(PRENOTES, form).status) == (403, 403)
    assert live.get(f"{PRENOTES}/pren_none").status == 404


def test_in_test_mode_no_prenote_is_started(wire: Wire) -> None:
    reply = wire.post(PRENOTES, {"funding_source": bank_account(wire)})
    assert reply.error["message"].startswith("This endpoint works in live mode only.")


def test_in_test_mode_microdeposits_verify(wire: Wire) -> None:
    source = bank_account(wire)
    form = {"method": "instant", "evidence": "check 4711"}
    reply = wire.post(f"/v1/brim/funding_sources/{source}/verify", form)
    assert_error(
        reply, 400, "This endpoint works in live mode only. Use a live key: it begins with sk_live_ or rk_live_."
    )
