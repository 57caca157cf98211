"""Commands for bank statements: import files that have them, approve them, list them, and show the lines of one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from brim.cli.database import asked_here, on_database, show_table
from brim.cli.live_money import live_scope, of_account, on_approval, open_vault, with_secrets
from brim.cli.statement_mappings import mapping

if TYPE_CHECKING:
    from brim.base.paging import Page
    from brim.base.scope import AccountScope
    from brim.core.direct_debits import BankFile, Preview
    from brim.core.reconciliation import BankStatement, ShownLine
    from brim.platform.database import Conn, Database

# ruff: noqa: PLC0415  each command loads only what it runs

_PROGRESS_BYTES: Final = 1 << 20
"""Files from this size on are announced before they are read, as reading them takes seconds."""


@click.group()
def statements() -> None:
    """Import and list bank statements, and show what their lines match."""


statements.add_command(mapping)


@statements.command("import")
@click.argument("files", metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1)
@click.option("--originator", metavar="ORIG", help="The originator whose bank sent it. Required if there are several.")
@with_secrets
def import_files(files: tuple[Path, ...], originator: str | None, account: str | None, **flags: str | None) -> None:
    """Import each FILE of statements (BAI2, camt.053, camt.054, MT940, mapped CSV) and show the result.

    As with `brim ach import`, each file is applied once. If several operators handle live money, it waits until one of
    them approves it on the file's page.
    """
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.base.clock import system_clock_ms
    from brim.core.direct_debits import Incoming, retrieve_bank_file, store_bank_file
    from brim.core.funding import BankSecrets
    from brim.core.operators import count_approvers
    from brim.core.originators import choose_originator
    from brim.platform.telemetry.logs import configure_logging

    if not files:
        raise click.UsageError("Pass a FILE.")
    vault = open_vault(flags)
    asked = asked_here()
    when = {"now_ms": asked["now_ms"], "ids": asked["ids"]}

    async def take(database: "Database") -> None:
        incoming = Incoming(BankSecrets(database, vault), vault, WIRE_FORMATS)
        async with database.connection() as conn:
            chosen = await choose_originator(conn, await live_scope(conn, account), originator)
        for number, file in enumerate(files, 1):
            content = file.read_bytes()
            if len(files) > 1 or len(content) >= _PROGRESS_BYTES:
                size = f"{len(content) / 1_000_000:.1f} MB"
                click.echo(f"{number} of {len(files)}: reading {file.name} ({size}) ...", err=True)
            async with database.transaction() as conn:
                approvers = await count_approvers(conn)
                taken = await store_bank_file(
                    conn, vault, WIRE_FORMATS, chosen, file.name, content, by=asked["by"], approvers=approvers, **when
                )
            await incoming.apply_all(database, clock=system_clock_ms, ids=asked["ids"], tell=tell_progress)
            found = await retrieve_bank_file(database, chosen.scope, taken.file.id)
            before = "" if taken.is_new else " was already imported"
            brought = f"; {await _brought(database, chosen.scope.account, found.id)}" if found.applied_ms else "."
            click.echo(f"{file.name}{before}: {found.kind}, {found.status}{brought}")
            if told := next_step(found):
                click.echo(told)

    configure_logging("warning", "auto")
    on_database(flags, take)


def tell_progress(file: "BankFile") -> None:
    """Tell how far a long file is applied."""
    if file.lines_applied is not None:
        click.echo(f"{file.name}: {file.lines_applied:,} of {file.line_count:,} lines are applied ...", err=True)


def next_step(file: "BankFile") -> str | None:
    """Return how an imported statement goes on that waits or was rejected; None for any other file."""
    if file.status == "awaiting_approval":
        return (
            f"{file.id} needs approval by another operator on the Bank files page (brim statements preview "
            f"{file.id} shows what it would post), unless the same file arrives from the bank."
        )
    if file.status == "rejected":
        return (
            f'{file.id} was rejected ("{file.reject_reason}"). An operator who has neither imported nor rejected it '
            "can approve it on the Bank files page."
        )
    return None


async def _brought(database: "Database", account: str, bank_file: str) -> str:
    """Return how many statements, new lines and open breaks a file has brought, as words."""
    from brim.base.paging import MAX_LIMIT, PageRequest
    from brim.base.scope import AccountScope
    from brim.core.reconciliation import StatementFilters, page_breaks, page_statements

    scope = AccountScope(account, livemode=True)
    page = await page_statements(database, scope, PageRequest(limit=MAX_LIMIT), StatementFilters(bank_file=bank_file))
    lines = sum(each.new_count or 0 for each in page.items)
    breaks = await page_breaks(database, scope, PageRequest(limit=MAX_LIMIT), is_open=True, bank_file=bank_file)
    counts = (
        _count(len(page.items), "statement", has_more=page.has_more),
        _count(lines, "new line", has_more=page.has_more),
        _count(len(breaks.items), "open break", has_more=breaks.has_more),
    )
    return ", ".join(counts) + "."


def _count(number: int, noun: str, *, has_more: bool) -> str:
    return f"{'at least ' if has_more else ''}{number} {noun}{'' if number == 1 else 's'}"


@statements.command("preview")
@click.argument("file", metavar="BANKF")
@with_secrets
def preview(file: str, account: str | None, **flags: str | None) -> None:
    """Show what the imported statement BANKF would post if it were applied now: its balances and its first lines."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import Previews

    vault, asked = open_vault(flags), asked_here()

    async def read(database: "Database") -> "Preview":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        previews = Previews(database, vault, WIRE_FORMATS)
        return await previews.preview(scope, file, now_ms=asked["now_ms"], ids=asked["ids"])

    found = on_database(flags, read)
    read_by = f", read by mapping {found.mapping}" if found.mapping else ""
    click.echo(f"{found.file.name}, {found.file.status}: {found.format}, {found.verdict or 'not read'}{read_by}")
    click.echo(f"sha256 {found.file.sha256.hex()}")
    for finding in found.findings:
        click.echo(f"{finding.where}: {finding.sentence}")
    show_table(
        ("statement", "account", "opening", "closing", "credits", "debits", "new lines", "place"),
        [
            (
                f"{each.number} {each.period_to or ''}".strip(),
                f"...{each.account_last4}{'' if each.is_ours else ' (another account)'}",
                _amount(each.opening, each.currency),
                _amount(each.closing, each.currency),
                _amount(each.credits, each.currency),
                _amount(each.debits, each.currency),
                f"{'?' if each.new_count is None else each.new_count} of {each.line_count}",
                each.place or "",
            )
            for each in found.statements
        ],
    )
    for question in (question for each in found.statements for question in each.questions):
        click.echo(question)
    show_table(
        ("booked", "amount", "outcome", "about", "text"),
        [
            (
                str(each.booked_on or ""),
                _amount(each.amount, each.currency),
                each.outcome,
                " ".join(text for text in (each.matched or each.account or each.matched_kind, each.problem) if text),
                each.description,
            )
            for each in found.lines
        ],
    )
    if found.line_count > len(found.lines):
        click.echo(f"These are the first {len(found.lines)} of {found.line_count} lines.", err=True)


