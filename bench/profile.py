"""Where the processor time of a create, a retrieve and a list goes in an API process: `make profile` prints a budget.

A sampler in the API process of a real service (`bench/sampler`) notes the stack every few milliseconds of its processor
time. A sample belongs to the line of `BUDGET` that owns the innermost function on the stack, or else its caller, and so
on; a line's time is its share of the samples times the processor time of a request. What asyncpg spends in C when it
receives counts as the event loop's, which calls it. Limits hold for the core that they were set on, so they are
multiplied by how much slower this one is at a fixed piece of work.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.command import database_folder, ending_plainly
from bench.cpu import cpu_seconds, named_descendant
from bench.http_load import HttpLoad, find_wrk
from bench.machine import slowness
from bench.report import PAGE, markdown_table, write_between_marks
from bench.service import Service, serve_embedded
from bench.sql_load import query

CREATE, RETRIEVE, LIST = "create", "retrieve", "list"
_WORKS: Final = (CREATE, RETRIEVE, LIST)
_SEED_S: Final = 2
_SAMPLES: Final = "samples"
_API: Final = "brim api"
_LOOP: Final = "asyncio/runners.py"
OTHER: Final = "other"


@dataclass(frozen=True)
class Line:
    """One line of the budget.

    Attributes:
        name: what is done.
        owner: its modules: files, folders, or functions as `file:function`; a function goes before its file.
        limits_us: the most that a create, a retrieve and a list may spend on it.
    """

    name: str
    owner: Sequence[str]
    limits_us: tuple[float, float, float]


BUDGET: Final = (
    Line(
        "socket, event loop",
        ("brim/http/protocol.py:HttpProtocol._write", "brim/http/turns.py"),
        (20, 19, 19),
    ),
    Line(
        "parse",
        ("brim/http/protocol.py", "brim/http/request_reader.py", "brim/http/message.py", "brim/http/origin.py"),
        (15, 12, 11),
    ),
    Line(
        "route",
        ("brim/web/", "brim/api/app.py", "brim/api/framework/", "brim/http/", "brim/api/resources/topups/handlers.py"),
        (14, 13, 12),
    ),
    Line(
        "key",
        (
            *("brim/api/framework/auth.py", "brim/api/framework/rights.py", "brim/api/framework/rate_limits.py"),
            *("brim/core/access/", "brim/core/accounts/"),
        ),
        (4, 3, 3),
    ),
    Line("form", ("brim/http/form.py", "brim/http/multipart.py", "brim/http/json_body.py"), (5, 1, 2)),
    Line(
        "validate",
        (
            *("brim/api/framework/params.py", "brim/api/framework/kinds.py", "brim/api/framework/common_params.py"),
            *("brim/api/framework/paging.py", "brim/api/framework/expansion.py", "brim/http/parameter_errors.py"),
            *("brim/api/resources/topups/params.py", "brim/base/metadata.py", "brim/base/currency.py"),
            *("brim/core/topups/amounts.py", "brim/core/funding/", "brim/core/rails/", "brim/core/calendars/"),
        ),
        (9, 1, 4),
    ),
    Line("build", ("brim/core/", "brim/base/ids.py", "brim/base/clock.py"), (18, 2, 2)),
    Line(
        "encode",
        ("brim/base/json_codec.py", "brim/api/resources/", "brim/api/wire_formats.py", "brim/base/paging.py"),
        (6, 6, 3),
    ),
    Line(
        "batch",
        (
            *("brim/base/batch.py", "brim/core/topups/batches.py", "brim/core/topups/store.py"),
            *("brim/core/topups/list_store.py", "brim/core/topups/lists.py", "brim/platform/"),
        ),
        (5, 7, 6),
    ),
    Line("driver", ("asyncpg/",), (3, 3, 2)),
    Line("reply", ("brim/http/reply_head.py", "brim/api/app.py:_Exchange", "brim/http/streaming.py"), (4, 3, 3)),
    Line(
        "log",
        (
            *("brim/platform/telemetry/", "brim/core/request_logs/", "brim/api/framework/tally.py"),
            *("brim/api/framework/recording.py", "brim/base/disclosure.py", "prometheus_client/"),
            *("brim/api/app.py:Api._observe", "brim/api/app.py:Api._note"),
        ),
        (9, 7, 7),
    ),
    Line(OTHER, (), (1, 1, 1)),
)
"""Who owns which part of a request, and what it may cost: a tenth more than on a quiet machine on 2026-12-01."""

_OWNERS: Final = sorted(
    ((prefix, line.name) for line in BUDGET for prefix in line.owner), key=lambda owned: len(owned[0]), reverse=True
)
"""Longest first, so that a file's line goes before its folder's."""


def main() -> None:
    """Measure and print; exit with 1 and a sentence when something it needs is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description="Prints a request's budget.")
    parser.add_argument("--rounds", type=int, default=3, help="how often each kind of request is measured (3)")
    parser.add_argument("--seconds", type=int, default=6, help="how long each time (6)")
    parser.add_argument("--clients", type=int, default=64, help="how many connections ask (64)")
    parser.add_argument("--folder", type=Path, help="where the database is made (the system's temporary folder)")
    parser.add_argument("--write", action="store_true", help="write the budget to docs/performance.md")
    options = parser.parse_args()
    with ending_plainly():
        text = _profile(options)
    print(f"\n{text}")
    if options.write:
        write_between_marks(PAGE, "profile", text)


