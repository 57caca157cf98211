"""Commands that erase personal data: of an account, of a payer, and again after a restore."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.base.folders import sync_folder
from brim.cli.database import asked_here, show_table
from brim.cli.live_money import open_vault
from brim.cli.options import encryption_setting, owning_settings, read_settings

if TYPE_CHECKING:
    from brim.core.erasure import Erasure, Target
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs


class NotConfirmedError(BrimError):
    """The id was not repeated."""

    def __init__(self, target_id: str) -> None:
        super().__init__(f"Nothing was erased: enter {target_id} again to confirm.")


class UnreadableListError(BrimError):
    """A list of erasures has a line that is none."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__(f"Line {number} of {path} is not an erasure.")


_list_option = click.option(
    "--list",
    "list_path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="A file outside the database that lists erasures; their IDs are appended. Keep it with the backups.",
)


@click.command("erase")
@click.argument("account")
@click.option("--dry-run", is_flag=True, help="Show what would be erased and kept, without changing anything.")
@click.option("--confirm", metavar="ACCT", help="The account again, to skip the confirmation prompt.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@_list_option
@owning_settings
@encryption_setting
def erase_account(
    account: str, *, dry_run: bool, confirm: str | None, as_json: bool, list_path: Path, **flags: str | None
) -> None:
    """Erase the personal data of the closed account ACCOUNT, in both modes; its books stay.

    Shows what it will do first. Run it again to continue an interrupted erasure.
    """
    from brim.core.erasure import Target

    _run(flags, Target(account, account), list_path, dry_run=dry_run, confirm=confirm, as_json=as_json)


@click.group()
def payers() -> None:
    """Erase the personal data of payers, the holders of bank accounts on file."""


@payers.command("erase")
@click.argument("payer")
@click.option("--account", metavar="ACCT", help="The payer's account. Default: the oldest.")
@click.option("--live", is_flag=True, help="In live mode. Default: test mode.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased and kept, without changing anything.")
@click.option("--confirm", metavar="PAYER", help="The ID again, to skip the confirmation prompt.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@_list_option
@owning_settings
@encryption_setting
def erase_payer(
    payer: str,
    *,
    account: str | None,
    live: bool,
    dry_run: bool,
    confirm: str | None,
    as_json: bool,
    list_path: Path,
    **flags: str | None,
) -> None:
    """Erase the personal data of PAYER: a bank account on file (src_, pm_), or a customer with all of theirs.

    Shows what it will do first. Run it again to continue an interrupted erasure.
    """
    from brim.core.access import choose_account
    from brim.core.erasure import Target

    async def choose(database: "Database") -> str:
        async with database.connection() as conn:
            return await choose_account(conn, account)

    target = Target(_on_owned(flags, choose), payer, live)
    _run(flags, target, list_path, dry_run=dry_run, confirm=confirm, as_json=as_json)


@click.group()
def erasures() -> None:
    """List erasures of personal data, and repeat them after a restore."""


@erasures.command("list")
@owning_settings
def list_erasures(**flags: str | None) -> None:
    """List erasures, including interrupted ones."""
    from brim.core.erasure import list_erasures as find

    found = _on_owned(flags, find)
    show_table(("target", "status", "rows", "kept until"), [_row(each) for each in found])


@erasures.command("again")
@_list_option
@owning_settings
@encryption_setting
def erase_again(*, list_path: Path, **flags: str | None) -> None:
    """After a restore: carry out every listed erasure that is missing or unfinished in this database.

    Exits with 1 if one is refused.
    """
    from brim.core.erasure import ErasureRefusedError, erase, report_text
    from brim.core.erasure import list_erasures as find

    vault = open_vault(flags)
    done = {each.target for each in _on_owned(flags, find) if each.is_done}
    refused = 0
    for target in dict.fromkeys(_read_list(list_path)):
        if target in done:
            click.echo(f"Done already: {target}")
            continue
        try:
            erased = _on_owned(flags, lambda database, target=target: erase(database, vault, target, **asked_here()))
        except ErasureRefusedError as error:
            refused += 1
            click.echo(f"Error: {error}", err=True)
        else:
            click.echo(report_text(erased))
    if refused:
        sys.exit(1)


def _run(
    flags: Mapping[str, str | None],
    target: "Target",
    list_path: Path,
    *,
    dry_run: bool,
    confirm: str | None,
    as_json: bool,
) -> None:
    from brim.core.erasure import erase, preview, report_json, report_text

    report = report_json if as_json else report_text
    vault = open_vault(flags)
    if dry_run or confirm is None:
        would = _on_owned(flags, lambda database: preview(database, vault, target, **asked_here()))
        click.echo(report(would, is_preview=True))
    if dry_run:
        return
    if (confirm or click.prompt(f"This cannot be undone. Type {target.id} to erase", err=True)) != target.id:
        raise NotConfirmedError(target.id)

    async def work(database: "Database") -> "Erasure":
        from brim.core.erasure import check_erasable

        await check_erasable(database, vault, target, now_ms=asked_here()["now_ms"])
        _add_to_list(list_path, target)
        return await erase(
            database, vault, target, on_step=lambda name: click.echo(f"erasing {name}", err=True), **asked_here()
        )

    click.echo(report(_on_owned(flags, work)))


def _on_owned(flags: Mapping[str, str | None], use: Any) -> Any:
    """Return what a use case answers on the database, reached as the owner of its tables."""
    from brim.host.access import reach_owned

    async def reach() -> Any:
        async with reach_owned(read_settings(flags), say=lambda sentence: click.echo(sentence, err=True)) as database:
            return await use(database)

    return asyncio.run(reach())


def _add_to_list(path: Path, target: "Target") -> None:
    """Add a line before anything is erased, and have it on the disk."""
    line = json_codec.encode_text({"account": target.account, "livemode": target.livemode, "target": target.id})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.absolute().parent)


def _read_list(path: Path) -> Iterator["Target"]:
    """Yield the targets of a list, or of reports: each line is one."""
    from brim.core.erasure import Target

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json_codec.decode(line)
            yield Target(str(found["account"]), str(found["target"]), bool(found["livemode"]))
        except (ValueError, KeyError, TypeError):
            raise UnreadableListError(path, number) from None


def _row(erasure: "Erasure") -> Sequence[str]:
    until = [kept.until for kept in erasure.kept if kept.until]
    status = "done" if erasure.is_done else f"interrupted after {erasure.step or 'nothing'}"
    return str(erasure.target), status, str(sum(erasure.counts.values())), str(max(until)) if until else ""
