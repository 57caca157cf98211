"""Seals objects for outside, of a backup or the export of an account: compressed, encrypted, and authenticated.

So are their order, their end and their name: an object is cut into chunks of a mebibyte, each sealed by AES-256-GCM
under a key of its own object. The nonce counts the chunks and marks the last one, so that none can be left out, moved,
repeated or cut off; the object's key comes from one of the keys that are given, a random salt and the object's name, so
that none passes for another one. The header names the key, so that a new one can be put first while the old ones still
open what they sealed.

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
_MAGIC_BYTES: Final = 8
_ID_BYTES: Final = 8
_SALT_BYTES: Final = 32
_KEY_BYTES: Final = 32
_TAG_BYTES: Final = 16
_COUNTER_BYTES: Final = 11
HEADER_BYTES: Final = _MAGIC_BYTES + _ID_BYTES + _SALT_BYTES
_PIECE_BYTES: Final = 4 * CHUNK_BYTES
"""How much is decompressed at a time: a chunk may be a thousand times as long as it looks."""
_COMPRESSION: Final = 1
"""The fastest: what WAL has most of is empty space, and a server's processors have other work."""


@dataclass(frozen=True)
class Purpose:
    """What objects of one kind begin with, how their keys are derived, and how people are told of them."""

    magic: bytes
    derivation: bytes
    words: str
    key: str


BACKUP: Final = Purpose(
    b"BRIMBAK1", b"brim backup object\0", "The object {} of the backup", "--backup-key does not have"
)


class SealBrokenError(BrimError):
    """An object is not, byte for byte, what was sealed under this name with one of our keys."""

    def __init__(self, name: str, reason: str, purpose: Purpose = BACKUP) -> None:
        super().__init__(f"{purpose.words.format(name)} cannot be trusted: {reason}.")


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


class Sealer:
    """Seals one object as its pieces come."""

    def __init__(self, key: BackupKey, *, name: str, purpose: Purpose = BACKUP) -> None:
        salt = os.urandom(_SALT_BYTES)
        self.header = purpose.magic + key.id + salt
        self._cipher = _cipher(key, salt, name, purpose)
        self._compressor = zlib.compressobj(_COMPRESSION)
        self._waiting = bytearray()
        self._counter = 0

    def update(self, plain: bytes) -> bytes:
        """Return what comes next of the sealed object, possibly nothing yet; the header comes before all of it."""
        self._waiting += self._compressor.compress(plain)
        return b"".join(self._full_chunks())

    def finish(self) -> bytes:
        """Return the end of the sealed object."""
        self._waiting += self._compressor.flush()
        full = b"".join(self._full_chunks())
        return full + self._encrypted(bytes(self._waiting), is_last=True)

    def _full_chunks(self) -> Iterator[bytes]:
        """Yield full chunks, sealed, but for one that may be the last."""
        while len(self._waiting) > CHUNK_BYTES:
            chunk = bytes(self._waiting[:CHUNK_BYTES])
            del self._waiting[:CHUNK_BYTES]
            yield self._encrypted(chunk, is_last=False)

    def _encrypted(self, chunk: bytes, *, is_last: bool) -> bytes:
        counter, self._counter = self._counter, self._counter + 1
        return self._cipher.encrypt(_nonce(counter, is_last=is_last), chunk, self.header)


def seal(plain: Iterable[bytes], keys: Sequence[BackupKey], *, name: str) -> Iterator[bytes]:
    """Yield a sealed object, piece by piece."""
    sealer = Sealer(keys[0], name=name)
    yield sealer.header
    for piece in plain:
        if sealed := sealer.update(piece):
            yield sealed
    yield sealer.finish()


def opened(sealed: Readable, keys: Sequence[BackupKey], *, name: str, purpose: Purpose = BACKUP) -> Iterator[bytes]:
    """Yield what was sealed under a name, piece by piece; nothing of it is certain to be whole before the end.

    Raises:
        SealBrokenError: it was changed, cut off or put in another one's place, or none of the keys is the one it names.
    """
    yield from _decompressed(_decrypted(sealed, keys, name, purpose), name, purpose)


def open_whole(sealed: Readable, keys: Sequence[BackupKey], *, name: str) -> bytes:
    """Return all of a small object.

    Raises:
        SealBrokenError: as `opened`.
    """
    return b"".join(opened(sealed, keys, name=name))


def _decrypted(sealed: Readable, keys: Sequence[BackupKey], name: str, purpose: Purpose) -> Iterator[bytes]:
    header = _read(sealed, HEADER_BYTES)
    magic, rest = header[:_MAGIC_BYTES], header[_MAGIC_BYTES:]
    key_id, salt = rest[:_ID_BYTES], rest[_ID_BYTES:]
    if magic != purpose.magic or len(salt) != _SALT_BYTES:
        raise SealBrokenError(name, "it does not begin as a sealed object does", purpose)
    key = next((key for key in keys if key.id == key_id), None)
    if key is None:
        raise SealBrokenError(name, f"it was sealed with the key {key_id.hex()}, which {purpose.key}", purpose)
    cipher = _cipher(key, salt, name, purpose)
    counter = 0
    chunk = _read(sealed, CHUNK_BYTES + _TAG_BYTES)
    while True:
        following = _read(sealed, CHUNK_BYTES + _TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(counter, is_last=not following), chunk, header)
        except (InvalidTag, ValueError):
            raise SealBrokenError(name, "it was changed, cut off, or belongs under another name", purpose) from None
        if not following:
            return
        chunk = following
        counter += 1


def _cipher(key: BackupKey, salt: bytes, name: str, purpose: Purpose) -> AESGCM:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=salt, info=purpose.derivation + name.encode()).derive(key.secret)
    return AESGCM(derived)


def _nonce(counter: int, *, is_last: bool) -> bytes:
    return counter.to_bytes(_COUNTER_BYTES, "big") + (b"\1" if is_last else b"\0")


def _decompressed(compressed: Iterable[bytes], name: str, purpose: Purpose) -> Iterator[bytes]:
    decompressor = zlib.decompressobj()
    try:
        for piece in compressed:
            yield decompressor.decompress(piece, _PIECE_BYTES)
            while decompressor.unconsumed_tail:
                yield decompressor.decompress(decompressor.unconsumed_tail, _PIECE_BYTES)
        while not decompressor.eof and (rest := decompressor.decompress(b"", _PIECE_BYTES)):
            yield rest
    except zlib.error:
        raise SealBrokenError(name, "it cannot be decompressed", purpose) from None
    if not decompressor.eof or decompressor.unused_data:
        raise SealBrokenError(name, "its compressed content is not whole", purpose)


def _read(stream: Readable, size: int) -> bytes:
    """Return `size` bytes, or what is left where that is less: a stream over a network may give less at a time."""
    pieces = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