def _amount(amount: int | None, currency: str) -> str:
    return "" if amount is None else f"{amount} {currency}"


@statements.command("approve")
@click.argument("file", metavar="BANKF")
@click.option("--sha256", required=True, help="The hash of the bytes, as the preview shows it.")
@click.option(
    "--mapping", metavar="STMAP/VERSION", help="For CSV, the version of the mapping, as the preview shows it."
)
@with_secrets
def approve(file: str, sha256: str, mapping: str | None, account: str | None, **flags: str | None) -> None:
    """Approve the imported statement BANKF. Refused if an operator can approve it in the dashboard."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import approve_bank_file

    vault = open_vault(flags)
    try:
        digest = bytes.fromhex(sha256)
    except ValueError as error:
        raise click.BadParameter("It must be a hash in hexadecimal.", param_hint="--sha256") from error

    async def use(conn: "Conn", scope: "AccountScope", asked: dict[str, Any]) -> "BankFile":
        return await approve_bank_file(
            conn, vault, WIRE_FORMATS, scope, file, sha256=digest, mapping=mapping, expected_status=None, **asked
        )

    click.echo(f"{on_approval(flags, account, use).id} is approved. A worker applies it within seconds.")


@statements.command("reject")
@click.argument("file", metavar="BANKF")
@click.option("--reason", required=True, help="The reason, shown to whoever imports the file again.")
@of_account
def reject(file: str, reason: str, account: str | None, **flags: str | None) -> None:
    """Reject the imported statement BANKF: nothing in it is posted, and the file is kept."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import reject_bank_file

    async def use(conn: "Conn", scope: "AccountScope", asked: dict[str, Any]) -> "BankFile":
        return await reject_bank_file(conn, WIRE_FORMATS, scope, file, reason=reason, **asked)

    click.echo(f"{on_approval(flags, account, use).id} is rejected.")


