"""The command `brim` itself: its groups, its version, and how a failure is told."""

import os
import sys
from typing import Any, Final

import click

import brim
from brim.bank.commands import bank
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.cli.ach import ach, breaks
from brim.cli.backup import backup
from brim.cli.config import config
from brim.cli.doctor import doctor
from brim.cli.erasures import erase_account, erasures, payers
from brim.cli.events import events
from brim.cli.fixtures import fixtures
from brim.cli.imports import import_
from brim.cli.incoming_transfers import incoming_transfers
from brim.cli.keys import accounts, keys
from brim.cli.legal_holds import legal_holds
from brim.cli.listen import listen
from brim.cli.login import login
from brim.cli.logs import logs
from brim.cli.negative_balances import negative_balances
from brim.cli.notifications import notifications
from brim.cli.operators import operators
from brim.cli.processes import api, fork_server, migrate, serve, upgrade, verify, worker
from brim.cli.reports import reports
from brim.cli.retention import retention
from brim.cli.risk import risk
from brim.cli.statements import statements
from brim.cli.stuck import stuck
from brim.cli.trigger import trigger

_UNREACHABLE: Final = (
    "The database can't be reached. Check that PostgreSQL is running, and the host and port in --database-url or the "
    "data folder in --data-dir."
)


class SentenceGroup(click.Group):
    """Tells a failure that Brim or the system explains in one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 when it fails in a way that has a sentence."""
        try:
            return super().invoke(ctx)
        except BrimError as error:
            message = error.message
            if isinstance(error, DatabaseUnavailableError):
                message = error.remedy or _UNREACHABLE
            click.echo(f"Error: {message}", err=True)
            ctx.exit(1)
        except BrokenPipeError:  # whoever read our output has ended: nobody is left to tell
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(1)
        except OSError as error:  # a full disk, a lost right: the system's sentence names the file
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


@click.group(cls=SentenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(brim.__version__, message="brim %(version)s")
def cli() -> None:
    """Brim tops up prepaid balances and speaks Stripe's Top-ups API on the wire.

    Start with `brim serve`: it brings its own PostgreSQL and prints a test key.
    """


for _command in (
    serve,
    api,
    worker,
    fork_server,
    migrate,
    upgrade,
    config,
    verify,
    backup,
    stuck,
    doctor,
    keys,
    accounts,
    payers,
    erasures,
    operators,
    notifications,
    login,
    trigger,
    fixtures,
    listen,
    logs,
    events,
    ach,
    breaks,
    statements,
    bank,
    import_,
    legal_holds,
    negative_balances,
    incoming_transfers,
    reports,
    risk,
    retention,
):
    cli.add_command(_command)
accounts.add_command(erase_account)
