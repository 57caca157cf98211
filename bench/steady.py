"""Creates without a pause for half an hour: `python -m bench.steady` writes a table and a plot to the docs.

Sixty-four connections send creates as fast as they are answered, and the worker settles, numbers and seals them, while
PostgreSQL makes its checkpoints and vacuums. Every five seconds the counters of the database and of the processes are
read; beside the load one client sends a create every tenth of a second and notes how long it took, as wrk only says
what it saw in all. A run across the hour shows what the hourly verification takes from the load.
"""

import argparse
import itertools
import statistics
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.command import database_folder, ending_plainly
from bench.machine import describe_machine
from bench.plots import IMAGES, draw_lines
from bench.processes import BenchError
from bench.report import PAGE, markdown_table, write_between_marks
from bench.rounds import quantile
from bench.service import AT_ONCE, CREATE_BODY, TEST_KEY, Service, serve_embedded
from bench.sql_load import query

_CLIENTS: Final = 64
_EVERY_S: Final = 5.0
_PROBE_EVERY_S: Final = 0.1
_COUNTERS: Final = """
    SELECT
        (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'topups'),
        (SELECT num_done FROM pg_stat_checkpointer),
        (SELECT wal_bytes::bigint FROM pg_stat_wal),
        (SELECT sum(autovacuum_count)::bigint FROM pg_stat_user_tables),
        (SELECT count(*) FROM new_events)
"""
_VERIFICATIONS: Final = """
    SELECT began_ms, coalesce(ended_ms, 0), coalesce(differences, '[]'), coalesce(covered->'rows'->>'topups', '0')
    FROM verification_runs
    WHERE began_ms > {began_ms}
    ORDER BY began_ms
"""
_PART_S: Final = 300.0
_HEADINGS: Final = (
    *("minutes", "creates a second: median", "slowest 5 s", "CPU us a life: Brim", "PostgreSQL"),
    *("WAL bytes a life", "checkpoints", "vacuums", "events waiting", "lone create p50 ms", "p99 ms", "slowest ms"),
)


@dataclass(frozen=True)
class _Sample:
    """What was read at one moment; times in seconds since the beginning, counters since the server's start."""

    at_s: float
    creates: int
    checkpoints: int
    wal_bytes: int
    vacuums: int
    waiting: int
    server_cpu: float
    database_cpu: float


@dataclass(frozen=True)
class _Verification:
    """One of a worker's: the run's minutes in which it began and ended (None: it had not), and the words for it."""

    began: float
    ended: float | None
    words: str


@dataclass
class _Probe:
    """A client that creates now and then; what it saw: when, and how many milliseconds it took."""

    url: str
    began: float
    stopped: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[float, float]] = field(default_factory=list)

    def run(self) -> None:
        """Create until it is stopped."""
        request = urllib.request.Request(
            f"{self.url}/v1/topups", CREATE_BODY.encode(), {"Authorization": f"Bearer {TEST_KEY}"}
        )
        while not self.stopped.wait(_PROBE_EVERY_S):
            asked = time.monotonic()
            with urllib.request.urlopen(request, timeout=60.0) as reply:
                reply.read()
            self.seen.append((asked - self.began, (time.monotonic() - asked) * 1000))


