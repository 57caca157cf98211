"""Commands for files of live top-ups, and for the entries in them."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.live_money import live_scope, of_account, on_approval, on_live_money, open_vault, with_secrets
from brim.cli.private_files import private_output

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.direct_debits import AchFile
    from brim.core.refunds import Refund
    from brim.core.reversals import Reversal
    from brim.platform.database import Conn, Database

# ruff: noqa: PLC0415  each command loads only what it runs


@click.group()
def files() -> None:
    """Show, approve, void and resubmit files for the bank."""


@files.command("list")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_files(limit: int, account: str | None, **flags: str | None) -> None:
    """List files."""
    from brim.base.paging import PageRequest
    from brim.core.direct_debits import page_files

    async def read(database: "Database") -> "list[AchFile]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await page_files(database, scope, PageRequest(limit=limit), status=None)).items)

    found = on_database(flags, read)
    show_table(
        ("id", "status", "name", "effective", "entries", "debits", "made", "held"), [_file_row(each) for each in found]
    )


@files.command("show")
@click.argument("file")
@of_account
def show_file(file: str, account: str | None, **flags: str | None) -> None:
    """Show FILE: its totals and dates, its hash, its largest entries and credits, and who has approved it."""
    import msgspec

    from brim.core import refunds, reversals
    from brim.core.direct_debits import FileReview, find_file, review_file

    async def read(
        conn: "Conn", scope: "AccountScope"
    ) -> tuple["AchFile", FileReview, "list[tuple[str, Refund | Reversal]]"]:
        found = await find_file(conn, scope, file)
        paid: list[tuple[str, Refund | Reversal]] = []
        paid += [("reversal", each) for each in await reversals.list_in_file(conn, scope, file)]
        paid += [("refund", each) for each in await refunds.list_in_file(conn, scope, file)]
        return found, await review_file(conn, found), paid

    found, review, paid = on_live_money(flags, account, read)
    fields = msgspec.structs.asdict(found)
    fields["scope"] = found.scope.account
    fields["sha256"] = found.sha256.hex()
    fields["cutoff"] = tell_time(review.cutoff_ms // 1000)
    fields["send_before"] = tell_time(review.send_before_ms // 1000)
    fields["approvals_missing"] = review.missing
    rows = [(name, "" if value is None else str(value)) for name, value in fields.items()]
    for each in review.approvals:
        alone = ", the only person" if each.one_person else ""
        rows.append((f"approval {each.number}", f"{each.approved_by}{alone}, of sha256 {each.sha256.hex()}"))
    rows += [("largest entry", f"{each.amount} cents, {each.topup} of {each.owner}") for each in review.largest]
    rows += [(kind, f"{each.amount} cents to the customer, {each.topup} of {each.owner}") for kind, each in paid]
    show_table(("field", "value"), rows)


@files.command("approve")
@click.argument("file")
@click.option("--sha256", metavar="HEX", help="Approve only if the file has this hash.")
@of_account
def approve(file: str, sha256: str | None, account: str | None, **flags: str | None) -> None:
    """Approve FILE for sending. If several operators handle live money, one of them approves it in the dashboard."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import approve_file

    try:
        digest = None if sha256 is None else bytes.fromhex(sha256)
    except ValueError:
        raise click.BadParameter("must be a hash in hexadecimal", param_hint="--sha256") from None
    found = on_approval(
        flags,
        account,
        lambda conn, scope, asked: approve_file(conn, scope, file, sha256=digest, renderers=WIRE_FORMATS, **asked),
    )
    if found.status == "built":
        click.echo(f"{found.id} needs another person's approval.")
    else:
        click.echo(
            f"{found.id} is approved: {found.entry_count} entries, debits of {found.total_debit} and credits of "
            f"{found.total_credit} cents, effective {found.effective_date}, sha256 {found.sha256.hex()}."
        )


@files.command("void")
@click.argument("file")
@of_account
def void(file: str, account: str | None, **flags: str | None) -> None:
    """Void FILE, which was never sent. Its entries are queued for the next file."""
    from brim.core.direct_debits import void_file

    found = on_live_money(flags, account, lambda conn, scope: void_file(conn, scope, file, **asked_here()))
    click.echo(f"{found.id} is voided.")


@files.command("resubmit")
@click.argument("file")
@click.option("--none-was-processed", is_flag=True, help="Confirm that the bank has processed none of its entries.")
@of_account
def resubmit(file: str, *, none_was_processed: bool, account: str | None, **flags: str | None) -> None:
    """Queue the entries of FILE, which the bank rejected, for the next file."""
    from brim.core.direct_debits import resubmit_file

    if not none_was_processed:
        raise click.UsageError(
            "Confirm with the bank that it processed none of the entries, then pass --none-was-processed. "
            "Otherwise accounts may be debited twice."
        )
    count = on_live_money(flags, account, lambda conn, scope: resubmit_file(conn, scope, file, **asked_here()))
    click.echo("1 entry waits for the next file." if count == 1 else f"{count} entries wait for the next file.")


@files.command("download")
@click.argument("file")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write. Default: standard output.",
)
@with_secrets
def download(file: str, output: Path | None, account: str | None, **flags: str | None) -> None:
    """Download FILE. It contains account numbers, and the download is recorded in the audit log."""
    from brim.core.direct_debits import download_file

    vault = open_vault(flags)
    with private_output(output) as write:
        write(
            on_live_money(
                flags, account, lambda conn, scope: download_file(conn, vault, scope, file, **asked_here())
            ).content
        )


def _file_row(file: "AchFile") -> tuple[str, ...]:
    return (
        file.id,
        file.status,
        file.name,
        file.effective_date.isoformat(),
        str(file.entry_count),
        str(file.total_debit),
        tell_time(file.built_ms // 1000),
        file.held_because or "",
    )


@click.command("entries")
@click.argument("topup")
@of_account
def list_entries(topup: str, account: str | None, **flags: str | None) -> None:
    """List the presentments of TOPUP, of --account or of a connected account."""
    from brim.core.direct_debits import list_entries_of_topups

    found = on_live_money(flags, account, lambda conn, scope: list_entries_of_topups(conn, scope, [topup]))
    show_table(
        ("number", "again", "status", "cents", "file", "trace", "effective", "return", "returned"),
        [
            (
                str(each.number),
                str(each.retry or ""),
                each.status,
                str(each.amount),
                each.file or "",
                each.trace or "",
                "" if each.effective_date is None else each.effective_date.isoformat(),
                each.return_code or "",
                "" if each.returned_ms is None else tell_time(each.returned_ms // 1000),
            )
            for each in found
        ],
    )


COMMANDS: Final = (files, list_entries)
