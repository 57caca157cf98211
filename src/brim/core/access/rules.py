"""API keys and what they allow."""

import hashlib
from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from brim.base.errors import BrimError

PERMISSION_LEVELS: Final = ("none", "read", "write")
RESOURCES: Final = (
    "topups",
    "balance",
    "balance_transactions",
    "events",
    "webhook_endpoints",
    "test_clocks",
    "payment_methods",
    "sources",
    "tokens",
    "accounts",
    "verification",
    "request_logs",
    "stripecli",
    "audit_log",
    "authorizations",
    "ach",
    "legal_holds",
    "reporting",
)
"""What a restricted key may be given rights to, by the wire's own names; write includes read."""

OPERATORS_ONLY: Final = ("ach_approvals",)
"""What only the pages of operators have rights to. No key does it for a program, not even a secret one."""

_STRIPE_NAMES: Final = {
    "topups": "topup",
    "balance": "balance",
    "balance_transactions": "balance_transaction_source",
    "events": "event",
    "webhook_endpoints": "webhook",
    "test_clocks": "billing_clock",
    "payment_methods": "payment_method",
    "sources": "source",
    "tokens": "token",
    "accounts": "connected_account",
    "verification": "verification",
    "request_logs": "request_log",
    "stripecli": "stripecli",
    "audit_log": "audit_log",
    "authorizations": "authorization",
    "ach": "ach",
    "ach_approvals": "ach_approval",
    "legal_holds": "legal_hold",
    "reporting": "report_runs_and_report_types",
}
"""What Stripe calls each resource in the names of permissions, such as `rak_topup_read`; those from `verification` to
`legal_holds` are ours, but for `stripecli`.

Source: Stripe Apps, permissions reference, and public reports of refused keys.
"""

SECRET_CHARS: Final = 43
"""Base62 characters of chance in a key: 43 are the fewest that hold 256 bits."""

_SHOWN_CHARS: Final = 4


class InvalidPermissionError(BrimError):
    """A permission is not of the form `resource=level`."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"A permission cannot be {given!r}: it must be RESOURCE=LEVEL, or a name from an error message, such as "
            f"rak_topup_read. RESOURCE is one of {', '.join(RESOURCES)}; LEVEL is one of "
            f"{', '.join(PERMISSION_LEVELS)}."
        )


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as the database knows it: never the secret itself.

    `permissions` maps a resource to `read` or `write` for a restricted key and is None for a secret one;
    `redacted` is what may be shown, such as `sk_test_4eC3...8Xyz`; `expires_ms` (Unix milliseconds) is when it
    stops working, None for never. `last_used_ms` is when it was used last, to the minute, where it was asked
    for. `deleted_below` counts the deleted accounts under the key's own, where it was asked
    for: when it changes, whom the key may act for has to be looked up again.
    """

    hash: bytes
    account: str
    livemode: bool
    id: str
    kind: str
    name: str | None
    redacted: str
    permissions: dict[str, str] | None
    created: int
    expires_ms: int | None
    deleted_below: int = 0
    last_used_ms: int | None = None

    def allows(self, resource: str, level: str) -> bool:
        """Tell whether the key may `read` or `write` a resource."""
        if self.permissions is None:
            return True
        granted = self.permissions.get(resource, "none")
        return PERMISSION_LEVELS.index(granted) >= PERMISSION_LEVELS.index(level)

    def has_ended(self, now_ms: int) -> bool:
        """Tell whether the key was rolled or revoked, and does not work any more."""
        return self.expires_ms is not None and self.expires_ms <= now_ms


def hash_secret(secret: str) -> bytes:
    """Return the SHA-256 that stands for a key in the database; its 256 random bits need no slower hash."""
    return hashlib.sha256(secret.encode()).digest()


class EndedKey(NamedTuple):
    """A key that somebody ended, as it was and as it is then."""

    before: ApiKey
    after: ApiKey


class OwnedKey(msgspec.Struct, frozen=True):
    """A key of an account, and the operator whose pages use it, None for one that programs use."""

    key: ApiKey
    operator: str | None = None

    def state(self, now_ms: int) -> str:
        """Return `active`, `ending` where it ends some day, or `ended`."""
        if self.key.expires_ms is None:
            return "active"
        return "ended" if self.key.has_ended(now_ms) else "ending"


def secret_prefix(*, livemode: bool, restricted: bool) -> str:
    """Return how a key begins, such as `sk_test_`."""
    return f"{'rk' if restricted else 'sk'}_{'live' if livemode else 'test'}_"


def redact_secret(secret: str) -> str:
    """Return what may be shown of a key: its prefix and a few characters from both ends of the rest."""
    kind, mode, body = secret.split("_", 2)
    return f"{kind}_{mode}_{body[:_SHOWN_CHARS]}...{body[-_SHOWN_CHARS:]}"


def stripe_permission(resource: str, level: str) -> str:
    """Return what Stripe calls a permission, such as `rak_topup_read`."""
    return f"rak_{_STRIPE_NAMES[resource]}_{level}"


_BY_STRIPE_NAME: Final = {
    stripe_permission(resource, level): f"{resource}={level}" for resource in RESOURCES for level in ("read", "write")
}


def parse_permissions(texts: Iterable[str]) -> dict[str, str]:
    """Return resource -> level for texts such as `topups=write` or `rak_topup_write`.

    Raises:
        InvalidPermissionError: a text names no known resource or level.
    """
    permissions = {}
    for text in texts:
        resource, _, level = _BY_STRIPE_NAME.get(text, text).partition("=")
        if resource not in RESOURCES or level not in PERMISSION_LEVELS:
            raise InvalidPermissionError(text)
        permissions[resource] = level
    return permissions
