"""Makes the request that a command means, and sends it to the API in process.

Source: what version 1.52.0 of the official CLI sends, observed: the order of a form, which characters are escaped,
which headers go along.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import msgspec

from brim import __version__
from brim.base import json_codec
from brim.http.form import encode_pairs
from brim.http.message import Reply, Request
from brim.web import api_client as calling
from brim.web.api_client import AnsweringApi
from brim.web.shell.commands import Command, Method
from brim.web.shell.failures import (
    FieldSetTwiceError,
    ReadOnlyError,
    UnconfirmedError,
    UnreadableFieldError,
    UnrecognizedIdError,
    WrongArgumentsError,
)
from brim.web.shell.flags import Parsed, values_by_field
from brim.web.shell.session import ShellSession, may_write

FORM: Final = "application/x-www-form-urlencoded"
USER_AGENT: Final = f"Brim Shell/{__version__}"

_COLLECTIONS: Final = {
    "acct": "accounts",
    "evt": "events",
    "pm": "payment_methods",
    "src": "sources",
    "tok": "tokens",
    "btok": "tokens",
    "tu": "topups",
    "txn": "balance_transactions",
    "we": "webhook_endpoints",
    "clock": "test_helpers/test_clocks",
}
"""Where the object of an id is, by the id's prefix."""

_ID: Final = re.compile(r"([a-z]+)_[A-Za-z0-9]{14,}")
"""Source: the length from which on the official CLI takes a word for an id."""

_IN_PATHS: Final = "/%:@!$&'()*+,;=~"
_IN_QUERIES: Final = _IN_PATHS + "?[]"
_HEADERS: Final = (
    ("idempotency", "Idempotency-Key"),
    ("stripe-account", "Stripe-Account"),
    ("stripe-context", "Stripe-Context"),
    ("stripe-version", "Stripe-Version"),
)

Field: TypeAlias = tuple[str, str | int]

