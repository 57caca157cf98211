"""Commands for negative balances and reserves."""

from typing import TYPE_CHECKING

import click

from brim.cli.database import asked_here, show_table, tell_time
from brim.cli.live_money import of_account, on_live_money

if TYPE_CHECKING:
    from brim.base.paging import Page
    from brim.base.scope import AccountScope
    from brim.core.negative_balances import NegativeBalance, Reserve
    from brim.platform.database import Conn

# ruff: noqa: PLC0415  each command loads only what it runs

_LIMIT = click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The maximum number to list."
)
_AFTER = click.option("--after", metavar="ID", help="Start after this ID.")


@click.group("negative-balances")
def negative_balances() -> None:
    """Show negative live balances, and manage reserves for late returns."""


@negative_balances.command("list")
@_LIMIT
@_AFTER
@of_account
def list_all(limit: int, after: str | None, account: str | None, **flags: str | None) -> None:
    """List negative balances of --account and of its connected accounts."""
    from brim.base.paging import PageRequest
    from brim.core.negative_balances import list_negative_balances

    async def read(conn: "Conn", scope: "AccountScope") -> "Page[NegativeBalance]":
        return await list_negative_balances(conn, scope, PageRequest(limit=limit, starting_after=after))

    page = on_live_money(flags, account, read)
    show_table(("id", "below zero", "since", "recovered", "pending", "reserve"), [_row(each) for each in page.items])
    if page.has_more:
        click.echo(f"There are more: --after {page.items[-1].id}", err=True)


@negative_balances.command("show")
@click.argument("negative_balance", metavar="ID")
@of_account
def show(negative_balance: str, account: str | None, **flags: str | None) -> None:
    """Show why balance ID fell below zero, and what has recovered it since."""
    from brim.core.negative_balances import retrieve_negative_balance

    found = on_live_money(flags, account, lambda conn, scope: retrieve_negative_balance(conn, scope, negative_balance))
    rows = [
        (
            tell_time(step.created),
            step.step,
            step.source,
            *map(str, (step.change, step.taken, step.recovered, step.after)),
        )
        for step in found.episode.steps
    ]
    show_table(("when", "step", "source", "amount", "below zero", "recovered", "available"), rows)


@negative_balances.command("reserves")
@_LIMIT
@_AFTER
@of_account
def list_all_reserves(limit: int, after: str | None, account: str | None, **flags: str | None) -> None:
    """List reserves of --account and of its connected accounts."""
    from brim.base.paging import PageRequest
    from brim.core.negative_balances import list_reserves

    async def read(conn: "Conn", scope: "AccountScope") -> "Page[Reserve]":
        return await list_reserves(conn, scope, PageRequest(limit=limit, starting_after=after))

    page = on_live_money(flags, account, read)
    rows = [
        (
            each.scope.account,
            each.currency,
            str(each.target),
            str(each.held),
            tell_time(each.set_ms // 1000),
            each.set_by,
        )
        for each in page.items
    ]
    show_table(("account", "currency", "amount", "held", "set", "by"), rows)
    if page.has_more:
        click.echo(f"There are more: --after {page.items[-1].id}", err=True)


@negative_balances.command("set-reserve")
@click.argument("of", metavar="ACCT")
@click.argument("amount", type=click.IntRange(0, 99_999_999_999))
@click.option("--currency", default="usd", show_default=True, help="The currency.")
@of_account
def set_the_reserve(of: str, amount: int, currency: str, account: str | None, **flags: str | None) -> None:
    """Set the reserve of ACCT to AMOUNT, in the smallest currency unit; 0 ends it."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.base.currency import parse_currency
    from brim.core.negative_balances import set_reserve

    code = parse_currency(currency, param="currency")
    found = on_live_money(
        flags,
        account,
        lambda conn, scope: set_reserve(conn, scope, of, code, amount, renderers=WIRE_FORMATS, **asked_here()),
    )
    click.echo(f"{found.held} of {found.target} {code} held.")


def _row(found: "NegativeBalance") -> tuple[str, ...]:
    since, reserve = found.episode.since, found.reserve
    return (
        found.id,
        str(-found.available),
        "" if since is None else tell_time(since),
        str(found.episode.recovered),
        str(found.pending),
        "" if reserve is None else f"{reserve.held} of {reserve.target}",
    )
