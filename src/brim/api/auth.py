"""Who is asking: from the Authorization, Stripe-Account and Stripe-Context headers to an owner and what the key allows.

What a key may do is remembered for a moment, so that a busy client costs no query for each request and a revoked
key stops working within a second. A refusal is never remembered: an account just made can be reached at once.
"""

import asyncio
import base64
import binascii
import hashlib
from contextlib import suppress
from typing import Final

import msgspec

from brim.api.errors import (
    AccountUnreachableError,
    ApiKeyExpiredError,
    InvalidApiKeyError,
    MissingApiKeyError,
    PublishableKeyError,
    TwoAccountsError,
)
from brim.api.message import Request
from brim.domain.keys import ApiKey
from brim.domain.topups import Owner
from brim.kit.clock import Clock
from brim.services.recognition import may_act_for, recognise_key
from brim.store.database import Database

# Half of the second within which a revocation must work; the other half is for the look-up itself.
REMEMBERED_MS: Final = 500
# Beyond this many different credentials in memory, forget them all: a guesser's are never remembered.
MAX_REMEMBERED: Final = 10_000


class Grant(msgspec.Struct, frozen=True):
    """A key that was recognised, and the owner it acts for in this request."""

    key: ApiKey
    owner: Owner


class Authenticator:
    """Recognises keys; one for each process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._remembered: dict[bytes, tuple[int, Grant]] = {}
        self._looking: dict[bytes, asyncio.Future[Grant]] = {}

    def recall(self, request: Request) -> Grant | None:
        """Return the grant of credentials seen within the last half second, without any query."""
        known = self._remembered.get(_digest(request))
        return known[1] if known and self._clock() < known[0] else None

    async def authenticate(self, request: Request) -> Grant:
        """Return the grant of a request's credentials.

        Raises:
            MissingApiKeyError: there are none.
            InvalidApiKeyError: the key is unknown.
            ApiKeyExpiredError: the key was rolled or revoked.
            PublishableKeyError: the key is a publishable one.
            AccountUnreachableError: the key may not act for the Stripe-Account, or the Stripe-Context.
            TwoAccountsError: these two name different accounts.
        """
        digest = _digest(request)
        earlier = self._looking.get(digest)
        if earlier is not None:
            # What refused an earlier request may have changed before this one was sent; what granted it holds.
            with suppress(InvalidApiKeyError, AccountUnreachableError):
                return await asyncio.shield(earlier)
        return await asyncio.shield(self._looking.get(digest) or self._start_looking(digest, request))

    def _start_looking(self, digest: bytes, request: Request) -> "asyncio.Future[Grant]":
        """Return a look-up under way, which equal requests that come meanwhile share."""
        looking = asyncio.ensure_future(self._look_up(request))
        self._looking[digest] = looking
        looking.add_done_callback(lambda _: self._looking.pop(digest, None))
        return looking

    async def _look_up(self, request: Request) -> Grant:
        secret = read_credentials(request.header(b"authorization"))
        now_ms = self._clock()
        key = await recognise_key(self._database, hashlib.sha256(secret.encode()).digest())
        if key is None:
            raise InvalidApiKeyError(secret)
        if key.expires_ms is not None and key.expires_ms <= now_ms:
            raise ApiKeyExpiredError(secret)
        account = _account_asked_for(request, key) or key.account
        if "\0" in account or not await may_act_for(self._database, key, account):
            raise AccountUnreachableError(secret, account)
        grant = Grant(key, Owner(account, key.livemode))
        if len(self._remembered) >= MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[_digest(request)] = (now_ms + REMEMBERED_MS, grant)
        return grant


def _digest(request: Request) -> bytes:
    """Return what stands for a request's credentials in memory, so that no key is kept there."""
    headers = request.headers
    names = (b"authorization", b"stripe-account", b"stripe-context")
    return hashlib.sha256(b"\n".join(headers.get(name, b"") for name in names)).digest()


def _account_asked_for(request: Request, key: ApiKey) -> str | None:
    """Return the account that a request names: alone, or at the end of a context that leads to it from the key's own.

    Raises:
        TwoAccountsError: the two headers name different ones.
    """
    account = request.header(b"stripe-account")
    context = (request.header(b"stripe-context") or "").removeprefix(f"{key.account}/")
    if account and context and account != context:
        raise TwoAccountsError
    return account or context


def read_credentials(authorization: str | None) -> str:
    """Return the key in an Authorization header: Bearer, or Basic with the key as user name.

    Raises:
        MissingApiKeyError: there is none.
        PublishableKeyError: it is a publishable one.
    """
    scheme, _, rest = (authorization or "").partition(" ")
    rest = rest.strip()
    secret = ""
    if scheme.lower() == "bearer":
        secret = rest
    elif scheme.lower() == "basic":
        try:
            secret = base64.b64decode(rest, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            secret = ""
    if not secret:
        raise MissingApiKeyError
    if secret.startswith("pk_"):
        raise PublishableKeyError
    return secret
