"""Secrets of the service's own, and the change of the key under which all secrets are stored.

Neighbours: `platform.vault` seals and opens; every table with sealed rows is listed in `store`. Start at `rotation`.
"""

from brim.core.encryption.rotation import Rotation, count_secrets, rotate_encryption
from brim.core.encryption.service_secrets import find_service_secret

__all__ = [
    "Rotation",
    "count_secrets",
    "find_service_secret",
    "rotate_encryption",
]
