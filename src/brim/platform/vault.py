"""Seals secrets before they are stored: encrypted, authenticated, and bound to the place they belong to.

A sealed secret opens only under one of the server's keys and only for the place it was sealed for, so a row copied
over another one does not pass its secret on. Used for account numbers and for the server's own secrets.
Source of the cipher: the Fernet specification (AES-128-CBC, HMAC-SHA256), as the `cryptography` library has it.

What is sealed names its key: the 64 bits in which Fernet keeps the time, which nobody asks for, have the key's id. They
are authenticated with the rest, and whatever reads Fernet opens it all the same, so versions of Brim that wrote 0 there
read what this one seals, and the other way round.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from brim.base.errors import BrimError

RandomBytes: TypeAlias = Callable[[int], bytes]
HEADER_CHARS: Final = 12
"""How much of what is sealed names the key: in base64, Fernet's version, a byte, and the eight bytes of the id."""

KEY_ID_PREFIX: Final = "k_"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_FERNET_VERSION: Final = 0x80
_ID_PURPOSE: Final = b"brim encryption key id"
_END_OF_PLACE: Final = b"\n"


class NoEncryptionKeyError(BrimError):
    """The server has no encryption key."""

    def __init__(self) -> None:
        super().__init__(
            "This server has no encryption key, so it can neither store nor read bank account numbers. Set "
            "BRIM_ENCRYPTION_KEY."
        )


class SecretUnreadableError(BrimError):
    """A stored secret can't be decrypted with any of the server's keys.

    Args:
        key_id: the key it says it was sealed with; None where it says nothing.
        is_configured: whether that is one of the server's keys.
    """

    def __init__(self, key_id: str | None = None, *, is_configured: bool = False) -> None:
        if is_configured:
            sentence = f"A stored secret is damaged: it can't be decrypted with its key {key_id}."
        elif key_id:
            sentence = (
                f"A stored secret was encrypted with key {key_id}, which isn't configured. Add that key to "
                f"BRIM_ENCRYPTION_KEY."
            )
        else:
            sentence = (
                "A stored secret cannot be read with this server's encryption keys. Add the key that it was "
                "stored with to BRIM_ENCRYPTION_KEY."
            )
        super().__init__(sentence)


class MisplacedSecretError(Exception):
    """A stored secret belongs to another place than where it was found: somebody has changed the database."""


class _Keys(NamedTuple):
    """The keys at one moment.

    `by_header` finds the one that a sealed secret names; `all` tries each, for what names none.
    """

    ids: tuple[str, ...]
    sealing: Fernet | None
    sealing_time: int
    by_header: dict[bytes, Fernet]
    all: MultiFernet


class Vault:
    """The server's encryption keys at work.

    Args:
        keys: the first seals, all open; none at all makes a vault that can do neither.
        on_missing: called when a secret names a key that is not here.
    """

    def __init__(self, keys: Sequence[str], *, on_missing: Callable[[], None] = lambda: None) -> None:
        self._keys: _Keys | None = None
        self._on_missing = on_missing
        self.use(keys)

    @classmethod
    def from_setting(cls, text: str | None) -> "Vault":
        """Return the vault of a setting: keys with commas between, or nothing."""
        return cls(split_keys(text))

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys; the first is of the one that seals."""
        return self._keys.ids if self._keys else ()

    def use(self, keys: Sequence[str], *, can_seal: bool = True) -> None:
        """Work with these keys from now on: all open, and the first seals if any is to."""
        if not keys:
            self._keys = None
            return
        ciphers = {find_key_id(key): Fernet(key) for key in keys}
        ids = tuple(ciphers)
        self._keys = _Keys(
            ids,
            ciphers[ids[0]] if can_seal else None,
            _time_of(ids[0]),
            {header_of(key_id): cipher for key_id, cipher in ciphers.items()},
            MultiFernet(list(ciphers.values())),
        )

    def seal(self, secret: bytes, *, place: str) -> bytes:
        """Return a secret as it may be stored, in the place that is named.

        Raises:
            NoEncryptionKeyError: there is no key.
        """
        return self._encrypted(place.encode() + _END_OF_PLACE + secret)

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Return a secret that was stored in the place that is named.

        Raises:
            NoEncryptionKeyError: there is no key.
            SecretUnreadableError: it was stored under another key, or damaged.
            MisplacedSecretError: it was stored in another place.
        """
        found, _, secret = self._decrypted(sealed).partition(_END_OF_PLACE)
        if found != place.encode():
            raise MisplacedSecretError(place)
        return secret

    def reseal(self, sealed: bytes) -> bytes:
        """Return a stored secret as the first key seals it.

        Raises:
            NoEncryptionKeyError: there is no key.
            SecretUnreadableError: none of the keys opens it.
        """
        return self._encrypted(self._decrypted(sealed))

    def check(self) -> None:
        """Let a vault pass that can seal and open.

        Raises:
            NoEncryptionKeyError: there is no key.
        """
        if self._unlocked().sealing is None:
            raise NoEncryptionKeyError

    def _unlocked(self) -> _Keys:
        if self._keys is None:
            raise NoEncryptionKeyError
        return self._keys

    def _encrypted(self, plain: bytes) -> bytes:
        keys = self._unlocked()
        if keys.sealing is None:
            raise NoEncryptionKeyError
        return keys.sealing.encrypt_at_time(plain, current_time=keys.sealing_time)

    def _decrypted(self, sealed: bytes) -> bytes:
        keys = self._unlocked()
        named = keys.by_header.get(sealed[:HEADER_CHARS])
        if named:
            try:
                return named.decrypt(sealed)
            except InvalidToken:  # a version that knows no ids keeps the old key's when it changes the key
                pass
        try:
            return keys.all.decrypt(sealed)
        except InvalidToken:
            self._on_missing()
            raise SecretUnreadableError(key_id_in(sealed[:HEADER_CHARS]), is_configured=bool(named)) from None


def split_keys(text: str | None) -> list[str]:
    """Return the keys of a setting, which has commas between them; none for no setting."""
    return text.split(",") if text else []


def find_key_id(key: str) -> str:
    """Return a key's id, the same for ever: 64 bits that tell nothing else of it."""
    digest = hmac.digest(base64.urlsafe_b64decode(key), _ID_PURPOSE, hashlib.sha256)
    return KEY_ID_PREFIX + digest[:_ID_BYTES].hex()


def header_of(key_id: str) -> bytes:
    """Return how everything begins that was sealed with a key."""
    return base64.urlsafe_b64encode(bytes([_FERNET_VERSION]) + _time_of(key_id).to_bytes(_ID_BYTES))


def key_id_in(header: bytes) -> str | None:
    """Return the id of the key that something was sealed with, by how it begins; None where that names no key."""
    try:
        version, *id_bytes = base64.b64decode(header, altchars=b"-_", validate=True)
    except ValueError:
        return None
    if version != _FERNET_VERSION or len(id_bytes) != _ID_BYTES:
        return None
    number = int.from_bytes(id_bytes)
    return f"{KEY_ID_PREFIX}{number:016x}" if number else None


def new_encryption_key(random_bytes: RandomBytes = os.urandom) -> str:
    """Return a fresh key, as the setting takes it."""
    return base64.urlsafe_b64encode(random_bytes(_KEY_BYTES)).decode()


def _time_of(key_id: str) -> int:
    return int(key_id.removeprefix(KEY_ID_PREFIX), 16)
