"""What creates cost in one revision beside another: `python -m bench.beside BEFORE [AFTER]` prints a table.

The revision before runs twice, in two services that differ in nothing: how far these two are apart is what this machine
and this way of measuring make up, and a difference between the revisions counts only beyond it. All services run at
once, each on a database of its own, and are asked in turn. Processor time is compared, of server and database together,
as it depends least on what else the machine does. Services are started anew several times, since each start lies
otherwise in memory.
"""

import argparse
import math
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from bench.command import database_folder, ending_plainly
from bench.http_load import find_wrk
from bench.processes import BenchError
from bench.report import markdown_table
from bench.revisions import export
from bench.rounds import Row, measure_rounds
from bench.service import Service, serve_embedded

_CONFIDENCE: Final = 1.96
"""Standard errors on each side of a mean that hold the true one 95 times of 100."""

_BEFORE: Final = "before"
_CONTROL: Final = "before, again"
_AFTER: Final = "after"


def main() -> None:
    """Measure and print; exit with 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside", description="Measures a revision beside another.")
    parser.add_argument("before")
    parser.add_argument("after", nargs="?", help="this tree, if left out")
    parser.add_argument("--starts", type=int, default=4, help="how often the services are started")
    parser.add_argument("--rounds", type=int, default=8, help="after each start")
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--clients", type=int, default=1)
    options = parser.parse_args()
    with ending_plainly():
        find_wrk()
        print(_compare(options))


def _compare(options: argparse.Namespace) -> str:
    cpus: dict[str, list[float]] = {name: [] for name in (_BEFORE, _CONTROL, _AFTER)}
    with database_folder() as folder:
        before = export(options.before, folder / "before")
        after = export(options.after, folder / "after") if options.after else None
        for start in range(options.starts):
            names = list(cpus)
            names = names[start % len(names) :] + names[: start % len(names)]  # nobody is always the first to start
            with ExitStack() as stack:
                rows = []
                for name in names:
                    own = folder / f"{start}-{names.index(name)}"
                    own.mkdir(mode=0o711)
                    source = after if name == _AFTER else before
                    rows.append(
                        _row(name, stack.enter_context(serve_embedded(own, workers=1, source=source)), options.clients)
                    )
                figures = measure_rounds(rows, rounds=options.rounds, seconds=options.seconds, say=print)
            if any(figure.errors for figure in figures):
                raise BenchError("Some creates were refused or failed.")
            for figure in figures:
                cpus[figure.row.who] += figure.cpus
    return markdown_table(
        ("revision", "CPU s/10k, median", "vs. before (95 %)"),
        [(name, f"{statistics.median(found):.2f}", _ratio(found, cpus[_BEFORE])) for name, found in cpus.items()],
    )


def _row(name: str, service: Service, clients: int) -> Row:
    return Row(
        who=name,
        work="create",
        clients=clients,
        measure=lambda seconds: service.create.run(clients, seconds),
        server_cpu=service.server_cpu,
        database_cpu=service.database_cpu,
    )


def _ratio(found: Sequence[float], other: Sequence[float]) -> str:
    """Return the geometric mean of the rounds' ratios, with its interval."""
    logarithms = [math.log(ours / theirs) for ours, theirs in zip(found, other, strict=True)]
    mean = statistics.mean(logarithms)
    margin = _CONFIDENCE * statistics.stdev(logarithms) / math.sqrt(len(logarithms))
    return f"{math.exp(mean):.3f}x ({math.exp(mean - margin):.3f} to {math.exp(mean + margin):.3f})"


if __name__ == "__main__":
    main()
