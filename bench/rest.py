"""Measures `brim serve` at rest and its start: `python -m bench.rest` prints two tables and writes them to the docs.

At rest: each process's share of memory (PSS, so that what processes share counts once), processor time, transactions.
The start: from the command to the first durable top-up, in an empty folder and again in the same one, beside the least
that could be waited for: PostgreSQL alone, initialised, started and asked one thing, and an interpreter that ends at
once. `--before FOLDER` takes the `src` folder of another version and measures both, turn by turn.
"""

import argparse
import json
import os
import re
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from bench.command import database_folder, ending_plainly
from bench.cpu import cpu_seconds, family_of
from bench.machine import describe_machine
from bench.processes import BenchError, clean_environment, run_to_end, running
from bench.report import PAGE, markdown_table, verdict, write_between_marks
from bench.service import CREATE_BODY, TEST_KEY, Service, serve_embedded
from bench.sql_load import query
from brim.host.identity import choose_identity, named_identity
from brim.host.programs import wheel_binaries
from tests.support.process_memory import proportional_bytes

_POLL_S: Final = 0.005
_PATIENCE_S: Final = 120.0
_MOST_MB: Final = 250.0
_COLD_S: Final = 1.2
_WARM_S: Final = 0.6
_OURS: Final = "Brim"
_BEFORE: Final = "Brim, before"
_COLD: Final = "empty folder to first top-up"
_WARM: Final = "existing folder to first top-up"
_BARE: Final = "initdb, start and one psql statement"
_PASS: Final = "python -c pass"


class Start(NamedTuple):
    """How long a start took, and the processor time of all its processes until then."""

    seconds: float
    cpu_s: float


class Rest(NamedTuple):
    """What a service takes while nobody asks anything; memory in MB, by kind of process, how many and how much."""

    memory: dict[str, tuple[int, float]]
    server_cpu: float
    database_cpu: float
    transactions: float

    @property
    def total_mb(self) -> float:
        """All processes' memory."""
        return sum(mb for _, mb in self.memory.values())


