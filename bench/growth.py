"""How lists and creates change from ten thousand to ten million top-ups: `python -m bench.growth [--keep FOLDER]`.

One service for each size, whose account has that many top-ups over a year in test mode, with as many balance
transactions and entries, a fifth as many events and, in live mode, statement lines. Each filter of each list is asked
for as a client does, a few times to warm it, then two hundred times: the first page in one of four, in the others the
page after some other row. Then the smallest and the largest take creates in turn. Writes a table, the plots beside it
and nothing else. With `--keep`, the databases stay for the next run: filling the largest takes ten minutes and 15 GB.
"""

import argparse
import asyncio
import contextlib
import http.client
import random
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.command import ending_plainly, kept_folder
from bench.goals import Spread, ratios
from bench.lists import fill
from bench.machine import describe_machine
from bench.plots import IMAGES, Point, draw_lines
from bench.processes import BenchError
from bench.report import markdown_table, verdict, write_between_marks
from bench.rounds import quantile
from bench.service import TEST_KEY, Service, serve_embedded
from bench.sql_load import query
from brim.base.ids import first_id_at

_PAGE: Final = Path(__file__).parents[1] / "docs" / "lists.md"
_SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000)
_TABLES: Final = ("topups", "balance_transactions", "journal_entries", "events", "statement_lines")
_YEAR_S: Final = 365 * 24 * 3600
_WARMING: Final = 5
_FIRST_PAGES: Final = 4
"""Every fourth request asks for the first page."""

_PROMISED_MS: Final = 10.0
_PROMISED_RATE: Final = 0.9
_CLIENTS: Final = 64
_LABELS: Final = {
    "topups": "Top-ups",
    "search": "Searches of top-ups",
    "txn": "Balance transactions",
    "events": "Events",
}


@dataclass(frozen=True)
class Filter:
    """One way to ask for a list.

    Attributes:
        list_name: which plot it is in.
        label: how it is called there.
        path: what is asked for.
        table: whose ids are cursors; None where pages follow in another way, so that only the first is asked for.
        prefix: that of its ids.
    """

    list_name: str
    label: str
    path: str
    table: str | None = None
    prefix: str = ""


