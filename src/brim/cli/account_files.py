"""Commands of `brim accounts` that write an account into a file, check it, and bring it into another Brim."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from brim.base.errors import BrimError
from brim.cli.database import asked_here, on_database
from brim.cli.options import encryption_setting, reaching_settings

if TYPE_CHECKING:
    from brim.core.portability import Checked, ExportSecret, Manifest

# ruff: noqa: PLC0415  each command loads only what it runs

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_CONNECTED: Final = "Include its connected accounts."


class TwoSecretsError(BrimError):
    """A key file and a passphrase were named for one file."""

    def __init__(self) -> None:
        super().__init__("Pass either --key-file or --passphrase-file, not both.")


def _with_export_key(command: Command) -> Command:
    """Give a command the flags that say what a file is encrypted with."""
    command = click.option(
        "--passphrase-file", type=_FILE, metavar="FILE", help="A file whose first line is the passphrase."
    )(command)
    return click.option(
        "--key-file",
        type=_FILE,
        metavar="FILE",
        help="A file with a key of 32 bytes in URL-safe base64. Without a flag, you are prompted for a passphrase.",
    )(command)


@click.command("export")
@click.argument("account")
@click.option("--to", type=_NEW_FILE, required=True, metavar="FILE", help="The file to write; it must not exist.")
@click.option("--with-connected", is_flag=True, help=_CONNECTED)
@click.option("--for-reading", is_flag=True, help="Without encryption and secrets: readable, but can't be imported.")
@_with_export_key
@encryption_setting
@reaching_settings
def export(
    account: str,
    *,
    to: Path,
    with_connected: bool,
    for_reading: bool,
    key_file: Path | None,
    passphrase_file: Path | None,
    **flags: str | None,
) -> None:
    """Export ACCOUNT and all its data to an encrypted file, while Brim runs."""
    from brim.cli.live_money import open_vault
    from brim.core.portability import export_account
    from brim.platform.vault import Vault

    secret = None if for_reading else _secret(key_file, passphrase_file, is_new=True)
    vault = Vault([]) if for_reading else open_vault(flags)
    with _progress("Exporting") as on_rows:
        done = on_database(
            flags,
            lambda database: export_account(
                database,
                vault,
                to,
                account,
                secret=secret,
                with_connected=with_connected,
                on_rows=on_rows,
                **asked_here(),
            ),
        )
    _show(done.manifest, done.sha256)
    if secret is not None:
        _show_refusals(done.manifest.refusals)


@click.command("import")
@click.argument("file", type=_FILE)
@click.option("--platform", metavar="ACCT", help="The platform account here whose keys can act for it.")
@click.option("--as-first", is_flag=True, help="Allow it to become the platform account of this installation.")
@click.option("--with-keys", is_flag=True, help="Keep its API keys working here.")
@_with_export_key
@encryption_setting
@reaching_settings
def import_(
    file: Path,
    *,
    platform: str | None,
    as_first: bool,
    with_keys: bool,
    key_file: Path | None,
    passphrase_file: Path | None,
    **flags: str | None,
) -> None:
    """Import the account in FILE into this installation, as a whole or not at all."""
    from brim.cli.live_money import open_vault
    from brim.core.portability import ImportChoices, import_account

    secret = _secret(key_file, passphrase_file, is_new=False)
    vault = open_vault(flags)
    choices = ImportChoices(platform=platform, as_first=as_first, with_keys=with_keys)
    with _progress("Importing") as on_rows:
        done = on_database(
            flags,
            lambda database: import_account(database, vault, file, secret, choices, on_rows=on_rows, **asked_here()),
        )
    _show(done.manifest, done.sha256)
    click.echo("Imported. Run brim verify --chain to verify its books here.")
    if not with_keys:
        click.echo(f"It has no API keys yet: brim keys create --account {done.manifest.header.account}", err=True)


@click.command("check-export")
@click.argument("file", type=_FILE)
@_with_export_key
def check_export(file: Path, *, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Check every byte of the export in FILE; exit with 1 if it can't be imported."""
    from brim.core.portability import check_export as check

    done = _check(file, check, key_file, passphrase_file)
    _show(done.manifest, done.sha256)
    refusals = done.live.reasons
    _show_refusals(refusals)
    if refusals:
        raise SystemExit(1)


