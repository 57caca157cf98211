"""Where `stripe login` asks for a pairing and asks how it stands: paths that need no key.

Source: the addresses and fields of version 1.52.0 of the official CLI, observed.
"""

import re
from time import monotonic
from typing import Final

from brim.api.framework.call import Service
from brim.api.framework.errors import UnrecognizedUrlError
from brim.api.framework.rate_limits import AddressLimiter
from brim.api.resources.stripe_cli.pairing_wire import PairingAnswer, PairingLinks
from brim.base.json_codec import encode, pretty
from brim.core import pairing
from brim.core.pairing import MAX_A_MINUTE_OF_ONE, TooManyPairingsError, code_of
from brim.http.form import Value, decode_form
from brim.http.message import Reply, Request

PREFIX: Final = "/stripecli/"
AUTH: Final = "/stripecli/auth"
POLL: Final = "/stripecli/auth/{pairing}"
CONFIRM: Final = "/stripecli/confirm_auth"
"""Where a browser is sent: a page of `brim.web`, which shows the parameter `t`, the login's token, as words."""

_POLLED: Final = re.compile(r"/stripecli/auth/(cliauth_\w{1,100})")
_PRIVATE: Final = ["Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff"]


def route_of(path: str) -> str | None:
    """Return the path's name in the metrics; None for a path that is not served here."""
    if path == AUTH:
        return path
    return POLL if _POLLED.fullmatch(path) else None


async def serve(service: Service, request: Request, logins: AddressLimiter) -> Reply:
    """Answer a request to one of these paths; `logins` bounds how many one address begins.

    Raises:
        UnrecognizedUrlError: there is no such path, or it is not asked for in this way.
        BrimError: what the use cases of `core.pairing` refuse.
    """
    if request.path == AUTH:
        return await _begin(service, request, logins)
    return await _poll(service, request)


async def _begin(service: Service, request: Request, logins: AddressLimiter) -> Reply:
    """`POST /stripecli/auth`. What later versions may send beside is passed over."""
    _check_method(request, "POST")
    if not logins.take(service.proxies.address_of(request), now_s=monotonic()):
        raise TooManyPairingsError(MAX_A_MINUTE_OF_ONE)
    form = decode_form(request.body)
    new = await pairing.begin_pairing(
        service.database,
        device=_text(form.get("device_name")),
        client_version=_text(form.get("client_version")),
        now_ms=service.clock(),
    )
    page = service.proxies.base_url(request, own_url=service.own_url)
    api = service.proxies.program_url(request, own_url=service.own_url)
    links = PairingLinks(
        browser_url=f"{page}{CONFIRM}?t={new.token}",
        poll_url=f"{api}{AUTH}/{new.id}?secret={new.poll_secret}",
        verification_code=code_of(new.token),
    )
    return Reply(200, pretty(encode(links)), [*_PRIVATE])


async def _poll(service: Service, request: Request) -> Reply:
    """`GET /stripecli/auth/{pairing}`: how a login stands, and its key once it is approved."""
    place = _POLLED.fullmatch(request.path)
    if place is None:
        raise UnrecognizedUrlError(request.method, request.path)
    _check_method(request, "GET")
    secret = _text(decode_form(request.query).get("secret")) or ""
    redeemed = await pairing.redeem_pairing(service.database, place[1], secret, now_ms=service.clock(), ids=service.ids)
    if redeemed is None:
        answer = PairingAnswer(redeemed=False)
    else:
        answer = PairingAnswer(
            redeemed=True,
            account_id=redeemed.key.key.account,
            account_display_name=redeemed.account_name,
            testmode_key_secret=redeemed.key.secret,
        )
    return Reply(200, pretty(encode(answer)), [*_PRIVATE])


def _check_method(request: Request, method: str) -> None:
    if request.method != method:
        raise UnrecognizedUrlError(request.method, request.path)


def _text(value: "Value | None") -> str | None:
    return value if isinstance(value, str) else None
