"""Runs the scripts in tests/node that drive the system's Chromium."""

import re
import shutil
from collections.abc import Mapping
from typing import Final

from tests.support.node import FOLDER, do_without, start_node

_NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws pages alike and has no window to manage, which takes a fifth of the processor time."""
PATIENCE_S: Final = 300.0


def run_in_browser(script: str, environment: Mapping[str, str], *, at_least: int) -> None:
    """Run a script's tests; at least so many must have run, and each must have passed.

    Where there is no Chromium, or no playwright-core, the test is skipped; in CI it fails.
    """
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        do_without("there is no Chromium on this machine")
    if not (FOLDER / "node_modules" / "playwright-core").exists():
        do_without("playwright-core is not installed: npm ci --prefix tests/node")
    with start_node(script, {"CHROMIUM": program or "", **environment}) as process:
        try:
            printed, _ = process.communicate(timeout=PATIENCE_S)
        finally:
            process.terminate()  # what the script started ends with it
    assert process.returncode == 0, printed
    passed = re.search(r"^# pass (\d+)$", printed, re.MULTILINE)
    assert passed, printed
    assert int(passed[1]) >= at_least
