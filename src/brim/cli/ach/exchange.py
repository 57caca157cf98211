"""Commands for the exchange of files with the bank."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, on_database, show_table
from brim.cli.live_money import live_scope, of_account, on_live_money, open_vault, with_secrets
from brim.cli.options import exchange_setting, read_settings
from brim.cli.statements import next_step, tell_progress

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.direct_debits import Comparison, Finding
    from brim.core.originators import Readiness
    from brim.platform.database import Conn, Database

# ruff: noqa: PLC0415  each command loads only what it runs


_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("files", metavar="[FILE]...", type=_FILE, nargs=-1)
@click.option("--originator", metavar="ORIG", help="The originator whose bank sent it. Required if there are several.")
@click.option(
    "--complete", is_flag=True, help="Confirm that, with these files, everything the bank has sent is imported."
)
@with_secrets
def import_file(
    files: tuple[Path, ...], originator: str | None, account: str | None, *, complete: bool, **flags: str | None
) -> None:
    """Import each FILE from the bank: returns, an acknowledgment or a statement. Each is applied once.

    Where no worker reads the bank's folder, run this with --complete after the hold ends: only then does money become
    available. If several operators handle live money, a statement waits until one
    of them approves it on the Bank files page; --complete has no effect until then.
    """
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.base.clock import system_clock_ms
    from brim.core.direct_debits import Incoming, retrieve_bank_file, state_all_imported, store_bank_file
    from brim.core.funding import BankSecrets
    from brim.core.operators import count_approvers
    from brim.core.originators import choose_originator
    from brim.platform.telemetry.logs import configure_logging

    if not files and not complete:
        raise click.UsageError("Pass a FILE, or --complete.")
    vault = open_vault(flags)
    contents = [(file.name, file.read_bytes()) for file in files]
    asked = asked_here()
    when = {"now_ms": asked["now_ms"], "ids": asked["ids"]}

    async def take(database: "Database") -> str:
        incoming = Incoming(BankSecrets(database, vault), vault, WIRE_FORMATS)
        async with database.connection() as conn:
            chosen = await choose_originator(conn, await live_scope(conn, account), originator)
        told = []
        for name, content in contents:
            async with database.transaction() as conn:
                approvers = await count_approvers(conn)
                taken = await store_bank_file(
                    conn, vault, WIRE_FORMATS, chosen, name, content, by=asked["by"], approvers=approvers, **when
                )
            await incoming.apply_all(database, clock=system_clock_ms, ids=asked["ids"], tell=tell_progress)
            found = await retrieve_bank_file(database, chosen.scope, taken.file.id)
            if taken.is_new:
                told.append(f"{name} was imported: {found.kind}, {found.status}.")
            else:
                told.append(f"{name} was already imported: {found.id}, {found.kind}, {found.status}.")
            if step := next_step(found):
                told.append(step)
        if complete:
            waiting = await state_all_imported(database, chosen, by=asked["by"], **when)
            told.append("Everything that the bank has sent until now is imported.")
            if waiting is not None:
                told.append(f"This has no effect until {waiting} is approved or rejected on the Bank files page.")
        return "\n".join(told)

    configure_logging("warning", "auto")
    click.echo(on_database(flags, take))


@click.command("compare")
@click.option(
    "--originator", metavar="ORIG", help="The originator whose files to compare. Required if there are several."
)
@click.option(
    "--without-list",
    is_flag=True,
    help="Compare without the folder's list, because it is lost or nothing was ever sent. Ask the bank first.",
)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A sent file of which no copy was kept; for SEPA, also a message that is on no list. Can be repeated.",
)
@with_secrets
def compare(
    originator: str | None,
    account: str | None,
    *,
    without_list: bool,
    files: tuple[Path, ...],
    **flags: str | None,
) -> None:
    """After a restore: find out which files were sent, and release outgoing files."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import GivenFile, compare_sent
    from brim.core.originators import choose_originator

    vault = open_vault(flags)
    given = [GivenFile(path.name, path.read_bytes()) for path in files]

    async def run(conn: "Conn", scope: "AccountScope") -> "Comparison":
        chosen = await choose_originator(conn, scope, originator)
        return await compare_sent(
            conn, vault, WIRE_FORMATS, scope, chosen.id, **asked_here(), without_list=without_list, given=given
        )

    found = on_live_money(flags, account, run)
    click.echo(
        f"{found.files} files with {found.entries} entries had been sent and are recorded now; "
        f"{found.voided} files that had not been sent are voided, {found.breaks} debits need attention (brim "
        f"breaks list), {found.released} files are released."
    )
    if without_list and found.released:
        click.echo(
            "Files created before the restore are sent unchanged: the bank refuses those that it already has "
            "as duplicates. Void files that it must not get (brim ach files void FILE)."
        )
    click.echo("Files are created and sent once everything that the bank has sent so far has been read.")
    if found.went_on:
        click.echo(f"Later files were sent to {found.went_on}: set that outgoing folder in the profile again.")


@click.command("check-exchange")
@click.argument("originator", required=False)
@exchange_setting
@of_account
def check_exchange(originator: str | None, account: str | None, **flags: str | None) -> None:
    """Test the file exchange with the bank of ORIGINATOR: folders, the server's host key, login, writing.

    Without ORIGINATOR, all are tested whose files are exchanged, one for each rail.

    Run it on a worker's host, as the worker's user, before live money depends on it. No payment file is sent or read.
    """
    from brim.core import direct_debits as service
    from brim.core.originators import exchanging, find_originator, list_originators
    from brim.platform.telemetry.logs import configure_logging

    settings = read_settings(flags)
    servers = service.BankServers(settings.sftp_credentials or settings.data_dir / service.CREDENTIALS_FOLDER)

    async def run(database: "Database") -> "list[Finding]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
            if originator is None:
                chosen = exchanging(await list_originators(conn, scope))
            else:
                chosen = [await find_originator(conn, scope, originator)]
        return [finding for each in chosen for finding in await service.check_exchange(servers, each)]

    configure_logging("warning", "auto")
    findings = on_database(flags, run)
    show_table(
        ("", "what", "folder", "result"),
        [("works" if each.is_good else "fails", each.what, each.folder, each.result) for each in findings],
    )
    if not findings or not all(each.is_good for each in findings):
        raise SystemExit(1)


@click.command("readiness")
@with_secrets
def readiness(account: str | None, **flags: str | None) -> None:
    """List everything that blocks live top-ups."""
    from brim.base.clock import system_clock_ms
    from brim.core.direct_debits import read_readiness

    vault = open_vault(flags)

    async def read(database: "Database") -> "Readiness":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return await read_readiness(database, vault, scope, now_ms=system_clock_ms())

    found = on_database(flags, read)
    if found.blockers or found.warnings:
        rows = [("blocks", each.message, each.fix) for each in found.blockers]
        show_table(
            ("", "what", "what to do"), [*rows, *(("warning", each.message, each.fix) for each in found.warnings)]
        )
    click.echo(
        "Live top-ups can be created, collected and credited."
        if not found.blockers
        else "Until this is done, live top-ups are refused, or aren't collected or credited."
    )
    if found.blockers:
        raise SystemExit(1)


COMMANDS: Final = (import_file, compare, check_exchange, readiness)
