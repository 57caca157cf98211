"""What commands share that work on the database itself: reaching it, and showing what they found."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from brim.base.clock import system_clock_ms
from brim.cli.options import read_settings

if TYPE_CHECKING:
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs

Result = TypeVar("Result")


def on_database(flags: Mapping[str, str | None], use: "Callable[[Database], Awaitable[Result]]") -> Result:
    """Return what a use case answers on the database that the flags of `reaching_settings` mean."""
    from brim.host.access import reach_database

    settings = read_settings(flags)

    async def reach_and_use() -> Result:
        async with reach_database(settings, say=lambda sentence: click.echo(sentence, err=True)) as database:
            return await use(database)

    return asyncio.run(reach_and_use())


def asked_here() -> dict[str, Any]:
    """Return what each change is told for the audit log: by whom, as far as the system knows, when, and what makes ids.

    It is meant to be passed on by name: `by`, `now_ms`, `ids`.
    """
    from brim.base.ids import IdFactory
    from brim.core.audit import Actor, ActorKind

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = None
    return {"by": Actor(kind=ActorKind.CLI, name=name), "now_ms": system_clock_ms(), "ids": IdFactory()}


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table for a person, or lines of tab-separated values for a program."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        click.echo("None.", err=True)
        return
    console = Console()
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(row))
        return
    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def tell_time(second: int) -> str:
    """Return a Unix second as a person reads it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