@statements.command("list")
@click.option("--bank-account", metavar="NAME", help="Only statements of this bank account, by its name in the ledger.")
@click.option("--open", "only_open", is_flag=True, help="Only statements with open breaks.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The maximum number to list."
)
@click.option("--after", metavar="STMT", help="Start after this ID.")
@of_account
def list_all(
    bank_account: str | None,
    limit: int,
    after: str | None,
    account: str | None,
    *,
    only_open: bool,
    **flags: str | None,
) -> None:
    """List statements, newest first, with the amount of their lines that isn't posted."""
    from brim.base.paging import PageRequest
    from brim.core.reconciliation import StatementFilters, page_statements

    filters = StatementFilters(bank_account=bank_account, is_open=True if only_open else None)

    async def read(database: "Database") -> "Page[BankStatement]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return await page_statements(database, scope, PageRequest(limit=limit, starting_after=after), filters)

    page = on_database(flags, read)
    show_table(
        ("id", "bank account", "days", "opening", "closing", "lines", "open breaks", "not posted", "state"),
        [
            (
                each.id,
                f"{each.bank_account} {each.currency}",
                str(each.first_day) if each.first_day == each.last_day else f"{each.first_day} to {each.last_day}",
                *map(str, (each.opening, each.closing, each.line_count, each.open_breaks, each.open_amount)),
                "applied" if each.is_applied else "applying",
            )
            for each in page.items
        ],
    )
    if page.has_more:
        click.echo(f"There are more: --after {page.items[-1].id}", err=True)


@statements.command("show")
@click.argument("statement", metavar="STMT")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The maximum number to list."
)
@click.option("--after", metavar="BSL", help="Start after this line.")
@of_account
def show(statement: str, limit: int, after: str | None, account: str | None, **flags: str | None) -> None:
    """Show the lines of statement STMT and what each matches."""
    from brim.base.paging import PageRequest
    from brim.core.reconciliation import page_lines_of_statement

    async def read(database: "Database") -> "tuple[list[ShownLine], bool]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        request = PageRequest(limit=limit, starting_after=after)
        page = await page_lines_of_statement(database, scope, statement, request)
        return page.items, page.has_more

    lines, has_more = on_database(flags, read)
    show_table(
        ("id", "booked", "amount", "status", "about", "text"),
        [
            (
                line.id,
                str(line.booked_on),
                f"{line.amount} {line.currency}",
                line.status,
                line.matched or line.settlement or line.break_id or "",
                " ".join(text for text in (line.description, line.remittance) if text),
            )
            for line in lines
        ],
    )
    if has_more:
        click.echo(f"There are more: --after {lines[-1].id}", err=True)
