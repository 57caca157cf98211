"""Runs one use case on the database that a command's flags mean."""

import asyncio
from typing import TYPE_CHECKING, TypeVar

import click

from brim.cli.options import read_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from brim.store.database import Database

# ruff: noqa: PLC0415  the database's driver is loaded when it is used

Result = TypeVar("Result")


def run_on_database(flags: dict[str, str | None], use: "Callable[[Database], Awaitable[Result]]") -> Result:
    """Return what a use case answers on the database that the flags mean."""
    from brim.host.access import reach_database

    settings = read_settings(flags)

    async def reach_and_use() -> Result:
        async with reach_database(settings, say=lambda sentence: click.echo(sentence, err=True)) as database:
            return await use(database)

    return asyncio.run(reach_and_use())
