"""The benchmark's command line: measures the goals stage by stage, prints their table, and writes it into the docs."""

import argparse
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench import detailed
from bench.command import database_folder, ending_plainly
from bench.flushes import SlowFlushes, build_slow_flushes
from bench.goals import GOALS, Results, render_goals
from bench.http_load import find_wrk
from bench.machine import describe_machine, filesystem_of
from bench.processes import BenchError, run_to_end
from bench.report import PAGE, write_between_marks
from bench.revisions import describe, export
from bench.stages import OF_FLUSHES, STAGES, Plan, Stage
from brim.host.programs import wheel_binaries

_NO_FLUSHES: Final = ("tmpfs", "ramfs")
_ROUNDS: Final = 12
_DELAYED_ROUNDS: Final = 6


def main() -> None:
    """Run the benchmark; exit with 1 and a sentence when something it needs is missing."""
    options = _read_options()
    with ending_plainly():
        _run(options)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Brim beside its peers.")
    parser.add_argument("--before", metavar="REVISION", help="measure another revision in the same run")
    parser.add_argument("--topups", type=int, default=10_000, help="how many top-ups are retrieved and listed (10,000)")
    parser.add_argument(
        "--flush-delay-ms", type=float, default=1.0, help="measure again with slower flushes (1; 0: no)"
    )
    parser.add_argument("--detailed", action="store_true", help="also measure the detailed table, beside all peers")
    parser.add_argument("--quick", action="store_true", help="few rounds of 1 s each")
    parser.add_argument("--rounds", type=int, help="how often each figure is measured (12; detailed: 3)")
    parser.add_argument("--seconds", type=int, help="how long each measurement takes (1; detailed: 3)")
    parser.add_argument("--only", metavar="REGEX", help="measure only figures whose row or key matches, such as 'lone'")
    parser.add_argument("--no-peers", action="store_true", help="measure no other servers")
    parser.add_argument("--folder", type=Path, help="where the databases are made (the system's temporary folder)")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md even for a part of the table")
    options = parser.parse_args()
    options.partial = options.quick or options.only is not None or options.no_peers
    return options


def _run(options: argparse.Namespace) -> None:
    find_wrk()
    with database_folder(options.folder) as folder:
        if filesystem_of(folder) in _NO_FLUSHES:
            raise BenchError(f"{folder} is in memory, where a commit costs nothing. Choose a disk with --folder.")
        stages, parts = _chosen_stages(options), {}
        if stages:
            parts["goals"] = _measure_goals(stages, options, folder)
        if options.detailed:
            own = _with_defaults(options, rounds=1 if options.quick else 3, seconds=1 if options.quick else 3)
            parts["bench"] = detailed.measure(own, folder)
    for text in parts.values():
        print(f"\n{text}")
    if options.partial and not options.write:
        print("\nA part was measured, so docs/performance.md stays as it is (--write changes that).")
        return
    for mark, text in parts.items():
        write_between_marks(PAGE, mark, text)
    print(f"\nWritten to {PAGE}.")


def _with_defaults(options: argparse.Namespace, *, rounds: int, seconds: int) -> argparse.Namespace:
    """Return the options with defaults for rounds and seconds."""
    own = {"rounds": options.rounds or rounds, "seconds": options.seconds or seconds}
    return argparse.Namespace(**{**vars(options), **own})


def _measure_goals(stages: Sequence[Stage], options: argparse.Namespace, folder: Path) -> str:
    """Measure goals and return their table, then that with slow flushes, then all notes."""
    own = _with_defaults(options, rounds=3 if options.quick else _ROUNDS, seconds=1)
    began = time.monotonic()
    plan = Plan(
        folder=_made(folder / "run"),
        rounds=own.rounds,
        seconds=own.seconds,
        before=export(options.before, folder / "before") if options.before else None,
        topups=options.topups,
        has_mock=not options.no_peers and shutil.which("stripe-mock") is not None,
        say=_say,
    )
    results = Results()
    for stage in stages:
        stage(plan, results)
    slow, slow_results = _slow_flushes(options, folder, results), Results()
    if slow:
        again = replace(
            plan,
            folder=_made(folder / "slow"),
            rounds=min(plan.rounds, _DELAYED_ROUNDS),
            before=None,
            slow=slow,
        )
        for stage in stages:
            if stage in OF_FLUSHES:
                stage(again, slow_results)
    minutes = (time.monotonic() - began) / 60
    return _render(plan, results, slow_results, options, minutes)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o711)
    return folder


def _chosen_stages(options: argparse.Namespace) -> list[Stage]:
    """Return the stages that measure what was asked for.

    Raises:
        BenchError: none does, and the detailed table is not asked for.
    """
    figures = {goal.key: goal.figure for goal in GOALS}
    chosen = [
        stage
        for keys, stage in STAGES
        if any(re.search(options.only or "", text) for key in keys for text in (key, figures[key]))
    ]
    if not chosen and not options.detailed:
        names = "\n".join(f"{key}: {figure}" for key, figure in figures.items())
        raise BenchError(f"No figure matches --only. They are:\n{names}")
    return chosen


def _slow_flushes(options: argparse.Namespace, folder: Path, results: Results) -> SlowFlushes | None:
    if not options.flush_delay_ms:
        return None
    slow = build_slow_flushes(folder, options.flush_delay_ms)
    if slow is None:
        results.notes.append("Not measured with slow flushes: there is no C compiler here (apt-get install gcc).")
    return slow


def _render(plan: Plan, results: Results, slow: Results, options: argparse.Namespace, minutes: float) -> str:
    version = run_to_end([str(wheel_binaries() / "postgres"), "--version"]).strip().rpartition(" ")[2]
    machine = [f"* {label}: {value}" for label, value in describe_machine(plan.folder, version)]
    before = f"; before: {describe(options.before)}" if options.before else ""
    run = (
        f"* run: medians of {plan.rounds} interleaved rounds of {plan.seconds} s with intervals of 95 % (bootstrap), "
        f"{minutes:.0f} minutes; now: {describe('HEAD')}{before}"
    )
    missing = [] if plan.has_mock else ["stripe-mock is not on the PATH, so nothing was compared with it"]
    parts = [*machine, run, "", render_goals(results.found), ""]
    parts += _list([*results.notes, *missing])
    for table in results.tables:
        parts += ["What one life leaves in the database and writes:", "", table, ""]
    if slow.found:
        delayed = f"Once more, with every flush of PostgreSQL delayed by {options.flush_delay_ms:g} ms:"
        parts += [delayed, "", render_goals(slow.found, linked=False), "", *_list(slow.notes)]
    return "\n".join(parts).strip()


def _list(sentences: Sequence[str]) -> list[str]:
    return [*(f"* {sentence}." for sentence in sentences), ""] if sentences else []


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()
