"""Many simulations beside each other, in segments: `make simulate`.

Seeds that were run are remembered in a file, so that the next call goes on; with `--minutes` it stops in time.
"""

import argparse
import asyncio
import logging
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from tests.support.postgres import PostgresForTests
from tests.support.simulation.mutants import MUTANTS
from tests.support.simulation.run import Outcome, Plan, simulate


class Progress(msgspec.Struct):
    """Which seeds were run, for how many days in all, what was counted, and what was wrong by seed."""

    days_each: int
    seeds: list[int] = []
    days: int = 0
    steps: int = 0
    seconds: float = 0.0
    counts: dict[str, int] = {}
    failed: dict[str, str] = {}

    def note(self, outcome: Outcome) -> None:
        """Add what came of a seed."""
        self.seeds = sorted([*self.seeds, outcome.seed])
        self.days += outcome.days
        self.steps += outcome.steps
        self.counts = dict(sorted((Counter(self.counts) + outcome.counts).items()))
        if outcome.problems:
            self.failed[str(outcome.seed)] = str(outcome)


_server: PostgresForTests


def _run(plan: Plan, mutant: str | None, trace: Path | None) -> Outcome:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    broken = MUTANTS[mutant]() if mutant else None
    return simulate(_server, plan, trace=trace, broken=broken)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=250, help="how many")
    parser.add_argument("--days", type=int, default=40, help="days of each")
    parser.add_argument("--at-once", type=int, default=4, help="how many beside each other")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no further seed after that")
    parser.add_argument("--state", type=Path, help="remembers which seeds were run, and goes on from there")
    parser.add_argument("--trace", type=Path, help="a folder for readable traces of every seed")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="a defect that has to be found")
    parser.add_argument("--busy", type=float, default=0.15, help="how many of the banks' days are busy")
    parser.add_argument("--roughness", type=float, default=1.0, help="how much likelier faults are than usual")
    return parser.parse_args()


def main() -> int:
    """Run what is asked for; return 1 if a seed has failed."""
    asked = _arguments()
    progress = Progress(asked.days)
    if asked.state and asked.state.exists():
        progress = msgspec.json.decode(asked.state.read_bytes(), type=Progress)
        if progress.days_each != asked.days:
            print(f"{asked.state} is of simulations of {progress.days_each} days", file=sys.stderr)
            return 2
    if asked.trace:
        asked.trace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sim-pg-") as folder, asyncio.Runner() as runner:
        global _server  # noqa: PLW0603  processes that are forked have it
        _server = PostgresForTests(Path(folder) / "pg", None)
        runner.run(_server.start())
        try:
            _run_all(asked, progress)
        finally:
            runner.run(_server.stop())
    _print(progress)
    return 1 if progress.failed else 0


def _run_all(asked: argparse.Namespace, progress: Progress) -> None:
    began = time.monotonic()
    before_s = progress.seconds
    left = [seed for seed in range(asked.seed, asked.seed + asked.seeds) if seed not in progress.seeds]
    running: set[Future[Outcome]] = set()
    with ProcessPoolExecutor(asked.at_once, multiprocessing.get_context("fork")) as pool:
        while left or running:
            while left and len(running) < asked.at_once and time.monotonic() - began < asked.minutes * 60:
                seed = left.pop(0)
                trace = asked.trace / f"{seed}.txt" if asked.trace else None
                plan = Plan(seed, asked.days, roughness=asked.roughness, busy=asked.busy)
                running.add(pool.submit(_run, plan, asked.mutant, trace))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                outcome = each.result()
                progress.note(outcome)
                if asked.seeds == 1:
                    print(f"seed {outcome.seed}: {outcome.steps} steps, {outcome.digest}")
                if outcome.problems:
                    print(
                        f"{outcome}\n  again: make simulate SEED={outcome.seed} SEEDS=1 DAYS={asked.days}", flush=True
                    )
            progress.seconds = before_s + time.monotonic() - began
            _keep(asked.state, progress)
            if len(progress.seeds) % 10 == 0:
                print(f"{len(progress.seeds)} seeds, {progress.days} days, {progress.seconds:.0f} s", flush=True)


def _keep(path: Path | None, progress: Progress) -> None:
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(progress))
        fresh.replace(path)


def _print(progress: Progress) -> None:
    counts = ", ".join(f"{count} {what}" for what, count in progress.counts.items())
    print(
        f"{datetime.now(UTC):%Y-%m-%d}: {progress.days} days in {len(progress.seeds)} seeds, {progress.steps} steps,"
        f" {progress.seconds:.0f} s, {len(progress.failed)} failed: {counts}"
    )


if __name__ == "__main__":
    sys.exit(main())
