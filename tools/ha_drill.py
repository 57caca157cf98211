"""Breaks the installation of docs/high-availability.md under load, again and again, and checks that nothing was lost.

`make ha`, as root. The hosts are network namespaces that exist while it runs. Rounds are appended to a state file, so
that a run continues where an earlier one stopped; the table is printed from it.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from failover.checker import OK, Attempt, Verdict, check, longest_gap, percentile, slowest
from failover.cluster import ROOT, Cluster
from failover.faults import FAULTS, Fault, now, other_is_primary
from failover.hosts import ADDRESSES, DrillError, Host, Network, missing_needs, wait_until

ROUNDS_PER_CLUSTER: Final = 24
"""Then everything is built anew, so that the small disks hold what is written."""

_BACK_WITHIN_S: Final = 60.0
_BEFORE_S: Final = 3.0
_MODES: Final = ("synchronous", "asynchronous")
_BEGAN: Final = time.monotonic()


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=len(FAULTS), help="how many there are to be in the state file")
    parser.add_argument("--mode", choices=_MODES, default=_MODES[0], help="how the standby follows")
    parser.add_argument("--state", type=Path, default=None, help="default: build/ha/MODE.jsonl")
    parser.add_argument("--minutes", type=float, default=0.0, help="begin no round after so long; 0 for no limit")
    parser.add_argument("--faults", default="", help="only these, separated by commas")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the faults")
    parser.add_argument("--set", action="append", default=[], metavar="BRIM_X=Y", help="a setting of Brim")
    parser.add_argument(
        "--patroni", action="append", nargs=2, default=[], metavar=("OLD", "NEW"), help="change patroni.yml"
    )
    parser.add_argument("--table", action="store_true", help="only print the table of the state file")
    parser.add_argument("--logs", type=Path, default=None, help="copy the programs' logs here at the end")
    arguments = parser.parse_args()
    state = State(arguments.state or ROOT / "build" / "ha" / f"{arguments.mode}.jsonl")
    needs = [] if arguments.table else missing_needs()
    if needs:
        print("\n".join(["make ha can't run here.", *needs]))
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = [name.strip() for name in arguments.faults.split(",") if name.strip()] or list(FAULTS)
    deadline = now() + 60 * arguments.minutes if arguments.minutes else float("inf")
    try:
        while not arguments.table and len(state.rounds) < arguments.rounds and now() < deadline:
            segment(arguments, state, wanted, deadline)
    except DrillError as error:
        print(f"FAILED: {error}")
        return 1
    finally:
        print(state.table())
    return 1 if state.faults() else 0


def segment(arguments: argparse.Namespace, state: "State", wanted: list[str], deadline: float) -> None:
    """Build the installation, run rounds on it, and check the whole history at the end."""
    with Network() as network:
        try:
            settings = dict(pair.split("=", 1) for pair in arguments.set)
            cluster = Cluster(
                network,
                synchronous=arguments.mode == "synchronous",
                settings=settings,
                changes=[(before, after) for before, after in arguments.patroni],
            )
            cluster.start()
            say(f"nine hosts are up, {arguments.mode} standby, primary {cluster.primary()}")
            with loading(cluster) as load:
                for _ in range(ROUNDS_PER_CLUSTER):
                    number = len(state.rounds)
                    if number >= arguments.rounds or now() > deadline:
                        break
                    name, began = order(wanted, arguments.seed, number), now()
                    try:
                        state.add(one_round(cluster, load, number, name, FAULTS[name]))
                    except DrillError as error:
                        state.add(failed_round(cluster, load, number, name, began, error))
                        raise
            final = compare(cluster, load)
            say(f"at the end: {told_of(final)}; {cluster.verify()}")
            if final.unanswered:
                raise DrillError(f"{final.unanswered} requests never got an answer")
        finally:
            if arguments.logs:
                keep_logs(network, arguments.logs)


def order(wanted: list[str], seed: int, number: int) -> str:
    """Return a round's fault: each once in every lap, in a random order of the lap."""
    lap, place = divmod(number, len(wanted))
    return random.Random(f"{seed}:{lap}").sample(wanted, len(wanted))[place]


