"""Commands of `brim keys` for the encryption keys: which are in use, their change, and who wraps them."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from brim.base.clock import system_clock_ms
from brim.base.errors import BrimError
from brim.cli.database import asked_here, on_database, show_table
from brim.cli.live_money import open_keyring, plain_keys
from brim.cli.options import encryption_setting, kms_settings, reaching_settings, read_settings
from brim.platform.settings import parse_duration

if TYPE_CHECKING:
    from collections import Counter

    from brim.core.encryption import Keyring
    from brim.platform.kms import Kms

# ruff: noqa: PLC0415  each command loads only what it runs


class NoKmsError(BrimError):
    """A command is about data keys, and no key management system is named."""

    def __init__(self) -> None:
        super().__init__("No key management system is configured. Set --pkcs11-module and the other --pkcs11 settings.")


@click.command("encryption")
@reaching_settings
@encryption_setting
def show_encryption(**flags: str | None) -> None:
    """Show the encryption keys, how many secrets each has encrypted, and which can be removed.

    It exits with 1 when there are secrets whose key is missing.
    """
    keyring = open_keyring(flags)
    counts = _count(flags)
    show_table(("key", "source", "use", "secrets", "removable"), list(_rows(keyring, counts)))
    missing = sorted(key_id for key_id in counts if key_id and key_id not in keyring.vault.key_ids)
    for key_id in missing:
        click.echo(
            f"Error: {counts[key_id]} secrets were encrypted with key {key_id}, which isn't configured.",
            err=True,
        )
    if counts[None]:
        click.echo(
            "Some secrets were encrypted by an earlier version that didn't record the key. Run brim keys "
            "rotate-encryption to record it.",
            err=True,
        )
    if missing:
        sys.exit(1)


@click.command("rotate-encryption")
@reaching_settings
@encryption_setting
def rotate_encryption(**flags: str | None) -> None:
    """Re-encrypt all stored secrets with the current key, while Brim runs.

    If interrupted, run it again to continue. Afterwards the other keys can be removed.
    """
    from brim.core.encryption import rotate_encryption as rotate

    keyring = open_keyring(flags)
    if keyring.settles_in_s:
        click.echo(f"Switching keys; waiting {keyring.settles_in_s:.0f} s for every process to follow.", err=True)
        time.sleep(keyring.settles_in_s)
        keyring = open_keyring(flags)
    vault = keyring.vault
    with _progress("Re-encrypting") as on_progress:
        done = on_database(flags, lambda database: rotate(database, vault, on_progress=on_progress, **asked_here()))
    click.echo(f"{done.secrets} secrets, {done.renewed} of them re-encrypted with the key {vault.key_ids[0]}.")
    if done.left:
        _tell_left(done.left)
        sys.exit(1)


@click.command("create-kms-key")
@kms_settings
def create_kms_key(**flags: str | None) -> None:
    """Create the key that wraps data keys, in the key management system."""
    kms = _kms(flags)
    kms.make_key()
    click.echo(f"The key {kms.key} is created. It can't be exported.")


@click.command("create-data-key")
@click.option(
    "--after", metavar="DURATION", help="How long earlier keys still encrypt. Default: 30s, or 0s for the first key."
)
@reaching_settings
@encryption_setting
def create_data_key(after: str | None, **flags: str | None) -> None:
    """Create a data key. Running processes encrypt with it after 30 seconds; earlier keys still decrypt."""
    from brim.core.encryption import SEALS_AFTER_MS
    from brim.core.encryption import create_data_key as create

    after_ms = SEALS_AFTER_MS if after is None else _milliseconds(after)
    kms, has_plain = _kms(flags), bool(plain_keys(flags))
    made = on_database(
        flags, lambda database: create(database, kms, has_plain=has_plain, after_ms=after_ms, **asked_here())
    )
    click.echo(made.id)


@click.command("rewrap-data-keys")
@reaching_settings
@encryption_setting
def rewrap_data_keys(**flags: str | None) -> None:
    """Rewrap every data key with the key of --pkcs11-key."""
    from brim.core.encryption import rewrap_data_keys as rewrap

    kms = _kms(flags)
    count = on_database(flags, lambda database: rewrap(database, kms, **asked_here()))
    click.echo(f"{count} data keys are rewrapped with {kms.key}.")


@click.command("retire-data-keys")
@reaching_settings
@encryption_setting
def retire_data_keys(**flags: str | None) -> None:
    """Encrypt with the first key of --encryption-key again. Data keys still decrypt what they encrypted."""
    from brim.core.encryption import retire_data_keys as retire

    has_plain = bool(plain_keys(flags))
    count = on_database(flags, lambda database: retire(database, has_plain=has_plain, **asked_here()))
    click.echo(f"{count} data keys no longer encrypt.")


@click.command("remove-data-key")
@click.argument("key_id")
@reaching_settings
@encryption_setting
def remove_data_key(key_id: str, **flags: str | None) -> None:
    """Remove the data key KEY_ID; refused while it is in use."""
    from brim.core.encryption import remove_data_key as remove

    has_plain = bool(plain_keys(flags))
    on_database(flags, lambda database: remove(database, key_id, has_plain=has_plain, **asked_here()))
    click.echo(f"{key_id} is removed.")


COMMANDS = (
    show_encryption,
    rotate_encryption,
    create_kms_key,
    create_data_key,
    rewrap_data_keys,
    retire_data_keys,
    remove_data_key,
)


def _kms(flags: Mapping[str, str | None]) -> "Kms":
    from brim.platform.kms import kms_of

    kms = kms_of(read_settings(flags))
    if kms is None:
        raise NoKmsError
    return kms


def _count(flags: Mapping[str, str | None]) -> "Counter[str | None]":
    """Return how many secrets were sealed with each key."""
    from brim.core.encryption import count_secrets

    with _progress("Counting secrets") as on_progress:
        return on_database(flags, lambda database: count_secrets(database, on_progress=on_progress))


def _rows(keyring: "Keyring", counts: "Counter[str | None]") -> Iterator[tuple[str, ...]]:
    """Yield each key that there is, and each that secrets name."""
    data_keys = {key.id: key for key in keyring.data_keys}
    for position, key_id in enumerate(keyring.vault.key_ids):
        data_key = data_keys.get(key_id)
        source = f"data key, wrapped by {data_key.kms_key}" if data_key else "setting"
        waits_ms = data_key.seals_from_ms - system_clock_ms() if data_key and data_key.retired_ms is None else 0
        does = "encrypts" if not position else f"encrypts in {-(-waits_ms // 1000)} s" if waits_ms > 0 else "decrypts"
        is_free = does == "decrypts" and not counts[key_id] and not counts[None]
        yield key_id, source, does, str(counts[key_id]), "yes" if is_free else "no"
    for named, count in sorted(counts.items(), key=lambda item: item[0] or ""):
        if named is None and count:
            yield "not recorded", "", "decrypts", str(count), "no"
        elif named and named not in keyring.vault.key_ids:
            yield named, "", "missing", str(count), "no"


def _tell_left(left: "Mapping[str | None, int]") -> None:
    for key_id, count in left.items():
        click.echo(f"Error: {count} secrets are still encrypted with {key_id or 'an unrecorded key'}.", err=True)
    click.echo(
        "A running process still encrypts with another key. Restart all of them with the new key first, then "
        "run this again. Don't remove any key before.",
        err=True,
    )


def _milliseconds(text: str) -> int:
    try:
        return round(parse_duration(text) * 1000)
    except ValueError:
        raise click.BadParameter(f"{text!r} must be a duration such as 30s or 5m", param_hint="--after") from None


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
