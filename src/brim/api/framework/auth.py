"""Who is asking: from the Authorization, Stripe-Account and Stripe-Context headers to an account and its key's rights.

What a key may do is remembered for a moment, so that a busy client costs no query for each request and a revoked
key stops working within a second. A refusal is never remembered: an account just made can be reached at once.
"""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

import msgspec

from brim.api.framework.errors import (
    AccountUnreachableError,
    ApiKeyExpiredError,
    InvalidApiKeyError,
    MalformedAuthorizationError,
    MissingApiKeyError,
    PublishableKeyError,
    TwoAccountsError,
)
from brim.base.clock import Clock
from brim.base.scope import AccountScope
from brim.core.access import ApiKey, hash_secret, may_act_for, recognise_key
from brim.http.message import Request
from brim.platform.database import Database

Found = TypeVar("Found")
Known = TypeVar("Known")

# Half of the second within which a revocation must work; the other half is for the look-up itself.
REMEMBERED_MS: Final = 500
# Beyond this many of a kind in memory, forget them all: what a guesser tries is never remembered.
MAX_REMEMBERED: Final = 10_000


def _free_of_charge(_key: ApiKey) -> None:
    """Let the request go on."""


class Grant(msgspec.Struct, frozen=True):
    """A key that was recognised, and the account it acts for in this request."""

    key: ApiKey
    scope: AccountScope


class Authenticator:
    """Recognises keys; one for each process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._keys = _KnownKeys(database, clock)
        self._grants: dict[bytes, Grant] = {}
        self._looking: dict[bytes, asyncio.Future[Grant]] = {}

    def recall(self, request: Request) -> Grant | None:
        """Return the grant of known credentials whose key was seen within the last half second, without any query."""
        grant = self._grants.get(_digest(request))
        return grant if grant and self._keys.is_fresh(grant.key) else None

    def guess_account(self, request: Request) -> str:
        """Return the account that known credentials act for, whether they still do or not; empty for all others."""
        grant = self._grants.get(_digest(request))
        return grant.scope.account if grant else ""

    async def authenticate(self, request: Request, charge: Callable[[ApiKey], None] = _free_of_charge) -> Grant:
        """Return the grant of a request's credentials.

        Args:
            request: the request.
            charge: told of the key before it is looked up whom that may act for; what it raises ends the request.

        Raises:
            MissingApiKeyError: there are none.
            MalformedAuthorizationError: there is no key in the Authorization header.
            InvalidApiKeyError: the key is unknown.
            ApiKeyExpiredError: the key was rolled or revoked.
            PublishableKeyError: the key is a publishable one.
            AccountUnreachableError: the key may not act for the Stripe-Account, or the Stripe-Context.
            TwoAccountsError: these two name different accounts.
        """
        secret = read_credentials(request.header(b"authorization"))
        key = await self._keys.find(hash_secret(secret))
        if key is None:
            raise InvalidApiKeyError(secret)
        if self._keys.has_ended(key):
            raise ApiKeyExpiredError(secret)
        charge(key)
        digest = _digest(request)
        earlier = self._looking.get(digest)
        if earlier is not None:
            # What refused an earlier request may have changed before this one was sent; what granted it holds.
            with suppress(AccountUnreachableError):
                return await asyncio.shield(earlier)
        return await _shared(self._looking, digest, lambda: self._look_up(request, secret, key))

    async def _look_up(self, request: Request, secret: str, key: ApiKey) -> Grant:
        account = _account_asked_for(request, key) or key.account
        digest = _digest(request)
        # An account stays under its platform until it is deleted, which changes the platform's keys: so whom a key may
        # act for is looked up once for each state of the key.
        known = self._grants.get(digest)
        if (known is None or known.key is not key) and not await self._may_act_for(key, account):
            self._grants.pop(digest, None)
            raise AccountUnreachableError(secret, account)
        grant = Grant(key, AccountScope(account, key.livemode))
        _remember(self._grants, digest, grant)
        return grant

    async def _may_act_for(self, key: ApiKey, account: str) -> bool:
        return "\0" not in account and await may_act_for(self._database, key, account)


class _KnownKeys:
    """Keys as they were when they were last looked up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[bytes, tuple[int, ApiKey]] = {}
        self._looking: dict[bytes, asyncio.Future[ApiKey | None]] = {}

    def is_fresh(self, key: ApiKey) -> bool:
        """Tell whether this is the key as it was within the last half second."""
        until_ms, known = self._known.get(key.hash, (0, None))
        return known is key and self._clock() < until_ms

    def has_ended(self, key: ApiKey) -> bool:
        """Tell whether the key was rolled or revoked, and does not work any more."""
        return key.has_ended(self._clock())

    async def find(self, digest: bytes) -> ApiKey | None:
        """Return the key whose SHA-256 is `digest`, None where there is none; one query for all who ask at once."""
        until_ms, known = self._known.get(digest, (0, None))
        if known and self._clock() < until_ms:
            return known
        earlier = self._looking.get(digest)
        # A key may have been made since somebody asked who was told that there is none.
        found = await asyncio.shield(earlier) if earlier else None
        return found or await _shared(self._looking, digest, lambda: self._look_up(digest))

    async def _look_up(self, digest: bytes) -> ApiKey | None:
        until_ms = self._clock() + REMEMBERED_MS
        found = await recognise_key(self._database, digest)
        _, known = self._known.get(digest, (0, None))
        if found == known:
            found = known  # so that grants of it hold
        if found:
            _remember(self._known, digest, (until_ms, found))
        return found


async def _shared(
    looking: "dict[bytes, asyncio.Future[Found]]", digest: bytes, look_up: Callable[[], Coroutine[Any, Any, Found]]
) -> Found:
    """Return what a look-up finds, which all who need it meanwhile share, whoever of them goes away."""
    future = looking.get(digest)
    if future is None:
        future = looking[digest] = asyncio.ensure_future(look_up())
        future.add_done_callback(lambda _: looking.pop(digest, None))
    return await asyncio.shield(future)


def _remember(memory: dict[bytes, Known], digest: bytes, known: Known) -> None:
    if len(memory) >= MAX_REMEMBERED:
        memory.clear()
    memory[digest] = known


def _digest(request: Request) -> bytes:
    """Return what stands for a request's credentials in memory, so that no key is kept there."""
    if request.credentials is None:
        headers = request.headers
        names = (b"authorization", b"stripe-account", b"stripe-context")
        request.credentials = hashlib.sha256(b"\n".join(headers.get(name, b"") for name in names)).digest()
    return request.credentials


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
        MissingApiKeyError: there is no such header, or nothing in it.
        MalformedAuthorizationError: there is no key in it.
        PublishableKeyError: it is a publishable one.
    """
    if not authorization:
        raise MissingApiKeyError
    scheme, _, rest = authorization.partition(" ")
    rest = rest.strip()
    secret = rest if scheme.lower() == "bearer" else ""
    if scheme.lower() == "basic":
        secret, is_pair = _read_user(rest)
        if is_pair and not secret:
            raise MissingApiKeyError
    if not secret:
        raise MalformedAuthorizationError(authorization)
    if secret.startswith("pk_"):
        raise PublishableKeyError
    return secret


def _read_user(pair: str) -> tuple[str, bool]:
    """Return the user's name in the credentials of Basic, and whether they are any."""
    try:
        name, colon, _ = base64.b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", False
    return name, bool(name or colon)
