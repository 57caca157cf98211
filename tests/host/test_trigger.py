"""`brim trigger`: every event made to happen in a running Brim, and refusals told in a line."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from brim.cli.client import (
    Client,
    ForeignAnswerError,
    InvalidApiBaseError,
    NoAnswerError,
    RefusedError,
    UnusableKeyError,
    parse_api_base,
)
from brim.core.triggers.rules import TRIGGERS, UnknownStepError, UnreadableChangeError, change_steps
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.ports import free_port


def trigger(brim: RunningBrim, *arguments: str) -> list[str]:
    """Run the command on a running Brim and return the lines that it wrote."""
    run = run_brim("trigger", *arguments, "--data-dir", str(brim.data_dir))
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout.splitlines()


def newest_topup(brim: RunningBrim) -> dict[str, Any]:
    topup: dict[str, Any] = brim.call("GET", "/v1/topups?limit=1")[1]["data"][0]
    return topup


def events_of(brim: RunningBrim, topup_id: str) -> list[str]:
    """Return the types of a top-up's events, oldest first."""
    events = brim.call("GET", "/v1/events?type=topup.*&limit=100")[1]["data"]
    return [event["type"] for event in reversed(events) if event["data"]["object"]["id"] == topup_id]


def test_each_event_happens_after_those_that_lead_to_it(start_brim: Callable[..., RunningBrim]) -> None:
    brim = start_brim(env={"BRIM_SANDBOX_SETTLE_AFTER": "1h"})
    expected = {
        "topup.created": ["topup.created"],
        "topup.succeeded": ["topup.created", "topup.succeeded"],
        "topup.failed": ["topup.created", "topup.failed"],
        "topup.canceled": ["topup.created", "topup.canceled"],
        "topup.reversed": ["topup.created", "topup.succeeded", "topup.reversed"],
    }
    assert set(expected) == set(TRIGGERS)
    for event, events in expected.items():
        lines = trigger(brim, event)
        topup = newest_topup(brim)
        assert lines[0] == f"topup: POST /v1/topups {topup['id']} pending"
        assert lines[-1].endswith(f"{topup['id']} {topup['status']}")
        assert len(lines) == len(events)
        assert events_of(brim, topup["id"]) == events
        wanted = (2000, "usd", "(created by brim trigger)")
        assert (topup["amount"], topup["currency"], topup["description"]) == wanted
        assert (topup["source"] is None) == (event == "topup.created")


def test_what_is_sent_can_be_changed_and_done_for_another_account(shared_brim: RunningBrim) -> None:
    changes = ("--override", "topup:amount=777", "--add", "topup:metadata[order_id]=6735", "--remove",
               "topup:description", "--add", "topup_failed:failure_code=no_account")  # fmt: skip
    lines = trigger(shared_brim, "topup.failed", *changes)
    topup = newest_topup(shared_brim)
    assert lines[1] == f"topup_failed: POST /v1/test_helpers/topups/{topup['id']}/fail {topup['id']} failed"
    assert (topup["amount"], topup["description"], topup["failure_code"]) == (777, None, "no_account")
    assert topup["metadata"] == {"order_id": "6735"}
    account = shared_brim.call("POST", "/v1/accounts", country="US")[1]["id"]
    (line,) = trigger(shared_brim, "topup.created", "--stripe-account", account)
    assert newest_topup(shared_brim) == topup
    assert line.endswith(" pending")


def test_a_running_brim_is_named_by_its_address_and_a_key(shared_brim: RunningBrim, tmp_path: Path) -> None:
    elsewhere = ("--data-dir", str(tmp_path / "nothing"))
    there = ("--api-base", shared_brim.url, *elsewhere)
    assert run_brim("trigger", "topup.created", *there, "--api-key", shared_brim.test_key).returncode == 0
    assert run_brim("trigger", "topup.created", *there, env={"BRIM_TEST_SECRET_KEY": shared_brim.test_key}).stdout
    refused = run_brim("trigger", "topup.created", *there)
    assert (refused.returncode, refused.stderr) == (
        1,
        f"Error: The data folder {tmp_path / 'nothing'} has no test key. Pass one with --api-key.\n",
    )
    nobody = run_brim("trigger", "topup.created", *elsewhere)
    assert nobody.returncode == 1
    assert "No Brim is running in the data folder" in nobody.stderr


