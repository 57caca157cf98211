"""Commands for live top-ups by ACH and SEPA: `brim ach`, in a module for each group of them, and `brim breaks`."""

import click

from brim.cli.ach import authorizations, exchange, files, paid_out, returns, stops, verification
from brim.cli.ach.breaks import breaks
from brim.cli.originators import originators

__all__ = ["ach", "breaks"]


@click.group()
def ach() -> None:
    """Manage live top-ups by ACH and SEPA: originators, mandates, files to and from the bank, and stops."""


ach.add_command(originators)
for _module in (files, stops, verification, authorizations, returns, paid_out, exchange):
    for _command in _module.COMMANDS:
        ach.add_command(_command)
