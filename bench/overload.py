"""What a service does at three times what it can do: `python -m bench.overload` prints and writes a table.

First the peak is measured, with 64 connections that each send the next create at once. Then creates come at three times
that rate, whatever becomes of those before, over 64, 800 and 3,000 connections. Goodput is what was created meanwhile;
latencies are the client's, of creates and of refusals. Afterwards lone creates show when the service is itself again,
and the database's rows are counted: each acknowledged create is there once, and nothing that was refused. Needs h2load
(`apt-get install nghttp2-client`).
"""

import argparse
import re
import statistics
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.command import database_folder, ending_plainly
from bench.cpu import family_of
from bench.machine import describe_machine
from bench.processes import BenchError, require_program, run_to_end
from bench.report import PAGE, markdown_table, verdict, write_between_marks
from bench.rounds import quantile
from bench.service import CREATE_BODY, TEST_KEY, Service, serve_embedded
from bench.sql_load import query
from tests.support.process_memory import proportional_bytes

_CONNECTIONS: Final = (64, 800, 3_000)
_PEAK_CONNECTIONS: Final = 64
_TIMES: Final = 3
_GOODPUT: Final = 0.8
_FLAGS: Final = ("--max-connections-per-address", "4096")
"""The load comes from one address."""

_LONE_CREATES: Final = 20
_ITSELF_AGAIN: Final = 2
"""Times what lone creates took before the load."""

_RECOVERS_WITHIN_S: Final = 120.0
_HEADINGS: Final = (
    *("version", "connections", "sent a second", "created a second", "of peak", "p50 ms", "p99 ms", "slowest ms"),
    *("refused a second", "p99 of refusals ms", "server CPU us a create: peak, now", "a refusal"),
    *("memory MB before, after", "normal again s"),
)


@dataclass(frozen=True)
class _Load:
    """What h2load saw: requests sent, and microseconds of each create and of each refusal."""

    seconds: float
    sent: int
    created: Sequence[int]
    refused: Sequence[int]
    unanswered: int

    @property
    def goodput(self) -> float:
        """Creates a second."""
        return len(self.created) / self.seconds


