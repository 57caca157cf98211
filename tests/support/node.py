"""Runs the scripts in tests/node, which use the official Node SDK."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = Path(__file__).parents[1] / "node"


def node_command(script: str) -> list[str]:
    """Return the command that runs a script; where there is no Node or no SDK, skip the test, and in CI fail it."""
    program = shutil.which("node")
    if program is None:
        do_without("there is no node on this machine")
    if not (FOLDER / "node_modules" / "stripe").exists():
        do_without("the Node SDK is not installed: npm ci --prefix tests/node")
    return [program or "", str(FOLDER / script)]


def do_without(reason: str) -> None:
    """Skip the test; in CI, where everything is to be there, fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def start_node(script: str, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start a script; what it prints, errors too, is its standard output."""
    return subprocess.Popen(
        node_command(script),
        env={**os.environ, "NODE_OPTIONS": "", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
