"""Keeps account numbers: seals each for its row, and tells equal ones by a fingerprint that gives nothing away.

The fingerprint's key is a secret of the service's own: the same bank account has the same fingerprint for ever.
"""

import hashlib
import hmac
from typing import Final

import msgspec

from brim.base.scope import AccountScope
from brim.core.bank_accounts import BankNumbers
from brim.core.encryption import find_service_secret
from brim.platform.database import Database
from brim.platform.vault import Vault

FINGERPRINT_CHARS: Final = 16
"""Hexadecimal characters, as many as the vendor's fingerprints have."""

_FINGERPRINT_KEY: Final = "fingerprint_key"


class KeptNumbers(msgspec.Struct, frozen=True):
    """What is stored of a bank account's numbers: the sealed account number, and the fingerprint of both."""

    sealed: bytes
    fingerprint: str


class BankSecrets:
    """One process's way to account numbers."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._fingerprint_key: bytes | None = None

    async def prepare(self) -> None:
        """Read the fingerprint's key, so that no transaction has to wait for another connection to do so.

        Raises:
            NoEncryptionKeyError: the server has no encryption key.
            SecretUnreadableError: it has another one than before.
            DatabaseUnavailableError: the key cannot be read.
        """
        await self._key()

    async def _key(self) -> bytes:
        if self._fingerprint_key is None:
            self._fingerprint_key = await find_service_secret(self._database, self._vault, _FINGERPRINT_KEY)
        return self._fingerprint_key

    async def keep(self, numbers: BankNumbers, *, scope: AccountScope, object_id: str) -> KeptNumbers:
        """Return the numbers as they may be stored in the row of that object.

        Raises:
            NoEncryptionKeyError: the server has no encryption key.
            SecretUnreadableError: it has another one than before.
            DatabaseUnavailableError: the fingerprint's key cannot be read.
        """
        sealed = self._vault.seal(numbers.account_number.encode(), place=_place(scope, object_id))
        return KeptNumbers(sealed, await self.fingerprint(numbers))

    def reveal(self, sealed: bytes, *, scope: AccountScope, object_id: str) -> str:
        """Return the account number in the row of that object.

        Raises:
            NoEncryptionKeyError: the server has no encryption key.
            SecretUnreadableError: it has another one than when the number was stored.
            MisplacedSecretError: it is that of another row.
        """
        return reveal_number(self._vault, sealed, scope=scope, object_id=object_id)

    async def fingerprint(self, numbers: BankNumbers) -> str:
        """Return what is the same for equal numbers, and tells nobody what they are.

        Raises:
            NoEncryptionKeyError: the server has no encryption key.
            SecretUnreadableError: it has another one than before.
            DatabaseUnavailableError: the fingerprint's key cannot be read.
        """
        text = f"{numbers.routing_number}:{numbers.account_number}".encode()
        return hmac.digest(await self._key(), text, hashlib.sha256).hex()[:FINGERPRINT_CHARS]


def reveal_number(vault: Vault, sealed: bytes, *, scope: AccountScope, object_id: str) -> str:
    """Return the account number in the row of that object; see `BankSecrets.reveal`."""
    return vault.open(sealed, place=_place(scope, object_id)).decode()


def _place(scope: AccountScope, object_id: str) -> str:
    return f"{scope.account}/{'live' if scope.livemode else 'test'}/{object_id}"
