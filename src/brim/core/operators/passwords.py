"""Hashes passwords and compares them, beside the event loop and a few at a time.

Source of the parameters: RFC 9106 section 4, the second recommended option of argon2id (3 passes, 64 MiB, 4 lanes),
which is argon2-cffi's default profile. One hash takes some tenths of a second of a core, and its memory.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from brim.base.errors import OverloadedError

_AT_ONCE: Final = 2
"""Hashes that one process makes at a time: each takes 64 MiB, and the API needs the cores too."""

_MOST_WAITING: Final = 64
"""Who came after so many would wait for longer than a browser does."""

_NOBODYS: Final = "correct horse battery staple"

Result = TypeVar("Result")


class Passwords:
    """One process's way to hash passwords.

    Args:
        hasher: how; tests take weaker parameters.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Return what may be stored of a password.

        Raises:
            OverloadedError: too many are waiting already.
        """
        return await self._beside(self._hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password belongs to a hash. Where there is none it does not, and takes as long to say so.

        Raises:
            OverloadedError: too many are waiting already.
        """
        return await self._beside(self._verify, password_hash, password)

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with other parameters than those of now."""
        return self._hasher.check_needs_rehash(password_hash)

    async def _beside(self, work: Callable[..., Result], *arguments: str | None) -> Result:
        if self._waiting >= _MOST_WAITING:
            raise OverloadedError
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_normalise(password))

    def _verify(self, password_hash: str | None, password: str) -> bool:
        if self._decoy is None:  # made at whatever try comes first, so that this one tells nothing either
            self._decoy = self._hash(_NOBODYS)
        try:
            self._hasher.verify(password_hash or self._decoy, _normalise(password))
        except VerificationError:
            return False
        return password_hash is not None


def _normalise(password: str) -> bytes:
    """Return the bytes of a password, whichever of Unicode's ways to write it a keyboard has.

    Source: NIST SP 800-63B section 3.1.1.2 asks for NFKC or NFKD.
    """
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