def main() -> None:
    """Measure and write the table; exit with 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.overload", description="Measures overload.")
    parser.add_argument("--seconds", type=int, default=60, help="of each load")
    parser.add_argument("--connections", type=int, nargs="+", default=_CONNECTIONS)
    parser.add_argument("--before", type=Path, help="the src folder of another version, measured in turn with this one")
    parser.add_argument("--folder", type=Path, help="where the databases are made (the system's temporary folder)")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args()
    with ending_plainly():
        text = _compare(options)
    print(f"\n{text}")
    if not options.no_write:
        write_between_marks(PAGE, "bench-overload", text)
        print(f"\nWritten to {PAGE}.")


def _compare(options: argparse.Namespace) -> str:
    require_program("h2load", how_to_get_it="On Debian and Ubuntu: apt-get install nghttp2-client.")
    versions = {"before": options.before, "this one": None} if options.before else {"this one": None}
    with database_folder(options.folder) as folder, ExitStack() as stack:
        services = {
            version: stack.enter_context(_serving(folder / version.replace(" ", "-"), source))
            for version, source in versions.items()
        }
        for service in services.values():
            _load(service, _PEAK_CONNECTIONS, None, 3)
        rows, goodputs = [], []
        for connections in options.connections:
            for version, service in services.items():
                cells, goodput = _overload(service, connections, options.seconds)
                rows.append((version, *cells))
                print(" | ".join(rows[-1]))
                if version == "this one":
                    goodputs.append(goodput)
        notes = [_goodput_note(goodputs), *(_counted(version, service) for version, service in services.items())]
        (found,) = query(services["this one"].database_url, "SHOW server_version")
        machine = [f"* {label}: {value}" for label, value in describe_machine(folder, found)]
    run = f"* run: {options.seconds} s of each load, one API process"
    return "\n".join([*machine, run, "", markdown_table(_HEADINGS, rows), "", *(f"* {note}" for note in notes)])


@contextmanager
def _serving(folder: Path, source: Path | None) -> Iterator[Service]:
    folder.mkdir()
    folder.chmod(0o711)
    with serve_embedded(folder, workers=1, flags=_FLAGS, source=source) as service:
        yield service


def _overload(service: Service, connections: int, seconds: int) -> tuple[tuple[str, ...], float]:
    """Return the cells of one load, and its goodput as a part of the peak measured before and after it."""
    alone_s = statistics.median(_lone_creates(service))
    cpu = service.server_cpu()
    at_peak = _load(service, _PEAK_CONNECTIONS, None, 5)
    peak, cpu_at_peak = at_peak.goodput, (service.server_cpu() - cpu) / len(at_peak.created)
    memory, cpu = _memory_mb(service), service.server_cpu()
    load = _load(service, connections, _TIMES * peak / connections, seconds)
    cpu = service.server_cpu() - cpu
    after = _memory_mb(service)
    again_s = _seconds_until_normal(service, alone_s)
    peak = (peak + _load(service, _PEAK_CONNECTIONS, None, 5).goodput) / 2
    cells = (
        f"{connections:,}",
        f"{load.sent / load.seconds:,.0f}",
        f"{load.goodput:,.0f}",
        f"{load.goodput / peak:.0%}",
        *(f"{_quantile(load.created, part):,.0f}" for part in (0.5, 0.99, 1.0)),
        f"{len(load.refused) / load.seconds:,.0f}",
        f"{_quantile(load.refused, 0.99):,.0f}" if load.refused else "",
        f"{cpu_at_peak * 1e6:.0f}, {cpu / len(load.created) * 1e6:.0f}",
        f"{(cpu - cpu_at_peak * len(load.created)) / len(load.refused) * 1e6:.0f}" if load.refused else "",
        f"{memory:.0f}, {after:.0f}",
        f"{again_s:.1f}",
    )
    return cells, load.goodput / peak


def _load(service: Service, connections: int, rate: float | None, seconds: int) -> _Load:
    """Send creates for so long: at a rate for each connection, or each as soon as the one before is answered.

    Raises:
        BenchError: a create was answered in a third way, or the database has other rows than were acknowledged.
    """
    before = _rows(service)
    log, body = service.folder / "requests", service.folder / "body"
    log.unlink(missing_ok=True)
    body.write_text(CREATE_BODY)
    command = [
        *("h2load", "--h1", "-t1", f"-c{connections}", "-m1", "-D", str(seconds), "-d", str(body)),
        *("-H", f"Authorization: Bearer {TEST_KEY}", "-H", "Content-Type: application/x-www-form-urlencoded"),
        *(f"--log-file={log}", *([f"--rps={rate:.3f}"] if rate else []), f"{service.url}/v1/topups"),
    ]
    said = run_to_end(command, timeout_s=seconds + 120.0)
    counts = re.search(r"requests: (\d+) total, (\d+) started, (\d+) done", said)
    if counts is None:
        raise BenchError(f"h2load said nothing that is understood: {said[-500:]}")
    answers = [line.split("\t") for line in log.read_text().splitlines()]
    found: dict[str, list[int]] = {"200": [], "429": [], "503": []}
    for _, status, took_us in answers:
        if status not in found:
            raise BenchError(f"A create was answered with {status}.")
        found[status].append(int(took_us))
    unanswered = connections  # at most one of each is cut off at the end
    created = _settled_rows(service) - before
    if not len(found["200"]) <= created <= len(found["200"]) + unanswered:
        raise BenchError(f"{len(found['200']):,} creates were acknowledged, and there are {created:,} rows.")
    refused = sorted(found["429"] + found["503"])
    return _Load(float(seconds), len(answers), sorted(found["200"]), refused, created - len(found["200"]))


def _rows(service: Service) -> int:
    return int(query(service.database_url, "SELECT count(*) FROM topups")[0])


def _settled_rows(service: Service) -> int:
    """Return how many rows there are once no more come: what was cut off at the end is still worked on."""
    rows = -1
    while (found := _rows(service)) != rows:
        rows = found
        time.sleep(0.3)
    return rows


def _lone_creates(service: Service) -> list[float]:
    """Return how long each of a few creates in a row took; a refused one counts as very slow."""
    headers = {"Authorization": f"Bearer {TEST_KEY}"}
    request = urllib.request.Request(f"{service.url}/v1/topups", CREATE_BODY.encode(), headers)
    took = []
    for _ in range(_LONE_CREATES):
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30.0):
                took.append(time.monotonic() - began)
        except OSError:
            took.append(30.0)
    return took


def _seconds_until_normal(service: Service, alone_s: float) -> float:
    """Return after how long lone creates take about what they took before the load.

    Raises:
        BenchError: they never do.
    """
    began = time.monotonic()
    while time.monotonic() < began + _RECOVERS_WITHIN_S:
        now = time.monotonic()
        if statistics.median(_lone_creates(service)) <= _ITSELF_AGAIN * alone_s:
            return now - began
    raise BenchError("The service did not become itself again.")


def _memory_mb(service: Service) -> float:
    """Return what the server's processes have in memory, PostgreSQL aside, what they share counted once."""
    return sum(map(proportional_bytes, family_of(service.pid, without=service.postgres_pid))) / 2**20


def _quantile(ordered: Sequence[int], part: float) -> float:
    """Return a quantile of microseconds in milliseconds."""
    return quantile(ordered, part) / 1000 if ordered else 0.0


def _goodput_note(goodputs: Sequence[float]) -> str:
    least = min(goodputs)
    return f"Least goodput: {least:.0%} of the peak; target {_GOODPUT:.0%}: {verdict(least >= _GOODPUT)}."


def _counted(version: str, service: Service) -> str:
    return (
        f"Top-ups in the database, {version}: {_rows(service):,}. After each load there was one for each acknowledged "
        "create, and at most one more for each connection that was cut off with a create under way."
    )


if __name__ == "__main__":
    main()
