"""`brim logs`: lists the requests that are kept, and shows new ones as they are answered."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from brim.cli.options import api_options, open_client

if TYPE_CHECKING:
    from brim.cli.output_lines import Lines
    from brim.cli.session import Message, Session

# ruff: noqa: PLC0415  the command loads only what it runs

_LOGS: Final = "/v1/brim/request_logs"
_STATUS_DIGITS: Final = 3
_STATUS_TYPES: Final = {"2XX": "200", "4XX": "400", "5XX": "500"}
"""Source: the flag's words, and what the official CLI sends for them."""


@click.group()
def logs() -> None:
    """List and follow API requests."""


@logs.command("list")
@click.option(
    "--since",
    metavar="TIME",
    help="Only requests from this day or time (UTC) on, such as 2026-11-22 or 2026-11-22T09:30.",
)
@click.option("--until", metavar="TIME", help="Only requests up to and including this day, or before this time.")
@click.option("--key", "made_with", metavar="ID", help="Only requests with this API key: mk_...")
@click.option("--method", type=click.Choice(["GET", "POST", "DELETE"]), help="Only requests with this HTTP method.")
@click.option(
    "--path", "path_prefix", metavar="PREFIX", help="Only requests whose path starts with this, such as /v1/topups."
)
@click.option(
    "--status", metavar="STATUS", help="Only requests with this HTTP status, such as 404, or class, such as 4xx."
)
@click.option("--request-id", metavar="ID", help="Only the request with this ID: req_...")
@click.option(
    "--source",
    type=click.Choice(["api", "dashboard"]),
    default="api",
    show_default=True,
    help="Where the requests came from.",
)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="The maximum number to list."
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The output format; JSON is one object per line.",
)
@api_options
def list_requests(  # noqa: PLR0913, PLR0917  the filters
    since: str | None,
    until: str | None,
    made_with: str | None,
    method: str | None,
    path_prefix: str | None,
    status: str | None,
    request_id: str | None,
    source: str,
    limit: int,
    output: str,
    **flags: str | None,
) -> None:
    """List requests, newest first. They are kept for a week, up to the newest 10,000."""
    from brim.cli.database import show_table, tell_time

    filters = {
        "created[gte]": read_moment(since, "--since"),
        "created[lt]": read_moment(until, "--until", is_end=True),
        "api_key": made_with,
        "method": method,
        "path_prefix": path_prefix,
        "request_id": request_id,
        "source": source,
        **read_statuses(status),
    }
    found = _pages(flags, {name: value for name, value in filters.items() if value is not None}, limit)
    if output == "json":
        for request in found:
            click.echo(json.dumps(request))
        return
    show_table(
        ("time", "status", "method", "path", "ms", "error", "key", "request"),
        [
            (
                tell_time(each["created"]),
                str(each["status"]),
                each["method"],
                each["path"],
                f"{each['duration_ms']:.0f}",
                str((each["error"] or {}).get("code") or (each["error"] or {}).get("type") or ""),
                each["api_key"] or "",
                each["request_id"],
            )
            for each in found
        ],
    )


def _pages(flags: Mapping[str, str | None], filters: Mapping[str, str], limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` requests, page by page."""
    client = open_client(flags)
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        page = {"limit": str(min(100, limit - len(found)))}
        after = {"starting_after": found[-1]["id"]} if found else {}
        answered = client.get(_LOGS, {**filters, **page, **after})
        found += answered["data"]
        if not answered["has_more"]:
            break
    return found


def read_moment(text: str | None, flag: str, *, is_end: bool = False) -> str | None:
    """Return the Unix second of a day or time in UTC; a day that ends something is included."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("use a day or time such as 2026-11-22 or 2026-11-22T09:30", param_hint=flag) from None
    if is_end and len(text) == len("2026-11-22"):
        moment += timedelta(days=1)
    return str(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def read_statuses(text: str | None) -> dict[str, str]:
    """Return the bounds of a status such as 404, or of a class such as 4xx."""
    if text is None:
        return {}
    if len(text) != _STATUS_DIGITS or not text[0].isdigit() or not (text[1:].isdigit() or text[1:].lower() == "xx"):
        raise click.BadParameter("use a status such as 404, or a class such as 4xx", param_hint="--status")
    low, high = (text[0] + "00", text[0] + "99") if text[1:].lower() == "xx" else (text, text)
    return {"status[gte]": low, "status[lte]": high}


@logs.command()
@click.option(
    "--filter-account",
    "account",
    metavar="ACCOUNTS",
    help="self, the only value: connected accounts have their own logs.",
)
@click.option("--filter-http-method", "http_method", metavar="METHODS", help="GET, POST or DELETE.")
@click.option("--filter-request-path", "request_path", metavar="PATHS", help="Such as /v1/topups.")
@click.option("--filter-request-status", "request_status", metavar="RESULT", help="SUCCEEDED or FAILED.")
@click.option("--filter-source", "source", metavar="SOURCE", help="API.")
@click.option("--filter-status-code", "status_code", metavar="STATUSES", help="Such as 400,404.")
@click.option("--filter-status-code-type", "status_code_type", metavar="TYPES", help="2XX, 4XX or 5XX.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="The output format.")
@api_options
def tail(output: str, **given: str | None) -> None:
    """Show the API requests of a running Brim as they complete. Ctrl+C stops it.

    The filters are those of the Stripe CLI. Separate several values with commas; any of them matches.
    """
    from brim.cli.output_lines import Lines, tell
    from brim.cli.session import follow, open_session

    flags = {name: given.pop(name) for name in ("data_dir", "api_base", "api_key", "stripe_account")}
    filters = read_filters(given)
    client = open_client(flags)
    lines = Lines()

    def open_one() -> "Session":
        session = open_session(client, "request_logs", filters=filters)
        tell(f"Ready. Requests of {session.account} are shown here. Ctrl+C stops it.")
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
