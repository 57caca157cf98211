"""Whom the Shell works for."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

import msgspec

from brim.base import json_codec
from brim.core.access import secret_prefix
from brim.http.message import Request
from brim.http.websocket import Socket
from brim.web.api_client import AnsweringApi, Told
from brim.web.shell.failures import UnusableKeyError

DEVELOPER: Final = "developer"
_VIEWER: Final = "viewer"


class ConversingApi(AnsweringApi, Protocol):
    """The API, as the Shell uses it: in process, by its requests and its websocket."""

    async def converse(self, request: Request, socket: Socket) -> None:
        """Accept or refuse a websocket, and serve it to its end; never raises."""
        ...


class ShellSession(Protocol):
    """Somebody at work in one of an account's modes.

    `key` is what the requests carry, so the API decides what they may do; `role` can only take away from that.
    `key_account` is whose key it is, where a platform's key acts for `account`; None for the account's own.
    """

    @property
    def key(self) -> str:
        """The API key's secret."""
        ...

    @property
    def account(self) -> str:
        """The account to work in."""
        ...

    @property
    def key_account(self) -> str | None:
        """Whose key it is, if not the account's own."""
        ...

    @property
    def livemode(self) -> bool:
        """Whether real money is meant."""
        ...

    @property
    def role(self) -> str:
        """What the person may do: admin, developer or viewer."""
        ...

    @property
    def told(self) -> Told | None:
        """Who is told of what they do; None for nobody."""
        ...


FindSession: TypeAlias = Callable[[Request], Awaitable[ShellSession | None]]
"""Returns the session that a websocket's handshake belongs to, None for somebody who is not signed in (any more).

It is asked again every few seconds while a pane is open.
"""


class KeySession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that stands on a key alone."""

    key: str
    account: str
    livemode: bool
    role: str = DEVELOPER
    key_account: str | None = None
    told: Told | None = None


def may_write(session: ShellSession) -> bool:
    """Tell whether requests may change something: in test mode, and never for a viewer."""
    return not session.livemode and session.role != _VIEWER


async def session_of_key(api: AnsweringApi, key: str, visit: Request) -> KeySession:
    """Return the session of a key that somebody gives whose websocket began with the request `visit`.

    Raises:
        UnusableKeyError: the API does not take it; the sentence is the API's.
    """
    key = key.strip()
    if not (key and key.isascii() and key.isprintable()):
        raise UnusableKeyError("Invalid API key. Keys begin with sk_test_ or rk_test_.")
    headers = {b"authorization": f"Bearer {key}".encode()}
    if forwarded := visit.headers.get(b"x-forwarded-for"):  # wrong keys count for the address that tries them
        headers[b"x-forwarded-for"] = forwarded
    reply = await api.handle(Request("GET", "/v1/account", b"", headers, b"", visit.address))
    answer = json_codec.decode(reply.body)
    if reply.status not in {200, 403}:  # 403: a restricted key may not look at the account, but at other things
        raise UnusableKeyError(answer["error"]["message"])
    live = tuple(secret_prefix(livemode=True, restricted=restricted) for restricted in (True, False))
    return KeySession(key=key, account=answer.get("id", ""), livemode=key.startswith(live))
