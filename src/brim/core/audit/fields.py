"""Which fields of which objects an audit entry may hold: a closed list, so that no secret gets there by a new field.

What is not listed is not written. An entry is kept for ever and read by every operator, so what an object says about
people, and what clients put there freely, is `hidden`: an entry tells that it changed, and not what it was.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import msgspec

Show: TypeAlias = Callable[[Any], Any]
"""Returns what an entry holds of a field's value."""

HIDDEN: Final = "[hidden]"


class ObjectType(StrEnum):
    """What an entry is about."""

    ACCOUNT = "account"
    ACH_FILE = "ach_file"
    ACH_RETURN = "ach_return"
    ACH_REVERSAL = "ach_reversal"
    API_KEY = "api_key"
    AUTHORIZATION = "authorization"
    BALANCE_RESERVE = "balance_reserve"
    BANK_FILE = "bank_file"
    BREAK = "break"
    CLI_LOGIN = "cli_login"
    CLI_SESSION = "cli_session"
    CORRECTION = "correction"
    DEFAULT_FUNDING_SOURCE = "default_funding_source"
    ENCRYPTION = "encryption"
    EXTERNAL_ACCOUNT = "external_account"
    FUNDING_INSTRUCTIONS = "funding_instructions"
    FUNDING_SOURCE = "funding_source"
    INCOMING_TRANSFER = "incoming_transfer"
    LEGAL_HOLD = "legal_hold"
    KNOWN_PAYER = "known_payer"
    LINE_SETTLEMENT = "line_settlement"
    NOTIFICATION_CHANNEL = "notification_channel"
    NOTIFICATION_PREFERENCES = "notification_preferences"
    OPERATOR = "operator"
    ORIGINATOR = "originator"
    REFUND = "refund"
    STATEMENT_MAPPING = "statement_mapping"
    REPORT_RUN = "report_run"
    TEST_CLOCK = "test_clock"
    TOPUP = "topup"
    TOKEN = "token"  # noqa: S105  the name of an object
    WEBHOOK_ENDPOINT = "webhook_endpoint"


Fields: TypeAlias = Mapping[str, Any]


def plain(value: Any) -> Any:
    """Return a value as it is."""
    return value


def hidden(value: Any) -> str | None:
    """Return that there is a value; nothing where it is empty."""
    return HIDDEN if value else None


