"""Secrets of the service's own: made by whoever needs one first, the same in every process, and for ever.

They lie sealed in the database, so that a change of encryption keys leaves what they are for as it is.
"""

from typing import Final

from brim.base.ids import random_bytes
from brim.core.encryption import store as secrets
from brim.platform.database import Database
from brim.platform.vault import Vault

_SECRET_BYTES: Final = 32


async def find_service_secret(database: Database, vault: Vault, name: str) -> bytes:
    """Return the service's secret of that name, 32 bytes.

    Raises:
        NoEncryptionKeyError: the server has no encryption key.
        SecretUnreadableError: it has another one than before.
        DatabaseUnavailableError: it cannot answer now.
    """
    place = f"service_secrets/{name}"
    async with database.connection() as conn:
        sealed = await secrets.find_service_secret(conn, name)
        if sealed is None:
            fresh = vault.seal(random_bytes(_SECRET_BYTES), place=place)
            sealed = await secrets.keep_service_secret(conn, name, fresh)
    return vault.open(sealed, place=place)
