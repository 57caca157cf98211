"""Commands for incoming transfers and suspense, and for the instructions by which accounts are paid."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from brim.cli.database import asked_here, show_table, tell_time
from brim.cli.live_money import of_account, on_approval, on_live_money, open_vault, with_secrets

if TYPE_CHECKING:
    from typing import Any

    from brim.base.paging import Page
    from brim.base.scope import AccountScope
    from brim.core.push import BankDetails, FundingInstructions, IncomingTransfer, Proposal
    from brim.platform.database import Conn

# ruff: noqa: PLC0415  each command loads only what it runs

_STATUSES = ("suspended", "returning", "credited", "returned", "recalled", "itemized", "all")
_TRANSFER = click.argument("transfer", metavar="ITR")


@click.group("incoming-transfers")
def incoming_transfers() -> None:
    """Show live transfers from customers, and assign or return those in suspense."""


@incoming_transfers.command("list")
@click.option(
    "--status",
    type=click.Choice(_STATUSES),
    default="suspended",
    show_default=True,
    help="Only transfers with this status.",
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The maximum number to list."
)
@click.option("--after", metavar="ITR", help="Start after this ID.")
@of_account
def list_all(status: str, limit: int, after: str | None, account: str | None, **flags: str | None) -> None:
    """List transfers, newest first."""
    from brim.base.paging import PageRequest
    from brim.core.push import TransferStatus, list_transfers

    wanted = None if status == "all" else TransferStatus(status)

    async def read(conn: "Conn", scope: "AccountScope") -> "Page[IncomingTransfer]":
        return await list_transfers(conn, scope, PageRequest(limit=limit, starting_after=after), status=wanted)

    page = on_live_money(flags, account, read)
    show_table(
        ("id", "amount", "currency", "booked", "status", "reason", "suggested", "proposed", "owner"),
        [_row(each) for each in page.items],
    )
    if page.has_more:
        click.echo(f"There are more: --after {page.items[-1].id}", err=True)


def _row(found: "IncomingTransfer") -> tuple[str, ...]:
    return (
        found.id,
        str(found.amount),
        found.currency,
        str(found.booked_on),
        found.status,
        found.reason or "",
        found.owner or ", ".join(dict.fromkeys(each.account for each in found.suggestions)),
        found.proposed or "",
        found.handled_by or "",
    )


@incoming_transfers.command("show")
@_TRANSFER
@of_account
def show(transfer: str, account: str | None, **flags: str | None) -> None:
    """Show transfer ITR: its statement line, and whether it is a top-up, in suspense or sent back."""
    import msgspec

    from brim.core.push import find_transfer

    found = on_live_money(flags, account, lambda conn, scope: find_transfer(conn, scope, transfer))
    shown = {
        name: value for name, value in msgspec.structs.asdict(found).items() if name not in {"scope", "suggestions"}
    }
    for name, value in shown.items():
        if value is not None:
            click.echo(f"{name.removesuffix('_ms'):17} {tell_time(value // 1000) if name.endswith('_ms') else value}")
    for each in found.suggestions:
        click.echo(f"{'suggestion':17} {each.account} by {each.instructions} ({each.because})")


@incoming_transfers.command("assign")
@_TRANSFER
@click.argument("to", metavar="ACCT")
@of_account
def assign(transfer: str, to: str, account: str | None, **flags: str | None) -> None:
    """Propose to credit transfer ITR in suspense to ACCT. Another operator, if any, approves it."""
    from brim.core.push import Proposal

    _propose(flags, account, transfer, Proposal.ASSIGN, to)


@incoming_transfers.command("send-back")
@_TRANSFER
@of_account
def send_back(transfer: str, account: str | None, **flags: str | None) -> None:
    """Propose to send transfer ITR in suspense back. Another operator, if any, approves it."""
    from brim.core.push import Proposal

    _propose(flags, account, transfer, Proposal.SEND_BACK, None)


def _propose(
    flags: Mapping[str, str | None], account: str | None, transfer: str, proposal: "Proposal", owner: str | None
) -> None:
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.push import propose

    async def use(conn: "Conn", scope: "AccountScope", asked: "dict[str, Any]") -> "tuple[IncomingTransfer, int]":
        found = await propose(conn, scope, transfer, proposal, owner=owner, renderers=WIRE_FORMATS, **asked)
        return found, asked["approvers"]

    found, approvers = on_approval(flags, account, use)
    approve_it = f"Approve it: brim incoming-transfers approve {found.id}"
    if approvers > 1:
        approve_it = "An operator has to approve it on the Incoming transfers page."
    click.echo(f"{found.id}: {found.proposed} proposed. {approve_it}")


@incoming_transfers.command("approve")
@_TRANSFER
@of_account
def approve(transfer: str, account: str | None, **flags: str | None) -> None:
    """Approve another operator's proposal for transfer ITR."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.push import TransferStatus
    from brim.core.push import approve as approve_transfer

    async def use(conn: "Conn", scope: "AccountScope", asked: "dict[str, Any]") -> "IncomingTransfer":
        return await approve_transfer(conn, scope, transfer, renderers=WIRE_FORMATS, **asked)

    found = on_approval(flags, account, use)
    if found.status is TransferStatus.RETURNING:
        click.echo(f"Order the payment of {found.amount} {found.currency} at your bank: {found.return_reference}")
    else:
        click.echo(f"{found.id} is {found.topup} of {found.owner}.")