def test_the_apis_own_sentence_tells_why_it_refused(shared_brim: RunningBrim) -> None:
    here = ("--data-dir", str(shared_brim.data_dir))
    refused = run_brim("trigger", "topup.succeeded", "--override", "topup:amount=0", *here)
    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert line.startswith("Error: This value must be greater than or equal to 1. (status 400, request req_")
    late = run_brim("trigger", "topup.failed", "--add", "topup_failed:failure_code=bad_luck", *here)
    assert late.returncode == 1
    assert late.stdout.startswith("topup: POST /v1/topups tu_")
    assert "Invalid failure_code" in late.stderr
    unknown = run_brim("trigger", "topup.lost", *here)
    assert unknown.returncode == 2


def test_a_brim_that_was_killed_does_not_answer(brim_server: RunningBrim) -> None:
    brim_server.kill_everything()
    refused = run_brim("trigger", "topup.created", "--data-dir", str(brim_server.data_dir))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: No response from {brim_server.url}: ")


# What the command sends.


def test_changes_touch_the_step_they_name_only() -> None:
    steps = TRIGGERS["topup.reversed"]
    changed = change_steps(
        steps,
        overrides=["topup:amount=1", "topup_reversed:failure_code=a=b", "topup:description="],
        removals=["topup:source", "topup:currency", "topup:never_there"],
    )
    assert [step.parameters for step in changed] == [
        {"amount": "1", "description": ""},
        {},
        {"failure_code": "a=b"},
    ]
    assert change_steps(steps, overrides=[], removals=[]) == [*steps]


@pytest.mark.parametrize("text", ["amount=1", "topup:amount", "topup:=1", "topup", ""])
def test_a_change_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UnreadableChangeError):
        change_steps(TRIGGERS["topup.created"], overrides=[text], removals=[])


@pytest.mark.parametrize("text", ["topup", "topup:", ""])
def test_a_removal_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UnreadableChangeError):
        change_steps(TRIGGERS["topup.created"], overrides=[], removals=[text])


def test_a_change_of_a_step_that_there_is_not_names_those_that_there_are() -> None:
    with pytest.raises(UnknownStepError, match=r"has no step 'payout'\. Its steps: topup, topup_failed"):
        change_steps(TRIGGERS["topup.failed"], overrides=["payout:amount=1"], removals=[])


# Whom the command speaks to.


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("http://127.0.0.1:12111", "http://127.0.0.1:12111"),
        ("https://brim.example.com/", "https://brim.example.com"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://example.com/brim/", "https://example.com/brim"),
    ],
)
def test_an_address_is_read(text: str, base: str) -> None:
    assert str(parse_api_base(text)) == base


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1:12111", "ftp://host", "http://", "http://host:port", "http://host/v1", "http://key@host"]
)
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidApiBaseError):
        parse_api_base(text)


@pytest.mark.parametrize("key", ["", " ", "sk_test_a\r\nX-Evil: 1", "sk_test_\N{SNOWMAN}"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(UnusableKeyError) as caught:
        Client(parse_api_base("http://127.0.0.1:1"), key)
    assert not key.strip() or key not in caught.value.message


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[tuple[Client, list[str]]]:
    """Yield a client of a server that answers everything alike, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Client(parse_api_base(f"http://127.0.0.1:{server.server_port}"), "sk_test_x"), asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'"no"', b"\xff", b"", b'{"error": "no"}'])
def test_what_is_not_the_api_is_not_taken_for_it(body: bytes) -> None:
    with answering(404, body) as (client, _), pytest.raises(ForeignAnswerError):
        client.get("/v1/balance")


def test_a_redirection_is_not_followed() -> None:
    with answering(302, b"", Location="/elsewhere") as (client, asked):
        with pytest.raises(ForeignAnswerError, match="status 302"):
            client.get("/v1/balance", {"expand[]": "x"})
        assert asked == ["/v1/balance?expand%5B%5D=x"]


def test_a_refusal_carries_its_status_and_request() -> None:
    body = b'{"error": {"message": "No.", "type": "invalid_request_error"}}'
    with answering(402, body, Request_Id="req_1") as (client, _):
        with pytest.raises(RefusedError) as caught:
            client.get("/v1/balance")
        assert (caught.value.message, caught.value.status) == ("No. (status 402, request req_1)", 402)


def test_an_answer_that_breaks_off_is_none() -> None:
    with answering(200, b"{}", Content_Length="5") as (client, _), pytest.raises(NoAnswerError):
        client.get("/v1/balance")


def test_nobody_there_is_told() -> None:
    port = free_port()
    with pytest.raises(NoAnswerError, match="No response from"):
        Client(parse_api_base(f"http://127.0.0.1:{port}"), "sk_test_x").post("/v1/topups")
