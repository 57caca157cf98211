"""What a live create costs beside one in test mode: `python -m bench.live_creates` prints and writes a table.

A rehearsal installation has an active originator and a thousand bank accounts, verified and with an authorization, once
all of one account and once each of an account of its own. Test mode makes top-ups of as many bank accounts on file, in
turn with it, so that the ratio is what live mode adds: the originator, stops and authorizations are read, caps are
counted. A create that names no bank account, the cheapest that test mode has, stands beside. The caps are the largest
there are, so that no create is refused; the cut-off is half a day away, so that nothing is collected meanwhile.
"""

import argparse
import json
import math
import statistics
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bench.command import database_folder, ending_plainly
from bench.http_load import HttpLoad, find_wrk
from bench.machine import describe_machine
from bench.processes import BenchError
from bench.report import PAGE, markdown_table, write_between_marks
from bench.rounds import Figure, Measurement, Row, measure_rounds
from bench.service import CREATE_BODY, TEST_KEY, Service, serve_embedded
from bench.sql_load import query

_BANK_ACCOUNTS: Final = 1_000
_CLIENTS: Final = (1, 64)
_NONE: Final = "none specified"
_ANSWERS_WITHIN_S: Final = 30.0
_AT_ONCE: Final = 4
_CONFIDENCE: Final = 1.96
"""Standard errors on each side of a mean that hold the true one 95 times of 100."""

_FLAGS: Final = ("--rehearsal", "--rate-limit-live", "1000000")
"""A limit that nobody reaches, so that it is counted as in every live mode."""

_PROFILE: Final = """
odfi_routing_number = "990000013"
odfi_name = "REHEARSAL BANK"
immediate_origin = "1234567890"
origin_name = "BENCH"
company_name = "BENCH"
company_id = "1234567890"
account_number = "9876543210"
cutoffs = ["{cutoff}"]
day_cap = 999_999_999_999
source_pending_cap = 999_999_999_999
outgoing_folder = "{folder}/to-bank"
incoming_folder = "{folder}/from-bank"
"""
_BANK_ACCOUNT: Final = {
    "bank_account[country]": "US",
    "bank_account[currency]": "usd",
    "bank_account[account_holder_name]": "Jenny Rosen",
    "bank_account[account_holder_type]": "individual",
    "bank_account[routing_number]": "110000000",
    "bank_account[account_number]": "000123456789",
}


