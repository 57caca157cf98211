"""`brim trigger`: makes a top-up's event happen, by the requests that lead to it."""

from collections.abc import Sequence

import click

from brim.cli.options import api_options, open_client
from brim.core.triggers import TRIGGERS, change_steps

# ruff: noqa: PLC0415  the command loads only what it runs


@click.command()
@click.argument("event", type=click.Choice(tuple(TRIGGERS)), metavar="EVENT")
@click.option(
    "--override", "overrides", multiple=True, metavar="STEP:NAME=VALUE", help="Override the value of a parameter."
)
@click.option("--add", "additions", multiple=True, metavar="STEP:NAME=VALUE", help="Add a parameter.")
@click.option("--remove", "removals", multiple=True, metavar="STEP:NAME", help="Remove a parameter.")
@api_options
def trigger(
    event: str, overrides: Sequence[str], additions: Sequence[str], removals: Sequence[str], **flags: str | None
) -> None:
    """Trigger EVENT in the test mode of a running Brim.

    EVENT is topup.created, topup.succeeded, topup.failed, topup.canceled or topup.reversed. A STEP is one of the
    requests that lead to it, by its name in the output: --override topup:amount=777, or
    --add topup_failed:failure_code=no_account.
    """
    steps = change_steps(TRIGGERS[event], overrides=[*overrides, *additions], removals=removals)
    client = open_client(flags)
    topup_id = ""
    for step in steps:
        path = step.path.format(topup=topup_id)
        answer = client.post(path, step.parameters)
        topup_id = str(answer.get("id"))
        _show(step.name, path, topup_id, str(answer.get("status")))


def _show(name: str, path: str, topup_id: str, status: str) -> None:
    """Write a line about a request that was answered, in colours where a person reads it."""
    from rich.console import Console
    from rich.text import Text

    line = Text.assemble(f"{name}: POST {path} ", (topup_id, "bold"), " ", (status, "green"))
    Console(highlight=False).print(line, soft_wrap=True)