class Load:
    """The clients, what they have been told so far, and which faults of that are known from earlier rounds."""

    def __init__(self, host: Host, path: Path, stop: Path) -> None:
        self.host = host
        self.path = path
        self.stop = stop
        self.known: set[str] = set()

    def attempts(self) -> list[Attempt]:
        """Return every attempt that has ended."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        return [Attempt(*json.loads(line)) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def acknowledged_since(self, moment: float) -> int:
        """Return how many requests were acknowledged that began after a moment."""
        return sum(a.status == OK and a.began > moment for a in self.attempts())


@contextmanager
def loading(cluster: Cluster) -> Iterator[Load]:
    """Create top-ups from outside; at the end, every client gets its answer first."""
    host = cluster.network["client"]
    load = Load(host, host.folder / "history", host.folder / "stop")
    url = f"http://{ADDRESSES['edge']}:8080"
    script = str(ROOT / "tools/failover/load.py")
    process = host.start(sys.executable, script, url, cluster.api_key, str(load.path), str(load.stop), env={})
    try:
        began = now()
        wait_until(lambda: load.acknowledged_since(began) > 20, "clients are served", within_s=30.0)
        yield load
    finally:
        load.stop.touch()
        try:
            process.wait(timeout=180)
        except subprocess.TimeoutExpired:
            process.kill()


def one_round(cluster: Cluster, load: Load, number: int, name: str, fault: Fault) -> dict[str, Any]:
    """Break one thing, wait until requests are served, mend it, and check everything."""
    leader = cluster.primary()
    host = cluster.network[fault.target(leader, number)]
    time.sleep(_BEFORE_S)
    began = now()
    with fault.begin(host):  # type: ignore[attr-defined]
        if fault.fails_over:
            wait_until(lambda: other_is_primary(cluster, leader), "the standby takes over", within_s=120.0)
        time.sleep(max(0.0, began + fault.lasts_s - now()))
        lasted = now() - began
        if fault.fails_over:
            serve_again(load)
    serve_again(load)
    whole_s = cluster.wait_until_whole()
    ended = now()
    settled_s = cluster.wait_until_settled()
    verdict = compare(cluster, load)
    books = cluster.verify()
    faults = [line for line in [*verdict.faults, *cluster.ended()] if line not in load.known]
    load.known.update(faults)
    attempts = load.attempts()
    row = {
        "round": number + 1,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "fault": name,
        "host": host.name,
        "failed_over": cluster.primary() != leader,
        "lasted_s": round(lasted, 1),
        "outage_s": round(longest_gap(attempts, since=began, until=ended), 2),
        "slowest_s": round(slowest(attempts, since=began), 2),
        "whole_s": round(whole_s, 1),
        "settled_s": round(settled_s, 1),
        "acknowledged": sum(a.status == OK and a.ended >= began for a in attempts),
        "statuses": {str(status): count for status, count in sorted(statuses_since(attempts, began).items())},
        "faults": faults[:20],
        "fault_count": len(faults),
    }
    say(
        f"round {number + 1}: {name} ({host.name}): {row['outage_s']} s without an acknowledgement, slowest create"
        f" {row['slowest_s']} s, {'another' if row['failed_over'] else 'same'} primary, whole {whole_s:.0f} s later;"
        f" {row['statuses']}; {told_of(verdict)}; {books}"
    )
    return row


def failed_round(
    cluster: Cluster, load: Load, number: int, name: str, began: float, error: DrillError
) -> dict[str, Any]:
    """Return a round that didn't get to its end, with what was lost until then."""
    verdict = compare(cluster, load)
    say(f"round {number + 1}: {name}: {told_of(verdict)}, when it failed")
    faults = [str(error), *(line for line in verdict.faults if line not in load.known)]
    attempts = load.attempts()
    return {
        "round": number + 1,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "fault": name,
        "failed_over": False,
        "outage_s": round(longest_gap(attempts, since=began, until=now()), 2),
        "slowest_s": round(slowest(attempts, since=began), 2),
        "acknowledged": sum(a.status == OK and a.ended >= began for a in attempts),
        "faults": faults[:20],
        "fault_count": len(faults),
    }


def serve_again(load: Load) -> None:
    """Wait until requests that begin now are acknowledged.

    Raises:
        DrillError: they aren't within a minute.
    """
    since = now()
    wait_until(lambda: load.acknowledged_since(since) > 20, "requests are served again", within_s=_BACK_WITHIN_S)


def statuses_since(attempts: list[Attempt], since: float) -> dict[int, int]:
    """Return how often clients were told what."""
    found: defaultdict[int, int] = defaultdict(int)
    for attempt in attempts:
        if attempt.ended >= since:
            found[attempt.status] += 1
    return found


def compare(cluster: Cluster, load: Load) -> Verdict:
    """Check everything that clients were told until now."""
    attempts, probes = load.attempts(), cluster.probes()
    return check(attempts, cluster.stored(), probes=probes, kept=cluster.kept_probes())


def told_of(verdict: Verdict) -> str:
    """Return a verdict as half a sentence."""
    counts = ", ".join(
        f"{len(getattr(verdict, kind))} {kind}" for kind in ("lost", "doubled", "changed", "refused", "unfenced")
    )
    return f"{verdict.acknowledged} acknowledged, {counts}"


class State:
    """The rounds that were run so far, one line of JSON each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.rounds: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def add(self, row: dict[str, Any]) -> None:
        """Write one round down."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self.rounds.append(row)

    def faults(self) -> int:
        """Return how many rounds found something."""
        return sum(bool(row["faults"]) for row in self.rounds)

    def table(self) -> str:
        """Return the results by kind of fault, as the documentation shows them."""
        by_fault: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rounds:
            by_fault[row["fault"]].append(row)
        lines = [
            "| fault | rounds | fail-overs | no acknowledgement for: p50 | p90 | max | slowest create | faults found |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for name in [name for name in FAULTS if name in by_fault]:
            rows = by_fault[name]
            gaps = [row["outage_s"] for row in rows]
            cells = [name, len(rows), sum(row["failed_over"] for row in rows)]
            cells += [f"{percentile(gaps, share):.1f} s" for share in (0.5, 0.9, 1.0)]
            cells += [f"{max(row['slowest_s'] for row in rows):.1f} s", sum(row["fault_count"] for row in rows)]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        total = sum(row["acknowledged"] for row in self.rounds)
        return "\n".join([*lines, "", f"{len(self.rounds)} rounds, {total} acknowledged creates."])


def keep_logs(network: Network, folder: Path) -> None:
    """Copy what the programs wrote."""
    for host in network.hosts.values():
        for log in host.folder.glob("*"):
            if log.is_file():
                target = folder / host.name / log.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(log.read_bytes())


def say(sentence: str) -> None:
    """Print a line with the time."""
    print(f"{time.monotonic() - _BEGAN:7.1f} s  {sentence}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
