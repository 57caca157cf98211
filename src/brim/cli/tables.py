"""Tables and times on a terminal, and the same as lines for a program."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

# ruff: noqa: PLC0415  what draws tables is loaded when one is drawn


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table for a person, or lines of tab-separated values for a program."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(row))
        return
    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def show_time(second: int) -> str:
    """Return a Unix second as people read it, in UTC."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
