"""Commands for live top-ups by ACH: files, stops, what account holders agreed to, and what the bank sent."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.live_money import live_scope, of_account, on_approval, on_live_money, open_vault, with_secrets
from brim.cli.options import exchange_setting, read_settings
from brim.cli.originators import originators
from brim.cli.private_files import private_file
from brim.cli.statements import next_step, tell_progress

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.corrections import Correction
    from brim.core.direct_debits import AchFile, Comparison, Finding, Prenote
    from brim.core.dishonors import AchReturn
    from brim.core.originators import Authorization, Readiness
    from brim.core.refunds import Refund
    from brim.core.reversals import Reversal
    from brim.platform.database import Conn, Database

# ruff: noqa: PLC0415  each command loads only what it runs

_RAIL: Final = click.option(
    "--rail", type=click.Choice(["ach", "sepa"]), default="ach", show_default=True, help="Which rail."
)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def ach() -> None:
    """Look after live top-ups by ACH: originators, files, stops, and what the bank sends."""


ach.add_command(originators)


@ach.group()
def files() -> None:
    """Look at files for the bank; approve, void and resubmit them."""


@files.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, newest first.")
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
@click.option("--sha256", metavar="HEX", help="The hash of the bytes that you have seen; any when left out.")
@of_account
def approve(file: str, sha256: str | None, account: str | None, **flags: str | None) -> None:
    """Let FILE be sent; where several operators have to do with live money, one does it on the pages."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import approve_file

    try:
        digest = None if sha256 is None else bytes.fromhex(sha256)
    except ValueError:
        raise click.BadParameter("is no hash in hexadecimal", param_hint="--sha256") from None
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
    """Give up FILE, which was never sent; its entries wait for the next one."""
    from brim.core.direct_debits import void_file

    found = on_live_money(flags, account, lambda conn, scope: void_file(conn, scope, file, **asked_here()))
    click.echo(f"{found.id} is voided.")


@files.command("resubmit")
@click.argument("file")
@click.option("--none-was-processed", is_flag=True, help="The bank has processed nothing of it: you have asked.")
@of_account
def resubmit(file: str, *, none_was_processed: bool, account: str | None, **flags: str | None) -> None:
    """Let the entries of FILE, which the bank has rejected, wait for the next one."""
    from brim.core.direct_debits import resubmit_file

    if not none_was_processed:
        raise click.UsageError("Say --none-was-processed once the bank has told you so: else debits may be made twice.")
    count = on_live_money(flags, account, lambda conn, scope: resubmit_file(conn, scope, file, **asked_here()))
    click.echo(f"{count} entries wait for the next file.")


@files.command("download")
@click.argument("file")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to; standard output else.")
@with_secrets
def download(file: str, output: Path | None, account: str | None, **flags: str | None) -> None:
    """Write the bytes of FILE: account numbers stand in them, and the audit log tells of it."""
    from brim.core.direct_debits import download_file

    vault = open_vault(flags)
    with _private_output(output) as write:
        write(
            on_live_money(
                flags, account, lambda conn, scope: download_file(conn, vault, scope, file, **asked_here())
            ).content
        )


@ach.command("entries")
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


@ach.command()
@click.option("--only", metavar="ACCT", help="Stop this account alone, which is --account or is connected to it.")
@click.option("--reason", required=True, help="What people are told who ask why.")
@_RAIL
@of_account
def stop(only: str | None, reason: str, rail: str, account: str | None, **flags: str | None) -> None:
    """Stop live money by ACH, or by --rail: nothing is created, put into a file or sent until it is resumed."""
    from brim.core.originators import stop_rail

    is_new = on_live_money(
        flags,
        account,
        lambda conn, scope: stop_rail(conn, scope, rail=rail, account=only, reason=reason, **asked_here()),
    )
    click.echo(f"{rail.upper()} is stopped." if is_new else f"{rail.upper()} was stopped already.")


@ach.command()
@click.option("--only", metavar="ACCT", help="Resume this account alone.")
@_RAIL
@of_account
def resume(only: str | None, rail: str, account: str | None, **flags: str | None) -> None:
    """Let live money by ACH, or by --rail, go on."""
    from brim.core.originators import resume_rail

    was_stopped = on_live_money(
        flags, account, lambda conn, scope: resume_rail(conn, scope, rail=rail, account=only, **asked_here())
    )
    click.echo(f"{rail.upper()} goes on." if was_stopped else f"{rail.upper()} was not stopped.")


