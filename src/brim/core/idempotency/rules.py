"""A retry gets the first answer: what a key is, what is kept under it, when it may not be used.

Source: Stripe's documentation of idempotent requests; keys are text of up to 255 characters, kept a day at least.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.base import json_codec
from brim.base.errors import BrimError

MAX_KEY_LENGTH: Final = 255
KEPT_MS: Final = 24 * 60 * 60 * 1000
_ACCOUNT_NUMBER: Final = b'"account_number":'
_OF_PEOPLE: Final = ("/v1/accounts", "/v1/tokens")
"""Where else a request may hold what is guessed in no time, such as the end of a social security number."""

_GUESSABLE: Final = re.compile(rb'"(?:company|individual|person|pii|tos_acceptance)":')


class KeyClaim(msgspec.Struct, frozen=True):
    """A key as one request presents it: the text, and a digest of the request it stands for."""

    key: str
    fingerprint: bytes


class KeptReply(msgspec.Struct, frozen=True, kw_only=True):
    """A first answer: `body` is compact JSON, `request_id` the request that got it."""

    fingerprint: bytes
    request_id: str
    status: int
    body: bytes


class IdempotencyMismatchError(BrimError):
    """The idempotency key was already used for a different request."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request."
        )


def fingerprint(method: str, path: str, parameters: Mapping[str, Any], *, secret: bytes = b"") -> bytes:
    """Return the digest by which two requests under one key are the same: method, path and decoded parameters.

    The order in which parameters were sent does not count: the Java SDK's is not stable. There are few enough account
    numbers to try them all, and dates of birth even more so: the digest of a request with one, or with anything that
    says who somebody is, is made under a `secret` of up to 64 bytes. Every other request has one digest on every
    server, whatever secrets it has.
    """
    encoded = json_codec.encode_sorted((method, path, parameters))
    is_guessable = _ACCOUNT_NUMBER in encoded or (path.startswith(_OF_PEOPLE) and _GUESSABLE.search(encoded))
    key = secret if is_guessable else b""
    return hashlib.blake2b(encoded, digest_size=16, key=key).digest()


def check_same_request(claim: KeyClaim, kept: KeptReply) -> None:
    """Let a replay pass.

    Raises:
        IdempotencyMismatchError: when the key stands for another request.
    """
    if claim.fingerprint != kept.fingerprint:
        raise IdempotencyMismatchError(claim.key)
