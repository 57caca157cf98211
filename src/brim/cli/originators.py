"""Commands for originators: who debits bank accounts, and by which profile."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from brim.base.errors import BrimError
from brim.cli.database import asked_here, show_table, tell_time
from brim.cli.live_money import of_account, on_approval, on_live_money, open_vault, with_secrets

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.originators import Originator
    from brim.core.rails.ach import OriginatorProfile
    from brim.platform.database import Conn

# ruff: noqa: PLC0415  each command loads only what it runs

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDERS: Final = ("outgoing_folder", "incoming_folder", "sftp_records_folder")


class ProfileFileError(BrimError):
    """A file is no profile."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is not a valid originator profile: {reason}.")


@click.group()
def originators() -> None:
    """Manage originators, which debit live bank accounts.

    FILE is TOML with the profile's fields and account_number, the number of your own account at the bank; folders may
    be relative to it. docs/live.md shows one.
    """


@originators.command("list")
@of_account
def list_all(account: str | None, **flags: str | None) -> None:
    """List originators."""
    from brim.core.originators import list_originators

    found = on_live_money(flags, account, list_originators)
    show_table(("id", "status", "bank", "company", "account", "version", "made"), [_row(each) for each in found])


@originators.command("create")
@click.argument("file", type=_FILE)
@with_secrets
def create(file: Path, account: str | None, **flags: str | None) -> None:
    """Create a draft originator from the profile in FILE and show its ID."""
    _save(file, None, account, flags)


@originators.command("update")
@click.argument("originator")
@click.argument("file", type=_FILE)
@with_secrets
def update(originator: str, file: Path, account: str | None, **flags: str | None) -> None:
    """Replace the profile of ORIGINATOR with the one in FILE. account_number is optional.

    An active originator is suspended until it is activated again if money, files or logins would go elsewhere, or if a
    limit is relaxed.
    """
    _save(file, originator, account, flags)


@originators.command("show")
@click.argument("originator")
@of_account
def show(originator: str, account: str | None, **flags: str | None) -> None:
    """Show ORIGINATOR and its profile."""
    import msgspec

    from brim.core.originators import find_originator

    found = on_live_money(flags, account, lambda conn, scope: find_originator(conn, scope, originator))
    rows = [("id", found.id), ("status", found.status), ("account_number", f"ends in {found.last4}")]
    for name, value in msgspec.structs.asdict(found.profile).items():
        text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        rows.append((name, text))
    show_table(("field", "value"), rows)


@originators.command("activate")
@click.argument("originator")
@of_account
def activate(originator: str, account: str | None, **flags: str | None) -> None:
    """Activate ORIGINATOR to collect live top-ups.

    If several operators handle live money, one of them activates it in the dashboard.
    """
    from brim.core.originators import activate_originator

    found = on_approval(
        flags, account, lambda conn, scope, asked: activate_originator(conn, scope, originator, **asked)
    )
    click.echo(f"{found.id} is active.")


@originators.command("suspend")
@click.argument("originator")
@of_account
def suspend(originator: str, account: str | None, **flags: str | None) -> None:
    """Suspend ORIGINATOR: nothing new is collected. Files already sent are still processed."""
    from brim.core.originators import suspend_originator

    found = on_live_money(
        flags, account, lambda conn, scope: suspend_originator(conn, scope, originator, **asked_here())
    )
    click.echo(f"{found.id} is suspended.")


def _save(file: Path, originator: str | None, account: str | None, flags: dict[str, str | None]) -> None:
    from brim.core.direct_debits import save_originator
    from brim.core.originators import ProfileChange

    profile, account_number = _read(file)
    change = ProfileChange(profile, originator_id=originator, account_number=account_number)
    vault = open_vault(flags)
    asked = asked_here()

    async def save(conn: "Conn", scope: "AccountScope") -> "Originator":
        return await save_originator(conn, vault, scope, change, **asked)

    click.echo(on_live_money(flags, account, save).id)


def _read(file: Path) -> tuple["OriginatorProfile", str | None]:
    """Return the profile in a file, and the number of the originator's bank account if it is there.

    Raises:
        ProfileFileError: it cannot be read, or a field is missing, unknown or of another type.
    """
    import msgspec

    from brim.core.rails.ach import OriginatorProfile, is_sftp

    try:
        fields: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        account_number = fields.pop("account_number", None)
        for name in _FOLDERS:
            if isinstance(fields.get(name), str) and not is_sftp(fields[name]):
                fields[name] = str((file.parent / fields[name]).absolute())
        return msgspec.convert(fields, OriginatorProfile), None if account_number is None else str(account_number)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProfileFileError(file, str(error)) from None


def _row(originator: "Originator") -> tuple[str, ...]:
    profile = originator.profile
    return (
        originator.id,
        originator.status,
        profile.odfi_routing_number if profile.sepa is None else profile.sepa.bic,
        profile.company_id if profile.sepa is None else profile.sepa.creditor_identifier,
        f"...{originator.last4}",
        str(originator.version),
        tell_time(originator.created_ms // 1000),
    )
