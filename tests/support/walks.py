"""Documents whose commands are run, block by block."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.brim_process import brim_command, brim_environment

SERVE: Final = "brim serve --rehearsal\n"
SHOWN_URL: Final = "http://127.0.0.1:12111"
"""The address that documents show; a test has another."""
_DOCS: Final = Path(__file__).parents[2] / "docs"
_WITHIN_S: Final = 150


class Block(NamedTuple):
    """A piece of code in the document."""

    language: str
    text: str


def blocks_of(document: str) -> list[Block]:
    """Return the pieces of code in a document of docs/, such as `live.md`."""
    text = (_DOCS / document).read_text()
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
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
