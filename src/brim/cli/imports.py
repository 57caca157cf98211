"""The command `brim import`: history of another service, brought into an account and compared to the cent."""

import asyncio
import http
import random
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from brim.base.errors import BrimError
from brim.cli.client import ForeignAnswerError, NoAnswerError, RefusedError
from brim.cli.database import asked_here, on_database, show_table
from brim.cli.options import reaching_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from brim.core.imports import ImportReport
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs

Get: TypeAlias = Callable[[str, Mapping[str, str]], Mapping[str, Any]]

STRIPE: Final = "https://api.stripe.com"
_TRIES: Final = 8
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
_MOST_SHOWN: Final = 100
"""Differences that are named; what is wrong with a hundred is wrong with the rest."""
_LIVE: Final = ("sk_live_", "rk_live_")
_TEST: Final = ("sk_test_", "rk_test_")


class KeyOfNoModeError(BrimError):
    """The key of the source does not say which mode it is for."""

    def __init__(self) -> None:
        super().__init__(
            "The source's key must be a secret or restricted key: it begins with sk_test_, sk_live_, "
            "rk_test_ or rk_live_."
        )


class LiveImportError(BrimError):
    """Live history was not asked for by name."""

    def __init__(self) -> None:
        super().__init__(
            "This is a live key. Its history becomes live history of the account and increases its live "
            "balance, although the money stays where it was collected. If that is intended, add --live."
        )


class RepeatingClient:
    """Asks again where a request was not answered: connections that fail, status 429 and those from 500 on.

    Args:
        get: sends one GET, as `Client.get` does.
        pause: waits so many seconds.
    """

    def __init__(self, get: Get, pause: Callable[[float], None] = time.sleep) -> None:
        self._get = get
        self._pause = pause

    async def fetch(self, path: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Return what a GET answers, while the event loop goes on.

        Raises:
            RefusedError, NoAnswerError, ForeignAnswerError: as of the last try.
        """
        return await asyncio.to_thread(self.get, path, parameters)

    def get(self, path: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        """Return what a GET answers; pauses double from try to try, and are random so that two importers part."""
        for attempt in range(_TRIES - 1):
            try:
                return self._get(path, parameters)
            except (RefusedError, NoAnswerError, ForeignAnswerError) as error:
                if not _is_passing(error):
                    raise
            longest = min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S)
            self._pause(longest * random.uniform(0.5, 1))  # noqa: S311  nothing is kept secret by it
        return self._get(path, parameters)


def _is_passing(error: BrimError) -> bool:
    if isinstance(error, (RefusedError, ForeignAnswerError)):
        return (
            error.status == http.HTTPStatus.TOO_MANY_REQUESTS or error.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        )
    return True


@click.group("import")
def import_() -> None:
    """Import history from another service."""


@import_.command("stripe")
@click.option(
    "--api-key",
    envvar="STRIPE_API_KEY",
    metavar="KEY",
    required=True,
    help="The API key of the source. Or STRIPE_API_KEY.",
)
@click.option("--api-base", default=STRIPE, metavar="URL", help=f"The base URL of the source. Default: {STRIPE}.")
@click.option("--stripe-account", metavar="ACCT", help="The connected account at the source. Default: the key's own.")
@click.option("--account", metavar="ACCT", help="The account here. Default: the oldest.")
@click.option("--live", is_flag=True, help="Import live history, with a live key.")
@click.option("--dry-run", is_flag=True, help="Show what would be imported, without writing anything.")
@reaching_settings
def import_stripe(
    *,
    api_key: str,
    api_base: str,
    stripe_account: str | None,
    account: str | None,
    live: bool,
    dry_run: bool,
    **flags: str | None,
) -> None:
    """Import top-ups and their balance transactions from Stripe, or from another Brim.

    Pending top-ups are left for a later run. Run it again to import new and changed ones.
    Exits with 1 if anything differs afterwards.
    """
    from brim.base.scope import AccountScope
    from brim.cli.client import Client, parse_api_base
    from brim.core.access import choose_account
    from brim.core.imports import import_account

    livemode = _livemode(api_key)
    if livemode and not live:
        raise LiveImportError
    source = RepeatingClient(Client(parse_api_base(api_base), api_key, stripe_account=stripe_account).get)

    async def run(database: "Database") -> "ImportReport":
        async with database.connection() as conn:
            scope = AccountScope(await choose_account(conn, account), livemode)
        with _progress() as show:
            return await import_account(database, source.fetch, scope, dry_run=dry_run, on_page=show, **asked_here())

    report = on_database(flags, run)
    _show(report, dry_run=dry_run)
    if not report.agrees:
        raise SystemExit(1)


def _livemode(key: str) -> bool:
    if not key.startswith(_LIVE + _TEST):
        raise KeyOfNoModeError
    return key.startswith(_LIVE)


@contextmanager
def _progress() -> "Iterator[Callable[[ImportReport], None]]":
    """Yield what is told after each page; a line shows on a terminal."""
    from rich.console import Console

    with Console(stderr=True).status("Reading the source") as status:
        yield lambda report: status.update(
            f"Read {sum(each.count for each in report.source.values())} top-ups: "
            f"{report.new} new, {report.changed} changed"
        )


def _show(report: "ImportReport", *, dry_run: bool) -> None:
    """Write what was imported, then how the two compare."""
    from brim.core.imports import Tally

    rows = []
    for currency, status in sorted(report.source.keys() | report.here.keys()):
        there = report.source.get((currency, status), Tally())
        here = report.here.get((currency, status), Tally())
        rows.append((currency, status, str(there.count), str(there.amount), str(here.count), str(here.amount)))
    show_table(("Currency", "Status", "Source", "Sum", "Brim", "Sum"), rows)
    for currency, balance in sorted(report.balances.items()):
        click.echo(
            f"Balance {currency}: {balance.source} at the source, {balance.here} in Brim"
            + (f", {balance.difference} more at the source:" if balance.difference else "")
        )
        if balance.difference:
            for words, amount in balance.reasons:
                click.echo(f"  {amount}: {words}")
    for difference in report.differences[:_MOST_SHOWN]:
        click.echo(str(difference))
    _sum_up(report, dry_run=dry_run)


def _sum_up(report: "ImportReport", *, dry_run: bool) -> None:
    pending = sum(tally.count for (_, status), tally in report.source.items() if status == "pending")
    doing = "To import" if dry_run else "Imported"
    click.echo(
        f"{doing}: {report.new} new, {report.changed} changed, into {report.scope.account} "
        f"({'live' if report.scope.livemode else 'test'} mode).",
        err=True,
    )
    if pending:
        click.echo(
            f"Not imported because they are pending: {pending}. Run it again once they are no longer pending.", err=True
        )
    if report.renamed:
        click.echo(
            f"Imported with new IDs, because the source's IDs contain no creation time: {report.renamed}. "
            f"The source's ID is in the metadata import_id.",
            err=True,
        )
    if report.agrees:
        click.echo("The source and Brim agree to the cent.", err=True)
    else:
        click.echo(f"The source and Brim differ. Objects that differ: {len(report.differences)}.", err=True)