def main() -> None:
    """Measure and write the table; exit with 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.live_creates", description="Measures live creates.")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the database is made (the system's temporary folder)")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args()
    with ending_plainly():
        text = _compare(options)
    print(f"\n{text}")
    if not options.no_write:
        write_between_marks(PAGE, "live-creates", text)
        print(f"\nWritten to {PAGE}.")


def _compare(options: argparse.Namespace) -> str:
    find_wrk()
    with database_folder(options.folder) as folder, ExitStack() as stack:
        service = stack.enter_context(serve_embedded(folder, workers=1, flags=_FLAGS))
        loads = _prepare(service)
        query(service.database_url, "VACUUM ANALYZE")
        rows = [
            _row(service, whose, mode, clients, load) for (whose, mode), load in loads.items() for clients in _CLIENTS
        ]
        figures = measure_rounds(rows, rounds=options.rounds, seconds=options.seconds, say=print)
        failed = sum(figure.errors for figure in figures)
        if failed:
            raise BenchError(f"{failed:,} creates were refused or failed.")
        (version,) = query(service.database_url, "SHOW server_version")
        machine = [f"* {label}: {value}" for label, value in describe_machine(folder, version)]
    run = f"* run: medians of {options.rounds} interleaved rounds of {options.seconds} s; ratios with a 95 % interval"
    return "\n".join([*machine, run, "", _table(figures)])


def _prepare(service: Service) -> dict[tuple[str, str], HttpLoad]:
    """Return the loads by whose bank accounts they name and by mode; `test` has what `live` is compared with."""
    live_key = _open_live_mode(service)
    accounts = service.make_accounts(_BANK_ACCOUNTS)
    owners: dict[str, Sequence[str]] = {"one account": [""] * _BANK_ACCOUNTS, "1,000 accounts": accounts}
    loads = {(_NONE, "test"): service.create}
    for whose, each in owners.items():
        for mode, key, make in (("test", TEST_KEY, _bank_account), ("live", live_key, _authorized_bank_account)):
            with ThreadPoolExecutor(_AT_ONCE) as threads:
                sources = list(
                    threads.map(lambda account, make=make, key=key: make(_Client(service, key, account)), each)
                )
            file = service.folder / f"{mode}-{whose.replace(' ', '-')}"
            lines = (
                f"{CREATE_BODY}&source={source}\t{account}\n" for source, account in zip(sources, each, strict=True)
            )
            file.write_text("".join(lines))
            loads[whose, mode] = HttpLoad(service.url, key, "/v1/topups", forms=file)
    return loads


def _open_live_mode(service: Service) -> str:
    """Make and activate an originator; return a live key."""
    later = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")) + timedelta(hours=12)
    profile = service.folder / "originator.toml"
    profile.write_text(_PROFILE.format(cutoff=later.strftime("%H:%M"), folder=service.folder))
    originator = service.command("ach", "originators", "create", str(profile))
    service.command("ach", "originators", "activate", originator)
    return service.command("keys", "create", "--live")


class _Client:
    """Sends plain requests with a key, for one of its accounts."""

    def __init__(self, service: Service, key: str, account: str) -> None:
        self._url = service.url
        self._headers = {"Authorization": f"Bearer {key}"}
        if account:
            self._headers["Stripe-Account"] = account

    def post(self, path: str, parameters: dict[str, str]) -> Any:
        form = urllib.parse.urlencode(parameters).encode()
        request = urllib.request.Request(f"{self._url}{path}", form, self._headers)
        with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN_S) as reply:
            return json.load(reply)


def _bank_account(client: _Client) -> str:
    """Return the id of a new bank account on file, which test mode needs no more of."""
    token = client.post("/v1/tokens", _BANK_ACCOUNT)["id"]
    parameters = {"type": "ach_debit", "currency": "usd", "token": token, "owner[name]": "Jenny Rosen"}
    source: str = client.post("/v1/sources", parameters)["id"]
    return source


def _authorized_bank_account(client: _Client) -> str:
    """Return the id of a new bank account on file that may be debited in live mode."""
    source = _bank_account(client)
    verified = {"method": "rehearsal", "evidence": "the benchmark"}
    client.post(f"/v1/brim/funding_sources/{source}/verify", verified)
    agreed = {"funding_source": source, "sec_code": "WEB", "accepted_at": "1790000000", "text": "I authorize debits."}
    client.post("/v1/brim/authorizations", agreed)
    return source


def _row(service: Service, whose: str, mode: str, clients: int, load: HttpLoad) -> Row:
    return Row(
        who=whose,
        work=mode,
        clients=clients,
        measure=_measuring(load, clients),
        server_cpu=service.server_cpu,
        database_cpu=service.database_cpu,
    )


def _measuring(load: HttpLoad, clients: int) -> Callable[[int], Measurement]:
    return lambda seconds: load.run(clients, seconds)


def _table(figures: Sequence[Figure]) -> str:
    tests = {(figure.row.who, figure.row.clients): figure for figure in figures if figure.row.work == "test"}
    return markdown_table(
        (
            "bank accounts of", "mode", "clients", "a second", "p50 ms", "server CPU s/10k", "PostgreSQL CPU s/10k",
            "CPU vs. the same in test mode", "CPU vs. none specified",
        ),
        [
            _cells(figure, tests[figure.row.who, figure.row.clients], tests[_NONE, figure.row.clients])
            for figure in figures
        ],
    )  # fmt: skip


def _cells(figure: Figure, test: Figure, none: Figure) -> tuple[str, ...]:
    return (
        figure.row.who,
        figure.row.work,
        str(figure.row.clients),
        f"{figure.per_second:,.0f}",
        f"{figure.p50_ms:.2f}",
        f"{figure.server_cpu:.2f}",
        f"{figure.database_cpu:.2f}",
        _ratio(figure, test),
        _ratio(figure, none),
    )


def _ratio(figure: Figure, other: Figure) -> str:
    """Return the mean of the rounds' ratios of processor time, with its interval."""
    if figure is other:
        return ""
    ratios = [ours / theirs for ours, theirs in zip(figure.cpus, other.cpus, strict=True)]
    mean = statistics.mean(ratios)
    margin = _CONFIDENCE * statistics.stdev(ratios) / math.sqrt(len(ratios)) if len(ratios) > 1 else math.nan
    return f"{mean:.2f}x ({mean - margin:.2f} to {mean + margin:.2f})"


if __name__ == "__main__":
    main()
