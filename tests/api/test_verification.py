"""The verification of the books, as the operator reads it and nobody else."""

from collections.abc import Callable

import pytest

from tests.support.brim_process import RunningBrim
from tests.support.polling import until
from tests.support.service import Server, find_platform_account
from tests.support.wire import Wire

PATH = "/v1/brim/verification"


@pytest.fixture
def operator(server: Server) -> str:
    """The account that was there first."""
    return find_platform_account(server)


def has_status(wire: Wire, status: str) -> bool:
    return bool(wire.get(PATH).json["status"] == status)


@pytest.mark.parametrize("livemode", [False, True])
def test_the_operator_reads_the_latest_verification(server: Server, operator: str, livemode: bool) -> None:
    wire = Wire(server.url, server.make_key(operator, livemode=livemode))
    until(lambda: has_status(wire, "agree"), what="a verification")
    told = wire.get(PATH)
    assert told.status == 200
    words = "id object asked_by checked created differences duration_ms heads sealed status totals transfers unsealed"
    assert list(told.json) == [*words.split(), "warnings"]
    assert told.json["object"] == "brim.verification"
    assert told.json["differences"] == []


def test_any_other_account_is_refused_whatever_its_key_may_do(server: Server, account: str) -> None:
    for key in (
        server.make_key(account),
        server.make_key(account, livemode=True),
        server.make_key(account, permissions={"verification": "read"}),
    ):
        refused = Wire(server.url, key).get(PATH)
        assert refused.status == 403
        assert refused.error["type"] == "invalid_request_error"
        assert refused.error["message"].startswith("Only available to the platform account")


def test_the_operators_restricted_key_needs_the_permission(server: Server, operator: str) -> None:
    allowed = server.make_key(operator, permissions={"verification": "read"})
    assert Wire(server.url, allowed).get(PATH).status == 200
    refused = Wire(server.url, server.make_key(operator, permissions={"balance": "write"})).get(PATH)
    assert refused.status == 403
    assert "rak_verification_read" in refused.error["message"]


def test_the_operator_who_acts_for_another_account_is_refused(server: Server, operator: str) -> None:
    account = server.make_account(platform=operator).id
    wire = Wire(server.url, server.make_key(operator))
    assert wire.get(PATH, headers={"Stripe-Account": account}).status == 403


def test_strangers_parameters_and_other_methods_are_refused(server: Server, operator: str) -> None:
    assert Wire(server.url, None).get(PATH).status == 401
    wire = Wire(server.url, server.make_key(operator))
    assert wire.get(f"{PATH}?chain=true").status == 400
    assert wire.post(PATH, {}).status == 404


def test_what_the_worker_finds_reaches_the_operator_the_log_and_the_metrics(
    start_brim: Callable[..., RunningBrim],
) -> None:
    brim = start_brim(env={"BRIM_SANDBOX_SETTLE_AFTER": "50ms", "BRIM_VERIFY_EVERY": "200ms"})
    wire = Wire(brim.url, brim.test_key)

    def gauge_shows(differences: str) -> bool:
        return f"\nbrim_verification_differences {differences}\n" in wire.get("/metrics").body.decode()

    brim.create_topup()
    until(lambda: wire.get(PATH).json["sealed"] == 1, what="a verification of one sealed transfer")
    assert has_status(wire, "agree")
    assert gauge_shows("0.0")
    brim.execute_as_owner("UPDATE journal_entries SET created = created + 1")
    until(lambda: has_status(wire, "differ"), what="a verification that finds it")
    [difference] = wire.get(PATH).json["differences"]
    assert difference["row"].startswith("journal_entries je_")
    assert difference["expected"].startswith("what was sealed at position 1")
    until(lambda: gauge_shows("1.0"), what="the gauge to show it")
    assert "the books do not balance" in brim.log


def test_the_operator_has_the_books_verified_now(server: Server, operator: str) -> None:
    wire = Wire(server.url, server.make_key(operator))
    asked = wire.post("/v1/brim/verifications", {}).json
    assert asked["status"] == "waiting"

    def is_done() -> bool:
        found = wire.get("/v1/brim/verifications").json["data"]
        return any(each["id"] == asked["id"] and each["status"] in {"agree", "differ"} for each in found)

    until(is_done, what="its result")
