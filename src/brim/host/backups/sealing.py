"""Seals the objects of a backup: compressed, encrypted, and authenticated in their order, their end and their name.

An object is cut into chunks of a mebibyte, each sealed by AES-256-GCM under a key of its own object. The nonce counts
the chunks and marks the last one, so that none can be left out, moved, repeated or cut off; the object's key comes from
one of the keys in `--backup-key`, a random salt and the object's name, so that none passes for another one. The header
names the key, so that a new one can be put first while the old ones still open what they sealed.

Source: Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance"
(2015), the construction STREAM; RFC 5869 for the key's derivation.
"""

import base64
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from brim.base.errors import BrimError

CHUNK_BYTES: Final = 1024 * 1024
_MAGIC: Final = b"BRIMBAK1"
_ID_BYTES: Final = 8
_SALT_BYTES: Final = 32
_KEY_BYTES: Final = 32
_TAG_BYTES: Final = 16
_COUNTER_BYTES: Final = 11
HEADER_BYTES: Final = len(_MAGIC) + _ID_BYTES + _SALT_BYTES
_PURPOSE: Final = b"brim backup object\0"
_COMPRESSION: Final = 1
"""The fastest: what WAL has most of is empty space, and a server's processors have other work."""


class SealBrokenError(BrimError):
    """An object is not, byte for byte, what was sealed under this name with one of our keys."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The object {name} of the backup cannot be trusted: {reason}.")


class Readable(Protocol):
    """Bytes that are read from the beginning to the end: a file, or what a network gives."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes or fewer, none at the end."""
        ...


@dataclass(frozen=True)
class BackupKey:
    """A key, and the public id under which objects name it."""

    secret: bytes
    id: bytes

    @classmethod
    def from_text(cls, text: str) -> "BackupKey":
        """Return the key that a setting has as 32 bytes in URL-safe base64."""
        secret = base64.urlsafe_b64decode(text)
        return cls(secret, hashlib.sha256(b"brim backup key id\0" + secret).digest()[:_ID_BYTES])


def keys_of_setting(text: str) -> tuple[BackupKey, ...]:
    """Return the keys of the setting: the first seals, all open."""
    return tuple(BackupKey.from_text(key) for key in text.split(","))


def seal(plain: Iterable[bytes], keys: Sequence[BackupKey], *, name: str) -> Iterator[bytes]:
    """Yield a sealed object, piece by piece."""
    key = keys[0]
    salt = os.urandom(_SALT_BYTES)
    header = _MAGIC + key.id + salt
    cipher = _cipher(key, salt, name)
    yield header
    waiting: bytes | None = None
    counter = 0
    for chunk in _rechunked(_compressed(plain)):
        if waiting is not None:
            yield cipher.encrypt(_nonce(counter, is_last=False), waiting, header)
            counter += 1
        waiting = chunk
    yield cipher.encrypt(_nonce(counter, is_last=True), waiting or b"", header)


def opened(sealed: Readable, keys: Sequence[BackupKey], *, name: str) -> Iterator[bytes]:
    """Yield what was sealed under a name, piece by piece; nothing of it is certain to be whole before the end.

    Raises:
        SealBrokenError: it was changed, cut off or put in another one's place, or none of the keys is the one it names.
    """
    yield from _decompressed(_decrypted(sealed, keys, name), name)


def open_whole(sealed: Readable, keys: Sequence[BackupKey], *, name: str) -> bytes:
    """Return all of a small object.

    Raises:
        SealBrokenError: as `opened`.
    """
    return b"".join(opened(sealed, keys, name=name))


def _decrypted(sealed: Readable, keys: Sequence[BackupKey], name: str) -> Iterator[bytes]:
    header = _read(sealed, HEADER_BYTES)
    magic, key_id, salt = header[:8], header[8 : 8 + _ID_BYTES], header[8 + _ID_BYTES :]
    if magic != _MAGIC or len(salt) != _SALT_BYTES:
        raise SealBrokenError(name, "it does not begin as a sealed object does")
    key = next((key for key in keys if key.id == key_id), None)
    if key is None:
        raise SealBrokenError(name, f"it was sealed with the key {key_id.hex()}, which --backup-key does not have")
    cipher = _cipher(key, salt, name)
    counter = 0
    chunk = _read(sealed, CHUNK_BYTES + _TAG_BYTES)
    while True:
        following = _read(sealed, CHUNK_BYTES + _TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(counter, is_last=not following), chunk, header)
        except (InvalidTag, ValueError):
            raise SealBrokenError(name, "it was changed, cut off, or belongs under another name") from None
        if not following:
            return
        chunk = following
        counter += 1


def _cipher(key: BackupKey, salt: bytes, name: str) -> AESGCM:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=salt, info=_PURPOSE + name.encode()).derive(key.secret)
    return AESGCM(derived)


def _nonce(counter: int, *, is_last: bool) -> bytes:
    return counter.to_bytes(_COUNTER_BYTES, "big") + (b"\1" if is_last else b"\0")


def _compressed(plain: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(_COMPRESSION)
    for piece in plain:
        yield compressor.compress(piece)
    yield compressor.flush()


def _decompressed(compressed: Iterable[bytes], name: str) -> Iterator[bytes]:
    decompressor = zlib.decompressobj()
    try:
        for piece in compressed:
            yield decompressor.decompress(piece)
        yield decompressor.flush()
    except zlib.error:
        raise SealBrokenError(name, "it cannot be decompressed") from None
    if not decompressor.eof or decompressor.unused_data:
        raise SealBrokenError(name, "its compressed content is not whole")


def _rechunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _read(stream: Readable, size: int) -> bytes:
    """Return `size` bytes, or what is left where that is less: a stream over a network may give less at a time."""
    pieces = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
