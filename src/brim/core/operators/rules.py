"""Operators: the people who sign in to this installation, and what each role lets them do."""

import re
import string
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.core.access import OPERATORS_ONLY, RESOURCES

OPERATOR_PREFIX: Final = "op_"
SHORTEST_PASSWORD: Final = 12
"""Characters. Source: NIST SP 800-63B section 3.1.1.2 asks for length and for no rules of composition."""

LONGEST_PASSWORD: Final = 256
_LONGEST_EMAIL: Final = 254
_LONGEST_NAME: Final = 100
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class Role(StrEnum):
    """What an operator may do, in every account."""

    ADMIN = "admin"
    """Manages operators, keys and accounts, and does for live money what nobody has the role for."""
    DEVELOPER = "developer"
    FINANCE = "finance"
    """Handles live money, and approves nothing."""
    APPROVER = "approver"
    """Approves what moves live money, and prepares nothing."""
    VIEWER = "viewer"


MONEY_ROLES: Final = frozenset({Role.FINANCE, Role.APPROVER})
"""The roles that are about live money alone. What they do, admins do only while nobody who may sign in has the role."""

CONCERNED_WITH_MONEY: Final = MONEY_ROLES | {Role.ADMIN}
"""Whose operators are counted before somebody approves alone what they prepared: the others could be asked."""


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in, without any secret of theirs.

    `created` is in Unix seconds; `disabled_ms` (Unix milliseconds) is since when they may not, None for never;
    `has_password` is false for who signs in by a provider only; `has_codes` tells that a one-time code is asked for.
    """

    id: str
    email: str
    name: str
    role: Role
    created: int
    disabled_ms: int | None = None
    has_password: bool = True
    has_codes: bool = False


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator is recognised by, as it is stored. `codes_secret` is sealed, and counts once codes are on."""

    operator: Operator
    password_hash: str | None
    codes_secret: bytes | None


class UnknownOperatorError(BrimError):
    """There is no such operator."""

    def __init__(self, operator: str) -> None:
        super().__init__(f"There is no operator {operator}. Run brim operators list to see all operators.")


class OperatorExistsError(BrimError):
    """The email address is somebody's already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"An operator with the email {email} already exists.")


class OperatorDisabledError(BrimError):
    """The operator may do nothing any more."""

    def __init__(self, operator: str) -> None:
        super().__init__(f"The operator {operator} is disabled. Run brim operators enable to enable them.")


class LastAdminError(BrimError):
    """Nobody would be left who may manage operators."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is the last admin who can sign in. Give somebody else the admin role first.")


class NotBoundError(BrimError):
    """An operator is bound to no identity of a provider."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} isn't linked to an account at an identity provider.")


class InvalidEmailError(BrimError):
    """A text is no email address."""

    def __init__(self, given: str) -> None:
        said = f"{given[:_LONGEST_EMAIL]!r} isn't an email address" if given else "Enter an email address"
        super().__init__(f"{said}, such as ada@example.com.")


class InvalidNameError(BrimError):
    """A text is no name."""

    def __init__(self) -> None:
        super().__init__(f"A name must have 1 to {_LONGEST_NAME} printable characters.")


class WeakPasswordError(BrimError):
    """A password is too short, too long, or easy to guess."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This password can't be used: {reason}")


_EVERYTHING: Final = frozenset((*RESOURCES, *OPERATORS_ONLY))
_APPROVALS: Final = frozenset(OPERATORS_ONLY)
_MONEY: Final = frozenset({"topups", "payment_methods", "sources", "tokens", "authorizations", "ach"})
"""What moves live money, or says from whom it may be collected."""

_REPORTS: Final = frozenset({"reporting"})
"""Whoever handles money, or approves it, runs reports, which change nothing."""

_SETTINGS: Final = _EVERYTHING - _MONEY - _APPROVALS
_NOTHING: Final = frozenset[str]()

_WRITES_TEST: Final = {
    Role.ADMIN: _EVERYTHING,
    Role.DEVELOPER: _EVERYTHING - {"legal_holds"},  # they hold live mode too
    Role.FINANCE: _REPORTS,
    Role.APPROVER: _REPORTS,
    Role.VIEWER: _NOTHING,
}
_WRITES_LIVE: Final = {
    Role.ADMIN: _SETTINGS,
    Role.DEVELOPER: _NOTHING,
    Role.FINANCE: _MONEY | _REPORTS,
    Role.APPROVER: _APPROVALS | _REPORTS,
    Role.VIEWER: _NOTHING,
}
"""What a role may write; every role may read everything. An admin stands in for the roles that nobody has."""


def permissions_of(role: Role, *, livemode: bool, held: AbstractSet[Role] = MONEY_ROLES) -> dict[str, str]:
    """Return the permissions of a key that does what a role may in one mode.

    Args:
        role: whose.
        livemode: in which mode.
        held: those of `MONEY_ROLES` that somebody who may sign in has; an admin stands in for the others.
    """
    writes = (_WRITES_LIVE if livemode else _WRITES_TEST)[role]
    if livemode and role is Role.ADMIN:
        writes = writes.union(*(_WRITES_LIVE[absent] for absent in MONEY_ROLES - held))
    return {resource: "write" if resource in writes else "read" for resource in (*RESOURCES, *OPERATORS_ONLY)}


def may_make_keys(role: Role, *, livemode: bool) -> bool:
    """Tell whether a role makes, rolls and revokes the API keys of accounts."""
    return role is Role.ADMIN or (role is Role.DEVELOPER and not livemode)


def may_see_bytes(permissions: Mapping[str, str]) -> bool:
    """Tell whether who has these permissions sees the bytes of files, with the numbers of bank accounts in them.

    Those do who work with files: they handle live money, or approve it.
    """
    return any(permissions.get(resource) == "write" for resource in ("ach", *OPERATORS_ONLY))


def fold_email(text: str) -> str:
    """Return an email address, whatever it looks like, in the form in which two addresses are compared.

    Only the letters A to Z are folded. Unicode's own foldings take other characters for these letters (a fullwidth a,
    the Kelvin sign, a long s), and in an email address those are another person's.
    """
    return text.strip(string.whitespace).translate(_LOWER)


def normalise_email(text: str) -> str:
    """Return an email address in the one form in which it is stored and looked for.

    Raises:
        InvalidEmailError: it is none.
    """
    email = fold_email(text)
    if not _EMAIL.fullmatch(email) or not email.isprintable() or len(email) > _LONGEST_EMAIL:
        raise InvalidEmailError(text)
    return email


def check_name(text: str) -> str:
    """Return a name without blanks around it.

    Raises:
        InvalidNameError: it is none.
    """
    name = text.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise InvalidNameError
    return name


def check_password(password: str, *, email: str) -> None:
    """Let a password pass that somebody may choose.

    Raises:
        WeakPasswordError: they may not.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPasswordError(f"it has fewer than {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise WeakPasswordError(f"it has more than {LONGEST_PASSWORD} characters.")
    if password.casefold() == email.casefold() or len(set(password)) <= 2:
        raise WeakPasswordError("it is too easy to guess.")