def _profile(options: argparse.Namespace) -> str:
    find_wrk()
    with (
        database_folder(options.folder) as folder,
        serve_embedded(folder, workers=1, sampled=folder / _SAMPLES) as service,
    ):
        service.create.run(options.clients, _SEED_S)
        query(service.database_url, "VACUUM ANALYZE")
        loads = {CREATE: service.create, RETRIEVE: service.retrieve, LIST: service.first_page}
        found = {work: _measure(service, load, options) for work, load in loads.items()}
    return render_budget(found, slowness())


@dataclass(frozen=True)
class Profile:
    """What requests of one kind cost: processor time of each, and how many samples fell on each line."""

    request_us: float
    samples: Counter[str]

    def line_us(self, name: str) -> float:
        """Return the microseconds that a request spends on a line."""
        return self.request_us * self.samples[name] / max(self.samples.total(), 1)


def _measure(service: Service, load: HttpLoad, options: argparse.Namespace) -> Profile:
    """Run the load a few times."""
    pid = named_descendant(service.pid, _API)
    costs, samples = [], Counter[str]()
    for _ in range(options.rounds):
        began, before = time.monotonic(), cpu_seconds(pid)
        measured = load.run(options.clients, options.seconds)
        costs.append((cpu_seconds(pid) - before) / max(measured.requests, 1) * 1e6)
        samples += count_lines(_stacks(service.folder / f"{_SAMPLES}-{pid}", began, time.monotonic()))
    return Profile(statistics.median(costs), samples)


def _stacks(file: Path, began: float, ended: float) -> Iterator[str]:
    """Yield the stacks of a time; each line is the time and the stack."""
    for line in file.read_text().splitlines():
        at, _, stack = line.partition(" ")
        if began <= float(at) <= ended:
            yield stack


def count_lines(stacks: Iterable[str]) -> Counter[str]:
    """Return how many samples belong to each line; a stack is `outermost;...;innermost`."""
    counts = Counter[str]()
    for stack in stacks:
        counts[_line_of(stack.split(";"))] += 1
    return counts


def _line_of(frames: Sequence[str]) -> str:
    if _LOOP in frames[-1]:  # in uvloop itself: nothing of ours runs
        return BUDGET[0].name
    for frame in reversed(frames):
        function, _, place = frame.rpartition(" (")
        name = f"{place.rpartition(':')[0]}:{function}"
        for prefix, line in _OWNERS:
            if name.startswith(prefix):
                return line
    return OTHER


def render_budget(found: dict[str, Profile], slower: float) -> str:
    """Return the budget in Markdown, and a sentence for each line above its limit.

    Args:
        found: each kind of request's profile.
        slower: how many times as long as the core of the limits this one takes for the same work.
    """
    rows, above = [], []
    for line in BUDGET:
        cells = [line.name]
        for work, limit in zip(_WORKS, line.limits_us, strict=True):
            spent, allowed = found[work].line_us(line.name), limit * slower
            cells.append(f"{spent:.1f} of {allowed:.0f}{' !' if spent > allowed else ''}")
            if spent > allowed:
                above.append(f"* {work}, {line.name}: {spent:.1f} us, {spent - allowed:.1f} above its limit")
        rows.append(cells)
    whole = [
        f"{found[work].request_us:.1f} of {sum(line.limits_us[number] for line in BUDGET) * slower:.0f}"
        for number, work in enumerate(_WORKS)
    ]
    table = markdown_table(("us of a request", *_WORKS), [*rows, ["whole", *whole]])
    samples = ", ".join(f"{found[work].samples.total():,}" for work in _WORKS)
    owners = [
        f"* {line.name}: {', '.join(f'`{owner}`' for owner in line.owner) or 'what has no owner'}" for line in BUDGET
    ]
    notes = [
        f"* {time.strftime('%Y-%m-%d', time.gmtime())}; samples: {samples}; limits: {slower:.2f} times those set",
        *(above or ["* No line is above its limit."]),
    ]
    return "\n".join((table, "", *notes, "", "Owners:", "", *owners))


if __name__ == "__main__":
    main()
