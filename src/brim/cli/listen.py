"""`brim listen`: shows events as they happen, and passes them on to a local target as a webhook endpoint gets them."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from brim.base.errors import BrimError
from brim.cli.options import api_options, open_client

if TYPE_CHECKING:
    import ssl

    from brim.cli.output_lines import Lines
    from brim.cli.session import Message, Session
    from brim.core.webhooks import Answer, WebhookSender

# ruff: noqa: PLC0415  the command loads only what it runs

FORWARD_WITHIN_S: Final = 30.0
"""Source: how long the official CLI waits for a local target."""


_PAYLOADS: Final = {"webhook_event": "event_payload", "v2_event": "payload"}
"""Where messages about events have the event."""


class UnknownEventTypeError(BrimError):
    """A type of event was asked for that never happens."""

    def __init__(self, given: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(f"--events can't contain {', '.join(given)}: the types are {', '.join(known)}, or * for all.")


class UnusableTargetError(BrimError):
    """Events cannot be passed on to what was given."""

    def __init__(self, given: str, reason: str) -> None:
        super().__init__(f"--forward-to can't be {given!r}: {reason}")


@click.command()
@click.option("--forward-to", metavar="URL", help="Send each event to this URL, signed. http:// is optional.")
@click.option("--events", default="*", metavar="TYPES", help="Only these types, separated by commas. Default: all.")
@click.option("--thin", is_flag=True, help="Thin events: only the ID of the object.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="The output format.")
@click.option("--print-secret", is_flag=True, help="Print the signing secret and exit.")
@click.option("--skip-verify", is_flag=True, help="Don't verify the certificate of an https target.")
@api_options
def listen(
    forward_to: str | None,
    events: str,
    output: str,
    *,
    thin: bool,
    print_secret: bool,
    skip_verify: bool,
    **flags: str | None,
) -> None:
    """Show the events of a running Brim as they happen. Ctrl+C stops it.

    With --forward-to, events are sent to a URL on this computer as to a webhook endpoint, and its responses are
    recorded as attempts. The signing secret (--print-secret) stays the same for an account and computer.
    """
    from brim.cli.output_lines import Lines, tell
    from brim.cli.session import follow, open_session

    wanted, target = read_types(events, thin=thin), forward_to and read_target(forward_to)
    client = open_client(flags)
    feature = "v2_events" if thin else "webhooks"
    if print_secret:
        click.echo(open_session(client, feature).secret)
        return
    lines = Lines()

    def open_one() -> "Session":
        session = open_session(client, feature, forward_to=target)
        tell(_ready(session, target))
        return session

    follow(
        open_one,
        lambda session: (
            Listening(session, lines, wanted, as_json=output == "json", target=target, skip_verify=skip_verify).take
        ),
        tell,
    )


def _ready(session: "Session", target: str | None) -> str:
    where = f"forwarded to {target}, signed (brim listen --print-secret)" if target else "shown here"
    return f"Ready. Events of {session.account} are {where}. Ctrl+C stops it."


def read_types(text: str, *, thin: bool = False) -> frozenset[str] | None:
    """Return the types of events asked for, as snapshots call them; None for all.

    Args:
        text: their names, with commas between.
        thin: whether they may have the names of thin events.

    Raises:
        UnknownEventTypeError: there is no such type.
    """
    from brim.core.events import EventType, snapshot_name
    from brim.core.webhooks import ALL_EVENTS, unknown_events

    names = [part.strip() for part in text.split(",")]
    types = [snapshot_name(name) for name in names] if thin else names
    if unknown := unknown_events(types):
        raise UnknownEventTypeError(unknown, list(EventType))
    return None if ALL_EVENTS in types else frozenset(types)


def read_target(text: str) -> str:
    """Return the URL that events are passed on to; a bare port is one of this computer.

    Raises:
        UnusableTargetError: it is none.
    """
    from brim.platform.egress.targets import TargetBlockedError, parse_target

    address = f"localhost:{text}" if text.partition("/")[0].isdecimal() else text
    url = address if "://" in address else f"http://{address}"
    try:
        parse_target(url)
    except TargetBlockedError as error:
        raise UnusableTargetError(text, error.message) from None
    return url


class Listening:
    """Deals with the events of one session.

    Args:
        session: which.
        lines: where they are shown.
        wanted: their types, None for all.
        as_json: whether a program reads them.
        target: where they are passed on to.
        skip_verify: whether any certificate of the target will do.
    """

    def __init__(
        self,
        session: "Session",
        lines: "Lines",
        wanted: frozenset[str] | None,
        *,
        as_json: bool,
        target: str | None,
        skip_verify: bool = False,
    ) -> None:
        self._session = session
        self._lines = lines
        self._wanted = wanted
        self._as_json = as_json
        self._target = target
        self._tls = _trusting_anybody() if skip_verify else None
        self._poster: WebhookSender | None = None

    async def take(self, message: "Message") -> list["Message"]:
        """Show an event, pass it on, and return what is to be answered for it."""
        from brim.cli.session import acknowledgement

        if message.get("type") not in _PAYLOADS:
            return []
        event = json.loads(_payload(message))
        taken = [acknowledgement(message, event["id"])]
        # Each snapshot comes in two versions for the official CLI to choose from; this is the default one.
        if message.get("endpoint", {}).get("api_version") is not None or not self._wants(event):
            return taken
        self._show(event)
        if self._target:
            taken += await self._pass_on(message, event, self._target)
        return taken

    def _wants(self, event: dict[str, Any]) -> bool:
        from brim.core.events import snapshot_name

        return self._wanted is None or snapshot_name(event["type"]) in self._wanted

    def _show(self, event: dict[str, Any]) -> None:
        if self._as_json:
            self._lines.show_exactly(json.dumps(event))
            return
        is_thin = event["object"] == "v2.core.event"
        about = event["related_object"] if is_thin else event["data"]["object"]
        account = event.get("context" if is_thin else "account") or self._session.account
        kind = about["type" if is_thin else "object"]
        self._lines.show(
            (_now(), "dim"),
            (event["type"], "bold"),
            about.get("id") or kind,  # a balance has no id
            (account, "dim"),
            (event["id"], "dim"),
        )

    async def _pass_on(self, message: "Message", event: dict[str, Any], target: str) -> list["Message"]:
        """Post an event to the local target and return what there is to report of its answer."""
        from brim.base.clock import system_clock_ms

        payload, headers = _payload(message).encode(), message["http_headers"]
        began_ms = system_clock_ms()
        answer = await self._open_poster().post(target, livemode=False, headers=headers, body=payload)
        self._show_answer(answer, target, event["id"], system_clock_ms() - began_ms)
        return [_report(message, event["id"], answer, target)]

    def _show_answer(self, answer: "Answer", target: str, event_id: str, duration_ms: int) -> None:
        from brim.cli.output_lines import status_style, tell

        status = answer.http_status
        outcome = f"[{status}]" if status else f"failed: {answer.error}"
        if self._as_json:
            tell(f"{outcome} POST {target} {duration_ms} ms {event_id}")
            return
        style = status_style(status or 0)
        self._lines.show(
            (_now(), "dim"), (f"  {outcome}", style), f"POST {target}", f"{duration_ms} ms", (event_id, "dim")
        )

    def _open_poster(self) -> "WebhookSender":
        """Return what posts; made where the event loop runs."""
        from ipaddress import ip_network

        from brim.core.webhooks import WebhookSender

        if self._poster is None:
            # Who runs the command chose the target: no address is kept from them.
            everywhere = (ip_network("0.0.0.0/0"), ip_network("::/0"))
            self._poster = WebhookSender(timeout_s=FORWARD_WITHIN_S, allowed=everywhere, tls=self._tls)
        return self._poster


def _trusting_anybody() -> "ssl.SSLContext":
    import ssl

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _payload(message: "Message") -> str:
    """Return the text of the event in a message: what was signed."""
    return str(message[_PAYLOADS[message["type"]]])


def _report(message: "Message", event_id: str, answer: "Answer", target: str) -> "Message":
    """Return what the server is told of a local target's answer, or why there was none."""
    from brim.cli.session import name_of
    from brim.core.stripe_cli import MAX_ERROR

    failure = {"outcome": answer.outcome, "error": (answer.error or "")[:MAX_ERROR]}
    return {
        "brim": failure if answer.http_status is None else None,
        "type": "webhook_response",
        "forward_url": target,
        "status": answer.http_status or 0,
        "http_headers": {},
        "body": (answer.body_head or b"").decode(errors="replace"),
        "request_headers": message["http_headers"],
        "request_body": "",
        "notification_id": event_id,
        "webhook_conversation_id": message.get("webhook_conversation_id", ""),
        "webhook_id": name_of(message),
    }


def _now() -> str:
    from brim.base.clock import system_clock_ms
    from brim.cli.output_lines import clock_time

    return clock_time(system_clock_ms())