@ach.command("verify-source")
@click.argument("source")
@click.option("--evidence", required=True, help="How it was verified, such as the name of a document.")
@of_account
def verify_source(source: str, evidence: str, account: str | None, **flags: str | None) -> None:
    """Write that you have verified the live bank account SOURCE of --account: its holder may be debited."""
    from brim.core.funding import note_verification

    found = on_live_money(
        flags, account, lambda conn, scope: note_verification(conn, scope, source, evidence=evidence, **asked_here())
    )
    click.echo(f"{found.id} is verified.")


@ach.command()
@click.argument("source")
@of_account
def prenote(source: str, account: str | None, **flags: str | None) -> None:
    """Verify the live bank account SOURCE of --account by a prenote, and show its id.

    An entry without money leaves with the next file. The bank account is verified once its bank has had three banking
    days to send it back; brim ach prenotes lists the results.
    """
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import start_prenote

    found = on_live_money(
        flags,
        account,
        lambda conn, scope: start_prenote(conn, scope, source, renderers=WIRE_FORMATS, **asked_here()),
    )
    click.echo(found.id)


@ach.command()
@click.argument("source")
@with_secrets
def microdeposit(source: str, account: str | None, **flags: str | None) -> None:
    """Verify the live bank account SOURCE of --account by micro-deposits, and show their id.

    Two credits of less than a dollar leave with the next file, and the holder of the bank account states their amounts;
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


@ach.command("microdeposits")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many, newest first.")
@of_account
def list_microdeposits(limit: int, account: str | None, **flags: str | None) -> None:
    """List micro-deposits to the live bank accounts of --account, never their amounts."""
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


@ach.command()
@click.argument("authorization")
@click.option("--json", "as_json", is_flag=True, help="As JSON, whose checksum is that of its member proof.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to; standard output else.")
@with_secrets
def proof(  # a flag of the command
    authorization: str, output: Path | None, account: str | None, *, as_json: bool, **flags: str | None
) -> None:
    """Export the proof of AUTHORIZATION, for a dispute: the audit log tells of it."""
    from brim.api.resources.authorizations.wire import proof_json
    from brim.core.originators import export_proof

    vault = open_vault(flags)
    with _private_output(output) as write:
        exported = on_live_money(
            flags, account, lambda conn, scope: export_proof(conn, vault, scope, authorization, **asked_here())
        )
        write(proof_json(exported) + b"\n" if as_json else exported.document.encode())


@ach.command("prenotes")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many, newest first.")
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


@ach.command("corrections")
@click.option(
    "--status",
    type=click.Choice(["open", "applied", "noted", "dismissed", "refused"]),
    help="Only these; open ones wait for a person.",
)
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many, newest first.")
@of_account
def list_corrections(limit: int, status: str | None, account: str | None, **flags: str | None) -> None:
    """List what banks have corrected of live bank accounts, of --account and of those connected to it."""
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


@ach.command("refuse")
@click.argument("correction")
@click.option("--code", type=click.Choice([f"C{number}" for number in range(61, 70)]), required=True, help="Why.")
@of_account
def refuse(correction: str, code: str, account: str | None, **flags: str | None) -> None:
    """Refuse CORRECTION, an open one, within 13 banking days; the next file tells its bank."""
    from brim.core.direct_debits import refuse_correction

    found = on_live_money(
        flags, account, lambda conn, scope: refuse_correction(conn, scope, correction, code=code, **asked_here())
    )
    click.echo(f"{found.id} is refused.")


@ach.command("returns")
@click.option(
    "--status",
    type=click.Choice(["dishonorable", "returned", "dishonored", "missed", "money_back", "contested", "accepted"]),
    help="Only returns with this status; dishonorable ones await a decision.",
)
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many, newest first.")
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


@ach.command("dishonor")
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
    click.echo(f"{found.id} is dishonored with {code}; it leaves by {tell_time((found.leaves_ms or 0) // 1000)}.")


@ach.command("reversals")
@click.option(
    "--status",
    type=click.Choice(["requested", "settled", "returned", "missed", "superseded"]),
    help="Only reversals with this status.",
)
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many, newest first.")
@of_account
def list_reversals(limit: int, status: str | None, account: str | None, **flags: str | None) -> None:
    """List reversals of debits of --account and of its connected accounts, with their deadlines."""
    from brim.base.paging import PageRequest
    from brim.core import reversals as service

    filters = service.ReversalFilters(status=service.ReversalStatus(status) if status else None)

    async def read(database: "Database") -> "list[Reversal]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await service.list_reversals(database, scope, PageRequest(limit=limit), filters)).items)

    show_table(
        ("id", "debit settled", "cents", "top-up", "reason", "status", "sendable until", "file", "returned"),
        [
            (
                each.id,
                each.debited_on.isoformat(),
                str(each.amount),
                each.topup,
                each.reason or "",
                each.status,
                tell_time(each.sendable_until_ms // 1000),
                each.file or "",
                each.return_code or "",
            )
            for each in on_database(flags, read)
        ],
    )


@ach.command("reverse")
@click.argument("topup")
@click.option(
    "--reason",
    type=click.Choice(["wrong_amount", "wrong_receiver", "wrong_date", "duplicate"]),
    required=True,
    help="What was wrong with the debit.",
)
@of_account
def reverse(topup: str, reason: str, account: str | None, **flags: str | None) -> None:
    """Take the newest debit of TOPUP back within five banking days of its settlement, with the next file."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import request_reversal
    from brim.core.reversals import ReversalReason

    found = on_live_money(
        flags,
        account,
        lambda conn, scope: request_reversal(
            conn, scope, topup, reason=ReversalReason(reason), renderers=WIRE_FORMATS, **asked_here()
        ),
    )
    click.echo(
        f"{found.id} reverses {found.amount} cents of {topup}; it leaves by {tell_time(found.leaves_ms // 1000)}, in a "
        "file that another operator approves."
    )


