"""Nothing is lost, doubled or written twice with other bytes, wherever the bank is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("crash_drill.py")


@pytest.mark.slow
@pytest.mark.timeout(0)  # some 150 kills, on whatever machine
def test_a_bank_killed_at_any_moment_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(DRILL.parents[2])}
    drill = subprocess.run(
        [sys.executable, DRILL, tmp_path], env=environment, capture_output=True, text=True, check=False
    )
    assert drill.returncode == 0, drill.stderr
    assert int(drill.stdout) > 100
