"""Signing in by a provider of OpenID Connect: what is asked of it, and what of its answers is believed.

Source: OpenID Connect Core 1.0 sections 3.1 and 5.1, RFC 7636 (PKCE), RFC 9207 (the answer names its issuer).
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from brim.base.errors import BrimError

AUTHORIZATION_KEPT_MS: Final = 10 * 60 * 1000
"""How long somebody may take at the provider's pages."""

SIGNATURES: Final = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "Ed25519")
"""Signatures that are believed: those with a public key, none that anybody who knows the client's secret can make."""

_SCOPES: Final = "openid email profile"
_LONGEST_SUBJECT: Final = 255
"""Source: OpenID Connect Core 1.0 section 2, the claim `sub`."""


class ProviderFailedError(BrimError):
    """The provider did not do its part; `reason` is a sentence for the operator's log and page."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The identity provider couldn't sign you in: {reason}")


class AuthorizationExpiredError(BrimError):
    """The browser came back too late, twice, or without having been sent."""

    def __init__(self) -> None:
        super().__init__("This sign-in has expired. Start over.")


class UnverifiedEmailError(BrimError):
    """The provider does not say that the person has the email address."""

    def __init__(self) -> None:
        super().__init__("The identity provider has not verified your email address.")


class IdentityMismatchError(BrimError):
    """Somebody else at the provider has an operator's email address now."""

    def __init__(self, email: str) -> None:
        super().__init__(
            f"{email} signs in with a different account at the identity provider. If you no longer use that "
            f"account, ask an admin to unlink it; then you can sign in with this one."
        )


class NoOperatorError(BrimError):
    """The person is known to the provider, and not here."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} isn't an operator of this installation. Ask an admin to add you.")


class Provider(msgspec.Struct, frozen=True):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: Sequence[str] = ("client_secret_basic",)


class AuthorizationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known again when a browser comes back from the provider; it carries this with it, sealed."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    ends_ms: int


class Identity(msgspec.Struct, frozen=True):
    """Somebody as a provider knows them, whatever becomes of their email address and name.

    Source: OpenID Connect Core 1.0 section 5.7: issuer and subject together are the only claims to rely on.
    """

    issuer: str
    subject: str

    def __str__(self) -> str:
        """Return it as the audit log tells of it."""
        return f"{self.subject} at {self.issuer}"


class Person(msgspec.Struct, frozen=True):
    """Whom a provider speaks for: its subject, the email address if it has verified one, and a name for people."""

    subject: str
    email: str | None
    name: str


def authorization_url(provider: Provider, client_id: str, authorization: AuthorizationRequest) -> str:
    """Return where a browser is sent to."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(authorization.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": authorization.redirect_uri,
        "scope": _SCOPES,
        "state": authorization.state,
        "nonce": authorization.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    return provider.authorization_endpoint + joint + urlencode(asked)


def person_of(claims: Mapping[str, Any]) -> Person:
    """Return whom the claims of a checked ID token speak of.

    Raises:
        ProviderFailedError: they name no subject.
    """
    subject, email, name = claims.get("sub"), claims.get("email"), claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise ProviderFailedError("its ID token has no subject.")
    verified = email if isinstance(email, str) and claims.get("email_verified") is True else None
    is_name = isinstance(name, str) and name.strip() and name.isprintable()
    return Person(subject, verified, str(name) if is_name else (verified or "").partition("@")[0])
