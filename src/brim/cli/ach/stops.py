"""Commands that stop and resume live money."""

from typing import Final

import click

from brim.cli.database import asked_here
from brim.cli.live_money import of_account, on_live_money

# ruff: noqa: PLC0415  each command loads only what it runs


_RAIL: Final = click.option(
    "--rail", type=click.Choice(["ach", "sepa"]), default="ach", show_default=True, help="The rail."
)


@click.command()
@click.option("--only", metavar="ACCT", help="Stop only this account, which is --account or connected to it.")
@click.option("--reason", required=True, help="The reason, shown with each top-up that the stop refuses.")
@_RAIL
@of_account
def stop(only: str | None, reason: str, rail: str, account: str | None, **flags: str | None) -> None:
    """Stop live money by ACH, or by --rail, until resumed: new top-ups are refused, no file is created or sent.

    With --only, files of other accounts' top-ups are still sent, and so are entries of this one already in a file.
    """
    from brim.core.originators import stop_rail

    is_new = on_live_money(
        flags,
        account,
        lambda conn, scope: stop_rail(conn, scope, rail=rail, account=only, reason=reason, **asked_here()),
    )
    click.echo(f"{rail.upper()} is stopped." if is_new else f"{rail.upper()} was stopped already.")


@click.command()
@click.option("--only", metavar="ACCT", help="Resume only this account.")
@_RAIL
@of_account
def resume(only: str | None, rail: str, account: str | None, **flags: str | None) -> None:
    """Resume live money by ACH, or by --rail."""
    from brim.core.originators import resume_rail

    was_stopped = on_live_money(
        flags, account, lambda conn, scope: resume_rail(conn, scope, rail=rail, account=only, **asked_here())
    )
    click.echo(f"{rail.upper()} is resumed." if was_stopped else f"{rail.upper()} was not stopped.")


COMMANDS: Final = (stop, resume)
