"""Lets several processes of one run load all test files together, where each would do the whole work alone."""

import importlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest


def load_in_turn(files: Sequence[Path], root: Path) -> None:
    """Load test files before pytest collects them, each process of a run of pytest-xdist beginning somewhere else.

    On a fresh clone pytest compiles each file with its assertions rewritten, and keeps the result. Processes that go
    through the files in one order do that at the same moment for the same file; in this way each finds most of it done.
    What cannot be loaded is left for pytest to tell.
    """
    mine = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    first = len(files) * mine // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for path in [*files[first:], *files[:first]]:
        with suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))
