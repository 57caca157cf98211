"""What the service tells about itself: log lines, metrics, health."""

import json
from collections.abc import Callable

import pytest

from tests.support.brim_process import RunningBrim
from tests.support.polling import until
from tests.support.wire import Wire


@pytest.fixture
def brim(start_brim: Callable[..., RunningBrim]) -> RunningBrim:
    return start_brim(env={"BRIM_SANDBOX_SETTLE_AFTER": "50ms"})


def request_lines(brim: RunningBrim) -> list[dict[str, object]]:
    """Return the log's lines about requests."""
    lines = [json.loads(line) for line in brim.log.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == "request"]


def test_each_request_leaves_a_line_with_its_id(brim: RunningBrim) -> None:
    wire = Wire(brim.url, brim.test_key)
    replies = [
        wire.post("/v1/topups", {"amount": 5, "currency": "usd"}),
        wire.get("/v1/topups/tu_none"),
        Wire(brim.url, None).get("/v1/topups"),
    ]
    until(lambda: len(request_lines(brim)) >= 3, what="three lines in the log")
    lines = request_lines(brim)
    assert [line["request_id"] for line in lines[:2]] == [reply.headers["request-id"] for reply in replies[:2]]
    assert lines[2]["request_id"]
    assert "request-id" not in replies[2].headers  # nobody without a key is told
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/v1/topups", 200),
        ("GET", "/v1/topups/tu_none", 404),
        ("GET", "/v1/topups", 401),
    ]
    assert [line["livemode"] for line in lines] == [False, False, None]


def test_no_secret_reaches_the_log(brim: RunningBrim) -> None:
    wire = Wire(brim.url, brim.test_key)
    wire.post("/v1/topups", {"amount": 5, "currency": "usd", "source": "btok_us_verified_noAccount"})
    Wire(brim.url, "sk_test_canary1234567890").get("/v1/topups")
    Wire(brim.url, brim.test_key).get(f"/v1/topups/{brim.test_key}")
    assert brim.stop() == 0
    assert brim.test_key not in brim.log
    assert "canary" not in brim.log


def test_the_metrics_of_all_processes_are_added_up(start_brim: Callable[..., RunningBrim]) -> None:
    brim = start_brim(arguments=["--workers", "2"], env={"BRIM_SANDBOX_SETTLE_AFTER": "50ms"})
    wire = Wire(brim.url, brim.test_key)
    for _ in range(20):
        assert wire.post("/v1/topups", {"amount": 5, "currency": "usd"}).status == 200
    created = 'brim_http_request_duration_seconds_count{method="POST",route="/v1/topups",status="200"} 20.0'
    settled = 'brim_topups_settled_total{outcome="succeeded"} 20.0'
    for line in (created, settled):
        until(lambda line=line: line in wire.get("/metrics").body.decode(), what=line)  # type: ignore[misc]
    text = wire.get("/metrics").body.decode()
    for name in (
        "brim_batch_size",
        "brim_queue_depth",
        "brim_queue_delay_seconds",
        "brim_requests_shed_total",
        "brim_http_connections",
        "brim_database_connections",
    ):
        assert f"\n{name}" in text


def test_health_needs_no_key_and_readiness_looks_at_the_database(brim: RunningBrim) -> None:
    wire = Wire(brim.url, None)
    assert wire.get("/healthz").status == 200
    assert wire.get("/readyz").status == 200
    assert wire.get("/openapi.json").json["openapi"].startswith("3.1")
    assert wire.get("/nowhere").status == 404
