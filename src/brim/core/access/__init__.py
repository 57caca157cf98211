"""API keys: made, recognised, rolled, revoked, and what each permits.

Only hashes of keys are kept. Neighbours: `accounts`, whose keys they are, and `audit`. Start reading at `rules`.
"""

from brim.core.access.key_use import KeyUse
from brim.core.access.owner_keys import LONGEST_NAME, KeyParameters, OwnerKeys
from brim.core.access.recognition import may_act_for, recognise_key
from brim.core.access.rules import (
    OPERATORS_ONLY,
    PERMISSION_LEVELS,
    RESOURCES,
    SECRET_CHARS,
    ApiKey,
    EndedKey,
    OwnedKey,
    hash_secret,
    parse_permissions,
    redact_secret,
    secret_prefix,
    stripe_permission,
)
from brim.core.access.service import (
    KEY_PREFIX,
    NewKey,
    UnknownAccountError,
    UnknownKeyError,
    accounts_to_show,
    choose_account,
    create_account,
    create_key,
    ensure_first_account,
    issue_key,
    list_accounts,
    list_keys,
    record_change,
    record_ends,
    revoke_key,
    roll_key,
)
from brim.core.access.store import ended_keys, expire_key, expire_keys_of_account, key_from_record

__all__ = [
    "KEY_PREFIX",
    "LONGEST_NAME",
    "OPERATORS_ONLY",
    "PERMISSION_LEVELS",
    "RESOURCES",
    "SECRET_CHARS",
    "ApiKey",
    "EndedKey",
    "KeyParameters",
    "KeyUse",
    "NewKey",
    "OwnedKey",
    "OwnerKeys",
    "UnknownAccountError",
    "UnknownKeyError",
    "accounts_to_show",
    "choose_account",
    "create_account",
    "create_key",
    "ended_keys",
    "ensure_first_account",
    "expire_key",
    "expire_keys_of_account",
    "hash_secret",
    "issue_key",
    "key_from_record",
    "list_accounts",
    "list_keys",
    "may_act_for",
    "parse_permissions",
    "recognise_key",
    "record_change",
    "record_ends",
    "redact_secret",
    "revoke_key",
    "roll_key",
    "secret_prefix",
    "stripe_permission",
]
