"""`brim logs tail`: shows requests as they are answered."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from brim.cli.options import api_options, open_client

if TYPE_CHECKING:
    from brim.cli.output_lines import Lines
    from brim.cli.session import Message, Session

# ruff: noqa: PLC0415  the command loads only what it runs

_STATUS_TYPES: Final = {"2XX": "200", "4XX": "400", "5XX": "500"}
"""Source: the flag's words, and what the official CLI sends for them."""


@click.group()
def logs() -> None:
    """Follow the requests that are made."""


@logs.command()
@click.option(
    "--filter-account", "account", metavar="WHOSE", help="self; connected accounts have requests of their own."
)
@click.option("--filter-http-method", "http_method", metavar="METHODS", help="GET, POST or DELETE.")
@click.option("--filter-request-path", "request_path", metavar="PATHS", help="Such as /v1/topups.")
@click.option("--filter-request-status", "request_status", metavar="HOW", help="SUCCEEDED or FAILED.")
@click.option("--filter-source", "source", metavar="SOURCE", help="API.")
@click.option("--filter-status-code", "status_code", metavar="STATUSES", help="Such as 400,404.")
@click.option("--filter-status-code-type", "status_code_type", metavar="TYPES", help="2XX, 4XX or 5XX.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="How requests are shown.")
@api_options
def tail(output: str, **given: str | None) -> None:
    """Show the requests of a running Brim as they are answered; Ctrl+C ends it.

    The filters are those of the official CLI; of one that holds several values with commas between, any will do.
    """
    from brim.cli.output_lines import Lines, tell
    from brim.cli.session import follow, open_session

    flags = {name: given.pop(name) for name in ("data_dir", "api_base", "api_key", "stripe_account")}
    filters = read_filters(given)
    client = open_client(flags)
    lines = Lines()

    def open_one() -> "Session":
        session = open_session(client, "request_logs", filters=filters)
        tell(f"Ready. Requests of {session.account} are shown here; Ctrl+C ends it.")
        return session

    follow(open_one, lambda _session: Tail(lines, as_json=output == "json").take, tell)


def read_filters(given: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Return the filters by the names that the server has for them, from the values of the flags."""
    filters = {f"filter_{name}": _values(text) for name, text in given.items() if text is not None}
    types = filters.get("filter_status_code_type")
    if types:
        filters["filter_status_code_type"] = [_STATUS_TYPES.get(value.upper(), value) for value in types]
    return filters


def _values(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Tail:
    """Deals with requests.

    Args:
        lines: where they are shown.
        as_json: whether a program reads them.
    """

    def __init__(self, lines: "Lines", *, as_json: bool) -> None:
        self._lines = lines
        self._as_json = as_json

    async def take(self, message: "Message") -> Sequence["Message"]:
        """Show a request and return what is to be answered for it."""
        from brim.cli.session import SESSIONS, acknowledgement

        if message.get("type") != "request_log_event":
            return []
        request = json.loads(message["event_payload"])
        if request["url"] != SESSIONS:  # our own, and that of whoever else listens
            self._show(request)
        return [acknowledgement(message, message["request_log_id"])]

    def _show(self, request: Mapping[str, Any]) -> None:
        from brim.cli.output_lines import clock_time, status_style

        if self._as_json:
            self._lines.show_exactly(json.dumps(request))
            return
        status, error = request["status"], request["error"]
        reason = " ".join(str(error[name]) for name in ("code", "message") if error.get(name))
        self._lines.show(
            (clock_time(request["created_at"] * 1000), "dim"),
            (f"[{status}]", status_style(status)),
            (request["method"], "bold"),
            request["url"],
            (request["request_id"], "dim"),
            *([(reason, "red")] if reason else []),
        )
