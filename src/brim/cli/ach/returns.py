"""Commands for what comes back: returns, dishonors, return rates, and notifications of change."""

from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.live_money import live_scope, of_account, on_live_money

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.corrections import Correction
    from brim.core.dishonors import AchReturn
    from brim.platform.database import Conn, Database

# ruff: noqa: PLC0415  each command loads only what it runs


@click.command("returns")
@click.option(
    "--status",
    type=click.Choice(["dishonorable", "returned", "dishonored", "missed", "money_back", "contested", "accepted"]),
    help="Only returns with this status; dishonorable ones await a decision.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_returns(limit: int, status: str | None, account: str | None, **flags: str | None) -> None:
    """List returned debits of --account and of its connected accounts, with their deadlines."""
    from brim.base.clock import system_clock_ms
    from brim.base.paging import PageRequest
    from brim.core import dishonors as service

    is_undecided = status == "dishonorable"
    filters = service.ReturnFilters(
        status=service.ReturnStatus(status) if status and not is_undecided else None,
        undecided_ms=system_clock_ms() if is_undecided else None,
    )

    async def read(database: "Database") -> "list[AchReturn]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await service.list_returns(database, scope, PageRequest(limit=limit), filters)).items)

    show_table(
        ("id", "settled", "code", "cents", "top-up", "status", "dishonorable until", "dishonor", "contest"),
        [
            (
                each.id,
                each.settled_on.isoformat(),
                each.code,
                str(each.amount),
                each.topup or "",
                each.status,
                tell_time(each.dishonorable_until_ms // 1000),
                each.dishonor_code or "",
                each.contest_code or "",
            )
            for each in on_database(flags, read)
        ],
    )


@click.command("dishonor")
@click.argument("ach_return", metavar="RETURN")
@click.option(
    "--code", type=click.Choice(["R61", "R62", "R67", "R68", "R69", "R70"]), required=True, help="Reason code."
)
@click.option("--information", metavar="TEXT", help="Addenda information for the bank; for R69 such as 01*03.")
@of_account
def dishonor(ach_return: str, code: str, information: str | None, account: str | None, **flags: str | None) -> None:
    """Dishonor RETURN within five banking days of its settlement; the dishonor goes out with the next file."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import dishonor_return

    found = on_live_money(
        flags,
        account,
        lambda conn, scope: dishonor_return(
            conn, scope, ach_return, code=code, information=information, renderers=WIRE_FORMATS, **asked_here()
        ),
    )
    click.echo(
        f"{found.id} is dishonored with {code}. The dishonor is sent by {tell_time((found.leaves_ms or 0) // 1000)}."
    )


@click.command("return-rates")
@of_account
def show_return_rates(account: str | None, **flags: str | None) -> None:
    """Show return rates of the last 60 days, by originator, and by account where a rate is near or at a limit."""
    from brim.base.clock import system_clock_ms
    from brim.core.originators import list_originators
    from brim.core.return_rates import RateKind, ReturnRates, level_of, list_return_rates

    async def read(conn: "Conn", scope: "AccountScope") -> "list[ReturnRates]":
        return [
            rates
            for originator in await list_originators(conn, scope)
            for rates in await list_return_rates(conn, originator, now_ms=system_clock_ms())
        ]

    rows = [
        (
            found.originator.id,
            found.owner or "all",
            kind.value,
            str(found.counts.returns(kind)),
            str(found.counts.debits),
            level_of(kind, found.counts, minimum_debits=found.originator.profile.return_rate_minimum).value,
            "" if found.override is None else tell_time(found.override.until_ms // 1000),
        )
        for found in on_live_money(flags, account, read)
        for kind in RateKind
    ]
    show_table(("originator", "account", "returns", "returned", "debits", "level", "overridden until"), rows)


@click.command("corrections")
@click.option(
    "--status",
    type=click.Choice(["open", "applied", "noted", "dismissed", "refused"]),
    help="Only corrections with this status. Open ones need a decision.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_corrections(limit: int, status: str | None, account: str | None, **flags: str | None) -> None:
    """List bank corrections of live bank accounts of --account and its connected accounts."""
    from brim.base.paging import PageRequest
    from brim.core import corrections as service

    filters = service.CorrectionFilters(status=service.CorrectionStatus(status) if status else None)

    async def read(database: "Database") -> "list[Correction]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await service.list_corrections(database, scope, PageRequest(limit=limit), filters)).items)

    show_table(
        ("id", "received", "code", "bank account", "status", "what"),
        [
            (
                each.id,
                tell_time(each.received_ms // 1000),
                each.change_code,
                each.funding_source,
                each.status,
                each.reason or ", ".join(each.corrected),
            )
            for each in on_database(flags, read)
        ],
    )


@click.command("refuse")
@click.argument("correction")
@click.option(
    "--code", type=click.Choice([f"C{number}" for number in range(61, 70)]), required=True, help="The reason code."
)
@of_account
def refuse(correction: str, code: str, account: str | None, **flags: str | None) -> None:
    """Refuse the open CORRECTION within 13 banking days. The next file notifies its bank."""
    from brim.core.direct_debits import refuse_correction

    found = on_live_money(
        flags, account, lambda conn, scope: refuse_correction(conn, scope, correction, code=code, **asked_here())
    )
    click.echo(f"{found.id} is refused.")


COMMANDS: Final = (list_returns, dishonor, show_return_rates, list_corrections, refuse)
