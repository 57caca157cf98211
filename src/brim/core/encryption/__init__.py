"""Secrets of the service's own, and the keys under which all secrets are stored.

Neighbours: `platform.vault` seals and opens, `platform.kms` wraps data keys; every table with sealed rows is listed in
`store`. Start at `keyring` for where a process has its keys from, at `rotation` for their change.
"""

from brim.core.encryption.data_key_store import DataKey
from brim.core.encryption.data_keys import (
    SEALS_AFTER_MS,
    create_data_key,
    remove_data_key,
    retire_data_keys,
    rewrap_data_keys,
)
from brim.core.encryption.keyring import Keyring, NoDataKeyError
from brim.core.encryption.rotation import Rotation, count_secrets, rotate_encryption
from brim.core.encryption.service_secrets import find_service_secret

__all__ = [
    "SEALS_AFTER_MS",
    "DataKey",
    "Keyring",
    "NoDataKeyError",
    "Rotation",
    "count_secrets",
    "create_data_key",
    "find_service_secret",
    "remove_data_key",
    "retire_data_keys",
    "rewrap_data_keys",
    "rotate_encryption",
]
