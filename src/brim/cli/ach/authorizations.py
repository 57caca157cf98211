"""Commands for what account holders agreed to."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, tell_time
from brim.cli.live_money import of_account, on_live_money, open_vault, with_secrets
from brim.cli.private_files import private_output

if TYPE_CHECKING:
    from brim.base.scope import AccountScope
    from brim.core.originators import Authorization
    from brim.platform.database import Conn

# ruff: noqa: PLC0415  each command loads only what it runs


@click.command()
@click.argument("source")
@click.option("--text", required=True, help="The wording that the account holder agreed to.")
@click.option("--sec-code", type=click.Choice(["PPD", "WEB", "CCD", "CORE", "B2B"]), default="WEB", show_default=True)
@click.option(
    "--mandate-reference",
    metavar="TEXT",
    help="The reference of a mandate (CORE, B2B). Default: the authorization's ID.",
)
@click.option(
    "--last-collected",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="When another system last collected under a mandate, such as 2026-12-01.",
)
@click.option("--one-off", is_flag=True, help="The mandate is for one collection.")
@click.option("--accepted", metavar="TIME", help="When the holder agreed, such as 2026-12-01T10:00:00Z. Default: now.")
@click.option("--evidence", metavar="TEXT", default="", help="The evidence, such as the name of a document.")
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
    """Record that the holder of the live bank account SOURCE of --account authorized debits."""
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


@click.command("confirm-mandate")
@click.argument("authorization", metavar="AUTHORIZATION")
@click.option(
    "--confirmed", metavar="TIME", help="When the debtor confirmed it, such as 2026-12-01T10:00:00Z. Default: now."
)
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


@click.command()
@click.argument("authorization")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the checksum of its member proof.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write. Default: standard output.",
)
@with_secrets
def proof(  # a flag of the command
    authorization: str, output: Path | None, account: str | None, *, as_json: bool, **flags: str | None
) -> None:
    """Export the proof of AUTHORIZATION for a dispute. The export is recorded in the audit log."""
    from brim.api.resources.authorizations.wire import proof_json
    from brim.core.originators import export_proof

    vault = open_vault(flags)
    with private_output(output) as write:
        exported = on_live_money(
            flags, account, lambda conn, scope: export_proof(conn, vault, scope, authorization, **asked_here())
        )
        write(proof_json(exported) + b"\n" if as_json else exported.document.encode())


def _moment_ms(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter("must be a time such as 2026-12-01T10:00:00Z", param_hint="--accepted")
    return int(moment.timestamp() * 1000)


COMMANDS: Final = (authorize, confirm_mandate, proof)
