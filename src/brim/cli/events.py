"""`brim events resend`: lets an event be sent again."""

import click

from brim.cli.options import api_options, open_client


@click.group()
def events() -> None:
    """Resend events."""


@events.command()
@click.argument("event_id", metavar="EVENT")
@click.option("--webhook-endpoint", metavar="ENDPOINT", help="The endpoint. Default: current listeners.")
@click.option("--account", metavar="ACCT", help="The connected account whose event it is.")
@api_options
def resend(event_id: str, webhook_endpoint: str | None, account: str | None, **flags: str | None) -> None:
    """Resend EVENT, such as evt_..., to one webhook endpoint or to current listeners.

    To a webhook endpoint, it is retried like a new event.
    """
    from urllib.parse import quote  # noqa: PLC0415  the command loads only what it runs

    where = {"webhook_endpoint": webhook_endpoint} if webhook_endpoint else {"for_stripecli": "true"}
    parameters = {**where, **({"account": account} if account else {})}
    event = open_client(flags).post(f"/v1/events/{quote(event_id, safe='')}/retry", parameters)
    click.echo(f"{event['id']} {event['type']} is being resent to {webhook_endpoint or 'current listeners'}.")
