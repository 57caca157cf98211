"""Commands of `brim keys` for the encryption keys: which are in use, and their change."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from brim.cli.database import asked_here, on_database, show_table
from brim.cli.live_money import open_vault
from brim.cli.options import encryption_setting, reaching_settings

if TYPE_CHECKING:
    from collections import Counter

    from brim.platform.vault import Vault

# ruff: noqa: PLC0415  each command loads only what it runs


@click.command("encryption")
@reaching_settings
@encryption_setting
def show_encryption(**flags: str | None) -> None:
    """Show the encryption keys, how many secrets each has sealed, and which may be taken away.

    It exits with 1 when there are secrets whose key is missing.
    """
    vault = open_vault(flags)
    counts = _count(flags)
    show_table(("key", "from", "it", "secrets", "may be taken away"), list(_rows(vault, counts)))
    missing = sorted(key_id for key_id in counts if key_id and key_id not in vault.key_ids)
    for key_id in missing:
        click.echo(
            f"Error: {counts[key_id]} secrets were sealed with key {key_id}, which is not among those configured.",
            err=True,
        )
    if counts[None]:
        click.echo("An earlier version sealed without naming the key; brim keys rotate-encryption names it.", err=True)
    if missing:
        sys.exit(1)


@click.command("rotate-encryption")
@reaching_settings
@encryption_setting
def rotate_encryption(**flags: str | None) -> None:
    """Encrypt every stored secret anew, under the key that seals now, while Brim runs.

    It goes on where it was when it is run again after an interruption. Afterwards the other keys may be taken away.
    """
    from brim.core.encryption import rotate_encryption as rotate

    vault = open_vault(flags)
    with _progress("Encrypting anew") as on_progress:
        done = on_database(flags, lambda database: rotate(database, vault, on_progress=on_progress, **asked_here()))
    click.echo(f"{done.secrets} secrets, {done.renewed} of them encrypted anew; the key is {vault.key_ids[0]}.")
    if done.left:
        _tell_left(done.left)
        sys.exit(1)


COMMANDS = (show_encryption, rotate_encryption)


def _count(flags: Mapping[str, str | None]) -> "Counter[str | None]":
    """Return how many secrets were sealed with each key."""
    from brim.core.encryption import count_secrets

    with _progress("Counting secrets") as on_progress:
        return on_database(flags, lambda database: count_secrets(database, on_progress=on_progress))


def _rows(vault: "Vault", counts: "Counter[str | None]") -> Iterator[tuple[str, ...]]:
    """Yield each key that there is, and each that secrets name."""
    for position, key_id in enumerate(vault.key_ids):
        is_free = position > 0 and not counts[key_id] and not counts[None]
        yield key_id, "setting", "opens" if position else "seals", str(counts[key_id]), "yes" if is_free else "no"
    for named, count in sorted(counts.items(), key=lambda item: item[0] or ""):
        if named is None and count:
            yield "not named", "", "opens", str(count), "no"
        elif named and named not in vault.key_ids:
            yield named, "", "is missing", str(count), "no"


def _tell_left(left: "Mapping[str | None, int]") -> None:
    for key_id, count in left.items():
        click.echo(f"Error: {count} secrets are still sealed with {key_id or 'a key that is not named'}.", err=True)
    click.echo(
        "A running process seals with another key. Start all of them again with the new key in front, then run this "
        "again; take no key away before.",
        err=True,
    )


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """Yield what shows a count on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _count: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda count: progress.update(task, completed=count)
