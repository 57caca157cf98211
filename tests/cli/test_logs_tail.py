"""`stripe logs tail`: requests as they are answered, and of these only those that pass the filters."""

import json
from collections.abc import Sequence

import pytest

from tests.support.polling import until
from tests.support.stripe_cli import RunningCli, StripeCli
from tests.support.wire import Wire


def make_requests(wire: Wire) -> None:
    """Make a good request and two bad ones; the last is what every test waits for."""
    wire.create()
    wire.get("/v1/topups/tu_missing")
    wire.post("/v1/topups", {"amount": 0, "currency": "usd"})


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), [("POST", 200), ("GET", 404), ("POST", 400)]),
        (("--filter-status-code-type", "4XX"), [("GET", 404), ("POST", 400)]),
        (("--filter-http-method", "POST"), [("POST", 200), ("POST", 400)]),
        (("--filter-status-code", "400"), [("POST", 400)]),
        (("--filter-request-path", "/v1/topups"), [("POST", 200), ("POST", 400)]),
        (("--filter-request-status", "failed"), [("GET", 404), ("POST", 400)]),
    ],
)
def test_only_what_passes_the_filters_is_printed(
    stripe_cli: StripeCli, wire: Wire, flags: Sequence[str], expected: list[tuple[str, int]]
) -> None:
    with stripe_cli.start("logs", "tail", "--format", "JSON", *flags) as command:
        command.wait_for("Ready!")
        make_requests(wire)
        command.wait_for("parameter_invalid_integer")
        until(lambda: len(printed(command)) >= len(expected), what="every line")
    assert sorted(printed(command)) == sorted(expected)  # the CLI prints what arrives together in any order


def printed(command: RunningCli) -> list[tuple[str, int]]:
    """Return method and status of the requests printed so far, without those that the CLI itself makes."""
    payloads = [json.loads(line) for line in list(command.lines) if line.startswith("{")]
    return [(each["method"], each["status"]) for each in payloads if "stripecli" not in each["url"]]


def test_lines_for_people_name_method_status_and_path(stripe_cli: StripeCli, wire: Wire) -> None:
    with stripe_cli.start("logs", "tail") as command:
        command.wait_for("Ready!")
        make_requests(wire)
        assert "POST" in command.wait_for("[400]")
