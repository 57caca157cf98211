"""What settings of PostgreSQL are worth: `python -m bench.settings [NAME=VALUE ...]` prints a table.

Each setting is compared by itself with what `brim serve` starts its PostgreSQL with: two services in two servers live
whole lives in turn. Ratios are of adjacent rounds.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.command import database_folder, ending_plainly
from bench.goals import Spread, ratios
from bench.http_load import find_wrk
from bench.lives import Lives
from bench.machine import describe_machine
from bench.processes import BenchError
from bench.replies import Subject
from bench.report import PAGE, markdown_table, write_between_marks
from bench.rounds import Measurement, Row, measure_rounds
from bench.service import AT_ONCE, serve_embedded
from bench.sql_load import query

_CLIENTS: Final = 64
_OURS, _THEIRS = "with it", "without"
_CANDIDATES: Final = (
    *("wal_buffers=1MB", "wal_buffers=16MB", "shared_buffers=128MB", "shared_buffers=32MB,wal_buffers=1MB"),
    *("commit_delay=200,commit_siblings=1", "synchronous_commit=off", "autovacuum_naptime=10s", "jit=on"),
    *("plan_cache_mode=force_generic_plan", "plan_cache_mode=force_custom_plan", "io_method=sync", "wal_init_zero=off"),
)
_AFTER_CHECKPOINTS: Final = ("wal_compression=pglz", "full_page_writes=off")
"""Compared right after a checkpoint, when each page's first change is written to the WAL as a whole."""


def main() -> None:
    """Measure and print; exit with 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.settings", description="Measures PostgreSQL's settings.")
    parser.add_argument("settings", nargs="*", help="such as wal_buffers=16MB; A=1,B=2 for several at once")
    parser.add_argument("--checkpoints", action="store_true", help="run a checkpoint before each measurement")
    parser.add_argument("--rounds", type=int, default=8, help="how often each is measured (8)")
    parser.add_argument("--seconds", type=int, default=1, help="how long each time (1)")
    parser.add_argument("--folder", type=Path, help="where the databases are made (the system's temporary folder)")
    parser.add_argument("--write", action="store_true", help="write the table to docs/performance.md")
    options = parser.parse_args()
    with ending_plainly():
        find_wrk()
        text = _compare(options)
    print(f"\n{text}")
    if options.write:
        write_between_marks(PAGE, "settings", text)


def _compare(options: argparse.Namespace) -> str:
    rows = []
    with database_folder(options.folder) as folder:
        chosen = [(setting, options.checkpoints) for setting in options.settings] or [
            *((setting, False) for setting in _CANDIDATES),
            *((setting, True) for setting in _AFTER_CHECKPOINTS),
        ]
        for number, (setting, checkpoints) in enumerate(chosen):
            own = folder / str(number)
            own.mkdir(mode=0o711)
            try:
                rows.append(_row(setting, own, options, checkpoints=checkpoints))
            except BenchError as error:
                rows.append([setting, "", "not available here", "", "", ""])
                print(f"{setting}: {error}", flush=True)
        machine = [f"* {label}: {value}" for label, value in describe_machine(folder, "18")][:4]
    run = f"* run: {options.rounds} interleaved rounds of {options.seconds} s for each, with intervals of 95 %"
    headings = ("setting", "instead of", "lives a second", "CPU of PostgreSQL", "CPU of Python", "WAL of a life")
    return "\n".join([*machine, run, "", markdown_table(headings, rows)])


def _row(setting: str, folder: Path, options: argparse.Namespace, *, checkpoints: bool) -> list[str]:
    pairs = setting.split(",")
    with ExitStack() as stack:
        lives = {}
        for who, changes in ((_OURS, [part for pair in pairs for part in ("--set", pair)]), (_THEIRS, [])):
            own = folder / who.replace(" ", "-")
            own.mkdir(mode=0o711)
            service = stack.enter_context(serve_embedded(own, workers=1, changes=changes, settle_after=AT_ONCE))
            lives[who] = Lives(Subject(who, service, 1))
        usual = lives[_THEIRS].subject.service.database_url
        instead = [query(usual, f"SHOW {pair.partition('=')[0]}")[0] for pair in pairs]
        figures = measure_rounds(
            [_measured(who, life, checkpoints=checkpoints) for who, life in lives.items()],
            rounds=options.rounds,
            seconds=options.seconds,
            say=lambda _sentence: None,
        )
    ours, theirs = figures
    wal = [lives[who].wal_bytes[-options.rounds :] for who in (_OURS, _THEIRS)]
    compared = (
        (ours.rates, theirs.rates),
        (ours.database_cpus, theirs.database_cpus),
        (ours.server_cpus, theirs.server_cpus),
        (wal[0], wal[1]),
    )
    note = ", after checkpoints" if checkpoints else ""
    row = [f"`{setting}`{note}", ", ".join(instead), *(_ratio(mine, yours) for mine, yours in compared)]
    print("  ".join(row), flush=True)
    return row


def _measured(who: str, life: Lives, *, checkpoints: bool) -> Row:
    service = life.subject.service

    def measure(seconds: int) -> Measurement:
        measured = life.run(_CLIENTS, seconds)
        if checkpoints:  # for the next round
            query(service.database_url, "CHECKPOINT")
        return measured

    return Row(
        who=who,
        work="life",
        clients=_CLIENTS,
        measure=measure,
        server_cpu=service.server_cpu,
        database_cpu=service.database_cpu,
    )


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    spread = Spread.of(ratios(ours, theirs))
    return f"{spread.median:.2f}x ({spread.low:.2f} to {spread.high:.2f})"


if __name__ == "__main__":
    main()