@ach.command("refunds")
@click.option(
    "--status", type=click.Choice(["pending", "succeeded", "failed", "canceled"]), help="Only refunds with this status."
)
@click.option("--topup", metavar="TOPUP", help="Only refunds of this top-up.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many, newest first.")
@of_account
def list_refunds(limit: int, status: str | None, topup: str | None, account: str | None, **flags: str | None) -> None:
    """List refunds of top-ups of --account and of its connected accounts, and their outcomes."""
    from brim.base.paging import PageRequest
    from brim.core import refunds as service

    filters = service.RefundFilters(status=service.RefundStatus(status) if status else None, topup=topup)

    async def read(database: "Database") -> "list[Refund]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await service.list_refunds(database, scope, PageRequest(limit=limit), filters)).items)

    show_table(
        ("id", "cents", "top-up", "status", "leaves by", "file", "booked", "returned", "why"),
        [
            (
                each.id,
                str(each.amount),
                each.topup,
                each.status,
                tell_time(each.leaves_ms // 1000),
                each.file or "",
                each.settled_on.isoformat() if each.settled_on else "",
                each.return_code or "",
                each.failure_reason or "",
            )
            for each in on_database(flags, read)
        ],
    )


@ach.command("refund")
@click.argument("topup")
@click.option("--amount", metavar="CENTS", type=click.IntRange(min=1), help="How much; what is left when left out.")
@click.option("--description", metavar="TEXT", help="An arbitrary string, shown with the refund.")
@of_account
def refund(topup: str, amount: int | None, description: str | None, account: str | None, **flags: str | None) -> None:
    """Pay TOPUP back to its bank account, whole or in part, out of the available balance, with the next file."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import RefundRequest, request_refund

    wanted = RefundRequest(amount=amount, description=description)
    found = on_live_money(
        flags,
        account,
        lambda conn, scope: request_refund(conn, scope, topup, wanted, renderers=WIRE_FORMATS, **asked_here()),
    )
    click.echo(
        f"{found.id} refunds {found.amount} cents of {topup}; it leaves by {tell_time(found.leaves_ms // 1000)}, in a "
        "file that another operator approves."
    )


@ach.command("cancel-refund")
@click.argument("refund_id", metavar="REFUND")
@of_account
def cancel_refund(refund_id: str, account: str | None, **flags: str | None) -> None:
    """Cancel REFUND, whose file nobody has approved; the balance has its money again."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import cancel_refund as cancel

    found = on_live_money(
        flags, account, lambda conn, scope: cancel(conn, scope, refund_id, renderers=WIRE_FORMATS, **asked_here())
    )
    click.echo(f"{found.id} is canceled; the balance of {found.owner} has its {found.amount} cents again.")
    if found.file:
        click.echo(f"{found.file} has it and must not leave: void that file.")


@ach.command()
@click.argument("source")
@click.option("--text", required=True, help="The wording that the account holder agreed to.")
@click.option("--sec-code", type=click.Choice(["PPD", "WEB", "CCD", "CORE", "B2B"]), default="WEB", show_default=True)
@click.option(
    "--mandate-reference", metavar="TEXT", help="The reference of a mandate (CORE, B2B); its id when left out."
)
@click.option("--last-collected", type=click.DateTime(["%Y-%m-%d"]), help="When others last collected under a mandate.")
@click.option("--one-off", is_flag=True, help="The mandate is for one collection.")
@click.option("--accepted", metavar="TIME", help="When, such as 2026-12-01T10:00:00Z; now when left out.")
@click.option("--evidence", metavar="TEXT", default="", help="How that is known, such as the name of a document.")
@of_account
def authorize(  # noqa: PLR0913  an option a fact of the authorization
    source: str,
    text: str,
    sec_code: str,
    mandate_reference: str | None,
    accepted: str | None,
    evidence: str,
    account: str | None,
    *,
    last_collected: datetime | None,
    one_off: bool,
    **flags: str | None,
) -> None:
    """Write down that the holder of the live bank account SOURCE of --account agreed to debits."""
    from brim.core import originators as service
    from brim.core.rails.ach import SecCode
    from brim.core.rails.sepa import SequenceType

    asked = asked_here()
    accepted_ms = asked["now_ms"] if accepted is None else _moment_ms(accepted)

    async def write(conn: "Conn", scope: "AccountScope") -> "Authorization":
        return await service.authorize(
            conn,
            scope,
            funding_source=source,
            sec_code=SecCode(sec_code),
            text=text,
            accepted_ms=accepted_ms,
            evidence={"document": evidence} if evidence else {},
            mandate_reference=mandate_reference,
            sequence_type=SequenceType.ONE_OFF if one_off else None,
            last_collected_on=None if last_collected is None else last_collected.date(),
            **asked,
        )

    click.echo(on_live_money(flags, account, write).id)


@ach.command("confirm-mandate")
@click.argument("authorization", metavar="AUTHORIZATION")
@click.option("--confirmed", metavar="TIME", help="When, such as 2026-12-01T10:00:00Z; now when left out.")
@of_account
def confirm_mandate(authorization: str, confirmed: str | None, account: str | None, **flags: str | None) -> None:
    """Record that the debtor has confirmed the B2B mandate AUTHORIZATION of --account to their bank."""
    from brim.core import originators as service

    asked = asked_here()
    confirmed_ms = asked["now_ms"] if confirmed is None else _moment_ms(confirmed)
    found = on_live_money(
        flags,
        account,
        lambda conn, scope: service.confirm_mandate(conn, scope, authorization, confirmed_ms=confirmed_ms, **asked),
    )
    click.echo(f"{found.id} is confirmed since {tell_time((found.confirmed_ms or 0) // 1000)}.")


@ach.command("import")
@click.argument("files", metavar="[FILE]...", type=_FILE, nargs=-1)
@click.option("--originator", metavar="ORIG", help="Whose bank it is from, where there are several.")
@click.option("--complete", is_flag=True, help="State that everything the bank has sent until now is imported then.")
@with_secrets
def import_file(
    files: tuple[Path, ...], originator: str | None, account: str | None, *, complete: bool, **flags: str | None
) -> None:
    """Take each FILE from the bank by hand: returns, an acknowledgement or a statement, known by its content.

    Where no worker reads the bank's folder, nothing is usable before --complete says, after the end of its hold, that
    nothing has come from the bank that is not imported. A statement waits where several operators have to do with live
    money, until one of them approves it on the page Bank files; --complete does not count before.
    """
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.base.clock import system_clock_ms
    from brim.core.direct_debits import Incoming, retrieve_bank_file, state_all_imported, store_bank_file
    from brim.core.funding import BankSecrets
    from brim.core.operators import count_approvers
    from brim.core.originators import choose_originator
    from brim.platform.telemetry.logs import configure_logging

    if not files and not complete:
        raise click.UsageError("Name a FILE, or say --complete.")
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
                told.append(f"{name} is taken: {found.kind}, {found.status}.")
            else:
                told.append(f"{name} was taken before: {found.id}, {found.kind}, {found.status}.")
            if step := next_step(found):
                told.append(step)
        if complete:
            waiting = await state_all_imported(database, chosen, by=asked["by"], **when)
            told.append("Everything that the bank has sent until now is imported.")
            if waiting is not None:
                told.append(f"That does not count before {waiting} is approved or rejected, on the page Bank files.")
        return "\n".join(told)

    configure_logging("warning", "auto")
    click.echo(on_database(flags, take))


@ach.command("compare")
@click.option("--originator", metavar="ORIG", help="Whose files, where there are several originators.")
@click.option(
    "--without-list", is_flag=True, help="The folder's list is lost, or nothing ever left: the bank was asked."
)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that has left and of which no copy was kept; a message of SEPA also if no list names it. Repeatable.",
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
    """After a restore: learn which files have left, and let outgoing files go again."""
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
        f"{found.files} files with {found.entries} entries had left and are known now; {found.voided} files that had "
        f"not left are given up, {found.breaks} debits need a look (brim breaks list), {found.released} files may go."
    )
    if without_list and found.released:
        click.echo(
            "Files that were made before go out as they are: where the bank has one, it refuses that as a duplicate. "
            "Void what it has not had and must not get (brim ach files void FILE)."
        )
    click.echo("Files are made, and leave, once all is read that the bank has sent until now.")
    if found.went_on:
        click.echo(f"Later files were sent to {found.went_on}: write that outgoing folder into the profile again.")