def main() -> None:
    """Measure and write the table and the plot."""
    parser = argparse.ArgumentParser(prog="python -m bench.steady", description="Measures creates over a long time.")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--folder", type=Path, help="where the database is made (the system's temporary folder)")
    parser.add_argument("--no-write", action="store_true", help="leave the docs as they are")
    options = parser.parse_args()
    with ending_plainly(), database_folder(options.folder) as folder:
        with serve_embedded(folder, workers=1, settle_after=AT_ONCE) as service:
            samples, seen, count, verifications = _load(service, options.minutes * 60)
            version = query(service.database_url, "SHOW server_version")[0]
        machine = [f"* {label}: {value}" for label, value in describe_machine(folder, version)]
    text = "\n".join([*machine, *_describe(samples, seen, count, verifications)])
    print(text)
    if not options.no_write:
        write_between_marks(PAGE, "bench-steady", text)
        _draw(samples, seen, verifications)
        print(f"\nWritten to {PAGE} and {IMAGES}.")


def _load(
    service: Service, seconds: float
) -> tuple[list[_Sample], list[tuple[float, float]], int, list[_Verification]]:
    """Send creates for so long; return the samples, what the lone client saw, the count, and the verifications.

    Raises:
        BenchError: a create failed, or the database has other top-ups than were acknowledged.
    """
    service.create.run(_CLIENTS, 3)
    before = int(query(service.database_url, "SELECT count(*) FROM topups")[0])
    began, began_ms = time.monotonic(), time.time() * 1000
    probe = _Probe(service.url, began)
    results = []
    load = threading.Thread(target=lambda: results.append(service.create.run(_CLIENTS, int(seconds))))
    prober = threading.Thread(target=probe.run)
    load.start()
    prober.start()
    samples = [_sample(service, began)]
    while load.is_alive():
        load.join(max(0.0, began + len(samples) * _EVERY_S - time.monotonic()))
        if load.is_alive():
            samples.append(_sample(service, began))
    probe.stopped.set()
    prober.join()
    if not results or results[0].errors:
        raise BenchError("Creates failed.")
    service.wait_until_done()
    there = int(query(service.database_url, "SELECT count(*) FROM topups")[0]) - before
    acknowledged = results[0].requests + len(probe.seen)
    if not acknowledged <= there <= acknowledged + 2 * _CLIENTS:
        raise BenchError(f"{acknowledged:,} creates were acknowledged, and there are {there:,} top-ups.")
    return samples, probe.seen, acknowledged, _verifications(service, began_ms)


def _sample(service: Service, began: float) -> _Sample:
    counters = [int(each or 0) for each in query(service.database_url, _COUNTERS)[0].split("|")]
    creates, checkpoints, wal_bytes, vacuums, waiting = counters
    at_s = time.monotonic() - began
    cpu = service.server_cpu(), service.database_cpu()
    return _Sample(at_s, creates, checkpoints, wal_bytes, vacuums, waiting, *cpu)


def _verifications(service: Service, began_ms: float) -> list[_Verification]:
    """Return what a worker has verified since the run began."""
    found = []
    for row in query(service.database_url, _VERIFICATIONS.format(began_ms=round(began_ms))):
        began, ended, differences, topups = row.split("|")
        minutes = (int(began) - began_ms) / 60_000
        if not int(ended):
            found.append(_Verification(minutes, None, f"from minute {minutes:.1f}, not ended with the run"))
            continue
        until = (int(ended) - began_ms) / 60_000
        result = "no difference" if differences == "[]" else f"DIFFERENCES: {differences}"
        words = f"from minute {minutes:.1f} to {until:.1f}: {int(topups):,} top-ups read, {result}"
        found.append(_Verification(minutes, until, words))
    return found


def _describe(
    samples: Sequence[_Sample],
    seen: Sequence[tuple[float, float]],
    count: int,
    verifications: Sequence[_Verification],
) -> list[str]:
    """Return the lines of the docs."""
    number_of_parts = max(round(samples[-1].at_s / _PART_S), 1)
    parts = [_part(samples, seen, number, number_of_parts) for number in range(number_of_parts)]
    rates = [rate for _, rate in _rates(samples)]
    cut = len(rates) // number_of_parts
    first, last = statistics.median(rates[:cut]), statistics.median(rates[-cut:])
    checkpoints = samples[-1].checkpoints - samples[0].checkpoints
    return [
        f"* run: {_CLIENTS} connections for {samples[-1].at_s / 60:.0f} minutes, one API process, whole lives",
        "",
        markdown_table(_HEADINGS, parts),
        "",
        f"* {count:,} creates acknowledged, each of them in the database afterwards, settled, numbered and sealed.",
        f"* The last part's rate compared with the first's: {last / first:.2f}. Checkpoints: {checkpoints}.",
        *(f"* A worker's verification {each.words}." for each in verifications),
        "",
        "![Creates a second over the run, with marks where checkpoints ended](images/steady-creates.svg)",
        "",
        "![The slowest lone create of each five seconds](images/steady-lone.svg)",
    ]


def _part(samples: Sequence[_Sample], seen: Sequence[tuple[float, float]], number: int, parts: int) -> tuple[str, ...]:
    """Return the cells of one of so many parts of the run."""
    size = (len(samples) - 1) // parts
    inside = samples[number * size : (number + 1) * size + 1]
    first, last = inside[0], inside[-1]
    lives = last.creates - first.creates
    rates = [rate for _, rate in _rates(inside)]
    times = sorted(took for at_s, took in seen if first.at_s <= at_s < last.at_s)
    return (
        f"{first.at_s / 60:.0f} to {last.at_s / 60:.0f}",
        f"{statistics.median(rates):,.0f}",
        f"{min(rates):,.0f}",
        f"{(last.server_cpu - first.server_cpu) / lives * 1e6:.0f}",
        f"{(last.database_cpu - first.database_cpu) / lives * 1e6:.0f}",
        f"{(last.wal_bytes - first.wal_bytes) / lives:,.0f}",
        f"{last.checkpoints - first.checkpoints}",
        f"{last.vacuums - first.vacuums}",
        f"{max(sample.waiting for sample in inside):,}",
        *(f"{quantile(times, part):.0f}" for part in (0.5, 0.99, 1.0)),
    )


def _rates(samples: Sequence[_Sample]) -> list[tuple[float, float]]:
    """Return creates a second between each two samples, with the minute in which they were."""
    return [
        (after.at_s / 60, (after.creates - before.creates) / (after.at_s - before.at_s))
        for before, after in itertools.pairwise(samples)
    ]


def _draw(
    samples: Sequence[_Sample], seen: Sequence[tuple[float, float]], verifications: Sequence[_Verification]
) -> None:
    """Draw the rate with marks at its foot for checkpoints and verifications; below it the lone client's p99."""
    ends = [after.at_s / 60 for before, after in itertools.pairwise(samples) if after.checkpoints > before.checkpoints]
    title = "Creates with settlement, 64 connections"
    rates = {"creates a second": _rates(samples)}
    turns = [minute for each in verifications for minute in (each.began, each.ended) if minute is not None]
    marks = {"end of a checkpoint": ends, "begin and end of a verification": turns}
    draw_lines("steady-creates", title, "minutes", "a second", rates, marks=marks)
    slowest = []
    for before, after in itertools.pairwise(samples):
        times = [took for at_s, took in seen if before.at_s <= at_s < after.at_s]
        if times:
            slowest.append((after.at_s / 60, max(times)))
    title = "Beside them one create every 0.1 s: the slowest of each 5 s"
    draw_lines("steady-lone", title, "minutes", "ms", {"slowest": slowest})


if __name__ == "__main__":
    main()
