"""Seals secrets before they are stored: encrypted, authenticated, and bound to the place they belong to.

A sealed secret opens only under one of the server's keys and only for the place it was sealed for, so a row copied
over another one does not pass its secret on. Used for account numbers and for the server's own secrets.
Source of the cipher: the Fernet specification (AES-128-CBC, HMAC-SHA256), as the `cryptography` library has it.
"""

import base64
import os
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from brim.base.errors import BrimError

RandomBytes: TypeAlias = Callable[[int], bytes]
_KEY_BYTES: Final = 32
_END_OF_PLACE: Final = b"\n"


class NoEncryptionKeyError(BrimError):
    """A secret is to be sealed or opened, and the server has no key to do it with."""

    def __init__(self) -> None:
        super().__init__(
            "This server has no encryption key, so it can neither store nor read bank account numbers. Its operator "
            "sets BRIM_ENCRYPTION_KEY."
        )


class SecretUnreadableError(BrimError):
    """A stored secret opens under none of the server's keys."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read with this server's encryption keys. Its operator adds the key it was "
            "stored under to BRIM_ENCRYPTION_KEY."
        )


class MisplacedSecretError(Exception):
    """A stored secret belongs to another place than where it was found: somebody has changed the database."""


class Vault:
    """The server's encryption keys at work.

    Args:
        keys: the first seals, all open; none at all makes a vault that can do neither.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._cipher = MultiFernet([Fernet(key) for key in keys]) if keys else None

    @classmethod
    def from_setting(cls, text: str | None) -> "Vault":
        """Return the vault of a setting: keys with commas between, or nothing."""
        return cls(text.split(",") if text else ())

    def seal(self, secret: bytes, *, place: str) -> bytes:
        """Return a secret as it may be stored, in the place that is named.

        Raises:
            NoEncryptionKeyError: there is no key.
        """
        # The cipher would write the time down; nobody asks for it.
        return self._unlocked().encrypt_at_time(place.encode() + _END_OF_PLACE + secret, current_time=0)

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Return a secret that was stored in the place that is named.

        Raises:
            NoEncryptionKeyError: there is no key.
            SecretUnreadableError: it was stored under another key, or damaged.
            MisplacedSecretError: it was stored in another place.
        """
        try:
            found, _, secret = self._unlocked().decrypt(sealed).partition(_END_OF_PLACE)
        except InvalidToken:
            raise SecretUnreadableError from None
        if found != place.encode():
            raise MisplacedSecretError(place)
        return secret

    def reseal(self, sealed: bytes) -> bytes:
        """Return a stored secret as the first key seals it.

        Raises:
            NoEncryptionKeyError: there is no key.
            SecretUnreadableError: none of the keys opens it.
        """
        try:
            return self._unlocked().rotate(sealed)
        except InvalidToken:
            raise SecretUnreadableError from None

    def check(self) -> None:
        """Let a vault pass that can seal and open.

        Raises:
            NoEncryptionKeyError: there is no key.
        """
        self._unlocked()

    def _unlocked(self) -> MultiFernet:
        if self._cipher is None:
            raise NoEncryptionKeyError
        return self._cipher


def new_encryption_key(random_bytes: RandomBytes = os.urandom) -> str:
    """Return a fresh key, as the setting takes it."""
    return base64.urlsafe_b64encode(random_bytes(_KEY_BYTES)).decode()
