"""Every kind of error, event and object that can be shown is shown: no page fails for want of a field."""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import pytest

from brim.api.framework.errors import render_error
from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION, EventType
from brim.core.request_logs import store as request_logs
from brim.core.request_logs.rules import RequestRecord
from brim.platform.database import Database
from tests.support.error_examples import EXAMPLES
from tests.support.page_visitors import Person
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire

_IDS: Final = IdFactory()
_BARE: Final[tuple[Mapping[str, Any] | None, ...]] = (None, {}, {"type": "api_error"}, {"message": "m"}, {"code": "c"})


def _log(server: Server, account: str, status: int, error: Mapping[str, Any] | None) -> str:
    """Keep a request that was answered so, and return its id."""
    now_ms = system_clock_ms()
    record = RequestRecord(
        scope=AccountScope(account, livemode=False),
        id=_IDS.new_at("resp_", now_ms),
        request_id=_IDS.new_at("req_", now_ms),
        created=now_ms // 1000,
        method="POST",
        path="/v1/topups",
        status=status,
        duration_ms=1.5,
        api_version=DEFAULT_API_VERSION,
        error=error,
    )

    async def keep(database: Database) -> None:
        async with database.connection() as conn:
            await request_logs.insert_request_logs(conn, [record])

    server.run(keep)
    return record.request_id


@pytest.mark.parametrize("error", [example[0] for example in EXAMPLES], ids=lambda error: type(error).__name__)
def test_a_request_that_was_refused_is_shown(server: Server, account: str, person: Person, error: BrimError) -> None:
    status, envelope = render_error(error)
    request_id = _log(server, account, status, msgspec.json.decode(envelope)["error"])
    assert str(status) in person.read("/test/logs")
    assert request_id in person.read(f"/test/logs/{request_id}")


@pytest.mark.parametrize("error", _BARE)
@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 429, 500, 503])
def test_a_request_with_hardly_any_error_is_shown(
    server: Server, account: str, person: Person, status: int, error: Mapping[str, Any] | None
) -> None:
    request_id = _log(server, account, status, error)
    assert str(status) in person.read("/test/logs")
    assert request_id in person.read(f"/test/logs/{request_id}")


def _live_through_everything(wire: Wire) -> None:
    """Bring about an event of every type that a request can, and an object in each of its states."""
    helpers = "/v1/test_helpers"
    for outcome in ("succeed", "fail", "reverse", "cancel"):
        topup = wire.create(source="btok_us_verified_pending")["id"]
        if outcome == "reverse":
            wire.post(f"{helpers}/topups/{topup}/succeed")
        wire.post(f"/v1/topups/{topup}/cancel" if outcome == "cancel" else f"{helpers}/topups/{topup}/{outcome}")
    clock = wire.post(f"{helpers}/test_clocks", {"frozen_time": 1_793_520_000}).json["id"]
    wire.post(f"{helpers}/test_clocks/{clock}/advance", {"frozen_time": 1_793_520_100})
    until(lambda: wire.get(f"{helpers}/test_clocks/{clock}").json["status"] == "ready", what="the clock to arrive")
    wire.send("DELETE", f"{helpers}/test_clocks/{clock}")
    destination = {
        "name": "Wallets",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "webhook_endpoint": {"url": "http://127.0.0.1:9/webhooks"},
    }
    sent = {"Content-Type": "application/json"}
    made = wire.send("POST", "/v2/core/event_destinations", body=json.dumps(destination).encode(), headers=sent)
    wire.send("POST", f"/v2/core/event_destinations/{made.json['id']}/ping", headers=sent)


def _types(wire: Wire) -> dict[str, str]:
    return {event["type"]: event["id"] for event in wire.get("/v1/events?limit=100").json["data"]}


