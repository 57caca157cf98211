"""A request, its commit, its event and the delivery are one trace, through the database, and nobody else sees it."""

import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from brim.platform.telemetry.tracing import TracingNotInstalledError, start_tracing
from tests.api.otlp import Received, TraceReceiver, receiving_traces
from tests.support.brim_process import RunningBrim, start_serving
from tests.support.polling import until
from tests.support.receiving import Receiver, receiving
from tests.support.wire import Wire


class House(NamedTuple):
    """A Brim that traces, where it sends its traces, and where its webhooks."""

    brim: RunningBrim
    traces: TraceReceiver
    receiver: Receiver
    secret: str

    @property
    def wire(self) -> Wire:
        return Wire(self.brim.url, self.brim.test_key)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("tracing")
    with receiving_traces() as traces, receiving() as receiver:
        settings = {
            "BRIM_TRACING": "yes",
            "BRIM_SANDBOX_SETTLE_AFTER": "10m",
            "BRIM_WEBHOOK_ALLOW": "127.0.0.1/32",
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        brim = start_serving(folder / "data", folder / "log", arguments=["--workers", "1"], env=settings)
        try:
            brim.wait_until_ready()
            hook = {"url": f"{receiver.url}/hook-path-canary", "enabled_events[]": "topup.created"}
            secret = brim.call("POST", "/v1/webhook_endpoints", **hook)[1]["secret"]
            yield House(brim, traces, receiver, secret)
        finally:
            brim.close()


def create(house: House, traceparent: str | None, key: str) -> tuple[str, str]:
    """Create a top-up; return its id and its event's."""
    headers = {"Idempotency-Key": key} | ({"traceparent": traceparent} if traceparent else {})
    parameters = {"amount": 5, "currency": "usd", "description": "described-canary", "source": "btok_us_verified"}
    reply = house.wire.post("/v1/topups", parameters, headers=headers)
    assert reply.status == 200
    topup = reply.json["id"]
    (event,) = [
        each["id"]
        for each in house.wire.get("/v1/events?limit=100").json["data"]
        if each["data"]["object"]["id"] == topup
    ]
    return topup, event


def whole(house: House, trace: str) -> dict[str, Received]:
    """Return the spans of a trace once all of them have come."""
    names = {"POST /v1/topups", "commit", "event", "webhook delivery"}

    def look() -> dict[str, Received] | None:
        found = house.traces.of(trace)
        return found if found.keys() >= names else None

    return until(look, what=f"{names} of {trace} in {house.brim.log[-2000:]}")


def test_the_spans_of_a_top_up_form_the_trace_that_its_client_began(house: House) -> None:
    trace, parent = secrets.token_hex(16), secrets.token_hex(8)
    topup, event = create(house, f"00-{trace}-{parent}-01", "traced")
    spans = whole(house, trace)
    request, commit, queued, delivery = (
        spans[name] for name in ("POST /v1/topups", "commit", "event", "webhook delivery")
    )
    assert (request.parent, commit.parent, queued.parent) == (parent, request.id, request.id)
    assert delivery.parent == queued.id
    assert (request.service, delivery.service) == ("brim api", "brim worker")
    assert request.attributes["http.response.status_code"] == 200
    assert (delivery.attributes["brim.object"], delivery.attributes["brim.event"]) == (topup, event)
    (caught,) = house.receiver.of(event)
    assert caught.headers["traceparent"] == f"00-{trace}-{delivery.id}-01"


def test_the_trace_is_on_no_wire_but_in_its_header(house: House) -> None:
    trace = secrets.token_hex(16)
    _, event = create(house, f"00-{trace}-{secrets.token_hex(8)}-01", "hidden")
    (caught,) = house.receiver.of(event)
    shown = house.wire.get(f"/v1/events/{event}")
    assert re.fullmatch(r"req_[0-9A-Za-z]{14}", shown.json["request"]["id"])
    assert caught.event["request"] == shown.json["request"]
    again = house.wire.post(
        "/v1/topups",
        {"amount": 5, "currency": "usd", "description": "described-canary", "source": "btok_us_verified"},
        headers={"Idempotency-Key": "hidden"},
    )
    assert again.headers["original-request"] == shown.json["request"]["id"]
    texts = [caught.body, shown.body, again.body, house.wire.get("/v1/events").body]
    assert not [text for text in texts if trace.encode() in text]


def test_a_trace_without_a_client_s_begins_with_the_request(house: House) -> None:
    _, event = create(house, None, "own")
    (caught,) = house.receiver.of(event)
    trace = caught.headers["traceparent"].split("-")[1]
    assert whole(house, trace)["POST /v1/topups"].parent == ""


def test_what_a_client_does_not_sample_nobody_does(house: House) -> None:
    trace = secrets.token_hex(16)
    _, event = create(house, f"00-{trace}-{secrets.token_hex(8)}-00", "unsampled")
    (caught,) = house.receiver.of(event)
    assert "traceparent" not in caught.headers
    _, later = create(house, None, "sampled later")
    whole(house, house.receiver.of(later)[0].headers["traceparent"].split("-")[1])
    assert house.traces.of(trace) == {}
    assert event not in {span.attributes.get("brim.event") for span in house.traces.spans}


@pytest.mark.parametrize("sent", ["00-0-0-01", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 5000])
def test_a_traceparent_that_is_none_begins_a_new_trace(house: House, sent: str) -> None:
    _, event = create(house, sent, f"key {sent}"[:200])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]", house.receiver.of(event)[0].headers["traceparent"])


def test_no_span_holds_a_secret_or_what_a_client_wrote(house: House) -> None:
    _, event = create(house, None, "idempotency-canary")
    whole(house, house.receiver.of(event)[0].headers["traceparent"].split("-")[1])
    sent = b"".join(house.traces.bodies)
    canaries = (
        house.brim.test_key,
        house.secret,
        "idempotency-canary",
        "described-canary",
        "hook-path-canary",
        "btok_",
    )
    assert [text for text in canaries if text.encode() in sent] == []


def test_without_the_extra_tracing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(TracingNotInstalledError, match=r"pip install 'brim\[otel\]'"):
        start_tracing("api")


def test_nothing_is_imported_while_tracing_is_off() -> None:
    source = Path(__file__).parents[2] / "src" / "brim"
    importing = re.compile(r"^(?:from|import) opentelemetry", re.MULTILINE)
    assert [file for file in source.rglob("*.py") if importing.search(file.read_text(encoding="utf-8"))] == []
