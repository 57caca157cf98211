"""The command line: thin commands that call the packages below and write what comes back.

A command imports what it needs when it runs, so that `brim --version` answers at once. Neighbours: `host` below
runs the service, `core` does what an operator asks for. Start reading at `root`.
"""

import gc
import io
import sys
from typing import Final

# How many objects are made between two looks for garbage: imports make very many and no garbage.
_LOOK_SELDOM: Final = 20_000


def main() -> None:
    """Run the command line; the entry point of the program `brim`."""
    gc.set_threshold(_LOOK_SELDOM)
    _survive_narrow_terminals()
    from brim.cli.root import cli  # noqa: PLC0415  click is loaded when it is used

    cli(prog_name="brim")


def _survive_narrow_terminals() -> None:
    """Have characters that the encoding of the output lacks written as escapes, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where it was closed, something else under a test
            stream.reconfigure(errors="backslashreplace")
