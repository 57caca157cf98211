"""The command for money at risk."""

from typing import TYPE_CHECKING

import click

from brim.cli.database import on_database, show_table, tell_time
from brim.cli.live_money import live_scope, of_account

if TYPE_CHECKING:
    from brim.core.money_at_risk import AtRisk, MoneyAtRisk
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as the API returns it.")
@of_account
def risk(account: str | None, *, as_json: bool, **flags: str | None) -> None:
    """Show available live money that can still be returned, and when pending money arrives.

    Amounts are in minor units, each followed by its number of top-ups.
    """
    from brim.api.resources.money_at_risk.wire import money_at_risk_json
    from brim.base.clock import system_clock_ms
    from brim.core.money_at_risk import read_money_at_risk

    async def read(database: "Database") -> "MoneyAtRisk":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return await read_money_at_risk(database, scope, now_ms=system_clock_ms())

    found = on_database(flags, read)
    if as_json:
        click.echo(money_at_risk_json(found, livemode=True))
        return
    rows = [_row(each, "total", "") for each in found.currencies]
    rows += [_row(each, each.account or "", each.funding_source or "") for each in found.sources]
    show_table(("account", "funding source", "currency", "unconfirmed", "returnable", "as unauthorized", "total"), rows)
    if found.more_sources:
        click.echo("There are more funding sources.", err=True)
    show_table(
        ("confirmed on", "usable", "currency", "amount", "top-ups", "reason"),
        [
            (
                "" if each.confirmed_on is None else each.confirmed_on.isoformat(),
                "" if each.usable_ms is None else tell_time(each.usable_ms // 1000),
                each.currency,
                str(each.sum.amount),
                str(each.sum.topups),
                each.reason,
            )
            for each in found.arrivals
        ],
    )
    if not (found.is_complete and found.arrivals_are_complete):
        click.echo("There is more than was counted.", err=True)


def _row(each: "AtRisk", account: str, source: str) -> tuple[str, ...]:
    from brim.core.money_at_risk import Risk

    sums = (*(each.of(kind) for kind in Risk), each.total)
    return (account, source, each.currency, *(f"{found.amount} ({found.topups})" for found in sums))
