"""Measures many things in turn, several times over, so that all of them share whatever else the machine does."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

_WARM_UP_S: Final = 1


class Measurement(NamedTuple):
    """What one run of a load generator counted.

    `errors` is how many requests failed, in whichever way, and `least_ms` the shortest latency, where it is known.
    """

    per_second: float
    requests: int
    p50_ms: float
    p99_ms: float
    errors: int
    least_ms: float = 0.0


def quantile(ordered: Sequence[float], part: float) -> float:
    """Return a quantile of at least one figure in ascending order."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _nothing() -> None:
    """Leave everything as it is."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table.

    Attributes:
        who: whose figure it is.
        work: create, retrieve, list or life; rows of the same work and clients are compared.
        clients: how many connections ask at once.
        measure: runs the load for that many seconds.
        server_cpu: the processor time of the server's processes so far; None where there is no server.
        database_cpu: the same of PostgreSQL.
        afterwards: run after each measurement, outside the time measured.
    """

    who: str
    work: str
    clients: int
    measure: Callable[[int], Measurement]
    server_cpu: Callable[[], float] | None = None
    database_cpu: Callable[[], float] | None = None
    afterwards: Callable[[], None] = _nothing

    @property
    def name(self) -> str:
        """What `--only` is matched against."""
        return f"{self.who}: {self.work}, {self.clients}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The medians of a row's rounds, and what it did a second in each. CPU is in seconds for 10,000 requests.

    `cpus` has that of server and database together in each round, `server_cpus` and `database_cpus` that of each, and
    `p50s_ms` the median latency of each round.
    """

    row: Row
    rates: Sequence[float]
    cpus: Sequence[float]
    server_cpus: Sequence[float]
    database_cpus: Sequence[float]
    p50s_ms: Sequence[float]
    least_ms: float
    per_second: float
    slowest: float
    fastest: float
    p50_ms: float
    p99_ms: float
    errors: int
    acknowledged: int
    server_cpu: float | None
    database_cpu: float | None


class _Sample(NamedTuple):
    measured: Measurement
    server_cpu: float | None
    database_cpu: float | None


def measure_rounds(rows: Sequence[Row], *, rounds: int, seconds: int, say: Callable[[str], None]) -> list[Figure]:
    """Measure all rows, then all again, and return their medians in the rows' order.

    Every second round goes backwards, so that a machine that grows slower or faster favours nobody.
    """
    samples: dict[str, list[_Sample]] = {row.name: [] for row in rows}
    for number in range(rounds):
        for row in rows if number % 2 == 0 else reversed(rows):
            if number == 0:
                row.measure(_WARM_UP_S)
                row.afterwards()
            sample = _measure(row, seconds)
            samples[row.name].append(sample)
            say(f"  round {number + 1}  {row.name:<60} {sample.measured.per_second:>9,.0f}/s")
            row.afterwards()
    return [_summarise(row, samples[row.name]) for row in rows]


def _measure(row: Row, seconds: int) -> _Sample:
    clocks = (row.server_cpu, row.database_cpu)
    before = [clock() if clock else 0.0 for clock in clocks]
    measured = row.measure(seconds)
    used = [clock() - start if clock else None for clock, start in zip(clocks, before, strict=True)]
    server_cpu, database_cpu = (None if spent is None else spent / max(measured.requests, 1) * 10_000 for spent in used)
    return _Sample(measured, server_cpu, database_cpu)


def _summarise(row: Row, samples: Sequence[_Sample]) -> Figure:
    rates = [sample.measured.per_second for sample in samples]
    return Figure(
        row=row,
        rates=rates,
        cpus=[(sample.server_cpu or 0.0) + (sample.database_cpu or 0.0) for sample in samples],
        server_cpus=[sample.server_cpu or 0.0 for sample in samples],
        database_cpus=[sample.database_cpu or 0.0 for sample in samples],
        p50s_ms=[sample.measured.p50_ms for sample in samples],
        least_ms=min(sample.measured.least_ms for sample in samples),
        per_second=statistics.median(rates),
        slowest=min(rates),
        fastest=max(rates),
        p50_ms=statistics.median(sample.measured.p50_ms for sample in samples),
        p99_ms=statistics.median(sample.measured.p99_ms for sample in samples),
        errors=sum(sample.measured.errors for sample in samples),
        acknowledged=sum(sample.measured.requests - sample.measured.errors for sample in samples),
        server_cpu=_median_or_none([sample.server_cpu for sample in samples]),
        database_cpu=_median_or_none([sample.database_cpu for sample in samples]),
    )


def _median_or_none(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