@click.command("open-export")
@click.argument("file", type=_FILE)
@click.option("--to", type=_NEW_FILE, required=True, metavar="FILE", help="The tar file to write.")
@_with_export_key
def open_export(file: Path, *, to: Path, key_file: Path | None, passphrase_file: Path | None) -> None:
    """Decrypt FILE into a tar file of JSON Lines; the secrets in it stay encrypted."""
    import os

    from brim.core.portability import FileExistsAlreadyError
    from brim.core.portability import open_export as decrypt

    secret = _secret(key_file, passphrase_file, is_new=False)
    try:
        with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as archive:  # noqa: PTH123  a mode
            decrypt(file, secret, archive.write)
    except FileExistsError:
        raise FileExistsAlreadyError(to) from None
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    click.echo(f"{to} contains unencrypted personal data.", err=True)


@click.command("close")
@click.argument("account")
@click.option("--with-connected", is_flag=True, help=_CONNECTED)
@reaching_settings
def close(account: str, *, with_connected: bool, **flags: str | None) -> None:
    """Close ACCOUNT to new top-ups, in both modes, before you move it elsewhere. Pending ones are completed."""
    _set_closed(account, flags, is_closed=True, with_connected=with_connected)


@click.command("reopen")
@click.argument("account")
@click.option("--with-connected", is_flag=True, help=_CONNECTED)
@reaching_settings
def reopen(account: str, *, with_connected: bool, **flags: str | None) -> None:
    """Reopen the closed ACCOUNT to top-ups."""
    _set_closed(account, flags, is_closed=False, with_connected=with_connected)


COMMANDS: Final = (export, import_, check_export, open_export, close, reopen)


def _set_closed(account: str, flags: dict[str, str | None], *, is_closed: bool, with_connected: bool) -> None:
    from brim.core.account_closing import set_closed

    done = on_database(
        flags,
        lambda database: set_closed(
            database, account, is_closed=is_closed, with_connected=with_connected, **asked_here()
        ),
    )
    for each in done:
        click.echo(f"{each} is {'closed' if is_closed else 'open'}.")


def _check(
    file: Path,
    check: "Callable[[Path, ExportSecret | None], Checked]",
    key_file: Path | None,
    passphrase_file: Path | None,
) -> "Checked":
    """Return what is in a file; one for reading is not encrypted, so nothing is asked for."""
    from brim.core.portability import is_encrypted

    return check(file, _secret(key_file, passphrase_file, is_new=False) if is_encrypted(file) else None)


def _secret(key_file: Path | None, passphrase_file: Path | None, *, is_new: bool) -> "ExportSecret":
    from brim.core.portability import ExportSecret

    if key_file and passphrase_file:
        raise TwoSecretsError
    if key_file:
        return ExportSecret(key_file.read_text(encoding="utf-8"), is_passphrase=False)
    if passphrase_file:
        first, *_ = [*passphrase_file.read_text(encoding="utf-8").splitlines(), ""]
        return ExportSecret(first, is_passphrase=True)
    asked = click.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new, err=True)
    return ExportSecret(asked, is_passphrase=True)


def _show(manifest: "Manifest", sha256: str) -> None:
    header = manifest.header
    rows: dict[str, int] = {}
    for part in manifest.parts:
        table = part.name.partition("/")[0]
        rows[table] = rows.get(table, 0) + part.rows
    for table, count in rows.items():
        click.echo(f"{table:26} {count:>12}")
    exported = datetime.fromtimestamp(header.exported_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    click.echo(f"{len(header.accounts)} accounts, {manifest.total.rows} rows, exported {exported}")
    click.echo(f"SHA-256 {sha256}")


def _show_refusals(refusals: list[str]) -> None:
    if refusals:
        click.echo("It can't be imported, because its live money is still being processed at the source:", err=True)
    for reason in refusals:
        click.echo(f"  {reason}", err=True)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import Progress, TextColumn

    columns = (TextColumn("{task.description} {task.completed:,.0f} rows"),)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda rows: progress.update(task, completed=rows)
