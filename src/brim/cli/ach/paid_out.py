"""Commands for reversals and refunds."""

from typing import TYPE_CHECKING, Final

import click

from brim.cli.database import asked_here, on_database, show_table, tell_time
from brim.cli.live_money import live_scope, of_account, on_live_money

if TYPE_CHECKING:
    from brim.core.refunds import Refund
    from brim.core.reversals import Reversal
    from brim.platform.database import Database

# ruff: noqa: PLC0415  each command loads only what it runs


@click.command("reversals")
@click.option(
    "--status",
    type=click.Choice(["requested", "settled", "returned", "missed", "superseded"]),
    help="Only reversals with this status.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_reversals(limit: int, status: str | None, account: str | None, **flags: str | None) -> None:
    """List reversals of debits of --account and of its connected accounts, with their deadlines."""
    from brim.base.paging import PageRequest
    from brim.core import reversals as service

    filters = service.ReversalFilters(status=service.ReversalStatus(status) if status else None)

    async def read(database: "Database") -> "list[Reversal]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await service.list_reversals(database, scope, PageRequest(limit=limit), filters)).items)

    show_table(
        ("id", "debit settled", "cents", "top-up", "reason", "status", "sendable until", "file", "returned"),
        [
            (
                each.id,
                each.debited_on.isoformat(),
                str(each.amount),
                each.topup,
                each.reason or "",
                each.status,
                tell_time(each.sendable_until_ms // 1000),
                each.file or "",
                each.return_code or "",
            )
            for each in on_database(flags, read)
        ],
    )


@click.command("reverse")
@click.argument("topup")
@click.option(
    "--reason",
    type=click.Choice(["wrong_amount", "wrong_receiver", "wrong_date", "duplicate"]),
    required=True,
    help="Why the debit was wrong.",
)
@of_account
def reverse(topup: str, reason: str, account: str | None, **flags: str | None) -> None:
    """Reverse the latest debit of TOPUP within five banking days of its settlement, with the next file."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import request_reversal
    from brim.core.reversals import ReversalReason

    found = on_live_money(
        flags,
        account,
        lambda conn, scope: request_reversal(
            conn, scope, topup, reason=ReversalReason(reason), renderers=WIRE_FORMATS, **asked_here()
        ),
    )
    click.echo(
        f"{found.id} reverses {found.amount} cents of {topup}. It is sent by {tell_time(found.leaves_ms // 1000)}, "
        "in a file that another operator, if there is one, approves."
    )


@click.command("refunds")
@click.option(
    "--status", type=click.Choice(["pending", "succeeded", "failed", "canceled"]), help="Only refunds with this status."
)
@click.option("--topup", metavar="TOPUP", help="Only refunds of this top-up.")
@click.option(
    "--limit",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="The maximum number to list, newest first.",
)
@of_account
def list_refunds(limit: int, status: str | None, topup: str | None, account: str | None, **flags: str | None) -> None:
    """List refunds of top-ups of --account and of its connected accounts, and their outcomes."""
    from brim.base.paging import PageRequest
    from brim.core import refunds as service

    filters = service.RefundFilters(status=service.RefundStatus(status) if status else None, topup=topup)

    async def read(database: "Database") -> "list[Refund]":
        async with database.connection() as conn:
            scope = await live_scope(conn, account)
        return list((await service.list_refunds(database, scope, PageRequest(limit=limit), filters)).items)

    show_table(
        ("id", "cents", "top-up", "status", "leaves by", "file", "booked", "returned", "why"),
        [
            (
                each.id,
                str(each.amount),
                each.topup,
                each.status,
                tell_time(each.leaves_ms // 1000),
                each.file or "",
                each.settled_on.isoformat() if each.settled_on else "",
                each.return_code or "",
                each.failure_reason or "",
            )
            for each in on_database(flags, read)
        ],
    )


@click.command("refund")
@click.argument("topup")
@click.option(
    "--amount",
    metavar="CENTS",
    type=click.IntRange(min=1),
    help="The amount in cents. Default: the rest of the top-up.",
)
@click.option("--description", metavar="TEXT", help="An arbitrary string, shown with the refund.")
@of_account
def refund(topup: str, amount: int | None, description: str | None, account: str | None, **flags: str | None) -> None:
    """Refund TOPUP to its bank account, in full or in part, from the available balance, with the next file."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import RefundRequest, request_refund

    wanted = RefundRequest(amount=amount, description=description)
    found = on_live_money(
        flags,
        account,
        lambda conn, scope: request_refund(conn, scope, topup, wanted, renderers=WIRE_FORMATS, **asked_here()),
    )
    click.echo(
        f"{found.id} refunds {found.amount} cents of {topup}. It is sent by {tell_time(found.leaves_ms // 1000)}, in a "
        "file that another operator, if there is one, approves."
    )


@click.command("cancel-refund")
@click.argument("refund_id", metavar="REFUND")
@of_account
def cancel_refund(refund_id: str, account: str | None, **flags: str | None) -> None:
    """Cancel REFUND, whose file isn't approved yet, and credit the balance again."""
    from brim.api.wire_formats import WIRE_FORMATS
    from brim.core.direct_debits import cancel_refund as cancel

    found = on_live_money(
        flags, account, lambda conn, scope: cancel(conn, scope, refund_id, renderers=WIRE_FORMATS, **asked_here())
    )
    click.echo(f"{found.id} is canceled; the balance of {found.owner} has its {found.amount} cents again.")
    if found.file:
        click.echo(f"{found.file} contains it and must not be sent: void that file.")


COMMANDS: Final = (list_reversals, reverse, list_refunds, refund, cancel_refund)
