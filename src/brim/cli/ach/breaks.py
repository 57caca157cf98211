"""Commands for breaks: what does not match."""

import click

from brim.cli.database import show_table, tell_time
from brim.cli.live_money import of_account, on_approval, on_live_money

# ruff: noqa: PLC0415  each command loads only what it runs


@click.group()
def breaks() -> None:
    """List and resolve breaks: differences between the bank's records and the books."""


@breaks.command("list")
@of_account
def list_breaks(account: str | None, **flags: str | None) -> None:
    """List open breaks, oldest first."""
    from brim.core.reconciliation import list_open_breaks

    found = on_live_money(flags, account, lambda conn, scope: list_open_breaks(conn, scope, limit=1000))
    show_table(
        ("id", "opened", "kind", "cents", "what"),
        [
            (each.id, tell_time(each.opened_ms // 1000), each.kind, str(each.amount or ""), each.detail)
            for each in found
        ],
    )


@breaks.command("resolve")
@click.argument("break_id", metavar="BREAK")
@click.option("--resolution", required=True, help="What was found and done about it.")
@of_account
def resolve(break_id: str, resolution: str, account: str | None, **flags: str | None) -> None:
    """Resolve BREAK and record the result.

    Nothing is posted, with one exception: if no statement books a reversal or refund, resolving its break ends it and
    credits the balance again.
    """
    from brim.core.direct_debits import resolve_break

    found = on_approval(
        flags, account, lambda conn, scope, by: resolve_break(conn, scope, break_id, resolution=resolution, **by)
    )
    click.echo(f"{found.id} is resolved.")