@ach.command("check-exchange")
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


@ach.command("return-rates")
@of_account
def show_return_rates(account: str | None, **flags: str | None) -> None:
    """Show how many debits came back in sixty days, by originator, and by account where a rate stands out."""
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


@ach.command("readiness")
@with_secrets
def readiness(account: str | None, **flags: str | None) -> None:
    """Name everything that stands between here and the first live top-up."""
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
    click.echo("Live top-ups can be created." if not found.blockers else "Live top-ups cannot be created yet.")
    if found.blockers:
        raise SystemExit(1)


@click.group()
def breaks() -> None:
    """List what the bank sent that does not match, and settle it."""


@breaks.command("list")
@of_account
def list_breaks(account: str | None, **flags: str | None) -> None:
    """List open breaks, oldest first."""
    from brim.core.reconciliation import list_open_breaks

    found = on_live_money(flags, account, lambda conn, scope: list_open_breaks(conn, scope, limit=1000))
    show_table(
        ("id", "opened", "kind", "cents", "what"),
        [
            (each.id, tell_time(each.opened_ms // 1000), each.kind, str(each.amount or ""), each.detail)
            for each in found
        ],
    )


@breaks.command("resolve")
@click.argument("break_id", metavar="BREAK")
@click.option("--resolution", required=True, help="What was found and done about it.")
@of_account
def resolve(break_id: str, resolution: str, account: str | None, **flags: str | None) -> None:
    """Resolve BREAK. No money moves: it records that somebody has looked into it, and the result."""
    from brim.core.direct_debits import resolve_break

    found = on_approval(
        flags, account, lambda conn, scope, by: resolve_break(conn, scope, break_id, resolution=resolution, **by)
    )
    click.echo(f"{found.id} is resolved.")


def _private_output(path: Path | None) -> AbstractContextManager[Callable[[bytes], object]]:
    """Lend what writes to a file for its owner alone, or to standard output."""
    if path is None:
        return nullcontext(sys.stdout.buffer.write)
    return private_file(path)


def _moment_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter("is no time such as 2026-12-01T10:00:00Z", param_hint="--accepted")
    return int(moment.timestamp() * 1000)


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
