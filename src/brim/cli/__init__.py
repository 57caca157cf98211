"""The command line: thin commands that call the packages below and write what comes back.

A command imports what it needs when it runs, so that `brim --version` answers at once. Neighbours: `host` below
runs the service, `core` does what an operator asks for. Start reading at `root`.
"""

import gc
import io
import sys
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from types import ModuleType

# How many objects are made between two looks for garbage: imports make very many and no garbage.
_LOOK_SELDOM: Final = 20_000


def main() -> None:
    """Run the command line; the entry point of the program `brim`."""
    gc.set_threshold(_LOOK_SELDOM)
    _survive_narrow_terminals()
    _load_structlog_alone()
    from brim.cli.root import cli  # noqa: PLC0415  click is loaded when it is used

    cli(prog_name="brim")


def _survive_narrow_terminals() -> None:
    """Have characters that the encoding of the output lacks written as escapes, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where it was closed, something else under a test
            stream.reconfigure(errors="backslashreplace")


def _load_structlog_alone() -> None:
    """Load structlog without Rich, which it would load for tracebacks in color if it could.

    Ours are formatted before it sees them, and Rich would take three times as long to load as all of structlog.
    """
    if "rich" in sys.modules:  # this Python loads it by itself
        return
    absent = cast("dict[str, ModuleType | None]", sys.modules)  # None is what hides a module
    absent["rich"] = None
    try:
        import structlog  # noqa: F401, PLC0415  for whoever imports it from now on
    finally:
        del absent["rich"]
