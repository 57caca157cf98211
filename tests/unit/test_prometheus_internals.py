"""What Brim takes for granted of prometheus_client's inside: a new version that breaks it fails here by name."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.values import MutexValue

from brim.platform.telemetry.prometheus_internals import add_observations, clear_metrics

BOUNDS = (0.5, 2.0)

_WRITE = """
import sys
from pathlib import Path
from brim.platform.telemetry.prometheus_internals import share_metrics
share_metrics(Path(sys.argv[1]))
from brim.platform.telemetry.metrics import BATCH_SIZE, CONNECTIONS, SETTLED, hand_over
CONNECTIONS.set(int(sys.argv[2]))
SETTLED.labels("succeeded").inc(int(sys.argv[2]))
BATCH_SIZE.observe(("kind",), 3)
BATCH_SIZE.observe(("kind",), 1000)
hand_over()
print("written", flush=True)
sys.stdin.read()
"""

_READ = """
import sys
from pathlib import Path
from brim.platform.telemetry.prometheus_internals import forget_process, share_metrics
share_metrics(Path(sys.argv[1]))
from brim.platform.telemetry.metrics import render_metrics
for pid in sys.argv[2:]:
    forget_process(int(pid))
print(render_metrics().decode())
"""


def _run(script: str, *arguments: object) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS")}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@contextmanager
def _writing(folder: Path, count: int) -> Iterator[int]:
    """Yield the pid of a process that has written its figures and lives on meanwhile."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS")}
    command = [sys.executable, "-c", _WRITE, str(folder), str(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == b"written\n"
        yield process.pid
        process.stdin.close()
        assert process.wait() == 0


def _shown(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if re.match("brim_", line))
    return {name: float(value) for name, _, value in lines}


@given(st.lists(st.sampled_from((0, 0.5, 1, 2, 3)), min_size=1))
def test_observations_added_at_once_show_as_those_observed_one_by_one(values: list[float]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    one_by_one = Histogram("h", "H.", buckets=BOUNDS, registry=theirs)
    for value in values:
        one_by_one.observe(value)
    counts = [sum(low < value <= high for value in values) for low, high in ((-1, 0.5), (0.5, 2), (2, 9))]
    add_observations(Histogram("h", "H.", buckets=BOUNDS, registry=ours), counts, sum(values))
    created = re.compile(rb".*_created .*")
    assert created.sub(b"", generate_latest(ours)) == created.sub(b"", generate_latest(theirs))


def test_a_histogram_keeps_a_sum_and_one_value_for_each_bucket_and_nothing_else() -> None:
    histogram = Histogram("h", "H.", buckets=BOUNDS, registry=CollectorRegistry())
    kept = {name: value for name, value in vars(histogram).items() if "Value" in repr(value)}
    assert kept.keys() == {"_sum", "_buckets"}
    assert [type(bucket) for bucket in histogram._buckets] == [MutexValue] * (len(BOUNDS) + 1)
    assert list(inspect.signature(MutexValue.inc).parameters) == ["self", "amount"]
    with pytest.raises(ValueError, match="shorter"):
        add_observations(histogram, [1, 2], 3)


def test_processes_share_figures_in_files_that_can_be_told_apart_and_removed(tmp_path: Path) -> None:
    with _writing(tmp_path, 4) as second:
        with _writing(tmp_path, 3) as first:
            files = {file.name for file in tmp_path.iterdir()}
            assert {
                f"{kind}_{pid}.db" for kind in ("histogram", "counter", "gauge_livesum") for pid in (first, second)
            } <= files
            of_both = _shown(_run(_READ, tmp_path))
            assert of_both["brim_http_connections"] == 7
            assert of_both['brim_topups_settled_total{outcome="succeeded"}'] == 7
            buckets = {
                le: of_both[f'brim_batch_size_bucket{{kind="kind",le="{le}"}}']
                for le in ("2.0", "4.0", "512.0", "+Inf")
            }
            assert buckets == {"2.0": 0, "4.0": 2, "512.0": 2, "+Inf": 4}
            assert of_both['brim_batch_size_sum{kind="kind"}'] == 2006
            without_second = _shown(_run(_READ, tmp_path, second))
            assert without_second["brim_http_connections"] == 3
            assert without_second['brim_topups_settled_total{outcome="succeeded"}'] == 7
        # Who joins drops what only living processes have, of one that ended without a word.
        assert (tmp_path / f"gauge_livesum_{first}.db").exists()
        of_second = _shown(_run(_READ, tmp_path))
        assert of_second["brim_http_connections"] == 0
        assert of_second['brim_topups_settled_total{outcome="succeeded"}'] == 7
        assert not (tmp_path / f"gauge_livesum_{first}.db").exists()

    clear_metrics(tmp_path)
    assert not list(tmp_path.iterdir())