def address(url: str) -> str:
    """Return a URL without what may be a password or a token: its user and its query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _capabilities(states: Mapping[str, Any]) -> dict[str, bool]:
    return {name: state.requested for name, state in sorted(states.items())}


_BANK_ACCOUNT: Final[Mapping[str, Show]] = {
    "bank_account.routing_number": plain,
    "bank_account.last4": plain,
    "bank_account.bank_name": plain,
    "bank_account.holder_type": plain,
    "bank_account.account_type": plain,
}

FIELDS: Final[Mapping[ObjectType, Mapping[str, Show]]] = {
    ObjectType.NOTIFICATION_CHANNEL: {"name": plain, "host": plain, "is_on": plain},
    ObjectType.NOTIFICATION_PREFERENCES: {
        "choices": plain,
        "timezone": plain,
        "hour": plain,
        "weekday": plain,
        "wants_empty": plain,
    },
    ObjectType.ACCOUNT: {
        "platform": plain,
        "type": plain,
        "country": plain,
        "default_currency": plain,
        "settlement_days": plain,
        "email": hidden,
        "business_name": hidden,
        "business_type": plain,
        "metadata": hidden,
        "details.business_profile": hidden,
        "details.capabilities": _capabilities,
        "details.company": hidden,
        "details.controller": hidden,
        "details.groups": hidden,
        "details.individual": hidden,
        "details.rejected": plain,
        "details.settings": hidden,
        "details.tos_acceptance": hidden,
    },
    ObjectType.API_KEY: {
        "redacted": plain,
        "kind": plain,
        "name": plain,
        "permissions": plain,
        "expires_ms": plain,
    },
    ObjectType.ACH_FILE: {"status": plain, "name": plain, "held_because": plain, "reject_reason": plain},
    ObjectType.ACH_RETURN: {"status": plain, "dishonor_code": plain, "information": plain},
    ObjectType.ACH_REVERSAL: {"status": plain, "topup": plain, "reason": plain, "amount": plain},
    ObjectType.AUTHORIZATION: {
        "funding_source": plain,
        "sec_code": plain,
        "text": hidden,
        "accepted_ms": plain,
        "evidence": hidden,
        "ended_ms": plain,
        "end_reason": plain,
    },
    ObjectType.REFUND: {"status": plain, "topup": plain, "amount": plain},
    ObjectType.BALANCE_RESERVE: {"currency": plain, "target": plain, "held": plain},
    ObjectType.BANK_FILE: {"status": plain, "reject_reason": plain},
    ObjectType.BREAK: {"kind": plain, "resolution": plain, "assigned_to": plain, "note": plain},
    ObjectType.CLI_LOGIN: {"device": plain, "account": plain},
    ObjectType.CLI_SESSION: {},
    ObjectType.CORRECTION: {"status": plain, "refusal_code": plain},
    ObjectType.DEFAULT_FUNDING_SOURCE: {"funding_source": plain},
    ObjectType.ENCRYPTION: {},
    ObjectType.EXTERNAL_ACCOUNT: {
        **_BANK_ACCOUNT,
        "currency": plain,
        "holder_name": hidden,
        "is_default": plain,
        "metadata": hidden,
    },
    ObjectType.FUNDING_INSTRUCTIONS: {
        "owner": plain,
        "currency": plain,
        "amount": plain,
        "expires_ms": plain,
        "reference": plain,
        "description": hidden,
        "metadata": hidden,
    },
    ObjectType.FUNDING_SOURCE: {
        **_BANK_ACCOUNT,
        "kind": plain,
        "verification": plain,
        "attempts_left": plain,
        "is_detached": plain,
        "party": hidden,
        "metadata": hidden,
        "allow_redisplay": plain,
        "customer": plain,
        "customer_account": plain,
    },
    ObjectType.KNOWN_PAYER: {"owner": plain, "transfer": plain, "last4": plain, "ended_by": plain},
    ObjectType.LINE_SETTLEMENT: {
        "status": plain,
        "note": plain,
        "undo_note": plain,
        "amount": plain,
        "currency": plain,
    },
    ObjectType.INCOMING_TRANSFER: {
        "status": plain,
        "amount": plain,
        "currency": plain,
        "reason": plain,
        "owner": plain,
        "topup": plain,
        "handled_by": plain,
        "note": hidden,
        "proposed": plain,
        "proposed_owner": plain,
        "proposed_by": plain,
        "remember_payer": plain,
        "decided_by": plain,
    },
    ObjectType.LEGAL_HOLD: {
        "kind": plain,
        "account": plain,
        "reason": plain,
        "reference": plain,
        "lifted_ms": plain,
    },
    ObjectType.OPERATOR: {
        "email": plain,
        "name": plain,
        "role": plain,
        "disabled_ms": plain,
        "has_password": plain,
        "has_codes": plain,
    },
    ObjectType.ORIGINATOR: {"status": plain, "version": plain, "profile": plain, "last4": plain},
    ObjectType.REPORT_RUN: {"report_type": plain, "parameters": plain},
    ObjectType.STATEMENT_MAPPING: {"bank_account": plain, "version": plain, "mapping": plain},
    ObjectType.TEST_CLOCK: {"name": plain, "frozen_time": plain, "target_frozen_time": plain},
    ObjectType.TOPUP: {
        "status": plain,
        "amount": plain,
        "currency": plain,
        "description": hidden,
        "metadata": hidden,
        "failure_code": plain,
    },
    ObjectType.TOKEN: {**_BANK_ACCOUNT, "holder_name": hidden},
    ObjectType.WEBHOOK_ENDPOINT: {
        "url": address,
        "enabled_events": plain,
        "api_version": plain,
        "connect": plain,
        "name": plain,
        "description": hidden,
        "metadata": hidden,
        "event_payload": plain,
        "old_secret_until_ms": plain,
        "disabled_because": plain,
    },
}
"""What an entry may hold of each kind of object, by the names that the code has; a dot leads into a part."""


def changes(object_type: ObjectType, before: Any, after: Any) -> tuple[Fields | None, Fields | None]:
    """Return what an entry holds of an object before and after it was changed.

    Args:
        object_type: whose list counts.
        before: the object as it was, None where there was none.
        after: the object as it is, None where it is gone.

    Returns:
        For a change the listed fields that differ; for a new object, or one that is gone, those that hold anything.
    """
    listed = FIELDS[object_type]
    names = [name for name in listed if _value(before, name) != _value(after, name)]
    return _shown(listed, names, before), _shown(listed, names, after)


def _shown(listed: Mapping[str, Show], names: list[str], found: Any) -> Fields | None:
    if found is None:
        return None
    values = {name: _value(found, name) for name in names}
    shown = {name: None if value is None else listed[name](value) for name, value in values.items()}
    return {name.rpartition(".")[2]: msgspec.to_builtins(value) for name, value in shown.items()}


def _value(found: Any, name: str) -> Any:
    return None if found is None else attrgetter(name)(found)
