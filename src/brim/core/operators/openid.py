"""Signs operators in by a provider of OpenID Connect: the authorization code flow with PKCE and a nonce.

What has to be known again when the browser comes back travels with it, sealed, in a cookie of a few minutes: so any
process can go on, and nobody can finish what another browser began.
"""

import asyncio
import base64
import hmac
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote_plus

import msgspec

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.base.ids import IdFactory, random_base62
from brim.core.accounts import RandomText
from brim.core.audit import Action, Actor, ActorKind, ObjectType, record
from brim.core.operators import identity_store as operator_identities
from brim.core.operators import store as operators
from brim.core.operators.openid_rules import (
    AUTHORIZATION_KEPT_MS,
    SIGNATURES,
    AuthorizationExpiredError,
    AuthorizationRequest,
    Identity,
    IdentityMismatchError,
    NoOperatorError,
    Person,
    Provider,
    ProviderFailedError,
    UnverifiedEmailError,
    authorization_url,
    person_of,
)
from brim.core.operators.passwords import Passwords
from brim.core.operators.rules import Operator, OperatorDisabledError, OperatorExistsError, Role, normalise_email
from brim.core.operators.service import NewOperator, add_operator
from brim.core.operators.sign_in_rules import TOKEN_CHARS
from brim.platform.database import Conn, Database
from brim.platform.egress.operator_server import Fetch, FetchFailedError, fetch
from brim.platform.settings import Settings
from brim.platform.vault import MisplacedSecretError, SecretUnreadableError, Vault

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

# ruff: noqa: PLC0415  joserfc is loaded when somebody comes back from a provider, and few installations have one

PLACE: Final = "openid"
_KEPT_MS: Final = 3600 * 1000
"""How long what the provider says of itself is believed; its keys are asked for anew when one is missing."""

_CLOCKS_DIFFER_S: Final = 60
_NO_BODY: Final = "its response can't be read."


class MissingClientIdError(BrimError):
    """There is a provider, and nothing that it knows us by."""

    def __init__(self) -> None:
        super().__init__("BRIM_OIDC_ISSUER is set, so BRIM_OIDC_CLIENT_ID is required.")


class Client(NamedTuple):
    """What the settings say: the provider, what it knows us by, and what whom only it knows becomes."""

    issuer: str
    client_id: str
    client_secret: str | None
    default_role: Role | None


class AuthorizationRedirect(NamedTuple):
    """Where a browser is sent to, and what its cookie carries meanwhile."""

    url: str
    state_cookie: str


def client_of(settings: Settings) -> Client | None:
    """Return what the settings say of a provider, None when there is none.

    Raises:
        MissingClientIdError: they say half of it.
    """
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_client_id is None:
        raise MissingClientIdError
    role = settings.oidc_default_role
    return Client(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, Role(role) if role else None
    )