def main() -> None:
    """Measure; exit with 1 and a sentence when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.rest", description="Measures brim serve at rest.")
    parser.add_argument("--rounds", type=int, default=7, help="starts of each kind (7)")
    parser.add_argument("--settle", type=float, default=90.0, help="seconds until it is taken to be at rest (90)")
    parser.add_argument("--rest", type=float, default=30.0, help="seconds of rest that are measured (30)")
    parser.add_argument("--before", type=Path, help="the src folder of another version, measured beside")
    parser.add_argument("--folder", type=Path, help="where the databases lie")
    parser.add_argument("--quick", action="store_true", help="one start of each kind, no long rest, nothing is written")
    options = parser.parse_args()
    rounds, settle_s, rest_s = (1, 5.0, 5.0) if options.quick else (options.rounds, options.settle, options.rest)
    versions = {**({_BEFORE: options.before.resolve()} if options.before else {}), _OURS: None}
    with ending_plainly(), database_folder(options.folder) as folder:
        starts = _measure_starts(folder, versions, rounds)
        rests = _measure_rest(folder, versions, settle_s, rest_s)
        text = _report(describe_machine(folder, _postgres_version()), starts, rests, rounds, settle_s)
    print(f"\n{text}")
    if not options.quick:
        write_between_marks(PAGE, "bench-rest", text)
        print(f"\nWritten to {PAGE}.")


def _measure_starts(folder: Path, versions: dict[str, Path | None], rounds: int) -> dict[tuple[str, str], list[Start]]:
    """Return what each start took in each round; in every round all of them take turns."""
    starts: dict[tuple[str, str], list[Start]] = {}

    def note(who: str, what: str, start: Start) -> None:
        starts.setdefault((who, what), []).append(start)
        print(f"{who}: {what}: {start.seconds:.3f} s, CPU {start.cpu_s:.3f} s")

    for number in range(rounds):
        for who, source in [*versions.items()][:: 1 if number % 2 else -1]:
            data_dir = folder / f"data-{number}-{who.replace(', ', '-')}"
            note(who, _COLD, _start_brim(data_dir, source))
            note(who, _WARM, _start_brim(data_dir, source))
        note("PostgreSQL alone", _BARE, _start_bare(folder / f"bare-{number}"))
        note("an interpreter", _PASS, _timed(lambda: run_to_end([sys.executable, "-c", "pass"])))
    return starts


def _start_brim(data_dir: Path, source: Path | None) -> Start:
    """Start a service, wait for the first top-up, and stop it."""
    flags = ("--port", "0", "--workers", "1", "--data-dir", str(data_dir), "--sandbox-settle-after", "24h")
    env = clean_environment({"BRIM_TEST_SECRET_KEY": TEST_KEY, **({"PYTHONPATH": str(source)} if source else {})})
    began = time.perf_counter()
    with running("start", [sys.executable, "-m", "brim", "serve", *flags], folder=data_dir.parent, env=env) as program:
        announced = data_dir / "brim.json"
        while not announced.exists():
            if time.perf_counter() - began > _PATIENCE_S:
                raise BenchError("brim serve did not start: see start.log")
            time.sleep(_POLL_S)
        create_topup(json.loads(announced.read_text())["url"])
        return Start(time.perf_counter() - began, cpu_seconds(program.pid))


def create_topup(url: str) -> None:
    """Create a top-up."""
    headers = {"Authorization": f"Bearer {TEST_KEY}"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/v1/topups", CREATE_BODY.encode(), headers)):
        pass


def _start_bare(folder: Path) -> Start:
    """Initialise PostgreSQL in a folder, start it, ask it one thing and stop it; the stop does not count."""
    binaries = wheel_binaries()
    folder.mkdir()
    identity = choose_identity(folder, folder / "cluster", binaries)
    os.chown(folder, identity.owner, identity.group)
    named, cluster = named_identity(identity, folder), str(folder / "cluster")
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    before = os.times()
    began = time.perf_counter()
    initdb = ["--locale=C", "--encoding=UTF8", "--auth=trust", "--username=brim", "--data-checksums", "-D", cluster]
    run_to_end(named.command(binaries / "initdb", *initdb), env=clean_environment())
    server = identity.command(binaries / "postgres", "-D", cluster, *options)
    with running("bare", server, folder=folder.parent, env=clean_environment({"LC_ALL": "C"})) as program:
        psql = [str(binaries / "psql"), "-XqAt", "-h", str(folder), "-U", "brim", "-c", "SELECT 1", "postgres"]
        while True:
            with suppress(BenchError):
                run_to_end(psql)
                break
            if time.perf_counter() - began > _PATIENCE_S:
                raise BenchError("PostgreSQL alone did not start: see bare.log")
            time.sleep(_POLL_S)
        seconds, after = time.perf_counter() - began, os.times()
        ended = after.children_user + after.children_system - before.children_user - before.children_system
        return Start(seconds, ended + cpu_seconds(program.pid))


def _timed(work: Callable[[], object]) -> Start:
    before, began = os.times(), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - began, os.times()
    return Start(seconds, after.children_user + after.children_system - before.children_user - before.children_system)


def _measure_rest(folder: Path, versions: dict[str, Path | None], settle_s: float, rest_s: float) -> dict[str, Rest]:
    """Return what each version takes at rest, one service after another, so that they share no memory."""
    found = {}
    for who, source in versions.items():
        place = folder / f"rest-{who.replace(', ', '-')}"
        place.mkdir()
        with serve_embedded(place, workers=1, source=source) as service:
            create_topup(service.url)
            time.sleep(settle_s)
            found[who] = _rest_of(service, rest_s)
        print(f"{who} at rest: {found[who].total_mb:.0f} MB")
    return found


def _rest_of(service: Service, rest_s: float) -> Rest:
    asked = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    memory: dict[str, tuple[int, float]] = {}
    for pid in family_of(service.pid):
        with suppress(OSError):  # it ended while we looked
            kind, mb = _kind_of(pid), proportional_bytes(pid) / 2**20
            count, sum_mb = memory.get(kind, (0, 0.0))
            memory[kind] = (count + 1, sum_mb + mb)
    began, before = time.perf_counter(), int(query(service.database_url, asked)[0])
    server, database = service.server_cpu(), service.database_cpu()
    time.sleep(rest_s)
    server, database = service.server_cpu() - server, service.database_cpu() - database
    transactions = int(query(service.database_url, asked)[0]) - before
    seconds = time.perf_counter() - began
    return Rest(memory, server / seconds, database / seconds, transactions / seconds)


def _kind_of(pid: int) -> str:
    """Return which of the processes it is."""
    command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    for role in ("fork-server", "api", "worker"):
        if command == f"brim {role}":
            return command
    if " brim serve " in command:
        return "brim serve"
    if not command.startswith("postgres: "):
        return "postgres"
    if "[local]" in command:
        return "postgres: connections"
    return re.sub(r"io worker \d+", "io workers", command)


def _postgres_version() -> str:
    return run_to_end([str(wheel_binaries() / "postgres"), "--version"]).split()[-1]


def _report(
    machine: Sequence[tuple[str, str]],
    starts: dict[tuple[str, str], list[Start]],
    rests: dict[str, Rest],
    rounds: int,
    settle_s: float,
) -> str:
    lines = [f"* {label}: {value}" for label, value in machine]
    lines.append(f"* run: medians of {rounds} interleaved starts; at rest {settle_s:.0f} s after a top-up")
    ours = rests[_OURS]
    seconds = {what: statistics.median(start.seconds for start in starts[_OURS, what]) for what in (_COLD, _WARM)}
    is_small = verdict(ours.total_mb <= _MOST_MB)
    targets = [
        f"* Memory at rest: {ours.total_mb:.0f} MB; target at most {_MOST_MB:.0f}: {is_small}.",
        *(
            f"* {what.capitalize()}: {seconds[what]:.2f} s; target at most {most}: {verdict(seconds[what] <= most)}."
            for what, most in ((_COLD, _COLD_S), (_WARM, _WARM_S))
        ),
    ]
    return "\n".join([*lines, "", _rest_table(rests), "", _start_table(starts), "", *targets, *_ratios(starts, rests)])


def _ratios(starts: dict[tuple[str, str], list[Start]], rests: dict[str, Rest]) -> list[str]:
    """Return what the version before took beside this one; a start's ratio is the median of those of each round."""
    if _BEFORE not in rests:
        return []
    sentences = [
        f"* Memory at rest compared with the version before: {rests[_OURS].total_mb / rests[_BEFORE].total_mb:.2f}."
    ]
    for what in (_COLD, _WARM):
        pairs = [*zip(starts[_OURS, what], starts[_BEFORE, what], strict=True)]
        seconds = statistics.median(ours.seconds / before.seconds for ours, before in pairs)
        cpu = statistics.median(ours.cpu_s / before.cpu_s for ours, before in pairs)
        sentences.append(
            f"* {what.capitalize()} compared with the version before: {seconds:.2f} of the time, {cpu:.2f} of the CPU."
        )
    return sentences


