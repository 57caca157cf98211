"""Commands for legal holds: what must be kept whatever its age."""

from typing import TYPE_CHECKING

import click

from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.options import reaching_settings

if TYPE_CHECKING:
    from brim.core.legal_holds import LegalHold
    from brim.platform.database import Conn, Database

# ruff: noqa: PLC0415  each command loads only what it runs


@click.group("legal-holds")
def legal_holds() -> None:
    """Place, list and lift legal holds, which protect data from pruning and erasure."""


@legal_holds.command("place")
@click.argument("account", required=False)
@click.option("--with-connected", is_flag=True, help="Include the connected accounts of ACCOUNT, also future ones.")
@click.option("--installation", is_flag=True, help="Hold the whole installation, without an ACCOUNT.")
@click.option("--reason", metavar="TEXT", required=True, help="The reason.")
@click.option("--reference", metavar="TEXT", help="A case or letter number.")
@reaching_settings
def place_hold(
    account: str | None,
    *,
    with_connected: bool,
    installation: bool,
    reason: str,
    reference: str | None,
    **flags: str | None,
) -> None:
    """Place a legal hold on ACCOUNT and show its ID. Once this returns, its data is neither pruned nor erased."""
    from brim.core.legal_holds import HoldKind
    from brim.core.legal_holds import place_hold as place

    if (account is None) != installation or (installation and with_connected):
        raise click.UsageError("Pass an ACCOUNT, or --installation.")
    kind = HoldKind.INSTALLATION if installation else HoldKind.PLATFORM if with_connected else HoldKind.ACCOUNT

    async def work(conn: "Conn") -> "LegalHold":
        return await place(conn, kind=kind, account=account or "", reason=reason, reference=reference, **asked_here())

    async def reach(database: "Database") -> "LegalHold":
        return await database.transact(work)

    click.echo(on_database(flags, reach).id)


@legal_holds.command("list")
@click.option(
    "--limit", type=click.IntRange(1, 100), default=100, show_default=True, help="The maximum number to list."
)
@reaching_settings
def list_holds(limit: int, **flags: str | None) -> None:
    """List the newest legal holds, including lifted ones."""
    from brim.base.paging import PageRequest
    from brim.core.legal_holds import list_holds as list_all

    page = on_database(flags, lambda database: list_all(database, PageRequest(limit=limit)))
    show_table(
        ("id", "holds", "reason", "reference", "placed", "by", "lifted", "by"), [_row(hold) for hold in page.items]
    )


@legal_holds.command("lift")
@click.argument("hold")
@reaching_settings
def lift_hold(hold: str, **flags: str | None) -> None:
    """Lift the legal hold HOLD. Data past its retention is removed within the hour, unless another hold covers it."""
    from brim.core.legal_holds import lift_hold as lift

    async def work(conn: "Conn") -> "LegalHold":
        return await lift(conn, hold, **asked_here())

    async def reach(database: "Database") -> "LegalHold":
        return await database.transact(work)

    click.echo(f"{on_database(flags, reach).id} is lifted.")


def _row(hold: "LegalHold") -> tuple[str, ...]:
    return (
        hold.id,
        hold.covers,
        hold.reason,
        hold.reference or "",
        tell_time(hold.placed_ms // 1000),
        hold.placed_by,
        "" if hold.lifted_ms is None else tell_time(hold.lifted_ms // 1000),
        hold.lifted_by or "",
    )
