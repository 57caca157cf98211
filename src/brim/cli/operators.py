"""Commands for operators: who may sign in to the pages."""

import sys
from typing import TYPE_CHECKING

import click

from brim.base import json_codec
from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.options import reaching_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from brim.core.audit import AuditEntry
    from brim.core.operators import Operator

# ruff: noqa: PLC0415  each command loads only what it runs

_ROLES = click.Choice(["admin", "developer", "finance", "approver", "viewer"])


@click.group()
def operators() -> None:
    """Manage operators.

    You are prompted for passwords, or they are read from the first line of standard input; they are never arguments.
    EMAIL can also be an operator's ID.
    """


@operators.command("add")
@click.argument("email")
@click.option("--name", metavar="TEXT", help="Their name. Default: the first part of the email address.")
@click.option("--role", type=_ROLES, default="viewer", show_default=True, help="The role.")
@click.option("--no-password", is_flag=True, help="They sign in only with your identity provider.")
@reaching_settings
def add_operator(email: str, name: str | None, role: str, *, no_password: bool, **flags: str | None) -> None:
    """Add an operator and show their ID."""
    from brim.core import operators as service
    from brim.core.operators import Passwords, Role

    wanted = service.NewOperator(
        email=email,
        name=name or email.partition("@")[0],
        role=Role(role),
        password=None if no_password else _ask_password(),
    )
    operator = _change(flags, lambda database, **asked: service.add_operator(database, Passwords(), wanted, **asked))
    click.echo(operator.id)


@operators.command("list")
@reaching_settings
def list_operators(**flags: str | None) -> None:
    """Show all operators."""
    from brim.core import operators as service

    found = on_database(flags, service.list_operators)
    show_table(("id", "email", "name", "role", "codes", "made", "state"), [_row(operator) for operator in found])


@operators.command("disable")
@click.argument("email")
@reaching_settings
def disable_operator(email: str, **flags: str | None) -> None:
    """Disable an operator: signed out everywhere within a second."""
    from brim.core import operators as service

    operator = _change(flags, lambda database, **asked: service.disable_operator(database, email, **asked))
    click.echo(f"{operator.email} is disabled.")


@operators.command("enable")
@click.argument("email")
@reaching_settings
def enable_operator(email: str, **flags: str | None) -> None:
    """Enable a disabled operator."""
    from brim.core import operators as service

    operator = _change(flags, lambda database, **asked: service.enable_operator(database, email, **asked))
    click.echo(f"{operator.email} can sign in again.")


@operators.command("set-role")
@click.argument("email")
@click.argument("role", type=_ROLES)
@reaching_settings
def set_role(email: str, role: str, **flags: str | None) -> None:
    """Change the role of EMAIL."""
    from brim.core import operators as service
    from brim.core.operators import Role

    operator = _change(flags, lambda database, **asked: service.set_role(database, email, Role(role), **asked))
    click.echo(f"{operator.email} now has the {operator.role} role.")


@operators.command("reset-password")
@click.argument("email")
@reaching_settings
def reset_password(email: str, **flags: str | None) -> None:
    """Set a new password for EMAIL and sign them out everywhere."""
    from brim.core import operators as service
    from brim.core.operators import Passwords

    password = _ask_password()
    operator = _change(
        flags, lambda database, **asked: service.reset_password(database, Passwords(), email, password, **asked)
    )
    click.echo(f"{operator.email} has a new password.")


@operators.command("reset-totp")
@click.argument("email")
@reaching_settings
def reset_totp(email: str, **flags: str | None) -> None:
    """Turn off one-time codes for EMAIL, for example after a lost device."""
    from brim.core import operators as service

    operator = _change(flags, lambda database, **asked: service.reset_codes(database, email, **asked))
    click.echo(f"{operator.email} now signs in without a code.")


@operators.command("unbind")
@click.argument("email")
@reaching_settings
def unbind_identity(email: str, **flags: str | None) -> None:
    """Unlink EMAIL from an account at your identity provider. The next account with that email is linked instead.

    The operator is signed out everywhere.
    """
    from brim.core import operators as service

    operator = _change(flags, lambda database, **asked: service.unbind_identity(database, email, **asked))
    click.echo(f"{operator.email} is no longer linked to an account at an identity provider.")


@operators.command("log")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="The maximum number to list.")
@click.option("--actor", metavar="ID", help="Only actions of this operator, API key, job or user: an ID or a name.")
@click.option("--action", metavar="ACTION", help="Only this action, such as api_key.created.")
@click.option("--object", "object_id", metavar="ID", help="Only actions on the object with this ID.")
@click.option("--account", metavar="ACCT", help="Only entries about this account's objects.")
@reaching_settings
def show_log(
    limit: int,
    actor: str | None,
    action: str | None,
    object_id: str | None,
    account: str | None,
    **flags: str | None,
) -> None:
    """Show the newest entries of the audit log: who did what, when and from where."""
    from brim.base.paging import PageRequest
    from brim.core.audit import AuditFilters, list_audit_log

    filters = AuditFilters(actor=actor, action=action, object=object_id, account=account)
    page = on_database(flags, lambda database: list_audit_log(database, PageRequest(limit=limit), filters))
    show_table(
        ("when", "who", "from", "what", "to", "detail", "before", "after"), [_log_row(entry) for entry in page.items]
    )


def _ask_password() -> str:
    """Return a password typed twice on the terminal, or the first line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _change(flags: dict[str, str | None], use: "Callable[..., Awaitable[Operator]]") -> "Operator":
    """Return the operator that a use case answers, which is told by whom it is asked, when, and what makes ids."""
    asked = asked_here()
    return on_database(flags, lambda database: use(database, **asked))


def _row(operator: "Operator") -> tuple[str, ...]:
    codes = "yes" if operator.has_codes else "no"
    state = "active" if operator.disabled_ms is None else f"disabled {tell_time(operator.disabled_ms // 1000)}"
    return operator.id, operator.email, operator.name, operator.role, codes, tell_time(operator.created), state


def _log_row(entry: "AuditEntry") -> tuple[str, ...]:
    who = entry.actor.name or entry.actor.id or entry.actor.kind
    what = (entry.action, entry.object or "", entry.detail or "")
    return (
        tell_time(entry.at_ms // 1000),
        who,
        entry.actor.address or "",
        *what,
        *map(_fields, (entry.before, entry.after)),
    )


def _fields(fields: "Mapping[str, Any] | None") -> str:
    """Return the fields of an entry as compact JSON, nothing where it has none."""
    return json_codec.encode_text(fields) if fields else ""
