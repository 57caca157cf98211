"""Runs docs/live.md from its first command to its last: a rehearsal, a bank of its own process, the official SDK."""

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.support.brim_process import RunningBrim, brim_command, brim_environment

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "live.md"
SERVE: Final = "brim serve --rehearsal\n"
_SHOWN_URL: Final = "http://127.0.0.1:12111"
_WITHIN_S: Final = 150


class Block(NamedTuple):
    """A piece of code in the document."""

    language: str
    text: str


def blocks() -> list[Block]:
    found = re.findall(r"^```(\w+)\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found]


class Shell:
    """Runs blocks of commands in a folder, in which `brim` is this source tree's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.output = ""
        program = folder / "bin" / "brim"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.join(brim_command())} "$@"\n')
        program.chmod(0o755)
        self._environment = brim_environment()
        self._environment["PATH"] = f"{program.parent}:{self._environment['PATH']}"

    def run(self, text: str) -> str:
        """Run commands; each of them must succeed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.mark.slow
def test_every_command_of_the_document_works_from_an_empty_folder_to_the_return(
    tmp_path: Path, start_brim: Callable[..., RunningBrim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, *rest = blocks()
    assert first == Block("sh", SERVE)
    brim = start_brim(arguments=("--rehearsal",))
    assert "This is a rehearsal" in brim.banner
    shell, names, said = Shell(tmp_path), dict[str, Any](), ""
    for block in rest:
        if block.language == "toml":
            (tmp_path / "originator.toml").write_text(block.text)
        elif block.language == "python":
            exec(block.text.replace(_SHOWN_URL, brim.url), names)
        else:
            said = shell.run(block.text)
    assert (names["topup"].status, names["topup"].failure_code) == ("reversed", "debit_not_authorized")
    assert "The books agree." in said
    assert "Clearing" not in said
    assert "None yet." in said  # no break
    log = shell.run("brim operators log")
    for action in ("originator.activated", "funding_source.verified", "authorization.created", "api_key.created"):
        assert action in log
    assert brim.stop() == 0