def _add(server: Server, account: str, kind: EventType, payload: Mapping[str, Any]) -> None:
    """Write an event that takes days to come about."""

    async def write(database: Database) -> None:
        async with database.connection() as conn:
            await conn.execute(
                "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
                " VALUES ($1, false, $2, $3, $4, 'x', $5, $6)",
                account,
                _IDS.new_at("evt_", system_clock_ms()),
                system_clock_ms() // 1000,
                kind.value,
                DEFAULT_API_VERSION,
                json.dumps(payload),
            )

    server.run(write)


OF_LIVE_MONEY: Final = tuple(
    f"brim.{name}."
    for name in (
        "ach_file",
        "ach_return",
        "ach_reversal",
        "bank_file",
        "break",
        "funding_source",
        "incoming_transfer",
        "microdeposits",
        "negative_balance",
        "prenote",
        "refund",
        "return_rate",
        "topup",
    )
)


def test_every_type_of_event_is_shown(server: Server, account: str, wire: Wire, person: Person) -> None:
    _live_through_everything(wire)
    _add(server, account, EventType.ENDPOINT_DISABLED, {"id": "we_x", "object": "webhook_endpoint", "url": "https://x"})
    _add(server, account, EventType.BALANCE_AVAILABLE, {"object": "balance"})
    _add(server, account, EventType.TOPUP_CREATED, {})
    for kind in (EventType.REPORT_RUN_SUCCEEDED, EventType.REPORT_RUN_FAILED):
        _add(server, account, kind, {"id": "frr_x", "object": "reporting.report_run"})
    for kind in EventType:
        if kind.startswith(OF_LIVE_MONEY):
            _add(server, account, kind, {"id": "x", "object": kind.rpartition(".")[0]})
    shown = person.read("/test/events")
    events = wire.get("/v1/events?limit=100").json["data"]
    unseen = set(EventType) - {event["type"] for event in events} - {EventType.PING}  # a thin event alone
    assert not unseen
    for event in events:
        assert event["type"] in shown
        assert event["id"] in person.read(f"/test/events/{event['id']}")


PAGES: Final = (
    "/test/balance/overview", "/test/topups", "/test/topups/new", "/test/funding-sources", "/test/funding-sources/new",
    "/test/events", "/test/logs", "/test/webhooks", "/test/webhooks/new", "/test/apikeys", "/test/apikeys/new",
    "/test/accounts", "/test/accounts/new", "/test/test-clocks", "/test/verification", "/test/workers", "/test/health",
    "/test/topups.csv", "/test/negative-balances",
    "/test/funding-instructions", "/test/incoming-transfers",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_list_is_shown_empty_to_every_role(person: Person, viewer: Person, page: str) -> None:
    assert person.visit(page).status == 200
    assert viewer.visit(page).status in {200, 403}


def test_an_object_in_each_of_its_states_is_shown(wire: Wire, person: Person) -> None:
    _live_through_everything(wire)
    for page in PAGES:
        assert person.visit(page).status == 200, page
    topups = wire.get("/v1/topups?limit=100").json["data"]
    assert {topup["status"] for topup in topups} == {"succeeded", "failed", "reversed", "canceled"}
    method = {
        "type": "us_bank_account",
        "us_bank_account[account_number]": "000123456789",
        "us_bank_account[routing_number]": "110000000",
    }
    sources = [
        wire.post("/v1/payment_methods", form).json["id"]
        for form in (method, {**method, "brim[verification]": "microdeposits"})
    ]
    wire.post(f"/v1/payment_methods/{sources[0]}/detach")
    for target in (*(f"topups/{topup['id']}" for topup in topups), *(f"funding-sources/{each}" for each in sources)):
        assert person.visit(f"/test/{target}").status == 200, target


def test_a_page_that_crashes_keeps_its_header_and_names_what_to_search_the_log_for(
    server: Server, account: str, person: Person
) -> None:
    _add(server, account, EventType.TOPUP_SUCCEEDED, {"object": "topup"})  # no page knows a top-up without an amount
    reply = person.visit("/test/events")
    text = reply.body.decode()
    assert reply.status == 500
    assert 'aria-label="Dashboard"' in text
    assert "Sign out" in text
    assert "Reference: req_" in text
