"""The key of an export: from a file, or from a passphrase; and the vault in which its secrets are, beside the whole.

A sealed file begins with eight bytes that say what it is, one that says what the key is made from, and a salt of
sixteen. Then comes one sealed object (`platform.sealing`).
Source: RFC 7914 (scrypt); its cost is the one that OWASP's Password Storage Cheat Sheet recommends.
"""

import base64
import os
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from brim.base.errors import BrimError
from brim.platform.sealing import BackupKey, Purpose
from brim.platform.vault import Vault

MAGIC: Final = b"BRIMEXP1"
EXPORT: Final = Purpose(b"BRIMEXO1", b"brim account export\0", "The export", "is not the one given")

MIN_PASSPHRASE: Final = 12
_BY_KEY: Final = b"\1"
_BY_PASSPHRASE: Final = b"\2"
_SALT_BYTES: Final = 16
PREAMBLE_BYTES: Final = len(MAGIC) + 1 + _SALT_BYTES
_KEY_BYTES: Final = 32
_SCRYPT_N: Final = 2**17
_SCRYPT_R: Final = 8
_SECRETS: Final = b"brim account export: secrets"


class ShortPassphraseError(BrimError):
    """A passphrase could be guessed."""

    def __init__(self) -> None:
        super().__init__(f"The passphrase needs at least {MIN_PASSPHRASE} characters.")


class UnusableExportKeyError(BrimError):
    """A key file has no key."""

    def __init__(self) -> None:
        super().__init__(
            "The key file has to hold 32 bytes in URL-safe base64, such as openssl rand -base64 32 | tr '+/' '-_'."
        )


class OtherExportKeyError(BrimError):
    """A file was sealed by the other kind of key."""

    def __init__(self, *, by_passphrase: bool) -> None:
        super().__init__(
            "The export is encrypted with a passphrase, and a key file was given."
            if by_passphrase
            else "The export is encrypted with a key file: say which with --key-file."
        )


class ExportSecret:
    """What an export is encrypted with: a passphrase, or the text of a key file."""

    def __init__(self, text: str, *, is_passphrase: bool) -> None:
        self._is_passphrase = is_passphrase
        if is_passphrase:
            if len(text) < MIN_PASSPHRASE:
                raise ShortPassphraseError
            self._secret = text.encode()
            return
        try:
            self._secret = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
        except ValueError:
            raise UnusableExportKeyError from None
        if len(self._secret) != _KEY_BYTES:
            raise UnusableExportKeyError

    def begin(self) -> tuple[bytes, BackupKey]:
        """Return how a new file begins, and the key that seals it."""
        salt = os.urandom(_SALT_BYTES)
        return MAGIC + (_BY_PASSPHRASE if self._is_passphrase else _BY_KEY) + salt, self._key(salt)

    def unlock(self, preamble: bytes) -> BackupKey:
        """Return the key of a file that begins so.

        Raises:
            OtherExportKeyError: it was sealed by the other kind of key.
        """
        by_passphrase = preamble[len(MAGIC) : len(MAGIC) + 1] == _BY_PASSPHRASE
        if by_passphrase != self._is_passphrase:
            raise OtherExportKeyError(by_passphrase=by_passphrase)
        return self._key(preamble[len(MAGIC) + 1 :])

    def _key(self, salt: bytes) -> BackupKey:
        secret = self._secret
        if self._is_passphrase:
            secret = Scrypt(salt=salt, length=_KEY_BYTES, n=_SCRYPT_N, r=_SCRYPT_R, p=1).derive(secret)
        return BackupKey.from_text(base64.urlsafe_b64encode(secret).decode())


def name_of(begin: bytes) -> str:
    """Return the name of the sealed object in a file that begins so: a beginning that was changed opens nothing."""
    return f"account {begin.hex()}"


def vault_of(key: BackupKey) -> Vault:
    """Return what encrypts the secrets in an export, so that whoever opens the file does not see them yet."""
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_SECRETS).derive(key.secret)
    return Vault([base64.urlsafe_b64encode(derived).decode()])
