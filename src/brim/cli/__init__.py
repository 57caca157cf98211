"""The command line: thin commands that call the rooms below and write what comes back.

A command imports what it needs when it runs, so that `brim --version` answers at once. Neighbours: `host` below
runs the service, `services` do what an operator asks for. Start reading at `root`.
"""

import gc
from typing import Final

# How many objects are made between two looks for garbage: imports make very many and no garbage.
_LOOK_SELDOM: Final = 20_000


def main() -> None:
    """Run the command line; the entry point of the program `brim`."""
    gc.set_threshold(_LOOK_SELDOM)
    from brim.cli.root import cli  # noqa: PLC0415  click is loaded when it is used

    cli(prog_name="brim")