def _rest_table(rests: dict[str, Rest]) -> str:
    kinds = list(dict.fromkeys(kind for rest in rests.values() for kind in rest.memory))
    kinds.sort(key=lambda kind: (kind.startswith("postgres"), -rests[_OURS].memory.get(kind, (0, 0.0))[1]))
    rows = [(kind, *(_cell(rest.memory.get(kind)) for rest in rests.values())) for kind in kinds]
    rows.append(("in all", *(f"{rest.total_mb:.1f} MB" for rest in rests.values())))
    rows.append(("CPU of Brim's processes", *(f"{rest.server_cpu:.2%}" for rest in rests.values())))
    rows.append(("CPU of PostgreSQL", *(f"{rest.database_cpu:.2%}" for rest in rests.values())))
    rows.append(("transactions a second", *(f"{rest.transactions:.1f}" for rest in rests.values())))
    return markdown_table(("at rest", *rests), rows)


def _cell(memory: tuple[int, float] | None) -> str:
    if memory is None:
        return ""
    count, mb = memory
    return f"{mb:.1f} MB" + (f" ({count})" if count > 1 else "")


def _start_table(starts: dict[tuple[str, str], list[Start]]) -> str:
    rows = []
    for (who, what), found in starts.items():
        took = sorted(start.seconds for start in found)
        cpu_s = statistics.median(start.cpu_s for start in found)
        rows.append((who, what, f"{statistics.median(took):.2f}", f"{took[0]:.2f} to {took[-1]:.2f}", f"{cpu_s:.2f}"))
    return markdown_table(
        ("who", "start", "seconds", "fastest to slowest", "CPU s"), sorted(rows, key=lambda row: row[1])
    )


if __name__ == "__main__":
    main()
