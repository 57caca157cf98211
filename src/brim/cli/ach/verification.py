"""Commands that verify bank accounts: by hand, by prenotes and by micro-deposits."""

from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.live_money import live_scope, of_account, on_live_money, open_vault, with_secrets

if TYPE_CHECKING:
    from brim.core.direct_debits import Prenote
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs


@click.command("verify-source")
@click.argument("source")
@click.option("--evidence", required=True, help="The evidence, such as the name of a document.")
@of_account
def verify_source(source: str, evidence: str, account: str | None, **flags: str | None) -> None:
    """Mark the live bank account SOURCE of --account as verified, so that it can be debited."""
    from brim.core.funding import note_verification

    found = on_live_money(
        flags, account, lambda conn, scope: note_verification(conn, scope, source, evidence=evidence, **asked_here())
    )
    click.echo(f"{found.id} is verified.")


@click.command()
@click.argument("source")
@of_account
def prenote(source: str, account: str | None, **flags: str | None) -> None:
    """Verify the live bank account SOURCE of --account by a prenote, and show its ID.

    A zero-dollar entry goes out with the next file. The bank account is verified if its bank doesn't return it within
    three banking days; brim ach prenotes lists the results.
    """
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import start_prenote

    found = on_live_money(
        flags,
        account,
        lambda conn, scope: start_prenote(conn, scope, source, renderers=WIRE_FORMATS, **asked_here()),
    )
    click.echo(found.id)


@click.command("prenotes")
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_prenotes(limit: int, account: str | None, **flags: str | None) -> None:
    """List prenotes to the live bank accounts of --account."""
    from brim.base.paging import PageRequest
    from brim.core import direct_debits as service

    async def read(database: "Database") -> "list[Prenote]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        page = await service.list_prenotes(database, scope, PageRequest(limit=limit), funding_source=None)
        return list(page.items)

    show_table(
        ("id", "bank account", "status", "verified from", "code", "what"),
        [
            (
                each.id,
                each.funding_source,
                each.status,
                tell_time(each.expected_ms // 1000),
                each.return_code or each.change_code or "",
                each.reason or "",
            )
            for each in on_database(flags, read)
        ],
    )


@click.command()
@click.argument("source")
@with_secrets
def microdeposit(source: str, account: str | None, **flags: str | None) -> None:
    """Verify the live bank account SOURCE of --account by micro-deposits, and show their IDs.

    Two deposits of less than a dollar go out with the next file, and the account holder confirms their amounts;
    brim ach microdeposits lists the results.
    """
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import start_microdeposits

    vault = open_vault(flags)
    found = on_live_money(
        flags,
        account,
        lambda conn, scope: start_microdeposits(conn, vault, scope, source, renderers=WIRE_FORMATS, **asked_here()),
    )
    click.echo(found.id)


@click.command("microdeposits")
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_microdeposits(limit: int, account: str | None, **flags: str | None) -> None:
    """List micro-deposits to the live bank accounts of --account, without their amounts."""
    from brim.base.paging import PageRequest
    from brim.core import direct_debits as service

    async def read(database: "Database") -> "list[Prenote]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        page = await service.list_microdeposits(database, scope, PageRequest(limit=limit), funding_source=None)
        return list(page.items)

    show_table(
        ("id", "bank account", "status", "arrive", "state by", "code", "what"),
        [
            (
                each.id,
                each.funding_source,
                each.status,
                tell_time(each.expected_ms // 1000),
                tell_time(service.expires_ms(each) // 1000),
                each.return_code or each.change_code or "",
                each.reason or "",
            )
            for each in on_database(flags, read)
        ],
    )


COMMANDS: Final = (verify_source, prenote, list_prenotes, microdeposit, list_microdeposits)