@incoming_transfers.command("decline")
@_TRANSFER
@of_account
def decline(transfer: str, account: str | None, **flags: str | None) -> None:
    """Decline the proposal for transfer ITR, or keep it in suspense if its return payment was not ordered."""
    from brim.core.push import decline as decline_transfer

    async def use(conn: "Conn", scope: "AccountScope", asked: "dict[str, Any]") -> "IncomingTransfer":
        return await decline_transfer(conn, scope, transfer, **asked)

    click.echo(f"{on_approval(flags, account, use).id} is in suspense, without a proposal.")


@incoming_transfers.command("note")
@_TRANSFER
@click.argument("text")
@click.option("--owner", help="The new owner.")
@of_account
def note(transfer: str, text: str, owner: str | None, account: str | None, **flags: str | None) -> None:
    """Set TEXT as the note on transfer ITR."""
    import msgspec

    from brim.core.push import annotate

    handled_by = msgspec.UNSET if owner is None else owner
    found = on_live_money(
        flags,
        account,
        lambda conn, scope: annotate(conn, scope, transfer, handled_by=handled_by, note=text, **asked_here()),
    )
    click.echo(f"{found.id} is updated.")


@incoming_transfers.command("instructions")
@click.argument("of", metavar="ACCT")
@click.option("--amount", type=click.IntRange(1), help="For a single payment of this amount, in cents.")
@click.option("--description", help="A description of the top-ups.")
@with_secrets
def instructions(
    of: str, amount: int | None, description: str | None, account: str | None, **flags: str | None
) -> None:
    """Show the bank details and reference for transfers to ACCT; create them if there are none."""
    from brim.base.scope import AccountScope
    from brim.core.push import NewInstructions, create_instructions, read_bank_details

    vault = open_vault(flags)
    wanted = NewInstructions(currency="usd", amount=amount, description=description)

    async def use(conn: "Conn", scope: "AccountScope") -> "tuple[FundingInstructions, BankDetails]":
        made = await create_instructions(conn, AccountScope(of, scope.livemode), wanted, **asked_here())
        return made, await read_bank_details(conn, vault, made)

    made, details = on_live_money(flags, account, use)
    for name, value in details._asdict().items():
        click.echo(f"{name.replace('_', ' '):20} {value}")
    click.echo(f"{'reference':20} {made.reference}")
    if made.amount is not None:
        click.echo(f"{'amount':20} {made.amount}")
