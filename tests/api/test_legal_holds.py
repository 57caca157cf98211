"""Legal holds through the API: of the platform account, by a live key, once for each idempotency key."""

import pytest

from tests.support.service import Server, find_platform_account
from tests.support.wire import Wire, assert_error

HOLDS = "/v1/brim/legal_holds"


@pytest.fixture
def platform(server: Server) -> str:
    return find_platform_account(server)


@pytest.fixture
def live(server: Server, platform: str) -> Wire:
    return Wire(server.url, server.make_key(platform, livemode=True))


def test_a_hold_is_placed_once_read_and_lifted(server: Server, live: Wire) -> None:
    account = server.make_account().id
    form = {"covers": "account", "account": account, "reason": "Case 7", "reference": "2026/17"}
    placed = live.post(HOLDS, form, headers={"Idempotency-Key": "once"})
    again = live.post(HOLDS, form, headers={"Idempotency-Key": "once"})
    assert (placed.status, again.json) == (200, placed.json)
    hold = placed.json
    assert (hold["status"], hold["account"], hold["lifted"]) == ("in_force", account, None)
    assert live.get(f"{HOLDS}/{hold['id']}").json == hold
    assert live.get(HOLDS).json["data"][0] == hold
    lifted = live.post(f"{HOLDS}/{hold['id']}/lift").json
    assert (lifted["status"], lifted["lifted_by"]) == ("lifted", hold["created_by"])
    assert_error(
        live.post(f"{HOLDS}/{hold['id']}/lift"), 400, f"The legal hold {hold['id']} was already lifted.", code=None
    )


def test_a_held_account_is_not_deleted(live: Wire) -> None:
    account = live.post("/v1/accounts").json["id"]
    hold = live.post(HOLDS, {"covers": "account", "account": account, "reason": "Case 7"}).json["id"]
    sentence = (
        f"The account {account} is under the legal hold {hold}: its data can't be erased until the hold is lifted."
    )
    assert_error(live.send("DELETE", f"/v1/accounts/{account}"), 400, sentence, code=None)
    live.post(f"{HOLDS}/{hold}/lift")
    assert live.send("DELETE", f"/v1/accounts/{account}").status == 200


def test_a_test_key_and_another_account_place_none(server: Server, platform: str, live: Wire) -> None:
    form = {"covers": "account", "account": server.make_account().id, "reason": "Case 7"}
    before = live.get(HOLDS).json["data"][:1]
    assert Wire(server.url, server.make_key(platform)).post(HOLDS, form).status == 400
    other = Wire(server.url, server.make_key(server.make_account().id, livemode=True))
    assert (other.post(HOLDS, form).status, other.get(HOLDS).status) == (403, 403)
    assert live.get(HOLDS).json["data"][:1] == before


def test_what_is_wrong_is_named(live: Wire) -> None:
    wrong = {"covers": "account", "account": "acct_nobody", "reason": "Case 7"}
    assert live.post(HOLDS, wrong).error["param"] == "account"
    assert live.post(HOLDS, {**wrong, "reason": " "}).error["param"] in {"account", "reason"}
    assert live.post(f"{HOLDS}/lh_nothing/lift").status == 404
    assert live.get(f"{HOLDS}?starting_after=lh_nothing").error["param"] == "starting_after"