_under_way: Final[set["asyncio.Future[Reply]"]] = set()
"""Requests that were sent; the loop itself would forget those that nobody waits for any more."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is still to be sent. `form` is in the order in which it goes out; `headers` without the key."""

    method: Method
    path: str
    form: tuple[Field, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def encoded(self) -> bytes:
        """The form as it goes out: brackets of names stay, all else is escaped."""
        return encode_pairs((name, str(value)) for name, value in self.form).encode()

    def request(self, session: ShellSession, host: str) -> Request:
        """Return the request with the session's key."""
        acting = {b"stripe-account": session.account.encode()} if session.key_account else {}
        headers = {
            **acting,
            b"authorization": f"Bearer {session.key}".encode("latin-1"),
            b"content-type": FORM.encode(),
            b"host": host.encode("latin-1"),
            b"user-agent": USER_AGENT.encode(),
            **{name.lower().encode(): value.encode("latin-1", "replace") for name, value in self.headers},
        }
        in_body = self.method == "POST"
        path, _, query = self.path.partition("?")
        whole = b"&".join(part for part in (query.encode(), self.encoded) if part)
        return Request(self.method, path, b"" if in_body else whole, headers, self.encoded if in_body else b"")


def ask_operation(command: Command, parsed: Parsed) -> Ask:
    """Return the request of an operation's command.

    Raises:
        WrongArgumentsError: an id is missing or one too many.
        UnconfirmedError: it deletes something, and nobody said that it shall.
        UnreadableFieldError, FieldSetTwiceError: what `-d` gives cannot be sent.
    """
    path = _operation_path(command, parsed.arguments)
    if command.method == "DELETE":
        _check_confirmed(parsed)
    form = _form(parsed, integers={flag.field for flag in command.flags if flag.kind == "integer"})
    if command.words == ("events", "resend") and not parsed.last("webhook-endpoint"):
        form.append(("for_stripecli", "true"))
    return Ask(method=command.method, path=path, form=tuple(form), headers=_headers(parsed))


def ask_plainly(method: Method, parsed: Parsed) -> Ask:
    """Return the request of `get`, `post` or `delete`: its argument is a path or an id.

    Raises:
        WrongArgumentsError, UnconfirmedError, UnreadableFieldError, FieldSetTwiceError: as above.
        UnrecognizedIdError: nothing is known of such ids.
    """
    if len(parsed.arguments) != 1:
        raise WrongArgumentsError(f"stripe {method.lower()}", 1)
    path = _plain_path(parsed.arguments[0])
    if method == "DELETE":
        _check_confirmed(parsed)
    return Ask(method=method, path=path, form=tuple(_form(parsed, integers=set())), headers=_headers(parsed))


async def send(api: AnsweringApi, session: ShellSession, ask: Ask, host: str) -> Reply:
    """Return the API's reply. Whoever stops waiting for it stops no write half-way.

    Raises:
        ReadOnlyError: the request may change something, and the session only reads.
    """
    if ask.method != "GET" and not may_write(session):
        raise ReadOnlyError(ask.method, livemode=session.livemode)
    task = asyncio.ensure_future(calling.ask(api, ask.request(session, host), told=session.told))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return await asyncio.shield(task)


def dry_run(ask: Ask, session: ShellSession, base: str) -> bytes:
    """Return what would be sent, as JSON: what the official CLI prints for `--dry-run`."""
    headers = {"Authorization": f"Bearer {redacted(session.key)}", **dict(ask.headers)}
    if ask.method != "GET":
        headers["Content-Type"] = FORM
    told = {
        "method": ask.method,
        "url": f"{base}{ask.path}",
        "params": _sorted(_nested(ask.form)),
        "headers": _sorted(headers),
    }
    return json_codec.pretty(json_codec.encode({"dry_run": told}))


def redacted(key: str) -> str:
    """Return a key as it may be shown. Source: the form in which the official CLI shows one."""
    return f"{key[:8]}{'*' * 8}{key[-4:]}"


def _operation_path(command: Command, arguments: Sequence[str]) -> str:
    if command.path_without and not arguments:
        return command.path_without
    if len(arguments) != len(command.arguments):
        raise WrongArgumentsError(f"stripe {' '.join(command.words)}", len(command.arguments))
    path = command.path
    for name, given in zip(command.arguments, arguments, strict=True):
        path = path.replace(f"{{{name}}}", quote(given, safe=""))  # an id stays one segment, whatever is in it
    return path


def _plain_path(given: str) -> str:
    """Return the path for what was given: an id, or a path with or without its beginning."""
    found = _ID.fullmatch(given)
    if found:
        if found[1] not in _COLLECTIONS:
            raise UnrecognizedIdError(given)
        return f"/v1/{_COLLECTIONS[found[1]]}/{given}"
    path, question, query = given.partition("?")
    path = f"/{path.lstrip('/')}"
    if not path.startswith(("/v1/", "/v2/")):
        path = f"/v1{path}"
    return f"{quote(path, safe=_IN_PATHS)}{question}{quote(query, safe=_IN_QUERIES)}"


def _check_confirmed(parsed: Parsed) -> None:
    if not (parsed.has("confirm") or parsed.has("dry-run")):
        raise UnconfirmedError


def _form(parsed: Parsed, *, integers: set[str]) -> list[Field]:
    """Return the form: what `-d` gives, then what flags set, then what is to be expanded."""
    form: list[Field] = []
    set_by_flags = values_by_field(parsed)
    for text in parsed.all("data"):
        name, equals, value = text.partition("=")
        if not equals:
            raise UnreadableFieldError(text)
        if name in set_by_flags:
            raise FieldSetTwiceError(name)
        form.append((name, value))
    for name, values in set_by_flags.items():
        form += [(name, int(value) if name in integers else value) for value in values]
    return form + [("expand[]", path) for path in parsed.all("expand")]


def _headers(parsed: Parsed) -> tuple[tuple[str, str], ...]:
    values = ((header, parsed.last(flag)) for flag, header in _HEADERS)
    return tuple((header, value) for header, value in values if value is not None)


def _nested(form: Sequence[Field]) -> dict[str, Any]:
    """Return a form as the object that it means.

    Raises:
        UnreadableFieldError: a name is a value and holds others, too.
    """
    told: dict[str, Any] = {}
    for name, value in form:
        *holders, last = name.replace("]", "").split("[")
        current = told
        for holder in holders if last else holders[:-1]:
            current = current.setdefault(holder, {})
            if not isinstance(current, dict):
                raise UnreadableFieldError(name)
        if last:
            current[last] = value
        else:
            current.setdefault(holders[-1], []).append(value)
    return told


def _sorted(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _sorted(value) if isinstance(value, dict) else value for name, value in sorted(told.items())}
