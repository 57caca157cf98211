"""`brim reports`: runs reports of a running Brim, writes their files to a folder, and checks what was written."""

import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import click

from brim.base.errors import BrimError
from brim.cli.database import show_table
from brim.cli.options import api_options, open_client

if TYPE_CHECKING:
    from brim.cli.client import Client

# ruff: noqa: PLC0415  each command loads only what it runs

_RUNS: Final = "/v1/reporting/report_runs"
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_EACH_S: Final = 0.5
"""How often it is asked whether a report is made."""

_output: Final = click.option(
    "-o", "--output", "folder", type=_FOLDER, metavar="FOLDER", help="Write its files there and verify them."
)


class ReportFailedError(BrimError):
    """A report could not be made."""

    def __init__(self, run: str, error: str) -> None:
        super().__init__(f"{run} has failed: {error}")


class ReportPendingError(BrimError):
    """A report is not made yet."""

    def __init__(self, run: str) -> None:
        super().__init__(f"{run} isn't ready yet. Get it later: brim reports get {run}")


class OtherKeyError(BrimError):
    """A folder has reports that were signed by another key, which would be lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not the key that the server signs with. Write the report to a separate folder.")


class IntervalError(BrimError):
    """The flags name no interval."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Pass --month 2026-10, or --from 2026-10-01 and --to 2026-10-31, both inclusive.")


@click.group()
def reports() -> None:
    """Run reports for the month-end close, write them to files and verify them."""


@reports.command("types")
@api_options
def list_types(**flags: str | None) -> None:
    """List the types of reports with their columns."""
    found = open_client(flags).get("/v1/reporting/report_types")["data"]
    show_table(
        ("id", "name", "columns"), [(each["id"], each["name"], ", ".join(each["default_columns"])) for each in found]
    )


@reports.command()
@click.argument("report_type", metavar="TYPE")
@click.option("--month", metavar="YYYY-MM", help="The whole month, such as 2026-10, in the time zone.")
@click.option("--from", "first", metavar="DAY", help="The first day.")
@click.option("--to", "last", metavar="DAY", help="The last day, inclusive.")
@click.option("--timezone", default="Etc/UTC", show_default=True, metavar="ZONE", help="An IANA time zone.")
@click.option("--currency", metavar="CODE", help="Only this currency.")
@click.option("--connected-account", metavar="ACCT", help="Only this account.")
@click.option("--reporting-category", metavar="CATEGORY", help="Only balance transactions of this category.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME",
    help="A column to include instead of the default ones. Can be repeated.",
)
@click.option("--wait", type=click.IntRange(0), default=600, show_default=True, metavar="S", help="How long to wait.")
@_output
@api_options
def run(  # noqa: PLR0913, PLR0917  the parameters of a report
    report_type: str,
    month: str | None,
    first: str | None,
    last: str | None,
    timezone: str,
    currency: str | None,
    connected_account: str | None,
    reporting_category: str | None,
    columns: tuple[str, ...],
    wait: int,
    folder: Path | None,
    **flags: str | None,
) -> None:
    """Run a report of TYPE, such as balance.summary.1, and wait until it is ready."""
    start, end = _interval(month, first, last, timezone)
    wanted = {
        "interval_start": str(start),
        "interval_end": str(end),
        "timezone": timezone,
        "currency": currency,
        "connected_account": connected_account,
        "reporting_category": reporting_category,
    }
    form = {f"parameters[{name}]": value for name, value in wanted.items() if value is not None}
    form |= {f"parameters[columns][{place}]": name for place, name in enumerate(columns)}
    client = open_client(flags)
    made = client.post(_RUNS, {"report_type": report_type, **form})
    until = time.monotonic() + wait
    while made["status"] == "pending" and time.monotonic() < until:
        time.sleep(_EACH_S)
        made = client.get(f"{_RUNS}/{made['id']}")
    _show(client, made, folder)


@reports.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="The maximum number to list.")
@click.option("--after", metavar="RUN", help="Start after this ID.")
@api_options
def list_runs(limit: int, after: str | None, **flags: str | None) -> None:
    """List report runs, the newest first."""
    query = {"limit": str(limit), **({"starting_after": after} if after else {})}
    found = open_client(flags).get(_RUNS, query)
    show_table(
        ("id", "created", "type", "from", "to", "status", "rows"),
        [
            (
                each["id"],
                _moment(each["created"]),
                each["report_type"],
                _moment(each["parameters"]["interval_start"]),
                _moment(each["parameters"]["interval_end"]),
                each["status"],
                str(each["brim"]["rows"]) if each["brim"] else "",
            )
            for each in found["data"]
        ],
    )
    if found["has_more"]:
        click.echo(f"There are more: --after {found['data'][-1]['id']}", err=True)