class OpenId:
    """One process's way to sign operators in by a provider.

    Args:
        database: where operators are.
        vault: seals what travels with a browser.
        client: what the settings say.
        ids: makes the ids of operators and of the audit log's lines.
        ask: asks the provider.
        random_text: where chance comes from.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        client: Client,
        *,
        ids: IdFactory,
        ask: Fetch = fetch,
        random_text: RandomText = random_base62,
    ) -> None:
        self._database = database
        self._vault = vault
        self._client = client
        self._ids = ids
        self._ask = ask
        self._random_text = random_text
        self._provider: tuple[int, Provider] | None = None
        self._keys: KeySet | None = None

    async def begin(self, redirect_uri: str, *, now_ms: int) -> AuthorizationRedirect:
        """Return where to send a browser, and what its cookie carries until it comes back to `redirect_uri`.

        Raises:
            ProviderFailedError: the provider says nothing of itself.
            NoEncryptionKeyError: the server can seal nothing.
        """
        provider = await self._describe(now_ms)
        authorization = AuthorizationRequest(
            state=self._random_text(TOKEN_CHARS),
            nonce=self._random_text(TOKEN_CHARS),
            verifier=self._random_text(TOKEN_CHARS),
            redirect_uri=redirect_uri,
            ends_ms=now_ms + AUTHORIZATION_KEPT_MS,
        )
        state_cookie = self._vault.seal(json_codec.encode(authorization), place=PLACE).decode()
        return AuthorizationRedirect(authorization_url(provider, self._client.client_id, authorization), state_cookie)

    async def finish(
        self, state_cookie: str, brought: Mapping[str, str], *, address: str | None, now_ms: int
    ) -> Operator:
        """Return the operator whom the provider speaks for, made if the settings say so.

        Args:
            state_cookie: what the browser's cookie carried; forget it.
            brought: the parameters with which it came back.
            address: the remote address.
            now_ms: the time.

        Raises:
            AuthorizationExpiredError: it came too late, or was not sent by us.
            ProviderFailedError: the provider refuses, or says what cannot be believed.
            UnverifiedEmailError: it knows no email address for sure, and the person was never here.
            NoOperatorError: nobody here has that address.
            IdentityMismatchError: the operator with that address is somebody else at the provider.
            OperatorDisabledError: that operator may do nothing any more.
        """
        authorization = self._unpack(state_cookie, brought.get("state", ""), now_ms=now_ms)
        if brought.get("iss", self._client.issuer) != self._client.issuer:
            raise ProviderFailedError("the response is from a different issuer.")
        if "code" not in brought:
            raise ProviderFailedError(f"it returned the error {brought.get('error', 'none')[:100]!r}.")
        token = await self._redeem(await self._describe(now_ms), authorization, brought["code"])
        claims = await self._check(token, authorization, now_ms=now_ms)
        return await self._operator_of(person_of(claims), address=address, now_ms=now_ms)

    def _unpack(self, state_cookie: str, state: str, *, now_ms: int) -> AuthorizationRequest:
        try:
            opened = self._vault.open(state_cookie.encode("utf-8", "replace"), place=PLACE)
        except (SecretUnreadableError, MisplacedSecretError):
            raise AuthorizationExpiredError from None
        authorization = json_codec.decode(opened, type=AuthorizationRequest)
        if now_ms >= authorization.ends_ms or not hmac.compare_digest(
            authorization.state.encode(), state.encode("utf-8", "replace")
        ):
            raise AuthorizationExpiredError
        return authorization

    async def _describe(self, now_ms: int) -> Provider:
        """Return what the provider says of itself, asked for once an hour."""
        if self._provider is None or now_ms >= self._provider[0]:
            url = self._client.issuer.rstrip("/") + "/.well-known/openid-configuration"
            provider = _decode(await self._fetch(url), Provider)
            if provider.issuer != self._client.issuer:  # Source: OpenID Connect Discovery 1.0 section 4.3
                raise ProviderFailedError(f"its issuer is {provider.issuer[:200]!r}, not the configured one.")
            self._provider = now_ms + _KEPT_MS, provider
            self._keys = None
        return self._provider[1]

    async def _redeem(self, provider: Provider, authorization: AuthorizationRequest, code: str) -> str:
        """Return the ID token that the provider gives for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": authorization.redirect_uri,
            "code_verifier": authorization.verifier,
        }
        headers: dict[str, str] = {}
        methods = provider.token_endpoint_auth_methods_supported
        client_id, secret = self._client.client_id, self._client.client_secret
        if secret is None:
            form["client_id"] = client_id
        elif "client_secret_post" in methods and "client_secret_basic" not in methods:
            form |= {"client_id": client_id, "client_secret": secret}
        else:  # Source: RFC 6749 section 2.3.1: both are form-encoded first
            pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        token = _decode(await self._fetch(provider.token_endpoint, form, headers), dict[str, Any]).get("id_token")
        if not isinstance(token, str):
            raise ProviderFailedError("it returned no ID token.")
        return token

    async def _check(self, token: str, authorization: AuthorizationRequest, *, now_ms: int) -> dict[str, Any]:
        """Return the claims of an ID token that is the provider's, for us, for this authorization request, and of now.

        Source: OpenID Connect Core 1.0 section 3.1.3.7.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        keys, is_fresh = await self._find_keys(now_ms)
        try:
            decoded = await asyncio.to_thread(jwt.decode, token, keys, algorithms=SIGNATURES)
        except (JoseError, ValueError):
            if is_fresh:
                raise ProviderFailedError("its ID token can't be verified.") from None
            self._keys = None  # it may sign with a new key
            return await self._check(token, authorization, now_ms=now_ms)
        claims = decoded.claims
        rules = jwt.JWTClaimsRegistry(
            now=now_ms // 1000,
            leeway=_CLOCKS_DIFFER_S,
            iss={"essential": True, "value": self._client.issuer},
            aud={"essential": True, "value": self._client.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": authorization.nonce},
        )
        try:
            rules.validate(claims)
        except JoseError as error:
            raise ProviderFailedError(f"its ID token is not for this sign-in ({error.error}).") from None
        if claims.get("azp", self._client.client_id) != self._client.client_id:
            raise ProviderFailedError("its ID token is for another client.")
        return claims

    async def _find_keys(self, now_ms: int) -> "tuple[KeySet, bool]":
        """Return the provider's keys, and whether they were asked for just now."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if self._keys is not None:
            return self._keys, False
        provider = await self._describe(now_ms)
        told = _decode(await self._fetch(provider.jwks_uri), dict[str, list[dict[str, Any]]])
        signing = [key for key in told.get("keys", []) if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
        try:
            self._keys = KeySet.import_key_set({"keys": signing})
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProviderFailedError("its keys can't be read.") from None
        return self._keys, True

    async def _operator_of(self, person: Person, *, address: str | None, now_ms: int) -> Operator:
        """Return the operator to whom a person is bound; who comes for the first time is found by email and bound."""
        identity = Identity(self._client.issuer, person.subject)
        async with self._database.connection() as conn:
            bound = await operator_identities.find_bound_operator(conn, identity)
            found = await operators.find_operator(conn, bound or _verified_email(person))
        if found is None and self._client.default_role is None:
            raise NoOperatorError(_verified_email(person))
        if found is None:
            return await self._add(person, self._client.default_role or Role.VIEWER, address=address, now_ms=now_ms)
        operator = found.operator
        if operator.disabled_ms is not None:
            raise OperatorDisabledError(operator.email)
        if bound is None:
            await self._bind(operator, identity, address=address, now_ms=now_ms)
        return operator

    async def _bind(self, operator: Operator, identity: Identity, *, address: str | None, now_ms: int) -> None:
        """Bind an operator to who has their email address, and tell the audit log of it, also where it is refused.

        Raises:
            IdentityMismatchError: the operator is bound to somebody else.
        """
        by = Actor(kind=ActorKind.NOBODY, name=self._client.issuer, address=address)

        async def work(conn: Conn) -> bool:
            if await operator_identities.bind_identity(conn, operator.id, identity, now_ms=now_ms):
                action = Action.IDENTITY_BOUND
            elif await operator_identities.find_bound_operator(conn, identity) == operator.id:
                return True  # another browser of the same person was faster
            else:
                action = Action.IDENTITY_REFUSED
            detail = str(identity)
            await record(
                conn,
                by,
                action,
                object_type=ObjectType.OPERATOR,
                object_id=operator.id,
                detail=detail,
                now_ms=now_ms,
                ids=self._ids,
            )
            return action is Action.IDENTITY_BOUND

        if not await self._database.transact(work):
            raise IdentityMismatchError(operator.email)

    async def _add(self, person: Person, role: Role, *, address: str | None, now_ms: int) -> Operator:
        """Return a new operator, bound to the person; one whom a second browser has just added comes from there."""
        wanted = NewOperator(email=_verified_email(person), name=person.name[:100], role=role, password=None)
        by = Actor(kind=ActorKind.NOBODY, name=self._client.issuer, address=address)
        with suppress(OperatorExistsError):
            await add_operator(self._database, Passwords(), wanted, by=by, now_ms=now_ms, ids=self._ids)
        return await self._operator_of(person, address=address, now_ms=now_ms)

    async def _fetch(
        self, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            answer = await self._ask(url, form, headers or {})
        except FetchFailedError as error:
            raise ProviderFailedError(f"{error}.") from None
        if answer.status != 200:
            raise ProviderFailedError(f"it responded with status {answer.status}.")
        return answer.body


def _verified_email(person: Person) -> str:
    """Return the email address by which somebody is found who was never here.

    Raises:
        UnverifiedEmailError: the provider has verified none.
        InvalidEmailError: it is none.
    """
    if person.email is None:
        raise UnverifiedEmailError
    return normalise_email(person.email)


def _decode(body: bytes, kind: Any) -> Any:
    try:
        return json_codec.decode(body, type=kind)
    except (msgspec.DecodeError, ValueError):
        raise ProviderFailedError(_NO_BODY) from None
