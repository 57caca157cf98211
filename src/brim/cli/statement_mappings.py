"""Commands for mappings: how a bank writes statements as CSV, tried on a file before it is saved."""

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from brim.base.errors import BrimError
from brim.cli.database import asked_here, show_table
from brim.cli.live_money import of_account, on_live_money

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.reconciliation.formats import StatementFile
    from brim.core.statement_mappings import SavedMapping
    from brim.platform.database import Conn

# ruff: noqa: PLC0415  each command loads only what it runs

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN: Final = 20
"""How many lines and findings a preview shows."""
_BANK_ACCOUNT: Final = click.option(
    "--bank-account", metavar="NAME", help="The bank account's name in the ledger. Required if there are several."
)


class MappingFileError(BrimError):
    """A file is no mapping."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is not a valid mapping: {reason}.")


class BankAccountNotNamedError(BrimError):
    """It cannot be told which bank account is meant."""

    def __init__(self, names: list[str]) -> None:
        known = ", ".join(names) or "none, as there is no originator"
        super().__init__(f"Choose a bank account with --bank-account: {known}.")


class NoMappingError(BrimError):
    """The bank account has no mapping."""

    def __init__(self, bank_account: str) -> None:
        super().__init__(
            f"The bank account {bank_account} has no mapping. Create one with brim statements mapping set."
        )


@click.group()
def mapping() -> None:
    """Manage mappings for a bank's CSV statements.

    FILE is TOML with the mapping's fields: docs/statement-formats.md lists them.
    """


@mapping.command("set")
@click.argument("file", type=_FILE)
@_BANK_ACCOUNT
@of_account
def set_mapping(file: Path, bank_account: str | None, account: str | None, **flags: str | None) -> None:
    """Save the mapping in FILE for a bank account, replacing its current one.

    CSV files of the bank account that are held are read again.
    """
    import msgspec

    from brim.core.direct_debits import create_statement_mapping, update_statement_mapping
    from brim.core.statement_mappings import find_mapping, mapping_of

    wanted = mapping_of(_read(file))

    async def save(conn: "Conn", scope: "AccountScope") -> "SavedMapping":
        name = await _choose(conn, scope, bank_account)
        before = await find_mapping(conn, scope, name)
        if before is None:
            return await create_statement_mapping(conn, scope, name, wanted, **asked_here())
        return await update_statement_mapping(
            conn, scope, before.id, msgspec.structs.asdict(wanted), expected_version=before.version, **asked_here()
        )

    saved = on_live_money(flags, account, save)
    click.echo(f"{saved.id}: version {saved.version} for {saved.bank_account}.")


@mapping.command("show")
@_BANK_ACCOUNT
@of_account
def show(bank_account: str | None, account: str | None, **flags: str | None) -> None:
    """Show the mapping of a bank account, as `set` reads it."""
    import msgspec

    from brim.core.statement_mappings import find_mapping

    async def read(conn: "Conn", scope: "AccountScope") -> "SavedMapping":
        name = await _choose(conn, scope, bank_account)
        found = await find_mapping(conn, scope, name)
        if found is None:
            raise NoMappingError(name)
        return found

    found = on_live_money(flags, account, read)
    click.echo(f"# {found.id}, version {found.version}, for {found.bank_account}")
    for name, value in msgspec.to_builtins(found.mapping).items():
        if value is not None:
            click.echo(f"{name} = {json.dumps(value, ensure_ascii=False)}")


@mapping.command("preview")
@click.argument("file", type=_FILE)
@click.option("--mapping", "tried", metavar="FILE", type=_FILE, help="Try this mapping instead of the saved one.")
@_BANK_ACCOUNT
@of_account
@click.pass_context
def preview(
    context: click.Context,
    /,
    file: Path,
    tried: Path | None,
    bank_account: str | None,
    account: str | None,
    **flags: str | None,
) -> None:
    """Show the lines of FILE and its problems, without storing anything.

    Fails where the file would be held.
    """
    from brim.core.direct_debits import preview_statement
    from brim.core.reconciliation.formats import Verdict

    changes = {} if tried is None else _read(tried)
    content = file.read_bytes()

    async def read(conn: "Conn", scope: "AccountScope") -> "StatementFile":
        name = await _choose(conn, scope, bank_account)
        return await preview_statement(conn, scope, name, content, changes, name=file.name)

    found = on_live_money(flags, account, read)
    _show_lines(found)
    for finding in found.findings[:_SHOWN]:
        click.echo(f"{finding.severity}: {finding.where}: {finding.sentence}", err=True)
    if len(found.findings) > _SHOWN:
        click.echo(f"{len(found.findings) - _SHOWN} more findings are not shown.", err=True)
    if found.verdict is Verdict.HOLD:
        click.echo("The file would be held, and nothing in it posted.", err=True)
        context.exit(1)


def _show_lines(found: "StatementFile") -> None:
    from brim.core.reconciliation.formats.amounts import written

    for statement in found.statements:
        show_table(
            ("where", "booked", "amount", "reference", "text"),
            [
                (
                    line.where,
                    str(line.booking_date),
                    written(line.amount_minor, line.currency),
                    line.bank_reference or line.customer_reference or line.end_to_end_id,
                    line.text,
                )
                for line in statement.lines[:_SHOWN]
            ],
        )
        if len(statement.lines) > _SHOWN:
            click.echo(f"{len(statement.lines) - _SHOWN} more lines are not shown.", err=True)
        if statement.opening is not None and statement.closing is not None:
            opening, closing = (
                written(each.amount_minor, statement.currency) for each in (statement.opening, statement.closing)
            )
            click.echo(f"Opening balance {opening}, closing balance {closing}.")


async def _choose(conn: "Conn", scope: "AccountScope", bank_account: str | None) -> str:
    """Return the bank account that is named, or the only one that originators have.

    Raises:
        BankAccountNotNamedError: none is named, and there is not exactly one.
    """
    from brim.core.originators import list_originators

    if bank_account is not None:
        return bank_account
    names = sorted({each.profile.bank_account for each in await list_originators(conn, scope)})
    if len(names) != 1:
        raise BankAccountNotNamedError(names)
    return names[0]


def _read(file: Path) -> dict[str, Any]:
    """Return the fields of a mapping in a file.

    Raises:
        MappingFileError: it is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingFileError(file, str(error)) from None
