"""Lines about what is followed: in colours where a person reads them, plain where a program does."""

import os
import sys
from datetime import datetime
from typing import Final, Never

import click
from rich.console import Console
from rich.text import Text

from brim.base.errors import BrimError

_STYLES: Final = {2: "green", 3: "yellow", 4: "red", 5: "bold red"}


class NobodyReadsError(BrimError):
    """Whoever read the output is gone, as `head` is after some lines."""

    def __init__(self) -> None:
        super().__init__("The output was closed.")


class _PipeableConsole(Console):
    """A console whose output may be read by a program that ends first."""

    def on_broken_pipe(self) -> Never:
        """Say so; what is still to be written goes nowhere, so that the interpreter can end in peace."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        raise NobodyReadsError


class Lines:
    """Writes lines to the standard output, and what is said about the connection beside them."""

    def __init__(self) -> None:
        self._console = _PipeableConsole(highlight=False)

    def show(self, *parts: str | tuple[str, str]) -> None:
        """Write a line of texts, or of texts with their styles, with blanks between.

        Raises:
            NobodyReadsError: there is nobody to write for.
        """
        texts = [
            Text(printable(part)) if isinstance(part, str) else Text(printable(part[0]), part[1]) for part in parts
        ]
        self._console.print(Text("  ").join(texts), soft_wrap=True)

    def show_exactly(self, line: str) -> None:
        """Write a line for a program to read; fails as `show` does."""
        self._console.out(line, highlight=False)


def tell(sentence: str) -> None:
    """Say something that is no part of what was asked for."""
    click.echo(sentence, err=True)


def status_style(status: int) -> str:
    """Return the colour of an HTTP status."""
    return _STYLES.get(status // 100, "bold red")


def clock_time(unix_ms: int) -> str:
    """Return the time of day on this computer, to the second."""
    return datetime.fromtimestamp(unix_ms / 1000).astimezone().strftime("%H:%M:%S")


def printable(text: str) -> str:
    """Return a text whose control characters cannot command a terminal: what others sent stands in it."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