def main() -> None:
    """Measure and write the table and the plots."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description="Measures growth.")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, help="how many top-ups")
    parser.add_argument("--requests", type=int, default=200, help="for each filter (200)")
    parser.add_argument("--rounds", type=int, default=12, help="of creates, a second each (12)")
    parser.add_argument("--keep", type=Path, help="a folder in which the databases stay for the next run")
    parser.add_argument("--fill-only", action="store_true", help="with --keep: fill, and measure in the next run")
    parser.add_argument("--no-write", action="store_true", help="leave the docs as they are")
    options = parser.parse_args()
    with ending_plainly(), kept_folder(options.keep) as folder:
        text, plots = _measure(folder, options)
    print(text)
    if text and not options.no_write:
        write_between_marks(_PAGE, "bench-growth", text)
        for list_name, series in plots.items():
            title = f"{_LABELS[list_name]}: 99th percentile of {options.requests} requests"
            draw_lines(f"growth-{list_name}", title, "top-ups", "ms", series, decades=options.sizes)
        print(f"\nWritten to {_PAGE} and {IMAGES}.")


@contextmanager
def _service(folder: Path, size: int) -> Iterator[Service]:
    """Run a service with so many top-ups."""
    place = folder / str(size)
    place.mkdir(mode=0o711, exist_ok=True)
    with serve_embedded(place, workers=1) as service:
        asyncio.run(fill(service, size, tables=_TABLES, livemode=False))
        yield service


def _measure(folder: Path, options: argparse.Namespace) -> tuple[str, dict[str, dict[str, list[Point]]]]:
    """Return the text for the docs and the points of each plot."""
    took: dict[Filter, dict[int, list[float]]] = {}
    version = ""
    filters = _filters()
    for size in options.sizes:
        with _service(folder, size) as service:
            version = query(service.database_url, "SHOW server_version")[0]
            if options.fill_only:
                continue
            query(service.database_url, "CHECKPOINT")
            for each in filters:
                took.setdefault(each, {})[size] = times = _ask(service, each, options.requests)
                print(f"{size:,} {each.label}: median {quantile(times, 0.5):.1f}, p99 {quantile(times, 0.99):.1f} ms")
    if options.fill_only:
        return "", {}
    creates = _creates(folder, options)
    plots: dict[str, dict[str, list[Point]]] = {}
    rows = []
    for each, by_size in took.items():
        points = [(float(size), quantile(times, 0.99)) for size, times in by_size.items()]
        plots.setdefault(each.list_name, {})[each.label] = points
        medians = [f"{quantile(times, 0.5):.1f}" for times in by_size.values()]
        rows.append((each.label, *medians, *(f"{y:.1f}" for _, y in points), verdict(points[-1][1] <= _PROMISED_MS)))
    sizes = [_short(size) for size in options.sizes]
    headings = ("request", *(f"p50 at {size}" for size in sizes), *(f"p99 at {size}" for size in sizes), "p99 <= 10 ms")
    slowest = max((points[-1][1], label) for series in plots.values() for label, points in series.items())
    lines = [
        *(f"* {label}: {value}" for label, value in describe_machine(folder, version)),
        f"* run: {options.requests} requests of each kind on one connection, milliseconds with the client's time",
        "",
        markdown_table(headings, rows),
        "",
        f"* The slowest at {sizes[-1]}: p99 {slowest[0]:.1f} ms ({slowest[1]}).",
        creates,
    ]
    return "\n".join(lines), plots


def _filters() -> list[Filter]:
    """Return each filter of each list, those that can be combined also together."""
    now = int(time.time())
    month = f"created[gte]={now - _YEAR_S // 2}&created[lt]={now - _YEAR_S // 2 + 30 * 86400}"
    old = f"created[lt]={now - _YEAR_S * 9 // 10}"
    # Amounts are spread evenly from 1,000 to 1,001,000 (bench/lists.py): half of them, 2 %, and a few.
    half, some, few = (
        "amount[gte]=500000",
        "amount[gte]=500000&amount[lt]=520000",
        "amount[gte]=500000&amount[lt]=500020",
    )
    topups = {
        "all": "",
        "limit=100": "limit=100",
        "created in a month": month,
        "status=failed (2 %)": "status=failed",
        "status=pending (the newest 2,000)": "status=pending",
        "status=canceled (0.2 %)": "status=canceled",
        "status=failed in a month": f"status=failed&{month}",
        "an exact amount": "amount=424242",
        "amounts: half of all": half,
        "amounts: 2 %": some,
        "amounts: 0.002 %": few,
        "amounts: 2 %, in a month": f"{some}&{month}",
        "amounts: half, in the oldest tenth, limit=100": f"{half}&{old}&limit=100",
        "status=failed and amounts: 2 %": f"status=failed&{some}",
        "status=failed, amounts: 2 %, in a month": f"status=failed&{some}&{month}",
        "status=canceled and an exact amount": "status=canceled&amount=424242",
    }
    searches = {
        "search: a currency that few have": "currency=jpy",
        "search: metadata of one": "metadata[order_id]=4240",
        "search: metadata of 1.4 %": "metadata[shop]=s3",
        "search: a failure code": "failure_code=no_account",
        "search: a bank account": "funding_source=src_7",
        "search: the largest": "order=largest",
    }
    transactions = {
        "all": "",
        "limit=100": "limit=100",
        "created in a month": month,
        "currency=jpy": "currency=jpy",
        "type=topup_reversal": "type=topup_reversal",
        "currency=eur and type=topup, in a month": f"currency=eur&type=topup&{month}",
    }
    events = {
        "all": "",
        "limit=100": "limit=100",
        "created in a month": month,
        "type=topup.created": "type=topup.created",
        "type=topup.failed": "type=topup.failed",
        "type=topup.*": "type=topup.*",
        "type=topup.failed in a month": f"type=topup.failed&{month}",
    }
    return [
        *(
            Filter("topups", f"top-ups: {label}", f"/v1/topups?{text}", "topups", "tu_")
            for label, text in topups.items()
        ),
        *(Filter("search", label, f"/v1/brim/topups/search?{text}") for label, text in searches.items()),
        *(
            Filter("txn", f"transactions: {label}", f"/v1/balance_transactions?{text}", "balance_transactions", "txn_")
            for label, text in transactions.items()
        ),
        *(
            Filter("events", f"events: {label}", f"/v1/events?{text}", "events", "evt_")
            for label, text in events.items()
        ),
    ]


def _ask(service: Service, asked: Filter, requests: int) -> list[float]:
    """Return how many milliseconds each request took, in ascending order.

    Raises:
        BenchError: one was refused.
    """
    cursors = _cursors(service, asked, requests) if asked.table else []
    conn = http.client.HTTPConnection(urllib.parse.urlsplit(service.url).netloc, timeout=60)
    took = []
    for number in range(-_WARMING, requests):
        path = urllib.parse.quote(asked.path, safe="/?&=")
        if cursors and number % _FIRST_PAGES:
            path += f"&starting_after={cursors[number % len(cursors)]}"
        began = time.perf_counter()
        conn.request("GET", path, headers={"Authorization": f"Bearer {TEST_KEY}"})
        with contextlib.closing(conn.getresponse()) as reply:
            body = reply.read()
        if reply.status != 200:
            raise BenchError(f"{path} was answered with {reply.status}: {body[:300]!r}")
        if number >= 0:
            took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def _cursors(service: Service, asked: Filter, count: int) -> list[str]:
    """Return ids from all of the year, in no order, the same ones for the same table."""
    draw, now = random.Random(0), time.time()
    moments = [first_id_at(asked.prefix, int(now - draw.uniform(0, 0.99) * _YEAR_S)) for _ in range(count)]
    texts = ", ".join(f"('{moment}')" for moment in moments)
    statement = f"""
        SELECT r.id
        FROM (VALUES {texts}) AS m (id),
            LATERAL (
                SELECT id
                FROM {asked.table}
                WHERE account = (SELECT account FROM accounts ORDER BY created LIMIT 1) AND NOT livemode AND id > m.id
                ORDER BY id
                LIMIT 1
            ) AS r
    """
    return query(service.database_url, statement)


def _creates(folder: Path, options: argparse.Namespace) -> str:
    """Return a sentence about creates beside many rows and beside few, measured in turn."""
    few, many = options.sizes[0], options.sizes[-1]
    rates: dict[int, list[float]] = {few: [], many: []}
    with ExitStack() as stack:
        services = {size: stack.enter_context(_service(folder, size)) for size in (few, many)}
        for service in services.values():
            service.create.run(_CLIENTS, 3)
        for _ in range(options.rounds):
            for size, service in services.items():
                rates[size].append(service.create.run(_CLIENTS, 1).per_second)
    found = Spread.of(ratios(rates[many], rates[few]))
    return (
        f"* Creates at {_short(many)} compared with {_short(few)} top-ups, {_CLIENTS} connections: "
        f"{found.median:.2f} of the rate ({found.low:.2f} to {found.high:.2f}, {options.rounds} rounds in turn); "
        f"target {_PROMISED_RATE}: {verdict(found.median >= _PROMISED_RATE)}."
    )


def _short(size: int) -> str:
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if size >= unit:
            return f"{size // unit} {name}"
    return str(size)


if __name__ == "__main__":
    main()
