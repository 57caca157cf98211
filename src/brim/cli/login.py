"""Commands that answer a `stripe login`: who waits, and whether to let them in."""

from typing import TYPE_CHECKING

import click

from brim.base.clock import system_clock_ms
from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.options import reaching_settings

if TYPE_CHECKING:
    from brim.core.pairing import Pairing

# ruff: noqa: PLC0415  each command loads only what it runs


@click.group()
def login() -> None:
    """List, approve and deny requests of `stripe login`."""


@login.command("list")
@reaching_settings
def list_pairings(**flags: str | None) -> None:
    """List pending logins. The pairing code is shown on the computer that requested one."""
    from brim.core import pairing

    waiting = on_database(flags, lambda database: pairing.list_pairings(database, now_ms=system_clock_ms()))
    show_table(("id", "device", "CLI", "requested", "expires"), [_row(each) for each in waiting])


@login.command("approve")
@click.argument("code")
@click.option("--account", metavar="ACCT", help="The account of the test key. Default: the oldest.")
@reaching_settings
def approve_pairing(code: str, account: str | None, **flags: str | None) -> None:
    """Approve the login with CODE: its computer gets a restricted test key for 90 days."""
    from brim.core import pairing

    asked = asked_here()
    approved = on_database(flags, lambda database: pairing.approve_pairing(database, code, account=account, **asked))
    click.echo(f"{approved.device} can now fetch a test key of {approved.account}.")


@login.command("deny")
@click.argument("code")
@reaching_settings
def deny_pairing(code: str, **flags: str | None) -> None:
    """Deny the login with CODE."""
    from brim.core import pairing

    asked = asked_here()
    denied = on_database(flags, lambda database: pairing.deny_pairing(database, code, **asked))
    click.echo(f"{denied.device} doesn't get a key.")


def _row(pairing: "Pairing") -> tuple[str, ...]:
    asked, expires = tell_time(pairing.created_ms // 1000), tell_time(pairing.expires_ms // 1000)
    return pairing.id, pairing.device, pairing.client_version, asked, expires
