"""The audit log: who did what to what, when and from where."""

from enum import StrEnum
from typing import Final

import msgspec

from brim.base.scope import AccountScope

ENTRY_PREFIX: Final = "aud_"


class ActorKind(StrEnum):
    """What sort of actor did something; NOBODY is who had not yet said who they are."""

    OPERATOR = "operator"
    KEY = "key"
    CLI = "cli"
    NOBODY = "nobody"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something: an operator or a key by its id, or whoever types commands on the server.

    `name` is what people call them at that moment: an operator's email, a key's redacted form, a user of the system.
    `address` is the remote address, None where there is no network between.
    """

    kind: ActorKind
    id: str | None = None
    name: str | None = None
    address: str | None = None


class Action(StrEnum):
    """What is done to operators, by signing in and in the terminal, as noun and verb.

    What pages do by the API has the id of the operation instead, such as `PostTopups`.
    """

    OPERATOR_ADDED = "operator.added"
    OPERATOR_DISABLED = "operator.disabled"
    OPERATOR_ENABLED = "operator.enabled"
    OPERATOR_RENAMED = "operator.renamed"
    OPERATOR_ROLE_SET = "operator.role_set"
    PASSWORD_LINK_MADE = "operator.password_link_created"  # noqa: S105  the name of an action
    PASSWORD_SET = "operator.password_set"  # noqa: S105  the name of an action
    CODES_ENABLED = "operator.codes_enabled"
    CODES_RESET = "operator.codes_reset"
    IDENTITY_BOUND = "operator.identity_bound"
    IDENTITY_REFUSED = "operator.identity_refused"
    IDENTITY_UNBOUND = "operator.identity_unbound"
    RECOVERY_CODE_USED = "operator.recovery_code_used"
    SIGNED_IN = "session.created"
    SIGNED_OUT = "session.ended"
    SIGNED_OUT_ELSEWHERE = "session.others_ended"
    LOGIN_APPROVED = "cli_login.approved"
    LOGIN_DENIED = "cli_login.denied"
    KEY_MADE = "api_key.created"
    KEY_ROLLED = "api_key.rolled"
    KEY_REVOKED = "api_key.revoked"
    ACCOUNT_MADE = "account.created"
    ENCRYPTION_ROTATED = "encryption.rotated"


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log.

    `action` is an `Action`, such as `operator.disabled`, or the id of an operation of the API; `object` the id of what
    it was done to; `scope` whose that is, None for what belongs to the whole installation; `detail` a few words for
    people; `at_ms` Unix milliseconds.
    """

    id: str
    at_ms: int
    actor: Actor
    action: str
    object: str | None = None
    scope: AccountScope | None = None
    detail: str | None = None
