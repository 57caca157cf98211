"""`/v1/brim/request_logs`: what was asked and answered, with its object and its events, and no secret."""

import json
from typing import Any

import click
import pytest

from brim.cli.logs import read_moment, read_statuses
from tests.support.brim_process import run_brim
from tests.support.polling import until
from tests.support.service import Server
from tests.support.wire import Wire, assert_error

URL = "/v1/brim/request_logs"


def logged(wire: Wire, query: str) -> Any:
    """Return the newest entry of a query, once there is one."""
    return until(lambda: wire.get(f"{URL}?{query}").json["data"], what=query)[0]


def test_a_create_is_found_by_the_request_id_that_its_event_carries(wire: Wire) -> None:
    topup = wire.create(**{"metadata[order]": "6735"})
    event = wire.get("/v1/events").json["data"][0]
    entry = logged(wire, f"request_id={event['request']['id']}")
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/v1/topups", 200)
    assert entry["related_object"] == topup["id"] == event["data"]["object"]["id"]
    assert entry["parameters"]["metadata"] == {"order": "6735"}
    assert entry["error"] is None


def test_a_refusal_says_why(wire: Wire) -> None:
    refused = wire.post("/v1/topups", {"amount": 0, "currency": "usd"})
    entry = logged(wire, "status[gte]=400&method=POST")
    assert (entry["status"], entry["error"]) == (400, refused.error)
    assert entry["request_id"] == refused.headers["request-id"]


def test_no_secret_is_kept(wire: Wire, key: str) -> None:
    wire.post(
        "/v1/topups", {"amount": 1, "currency": "usd", "source": f"{key}", "bank_account[account_number]": "000123"}
    )
    entry = logged(wire, "method=POST")
    assert entry["parameters"]["source"] == "sk_test_***"
    assert entry["parameters"]["bank_account"] == {"account_number": "***"}
    assert key not in str(entry)


def test_a_key_needs_the_right_to_read_them(server: Server, account: str) -> None:
    restricted = Wire(server.url, server.make_key(account, permissions={"topups": "read"}))
    assert restricted.get(URL).status == 403


def test_an_unknown_cursor_is_refused(wire: Wire) -> None:
    assert_error(
        wire.get(f"{URL}?starting_after=resp_x"),
        400,
        "No such request log: 'resp_x'",
        code="resource_missing",
        param="starting_after",
    )


def test_the_command_lists_what_its_filters_let_through(wire: Wire, key: str) -> None:
    refused = wire.post("/v1/topups", {"amount": 0, "currency": "usd"}).headers["request-id"]
    logged(wire, f"request_id={refused}")
    flags = ("--api-base", wire.url, "--api-key", key)
    run = run_brim("logs", "list", "--status", "4xx", "--path", "/v1/top", "--since", "2026-01-01", *flags)
    assert (run.returncode, run.stdout.split("\t")[1:4]) == (0, ["400", "POST", "/v1/topups"]), run.stderr
    run = run_brim("logs", "list", "--request-id", refused, "--format", "json", *flags)
    assert [json.loads(line)["request_id"] for line in run.stdout.splitlines()] == [refused]
    run = run_brim("logs", "list", "--key", "mk_of_nobody", *flags)
    assert (run.returncode, run.stdout) == (0, "")


def test_times_and_statuses_are_read_as_people_write_them() -> None:
    assert read_moment("2026-11-22", "--since") == "1795305600"
    assert read_moment("2026-11-22", "--until", is_end=True) == "1795392000"
    assert read_moment("2026-11-22T09:30", "--until", is_end=True) == "1795339800"
    assert read_statuses("4XX") == {"status[gte]": "400", "status[lte]": "499"}
    assert read_statuses("404") == {"status[gte]": "404", "status[lte]": "404"}
    for wrong in ("40", "x04", "4x4", "4xxx"):
        with pytest.raises(click.BadParameter):
            read_statuses(wrong)
    with pytest.raises(click.BadParameter):
        read_moment("yesterday", "--since")
