"""`brim events resend`: lets an event be sent again."""

import click

from brim.cli.options import api_options, open_client


@click.group()
def events() -> None:
    """Have events sent again."""


@events.command()
@click.argument("event_id", metavar="EVENT")
@click.option("--webhook-endpoint", metavar="ENDPOINT", help="Only there; to those who listen just now if left out.")
@click.option("--account", metavar="ACCT", help="Whose event it is, where a platform asks.")
@api_options
def resend(event_id: str, webhook_endpoint: str | None, account: str | None, **flags: str | None) -> None:
    """Have EVENT, such as evt_..., sent again: to one webhook endpoint, or to who listens just now.

    A webhook endpoint gets it with all retries of a new event.
    """
    from urllib.parse import quote  # noqa: PLC0415  the command loads only what it runs

    where = {"webhook_endpoint": webhook_endpoint} if webhook_endpoint else {"for_stripecli": "true"}
    parameters = {**where, **({"account": account} if account else {})}
    event = open_client(flags).post(f"/v1/events/{quote(event_id, safe='')}/retry", parameters)
    click.echo(f"{event['id']} {event['type']} is sent again to {webhook_endpoint or 'who listens just now'}.")