@reports.command()
@click.argument("report_run", metavar="RUN")
@_output
@api_options
def get(report_run: str, folder: Path | None, **flags: str | None) -> None:
    """Show report run RUN, such as frr_..., and write its files."""
    client = open_client(flags)
    _show(client, client.get(f"{_RUNS}/{quote(report_run, safe='')}"), folder)


@reports.command()
@api_options
def key(**flags: str | None) -> None:
    """Show the public key that reports are signed with, and its fingerprint."""
    found = open_client(flags).get("/v1/brim/report_key")
    click.echo(found["public_key"], nl=False)
    click.echo(f"SHA-256 of the key: {found['fingerprint']}", err=True)


@reports.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key", "key_file", type=_FILE, metavar="FILE", help="The public key. Default: the one next to the files."
)
def verify(paths: tuple[Path, ...], key_file: Path | None) -> None:
    """Verify reports: signature, hashes, counts and totals. No server is needed.

    PATH is a folder, or a manifest. The key next to the files only proves that they belong together: compare its
    fingerprint with the server's, or pass the server's key with --key.
    """
    from brim.core.reports import KEY_FILE, find_manifests, read_public_key, verify_report

    for path in paths:
        for manifest in find_manifests(path):
            used = key_file or manifest.with_name(KEY_FILE)
            found = verify_report(manifest, read_public_key(used.read_bytes(), name=used.name))
            of = found.manifest
            click.echo(
                f"{of.report_run} {of.report_type} {of.interval_start_local} to {of.interval_end_local} {of.timezone}: "
                f"{of.rows} rows, intact. Signed with the key {found.fingerprint}."
            )
            if of.differs_from:
                click.echo(f"  The previous run, {of.differs_from}, had different rows.")


def _interval(month: str | None, first: str | None, last: str | None, timezone: str) -> tuple[int, int]:
    """Return the Unix seconds at which the interval starts and ends."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from brim.core.reports import month_bounds

    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise IntervalError(f"Unknown time zone {timezone}.") from None
    try:
        if month is not None and first is None and last is None:
            return month_bounds(month, zone)
        if month is None and first is not None and last is not None:
            after = date.fromisoformat(last) + timedelta(days=1)
            return _midnight(date.fromisoformat(first), zone), _midnight(after, zone)
    except ValueError as error:
        raise IntervalError(f"Invalid day or month: {error}.") from None
    raise IntervalError("The interval is missing.")


def _midnight(day: date, zone: Any) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _show(client: "Client", made: Mapping[str, Any], folder: Path | None) -> None:
    """Write the files of a run, and tell what it came to.

    Raises:
        ReportFailedError: it has failed.
        ReportPendingError: it is not made yet.
        ManifestError: what was written is not what was signed.
        OtherKeyError: the folder has reports that another key has signed.
    """
    if made["status"] == "failed":
        raise ReportFailedError(made["id"], made["error"])
    if made["status"] == "pending":
        raise ReportPendingError(made["id"])
    extras = made["brim"]
    rows = [
        (
            each["currency"],
            each["group"],
            str(each["rows"]),
            *(f"{name} {total}" for name, total in each["sums"].items()),
        )
        for each in extras["totals"]
    ]
    columns = max((len(row) for row in rows), default=3)
    if rows:
        show_table(("currency", "group", "rows", *[""] * (columns - 3)), rows)
    click.echo(f"{made['id']}: {extras['rows']} rows, SHA-256 {extras['sha256']}", err=True)
    if not made["livemode"]:
        click.echo("This is test mode. For live money, pass a live key with --api-key.", err=True)
    if extras["differs_from"]:
        click.echo(f"The previous run, {extras['differs_from']}, had different rows.", err=True)
    if folder is not None:
        _write(client, extras["files"], folder)


def _write(client: "Client", files: list[dict[str, Any]], folder: Path) -> None:
    from brim.core.reports import KEY_FILE, find_manifests, read_public_key, verify_report

    folder.mkdir(parents=True, exist_ok=True)
    pem = client.get("/v1/brim/report_key")["public_key"].encode()
    if (folder / KEY_FILE).exists() and (folder / KEY_FILE).read_bytes() != pem:
        raise OtherKeyError(folder / KEY_FILE)
    for file in files:
        _save(folder / Path(file["filename"]).name, client.download(f"/v1/files/{file['id']}/contents"))
    _save(folder / KEY_FILE, [pem])
    names = {Path(file["filename"]).name for file in files}
    for manifest in find_manifests(folder):
        if manifest.name in names:
            found = verify_report(manifest, read_public_key(pem, name=KEY_FILE))
            click.echo(f"Written to {folder} and verified. Signed with the key {found.fingerprint}.", err=True)


def _save(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that only its owner can read; it gets its name once it is complete."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as written:
        try:
            written.writelines(pieces)
            written.close()
            Path(written.name).replace(path)
        except BaseException:
            Path(written.name).unlink(missing_ok=True)
            raise
